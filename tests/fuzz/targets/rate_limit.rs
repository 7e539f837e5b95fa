//! A fuzzer of `jackfield_parsers::rate_limit`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::rate_limit(bytes));
