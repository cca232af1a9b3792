#![no_main]

use assize::fuzzing::ROUND_TRIP;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(finding) = ROUND_TRIP.bytes(bytes) {
        panic!("{finding}");
    }
});
