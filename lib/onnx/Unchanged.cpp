#include "onnx/Unchanged.h"

namespace precast::onnx {

bool isUnchanged(const CompileResult& result, const ModelSource& source) {
  const RewriteSummary& rewrite = result.rewrite;
  if (!source.isSorted || source.externalTensors > 0 || !source.keptContents.empty() || source.hasImplModes)
    return false;
  if (!rewrite.casts.empty() || rewrite.castsRemoved != 0 || !rewrite.constants.empty() || !rewrite.implModes.empty())
    return false;
  if (result.graph.valueCount() != source.dtypes.size()) return false;
  for (std::size_t v = 0; v < source.dtypes.size(); ++v) {
    if (source.dtypes[v] != result.graph.dtype(static_cast<ValueId>(v))) return false;
  }
  return true;
}

}  // namespace precast::onnx
