#include "schema/Schema.h"

#include <string>

#include <catch2/catch.hpp>

namespace precast::onnx {
namespace {

int since(std::string_view type, int opset, std::string_view domain = "") {
  const OpKind kind = makeOpKind(domain, type, opset);
  CHECK(kind.hasSchema == (kind.sinceVersion > 0));
  return kind.sinceVersion;
}

TEST_CASE("an operator has the newest version that its opset has") {
  const struct {
    const char* type;
    int opset;
    int version;
  } rows[] = {
      {"Softmax", 7, 1},   {"Softmax", 10, 1},   {"Softmax", 11, 11},   {"Softmax", 12, 11}, {"Softmax", 13, 13},
      {"Softmax", 28, 13}, {"Softmax", 999, 13}, {"Softmax", 5000, 13}, {"Gelu", 19, 0},     {"Gelu", 20, 20},
      {"Relu", 0, 0},      {"Relu", -5, 0},      {"relu", 17, 0},       {"Rel", 17, 0},      {"Reluu", 17, 0},
      {"", 17, 0},         {"Abs", 1, 1},        {"~", 17, 0},
  };
  for (const auto& row : rows) {
    CAPTURE(row.type, row.opset);
    CHECK(since(row.type, row.opset) == row.version);
  }
}

TEST_CASE("the domain ai.onnx is the empty one, and other domains are told apart") {
  CHECK(makeOpKind("ai.onnx", "Relu", 17).domain.empty());
  CHECK(since("Relu", 17, "ai.onnx") == 14);
  CHECK(since("Relu", 17, "com.microsoft") == 0);
  CHECK(since("FusedConv", 1, "com.microsoft") == 1);
  CHECK(since("FusedConv", 17) == 0);
  CHECK(since("Scaler", 1, "ai.onnx.ml") == 1);
}

TEST_CASE("signatures tie operands, and mark the optional and the variadic ones") {
  const OpKind bn11 = makeOpKind("", "BatchNormalization", 11);
  const OpKind bn15 = makeOpKind("", "BatchNormalization", 15);
  CHECK(bn11.signature.input(0)->typeVar == bn11.signature.input(3)->typeVar);
  CHECK(bn15.signature.input(0)->typeVar != bn15.signature.input(3)->typeVar);
  const OpKind clip = makeOpKind("", "Clip", 13);
  CHECK_FALSE(clip.signature.input(0)->optional);
  CHECK(clip.signature.input(1)->optional);
  CHECK(clip.signature.input(3) == nullptr);
  const OpKind concat = makeOpKind("", "Concat", 13);
  CHECK(concat.signature.input(1000)->variadic);
  CHECK_FALSE(concat.signature.input(1000)->heterogeneous);
  CHECK(makeOpKind("", "Loop", 13).signature.input(2)->heterogeneous);
  const DTypeSet relu = makeOpKind("", "Relu", 14).signature.typeVars[0];
  CHECK(relu.contains(DType::bfloat16));
  CHECK_FALSE(makeOpKind("", "Relu", 6).signature.typeVars[0].contains(DType::bfloat16));
}

TEST_CASE("a variadic operand stands for one operand at least, but where the schema allows none") {
  CHECK_FALSE(makeOpKind("", "Concat", 13).signature.input(0)->optional);
  CHECK_FALSE(makeOpKind("", "Loop", 1).signature.input(2)->optional);
  const OpKind loop = makeOpKind("", "Loop", 13);
  CHECK(loop.signature.input(2)->optional);
  CHECK(loop.signature.input(2)->variadic);
  CHECK(loop.signature.input(2)->heterogeneous);
  CHECK_FALSE(loop.signature.output(0)->optional);
  CHECK(makeOpKind("", "SequenceMap", 17).signature.input(1)->optional);
}

TEST_CASE("attributes that decide a dtype are known with their defaults") {
  const auto rule = [](std::string_view type) { return outputDTypeRule(makeOpKind("", type, 17)); };
  CHECK(rule("Cast").attribute == "to");
  CHECK(rule("ConstantOfShape").attribute == "value");
  CHECK(rule("ConstantOfShape").fallback == DType::float32);
  CHECK(rule("EyeLike").attribute == "dtype");
  CHECK(rule("EyeLike").fallbackTypeVar.has_value());
  CHECK(rule("Add").attribute.empty());
  CHECK(outputDTypeRule(OpKind()).attribute.empty());
}

TEST_CASE("the kernel of Resize and Upsample depends on their mode") {
  CHECK(variantAttribute("", "Resize") == "mode");
  CHECK(variantAttribute("ai.onnx", "Upsample") == "mode");
  CHECK(variantAttribute("other", "Resize").empty());
  CHECK(variantAttribute("", "Conv").empty());
}

TEST_CASE("every operator of the table is listed once, by its domain and type") {
  const std::vector<std::string> names = schemaOperatorNames();
  CHECK(std::is_sorted(names.begin(), names.end()));
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
  CHECK(names.size() > 200);
  for (const char* name : {"Relu", "com.microsoft:FusedMatMul", "ai.onnx.ml:Normalizer"}) {
    CAPTURE(name);
    CHECK(std::binary_search(names.begin(), names.end(), name));
  }
  for (const std::string& name : names) {
    CAPTURE(name);
    const std::size_t colon = name.find(':');
    const std::string domain = colon == std::string::npos ? "" : name.substr(0, colon);
    CHECK(makeOpKind(domain, name.substr(colon + 1), newestKnownOpset(domain)).hasSchema);
  }
}

TEST_CASE("the newest opset of each domain is known, of other domains none") {
  CHECK(newestKnownOpset("") >= 28);
  CHECK(newestKnownOpset("ai.onnx") == newestKnownOpset(""));
  CHECK(newestKnownOpset("com.microsoft") == 1);
  CHECK(newestKnownOpset("own") == 0);
}

}  // namespace
}  // namespace precast::onnx
