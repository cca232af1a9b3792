#![no_main]

use assize::fuzzing::DENY_PRECEDENCE;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(finding) = DENY_PRECEDENCE.bytes(bytes) {
        panic!("{finding}");
    }
});
