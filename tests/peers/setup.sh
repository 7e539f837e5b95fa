#!/usr/bin/env bash
# Installs the real peers of the tests, the browser and what audits its pages, what builds the guest written in Python, and what makes a
# client from the API's description, where they are not installed yet.
# Run again at will; `make setup` calls it.
set -euo pipefail
cd "$(dirname "$0")"

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
install_npm() {
  local installed=$1/node_modules/.package-lock.json
  if [ ! -e "$installed" ] || [ "$1/package-lock.json" -nt "$installed" ]; then
    echo "setup: installing $2" >&2
    npm ci --prefix "$1" --no-audit --no-fund
    touch "$installed"
  fi
}

install_npm oidc-provider "the peer oidc-provider"
install_npm axe "the audit axe-core"

node=oidc-provider/node_modules/.bin/node
[ -x "$node" ] || node=node
command -v "$node" >/dev/null || fail "Node.js is missing: install version 20 or later"
major=$("$node" -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 20 ] || fail "Node.js $major is too old for oidc-provider: install version 20 or later"

# The browser and its driver come together, so that their versions fit.
if ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null; then
  command -v apt-get >/dev/null || fail "Chromium or ChromeDriver is missing: install both in one version as chromium and chromedriver"
  echo "setup: installing Chromium and ChromeDriver from the distribution" >&2
  as_root apt-get update -q
  as_root apt-get install -y -q --no-install-recommends chromium chromium-driver
fi
browser=$(chromium --version 2>/dev/null | grep -oE '[0-9]+' | head -n 1)
driver=$(chromedriver --version 2>/dev/null | grep -oE '[0-9]+' | head -n 1)
[ -n "$browser" ] && [ "$browser" = "$driver" ] || fail "Chromium ${browser:-?} and ChromeDriver ${driver:-?} do not fit each other"

if ! python3 -m pip --version >/dev/null 2>&1; then
  command -v apt-get >/dev/null || fail "Python's pip is missing: install Python 3.10 or later with pip, then run this again"
  echo "setup: installing pip from the distribution" >&2
  as_root apt-get update -q
  as_root apt-get install -y -q --no-install-recommends python3 python3-pip
fi

# Installs what a requirements file pins into a folder; a copy of the file in there notes what was installed.
install_python() {
  cmp -s "$1" "$2/requirements.txt" && return
  echo "setup: installing $3" >&2
  rm -rf "$2"
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --no-deps --require-hashes \
    --only-binary :all: --target "$2" -r "$1"
  cp "$1" "$2/requirements.txt"
}

install_python ../guests/python/requirements.txt ../../target/guests/python "what builds connectors in Python"
install_python django-oauth-toolkit/requirements.txt ../../target/peers/django-oauth-toolkit \
  "the peer django-oauth-toolkit"
install_python generated-client/requirements.txt ../../target/peers/generated-client \
  "what makes a client from the API's description"
install_python aiosmtpd/requirements.txt ../../target/peers/aiosmtpd "the mail server aiosmtpd"
install_python schemathesis/requirements.txt ../../target/peers/schemathesis "what tries the API with made-up requests"

# Only for the long run: the file system that forgets what was not synced, and the library it stands on.
if [ "${1:-}" = soak ]; then
  if ! ldconfig -p | grep -qE 'libfuse3?\.so'; then
    command -v apt-get >/dev/null || fail "libfuse is missing: install libfuse 2 or 3 with its fusermount, then run this again"
    echo "setup: installing FUSE from the distribution" >&2
    as_root apt-get update -q
    as_root apt-get install -y -q --no-install-recommends fuse3
  fi
  install_python powercut/requirements.txt ../../target/peers/powercut "the file system that forgets"
fi
