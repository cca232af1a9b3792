#![no_main]

use assize::fuzzing::STORE_SEQUENCES;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(finding) = STORE_SEQUENCES.bytes(bytes) {
        panic!("{finding}");
    }
});
