#!/usr/bin/env bash
# Installs what looks at the dependencies, each in the version named here, where it is missing: supply-chain.sh TOOL…
# Quickly built rather than quick: each runs for seconds.
set -euo pipefail

version() {
  case $1 in
    cargo-deny) echo 0.20.2 ;;
    cargo-audit) echo 0.22.2 ;;
    *) echo "supply-chain: no version of $1 is named here" >&2; exit 2 ;;
  esac
}

for tool in "$@"; do
  if ! cargo "${tool#cargo-}" --version >/dev/null 2>&1; then
    echo "supply-chain: installing $tool" >&2
    cargo install --quiet --locked --debug "$tool" --version "$(version "$tool")"
  fi
done
