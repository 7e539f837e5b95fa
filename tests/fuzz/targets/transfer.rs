//! A fuzzer of `jackfield_parsers::transfer`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::transfer(bytes));
