//! A fuzzer of `jackfield_parsers::token_response`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::token_response(bytes));
