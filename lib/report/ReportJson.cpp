// The JSON report, written in one sweep over the nodes. Whenever about a megabyte has gathered it goes to the sink, so
// memory does not grow with the graph; causes are followed once for all nodes (CauseChains.h), so time is linear.

#include "precast/Report.h"
#include "report/CauseChains.h"
#include "support/JsonWriter.h"

namespace precast {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

class ReportWriter {
 public:
  ReportWriter(const ReportInput& input, const ReportSink& sink)
      : input_(input), graph_(*input.graph), plan_(input.result->plan), sink_(sink), json_(&piece_) {}

  absl::Status write() {
    json_.beginObject(true);
    field("schema", "precast.report/1");
    field("model", input_.model);
    field("target", plan_.target);
    field("precision_mode", toString(input_.mode));
    writeSummary();
    const std::vector<std::string> regions = regionPaths();
    if (absl::Status status = writeNodes(regions); !status.ok()) return status;
    if (absl::Status status = writeCasts(regions); !status.ok()) return status;
    if (absl::Status status = writeConstants(); !status.ok()) return status;
    if (absl::Status status = writeDiagnostics(); !status.ok()) return status;
    json_.endObject();
    piece_ += '\n';
    return sink_(piece_);
  }

 private:
  void field(std::string_view key, std::string_view text) {
    json_.key(key);
    json_.string(text);
  }
  void field(std::string_view key, std::uint64_t number) {
    json_.key(key);
    json_.unsignedInteger(number);
  }
  void nullField(std::string_view key) {
    json_.key(key);
    json_.null();
  }

  /// Ends an element of one of the long arrays.
  absl::Status endElement() {
    json_.endObject();
    if (piece_.size() < kPieceBytes) return absl::OkStatus();
    const absl::Status status = sink_(piece_);
    piece_.clear();
    return status;
  }

  void writeSummary() {
    const Summary summary = summarize(input_);
    json_.key("summary");
    json_.beginObject();
    field("nodes", summary.nodes);
    field("float16_nodes", summary.float16Nodes);
    field("float32_nodes", summary.float32Nodes);
    field("bfloat16_nodes", summary.bfloat16Nodes);
    field("other_nodes", summary.otherNodes);
    field("casts_inserted", summary.castsInserted);
    field("casts_removed", summary.castsRemoved);
    field("cast_bytes", static_cast<std::uint64_t>(summary.castBytes));
    field("constants_converted", summary.constantsConverted);
    field("bytes_before", summary.bytesBefore);
    summary.bytesAfter ? field("bytes_after", *summary.bytesAfter) : nullField("bytes_after");
    json_.endObject();
  }

  /// Paths of all regions. A region is always younger than its owner's, so one sweep in id order suffices.
  std::vector<std::string> regionPaths() const {
    std::vector<std::string> paths(graph_.regionCount());
    for (std::size_t i = 1; i < paths.size(); ++i) {
      const Region& region = graph_.region(static_cast<RegionId>(i));
      paths[i] = paths[index(region.parent)];
      if (!paths[i].empty()) paths[i] += '/';
      paths[i] += report::shownName(graph_, region.owner);
      paths[i] += '/';
      paths[i] += region.name;
    }
    return paths;
  }

  void writeOperands(std::string_view key, absl::Span<const ValueId> operands, absl::Span<const DType> dtypes) {
    json_.key(key);
    json_.beginArray();
    for (std::size_t slot = 0; slot < operands.size(); ++slot) {
      json_.string(operands[slot] == ValueId::none ? std::string_view() : toString(dtypes[slot]));
    }
    json_.endArray();
  }

  void writeReason(const Decision& decision) {
    if (decision.reason != Reason::userPass) return field("reason", toString(decision.reason));
    text_.assign(toString(Reason::userPass)).append(":").append(plan_.details[decision.detail]);
    field("reason", text_);
  }

