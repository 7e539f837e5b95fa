//! A fuzzer of `jackfield_parsers::address`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::address(bytes));
