#include "RoundTrip.h"

#include "GraphText.h"
#include "e2e/Scripts.h"
#include "e2e/Tensors.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include <catch2/catch.hpp>

namespace precast::test {

namespace fs = std::filesystem;

namespace {

bool holds(const Graph& graph, bool (*wanted)(DType)) {
  for (std::size_t v = 0; v < graph.valueCount(); ++v) {
    if (wanted(graph.dtype(static_cast<ValueId>(v)))) return true;
  }
  return false;
}

// The interface of a graph: names, dtypes and shapes of its inputs and outputs, in order.
std::string interfaceOf(const Graph& graph) {
  std::string text;
  const auto add = [&](ValueId value) {
    text.append(graph.valueName(value)).append(":").append(toString(graph.dtype(value)));
    if (graph.shape(value).known) {
      for (std::int64_t dim : graph.shape(value).dims) text.append(" ").append(std::to_string(dim));
    }
    text.append("; ");
  };
  for (ValueId value : graph.region(RegionId::main).inputs) add(value);
  text.append("-> ");
  for (ValueId value : graph.region(RegionId::main).outputs) add(value);
  return text;
}

double errorOf(const Tensor& actual, const Tensor& expected) {
  if (actual.dtype != expected.dtype || actual.shape != expected.shape) return INFINITY;
  if (actual.dtype != DType::float64 && !isFloat(actual.dtype)) return actual.bytes == expected.bytes ? 0 : INFINITY;
  const std::vector<float> a = toFloats(actual);
  const std::vector<float> e = toFloats(expected);
  double largest = 1;
  double error = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!std::isfinite(a[i]) || !std::isfinite(e[i])) {
      if (std::isnan(a[i]) != std::isnan(e[i]) || (!std::isnan(a[i]) && a[i] != e[i])) return INFINITY;
      continue;
    }
    largest = std::max(largest, std::fabs(static_cast<double>(e[i])));
    error = std::max(error, std::fabs(static_cast<double>(a[i]) - static_cast<double>(e[i])));
  }
  return error / largest;
}

}  // namespace

RoundTrip& RoundTrip::file(const std::string& name, std::string bytes) {
  files_.emplace_back(name, std::move(bytes));
  return *this;
}

RoundTrip& RoundTrip::feed(std::vector<Tensor> inputs) {
  inputs_ = std::move(inputs);
  return *this;
}

RoundTrip& RoundTrip::targets(std::vector<std::string> names) {
  targets_ = std::move(names);
  return *this;
}

RoundTrip& RoundTrip::noKernel(std::string opType) {
  noKernel_.push_back(std::move(opType));
  return *this;
}

RoundTrip& RoundTrip::notRun() {
  run_ = false;
  return *this;
}

RoundTrip& RoundTrip::notCompared() {
  compared_ = false;
  return *this;
}

RoundTrip& RoundTrip::tolerance(double largest) {
  tolerance_ = largest;
  return *this;
}

RoundTrip& RoundTrip::policy(PrecisionPolicy policy) {
  policy_ = std::move(policy);
  return *this;
}

RoundTrip& RoundTrip::check() {
  writeBytes(scratch_.file("source.onnx"), model_);
  for (const auto& [name, bytes] : files_) {
    fs::create_directories((scratch_.path() / name).parent_path());
    writeBytes(scratch_.file(name), bytes);
  }
  const absl::StatusOr<onnx::Model> source = onnx::readFile(scratch_.file("source.onnx"));
  INFO(source.status());
  REQUIRE(source.ok());
  compileAll(*source);
  const std::vector<const Output*> distinct = distinctOutputs();
  checkWithScript(distinct);
  if (run_) checkWithEngine(distinct);
  return *this;
}

void RoundTrip::compileAll(const onnx::Model& source) {
  for (const std::string& name : targets_) {
    const absl::StatusOr<Target> target = Target::builtin(name);
    REQUIRE(target.ok());
    for (PrecisionMode mode : allPrecisionModes()) {
      INFO("target " << name << ", " << toString(mode));
      compileOne(source, *target, mode);
    }
  }
}

