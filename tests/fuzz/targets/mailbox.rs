//! A fuzzer of `jackfield_parsers::mailbox`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::mailbox(bytes));
