#!/usr/bin/env bash
# What the library's own objects may not hold: static constructors, iostreams, and calls that print, end the process or
# look at its environment. Abseil's headers may include <iostream>, whose one static object then is in everybody's code:
# REFERENCE is an object of nothing but such headers, and what its constructor does, ours may do too.
#   bash check_objects.sh LIST REFERENCE SOURCES        (LIST names one object per line)
set -euo pipefail
list="$1" reference="$2" sources="$3"
mapfile -t objects <"$list"
((${#objects[@]} > 40)) || { echo "only ${#objects[@]} objects in $list" >&2; exit 1; }

# The sizes of an object's static constructors: "OBJECT SIZE SIZE ...".
constructors() {
  nm -A -S "$@" | awk '/ _GLOBAL__sub_I_| _Z41__static_initialization_and_destruction_0ii$/ {
    sub(/:[0-9a-f]+$/, "", $1); sizes[$1] = sizes[$1] " " $2 } END { for (o in sizes) print o sizes[o] }'
}
status=0
allowed="$(constructors "$reference" | cut -d' ' -f2-)"
if found="$(constructors "${objects[@]}" | grep -v " $allowed\$")"; then
  echo "static constructors:" >&2
  echo "$found" >&2
  status=1
fi
forbidden='abort|exit|_exit|quick_exit|_ZSt9terminatev|printf|vprintf|puts|putchar|perror|stdout|stderr|_ZSt4cout|_ZSt4cerr|_ZSt4clog|getenv|secure_getenv|setenv|setlocale|signal|sigaction'
if found="$(nm -A "${objects[@]}" | grep -E " U ($forbidden)\$")"; then
  echo "calls that a library may not make:" >&2
  echo "$found" >&2
  status=1
fi
if found="$(grep -rnE '#include <(iostream|ostream|istream|fstream|sstream|iomanip)>' "$sources"/{lib,include})"; then
  echo "iostreams:" >&2
  echo "$found" >&2
  status=1
fi
exit "$status"