void RoundTrip::compileOne(const onnx::Model& source, const Target& target, PrecisionMode mode) {
  const std::string name(target.name());
  CompileOptions options;
  options.target = &target;
  options.policy = policy_;
  options.policy.mode = mode;
  if (name != "onnx" && !checkOptions(options).ok()) return;  // a bfloat16 mode where nothing computes in bfloat16
  const fs::path folder = scratch_.path() / std::to_string(outputs_.size());
  fs::create_directories(folder / "again");
  Output output;
  output.path = (folder / "output.onnx").string();
  bool changes = false;
  const std::string refusal = compileTo(source, options, output.path, &output.messages, &changes);
  if (name != "onnx" && mode != PrecisionMode::forceFp16 && refusal.rfind("FAILED_PRECONDITION", 0) == 0) return;
  REQUIRE(refusal == "");
  const absl::StatusOr<onnx::Model> made = onnx::readFile(output.path);
  INFO(made.status());
  REQUIRE(made.ok());
  CHECK(interfaceOf(made->graph) == interfaceOf(source.graph));
  const std::string again = (folder / "again" / "output.onnx").string();
  REQUIRE(compileTo(*made, options, again, nullptr, nullptr) == "");
  output.bytes = readBytes(output.path);
  CHECK((readBytes(again) == output.bytes));
  if (fs::exists(output.path + ".data")) {
    output.bytes += readBytes(output.path + ".data");
    CHECK((readBytes(again) + readBytes(again + ".data") == output.bytes));
  }
  if (name == "onnx" && mode == PrecisionMode::mustKeepOriginDtype && files_.empty()) {
    CHECK(((output.bytes == model_) == !changes));
  }
  output.bfloat16 = holds(made->graph, [](DType dtype) { return dtype == DType::bfloat16; });
  output.halved = output.bfloat16 || holds(made->graph, isHalf) || holds(source.graph, isHalf);
  outputs_.emplace(std::make_pair(name, mode), std::move(output));
}

// Compiles and writes; the status as text where that fails, else "".
std::string RoundTrip::compileTo(const onnx::Model& model, const CompileOptions& options, const std::string& path,
                                 std::string* messages, bool* changes) const {
  CompileOptions asked = options;
  if (messages != nullptr) {
    asked.diagnostics = [messages](const Diagnostic& d) {
      messages->append(toString(d.severity)).append(" ").append(d.id).append(" ").append(d.nodeName).append(": ");
      messages->append(d.message).append("\n");
    };
  }
  const absl::StatusOr<CompileResult> result = compile(model.graph, asked);
  if (!result.ok()) return result.status().ToString();
  if (const absl::Status status = verify(result->graph); !status.ok()) return status.ToString();
  const absl::StatusOr<onnx::WriteResult> written = onnx::writeFile(*result, *model.source, path);
  if (!written.ok()) return written.status().ToString();
  if (changes != nullptr) *changes = result->rewrite.castsRemoved > 0;
  if (messages != nullptr)
    reportConversions(model.graph, *result, written->conversions, asked.diagnostics, written->fills);
  return "";
}

std::vector<const RoundTrip::Output*> RoundTrip::distinctOutputs() const {
  std::map<std::string, const Output*> byBytes;
  for (const auto& [key, output] : outputs_) byBytes.emplace(output.bytes, &output);
  std::vector<const Output*> distinct;
  for (const auto& [bytes, output] : byBytes) distinct.push_back(output);
  return distinct;
}

void RoundTrip::checkWithScript(const std::vector<const Output*>& distinct) const {
  std::vector<std::string> arguments{"--rounded", scratch_.file("source.onnx")};
  for (const Output* output : distinct) arguments.push_back(output->path);
  const CommandResult result = runScript("check_output.py", arguments);
  if (result.exitCode == 0) return;
  std::string causes;
  for (const Output* output : distinct) {
    if (result.output.find(output->path) == std::string::npos) continue;
    const absl::StatusOr<onnx::Model> made = onnx::readFile(output->path);
    causes += output->path + ":\n" + textOf(made->graph);
  }
  FAIL_CHECK(result.output << result.errors << causes);
}

