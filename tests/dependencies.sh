#!/usr/bin/env bash
# What is depended on, by the workspace and by the fuzzers, which have a lock of their own: bans, licences and sources always,
# known vulnerabilities where the database of advisories can be fetched. Where it cannot, that is said here and in the figures.
set -euo pipefail
cd "$(dirname "$0")/.."

tests/supply-chain.sh cargo-deny
passed=0 failed=0 begun=$SECONDS

held() {
  local name=$1 told
  shift
  if told=$("$@" 2>&1); then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'dependencies: %s does not hold:\n%s\n' "$name" "$told" >&2
  fi
}

advisories="not fetched"
if cargo deny fetch db >/dev/null 2>&1; then
  tests/supply-chain.sh cargo-audit
  advisories=checked
else
  echo "dependencies: the database of advisories cannot be fetched: known vulnerabilities were not looked for" >&2
fi

crates=0
for graph in . tests/fuzz; do
  crates=$((crates + $(grep -c '^name = ' "$graph/Cargo.lock")))
  for rule in bans licenses sources; do
    held "$rule of $graph" cargo deny --locked --manifest-path "$graph/Cargo.toml" check "$rule"
  done
  if [ "$advisories" = checked ]; then
    held "advisories of $graph" cargo deny --locked --manifest-path "$graph/Cargo.toml" check advisories
    held "audit of $graph" cargo audit --no-fetch --file "$graph/Cargo.lock"
  fi
done

echo "dependencies: $passed passed, $failed failed; advisories: $advisories"
mkdir -p target
printf '{"suite": "dependencies", "slice": "long", "passed": %d, "failed": %d, "seconds": %d, "commit": "%s", "date": "%s", "crates": %d, "advisories": "%s"}\n' \
  "$passed" "$failed" "$((SECONDS - begun))" "$(git rev-parse --short HEAD)" "$(date --utc +%F)" "$crates" "$advisories" \
  >>target/figures.json
[ "$failed" -eq 0 ]
