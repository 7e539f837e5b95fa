//! A fuzzer of `jackfield_parsers::key_ring`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::key_ring(bytes));
