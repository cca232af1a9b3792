//! Scenarios that once failed, kept as files of the corpus and replayed by every later run.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use assize_model::Scenario;
use assize_model::scenario::{self, Body};

/// How the names of regressions begin.
pub const PREFIX: &str = "regressions/";

/// A file that cannot be written or read back.
#[derive(Debug)]
pub struct Unwritable {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub why: io::Error,
}

/// Writes a failing scenario to `folder/GROUP/NAME.json`, if it fails in the same way when it is read back. The name is made of what
/// the file says, so that equal findings have one file.
///
/// `fails` looks at what was read back; what it says of a failure is returned with the path. `None`: it does not fail any more, and
/// there is no file.
///
/// # Errors
/// If a file cannot be written or read.
pub fn keep<T>(
    scenario: &mut Scenario,
    folder: &Path,
    group: &str,
    fails: &mut dyn FnMut(&Scenario) -> Option<T>,
) -> Result<Option<(PathBuf, T)>, Unwritable> {
    // Documents are laid out for the reader, unless what is wrong lies in how they are written: then as strings.
    for verbatim in [false, true] {
        if let Body::Requests { policies, .. } = &mut scenario.body {
            policies.check_size = verbatim;
        }
        let identity = identity(scenario);
        scenario.name = format!("{PREFIX}{group}/{identity}");
        let path = folder.join(group).join(format!("{identity}.json"));
        let kept = keep_text(&path, &(scenario.to_json() + "\n"), |text| {
            let read = scenario::read(text).ok().and_then(|mut scenarios| scenarios.pop());
            read.and_then(|scenario| fails(&scenario))
        })?;
        if let Some(failure) = kept {
            return Ok(Some((path, failure)));
        }
    }
    Ok(None)
}

/// Writes a file and keeps it if what is read back fails; what `fails` says of that. `None`: it does not fail, and there is no file.
pub(crate) fn keep_text<T>(
    path: &Path,
    text: &str,
    fails: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, Unwritable> {
    let written = || -> io::Result<Option<T>> {
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        // Readers look for other endings, so they never see a file that is not kept.
        let draft = path.with_extension("draft");
        fs::write(&draft, text)?;
        let failure = fails(&fs::read_to_string(&draft)?);
        if failure.is_some() {
            fs::rename(&draft, path)?
        } else {
            fs::remove_file(&draft)?
        }
        Ok(failure)
    };
    written().map_err(|why| Unwritable { path: path.to_owned(), why })
}

/// A short name for what a scenario asks: made of its text without its name.
fn identity(scenario: &Scenario) -> String {
    fingerprint(&Scenario { name: "-".to_owned(), ..scenario.clone() }.to_json())
}

/// A short name for a text, the same on every machine: its FNV-1a hash.
pub(crate) fn fingerprint(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}
