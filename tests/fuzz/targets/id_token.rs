//! A fuzzer of `jackfield_parsers::id_token`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::id_token(bytes));
