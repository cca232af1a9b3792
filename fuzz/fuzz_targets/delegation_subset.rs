#![no_main]

use assize::fuzzing::DELEGATION_SUBSET;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(finding) = DELEGATION_SUBSET.bytes(bytes) {
        panic!("{finding}");
    }
});