void RoundTrip::checkWithEngine(const std::vector<const Output*>& distinct) const {
  const OrtModel source(scratch_.file("source.onnx"));
  std::vector<Tensor> inputs = inputs_;
  for (std::size_t i = inputs.size(); i < source.inputs().size(); ++i) {
    Shape shape = source.inputs()[i].shape;
    std::replace_if(
        shape.begin(), shape.end(), [](std::int64_t dim) { return dim < 0; }, 2);
    inputs.push_back(seededTensor(source.inputs()[i], shape, static_cast<std::uint32_t>(i) + 1));
  }
  const std::vector<Tensor> expected = source.run(inputs);
  for (const Output* output : distinct) {
    const absl::StatusOr<onnx::Model> made = onnx::readFile(output->path);
    INFO(output->path << ":\n" << textOf(made->graph));
    bool loads = true;
    for (Optimization optimization : {Optimization::off, Optimization::all}) {
      try {
        const OrtModel model(output->path, optimization);
      } catch (const std::exception& error) {
        const std::string message = error.what();
        const bool noKernel = message.find("Could not find an implementation") != std::string::npos;
        const bool expectedHere = std::any_of(noKernel_.begin(), noKernel_.end(), [&](const std::string& op) {
          return message.find("for " + op + "(") != std::string::npos;
        });
        if (!noKernel || !(output->bfloat16 || expectedHere)) FAIL_CHECK(message);
        loads = false;
      }
    }
    if (loads) compare(*output, output->path, expected, inputs);
    compare(*output, output->path + ".rounded.onnx", expected, inputs);
  }
}

void RoundTrip::compare(const Output& output, const std::string& path, const std::vector<Tensor>& expected,
                        const std::vector<Tensor>& inputs) const {
  INFO(path);
  try {
    const std::vector<Tensor> actual = OrtModel(path).run(inputs);
    REQUIRE(actual.size() == expected.size());
    for (std::size_t i = 0; i < actual.size() && compared_; ++i) {
      INFO("output " << i);
      CHECK(errorOf(actual[i], expected[i]) <= (output.bfloat16 ? 8 * tolerance_ : output.halved ? tolerance_ : 1e-6));
    }
  } catch (const std::exception& error) {
    FAIL_CHECK(error.what());
  }
}

const RoundTrip::Output& RoundTrip::output(PrecisionMode mode, const std::string& target) const {
  const auto found = outputs_.find({target, mode});
  INFO("target " << target << ", " << toString(mode));
  REQUIRE(found != outputs_.end());
  return found->second;
}

std::string RoundTrip::text(PrecisionMode mode, const std::string& target) const {
  const absl::StatusOr<onnx::Model> made = onnx::readFile(output(mode, target).path);
  REQUIRE(made.ok());
  return textOf(made->graph);
}

std::string RoundTrip::bytes(PrecisionMode mode, const std::string& target) const {
  return readBytes(output(mode, target).path);
}

std::string RoundTrip::path(PrecisionMode mode, const std::string& target) const { return output(mode, target).path; }

std::string RoundTrip::messages(PrecisionMode mode, const std::string& target) const {
  return output(mode, target).messages;
}

Tensor floats(const Shape& shape, const std::vector<float>& values) {
  Tensor tensor{DType::float32, shape, std::vector<std::byte>(values.size() * sizeof(float))};
  std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
  return tensor;
}

Tensor longs(const Shape& shape, const std::vector<std::int64_t>& values) {
  Tensor tensor{DType::int64, shape, std::vector<std::byte>(values.size() * sizeof(std::int64_t))};
  std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
  return tensor;
}

Tensor flag(bool value) { return {DType::boolean, {}, {value ? std::byte{1} : std::byte{0}}}; }

}  // namespace precast::test
