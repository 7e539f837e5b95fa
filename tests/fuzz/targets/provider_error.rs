//! A fuzzer of `jackfield_parsers::provider_error`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::provider_error(bytes));
