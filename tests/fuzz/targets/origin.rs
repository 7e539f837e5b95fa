//! A fuzzer of `jackfield_parsers::origin`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::origin(bytes));
