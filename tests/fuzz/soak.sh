#!/usr/bin/env bash
# Fuzzes every parser of bytes from outside, FUZZ_SECONDS each (half an hour where nothing is said), on top of the kept cases, and
# appends what it counted to target/figures.json. Arguments name targets; without any, all are taken. What breaks a parser is
# left in target/fuzz/found: make it small with `cargo fuzz tmin`, and keep it in tests/parsers/corpora under a name that says why.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${FUZZ_SECONDS:-1800}
workspace=$(cd ../.. && pwd)
work=$workspace/target/fuzz
found=$work/found
mkdir -p "$found"

command -v cargo-fuzz >/dev/null || cargo install cargo-fuzz --locked

# The stable compiler, told to take the flags that a fuzzer needs. The parsers are safe Rust: no sanitizer would tell more than
# the assertions and the checks of overflow do, and without one twice as much is tried.
export RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$work/build
cargo fuzz build --fuzz-dir . --sanitizer none

targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  mapfile -t targets < <(basename -s .rs targets/*.rs)
fi

begun=$SECONDS passed=0 failed=0 executions="" broken="" all=0
for target in "${targets[@]}"; do
  kept=$work/corpora/$target
  mkdir -p "$kept"
  log=$work/$target.log
  if "$CARGO_TARGET_DIR/$(uname -m)-unknown-linux-gnu/release/$target" "$kept" "../parsers/corpora/$target" \
    -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=16384 -print_final_stats=1 \
    -artifact_prefix="$found/$target-" >"$log" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    broken="$broken${broken:+, }\"$target\""
    echo "fuzz: $target broke; the end of $log:" >&2
    grep -aA4 panicked "$log" >&2 || tail -n 20 "$log" >&2
  fi
  count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -n 1)
  echo "fuzz: $target: ${count:-0} executions"
  executions="$executions${executions:+, }\"$target\": ${count:-0}"
  all=$((all + ${count:-0}))
done

echo "fuzz: $passed passed, $failed failed"
printf '{"suite": "fuzz", "slice": "long", "passed": %d, "failed": %d, "seconds": %d, "commit": "%s", "date": "%s", "executions": %d, "broken": [%s], "targets": {%s}}\n' \
  "$passed" "$failed" "$((SECONDS - begun))" "$(git rev-parse --short HEAD)" "$(date --utc +%F)" "$all" "$broken" "$executions" \
  >>"$workspace/target/figures.json"
[ "$failed" -eq 0 ]
