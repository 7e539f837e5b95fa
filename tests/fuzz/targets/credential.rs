//! A fuzzer of `jackfield_parsers::credential`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::credential(bytes));
