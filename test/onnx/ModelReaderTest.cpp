// The outermost message, and what people hand over instead of one. The rows' ids are those of the checklist of bad
// inputs.
#include <catch2/catch.hpp>
#include <fstream>
#include <string>

#include "Command.h"
#include "ModelBuilder.h"
#include "onnx/Message.h"
#include "precast/Compile.h"

namespace precast::onnx {
namespace {

using absl::StatusCode;
using Catch::Contains;
using test::Dims;
using test::graph;
using test::info;
using test::Messages;
using test::node;
using test::opset;
using test::Proto;

const std::string kGraph = graph({node("Relu", {"x"}, {"y"}, {}, "relu")}, {}, {info("x")}, {info("y")});

std::string model(std::int64_t irVersion, const Messages& opsets) { return test::model(kGraph, irVersion, opsets); }

std::vector<std::string> notesOf(const std::string& bytes) {
  std::vector<std::string> ids;
  ReadOptions options;
  options.diagnostics = [&](const Diagnostic& note) { ids.push_back(std::string(note.id) + ": " + note.message); };
  test::modelOf(bytes, options);
  return ids;
}

TEST_CASE("A1 to B2: models that are none are refused with what is wrong") {
  const std::string whole = model(8, {opset(17)});
  const struct {
    const char* id;
    std::string bytes;
    StatusCode code;
    const char* words;
  } rows[] = {
      {"A1", "", StatusCode::kInvalidArgument, "the model is empty"},
      {"A3", model(8, {}), StatusCode::kInvalidArgument,
       "model has no opset_import, which ir_version 3 and newer need"},
      {"A8 group", std::string("\x0b\x0c") + std::string("\x3c"), StatusCode::kInvalidArgument, ""},
      {"A9", std::string(Proto().text(field::kIrVersion, "8")) + whole, StatusCode::kInvalidArgument,
       "field ModelProto.ir_version at byte 0 has wire type 2"},
      {"A10", whole + std::string(Proto().text(field::kGraph, kGraph)), StatusCode::kInvalidArgument,
       "the model has two graphs, the second at byte"},
      {"A1 blank", std::string(100, ' ') + "\n", StatusCode::kInvalidArgument,
       "the model holds nothing but white space"},
      {"A14 JSON behind blanks", std::string(100, ' ') + "[]", StatusCode::kInvalidArgument, "starts like JSON"},
      {"A14 gzip", "\x1f\x8b\x08", StatusCode::kInvalidArgument, "starts like gzip"},
      {"A14 zip", "PK\x03\x04", StatusCode::kInvalidArgument, "starts like a zip archive"},
      {"A14 JSON", " {\"graph\": 1}", StatusCode::kInvalidArgument, "starts like JSON"},
      {"A14 text", "ir_version: 8\n", StatusCode::kInvalidArgument, "starts like plain text"},
      {"A14 LFS", "version https://git-lfs.github.com/spec/v1\noid 1\n", StatusCode::kInvalidArgument,
       "starts like a Git LFS pointer"},
      {"A14 HTML", "<!DOCTYPE html>", StatusCode::kInvalidArgument, "starts like HTML or XML"},
      {"A17", whole + "garbage", StatusCode::kInvalidArgument, ""},
      {"B1 none", Proto().text(field::kGraph, kGraph).text(field::kOpsetImport, opset(17)),
       StatusCode::kInvalidArgument, "model has ir_version 0"},
      {"B1 negative", model(-1, {opset(17)}), StatusCode::kInvalidArgument, "model has ir_version -1"},
      {"B2 twice", model(8, {opset(17), opset(18)}), StatusCode::kInvalidArgument,
       "opset_import names domain '' twice, as version 17 and as version 18"},
      {"B2 twice by its other name", model(8, {opset(17), opset(17, "ai.onnx")}), StatusCode::kInvalidArgument,
       "twice"},
      {"B2 zero", model(8, {opset(0)}), StatusCode::kInvalidArgument, "opset_import of domain '' has version 0"},
      {"B2 negative", model(8, {opset(-1)}), StatusCode::kInvalidArgument, "has version -1"},
      {"B2 huge", model(8, {opset(std::int64_t{1} << 40)}), StatusCode::kInvalidArgument, "has version 1099511627776"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.id);
    const auto read = test::readBytesOf(row.bytes);
    REQUIRE_FALSE(read.ok());
    CHECK(read.status().code() == row.code);
    CHECK_THAT(std::string(read.status().message()), Contains(row.words));
  }
}

TEST_CASE("A2: every cut of a model ends early or is a model, and the message says where") {
  const std::string whole = model(8, {opset(17)});
  for (std::size_t size = 1; size < whole.size(); ++size) {
    const auto read = test::readBytesOf(whole.substr(0, size));
    CHECK_FALSE(read.ok());
    CHECK((read.status().code() == StatusCode::kDataLoss || read.status().code() == StatusCode::kInvalidArgument));
  }
}

TEST_CASE("A10: of a number that stands there twice the last one counts") {
  const std::string twice = std::string(Proto().number(field::kIrVersion, 3)) + model(8, {opset(17)});
  CHECK(test::readBytesOf(twice).ok());
}

TEST_CASE("B1, B2: IR versions and opsets beyond the known ones are read with a note, unknown domains without") {
  for (int version = 3; version <= 12; ++version) CHECK(notesOf(model(version, {opset(17)})).empty());
  for (int version = 7; version <= 28; ++version) CHECK(notesOf(model(8, {opset(version)})).empty());
  CHECK(notesOf(model(8, {opset(17), opset(99, "own")})).empty());
  const std::vector<std::string> ir = notesOf(model(99, {opset(17)}));
  REQUIRE(ir.size() == 1);
  CHECK_THAT(ir[0], Contains("newer-ir-version: the model has ir_version 99"));
  const std::vector<std::string> newer = notesOf(model(8, {opset(40)}));
  REQUIRE(newer.size() == 1);
  CHECK_THAT(newer[0], Contains("newer-opset: the model imports opset 40"));
}

TEST_CASE("a model of IR version 1 or 2 needs no opset_import and has opset 1") {
  const Model read = test::modelOf(model(2, {}));
  CHECK(read.graph.nodeOp(NodeId{0}).sinceVersion == 1);
}

TEST_CASE("an error names the file, and a file that is none is told apart from a model that is none") {
  const test::ScratchFolder folder;
  test::writeBytes(folder.file("m.onnx"), "{}");
  CHECK_THAT(std::string(readFile(folder.file("m.onnx")).status().message()),
             Contains(folder.file("m.onnx") + ": not an ONNX protobuf"));
  CHECK(readFile(folder.file("none.onnx")).status().code() == StatusCode::kNotFound);
  CHECK(readFile(folder.path().string()).status().code() == StatusCode::kInvalidArgument);
}

TEST_CASE("names with NUL, quotes, line ends and bytes that are no UTF-8 come out as they are") {
  for (const std::string& name :
       {std::string("a\0b", 3), std::string("a\"\n"), std::string("\xff\xfe"), std::string(1 << 20, 'n')}) {
    const std::string bytes = test::model(
        graph({node("Relu", {"x"}, {name}, {}, name), node("Abs", {name}, {"y"})}, {}, {info("x")}, {info("y")}));
    const Model read = test::modelOf(bytes);
    CHECK(read.graph.nodeName(NodeId{0}) == name);
    CHECK((test::compiledBytes(bytes, PrecisionMode::mustKeepOriginDtype) == bytes));
  }
}

TEST_CASE("sequences, optionals and maps pass through with their types") {
  const auto container = [](std::uint32_t kind, std::string_view name) {
    const std::string tensor = Proto().number(field::kElemType, 1);
    const std::string element = Proto().text(field::kTensorType, tensor);
    const std::string type = kind == field::kMapType
                                 ? Proto().text(kind, std::string(Proto().number(1, 7).text(2, element)))
                                 : Proto().text(kind, std::string(Proto().text(1, element)));
    return std::string(Proto().text(field::kValueName, name).text(field::kValueType, type));
  };
  const std::string bytes = test::model(graph(
      {node("Identity", {"s"}, {"t"}), node("Identity", {"o"}, {"p"})}, {},
      {container(field::kSequenceType, "s"), container(field::kOptionalType, "o"), container(field::kMapType, "m")},
      {container(field::kSequenceType, "t"), container(field::kOptionalType, "p")}));
  const Model read = test::modelOf(bytes);
  const auto dtypeOf = [&](std::string_view name) { return read.graph.dtype(test::valueNamed(read.graph, name)); };
  CHECK(dtypeOf("t") == DType::sequence);
  CHECK(dtypeOf("p") == DType::optional);
  CHECK(dtypeOf("m") == DType::map);
  CHECK(test::compiledBytes(read) == bytes);
}

#if defined(__linux__)
// Pages of mapped files that this process holds, in bytes.
std::size_t residentFileBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("RssFile:", 0) == 0) return std::stoul(line.substr(8)) * 1024;
  }
  FAIL("no RssFile in /proc/self/status");
  return 0;
}

