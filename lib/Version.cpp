#include "precast/Version.h"

#define PRECAST_TEXT_OF(number) #number
#define PRECAST_DOTTED(major, minor, patch) PRECAST_TEXT_OF(major) "." PRECAST_TEXT_OF(minor) "." PRECAST_TEXT_OF(patch)

namespace precast {

std::string_view version() {
  return PRECAST_DOTTED(PRECAST_VERSION_MAJOR, PRECAST_VERSION_MINOR, PRECAST_VERSION_PATCH);
}

}  // namespace precast
