//! A fuzzer of `jackfield_parsers::path`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::path(bytes));
