//! A fuzzer of `jackfield_parsers::cookies`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::cookies(bytes));
