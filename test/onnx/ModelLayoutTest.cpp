// The pieces of an output model before any of them is written: what stays a range of the file, what is made anew, and
// where large tensors go. Contents of tensors are '#' here: their conversion is the chunk writer's affair.
#include "onnx/ModelLayout.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "Command.h"
#include "FlatRope.h"
#include "GraphText.h"
#include "ModelBuilder.h"
#include "onnx/Message.h"

namespace precast::onnx {
namespace {

using test::Dims;
using test::info;
using test::Messages;
using test::node;
using test::Proto;

constexpr DType f16 = DType::float16;
constexpr DType f32 = DType::float32;
constexpr auto kKeep = PrecisionMode::mustKeepOriginDtype;
constexpr auto kForce16 = PrecisionMode::forceFp16;
constexpr auto kForce32 = PrecisionMode::forceFp32;
constexpr auto kMix = PrecisionMode::allowMixPrecision;

/// A model, and how it is laid out in a mode.
struct LaidOut {
  LaidOut(std::string_view bytes, PrecisionMode mode, const ExternalLayout& external = {})
      : model(test::modelOf(bytes)) {
    CompileOptions options;
    options.policy.mode = mode;
    absl::StatusOr<CompileResult> compiled = compile(model.graph, options);
    INFO(compiled.status());
    REQUIRE(compiled.ok());
    result = *std::move(compiled);
    absl::StatusOr<ModelLayout> made = layOutModel(result, *model.source, external);
    REQUIRE(made.ok());
    layout = *std::move(made);
  }
  std::string bytes() const { return test::flatten(layout.model, model.source->bytes); }
  std::string data() const { return test::flatten(layout.data, model.source->bytes); }

