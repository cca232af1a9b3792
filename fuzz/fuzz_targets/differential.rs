#![no_main]

use assize::fuzzing::DIFFERENTIAL;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(finding) = DIFFERENTIAL.bytes(bytes) {
        panic!("{finding}");
    }
});
