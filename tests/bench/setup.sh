#!/usr/bin/env bash
# Installs what the bench measures beside: nginx, as the distribution has it. Nothing of it is started or left running here.
# Run again at will; `make bench` calls it.
set -euo pipefail

for place in /usr/sbin /usr/bin /usr/local/sbin /usr/local/bin; do
  [ ! -x "$place/nginx" ] || exit 0
done
if ! command -v apt-get >/dev/null; then
  echo "bench: nginx is missing, and the row of the proxy needs it: install it from your distribution" >&2
  exit 0
fi
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}
echo "bench: installing nginx from the distribution" >&2
as_root apt-get update -q
# The package would start a server of its own; this keeps it from that.
policy=/usr/sbin/policy-rc.d
if [ -e "$policy" ]; then
  as_root apt-get install -y -q --no-install-recommends nginx-light
else
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  trap 'as_root rm -f "$policy"' EXIT
  as_root chmod 755 "$policy"
  as_root apt-get install -y -q --no-install-recommends nginx-light
fi
