#!/bin/sh
# Installs what twomsl needs from the system's package manager; does nothing when all is there.
# usage: third_party/install-deps.sh [--tests]      (--tests: also what the tests need)
# apt is tested (Debian 12). dnf, pacman and brew are best effort: their package names are untested.
set -eu

with_tests=no
for argument in "$@"; do
  case $argument in
    --tests) with_tests=yes ;;
    *) echo "usage: third_party/install-deps.sh [--tests]" >&2; exit 2 ;;
  esac
done

apt_packages="g++ cmake ninja-build pkg-config
  libimgui-dev libstb-dev libglfw3-dev python3-glad libfmt-dev nlohmann-json3-dev libmnl-dev libpng-dev
  libfontconfig-dev libegl-dev libgl1 libgl1-mesa-dri
  fonts-inter fonts-jetbrains-mono fonts-noto-cjk iproute2 util-linux"
apt_test_packages="catch2 tshark tcpdump xvfb xauth xdotool x11-utils imagemagick"

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    echo "twomsl needs to install packages and there is no sudo here; as root, run: $*" >&2
    exit 3
  fi
}

install_with_apt() {
  wanted=$apt_packages
  if [ "$with_tests" = yes ]; then wanted="$wanted $apt_test_packages"; fi
  # shellcheck disable=SC2086  # a list of words on purpose, here and below
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
    sed -n 's/^installed //p' || true)
  missing=
  for package in $wanted; do
    if ! printf '%s\n' "$installed" | grep -qxF "$package"; then
      missing="$missing $package"
    fi
  done
  if [ -z "$missing" ]; then return; fi
  echo "Installing:$missing" >&2
  # The package lists may be absent (containers) or old: update them, then install.
  as_root apt-get update -qq >&2 || echo "apt-get update failed; trying with the lists at hand" >&2
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
    $missing >&2 || {
    echo "Could not install them; try: sudo apt-get install -y$missing" >&2
    exit 3
  }
}

# The other package managers have no cheap and exact check: a stamp remembers that it was done.
once() {
  stamp=$(dirname "$0")/../build/.dependencies-$1-$with_tests
  shift
  if [ -e "$stamp" ]; then return; fi
  echo "Installing the dependencies (best effort; only apt is tested): $*" >&2
  "$@" >&2 || { echo "Could not install them; try: $*" >&2; exit 3; }
  mkdir -p "$(dirname "$stamp")" && touch "$stamp"
}

if command -v apt-get >/dev/null 2>&1 && command -v dpkg-query >/dev/null 2>&1; then
  install_with_apt
elif command -v dnf >/dev/null 2>&1; then
  once dnf as_root dnf install -y gcc-c++ cmake ninja-build pkgconf imgui-devel stb-devel \
    glfw-devel fmt-devel libmnl-devel libpng-devel fontconfig-devel mesa-libEGL-devel \
    rsms-inter-fonts jetbrains-mono-fonts google-noto-sans-cjk-fonts iproute catch-devel json-devel \
    xorg-x11-server-Xvfb xdotool
elif command -v pacman >/dev/null 2>&1; then
  once pacman as_root pacman -S --needed --noconfirm gcc cmake ninja pkgconf imgui stb glfw \
    fmt libmnl libpng fontconfig mesa inter-font ttf-jetbrains-mono noto-fonts-cjk iproute2 \
    catch2 nlohmann-json xorg-server-xvfb xdotool
elif command -v brew >/dev/null 2>&1; then
  once brew brew install cmake ninja pkg-config imgui glfw fmt libpng fontconfig catch2 nlohmann-json
else
  echo "No apt, dnf, pacman or brew here: install what third_party/CMakeLists.txt asks for." >&2
fi
