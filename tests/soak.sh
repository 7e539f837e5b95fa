#!/usr/bin/env bash
# The long slices: each suite as long as its promise needs, power cuts on a file system that forgets, the fuzzers,
# and what is depended on. Takes about two hours, and FUZZ_SECONDS (half an hour where nothing is said) for each fuzz target.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "soak: $*" >&2
  exit 1
}

[ "$(id -u)" -eq 0 ] || fail "cutting the power of a file system needs root: run this as root, on a machine of its own"
[ -e /dev/fuse ] || fail "/dev/fuse is missing: load the kernel's module fuse, or give the container the device"

tests/peers/setup.sh soak
# All that the tests start is built with them: naming some of them alone leaves out the programs that they run.
cargo test --workspace --no-run
ended=0
crowd=hostile::a_neighbour_beside_a_crowd_of_them_is_answered_as_ever
SLICE=long cargo test --workspace --no-fail-fast --test attacks --test crashes --test house --test sandbox --test surface \
  -- --include-ignored --skip "$crowd" | awk -v suite=soak -v slice=long -f tests/summary.awk || ended=1
# Alone, as it weighs its own process.
SLICE=long cargo test --workspace --test sandbox -- "$crowd" \
  | awk -v suite=soak-crowd -v slice=long -f tests/summary.awk || ended=1
# What is sealed, and the key ring rotated: tests of the store itself.
SLICE=long cargo test --workspace --no-fail-fast --lib -- tests::sealing tests::faults \
  | awk -v suite=soak-store -v slice=long -f tests/summary.awk || ended=1
tests/fuzz/soak.sh || ended=1
tests/dependencies.sh || ended=1
exit "$ended"
