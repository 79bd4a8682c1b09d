#include "onnx/NodeMetadata.h"

#include "onnx/Message.h"

namespace precast::onnx {

namespace {

constexpr std::string_view kImplModeKey = "precast.impl_mode";

}  // namespace

bool isImplMode(absl::Span<const std::byte> file, ByteRange entry) {
  std::string_view key;
  MessageCursor cursor(file, entry, kEntryMessage);
  WireField at;
  while (cursor.next(at)) {
    if (at.number == field::kKey) key = textOf(file, at.inside());
  }
  return key == kImplModeKey;
}

std::string implModeField(std::string_view mode) {
  std::string entry;
  appendText(entry, field::kKey, kImplModeKey);
  appendText(entry, field::kEntryValue, mode);
  std::string whole;
  appendText(whole, field::kNodeMetadata, entry);
  return whole;
}

}  // namespace precast::onnx
