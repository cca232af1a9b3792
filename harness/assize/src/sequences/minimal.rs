//! A failing sequence made minimal, and kept as a file that later runs replay.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use assize_generate::{Budget, shrink_text};

use super::subject::Store;
use super::{Failure, Sequence, format};
use crate::regressions::{Unwritable, fingerprint, keep_text};

/// The folder of sequences below that of regressions.
pub const FOLDER: &str = "sequences";

/// How the names of files of sequences end. Readers of scenario files look for others.
const EXTENSION: &str = "jsonl";

/// A sequence that was made minimal.
#[derive(Clone, Debug, PartialEq)]
pub struct Minimal {
    /// The simplest sequence found that fails in the same way. It ends with the step that fails.
    pub sequence: Sequence,
    /// How it fails.
    pub failure: Failure,
    /// Whether no single step of the shrinker makes it simpler.
    pub minimal: bool,
}

/// Makes a failing sequence as simple as it gets, by the shrinker of texts: steps, statements and members are left out, words made
/// simpler, whatever drives it. It goes on failing in the same way: with the same kind of change made or refused, or the same two
/// decisions ([`Wrong::kind`](super::subject::Wrong::kind)).
///
/// `hold` holds the store in question against a sequence. `None`: the sequence does not fail.
pub fn minimal(
    sequence: &Sequence,
    hold: &dyn Fn(&Sequence) -> Result<(), Failure>,
    budget: Budget,
) -> Option<Minimal> {
    let first = hold(sequence).err()?;
    // What comes after the failure has no part in it.
    let fails = |text: &str| {
        let sequence = Sequence::read(text).ok()?;
        let failure = hold(&sequence).err().filter(|failure| failure.wrong.kind == first.wrong.kind)?;
        (failure.at + 1 == sequence.steps.len()).then_some((sequence, failure))
    };
    let ending = sequence.up_to(first.at);
    let shrunk = shrink_text(&format::list(&ending.steps), &mut |text| fails(text).is_some(), budget);
    let (sequence, failure) = fails(&shrunk.text)?;
    Some(Minimal { sequence, failure, minimal: shrunk.minimal })
}

/// Writes a failing sequence to `folder/sequences/NAME.jsonl`, if it still fails when it is read back. The name is made of what the
/// file says, so that equal findings have one file. `None`: it does not fail any more, and there is no file.
///
/// # Errors
/// If a file cannot be written or read.
pub fn keep(
    sequence: &Sequence,
    folder: &Path,
    hold: &dyn Fn(&Sequence) -> Result<(), Failure>,
) -> Result<Option<PathBuf>, Unwritable> {
    let text = sequence.text();
    let path = folder.join(FOLDER).join(format!("{}.{EXTENSION}", fingerprint(&text)));
    let fails = |text: &str| Sequence::read(text).ok().filter(|read| hold(read).is_err());
    Ok(keep_text(&path, &text, fails)?.map(|_| path))
}

/// Holds a store against a sequence that is kept in a file.
///
/// # Errors
/// In which line and how it fails, or why the file cannot be read.
pub fn replay<S: Store>(file: &Path) -> Result<(), String> {
    let place = file.display();
    let text = fs::read_to_string(file).map_err(|why| format!("{place}: {why}"))?;
    let sequence = Sequence::read(&text).map_err(|why| format!("{place}: {why}"))?;
    let held = sequence.hold::<S>();
    held.map_err(|Failure { at, wrong }| format!("{place}:{}: {}", at + 1, wrong.difference))
}

/// The files of sequences that are kept below a folder of regressions, in order; none if there is no such folder.
///
/// # Errors
/// If the folder cannot be read.
pub fn kept(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let folder = folder.join(FOLDER);
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == EXTENSION) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
