//! A fuzzer of `jackfield_parsers::envelope`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::envelope(bytes));
