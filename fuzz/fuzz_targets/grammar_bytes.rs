#![no_main]

use assize::fuzzing::GRAMMAR_BYTES;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(finding) = GRAMMAR_BYTES.bytes(bytes) {
        panic!("{finding}");
    }
});
