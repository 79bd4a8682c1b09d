#include "support/TextHash.h"

#include <sys/random.h>
#include <unistd.h>

#include <chrono>

namespace precast::support {

TextHashKeys drawTextHashKeys() {
  TextHashKeys keys{};
  // A system without random numbers to give still loads its programs at addresses that no file can know.
  std::uint64_t salt = reinterpret_cast<std::uintptr_t>(&keys) ^
                       static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  for (std::uint64_t* key : {&keys.text, &keys.start, &keys.length, &keys.end}) {
    std::uint64_t drawn = 0;
    if (getentropy(&drawn, sizeof drawn) != 0) drawn = reinterpret_cast<std::uintptr_t>(&drawTextHashKeys);
    salt = detail::foldedProduct(salt ^ 0x9E3779B97F4A7C15U, 0xD1B54A32D192ED03U) + 1;
    *key = drawn ^ salt;
  }
  return keys;
}

}  // namespace precast::support
