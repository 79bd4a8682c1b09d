// Graphs in C, built by hand, from JSON, and read value by value; C++ is the oracle.
#include <catch2/catch.hpp>
#include <tuple>
#include <vector>

#include "COwned.h"
#include "GraphBuilder.h"
#include "GraphText.h"
#include "c/Handles.h"

using namespace precast;
using namespace precast::test;

namespace {

std::uint32_t addValue(precast_graph* graph, const char* name, std::vector<std::int64_t> dims = {}) {
  std::uint32_t id = PRECAST_NONE;
  const auto rank = dims.empty() ? -1 : static_cast<std::int32_t>(dims.size());
  REQUIRE(precast_graph_add_value(graph, name, PRECAST_DTYPE_FLOAT32, dims.data(), rank, PRECAST_MAIN_REGION, &id,
                                  nullptr) == PRECAST_OK);
  return id;
}

std::uint32_t addOp(precast_graph* graph, const char* type) {
  precast_op op = PRECAST_OP_INIT;
  op.type = type;
  std::uint32_t id = PRECAST_NONE;
  REQUIRE(precast_graph_add_op(graph, &op, &id, nullptr) == PRECAST_OK);
  return id;
}

using AskIds = decltype(precast_graph_node_inputs);

std::vector<std::uint32_t> idsOf(AskIds* ask, const precast_graph* graph, std::uint32_t id) {
  std::size_t count = 99;
  const precast_status asked = ask(graph, id, nullptr, 0, &count, nullptr);
  REQUIRE(asked == (count == 0 ? PRECAST_OK : PRECAST_OUT_OF_RANGE));
  std::vector<std::uint32_t> ids(count);
  REQUIRE(ask(graph, id, ids.data(), ids.size(), &count, nullptr) == PRECAST_OK);
  return ids;
}

std::vector<std::uint32_t> numbersOf(absl::Span<const ValueId> values) {
  std::vector<std::uint32_t> numbers;
  for (ValueId value : values) numbers.push_back(index(value));
  return numbers;
}

}  // namespace

