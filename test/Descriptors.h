// How many files this process has open, for tests that look for one that was forgotten.
#pragma once

#include <fcntl.h>

namespace precast::test {

inline int openDescriptors() {
  int count = 0;
  for (int descriptor = 0; descriptor < 256; ++descriptor) count += ::fcntl(descriptor, F_GETFD) != -1;
  return count;
}

}  // namespace precast::test
