#!/usr/bin/env bash
# precast.pc names the folders that precast is installed to, be they relative to the prefix or absolute.
# Nothing is built or installed.
#   bash pkg_config_folders.sh SOURCE SCRATCH GENERATOR CMAKE CXX
set -euo pipefail
source="$1" scratch="$2" generator="$3" cmake="$4" cxx="$5"

# check NAME LIBDIR INCLUDEDIR: what pkg-config says must be these, with "PREFIX" for that of the installation.
check() {
  local build="$scratch/$1" prefix="$scratch/$1-prefix" place="$scratch/$1-place" libdir="$2" includedir="$3"
  "$cmake" -S "$source" -B "$build" -G "$generator" "-DCMAKE_CXX_COMPILER=$cxx" -DPRECAST_BUILD_TOOLS=OFF \
    -DPRECAST_BUILD_TESTS=OFF -DPRECAST_BUILD_EXAMPLES=OFF "-DCMAKE_INSTALL_PREFIX=$prefix" \
    "-DCMAKE_INSTALL_LIBDIR=$2" "-DCMAKE_INSTALL_INCLUDEDIR=$3" >"$scratch/$1.log" 2>&1 || { cat "$scratch/$1.log"; exit 1; }
  # A file that finds its prefix by where it is must be there; absolute folders are only names.
  [[ "$libdir" == /* ]] || { libdir="$prefix/$libdir" && place="$libdir/pkgconfig"; }
  [[ "$includedir" == /* ]] || includedir="$prefix/$includedir"
  mkdir -p "$place"
  cp "$build/install/precast.pc" "$place"
  for pair in "prefix=$prefix" "libdir=$libdir" "includedir=$includedir"; do
    local found
    found="$(PKG_CONFIG_PATH="$place" pkg-config --variable="${pair%%=*}" precast)"
    if [[ "$(realpath -m "$found")" != "${pair#*=}" || "$found" == *//* ]]; then
      echo "$1: precast.pc has ${pair%%=*}=$found, and it is ${pair#*=}" >&2
      exit 1
    fi
  done
}

rm -rf "$scratch"
mkdir -p "$scratch"
scratch="$(realpath "$scratch")"
check relative lib include
check nested lib/x86_64-linux-gnu include/precast-0
check absolute /opt/x/lib /opt/y/include
check absolute-library /opt/x/lib include
check absolute-headers lib /opt/y/include
