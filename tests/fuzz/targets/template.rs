//! A fuzzer of `jackfield_parsers::template`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::template(bytes));
