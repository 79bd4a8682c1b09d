// MakeModel inside|external|sparse MIB PATH    a model with MIB mebibytes of float32 weights
// MakeModel nodes COUNT PATH                   a model of COUNT nodes and next to no weights
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "SyntheticModel.h"
#include "WeightedModel.h"

int main(int argc, char** argv) {
  using namespace precast::bench;
  if (argc != 4) {
    std::fputs("usage: MakeModel inside|external|sparse|nodes SIZE PATH\n", stderr);
    return 2;
  }
  const std::string_view kind = argv[1];
  const std::uint64_t size = std::strtoull(argv[2], nullptr, 10);
  bool written = false;
  if (kind == "nodes") {
    std::ofstream out(argv[3], std::ios::binary);
    out << syntheticModel(static_cast<std::size_t>(size));
    written = static_cast<bool>(out.flush());
  } else if (kind == "inside" || kind == "external" || kind == "sparse") {
    const Weights weights = kind == "inside"     ? Weights::inside
                            : kind == "external" ? Weights::external
                                                 : Weights::sparse;
    written = writeWeightedModel(argv[3], size << 20, weights);
  }
  if (!written) std::fprintf(stderr, "cannot make %s\n", argv[3]);
  return written ? 0 : 1;
}
