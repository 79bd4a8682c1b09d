// The tables of a target as C reads them are those that C++ has.
#include <catch2/catch.hpp>
#include <vector>

#include "COwned.h"
#include "GraphText.h"
#include "c/Handles.h"

using namespace precast;
using namespace precast::test;

namespace {

template <typename Row, typename Fill>
std::vector<Row> rowsOf(const Fill& fill) {
  std::size_t count = 0;
  const precast_status asked = fill(static_cast<Row*>(nullptr), 0, &count);
  REQUIRE(asked == (count == 0 ? PRECAST_OK : PRECAST_OUT_OF_RANGE));
  std::vector<Row> rows(count);
  REQUIRE(fill(rows.data(), rows.size(), &count) == PRECAST_OK);
  return rows;
}

using Describe = precast_status (*)(const precast_kernel*, size_t, precast_kernel_operand*, precast_error**);
using Column = precast_status (*)(const precast_kernel*, size_t, precast_dtype*, size_t, size_t*, precast_error**);

bool sameOperands(const precast_kernel* kernel, const std::vector<KernelOperand>& operands, Describe describe,
                  Column column) {
  bool same = true;
  for (std::size_t slot = 0; slot < operands.size(); ++slot) {
    const KernelOperand& wanted = operands[slot];
    precast_kernel_operand operand = PRECAST_KERNEL_OPERAND_INIT;
    REQUIRE(describe(kernel, slot, &operand, nullptr) == PRECAST_OK);
    same = same && textOf(operand.name) == wanted.name && (operand.is_optional == 1) == wanted.optional &&
           (operand.is_variadic == 1) == wanted.variadic && (operand.keeps == 1) == wanted.keep &&
           operand.dtypes == wanted.set.bits();
    const auto dtypes = rowsOf<precast_dtype>(
        [&](auto* rows, auto capacity, auto* count) { return column(kernel, slot, rows, capacity, count, nullptr); });
    same = same && std::equal(dtypes.begin(), dtypes.end(), wanted.column.begin(), wanted.column.end(),
                              [](precast_dtype a, DType b) { return a == static_cast<precast_dtype>(b); });
  }
  precast_kernel_operand none = PRECAST_KERNEL_OPERAND_INIT;
  CHECK(describe(kernel, operands.size(), &none, nullptr) == PRECAST_INVALID_ARGUMENT);
  return same;
}

bool sameEntry(const precast_kernel* kernel, const OpEntry& entry) {
  precast_kernel_info info = PRECAST_KERNEL_INFO_INIT;
  REQUIRE(precast_kernel_get_info(kernel, &info, nullptr) == PRECAST_OK);
  bool same = textOf(info.domain) == entry.domain && textOf(info.type) == entry.type &&
              textOf(info.source) == entry.source && info.since_version == entry.sinceVersion &&
              info.until_version == entry.untilVersion && info.colour == static_cast<int>(entry.colour) &&
              (info.colour_stated == 1) == entry.colourStated && info.op_class == static_cast<int>(entry.opClass) &&
              info.rows == static_cast<int>(entry.rows) && (info.is_cube == 1) == entry.cube &&
              info.row_count == entry.rowCount && info.mode_count == entry.implModes.size() &&
              info.input_count == entry.inputs.size() && info.output_count == entry.outputs.size();
  for (std::size_t i = 0; i < entry.implModes.size(); ++i)
    same = same && textOf(precast_kernel_mode(kernel, i)) == entry.implModes[i];
  CHECK(textOf(precast_kernel_mode(kernel, entry.implModes.size())).empty());
  return same && sameOperands(kernel, entry.inputs, precast_kernel_input, precast_kernel_input_column) &&
         sameOperands(kernel, entry.outputs, precast_kernel_output, precast_kernel_output_column);
}

}  // namespace

