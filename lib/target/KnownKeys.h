// The keys of op-info tables: those that are read, and those that CANN's own files have beside them, so that a key
// which was meant as one of the former can be told from one of the latter. Pure; thread-safe.
#pragma once

#include <string_view>

namespace precast::target {

/// Where in a table a key stands.
enum class KeyPlace {
  entry,    ///< of an operator, operands aside
  operand,  ///< of input0, output0, ...
  flag,     ///< of precision_reduce, dynamicFormat and the like
  file,     ///< of opFile
  info,     ///< of opInfo
};

/// The key that `key` was meant as: one that is read there, where `key` is nearly one. "" for a key that is read, is
/// one of CANN's own or nearer to one of these, or is near to none.
std::string_view meantKey(KeyPlace place, std::string_view key);

}  // namespace precast::target
