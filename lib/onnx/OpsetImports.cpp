#include "onnx/OpsetImports.h"

#include "fmt/format.h"
#include "onnx/Message.h"
#include "schema/Schema.h"

namespace precast::onnx {

namespace {

std::string versionText(int since) {
  return since == 0 ? std::string("unknown there") : fmt::format("its version {}", since);
}

}  // namespace

absl::Status readOpset(absl::Span<const std::byte> file, ByteRange range, std::vector<Opset>& opsets) {
  Opset opset;
  MessageCursor cursor(file, range, kOpsetMessage);
  WireField at;
  std::int64_t version = 0;
  while (cursor.next(at)) {
    if (at.number == field::kOpsetDomain) opset.domain = textOf(file, at.inside());
    if (at.number == field::kOpsetVersion) version = static_cast<std::int64_t>(at.value);
  }
  if (!cursor.ok()) return cursor.status();
  if (opset.domain == "ai.onnx") opset.domain = {};
  for (const Opset& other : opsets) {
    if (other.domain == opset.domain) {
      return absl::InvalidArgumentError(
          fmt::format("opset_import names domain '{}' twice, as version {} and as version {}", opset.domain,
                      other.version, version));
    }
  }
  constexpr std::int64_t kMaxVersion = 1000000;  // real ones stay below 100; it must fit into an int
  if (version < 1 || version > kMaxVersion) {
    return absl::InvalidArgumentError(fmt::format("opset_import of domain '{}' has version {}", opset.domain, version));
  }
  opset.version = static_cast<int>(version);
  opsets.push_back(opset);
  return absl::OkStatus();
}

std::string opsetImport(const Opset& opset) {
  std::string message;
  appendText(message, field::kOpsetDomain, opset.domain);
  appendNumber(message, field::kOpsetVersion, static_cast<std::uint64_t>(opset.version));
  std::string text;
  appendText(text, field::kOpsetImport, message);
  return text;
}

int versionOf(absl::Span<const Opset> opsets, std::string_view domain) {
  for (const Opset& opset : opsets) {
    if (opset.domain == domain) return opset.version;
  }
  return 0;
}

absl::Status OpsetMerger::admit(const std::string& function, absl::Span<const Opset> inside, std::string_view domain,
                                std::string_view type) {
  const int ofFunction = versionOf(inside, domain);
  if (ofFunction == 0) {
    return absl::InvalidArgumentError(fmt::format(
        "function '{}' has operator {} of domain '{}', which its opset_import does not name", function, type, domain));
  }
  const int ofModel = versionOf(opsets_, domain);
  if (ofModel == 0) opsets_.push_back({domain, ofFunction});
  if (ofModel == 0 || ofModel == ofFunction) return absl::OkStatus();
  std::string key = fmt::format("{} {} {}", domain, type, ofFunction);
  if (same_.contains(key)) return absl::OkStatus();
  const int sinceInside = makeOpKind(domain, type, ofFunction).sinceVersion;
  const int sinceOutside = makeOpKind(domain, type, ofModel).sinceVersion;
  if (sinceInside == 0 || sinceInside != sinceOutside) {
    return absl::UnimplementedError(
        fmt::format("function '{}' has {} of opset {} of domain '{}' ({}), but the model imports opset {} ({})",
                    function, type, ofFunction, domain, versionText(sinceInside), ofModel, versionText(sinceOutside)));
  }
  same_.insert(std::move(key));
  return absl::OkStatus();
}

}  // namespace precast::onnx
