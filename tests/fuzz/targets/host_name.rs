//! A fuzzer of `jackfield_parsers::host_name`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::host_name(bytes));
