//! A fuzzer of `jackfield_parsers::backup`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::backup(bytes));
