//! A fuzzer of `jackfield_parsers::cache_control`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::cache_control(bytes));
