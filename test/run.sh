#!/usr/bin/env bash
# Builds precast and passes its tests: first all but the end-to-end tests under AddressSanitizer and
# UndefinedBehaviorSanitizer, then those with many threads under ThreadSanitizer, then everything in the release build.
# Installs what is missing before all that.
#
#   bash test/run.sh              all builds
#   bash test/run.sh --no-asan    the release build only
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

presets=(asan tsan release)
case "${1:-}" in
  "") ;;
  --no-asan) presets=(release) ;;
  *) echo "usage: bash test/run.sh [--no-asan]" >&2; exit 2 ;;
esac

bash test/setup.sh
jobs="$(nproc)"
for preset in "${presets[@]}"; do
  cmake --preset "$preset" >/dev/null
  cmake --build --preset "$preset" -j "$jobs"
done

# The output of ctest is kept, so that its closing line ("100% tests passed, ...") can be the last one, label times or not.
status=0
for preset in "${presets[@]}"; do
  log="build/$preset/ctest.log"
  echo "== tests, $preset build"
  if ! ctest --preset "$preset" -j "$jobs" >"$log" 2>&1; then status=1; fi
  if ((status != 0)); then cat "$log"; fi
  grep -E "tests passed|No tests were found" "$log" || { cat "$log"; status=1; }
  if ((status != 0)); then break; fi
done
exit "$status"
