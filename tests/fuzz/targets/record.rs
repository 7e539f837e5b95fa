//! A fuzzer of `jackfield_parsers::record`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::record(bytes));
