//! A fuzzer of `jackfield_parsers::accept_language`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::accept_language(bytes));
