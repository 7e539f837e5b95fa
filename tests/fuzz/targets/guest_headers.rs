//! A fuzzer of `jackfield_parsers::guest_headers`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::guest_headers(bytes));
