//! A fuzzer of `jackfield_parsers::pattern`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::pattern(bytes));
