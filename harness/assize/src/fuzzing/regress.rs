//! From a finding to a file of the corpus.

use std::path::{Path, PathBuf};

use assize_generate::{Budget, shrink};
use assize_model::Scenario;

use super::{Finding, Target, store};
use crate::regressions::{Unwritable, keep};
use crate::sequences::Sequence;
use crate::sequences::minimal::{self, Minimal};
use crate::sequences::subject::{EngineStore, Store};

/// A regression that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The file, below the folder of regressions.
    pub path: PathBuf,
    /// What is wrong, and what the file holds.
    pub finding: String,
    /// Whether no single step makes it simpler.
    pub minimal: bool,
}

/// Why nothing was kept.
#[derive(Debug)]
pub enum NotKept {
    /// The input holds: nothing is wrong with it, or not any more.
    Holds,
    /// Written and read back, what was found does not fail.
    NotReproduced(String),
    /// The file cannot be written or read.
    Unwritable(Unwritable),
}

/// Makes of an input that a target fails on a minimal scenario `regressions/TARGET/NAME.json`, or, where a target makes steps of a
/// scenario, a minimal sequence of steps `regressions/sequences/NAME.jsonl`. The name is made of what the file says, so that equal
/// findings have one file. It is kept only if it still fails when it is read back.
///
/// # Errors
/// Why nothing was kept; then no file is left behind.
pub fn regress(target: &Target, bytes: &[u8], regressions: &Path) -> Result<Kept, NotKept> {
    let scenario = target.read(bytes);
    if let Some(steps) = target.steps {
        let mut sequences = (0..target.variations).filter_map(|variation| steps(&scenario, variation));
        return sequences
            .find_map(|sequence| regress_steps::<EngineStore>(&sequence, regressions))
            .ok_or(NotKept::Holds)?;
    }
    let found = target.scenario(&scenario).err().ok_or(NotKept::Holds)?;
    // What panics shall not shrink to what merely differs, nor the other way round.
    let panics = found.is_panic();
    let mut same =
        |scenario: &Scenario| target.scenario(scenario).err().filter(|finding| finding.is_panic() == panics);
    let shrunk = shrink(&found.scenario, &mut |scenario| same(scenario).is_some(), Budget::default());
    let mut scenario = shrunk.scenario;
    scenario.rules = vec![target.rule.to_owned()];
    match keep(&mut scenario, regressions, target.name, &mut same).map_err(NotKept::Unwritable)? {
        Some((path, finding)) => Ok(Kept { path, finding: finding.to_string(), minimal: shrunk.minimal }),
        None => Err(NotKept::NotReproduced(Finding { scenario, ..found }.to_string())),
    }
}

/// The same of a sequence of steps; `None` if it holds.
fn regress_steps<S: Store>(sequence: &Sequence, regressions: &Path) -> Option<Result<Kept, NotKept>> {
    let hold = |sequence: &Sequence| sequence.hold::<S>();
    let Minimal { sequence, failure, minimal } = minimal::minimal(sequence, &hold, Budget::default())?;
    let finding = store::told(&sequence, &failure);
    Some(match minimal::keep(&sequence, regressions, &hold) {
        Ok(Some(path)) => Ok(Kept { path, finding, minimal }),
        Ok(None) => Err(NotKept::NotReproduced(finding)),
        Err(file) => Err(NotKept::Unwritable(file)),
    })
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
        steps: None,
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
        steps: None,
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
        assert_eq!(kept.path.parent(), Some(folder.path().join("no_requests").as_path()));
        let scenario = read(&kept.path);
        assert_eq!(kept.finding, format!("there are requests\n\n{}", scenario.to_json()));
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
        assert!(kept.finding.starts_with("panicked: "), "{}", kept.finding);
        assert!(NO_SPACES.scenario(&read(&kept.path)).is_err());
    }

    #[test]
    #[cfg(feature = "faults")]
    fn steps_become_a_minimal_file() {
        use assize_engine_faulty::faults::{Fault, with};
        use assize_generate::{Seeded, Settings, scenario};

        use crate::sequences::subject::FaultyStore;

        let folder = tempfile::tempdir().expect("a folder");
        let scenarios = (0..200).map(|case| scenario(&mut Seeded::case(1, case), &Settings::default()));
        let mut sequences = scenarios.filter_map(|scenario| store::steps(&scenario, 0));
        let kept = with(Fault::DetachTakesAll, || {
            sequences.find_map(|sequence| regress_steps::<FaultyStore>(&sequence, folder.path()))
        });
        let kept = kept.expect("something is detached").expect("a file");
        let text = std::fs::read_to_string(&kept.path).expect("a file");
        assert!(kept.finding.ends_with(&text) && text.lines().count() < 20, "{}", kept.finding);
        let sequence = Sequence::read(&text).expect("a sequence");
        assert_eq!(sequence.hold::<EngineStore>(), Ok(()));
        assert!(regress_steps::<EngineStore>(&sequence, folder.path()).is_none());
    }

    #[test]
    fn what_holds_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(matches!(regress(&NO_SPACES, b"{}", folder.path()), Err(NotKept::Holds)));
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
    }
}
