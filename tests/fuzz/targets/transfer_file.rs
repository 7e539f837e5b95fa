//! A fuzzer of `jackfield_parsers::transfer_file`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::transfer_file(bytes));
