#!/usr/bin/env bash
# What the library's own objects may not hold: iostreams, static constructors, and calls that print, end the process or
# look at its environment. LIST names one object per line; BUILD is the folder of Ninja's log of included files.
#   bash check_objects.sh LIST BUILD NINJA
set -euo pipefail
mapfile -t objects <"$1"
build="$2" ninja="$3"
status=0
refuse() {
  echo "$1:" >&2
  sed 's/^/  /' <<<"$2" >&2
  status=1
}

((${#objects[@]} > 40)) || { echo "only ${#objects[@]} objects in $1" >&2; exit 1; }

# The dependencies of each object, one "OBJECT: FILE" per line.
included="$("$ninja" -C "$build" -t deps | awk '/^[^ ].*: #deps/ { object = $1; next } NF { print object, $1 }' |
  grep '^lib/CMakeFiles/precast\.dir/')"
grep -q 'precast/Graph\.h' <<<"$included" || { echo "the included files are unknown" >&2; exit 1; }
if found="$(grep -E '/(iostream|fstream|sstream|ostream\.h)$' <<<"$included")"; then refuse "iostreams are included" "$found"; fi

for object in "${objects[@]}"; do
  name="${object##*precast.dir/}"
  symbols="$(nm -C "$object")"
  sections="$(objdump -h "$object")"
  if grep -qE '\.init_array|\.ctors' <<<"$sections"; then refuse "a static constructor" "$name"; fi
  if found="$(grep -E '_GLOBAL__sub_I|__cxx_global_var_init|_Z41__static_initialization|ios_base::Init' <<<"$symbols")"; then
    refuse "a static constructor in $name" "$found"
  fi
  if found="$(grep -E ' U (abort|exit|_exit|quick_exit|std::terminate\(\)|printf|vprintf|puts|putchar|perror|stdout|stderr|std::c(out|err|log)|getenv|secure_getenv|setenv|setlocale|signal|sigaction)(@.*)?$' <<<"$symbols")"; then
    refuse "$name calls what a library may not" "$found"
  fi
done
exit "$status"
