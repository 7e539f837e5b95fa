//! A fuzzer of `jackfield_parsers::www_authenticate`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::www_authenticate(bytes));
