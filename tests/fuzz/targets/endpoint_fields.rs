//! A fuzzer of `jackfield_parsers::endpoint_fields`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::endpoint_fields(bytes));