TEST_CASE("weights that the numeric guard has scanned do not stay in memory, inside the model or beside it") {
  constexpr std::size_t kBytes = std::size_t{48} << 20;
  const test::ScratchFolder folder;
  const Dims dims = {static_cast<std::int64_t>(kBytes / sizeof(float))};
  const bool inside = GENERATE(true, false);
  CAPTURE(inside);
  const std::string bytes(kBytes, '\x11');
  if (!inside) test::writeBytes(folder.file("w.bin"), bytes);
  const std::string weight = inside ? test::rawTensor("w", DType::float32, dims, bytes)
                                    : test::externalTensor("w", DType::float32, dims, {{"location", "w.bin"}});
  test::writeBytes(folder.file("m.onnx"),
                   test::model(graph({node("Add", {"x", "w"}, {"y"})}, {weight}, {info("x", DType::float32, dims)},
                                     {info("y", DType::float32, dims)}),
                               8, {opset(17)}));
  const absl::StatusOr<Model> model = readFile(folder.file("m.onnx"));
  REQUIRE(model.ok());
  const std::size_t before = residentFileBytes();
  CompileOptions options;
  options.policy.numericGuard = NumericGuard::keep;
  REQUIRE(plan(model->graph, options).ok());
  CHECK(residentFileBytes() < before + kBytes / 4);
}
#endif

}  // namespace
}  // namespace precast::onnx
