//! A fuzzer of `jackfield_parsers::cursor`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::cursor(bytes));
