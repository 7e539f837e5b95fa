//! A fuzzer of `jackfield_parsers::id`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::id(bytes));
