# What cargo does not do by itself. `make demo` and `make test` are the two commands; both install what is missing first.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.PHONY: demo test soak bench figures lint audit release setup toolchain

# Everything on one machine; further arguments in ARGS, as in: make demo ARGS="--once --json"
demo: toolchain
	@cargo build --workspace --bin jackfield
	@$${CARGO_TARGET_DIR:-target}/debug/jackfield demo $(ARGS)

# Every test of the workspace; the last line sums up the summaries of cargo's test binaries.
test: setup
	cargo test --workspace --no-fail-fast | awk -f tests/summary.awk

# The long slices: hours; needs root and FUSE, and says so.
soak: setup
	tests/soak.sh

# What "fast" means, each figure beside its floor in the same run; target/bench.json and target/bench.svg keep it.
# Smaller and shorter: make bench ARGS=--quick; one row: make bench ARGS=lease
bench: toolchain
	tests/bench/setup.sh
	cargo build --profile bench --workspace --bin jackfield --bin jackfield-bench
	$${CARGO_TARGET_DIR:-target}/release/jackfield-bench $(ARGS)

# Writes what the suites counted and what `make bench` measured into the README.
figures:
	cargo build --quiet --workspace --bin jackfield-figures
	$${CARGO_TARGET_DIR:-target}/debug/jackfield-figures

lint:
	tests/supply-chain.sh cargo-deny
	cargo deny check bans licenses sources
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

# Known vulnerabilities in what is depended on; fetches the database of advisories.
audit:
	tests/supply-chain.sh cargo-deny cargo-audit
	cargo deny check
	cargo audit

# One static file, for host/server/deploy; takes a while.
release:
	host/server/deploy/release.sh

# Installs what the tests need beside Rust.
setup: toolchain
	tests/peers/setup.sh

# Installs what compiling a connector needs beside Rust.
toolchain:
	sdk/build/toolchain.sh
