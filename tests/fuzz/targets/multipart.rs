//! A fuzzer of `jackfield_parsers::multipart`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::multipart(bytes));
