//! A fuzzer of `jackfield_parsers::idempotency_key`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::idempotency_key(bytes));