TEST_CASE("the kernels of a target read in C are those of C++") {
  for (const char* name : {"onnx", "ascend310", "ort-cuda"}) {
    CTarget target;
    REQUIRE(precast_target_builtin(name, target.out(), nullptr) == PRECAST_OK);
    const auto libraries = c::behind(target.get())->libraries();
    std::size_t kernels = 0;
    for (std::size_t library = 0; library < libraries.size(); ++library) {
      const std::vector<OpEntry>& entries = libraries[library].entries;
      REQUIRE(precast_target_kernel_count(target, library) == entries.size());
      for (std::size_t i = 0; i < entries.size(); ++i) {
        CAPTURE(name, library, i, entries[i].type);
        if (!sameEntry(precast_target_kernel(target, library, i), entries[i])) FAIL("differs");
        ++kernels;
      }
      CHECK(precast_target_kernel(target, library, entries.size()) == nullptr);
    }
    CHECK(kernels > 20);
    CHECK(precast_target_kernel_count(target, libraries.size()) == 0);
  }
  CHECK(precast_target_kernel(nullptr, 0, 0) == nullptr);
}

TEST_CASE("C sees the kernel that a compilation asks for an operator of a graph") {
  const Graph graph = graphOfText("in x; const w:f32[2] = 1 2; a = MatMul(x, w); y = Relu(a); out y", 17);
  for (const char* name : {"onnx", "ascend310"}) {
    CTarget target;
    REQUIRE(precast_target_builtin(name, target.out(), nullptr) == PRECAST_OK);
    const Target& oracle = *c::behind(target.get());
    std::size_t found = 0;
    for (std::uint32_t op = 0; op < graph.opKindCount(); ++op) {
      for (std::size_t library = 0; library < oracle.libraries().size(); ++library) {
        const precast_kernel* kernel = nullptr;
        REQUIRE(precast_target_kernel_of(target, c::handleOf<precast_graph>(graph), op, library, &kernel, nullptr) ==
                PRECAST_OK);
        CHECK(c::behind(kernel) == oracle.resolve(graph.opKind(static_cast<OpKindId>(op))).entries[library]);
        found += kernel != nullptr ? 1 : 0;
      }
    }
    CHECK(found >= 2);
  }
}

TEST_CASE("the op map of a target read in C is that of C++") {
  CTarget target;
  REQUIRE(precast_target_builtin("ascend310", target.out(), nullptr) == PRECAST_OK);
  const Target& oracle = *c::behind(target.get());
  std::size_t permuted = 0;
  for (const std::string& type : oracle.mappedOperatorNames()) {
    CAPTURE(type);
    const auto mappings = rowsOf<const precast_mapping*>([&](auto* rows, auto capacity, auto* count) {
      return precast_target_mappings(target, type.c_str(), rows, capacity, count, nullptr);
    });
    const std::vector<const OpMapping*> wanted = oracle.mappings(type);
    REQUIRE(mappings.size() == wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      precast_mapping_info info = PRECAST_MAPPING_INFO_INIT;
      REQUIRE(precast_mapping_get_info(mappings[i], &info, nullptr) == PRECAST_OK);
      CHECK((textOf(info.target_type) == wanted[i]->targetType && textOf(info.variant) == wanted[i]->variant));
      CHECK(info.since_version == wanted[i]->sinceVersion);
      CHECK(rowsOf<std::int32_t>([&](auto* rows, auto capacity, auto* count) {
              return precast_mapping_inputs(mappings[i], rows, capacity, count, nullptr);
            }) == wanted[i]->inputs);
      CHECK(rowsOf<std::int32_t>([&](auto* rows, auto capacity, auto* count) {
              return precast_mapping_outputs(mappings[i], rows, capacity, count, nullptr);
            }) == wanted[i]->outputs);
      permuted += wanted[i]->inputs.empty() ? 0 : 1;
    }
  }
  CHECK(permuted > 0);
  std::size_t count = 9;
  CHECK(precast_target_mappings(target, "NoSuchOperator", nullptr, 0, &count, nullptr) == PRECAST_OK);
  CHECK(count == 0);
}
