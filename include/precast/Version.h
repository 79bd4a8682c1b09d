// The version of the headers, for the preprocessor, and that of the library, at run time. The numbers stand here alone:
// the build reads them. Plain C but for version().
#ifndef PRECAST_VERSION_H
#define PRECAST_VERSION_H

#include "precast/Export.h"

/// The first number: what breaks users raises it.
#define PRECAST_VERSION_MAJOR 0
/// The second number: what is new raises it (before 1.0, what breaks users too).
#define PRECAST_VERSION_MINOR 1
/// The third number: what is repaired raises it.
#define PRECAST_VERSION_PATCH 0
/// For comparisons: 10203 is 1.2.3.
#define PRECAST_VERSION (PRECAST_VERSION_MAJOR * 10000 + PRECAST_VERSION_MINOR * 100 + PRECAST_VERSION_PATCH)

#if defined(__cplusplus) && __cplusplus >= 201703L  // the interface in C needs no more than C++11
#include <string_view>

PRECAST_EXPORT_BEGIN
namespace precast {

/// The version of the library that is linked: "1.2.3". Thread-safe.
std::string_view version();

}  // namespace precast
PRECAST_EXPORT_END
#endif

#endif
