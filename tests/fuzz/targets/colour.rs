//! A fuzzer of `jackfield_parsers::colour`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::colour(bytes));
