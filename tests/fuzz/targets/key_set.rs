//! A fuzzer of `jackfield_parsers::key_set`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::key_set(bytes));
