//! A fuzzer of `jackfield_parsers::metadata`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::metadata(bytes));
