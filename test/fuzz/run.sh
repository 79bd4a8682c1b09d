#!/usr/bin/env bash
# Runs every fuzzer for SECONDS, from its seeds in corpus/ and from what earlier runs on this machine have found.
#
#   bash test/fuzz/run.sh 60              all fuzzers, a minute each
#   bash test/fuzz/run.sh 60 Mixlist      one of them
#
# Needs clang and its runtime (bash test/setup.sh --fuzz). New inputs are kept in build/fuzz/corpus/; an input that ends
# a fuzzer goes to build/fuzz/artifacts/ and belongs, once fixed, into corpus/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seconds="${1:?usage: bash test/fuzz/run.sh SECONDS [FUZZER...]}"
shift
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz -j "$(nproc)"

fuzzers=("$@")
if ((${#fuzzers[@]} == 0)); then
  for source in test/fuzz/*Fuzzer.cpp; do
    name="$(basename "$source" Fuzzer.cpp)"
    fuzzers+=("$name")
  done
fi

mkdir -p build/fuzz/artifacts
status=0
for name in "${fuzzers[@]}"; do
  grown="build/fuzz/corpus/$name"
  mkdir -p "$grown"
  log="build/fuzz/$name.log"
  options=(-max_total_time="$seconds" -timeout=2 -rss_limit_mb=1024 -max_len=20000 -print_final_stats=1
    -artifact_prefix="build/fuzz/artifacts/$name-")
  case "$name" in
    Onnx*) options+=(-dict=test/fuzz/onnx.dict) ;;
    *) options+=(-dict=test/fuzz/policy.dict) ;;
  esac
  if build/fuzz/fuzz/precast_fuzz_"$name" "${options[@]}" "$grown" "test/fuzz/corpus/$name" >"$log" 2>&1; then
    runs="$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
    echo "$name: $runs runs, $(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -1) edges, no finding"
  else
    status=1
    echo "$name: FOUND SOMETHING, see $log"
    tail -20 "$log"
  fi
done
exit "$status"
