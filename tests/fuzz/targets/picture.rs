//! A fuzzer of `jackfield_parsers::picture`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::picture(bytes));
