//! A fuzzer of `jackfield_parsers::callback_query`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::callback_query(bytes));
