#include "GraphText.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <map>
#include <memory>
#include <sstream>
#include <vector>

#include "schema/Schema.h"

namespace precast::test {

namespace {

struct Word {
  const char* text;
  DType dtype;
};

constexpr Word kWords[] = {{"f32", DType::float32}, {"f16", DType::float16},  {"bf16", DType::bfloat16},
                           {"u8", DType::uint8},    {"f64", DType::float64},  {"i32", DType::int32},
                           {"i64", DType::int64},   {"bool", DType::boolean}, {"?", DType::undefined},
                           {"str", DType::string}};

// Reads the notation with one look ahead; a statement at a time.
class Parser {
 public:
  Parser(std::string_view text, int opset) : text_(text), opset_(opset) {}

  Graph parse() {
    body(RegionId::main);
    REQUIRE(at_ == text_.size());
    return std::move(graph_);
  }

 private:
  void skip(bool lines) {
    while (at_ < text_.size() && (text_[at_] == ' ' || (lines && (text_[at_] == '\n' || text_[at_] == ';')))) ++at_;
  }
  bool take(char c) {
    skip(false);
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string token() {
    skip(false);
    const std::size_t begin = at_;
    while (at_ < text_.size() && std::string_view(" \n;,:=()[]{}").find(text_[at_]) == std::string_view::npos) ++at_;
    INFO(text_.substr(begin, 40));
    REQUIRE(at_ > begin);
    return std::string(text_.substr(begin, at_ - begin));
  }
  // name[:dtype][dims]
  ValueId declare(RegionId region) {
    const std::string name = token();
    if (name == "-") return ValueId::none;
    DType dtype = DType::float32;
    if (take(':')) {
      const std::string word = token();
      bool known = false;
      for (const Word& w : kWords) {
        if (word != w.text) continue;
        dtype = w.dtype;
        known = true;
      }
      INFO(word);
      REQUIRE(known);
    }
    std::vector<std::int64_t> dims;
    const bool shaped = take('[');
    while (shaped && !take(']')) {
      dims.push_back(std::stoll(token()));
      take(',');
    }
    const ValueId value = graph_.addValue(name, dtype, {shaped, dims}, region);
    ValueId& known = values_.try_emplace(name, ValueId::none).first->second;
    REQUIRE((known == ValueId::none || graph_.valueRegion(known) != region));
    known = value;
    return value;
  }
  ValueId use(const std::string& name) {
    if (name == "-") return ValueId::none;
    INFO(name);
    REQUIRE(values_.count(name) == 1);
    return values_[name];
  }
  template <typename T>
  static void copyAs(const std::vector<float>& numbers, std::vector<std::byte>& bytes) {
    const std::vector<T> values(numbers.begin(), numbers.end());
    std::memcpy(bytes.data(), values.data(), bytes.size());
  }
  // = 1 2 3
  TensorData contents(ValueId value) {
    TensorData tensor;
    tensor.stored = graph_.dtype(value);
    if (!take('=')) return tensor;
    std::vector<float> numbers;
    for (skip(false); at_ < text_.size() && text_[at_] != '\n' && text_[at_] != ';'; skip(false))
      numbers.push_back(std::stof(token()));
    auto bytes = std::make_shared<std::vector<std::byte>>(numbers.size() * std::size_t(bitWidth(tensor.stored)) / 8);
    ConversionStats stats;
    convertElements(DType::float32, reinterpret_cast<const std::byte*>(numbers.data()), tensor.stored, bytes->data(),
                    numbers.size(), Overflow::saturate, stats);
    if (tensor.stored == DType::int32) copyAs<std::int32_t>(numbers, *bytes);
    if (tensor.stored == DType::int64) copyAs<std::int64_t>(numbers, *bytes);
    if (tensor.stored == DType::float64) copyAs<double>(numbers, *bytes);
    tensor.data = *bytes;
    graph_.keepAlive(bytes);
    return tensor;
  }
  OpKindId kind(const std::string& first) {
    std::string domain;
    std::string type = first;
    if (take(':')) {
      domain = first;
      type = token();
    }
    OpKind made;
    if (opset_ > 0) made = onnx::makeOpKind(domain, type, opset_);
    made.domain = domain;
    made.type = type;
    return graph_.addOpKind(std::move(made));
  }
  void body(RegionId region) {
    for (skip(true); at_ < text_.size() && text_[at_] != '}'; skip(true)) statement(region);
  }
  void statement(RegionId region) {
    const std::size_t begin = at_;
    const std::string first = token();
    if (first == "in") {
      do REQUIRE(graph_.addInput(declare(region)).ok());
      while (take(','));
    } else if (first == "out") {
      do REQUIRE(graph_.addOutput(use(token()), region).ok());
      while (take(','));
    } else if (first == "const" || first == "constnode") {
      do constant(first == "constnode", region);
      while (take(','));
    } else {
      at_ = begin;
      node(region);
    }
  }
  void constant(bool isNode, RegionId region) {
    const ValueId value = declare(region);
    const TensorData tensor = contents(value);
    if (isNode) {
      REQUIRE(graph_.addConstantNode(kind("Constant"), graph_.valueName(value), value, tensor, region).ok());
    } else {
      REQUIRE(graph_.setConstant(value, tensor).ok());
    }
  }
  void node(RegionId region) {
    std::vector<ValueId> outputs;
    do outputs.push_back(declare(region));
    while (take(','));
    REQUIRE(take('='));
    const OpKindId op = kind(token());
    REQUIRE(take('('));
    std::vector<ValueId> inputs;
    while (!take(')')) {
      inputs.push_back(use(token()));
      take(',');
    }
    const auto added = graph_.addNode(op, graph_.valueName(outputs[0]), inputs, outputs, region);
    REQUIRE(added.ok());
    const bool branches = graph_.opKind(op).type == "If";
    for (int i = 0; take('{'); ++i) {
      const auto inner = graph_.addRegion(*added, !branches ? "body" : i == 0 ? "then_branch" : "else_branch");
      REQUIRE(inner.ok());
      const std::map<std::string, ValueId> around = values_;  // a body may use a name again
      body(*inner);
      values_ = around;
      REQUIRE(take('}'));
    }
  }

  std::string_view text_;
  int opset_;
  std::size_t at_ = 0;
  Graph graph_;
  std::map<std::string, ValueId> values_;
};

class Writer {
 public:
  explicit Writer(const Graph& graph) : graph_(graph) {}
  std::string write() {
    body(RegionId::main, "");
    return out_.str();
  }

