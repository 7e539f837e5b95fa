//! A fuzzer of `jackfield_parsers::entity_tags`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jackfield_parsers::entity_tags(bytes));
