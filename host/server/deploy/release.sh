#!/usr/bin/env bash
# Builds `jackfield` as one static file that needs no library of the machine it runs on, and tries it. `make release` calls it.
set -euo pipefail

# glibc 2.34 and later carry files and dns look-ups inside, so a static program resolves names as a dynamic one does.
target=x86_64-unknown-linux-gnu

fail() {
  echo "release: $*" >&2
  exit 1
}

command -v cargo >/dev/null || fail "Rust is missing: install it with rustup or from your distribution"
[ -n "$(find /usr/lib /usr/lib64 -name libc.a -print -quit 2>/dev/null)" ] || fail "the C library has no static half here: apt-get install libc6-dev"

# The target is named, so that only what runs there is static; procedural macros run here and cannot be.
RUSTFLAGS="-C target-feature=+crt-static" cargo build --release --target "$target" -p jackfield-server --bin jackfield
program=${CARGO_TARGET_DIR:-target}/$target/release/jackfield

ldd "$program" 2>&1 | grep -qE "statically linked|not a dynamic executable" || fail "$program is not static: $(ldd "$program")"
"$program" --version

# It serves: a store, a key ring and an operator key are made in a folder of their own, and readiness is asked for.
folder=$(mktemp -d)
trap 'kill "$host" 2>/dev/null || true; wait "$host" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
mkfifo said
case $program in /*) ;; *) program=$OLDPWD/$program ;; esac
JACKFIELD_LISTEN=127.0.0.1:0 "$program" serve >said 2>log &
host=$!
read -r line <said || { cat log >&2; fail "it does not serve"; }
address=${line#Jackfield listens on }
address=${address%%;*}
exec 3<>"/dev/tcp/${address%:*}/${address##*:}"
printf 'GET /readyz HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$address" >&3
answer=$(cat <&3)
case $answer in *'"ready":true'*) ;; *) fail "it is not ready: $answer" ;; esac
echo "release: $program, $(stat -c %s "$program") bytes, static, serves"

# What the container file copies: the program, the certificate authorities of this machine, and the folders of its volumes.
cd "$OLDPWD"
certificates=/etc/ssl/certs/ca-certificates.crt
[ -e "$certificates" ] || { echo "release: no image folder: $certificates is missing (apt-get install ca-certificates)"; exit 0; }
image=${CARGO_TARGET_DIR:-target}/image
rm -rf "$image"
install --directory --mode 0700 "$image" "$image/volumes/data" "$image/volumes/keys"
cp "$program" "$image/jackfield"
cp "$certificates" "$image/certificates.crt"
echo "release: $image holds what host/server/deploy/Containerfile copies"
