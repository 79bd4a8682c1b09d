#include "SchemaModels.h"

#include "BodyModels.h"
#include "Command.h"
#include "ModelBuilder.h"
#include "Places.h"
#include "onnx/Message.h"
#include "schema/Schema.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <sstream>

#include "fmt/format.h"

namespace precast::onnx {
std::string_view schemaText();  // the table that Schema.cpp reads
}

namespace precast::test {
namespace {

namespace field = onnx::field;

constexpr const char* kAllOperands = "all-operands";
constexpr int kOtherDomainsOpset = 17;  // of ONNX's own domain, in models of operators of others
constexpr int kFormalVariadics = 2;     // how many operands stand for a variadic one

enum class Operands { required, allInputs, all, behindMatMul };

const char* wordOf(Operands operands) {
  if (operands == Operands::required) return "";
  if (operands == Operands::behindMatMul) return ", behind a MatMul";
  return operands == Operands::allInputs ? ", all inputs" : ", all inputs and outputs";
}

struct Version {
  std::string domain;
  std::string type;
  int since = 0;
};

std::vector<Version> versions() {
  std::vector<Version> all;
  std::istringstream lines{std::string(onnx::schemaText())};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    Version& version = all.emplace_back();
    words >> version.domain >> version.type >> version.since;
  }
  return all;
}

// A line of attributes.txt.
struct NeededAttributes {
  int first = 0;
  int last = 999;
  std::vector<std::string> entries;  // "name:value" each
};

using Attributes = std::multimap<std::string, NeededAttributes>;  // by "domain type"

Attributes readAttributes() {
  Attributes all;
  std::istringstream lines(readBytes(sourceFile("test/conformance/attributes.txt")));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    std::string domain;
    std::string type;
    words >> domain >> type;
    NeededAttributes needed;
    for (std::string word; words >> word;) {
      if (word[0] >= '0' && word[0] <= '9') {  // versions: "7-8"
        needed.first = std::stoi(word);
        needed.last = std::stoi(word.substr(word.find('-') + 1));
      } else {
        needed.entries.push_back(word);
      }
    }
    all.emplace(domain + ' ' + type, std::move(needed));
  }
  return all;
}

// AttributeProto.AttributeType
enum AttributeType { kFloat = 1, kInt = 2, kString = 3, kFloats = 6, kInts = 7, kStrings = 8 };

void appendFloat(Proto& proto, std::uint32_t number, float value) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  std::string bytes;
  onnx::appendFixed32(bytes, number, bits);
  proto.raw(bytes);
}

std::string attributeOf(const std::string& entry, DType dtype) {
  const std::size_t colon = entry.find(':');
  const std::string name = entry.substr(0, colon);
  std::string value = entry.substr(colon + 1);
  Proto proto;
  proto.text(field::kAttributeName, name);
  if (value == "tensor")
    return tensorAttribute(name,
                           rawTensor("", dtype, {1}, std::string(static_cast<std::size_t>(bitWidth(dtype)) / 8, '\0')));
  if (value == "dtype") return proto.number(field::kI, static_cast<int>(dtype)).number(field::kAttributeType, kInt);
  const bool isList = value.front() == '[';
  const bool isText = value.find('"') != std::string::npos;
  const bool isReal = !isText && value.find('.') != std::string::npos;
  if (isList) value = value.substr(1, value.size() - 2);
  std::istringstream items(value);
  for (std::string item; std::getline(items, item, ',');) {
    if (isText) {
      proto.text(isList ? field::kStrings : field::kS, item.substr(1, item.size() - 2));
    } else if (isReal) {
      appendFloat(proto, isList ? field::kFloats : field::kF, std::stof(item));
    } else {
      proto.number(isList ? field::kInts : field::kI, std::stoll(item));
    }
  }
  const int type = isText ? kString : isReal ? kFloat : kInt;
  return proto.number(field::kAttributeType, isList ? type + kFloats - kFloat : type);
}

