//! From a finding to a file of the corpus.

use std::path::{Path, PathBuf};

use assize_generate::{Budget, shrink};
use assize_model::Scenario;

use super::{Finding, Target};
use crate::regressions::{Unwritable, keep};

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
    Unwritable(Unwritable),
}

/// Makes of an input that a target fails on a minimal scenario `regressions/TARGET/NAME.json`. The name is made of what the file
/// says, so that equal findings have one file. It is kept only if it still fails when it is read back.
///
/// # Errors
/// Why nothing was kept; then no file is left behind.
pub fn regress(target: &Target, bytes: &[u8], regressions: &Path) -> Result<Kept, NotKept> {
    let found = target.scenario(&target.read(bytes)).err().ok_or(NotKept::Holds)?;
    // What panics shall not shrink to what merely differs, nor the other way round.
    let panics = found.is_panic();
    let mut same =
        |scenario: &Scenario| target.scenario(scenario).err().filter(|finding| finding.is_panic() == panics);
    let shrunk = shrink(&found.scenario, &mut |scenario| same(scenario).is_some(), Budget::default());
    let mut scenario = shrunk.scenario;
    scenario.rules = vec![target.rule.to_owned()];
    match keep(&mut scenario, regressions, target.name, &mut same).map_err(NotKept::Unwritable)? {
        Some((path, finding)) => Ok(Kept { path, finding, minimal: shrunk.minimal }),
        None => Err(NotKept::NotReproduced(Box::new(Finding { scenario, ..found }))),
    }
}

#[cfg(test)]
mod tests {
    use assize_model::scenario::{self, Body};

    use super::super::{generated, grammar};
    use super::*;

    /// A target for which a scenario with a request is wrong.
    static NO_REQUESTS: Target = Target {
        name: "no_requests",
        rule: "INV-092",
        read: generated,
        judge: |scenario, variation| match &scenario.body {
            Body::Requests { requests, .. } if variation == 1 && !requests.is_empty() => {
                Err("there are requests".to_owned())
            }
            _ => Ok(()),
        },
        variations: 2,
    };

    /// A target that two spaces in a document make panic. They are lost when the document is laid out anew.
    static NO_SPACES: Target = Target {
        name: "no_spaces",
        rule: "GRAM-006",
        read: grammar::text,
        judge: |scenario, _| match &scenario.body {
            Body::Requests { policies, .. } => {
                let mut held = policies.identity.iter().flatten();
                assert!(!held.any(|held| held.policy.document.text.contains("{  ")), "two spaces");
                Ok(())
            }
            Body::Operation { .. } => Ok(()),
        },
        variations: 1,
    };

    fn read(path: &Path) -> Scenario {
        let text = std::fs::read_to_string(path).expect("a file");
        scenario::read(&text).expect("scenarios").remove(0)
    }

    #[test]
    fn a_finding_becomes_a_minimal_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let kept = regress(&NO_REQUESTS, &[7; 900], folder.path()).expect("a regression");
        assert!(kept.minimal);
        assert_eq!(kept.finding.difference, "there are requests");
        assert_eq!(kept.path.parent(), Some(folder.path().join("no_requests").as_path()));
        let scenario = read(&kept.path);
        assert_eq!(scenario, kept.finding.scenario);
        assert_eq!(scenario.rules, ["INV-092"]);
        let Body::Requests { policies, requests, .. } = &scenario.body else { panic!("requests") };
        assert_eq!((requests.len(), &**policies), (1, &assize_model::Policies::default()));

        // Another input of the same kind has the same minimal scenario, and so the same file.
        let again = regress(&NO_REQUESTS, &[200; 900], folder.path()).expect("a regression");
        assert_eq!(again.path, kept.path);
    }

    #[test]
    fn what_only_its_spelling_shows_keeps_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let kept = regress(&NO_SPACES, br#"{  "Version": "2012-10-17", "Statement": []}"#, folder.path());
        let kept = kept.expect("a regression");
        assert!(kept.finding.is_panic(), "{}", kept.finding);
        assert!(NO_SPACES.scenario(&read(&kept.path)).is_err());
    }

    #[test]
    fn what_holds_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(matches!(regress(&NO_SPACES, b"{}", folder.path()), Err(NotKept::Holds)));
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
    }
}
