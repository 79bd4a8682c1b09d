#!/usr/bin/env bash
# Where the work goes that bench/run.sh measures: the functions with the most instructions of plan, read and write, and,
# if perf may look into the kernel here, those with the most time of a whole compilation of 1 GiB of weights.
#
#   bash bench/profile.sh [FUNCTIONS]    so many of each (default 12)
#
# Needs valgrind, and 2 GiB on the disk that holds build/. About a minute.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

count="${1:-12}"
command -v valgrind >/dev/null || { echo "profile: valgrind is not installed" >&2; exit 1; }
programs=build/release/bench
nodes=14000 # as bench/count.py
cmake --preset release >/dev/null
cmake --build --preset release -j "$(nproc)" --target precast_tool CountedWork MakeModel >/dev/null
scratch="$(mktemp -d build/profile-XXXXXX)"
trap 'rm -rf "$scratch"' EXIT

for kind in plan read write; do
  valgrind --tool=callgrind --toggle-collect=countedWork "--callgrind-out-file=$scratch/out" \
    "$programs/CountedWork" "$kind" "$nodes" >/dev/null 2>&1
  echo "$kind: instructions per node and share, by function"
  # Lines are "INSTRUCTIONS (SHARE%)  FILE:FUNCTION(ARGUMENTS) [OBJECT]".
  callgrind_annotate --threshold=100 "$scratch/out" 2>/dev/null |
    awk -v nodes="$nodes" -v count="$count" '
      /PROGRAM TOTALS/ { started = 1; next }
      started && /^ *[0-9,]+ \(/ && shown < count {
        instructions = $1; gsub(",", "", instructions)
        share = $0; sub(/^[^(]*\( */, "", share); sub(/%.*/, "", share)
        name = $0; gsub(/\(anonymous namespace\)::/, "", name); sub(/^[^)]*\) +/, "", name); sub(/^[^:]*:/, "", name); sub(/ \[[^]]*\]$/, "", name); sub(/\(.*/, "", name)
        printf "  %8.0f %6.1f%%  %s\n", instructions / nodes, share, substr(name, 1, 100); ++shown
      }'
done

echo "compile, 1 GiB of weights inside the model: share of the time on all processors, by function"
"$programs/MakeModel" inside 1024 "$scratch/in.onnx"
# shellcheck disable=SC2016  # the inner shell expands these
if perf record -q -F 5000 -e cpu-clock -o "$scratch/perf" -- bash -c 'for i in 1 2 3 4 5; do "$@"; done' _ \
  build/release/bin/precast compile --quiet "--model=$scratch/in.onnx" "--output=$scratch/out.onnx" >/dev/null 2>&1; then
  perf report -i "$scratch/perf" --comm precast --no-children --sort sym 2>/dev/null |
    awk -v count="$count" '/^ *[0-9.]+%/ && shown < count { sub(/ +$/, ""); print "  " substr($0, 1, 110); ++shown }'
else
  echo "  (perf is not here, or may not look into the kernel)"
fi