TEST_CASE("a graph that C builds is the graph that C++ builds") {
  CGraph graph;
  REQUIRE(precast_graph_create(graph.out(), nullptr) == PRECAST_OK);
  const float weights[] = {1, 70000};
  const std::uint32_t x = addValue(graph, "x");
  const std::uint32_t w = addValue(graph, "w", {2});
  const std::uint32_t y = addValue(graph, "y");
  REQUIRE(precast_graph_add_input(graph, x, nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_set_constant(graph, w, PRECAST_DTYPE_FLOAT32, weights, sizeof(weights), nullptr) == PRECAST_OK);
  const std::uint32_t operands[] = {x, PRECAST_NONE, w};
  std::uint32_t node = PRECAST_NONE;
  REQUIRE(precast_graph_add_node(graph, addOp(graph, "Split"), "y", operands, 3, &y, 1, PRECAST_MAIN_REGION, &node,
                                 nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_add_output(graph, y, PRECAST_MAIN_REGION, nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_verify(graph, nullptr) == PRECAST_OK);
  CHECK(test::textOf(*c::behind(graph.get())) ==
        test::textOf(graphOfText("in x; const w:f32[2] = 1 70000; y = Split(x, -, w); out y")));

  precast_value value = PRECAST_VALUE_INIT;
  REQUIRE(precast_graph_get_value(graph, w, &value, nullptr) == PRECAST_OK);
  CHECK((textOf(value.name) == "w" && value.is_constant == 1 && value.has_contents == 1 && value.rank == 1));
  CHECK((value.is_input == 0 && value.producer == PRECAST_NONE && value.dtype == PRECAST_DTYPE_FLOAT32));
  precast_node row = PRECAST_NODE_INIT;
  REQUIRE(precast_graph_get_node(graph, node, &row, nullptr) == PRECAST_OK);
  CHECK((textOf(row.op_type) == "Split" && row.input_count == 3 && row.output_count == 1));
  std::uint32_t read[3] = {};
  std::size_t count = 0;
  REQUIRE(precast_graph_node_inputs(graph, node, read, 3, &count, nullptr) == PRECAST_OK);
  CHECK((count == 3 && read[0] == x && read[1] == PRECAST_NONE && read[2] == w));
}

TEST_CASE("bodies, Constant nodes, defaults and payloads that C makes are those that C++ makes") {
  CGraph graph;
  REQUIRE(precast_graph_create(graph.out(), nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_reserve(graph, 3, 8, 8, nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_set_name(graph, "looped", nullptr) == PRECAST_OK);
  std::uint32_t region = PRECAST_MAIN_REGION;
  const auto value = [&](const char* name, precast_dtype dtype) {
    std::uint32_t id = PRECAST_NONE;
    REQUIRE(precast_graph_add_value(graph, name, dtype, nullptr, -1, region, &id, nullptr) == PRECAST_OK);
    return id;
  };
  const auto input = [&](const char* name, precast_dtype dtype) {
    const std::uint32_t id = value(name, dtype);
    REQUIRE(precast_graph_add_input(graph, id, nullptr) == PRECAST_OK);
    return id;
  };
  const auto node = [&](const char* type, const std::vector<std::uint32_t>& inputs, std::uint32_t output) {
    std::uint32_t id = PRECAST_NONE;
    REQUIRE(precast_graph_add_node(graph, addOp(graph, type), "n", inputs.data(), inputs.size(), &output, 1, region,
                                   &id, nullptr) == PRECAST_OK);
    return id;
  };
  const std::uint32_t n = input("n", PRECAST_DTYPE_INT64);
  const std::uint32_t c = input("c", PRECAST_DTYPE_BOOL);
  const std::uint32_t x = input("x", PRECAST_DTYPE_FLOAT32);
  const std::uint32_t k = addValue(graph, "k", {1});
  const float contents = 70000;
  std::uint32_t constant = PRECAST_NONE;
  REQUIRE(precast_graph_add_constant_node(graph, addOp(graph, "Constant"), "k", k, PRECAST_DTYPE_FLOAT32, &contents,
                                          sizeof(contents), region, &constant, nullptr) == PRECAST_OK);
  const std::uint32_t y = value("y", PRECAST_DTYPE_FLOAT32);
  const std::uint32_t loop = node("Loop", {n, c, x}, y);
  REQUIRE(precast_graph_add_region(graph, loop, "body", &region, nullptr) == PRECAST_OK);
  input("i", PRECAST_DTYPE_INT64);
  const std::uint32_t d = input("d", PRECAST_DTYPE_BOOL);
  const std::uint32_t v = input("v", PRECAST_DTYPE_FLOAT32);
  const std::uint32_t u = value("u", PRECAST_DTYPE_FLOAT32);
  const std::uint32_t add = node("Add", {v, k}, u);
  REQUIRE(precast_graph_add_output(graph, d, region, nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_add_output(graph, u, region, nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_add_output(graph, y, PRECAST_MAIN_REGION, nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_verify(graph, nullptr) == PRECAST_OK);
  const Graph& made = *c::behind(graph.get());
  CHECK(test::textOf(made) == test::textOf(graphOfText("in n:i64, c:bool, x; constnode k:f32[1] = 70000; "
                                                       "y = Loop(n, c, x) { in i:i64, d:bool, v; u = Add(v, k); "
                                                       "out d, u }; out y")));
  CHECK((made.name() == "looped" && made.region(static_cast<RegionId>(region)).name == "body"));
  CHECK(made.isConstant(static_cast<ValueId>(k)));
  CHECK(made.producer(static_cast<ValueId>(k)) == static_cast<NodeId>(constant));

  const std::uint16_t half = 0x3C00;
  REQUIRE(precast_graph_set_default(graph, x, PRECAST_DTYPE_FLOAT16, &half, sizeof(half), nullptr) == PRECAST_OK);
  CHECK(made.tensor(made.tensorOf(static_cast<ValueId>(x))).stored == DType::float16);
  CHECK_FALSE(made.isConstant(static_cast<ValueId>(x)));
  CError error;
  Graph copy = made;
  CHECK(precast_graph_set_default(graph, y, PRECAST_DTYPE_FLOAT32, nullptr, 0, error.out()) ==
        PRECAST_INVALID_ARGUMENT);
  CHECK(error.message() == copy.setDefault(static_cast<ValueId>(y), {}).message());
  std::uint32_t none = PRECAST_NONE;
  CHECK(precast_graph_add_region(graph, 77, "b", &none, error.out()) == PRECAST_INVALID_ARGUMENT);
  CHECK(error.message() == copy.addRegion(static_cast<NodeId>(77), "b").status().message());
  CHECK(precast_graph_reserve(graph, ~std::size_t{0}, 0, 0, nullptr) == PRECAST_RESOURCE_EXHAUSTED);

  REQUIRE(precast_graph_set_node_payload(graph, add, 1234567890123, nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_set_value_payload(graph, u, 42, nullptr) == PRECAST_OK);
  CHECK(made.nodePayload(static_cast<NodeId>(add)) == 1234567890123U);
  CHECK(made.valuePayload(static_cast<ValueId>(u)) == 42U);
  CResult result;
  REQUIRE(precast_compile(graph, nullptr, result.out(), nullptr) == PRECAST_OK);
  int handedOn = 0;
  for (std::uint32_t i = 0; i < precast_graph_node_count(precast_result_graph(result)); ++i) {
    precast_node row = PRECAST_NODE_INIT;
    REQUIRE(precast_graph_get_node(precast_result_graph(result), i, &row, nullptr) == PRECAST_OK);
    if (row.payload == 1234567890123) handedOn += textOf(row.op_type) == "Add" ? 1 : 100;
  }
  CHECK(handedOn == 1);
}

TEST_CASE("a number among attributes that C states is guarded and read back") {
  CGraph graph;
  REQUIRE(precast_graph_create(graph.out(), nullptr) == PRECAST_OK);
  std::uint32_t op = PRECAST_NONE;
  REQUIRE(precast_graph_add_onnx_op(graph, nullptr, "RandomUniform", 17, nullptr, &op, nullptr) == PRECAST_OK);
  const std::uint32_t output = addValue(graph, "r", {2});
  std::uint32_t node = PRECAST_NONE;
  REQUIRE(precast_graph_add_node(graph, op, "r", nullptr, 0, &output, 1, PRECAST_MAIN_REGION, &node, nullptr) ==
          PRECAST_OK);
  REQUIRE(precast_graph_add_output(graph, output, PRECAST_MAIN_REGION, nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_add_attribute_number(graph, node, "high", 70000, nullptr) == PRECAST_OK);

  REQUIRE(precast_graph_attribute_number_count(graph) == 1);
  precast_attribute_number read = PRECAST_ATTRIBUTE_NUMBER_INIT;
  REQUIRE(precast_graph_get_attribute_number(graph, 0, &read, nullptr) == PRECAST_OK);
  CHECK((read.node == node && textOf(read.name) == "high" && read.number == 70000));

  CDiagnostics said;
  REQUIRE(precast_diagnostics_create(said.out(), nullptr) == PRECAST_OK);
  precast_compile_options options = PRECAST_COMPILE_OPTIONS_INIT;
  options.on_diagnostic = precast_diagnostics_collect;
  options.user = said.get();
  CResult result;
  REQUIRE(precast_compile(graph, &options, result.out(), nullptr) == PRECAST_OK);
  REQUIRE(precast_diagnostics_count(said) == 1);
  precast_diagnostic first = PRECAST_DIAGNOSTIC_INIT;
  REQUIRE(precast_diagnostics_get(said, 0, &first, nullptr) == PRECAST_OK);
  CHECK(textOf(first.id) == "weight-out-of-range");
}

TEST_CASE("a schema that C states limits what is decided") {
  CGraph graph;
  REQUIRE(precast_graph_create(graph.out(), nullptr) == PRECAST_OK);
  const precast_operand_spec spec = {0, 0, 0, 0};
  const std::uint64_t only32 = PRECAST_DTYPE_BIT(PRECAST_DTYPE_FLOAT32);
  precast_op op = PRECAST_OP_INIT;
  op.type = "Relu";
  op.has_schema = 1;
  op.inputs = op.outputs = &spec;
  op.input_count = op.output_count = 1;
  op.type_vars = &only32;
  op.type_var_count = 1;
  std::uint32_t id = PRECAST_NONE;
  REQUIRE(precast_graph_add_op(graph, &op, &id, nullptr) == PRECAST_OK);
  const std::uint32_t x = addValue(graph, "x");
  const std::uint32_t y = addValue(graph, "y");
  REQUIRE(precast_graph_add_input(graph, x, nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_add_node(graph, id, "relu", &x, 1, &y, 1, PRECAST_MAIN_REGION, nullptr, nullptr) == PRECAST_OK);
  REQUIRE(precast_graph_add_output(graph, y, PRECAST_MAIN_REGION, nullptr) == PRECAST_OK);
  CPlan plan;
  REQUIRE(precast_make_plan(graph, nullptr, plan.out(), nullptr) == PRECAST_OK);
  precast_dtype dtype = PRECAST_DTYPE_UNDEFINED;
  REQUIRE(precast_plan_inputs(graph, plan, 0, &dtype, 1, nullptr, nullptr) == PRECAST_OK);
  CHECK(dtype == PRECAST_DTYPE_FLOAT32);
}

TEST_CASE("an operator of ONNX has its schema") {
  CGraph graph;
  REQUIRE(precast_graph_create(graph.out(), nullptr) == PRECAST_OK);
  std::uint32_t id = PRECAST_NONE;
  REQUIRE(precast_graph_add_onnx_op(graph, nullptr, "Softmax", 17, nullptr, &id, nullptr) == PRECAST_OK);
  const OpKind& kind = c::behind(graph.get())->opKind(static_cast<OpKindId>(id));
  CHECK((kind.hasSchema && kind.sinceVersion == 13 && kind.type == "Softmax"));
}

TEST_CASE("a graph read in C has the operands, shapes and bodies that it has in C++") {
  Graph graph = graphOfText("in x:f32[2,-1,3], c:bool; a:f32[2], b = Split(x, -, x); y = If(c) { t = Exp(b); out t } "
                            "{ e = Log(a); out e, e }; z = Scan(y) { in v; w = Abs(v); out w }; out z");
  graph.setName("read");
  const auto* handle = c::handleOf<precast_graph>(graph);
  CHECK(textOf(precast_graph_name(handle)) == "read");
  REQUIRE(precast_graph_node_count(handle) == graph.nodeCount());
  for (std::uint32_t i = 0; i < graph.nodeCount(); ++i) {
    CHECK(idsOf(precast_graph_node_inputs, handle, i) == numbersOf(graph.inputs(static_cast<NodeId>(i))));
    CHECK(idsOf(precast_graph_node_outputs, handle, i) == numbersOf(graph.outputs(static_cast<NodeId>(i))));
  }
  for (std::uint32_t i = 0; i < graph.valueCount(); ++i) {
    const ShapeView shape = graph.shape(static_cast<ValueId>(i));
    std::vector<std::int64_t> dims(8, 99);
    std::size_t count = 99;
    REQUIRE(precast_graph_value_dims(handle, i, dims.data(), dims.size(), &count, nullptr) == PRECAST_OK);
    CHECK(std::vector<std::int64_t>(dims.begin(), dims.begin() + static_cast<std::ptrdiff_t>(count)) ==
          std::vector<std::int64_t>(shape.dims.begin(), shape.dims.end()));
  }
  REQUIRE(graph.regionCount() == 4);
  REQUIRE(precast_graph_region_count(handle) == 4);
  for (std::uint32_t i = 0; i < 4; ++i) {
    const Region& oracle = graph.region(static_cast<RegionId>(i));
    precast_region row = PRECAST_REGION_INIT;
    REQUIRE(precast_graph_get_region(handle, i, &row, nullptr) == PRECAST_OK);
    CHECK(textOf(row.name) == oracle.name);
    CHECK((row.parent == index(oracle.parent) && row.owner == index(oracle.owner) && row.next == index(oracle.next)));
    CHECK((row.input_count == oracle.inputs.size() && row.output_count == oracle.outputs.size()));
    CHECK(idsOf(precast_graph_region_inputs, handle, i) == numbersOf(oracle.inputs));
    CHECK(idsOf(precast_graph_region_outputs, handle, i) == numbersOf(oracle.outputs));
  }
}

TEST_CASE("an operator read in C has the versions, the variant and the schema that it has in C++") {
  CGraph graph;
  REQUIRE(precast_graph_create(graph.out(), nullptr) == PRECAST_OK);
  const struct {
    const char* domain;
    const char* type;
    const char* variant;
  } rows[] = {{"", "Softmax", ""}, {"", "Split", ""},        {"", "Loop", ""},
              {"", "Clip", ""},    {"", "Resize", "linear"}, {"com.microsoft", "FusedMatMul", ""},
              {"own", "Mine", "x"}};
  std::size_t variadic = 0;
  for (const auto& row : rows) {
    CAPTURE(row.type);
    const OpKind oracle = onnx::makeOpKind(row.domain, row.type, 17, row.variant);
    std::uint32_t id = PRECAST_NONE;
    REQUIRE(precast_graph_add_onnx_op(graph, row.domain, row.type, 17, row.variant, &id, nullptr) == PRECAST_OK);
    precast_op_info op = PRECAST_OP_INFO_INIT;
    REQUIRE(precast_graph_get_op(graph, id, &op, nullptr) == PRECAST_OK);
    CHECK((textOf(op.domain) == row.domain && textOf(op.type) == row.type && textOf(op.variant) == row.variant));
    CHECK((op.since_version == oracle.sinceVersion && (op.has_schema == 1) == oracle.hasSchema));
    const auto sides = {std::make_tuple(precast_graph_op_inputs, op.input_count, &OpSignature::inputs),
                        std::make_tuple(precast_graph_op_outputs, op.output_count, &OpSignature::outputs)};
    for (const auto& [ask, size, side] : sides) {
      const std::vector<OperandSpec>& wanted = oracle.signature.*side;
      REQUIRE(size == wanted.size());
      std::vector<precast_operand_spec> read(size);
      std::size_t count = 99;
      REQUIRE(ask(graph, id, read.data(), size, &count, nullptr) == PRECAST_OK);
      CHECK(count == size);
      for (std::size_t i = 0; i < size; ++i) {
        CHECK((read[i].type_var == wanted[i].typeVar && (read[i].optional == 1) == wanted[i].optional));
        CHECK(
            ((read[i].variadic == 1) == wanted[i].variadic && (read[i].heterogeneous == 1) == wanted[i].heterogeneous));
        variadic += wanted[i].variadic ? 1 : 0;
      }
    }
    REQUIRE(op.type_var_count == oracle.signature.typeVars.size());
    std::vector<std::uint64_t> sets(op.type_var_count);
    REQUIRE(precast_graph_op_type_vars(graph, id, sets.data(), sets.size(), nullptr, nullptr) == PRECAST_OK);
    for (std::size_t i = 0; i < sets.size(); ++i) CHECK(sets[i] == oracle.signature.typeVars[i].bits());
  }
  CHECK(variadic > 2);
}

TEST_CASE("a graph goes through JSON in C") {
  const std::string text = writeGraphJson(graphOf(R"({"schema":"precast.graph/1",
    "inputs":[{"name":"x","dtype":"float32"}],"constants":[],
    "nodes":[{"name":"r","op":"Relu","inputs":["x"],"outputs":[{"name":"y","dtype":"float32"}]}],
    "outputs":["y"]})"))
                               .value();
  CGraph graph;
  REQUIRE(precast_graph_parse_json(text.data(), text.size(), "G", nullptr, graph.out(), nullptr) == PRECAST_OK);
  std::string again;
  REQUIRE(precast_graph_write_json(graph, appendText, &again, nullptr) == PRECAST_OK);
  CHECK(again == text);
  CHECK(precast_graph_looks_like_json(text.data(), text.size()) == 1);
  CHECK(precast_graph_looks_like_json("\xEF\xBB\xBF {", 5) == 1);
  CHECK(precast_graph_looks_like_json("\x08\x07{", 3) + precast_graph_looks_like_json("{", 0) +
            precast_graph_looks_like_json(nullptr, 3) ==
        0);
  CError error;
  CHECK(precast_graph_parse_json("{", 1, "G", nullptr, graph.out(), error.out()) == PRECAST_INVALID_ARGUMENT);
  CHECK(error.message().substr(0, 2) == "G:");
}

TEST_CASE("the limits of a JSON graph can be set, and are those of C++") {
  const std::string text = R"({"schema":"precast.graph/1","inputs":[{"name":"x","dtype":"float32","shape":[1,1,1]}],
                              "constants":[],"nodes":[],"outputs":["x"]})";
  for (const std::uint32_t depth : {0U, 3U, 4U}) {
    for (const std::uint32_t rank : {0U, 2U, 3U}) {
      INFO(depth << " deep, rank " << rank);
      precast_json_options options = PRECAST_JSON_OPTIONS_INIT;
      options.json_depth = depth;
      options.tensor_rank = rank;
      Limits limits;
      if (depth != 0) limits.jsonDepth = depth;
      if (rank != 0) limits.tensorRank = rank;
      const absl::Status oracle = parseGraphJson(text, "G", limits).status();
      CHECK(oracle.ok() == (depth != 3 && rank != 2));
      CGraph graph;
      CError error;
      CHECK(precast_graph_parse_json(text.data(), text.size(), "G", &options, graph.out(), error.out()) ==
            static_cast<precast_status>(oracle.raw_code()));
      CHECK(error.message() == oracle.message());
      CHECK((graph.get() != nullptr) == oracle.ok());
    }
  }
  precast_json_options wrong = PRECAST_JSON_OPTIONS_INIT;
  --wrong.struct_size;
  CGraph graph;
  CHECK(precast_graph_parse_json(text.data(), text.size(), "G", &wrong, graph.out(), nullptr) ==
        PRECAST_INVALID_ARGUMENT);
}
