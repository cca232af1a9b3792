//! The fuzz targets hold for seeded inputs, for their seeds, and for every regression that they were kept for.

use std::fs;
use std::path::{Path, PathBuf};

use assize::corpus::files_below;
use assize::fuzzing::regress::{NotKept, regress};
use assize::fuzzing::{
    DELEGATION_SUBSET, DENY_PRECEDENCE, DIFFERENTIAL, GRAMMAR_BYTES, ROUND_TRIP, STORE_SEQUENCES, TARGETS,
    Target, seeds,
};
use assize_generate::Choices;
use assize_generate::choices::Seeded;
use assize_model::scenario;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus").join(name)
}

/// Tries `count` inputs of random bytes.
fn holds_for_random_bytes(target: &Target, count: u64) {
    for index in 0..count {
        let mut source = Seeded::case(0x00A5_512E, index);
        let length = source.pick(900);
        let bytes: Vec<u8> = (0..length).map(|_| source.pick(256) as u8).collect();
        if let Err(finding) = target.bytes(&bytes) {
            panic!("{}, input {index}: {finding}", target.name);
        }
    }
}

#[test]
fn differential_holds() {
    holds_for_random_bytes(&DIFFERENTIAL, 4000);
}

#[test]
fn deny_precedence_holds() {
    holds_for_random_bytes(&DENY_PRECEDENCE, 1500);
}

#[test]
fn delegation_subset_holds() {
    holds_for_random_bytes(&DELEGATION_SUBSET, 1500);
}

#[test]
fn round_trip_holds() {
    holds_for_random_bytes(&ROUND_TRIP, 4000);
}

#[test]
fn store_sequences_hold() {
    holds_for_random_bytes(&STORE_SEQUENCES, 400);
}

/// Random bytes are no documents, so this starts from the seeds: each is cut, and has bytes replaced, repeated and left out.
#[test]
fn grammar_bytes_hold() {
    let seeds = seeds::seeds(&GRAMMAR_BYTES);
    for index in 0..3000 {
        let mut source = Seeded::case(3, index);
        let choices: &mut dyn Choices = &mut source;
        let mut bytes = choices.one_of(&seeds).clone();
        for _ in 0..choices.pick(4) {
            let at = choices.pick(bytes.len().max(1));
            match choices.pick(4) {
                0 => bytes.truncate(at),
                1 if at < bytes.len() => bytes[at] = choices.pick(256) as u8,
                2 if at < bytes.len() => drop(bytes.remove(at)),
                _ => {
                    let again = bytes[at..(at + choices.pick(30)).min(bytes.len())].to_vec();
                    bytes.extend(again);
                }
            }
        }
        if let Err(finding) = GRAMMAR_BYTES.bytes(&bytes) {
            panic!("input {index}: {finding}");
        }
    }
}

#[test]
fn seeds_are_there_and_hold() {
    for target in TARGETS {
        let mut files = 0;
        for file in fs::read_dir(folder("seeds").join(target.name)).expect("seeds; run the example `seeds`") {
            let bytes = fs::read(file.expect("a file").path()).expect("a seed");
            assert!(bytes.len() < 2000, "seeds are small");
            if let Err(finding) = target.bytes(&bytes) {
                panic!("{}: {finding}", target.name);
            }
            files += 1;
        }
        assert!(files >= 10, "{} has {files} seeds; run the example `seeds`", target.name);
    }
}

#[test]
fn regressions_hold() {
    for target in TARGETS {
        let folder = folder("regressions").join(target.name);
        if !folder.exists() {
            continue;
        }
        for file in files_below(&folder).expect("a folder") {
            let text = fs::read_to_string(&file).expect("a regression");
            for scenario in scenario::read(&text).expect("scenarios") {
                if let Err(finding) = target.scenario(&scenario) {
                    panic!("{}: {finding}", file.display());
                }
            }
        }
    }
}

#[test]
fn what_holds_is_not_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    for target in TARGETS {
        assert!(matches!(regress(target, &[], folder.path()), Err(NotKept::Holds)), "{}", target.name);
    }
    assert_eq!(files_below(folder.path()).expect("a folder"), Vec::<PathBuf>::new());
}
