#!/usr/bin/env bash
# Makes this machine able to compile connectors to WebAssembly. Run again at will; `make demo` and `make setup` call it.
# Which compiler is then used is decided by the crate beside this script, not here.
set -euo pipefail

target=wasm32-unknown-unknown

fail() {
  echo "setup: $*" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

has_target() {
  ls "$(rustc --print target-libdir --target "$target")"/libcore-*.rlib >/dev/null 2>&1
}

has_pair() {
  [ -x /usr/bin/rustc ] && [ -d /usr/lib/rustlib/src ] && command -v wasm-ld-22 >/dev/null
}

command -v cargo >/dev/null || fail "Rust is missing: install it with rustup or from your distribution"
if has_target; then exit 0; fi

if command -v rustup >/dev/null; then
  echo "setup: adding the target $target" >&2
  if rustup target add "$target" && has_target; then exit 0; fi
fi

# A standard library for the target must match its compiler exactly; Debian has such a pair.
if has_pair; then exit 0; fi
command -v apt-get >/dev/null || fail "no way to compile for $target: run \`rustup target add $target\`, then this again"
echo "setup: installing a compiler for $target from the distribution" >&2
as_root apt-get update -q
as_root apt-get install -y -q --no-install-recommends rustc-web rust-web-src lld-22 ||
  fail "no way to compile for $target: the distribution lacks rustc-web, rust-web-src or lld-22; run \`rustup target add $target\`"
has_pair || fail "rustc-web, rust-web-src and lld-22 are installed, yet not where they are looked for"
