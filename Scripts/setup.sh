#!/usr/bin/env bash
# Installs what the build needs beside the Swift toolchain: OpenBLAS and ReadStat.
set -euo pipefail

has_header() { printf '#include <%s>\n' "$1" | cc -E -x c - >/dev/null 2>&1; }

if ! command -v swift >/dev/null; then
  echo "The Swift toolchain (6.1 or newer) is not on the PATH: see https://www.swift.org/install" >&2
  exit 1
fi

case "$(uname -s)" in
Darwin)
  for formula in openblas readstat; do
    brew list "$formula" >/dev/null 2>&1 || { echo "Installing $formula with Homebrew"; brew install "$formula"; }
  done
  ;;
Linux)
  missing=()
  pkg-config --exists openblas 2>/dev/null || missing+=(libopenblas-dev)
  has_header readstat.h || missing+=(libreadstat-dev)
  command -v pkg-config >/dev/null || missing+=(pkg-config)
  if [ ${#missing[@]} -gt 0 ]; then
    if ! command -v apt-get >/dev/null; then
      echo "Please install OpenBLAS and ReadStat with their headers (on Debian: ${missing[*]})." >&2
      exit 1
    fi
    as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    echo "Installing ${missing[*]} with apt"
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get -q -o DPkg::Lock::Timeout=600 update >/dev/null
    "${as_root[@]}" apt-get -q -y -o DPkg::Lock::Timeout=600 install --no-install-recommends "${missing[@]}" >/dev/null
  fi
  ;;
*)
  echo "Not tried on $(uname -s): OpenBLAS and ReadStat must be installed with their headers." >&2
  ;;
esac
