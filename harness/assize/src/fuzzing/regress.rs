//! From a finding to a file of the corpus.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use assize_generate::{Budget, shrink};
use assize_model::Scenario;
use assize_model::scenario::{self, Body};

use super::{Finding, Target};

/// A regression that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The file, below the folder of regressions.
    pub path: PathBuf,
    /// What it holds, and what is wrong.
    pub finding: Finding,
    /// Whether no single step makes it simpler.
    pub minimal: bool,
}

/// Why nothing was kept.
#[derive(Debug)]
pub enum NotKept {
    /// The input holds: nothing is wrong with it, or not any more.
    Holds,
    /// Written and read back, what was found does not fail.
    NotReproduced(Box<Finding>),
    /// The file cannot be written or read.
    Unwritable(PathBuf, io::Error),
}

/// Makes of an input that a target fails on a minimal scenario `regressions/TARGET/NAME.json`. The name is made of what the file
/// says, so that equal findings have one file. It is kept only if it still fails when it is read back.
///
/// # Errors
/// Why nothing was kept; then no file is left behind.
pub fn regress(target: &Target, bytes: &[u8], regressions: &Path) -> Result<Kept, NotKept> {
    let found = target.scenario(&target.read(bytes)).err().ok_or(NotKept::Holds)?;
    // What panics shall not shrink to what merely differs, nor the other way round.
    let mut still_fails = |scenario: &Scenario| {
        target.scenario(scenario).is_err_and(|finding| finding.is_panic() == found.is_panic())
    };
    let shrunk = shrink(&found.scenario, &mut still_fails, Budget::default());
    let mut finding = target.scenario(&shrunk.scenario).err().unwrap_or(found);
    finding.scenario.rules = vec![target.rule.to_owned()];
    // Documents are laid out for the reader, unless what is wrong lies in how they are written: then as strings.
    for verbatim in [false, true] {
        set_verbatim(&mut finding.scenario, verbatim);
        let identity = identity(&finding.scenario);
        finding.scenario.name = format!("regressions/{}/{identity}", target.name);
        let folder = regressions.join(target.name);
        let path = folder.join(format!("{identity}.json"));
        let kept = keep(target, &finding, &folder, &path).map_err(|why| NotKept::Unwritable(path.clone(), why))?;
        if let Some(finding) = kept {
            return Ok(Kept { path, finding, minimal: shrunk.minimal });
        }
    }
    Err(NotKept::NotReproduced(Box::new(finding)))
}

/// Writes the file and reads it back; `None`, and no file, if what was read does not fail.
fn keep(target: &Target, finding: &Finding, folder: &Path, path: &Path) -> io::Result<Option<Finding>> {
    fs::create_dir_all(folder)?;
    // Readers of the corpus look for *.json, so they never see a file that is not kept.
    let draft = path.with_extension("draft");
    fs::write(&draft, finding.scenario.to_json() + "\n")?;
    let read = scenario::read(&fs::read_to_string(&draft)?).ok().and_then(|mut scenarios| scenarios.pop());
    let again = read.and_then(|scenario| target.scenario(&scenario).err());
    if again.is_some() { fs::rename(&draft, path)? } else { fs::remove_file(&draft)? }
    Ok(again)
}

fn set_verbatim(scenario: &mut Scenario, verbatim: bool) {
    if let Body::Requests { policies, .. } = &mut scenario.body {
        policies.check_size = verbatim;
    }
}

/// A short name for what a scenario asks, the same on every machine: FNV-1a of its text without its name.
fn identity(scenario: &Scenario) -> String {
    let unnamed = Scenario { name: "-".to_owned(), ..scenario.clone() };
    let hash = unnamed.to_json().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}
