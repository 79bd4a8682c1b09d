// How far a long run is. A host that wants to show it passes a sink; the library itself shows nothing.
#pragma once

#include <cstdint>
#include <functional>

#include "precast/Export.h"

PRECAST_EXPORT_BEGIN
namespace precast {

/// What takes long.
enum class Phase : std::uint8_t {
  scanning,  ///< looking for constants that float16 cannot hold (NumericGuard::keep only)
  writing,   ///< converting and writing
};

/// How far a phase is.
struct Progress {
  Phase phase = Phase::writing;  ///< which one
  std::uint64_t done = 0;        ///< bytes read (scanning) or written (writing); grows
  std::uint64_t total = 0;       ///< of the phase
};

/// Called from the thread that called the library, at least once in a few megabytes, and with done == total at the end
/// of a phase that succeeded. An empty function is silence.
using ProgressSink = std::function<void(const Progress&)>;

}  // namespace precast
PRECAST_EXPORT_END