  absl::Status writeNodes(absl::Span<const std::string> regions) {
    const std::vector<report::ChainEnd> ends = report::chainEnds(plan_);
    json_.key("nodes");
    json_.beginArray(true);
    for (std::size_t i = 0; i < graph_.nodeCount(); ++i) {
      const auto node = static_cast<NodeId>(i);
      const Decision& decision = plan_.decision(node);
      const OpKind& op = graph_.nodeOp(node);
      const std::string& targetType = plan_.targetTypes[index(graph_.nodeKind(node))];
      const DType dtype = plan_.leadingDType(graph_, node);
      json_.beginObject();
      field("name", graph_.nodeName(node));
      field("op_type", op.type);
      field("target_op", targetType.empty() ? op.type : targetType);
      field("domain", op.domain);
      field("region", regions[index(graph_.nodeRegion(node))]);
      dtype == DType::undefined ? nullField("dtype") : field("dtype", toString(dtype));
      writeOperands("inputs", graph_.inputs(node), plan_.inputs(graph_, node));
      writeOperands("outputs", graph_.outputs(node), plan_.outputs(graph_, node));
      field("library", plan_.library(node));
      decision.implMode.has_value() ? field("impl_mode", toString(*decision.implMode)) : nullField("impl_mode");
      writeReason(decision);
      decision.because == NodeId::none ? nullField("because")
                                       : field("because", report::shownName(graph_, decision.because));
      text_.clear();
      report::appendExplanation(graph_, plan_, node, ends[i], text_);
      field("text", text_);
      if (absl::Status status = endElement(); !status.ok()) return status;
    }
    json_.endArray();
    return absl::OkStatus();
  }

  absl::Status writeCasts(absl::Span<const std::string> regions) {
    json_.key("casts");
    json_.beginArray(true);
    for (const InsertedCast& cast : input_.result->rewrite.casts) {
      json_.beginObject();
      field("value", input_.graph->valueName(cast.value));
      field("region", regions[index(cast.region)]);
      field("from", toString(cast.from));
      field("to", toString(cast.to));
      field("users", cast.users);
      cast.bytes < 0 ? nullField("bytes") : field("bytes", static_cast<std::uint64_t>(cast.bytes));
      if (absl::Status status = endElement(); !status.ok()) return status;
    }
    json_.endArray();
    return absl::OkStatus();
  }

  absl::Status writeConstants() {
    const std::vector<ConvertedConstant>& constants = input_.result->rewrite.constants;
    json_.key("constants");
    json_.beginArray(true);
    for (std::size_t i = 0; i < constants.size(); ++i) {
      json_.beginObject();
      field("name", input_.result->graph.valueName(constants[i].value));
      field("from", toString(constants[i].from));
      field("to", toString(constants[i].to));
      if (i < input_.conversions.size()) {
        const ConversionStats& stats = input_.conversions[i];
        field("saturated", stats.saturated);
        field("underflowed", stats.underflowed);
        json_.key("max_abs");
        json_.real(stats.maxAbs);
      } else {
        nullField("saturated");
        nullField("underflowed");
        nullField("max_abs");
      }
      if (absl::Status status = endElement(); !status.ok()) return status;
    }
    json_.endArray();
    return absl::OkStatus();
  }

  absl::Status writeDiagnostics() {
    json_.key("diagnostics");
    json_.beginArray(true);
    for (const Diagnostic& diagnostic : input_.diagnostics) {
      json_.beginObject();
      field("severity", toString(diagnostic.severity));
      field("id", diagnostic.id);
      if (!diagnostic.nodeName.empty()) {
        field("node", diagnostic.nodeName);
      } else if (index(diagnostic.node) < graph_.nodeCount()) {
        field("node", report::shownName(graph_, diagnostic.node));
      } else {
        nullField("node");
      }
      field("message", diagnostic.message);
      if (absl::Status status = endElement(); !status.ok()) return status;
    }
    json_.endArray();
    return absl::OkStatus();
  }

  const ReportInput& input_;
  const Graph& graph_;
  const PrecisionPlan& plan_;
  const ReportSink& sink_;
  std::string piece_;
  support::JsonWriter json_;
  std::string text_;  // reused for every node
};

}  // namespace

absl::Status writeReportJson(const ReportInput& input, const ReportSink& sink) {
  return ReportWriter(input, sink).write();
}

std::string writeReportJson(const ReportInput& input) {
  std::string report;
  const absl::Status status = writeReportJson(input, [&](std::string_view piece) {
    report += piece;
    return absl::OkStatus();
  });
  status.IgnoreError();  // the sink above cannot fail
  return report;
}

}  // namespace precast
