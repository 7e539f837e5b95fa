//! A fuzzer of `jackfield_parsers::failure_rules`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::failure_rules(bytes));
