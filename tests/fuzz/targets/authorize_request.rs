//! A fuzzer of `jackfield_parsers::authorize_request`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::authorize_request(bytes));
