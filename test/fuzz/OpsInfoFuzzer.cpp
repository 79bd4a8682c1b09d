// Op-info tables: what loads lies over itself, operator by operator, and every message says where.
#include <string>

#include "fuzz/Reader.h"
#include "precast/Target.h"

namespace precast::fuzz {
namespace {

void check(std::string_view text) {
  const DiagnosticSink sink = [&](const Diagnostic& diagnostic) {
    if (diagnostic.severity == Severity::warning) requirePlace(absl::InvalidArgumentError(diagnostic.message), text);
  };
  const absl::StatusOr<Target> target = Target::fromOpsInfo(text, kSource, sink);
  if (!target.ok()) return requirePlace(target.status(), text);
  const absl::StatusOr<Target> twice = target->withOpsInfo(text, kSource);
  require(twice.ok(), "what was read is read again");
  require(twice->operatorNames() == target->operatorNames(), "it has the same operators");
  for (const KernelLibrary& library : target->libraries()) {
    for (const OpEntry& entry : library.entries) {
      for (const auto* operands : {&entry.inputs, &entry.outputs}) {
        for (const KernelOperand& operand : *operands) {
          require(entry.rows != RowSource::columns || operand.column.size() == entry.rowCount, "columns are as long");
        }
      }
    }
  }
}

}  // namespace
}  // namespace precast::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  precast::fuzz::check(precast::fuzz::textOf(data, size));
  return 0;
}
