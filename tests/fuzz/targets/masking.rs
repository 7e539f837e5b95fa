//! A fuzzer of `jackfield_parsers::masking`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::masking(bytes));