// A value without a stated shape, which no operator's shape rules can object to.
std::string shapeless(const std::string& name, DType dtype, DType element) {
  const std::string tensor =
      Proto().number(field::kElemType, static_cast<std::int64_t>(dtype >= DType::sequence ? element : dtype));
  Proto type;
  const std::string inner = Proto().text(field::kTensorType, tensor);
  if (dtype == DType::sequence) {
    type.text(field::kSequenceType, std::string(Proto().text(1, inner)));
  } else if (dtype == DType::optional) {
    type.text(field::kOptionalType, std::string(Proto().text(1, inner)));
  } else if (dtype == DType::sparse) {
    type.text(field::kSparseTensorType, tensor);
  } else if (dtype == DType::map) {
    type.text(field::kMapType, std::string(Proto().number(1, static_cast<int>(DType::int64)).text(2, inner)));
  } else {
    type.text(field::kTensorType, tensor);
  }
  return Proto().text(field::kValueName, name).text(field::kValueType, std::string(type));
}

DType choose(DTypeSet set, DType wanted) {
  if (set.contains(wanted)) return wanted;
  for (const DType dtype : {DType::float32, DType::int64, DType::uint8, DType::float16}) {
    if (set.contains(dtype)) return dtype;
  }
  for (unsigned number = 1; number < 64; ++number) {
    if (set.contains(static_cast<DType>(number))) return static_cast<DType>(number);
  }
  return wanted;
}

// One model under construction: the node's operands and what the graph says of them.
class Builder {
 public:
  Builder(const OpKind& kind, DType wanted, Operands operands, bool saysWanted)
      : kind_(kind), wanted_(wanted), operands_(operands == Operands::behindMatMul ? Operands::allInputs : operands),
        saysWanted_(saysWanted) {}

  void addInputs() {
    for (const OperandSpec& spec : kind_.signature.inputs) {
      if (spec.optional && operands_ == Operands::required) {
        inputs.emplace_back();
        continue;
      }
      for (int copy = 0; copy < (spec.variadic ? kFormalVariadics : 1); ++copy) {
        inputs.push_back("in" + std::to_string(inputs.size()));
        if (choose(setOf(spec), wanted_) == wanted_) wantedInputs_.insert(inputs.back());
        inputInfos.push_back(shapeless(inputs.back(), choose(setOf(spec), wanted_), wanted_));
        bound_.insert(spec.typeVar);
      }
    }
    while (!inputs.empty() && inputs.back().empty()) inputs.pop_back();
  }

  void addOutputs() {
    for (const OperandSpec& spec : kind_.signature.outputs) {
      if (spec.optional && operands_ != Operands::all && !outputs.empty()) break;
      for (int copy = 0; copy < (spec.variadic ? kFormalVariadics : 1); ++copy) {
        outputs.push_back("out" + std::to_string(outputs.size()));
        outputInfos.push_back(shapeless(outputs.back(), outputDType(spec), wanted_));
      }
    }
  }

  bool isWanted(const std::string& input) const { return wantedInputs_.count(input) > 0; }

  Names inputs, outputs;
  Messages inputInfos, outputInfos;

 private:
  DTypeSet setOf(const OperandSpec& spec) const { return kind_.signature.typeVars[spec.typeVar]; }

  DType outputDType(const OperandSpec& spec) const {
    const DType chosen = choose(setOf(spec), wanted_);
    const onnx::OutputDTypeRule rule = onnx::outputDTypeRule(kind_);
    if (bound_.count(spec.typeVar) > 0 || saysWanted_ || chosen >= DType::sequence) return chosen;
    if (rule.fallbackTypeVar.has_value()) return choose(kind_.signature.typeVars[*rule.fallbackTypeVar], wanted_);
    return rule.fallback == DType::undefined ? chosen : rule.fallback;
  }

  const OpKind& kind_;
  DType wanted_;
  Operands operands_;
  bool saysWanted_;  // an attribute of the node says which dtype its output has
  std::set<std::uint8_t> bound_;
  std::set<std::string> wantedInputs_;
};

