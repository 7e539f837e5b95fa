//! A fuzzer of `jackfield_parsers::issuer`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::issuer(bytes));
