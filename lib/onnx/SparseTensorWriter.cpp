#include "onnx/SparseTensorWriter.h"

#include "onnx/KeptTensors.h"
#include "onnx/Message.h"

namespace precast::onnx {

absl::Status writeSparseTensor(const ModelSource& source, ByteRange range,
                               const std::function<absl::Status(ByteRange, Rope&)>& writeValues, Rope& out) {
  MessageCursor cursor(source.bytes, range, kSparseMessage);
  WireField at;
  while (cursor.next(at)) {
    if (at.number == field::kSparseValues) {
      const Rope::Nested values = out.begin(field::kSparseValues);
      if (absl::Status status = writeValues(at.inside(), out); !status.ok()) return status;
      out.end(values);
    } else if (at.number == field::kSparseIndices) {
      copyKept(source, at, kTensorMessage, out);
    } else {
      out.copy(at.whole());
    }
  }
  return cursor.status();
}

}  // namespace precast::onnx
