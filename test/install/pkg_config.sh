#!/usr/bin/env bash
# Builds and runs a C++ and a C program with nothing but what pkg-config says, from a copy of the prefix elsewhere:
#   bash pkg_config.sh PREFIX CONSUMERS SCRATCH CC CXX
set -euo pipefail
prefix="$1" consumers="$2" scratch="$3" cc="$4" cxx="$5"

rm -rf "$scratch"
mkdir -p "$scratch"
cp -a "$prefix" "$scratch/moved"
PKG_CONFIG_PATH="$(dirname "$(find "$scratch/moved" -name precast.pc)")"
export PKG_CONFIG_PATH
cd "$scratch"

if pkg-config --print-requires --print-requires-private precast | grep -vE '^absl_'; then
  echo "precast.pc requires more than Abseil" >&2
  exit 1
fi
# shellcheck disable=SC2046 # the flags are words
"$cxx" -std=c++17 "$consumers/main.cpp" -o main_cpp $(pkg-config --cflags --libs precast)
./main_cpp
# shellcheck disable=SC2046
"$cc" -std=c99 "$consumers/main.c" -o main_c $(pkg-config --static --cflags --libs precast)
./main_c
