#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "fmt/format.h"
#include "onnx/GraphReader.h"
#include "onnx/Message.h"
#include "onnx/ModelSource.h"
#include "onnx/Schema.h"
#include "onnx/TypeInference.h"
#include "precast/Onnx.h"
#include "support/File.h"

namespace precast::onnx {

namespace {

struct Header {
  GraphReader::Context context;
  ByteRange graph;
  bool hasGraph = false;
  bool hasIrVersion = false;
};

// What people hand over instead of a model, by its first bytes.
std::string_view looksLike(std::string_view head) {
  if (head.substr(0, 2) == "\x1f\x8b") return "gzip";
  if (head.substr(0, 2) == "PK") return "a zip archive";
  if (head.substr(0, 7) == "version" && head.find("git-lfs") != std::string_view::npos) return "a Git LFS pointer";
  const std::size_t text = head.find_first_not_of(" \t\r\n");
  if (text == std::string_view::npos) return "blank text";
  if (head[text] == '{' || head[text] == '[') return "JSON";
  if (head[text] == '<') return "HTML or XML";
  for (char c : head) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t') return "";
  }
  return "plain text";
}

absl::Status notOnnx(absl::Span<const std::byte> bytes, const absl::Status& cause) {
  if (bytes.empty()) return cause;
  const std::string_view head = textOf(bytes, {0, bytes.size() < 64 ? bytes.size() : 64});
  const std::string_view kind = looksLike(head);
  if (kind.empty()) return cause;
  return absl::InvalidArgumentError(fmt::format("not an ONNX protobuf (starts like {})", kind));
}

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
  if (version < 1 || version > 1000000) {
    return absl::InvalidArgumentError(fmt::format("opset_import of domain '{}' has version {}", opset.domain, version));
  }
  opset.version = static_cast<int>(version);
  opsets.push_back(opset);
  return absl::OkStatus();
}

absl::Status readFunction(absl::Span<const std::byte> file, ByteRange range,
                          absl::flat_hash_set<std::string>& functions) {
  std::string_view name;
  std::string_view domain;
  MessageCursor cursor(file, range, kFunctionMessage);
  WireField at;
  while (cursor.next(at)) {
    if (at.number == field::kFunctionName) name = textOf(file, at.inside());
    if (at.number == field::kFunctionDomain) domain = textOf(file, at.inside());
  }
  if (!cursor.ok()) return cursor.status();
  functions.insert(std::string(domain) + '\0' + std::string(name));
  return absl::OkStatus();
}

absl::Status readHeader(absl::Span<const std::byte> file, Header& header) {
  MessageCursor cursor(file, {0, file.size()}, kModelMessage);
  WireField at;
  while (cursor.next(at)) {
    switch (at.number) {
    case field::kIrVersion:
      header.context.irVersion = static_cast<std::int64_t>(at.value);
      header.hasIrVersion = true;
      break;
    case field::kGraph:
      if (header.hasGraph)
        return absl::InvalidArgumentError(fmt::format("the model has two graphs, the second at byte {}", at.begin));
      header.hasGraph = true;
      header.graph = at.inside();
      break;
    case field::kOpsetImport:
      if (absl::Status status = readOpset(file, at.inside(), header.context.opsets); !status.ok()) return status;
      break;
    case field::kFunctions:
      if (absl::Status status = readFunction(file, at.inside(), header.context.functions); !status.ok()) return status;
      break;
    default:
      break;
    }
  }
  if (!cursor.ok()) return cursor.status();
  if (!header.hasGraph) return absl::InvalidArgumentError("model has no graph");
  if (!header.hasIrVersion || header.context.irVersion < 1) {
    return absl::InvalidArgumentError(fmt::format("model has ir_version {}", header.context.irVersion));
  }
  if (header.context.opsets.empty()) {
    if (header.context.irVersion >= 3)
      return absl::InvalidArgumentError("model has no opset_import, which ir_version 3 and newer need");
    header.context.opsets.push_back({{}, 1});
  }
  return absl::OkStatus();
}

void noteNewerOpsets(const Header& header, const DiagnosticSink& diagnostics) {
  if (!diagnostics) return;
  for (const Opset& opset : header.context.opsets) {
    const int known = newestKnownOpset(opset.domain);
    if (known == 0 || opset.version <= known) continue;
    diagnostics({Severity::note, "newer-opset", NodeId::none, "",
                 fmt::format("the model imports opset {} of domain '{}'; its operators are read as of opset {}",
                             opset.version, opset.domain, known)});
  }
}

// The files that the model's contents are in: whoever passes over all weights reads them instead of touching the
// mappings.
void keepFiles(std::shared_ptr<const support::MappedFile> model, const ExternalData& external, ModelSource& source,
               Graph& graph) {
  source.files = external.files();
  for (const auto& file : source.files) graph.keepAlive(file);
  if (model != nullptr) {
    // The pages that reading has touched come back at once from the system's cache where they are needed again.
    model->release(0, model->bytes().size());
    source.files.push_back(std::move(model));
  }
  std::sort(source.files.begin(), source.files.end(),
            [](const auto& left, const auto& right) { return left->bytes().data() < right->bytes().data(); });
}

absl::StatusOr<Model> readModel(absl::Span<const std::byte> bytes, std::shared_ptr<const void> owner,
                                std::shared_ptr<const support::MappedFile> file, const std::string& path,
                                std::string directory, const ReadOptions& options) {
  Header header;
  if (absl::Status status = readHeader(bytes, header); !status.ok()) return notOnnx(bytes, status);
  header.context.limits = options.limits;
  noteNewerOpsets(header, options.diagnostics);
  auto source = std::make_shared<ModelSource>();
  source->bytes = bytes;
  source->owner = owner;
  source->path = path;
  source->graph = header.graph;
  for (const Opset& opset : header.context.opsets) {
    if (opset.domain.empty()) source->opset = opset.version;
  }
  Model model;
  if (owner != nullptr) model.graph.keepAlive(owner);
  ExternalData external(std::move(directory));
  GraphReader reader(*source, external, header.context, model.graph);
  if (absl::Status status = reader.read(); !status.ok()) return status;
  keepFiles(std::move(file), external, *source, model.graph);
  if (absl::Status status = inferTypes(model.graph, reader.attributeDTypes()); !status.ok()) return status;
  source->dtypes.reserve(model.graph.valueCount());
  for (std::size_t v = 0; v < model.graph.valueCount(); ++v)
    source->dtypes.push_back(model.graph.dtype(static_cast<ValueId>(v)));
  model.source = std::move(source);
  return model;
}

}  // namespace

absl::StatusOr<Model> readFile(const std::string& path, const ReadOptions& options) {
  absl::StatusOr<std::shared_ptr<const support::MappedFile>> file = support::MappedFile::open(path);
  if (!file.ok()) return file.status();
  const std::size_t slash = path.rfind('/');
  std::string directory = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  absl::StatusOr<Model> model = readModel((*file)->bytes(), *file, *file, path, std::move(directory), options);
  if (model.ok()) return model;
  return absl::Status(model.status().code(), fmt::format("{}: {}", path, std::string(model.status().message())));
}

absl::StatusOr<Model> read(absl::Span<const std::byte> bytes, std::shared_ptr<const void> owner,
                           const ReadOptions& options) {
  return readModel(bytes, std::move(owner), nullptr, "", "", options);
}

std::uint64_t sourceBytes(const ModelSource& source) { return source.bytes.size() + source.externalBytes; }

}  // namespace precast::onnx