std::string buildModel(const Version& version, const OpKind& kind, DType wanted, Operands operands,
                       const Messages& attributes, bool saysWanted) {
  Builder builder(kind, wanted, operands, saysWanted);
  builder.addInputs();
  builder.addOutputs();
  const std::string domain = version.domain == "ai.onnx" ? "" : version.domain;
  Messages opsets{opset(version.since, domain)};
  Messages nodes;
  if (operands == Operands::behindMatMul) {
    // In the mixed modes the operator then follows, or stands beside, one that takes the 16-bit dtype.
    for (std::string& name : builder.inputs) {
      if (name.empty() || !builder.isWanted(name)) continue;
      nodes.push_back(node("MatMul", {name, name}, {name + "_product"}, {}, name + "_node"));
      name += "_product";
    }
    if (!domain.empty()) opsets.push_back(opset(kOtherDomainsOpset));
  }
  nodes.push_back(node(version.type, builder.inputs, builder.outputs, attributes, "node", domain));
  return model(graph(nodes, {}, builder.inputInfos, builder.outputInfos), 8, opsets);
}

bool hasFloat16(const OpKind& kind) {
  for (const DTypeSet& set : kind.signature.typeVars) {
    if (set.contains(DType::float16)) return true;
  }
  return false;
}

// Can the dtype of the output that an attribute is about be `dtype`?
bool canSay(const OpKind& kind, DType dtype) {
  const std::vector<OperandSpec>& outputs = kind.signature.outputs;
  return !outputs.empty() && kind.signature.typeVars[outputs.back().typeVar].contains(dtype);
}

bool hasOptional(const std::vector<OperandSpec>& specs) {
  return std::any_of(specs.begin(), specs.end(), [](const OperandSpec& spec) { return spec.optional; });
}

// The ways to give a node of `kind` its operands.
std::vector<Operands> variants(const OpKind& kind) {
  std::vector<Operands> all{Operands::required};
  if (hasOptional(kind.signature.inputs)) all.push_back(Operands::allInputs);
  if (hasOptional(kind.signature.outputs)) all.push_back(Operands::all);
  if (!kind.signature.inputs.empty()) all.push_back(Operands::behindMatMul);
  return all;
}

}  // namespace

std::vector<SweepModel> schemaModels() {
  const Attributes attributes = readAttributes();
  std::vector<SweepModel> models;
  for (const Version& version : versions()) {
    const OpKind kind = onnx::makeOpKind(version.domain, version.type, version.since);
    for (const DType wanted : {DType::float32, DType::float16}) {
      if (wanted == DType::float16 && !hasFloat16(kind)) continue;
      if (std::optional<std::string> bytes = bodyModel(version.type, version.since, wanted); bytes.has_value()) {
        models.push_back({fmt::format("{}:{}({}) {}", version.domain, version.type, version.since, toString(wanted)),
                          *std::move(bytes),
                          {}});
        continue;
      }
      Messages needed;
      bool needsAll = false;
      const auto [begin, end] = attributes.equal_range(version.domain + ' ' + version.type);
      for (auto line = begin; line != end; ++line) {
        if (version.since < line->second.first || version.since > line->second.last) continue;
        for (const std::string& entry : line->second.entries) {
          if (entry == kAllOperands) {
            needsAll = true;
          } else {
            needed.push_back(attributeOf(entry, wanted));
          }
        }
      }
      // Where an attribute says the output's dtype, it says this one: all but Constant's and ConstantOfShape's tensors
      // and Optional's type.
      const std::string rule(onnx::outputDTypeRule(kind).attribute);
      const bool saysWanted = !rule.empty() && rule != "value" && rule != "type" && canSay(kind, wanted);
      if (saysWanted && version.type != "Cast" && version.type != "BitCast") {
        needed.push_back(attributeOf(rule + ":dtype", wanted));
      }
      for (const Operands operands : variants(kind)) {
        if (needsAll && operands == Operands::required) continue;
        models.push_back({fmt::format("{}:{}({}) {}{}", version.domain, version.type, version.since, toString(wanted),
                                      wordOf(operands)),
                          buildModel(version, kind, wanted, operands, needed, saysWanted),
                          {}});
      }
    }
  }
  return models;
}

}  // namespace precast::test