  Model model;
  CompileResult result;
  ModelLayout layout;
};

// x times the weight "w".
std::string productOf(const std::string& weight, DType dtype = f32) {
  return test::graph({node("Mul", {"x", "w"}, {"y"})}, {weight}, {info("x", dtype, {})}, {info("y", dtype, {})});
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_CASE("a model in which nothing changes is one range of the file") {
  const std::string bytes = test::model(productOf(test::floatTensor("w", {2}, {1, 2})));
  const LaidOut same(bytes, kKeep);
  CHECK((same.bytes() == bytes));
  CHECK(same.layout.model.pieces().size() == 1);
  CHECK(same.layout.data.size() == 0);
}

TEST_CASE("a converted weight has its new dtype and size, the same dims and name, and whatever else was in it") {
  const std::string rest = Proto().text(12, "doc").text(99, "unknown");
  const std::string head = Proto().number(field::kDims, 2);
  const auto tensor = [&](DType dtype, const std::string& contents) {
    return head + std::string(Proto().number(field::kDataType, static_cast<std::int64_t>(dtype))) + contents + rest +
           std::string(Proto().text(field::kTensorName, "w"));
  };
  const struct {
    DType from;
    std::string contents;
    PrecisionMode mode;
    DType to;
    std::size_t bytes;
  } rows[] = {{f32, Proto().text(field::kRawData, test::floatBytes({1, 2})), kForce16, f16, 4},
              {f32, Proto().text(field::kFloatData, test::floatBytes({1, 2})), kForce16, f16, 4},
              {f16, Proto().text(field::kRawData, std::string(4, '\x3c')), kForce32, f32, 8},
              {f16, Proto().number(field::kInt32Data, 0x3c00).number(field::kInt32Data, 0x4000), kForce32, f32, 8},
              {f16, Proto().text(field::kInt32Data, "\x80\x78\x01"), kForce32, f32, 8}};
  for (const auto& row : rows) {
    CAPTURE(toString(row.from), row.contents.size());
    const LaidOut laidOut(test::model(productOf(tensor(row.from, row.contents), row.from)), row.mode);
    const std::string raw = Proto().text(field::kRawData, std::string(row.bytes, '#'));
    CHECK(has(laidOut.bytes(), Proto().text(field::kInitializer, tensor(row.to, "") + raw).operator std::string()));
    std::size_t tensors = 0;
    for (const Piece& piece : laidOut.layout.model.pieces()) tensors += piece.kind == Piece::Kind::tensor ? 1 : 0;
    CHECK(tensors == 1);
  }
}

TEST_CASE("the fill of a ConstantOfShape is converted from whichever field holds it") {
  const auto half = [](DType dtype) { return dtype == f16 ? 0x4100 : 0x4020; };  // 2.5
  const struct {
    DType from;
    std::string contents;
    PrecisionMode mode;
    std::string after;
  } rows[] = {
      {f32, Proto().text(field::kRawData, test::floatBytes({2.5F})), kForce16, std::string("\x00\x41", 2)},
      {f32, Proto().text(field::kFloatData, test::floatBytes({2.5F})), kForce16, std::string("\x00\x41", 2)},
      {f16, Proto().text(field::kRawData, std::string("\x00\x41", 2)), kForce32, test::floatBytes({2.5F})},
      {f16, Proto().number(field::kInt32Data, half(f16)), kForce32, test::floatBytes({2.5F})},
      {f16, Proto().text(field::kInt32Data, "\x80\x82\x01"), kForce32, test::floatBytes({2.5F})},
      {DType::bfloat16, Proto().number(field::kInt32Data, half(DType::bfloat16)), kForce32, test::floatBytes({2.5F})}};
  for (const auto& row : rows) {
    CAPTURE(toString(row.from), row.contents);
    const auto tensor = [](DType dtype, const std::string& contents) {
      return std::string(Proto().number(field::kDims, 1).number(field::kDataType, static_cast<std::int64_t>(dtype))) +
             contents;
    };
    const std::string fill =
        node("ConstantOfShape", {"s"}, {"c"}, {test::tensorAttribute("value", tensor(row.from, row.contents))});
    const std::string bytes =
        test::model(test::graph({fill, node("Mul", {"x", "c"}, {"y"})}, {test::longTensor("s", {1}, {2})},
                                {info("x", row.from)}, {info("y", row.from)}),
                    9, {test::opset(20)});
    const LaidOut laidOut(bytes, row.mode);
    const DType to = laidOut.result.graph.dtype(test::valueNamed(laidOut.result.graph, "c"));
    CHECK(to == (row.mode == kForce16 ? f16 : f32));
    CHECK(has(laidOut.bytes(), test::tensorAttribute("value", tensor(to, Proto().text(field::kRawData, row.after)))));
  }
}

TEST_CASE("large tensors go to the data file, aligned and in order, and small ones stay") {
  const auto zeros = [](std::string_view name, std::int64_t count) {
    return test::rawTensor(name, f32, {count}, std::string(static_cast<std::size_t>(4 * count), '\0'));
  };
  // As float16: 1022, 1024, 2002 and 1026 bytes.
  const Messages weights = {zeros("w0", 511), zeros("w1", 512), zeros("w2", 1001), zeros("w3", 513)};
  const std::string graph = test::graph({node("MatMul", {"x", "w0"}, {"a"}), node("MatMul", {"x", "w1"}, {"b"}),
                                         node("MatMul", {"x", "w2"}, {"c"}), node("MatMul", {"x", "w3"}, {"d"})},
                                        weights, {info("x", f32, {})}, {info("a"), info("b"), info("c"), info("d")});
  const struct {
    std::uint64_t alignment;
    std::uint64_t minimum;
    std::vector<std::uint64_t> offsets;
    std::vector<std::uint64_t> lengths;
  } rows[] = {{64, 1024, {0, 1024, 3072}, {1024, 2002, 1026}},
              {4096, 1024, {0, 4096, 8192}, {1024, 2002, 1026}},
              {1, 1025, {0, 2002}, {2002, 1026}},
              {64, 1, {0, 1024, 2048, 4096}, {1022, 1024, 2002, 1026}},
              {64, 4096, {}, {}}};
  const test::ScratchFolder folder;
  for (const auto& row : rows) {
    CAPTURE(row.alignment, row.minimum);
    const LaidOut laidOut(test::model(graph), kForce16, {true, "m.data", row.alignment, row.minimum});
    const std::string data = laidOut.data();
    test::writeBytes(folder.file("m"), laidOut.bytes());
    test::writeBytes(folder.file("m.data"), data);
    const absl::StatusOr<Model> read = readFile(folder.file("m"));
    INFO(read.status());
    REQUIRE(read.ok());
    std::vector<std::uint64_t> offsets;
    std::vector<std::uint64_t> lengths;
    for (int i = 0; i < 4; ++i) {
      const ValueId value = test::valueNamed(read->graph, "w" + std::to_string(i));
      const absl::Span<const std::byte> contents = read->graph.tensor(read->graph.tensorOf(value)).data;
      CHECK(textOf(contents, {0, contents.size()}) == std::string(contents.size(), '#'));
      for (const auto& file : read->source->files) {
        const std::byte* begin = file->bytes().data();
        if (file->bytes().size() != data.size() || contents.data() < begin || contents.data() >= begin + data.size())
          continue;
        offsets.push_back(static_cast<std::uint64_t>(contents.data() - begin));
        lengths.push_back(contents.size());
      }
    }
    CHECK(offsets == row.offsets);
    CHECK(lengths == row.lengths);
    CHECK(data.size() == (offsets.empty() ? 0 : offsets.back() + lengths.back()));
  }
}

TEST_CASE("what was in a data file comes into the model unless a data file is asked for, changed or not") {
  const test::ScratchFolder folder;
  const std::string tensor = test::externalTensor("w", f32, {512}, {{"location", "w"}, {"checksum", "c"}});
  test::writeBytes(folder.file("m"), test::model(productOf(tensor)));
  test::writeBytes(folder.file("w"), std::string(2048, '\0'));
  const absl::StatusOr<Model> model = readFile(folder.file("m"));
  REQUIRE(model.ok());
  CompileOptions options;
  options.policy.mode = kKeep;
  const absl::StatusOr<CompileResult> same = compile(model->graph, options);
  const absl::StatusOr<ModelLayout> inside = layOutModel(*same, *model->source, {});
  REQUIRE(inside.ok());
  const std::string bytes = test::flatten(inside->model, model->source->bytes);
  CHECK(has(bytes, Proto().text(field::kRawData, std::string(2048, '#')).operator std::string()));
  CHECK_FALSE(has(bytes, "checksum"));
  CHECK(inside->data.size() == 0);
  const absl::StatusOr<ModelLayout> outside = layOutModel(*same, *model->source, {true, "other"});
  REQUIRE(outside.ok());
  CHECK(has(test::flatten(outside->model, model->source->bytes), "other"));
  CHECK(outside->data.size() == 2048);
}

TEST_CASE("a copy of a weight stands behind all of them, and before IR version 4 among the inputs too") {
  const std::string weight = test::floatTensor("w", {2, 2}, {1, 2, 3, 4});
  const std::string last = test::longTensor("last", {1}, {1});
  const Messages nodes = {node("MatMul", {"x", "w"}, {"a"}), node("Softmax", {"w"}, {"b"}),
                          node("Mul", {"a", "b"}, {"y"})};
  const std::string x = info("x", f32, {2, 2});
  const std::string y = info("y", f32, {2, 2});
  for (const std::int64_t irVersion : {3, 8}) {
    CAPTURE(irVersion);
    Messages inputs = {x};
    if (irVersion == 3) inputs = {x, info("w", f32, {2, 2}), info("last", DType::int64, {1})};
    const LaidOut laidOut(test::model(test::graph(nodes, {weight, last}, inputs, {y}), irVersion, {test::opset(9)}),
                          kMix);
    const std::string bytes = laidOut.bytes();
    const std::string copy = test::rawTensor("w_fp16", f16, {2, 2}, std::string(8, '#'));
    CHECK(has(bytes, Proto().each(field::kInitializer, {weight, last, copy}).operator std::string()));
    if (irVersion == 3) {
      inputs.insert(inputs.begin() + 2, info("w_fp16", f16, {2, 2}));
    }
    CHECK(has(bytes, Proto().each(field::kGraphInput, inputs).each(field::kGraphOutput, {y}).operator std::string()));
  }
}

TEST_CASE("a copy of a weight waits for the last one where other fields stand between them") {
  const Messages nodes = {node("MatMul", {"x", "w"}, {"a"}), node("Softmax", {"w"}, {"b"}),
                          node("Mul", {"a", "b"}, {"y"})};
  const std::string graph = Proto()
                                .text(field::kInitializer, test::floatTensor("w", {2, 2}, {1, 2, 3, 4}))
                                .each(field::kNode, nodes)
                                .text(field::kInitializer, test::longTensor("last", {1}, {1}))
                                .text(field::kGraphInput, info("x", f32, {2, 2}))
                                .text(field::kGraphOutput, info("y", f32, {2, 2}));
  const std::string last = test::longTensor("last", {1}, {1});
  const std::string copy = test::rawTensor("w_fp16", f16, {2, 2}, std::string(8, '#'));
  CHECK(has(LaidOut(test::model(graph), kMix).bytes(), Proto()
                                                           .each(field::kInitializer, {last, copy})
                                                           .text(field::kGraphInput, info("x", f32, {2, 2}))
                                                           .
                                                           operator std::string()));
}

TEST_CASE("nodes take the place of the first one, and the other fields keep their order") {
  const std::string graph = Proto()
                                .text(field::kGraphOutput, info("y"))
                                .text(field::kNode, node("Relu", {"x"}, {"a"}))
                                .text(field::kValueInfo, info("a"))
                                .text(field::kNode, node("Relu", {"a"}, {"y"}))
                                .text(field::kGraphInput, info("x"));
  const LaidOut laidOut(test::model(graph), kForce16);
  std::string order;
  const std::string bytes = laidOut.bytes();
  const Model again = test::modelOf(bytes);
  MessageCursor cursor(again.source->bytes, again.source->graph, kGraphMessage);
  for (WireField at; cursor.next(at);) order += std::to_string(at.number) + " ";
  CHECK(order == "12 1 1 1 1 13 11 13 ");
  CHECK(test::textOf(again.graph) == test::textOf(laidOut.result.graph));
}

}  // namespace
}  // namespace precast::onnx
