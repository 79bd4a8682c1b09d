// The reference of check_objects.sh: Abseil's headers, and nothing else.
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
