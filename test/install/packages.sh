#!/usr/bin/env bash
# Makes the Debian packages and the tarball, installs both, runs what they hold, and removes them again:
#   bash packages.sh BUILD SCRATCH VERSION
set -euo pipefail
build="$1" scratch="$2" version="$3"

rm -rf "$scratch"
mkdir -p "$scratch/root/var/lib/dpkg/"{info,updates} "$scratch/tar"
touch "$scratch/root/var/lib/dpkg/"{status,available}
cd "$scratch"
cpack --config "$build/CPackConfig.cmake" -G DEB -B "$scratch" >cpack.log || { cat cpack.log; exit 1; }
cpack --config "$build/CPackConfig.cmake" -G TGZ -B "$scratch" >cpack.log || { cat cpack.log; exit 1; }
rm -rf _CPack_Packages

arch="$(dpkg --print-architecture)"
tool="precast_${version}_$arch.deb"
library="libprecast-dev_${version}_$arch.deb"
[[ "$(dpkg-deb -f "$library" Depends)" == libabsl-dev ]]
# A tool that is linked statically needs nothing else.
if file -L "$build/bin/precast" | grep -q "statically linked"; then
  [[ -z "$(dpkg-deb -f "$tool" Depends)" ]]
else
  dpkg-deb -f "$tool" Depends | grep -q libc6
fi

# A root of its own: the packages' scripts and files see nothing of this machine, and it nothing of them. Their
# dependencies are not in it.
as_root=()
((EUID == 0)) || as_root=(fakeroot)
in_root() { "${as_root[@]}" dpkg --root="$scratch/root" --force-depends --force-not-root --log=/dev/null "$@" 2>dpkg.log; }
in_root --install "$tool" "$library" >/dev/null || { cat dpkg.log; exit 1; }
[[ "$("$scratch/root/usr/bin/precast" --version)" == "precast $version" ]]
for file in bin/precast share/man/man1/precast.1 include/precast/precast.h include/precast-c/precast.h \
  lib/libprecast.a lib/pkgconfig/precast.pc lib/cmake/precast/precastConfig.cmake share/doc/precast/NOTICE; do
  [[ -f "$scratch/root/usr/$file" ]] || { echo "the packages lack $file" >&2; exit 1; }
done
in_root --remove precast libprecast-dev >/dev/null || { cat dpkg.log; exit 1; }
left="$(find "$scratch/root" -type f ! -path '*/var/lib/dpkg/*')"
[[ -z "$left" ]] || { echo "left behind: $left" >&2; exit 1; }

for tarball in *.tar.gz; do tar -xzf "$tarball" -C tar --strip-components=1; done
[[ "$(find tar -name precast -path '*/bin/*' -exec {} --version \;)" == "precast $version" ]]
[[ -n "$(find tar -name precastConfig.cmake)" ]]
