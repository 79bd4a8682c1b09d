#include <algorithm>
#include <functional>
#include <utility>

#include "fmt/format.h"
#include "ir/Topology.h"
#include "onnx/FunctionInliner.h"
#include "onnx/GraphReader.h"
#include "onnx/KeptTensors.h"
#include "onnx/LocalFunctions.h"
#include "onnx/Message.h"
#include "onnx/ModelSource.h"
#include "onnx/TypeInference.h"
#include "precast/Onnx.h"
#include "schema/Schema.h"
#include "support/BulkMemory.h"
#include "support/File.h"

namespace precast::onnx {

namespace {

struct Header {
  GraphReader::Context context;
  ByteRange graph;
  std::vector<ByteRange> functions;
  std::vector<ByteRange> training;
  bool hasGraph = false;
  bool hasIrVersion = false;
};

constexpr std::string_view kWhiteSpace = " \t\r\n\v\f";
constexpr std::size_t kHead = 64;  // bytes that tell one kind of file from another

// What people hand over instead of a model, by its first bytes.
std::string_view looksLike(std::string_view head, char firstInk) {
  if (head.substr(0, 2) == "\x1f\x8b") return "gzip";
  if (head.substr(0, 2) == "PK") return "a zip archive";
  if (head.substr(0, 7) == "version" && head.find("git-lfs") != std::string_view::npos) return "a Git LFS pointer";
  if (firstInk == '{' || firstInk == '[') return "JSON";
  if (firstInk == '<') return "HTML or XML";
  for (char c : head) {
    if (static_cast<unsigned char>(c) < 0x20 && kWhiteSpace.find(c) == std::string_view::npos) return "";
  }
  return "plain text";
}

absl::Status notOnnx(absl::Span<const std::byte> bytes, const std::string& path, const absl::Status& cause) {
  const std::string_view subject = path.empty() ? "the model" : "the file";
  if (bytes.empty()) return absl::InvalidArgumentError(fmt::format("{} is empty", subject));
  const std::string_view text = textOf(bytes, {0, bytes.size()});
  const std::size_t ink = text.find_first_not_of(kWhiteSpace);
  if (ink == std::string_view::npos)
    return absl::InvalidArgumentError(fmt::format("{} holds nothing but white space", subject));
  const std::string_view kind = looksLike(text.substr(0, kHead), text[ink]);
  if (kind.empty()) return cause;
  return absl::InvalidArgumentError(fmt::format("not an ONNX protobuf (starts like {})", kind));
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
    case field::kTrainingInfo:
      header.training.push_back(at.inside());
      break;
    case field::kFunctions:
      header.functions.push_back(at.inside());
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

void noteNewer(const Header& header, const DiagnosticSink& diagnostics) {
  if (!diagnostics) return;
  constexpr std::int64_t kNewestIrVersion = 12;  // whose messages Message.h describes
  if (header.context.irVersion > kNewestIrVersion) {
    diagnostics({Severity::note, "newer-ir-version", NodeId::none, "",
                 fmt::format("the model has ir_version {}; it is read as of version {}", header.context.irVersion,
                             kNewestIrVersion)});
  }
  for (const Opset& opset : header.context.opsets) {
    const int known = newestKnownOpset(opset.domain);
    if (known == 0 || opset.version <= known) continue;
    diagnostics({Severity::note, "newer-opset", NodeId::none, "",
                 fmt::format("the model imports opset {} of domain '{}'; its operators are read as of opset {}",
                             opset.version, opset.domain, known)});
  }
}

// ONNX asks for nodes after those whose results they read. The order that the compiler makes anyway is written.
void noteUnsorted(const Graph& graph, const std::vector<NodeId>& order, const DiagnosticSink& diagnostics) {
  if (!diagnostics) return;
  NodeId moved = NodeId::none;  // the first that others had to be put before
  for (std::size_t i = 0; i < order.size() && moved == NodeId::none; ++i) {
    if (index(order[i]) != i) moved = static_cast<NodeId>(i);
  }
  diagnostics({Severity::note, "unsorted-nodes", moved, std::string(graph.nodeName(moved)),
               fmt::format("{} stands before a node whose result it needs; the nodes are sorted",
                           ir::nodeLabel(graph, moved))});
}

// What reading and writing see as one file.
struct Bytes {
  absl::Span<const std::byte> span;
  std::shared_ptr<const void> owner;
  std::shared_ptr<const support::MappedFile> file;  // null if read from memory
};

/// Makes one file of the model and, behind it, `tail`.
using TailMaker = std::function<absl::StatusOr<Bytes>(absl::Span<const std::byte> tail)>;

// Expands the calls of local functions; their nodes stand behind the file's own bytes.
absl::Status inlineFunctions(Header& header, ModelSource& source, ExternalData& external, const TailMaker& withTail,
                             const ReadOptions& options) {
  const absl::StatusOr<LocalFunctions> functions = LocalFunctions::read(source.bytes, header.functions);
  if (!functions.ok()) return functions.status();
  absl::StatusOr<InlinedCalls> inlined =
      inlineCalls(source.bytes, header.graph, *functions, header.context.opsets, header.context.limits);
  if (!inlined.ok()) return inlined.status();
  // Graphs of a training_info may call functions too; nobody looks into them here.
  std::vector<std::uint64_t> unneeded;
  for (std::size_t i = 0; i < functions->size(); ++i) {
    const LocalFunction& function = (*functions)[i];
    if (inlined->unneeded[i] && header.training.empty()) {
      unneeded.push_back(function.message.begin);
      continue;
    }
    if (absl::Status status =
            noteKeptTensors(function.message, kFunctionMessage, MissingData::isKept, external, options.limits, source);
        !status.ok()) {
      return status;
    }
  }
  if (inlined->calls.empty()) return absl::OkStatus();
  const absl::StatusOr<Bytes> bytes =
      withTail({reinterpret_cast<const std::byte*>(inlined->bytes.data()), inlined->bytes.size()});
  if (!bytes.ok()) return bytes.status();
  source.bytes = bytes->span;
  source.owner = bytes->owner;
  if (bytes->file != nullptr) source.files = {bytes->file};
  const std::uint64_t begin = bytes->span.size() - inlined->bytes.size();
  for (ByteRange& node : inlined->nodes) node = {node.begin + begin, node.end + begin};
  source.inlinedFunctions = std::move(unneeded);
  for (std::size_t i = header.context.opsets.size(); i < inlined->opsets.size(); ++i) {
    source.addedOpsets += opsetImport(inlined->opsets[i]);
  }
  header.context.opsets = inlined->opsets;
  if (options.diagnostics) {
    options.diagnostics({Severity::note, "inlined-functions", NodeId::none, "",
                         fmt::format("{} calls of the model's functions became {} nodes", inlined->calls.size(),
                                     inlined->nodes.size())});
  }
  header.context.inlined = *std::move(inlined);
  header.context.inlined.bytes.clear();
  return absl::OkStatus();
}

// The files that the model's contents are in: whoever passes over all weights reads them instead of touching the
// mappings.
void keepFiles(const ExternalData& external, const std::shared_ptr<ModelSource>& kept, Graph& graph) {
  ModelSource& source = *kept;
  // The pages that reading has touched come back at once from the system's cache where they are needed again.
  for (const auto& model : source.files) model->release(0, model->bytes().size());
  for (auto& file : external.files()) {
    graph.keepAlive(file);
    source.files.push_back(std::move(file));
  }
  std::sort(source.files.begin(), source.files.end(),
            [](const auto& left, const auto& right) { return left->bytes().data() < right->bytes().data(); });
  if (source.files.empty()) return;
  graph.onContentsRead([kept](absl::Span<const std::byte> contents) {
    const support::MappedFile* file = kept->fileOf(contents);
    if (file != nullptr)
      file->release(static_cast<std::uint64_t>(contents.data() - file->bytes().data()), contents.size());
  });
}

absl::StatusOr<Model> readModel(Bytes input, const std::string& path, const TailMaker& withTail,
                                const ReadOptions& options) {
  Header header;
  if (absl::Status status = readHeader(input.span, header); !status.ok()) return notOnnx(input.span, path, status);
  header.context.limits = options.limits;
  noteNewer(header, options.diagnostics);
  auto source = std::make_shared<ModelSource>();
  source->bytes = input.span;
  source->fileSize = input.span.size();
  source->owner = std::move(input.owner);
  if (input.file != nullptr) source->files.push_back(std::move(input.file));
  source->path = path;
  source->graph = header.graph;
  ExternalData external(path);
  for (const ByteRange& training : header.training) {
    const absl::Status status =
        noteKeptTensors(training, kTrainingMessage, MissingData::isKept, external, options.limits, *source);
    if (!status.ok()) return status;
  }
  if (!header.functions.empty()) {
    if (absl::Status status = inlineFunctions(header, *source, external, withTail, options); !status.ok())
      return status;
  }
  for (const Opset& opset : header.context.opsets) {
    if (opset.domain.empty()) source->opset = opset.version;
  }
  Model model;
  if (source->owner != nullptr) model.graph.keepAlive(source->owner);
  model.graph.keepAlive(source);  // by which the writer knows whose source it is given
  GraphReader reader(*source, external, header.context, model.graph);
  if (absl::Status status = reader.read(); !status.ok()) return status;
  keepFiles(external, source, model.graph);
  const absl::StatusOr<std::vector<NodeId>> order = ir::topologicalOrder(model.graph);
  if (!order.ok()) return order.status();
  source->isSorted = std::is_sorted(order->begin(), order->end());
  if (!source->isSorted) noteUnsorted(model.graph, *order, options.diagnostics);
  if (absl::Status status = inferTypes(model.graph, *order, reader.statedTypes()); !status.ok()) return status;
  for (const auto& [value, dtype] : reader.statedTypes().hints) source->hinted.insert(value);
  support::reserveBulk(source->dtypes, model.graph.valueCount());
  for (std::size_t v = 0; v < model.graph.valueCount(); ++v)
    source->dtypes.push_back(model.graph.dtype(static_cast<ValueId>(v)));
  model.source = std::move(source);
  return model;
}

}  // namespace

absl::StatusOr<Model> readFile(const std::string& path, const ReadOptions& options) {
  absl::StatusOr<std::shared_ptr<const support::MappedFile>> file = support::MappedFile::open(path);
  if (!file.ok()) return file.status();
  const TailMaker withTail = [&](absl::Span<const std::byte> tail) -> absl::StatusOr<Bytes> {
    const auto extended = (*file)->withTail(path, tail);
    if (!extended.ok()) return extended.status();
    return Bytes{(*extended)->bytes(), *extended, *extended};
  };
  absl::StatusOr<Model> model = readModel({(*file)->bytes(), *file, *file}, path, withTail, options);
  if (model.ok()) return model;
  return absl::Status(model.status().code(), fmt::format("{}: {}", path, std::string(model.status().message())));
}

absl::StatusOr<Model> read(absl::Span<const std::byte> bytes, std::shared_ptr<const void> owner,
                           const ReadOptions& options) {
  const TailMaker withTail = [bytes](absl::Span<const std::byte> tail) -> absl::StatusOr<Bytes> {
    auto copy = std::make_shared<std::vector<std::byte>>();
    copy->reserve(bytes.size() + tail.size());
    copy->insert(copy->end(), bytes.begin(), bytes.end());
    copy->insert(copy->end(), tail.begin(), tail.end());
    return Bytes{*copy, copy, nullptr};
  };
  return readModel({bytes, std::move(owner), nullptr}, "", withTail, options);
}

std::vector<std::string> sourceFiles(const ModelSource& source) {
  std::vector<std::string> paths;
  if (!source.path.empty()) paths.push_back(source.path);
  for (const auto& file : source.files) {
    if (std::find(paths.begin(), paths.end(), file->path()) == paths.end()) paths.push_back(file->path());
  }
  return paths;
}

std::uint64_t sourceBytes(const ModelSource& source) { return source.fileSize + source.externalBytes; }

}  // namespace precast::onnx
