#!/usr/bin/env bash
# Installs the real peers of the tests, where they are not installed yet. Run again at will; `make setup` calls it.
set -euo pipefail
cd "$(dirname "$0")/oidc-provider"

fail() {
  echo "setup: $*" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# npm only installs; the Node.js that runs the peer is pinned in package.json.
if ! command -v npm >/dev/null; then
  command -v apt-get >/dev/null || fail "npm is missing: install Node.js 18 or later with npm, then run this again"
  echo "setup: installing npm from the distribution" >&2
  as_root apt-get update -q
  as_root apt-get install -y -q --no-install-recommends nodejs npm
fi

# npm notes what it installed; older than the lock file means that the lock file has changed since.
installed=node_modules/.package-lock.json
if [ ! -e "$installed" ] || [ package-lock.json -nt "$installed" ]; then
  echo "setup: installing the peer oidc-provider" >&2
  npm ci --no-audit --no-fund
  touch "$installed"
fi

node=node_modules/.bin/node
[ -x "$node" ] || node=node
command -v "$node" >/dev/null || fail "Node.js is missing: install version 20 or later"
major=$("$node" -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 20 ] || fail "Node.js $major is too old for oidc-provider: install version 20 or later"
