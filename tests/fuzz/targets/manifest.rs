//! A fuzzer of `jackfield_parsers::manifest`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::manifest(bytes));
