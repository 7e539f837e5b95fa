//! A fuzzer of `jackfield_parsers::revocation_answer`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::revocation_answer(bytes));
