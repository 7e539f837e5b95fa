//! A fuzzer of `jackfield_parsers::header_name`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::header_name(bytes));