 private:
  std::string declared(ValueId value) const {
    if (value == ValueId::none) return "-";
    return std::string(graph_.valueName(value)) + ":" + wordOf(graph_.dtype(value));
  }
  template <typename Values, typename Show>
  static std::string joined(const Values& values, const Show& show) {
    std::string text;
    for (ValueId value : values) text += (text.empty() ? "" : ", ") + show(value);
    return text;
  }
  std::string contents(ValueId value) const {
    const auto size = tensorBytes(graph_, value);
    if (!size.ok()) return "";
    std::vector<std::byte> bytes(*size);
    REQUIRE(convertTensor(graph_, value, absl::MakeSpan(bytes)).ok());
    std::vector<float> numbers(bytes.size() * 8 / std::size_t(bitWidth(graph_.dtype(value))));
    ConversionStats stats;
    convertElements(graph_.dtype(value), bytes.data(), DType::float32, reinterpret_cast<std::byte*>(numbers.data()),
                    numbers.size(), Overflow::saturate, stats);
    std::ostringstream text;
    text << " =";
    for (float number : numbers) text << " " << number;
    return text.str();
  }
  void body(RegionId region, const std::string& indent) {
    const auto name = [&](ValueId v) { return v == ValueId::none ? "-" : std::string(graph_.valueName(v)); };
    const auto declare = [&](ValueId v) { return declared(v); };
    if (!graph_.region(region).inputs.empty())
      out_ << indent << "in " << joined(graph_.region(region).inputs, declare) << "\n";
    for (std::size_t v = 0; v < graph_.valueCount(); ++v) {
      const auto value = static_cast<ValueId>(v);
      if (graph_.valueRegion(value) == region && graph_.isConstant(value) && graph_.producer(value) == NodeId::none)
        out_ << indent << "const " << declared(value) << contents(value) << "\n";
    }
    for (std::size_t n = 0; n < graph_.nodeCount(); ++n) {
      const auto node = static_cast<NodeId>(n);
      if (graph_.nodeRegion(node) != region) continue;
      const auto outputs = graph_.outputs(node);
      if (!outputs.empty() && outputs[0] != ValueId::none && graph_.isConstant(outputs[0])) {
        out_ << indent << "constnode " << declared(outputs[0]) << contents(outputs[0]) << "\n";
        continue;
      }
      out_ << indent << joined(outputs, declare) << " = " << graph_.nodeOp(node).type << "("
           << joined(graph_.inputs(node), name) << ")";
      for (RegionId r = graph_.firstRegion(node); r != RegionId::none; r = graph_.region(r).next) {
        out_ << " {\n";
        body(r, indent + "  ");
        out_ << indent << "}";
      }
      out_ << "\n";
    }
    if (!graph_.region(region).outputs.empty())
      out_ << indent << "out " << joined(graph_.region(region).outputs, name) << "\n";
  }

  const Graph& graph_;
  std::ostringstream out_;
};

}  // namespace

std::string wordOf(DType dtype) {
  for (const Word& word : kWords) {
    if (word.dtype == dtype) return dtype == DType::undefined ? "-" : word.text;
  }
  return std::string(toString(dtype));
}

Graph graphOfText(std::string_view text, int opset) { return Parser(text, opset).parse(); }

std::string textOf(const Graph& graph) { return Writer(graph).write(); }

}  // namespace precast::test
