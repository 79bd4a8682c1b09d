#include <catch2/catch.hpp>

#include "precast/Report.h"
#include "report/HandBuiltPlan.h"

namespace precast {
namespace {

TEST_CASE("the table has one label and one number per line, and remarks behind", "[report]") {
  HandBuiltPlan built;
  built.node("a", "Relu", {built.value("x")}, {}, DType::float16, Reason::forcedFp16);
  built.node("b", "Relu", {built.value("y")}, {}, DType::float32, Reason::keptOrigin);
  built.result.rewrite.casts = {{ValueId{0}, DType::float32, DType::float16, 1, 600}};
  built.result.rewrite.constants.resize(1);
  ReportInput input;
  input.model = "m.onnx";
  input.graph = &built.graph;
  input.result = &built.result;
  input.bytesBefore = 2000;
  CHECK(writeReportTable(input) == "m.onnx: force_fp16 on target ascend310\n"
                                   "  float16 nodes                  1\n"
                                   "  float32 nodes                  1\n"
                                   "  other nodes                    0\n"
                                   "  casts inserted                 1  (600 bytes moved)\n"
                                   "  casts removed                  0\n"
                                   "  constants converted            1\n"
                                   "  bytes before                2000\n"
                                   "  bytes after                    -\n");
  const ConversionStats stats{4, 1, 0, 1e5};
  input.conversions = {&stats, 1};
  input.bytesAfter = 1001;
  const std::string table = writeReportTable(input);
  CHECK(table.find("  constants converted            1  (1 with saturated values)\n") != std::string::npos);
  CHECK(table.find("  bytes after                 1001  (50.0 %)\n") != std::string::npos);
  input.bytesBefore = 0;
  CHECK(writeReportTable(input).find("  bytes after                 1001\n") != std::string::npos);
}

}  // namespace
}  // namespace precast
