//! `assize::conformance!` on a small evaluator with three bugs: each is found, told readably, kept and replayed, and nothing else is.

#[path = "../examples/porter/src/lib.rs"]
mod porter;

use std::fs;
use std::path::Path;

use assize::capability::lacking;
use assize::conformance::{Conformance, Ended, Suite};
use assize::model::{Description, Evaluator, Policies, Prepared, Refusal, Request, Verdict};
use assize_engine::Engine;
use assize_generate::{Seeded, Settings, scenario};
use porter::{Bug, Porter};

/// Enough to find three bugs.
const CASES: u64 = 400;

fn suite(evaluator: impl Evaluator + Send + 'static, folder: &Path) -> Suite {
    suite_of(evaluator, folder, CASES)
}

fn suite_of(evaluator: impl Evaluator + Send + 'static, folder: &Path, cases: u64) -> Suite {
    Suite::new(Conformance::new(evaluator, folder).cases(cases)).expect("the standard")
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// What fails, by name.
fn failures(suite: &Suite) -> Vec<(String, String)> {
    let tests = suite.tests();
    tests
        .iter()
        .filter_map(|test| match suite.run(test) {
            Ended::Failed(text) => Some((test.name().to_owned(), text)),
            Ended::Held | Ended::NotTried(_) => None,
        })
        .collect()
}

/// The lines of a failure that begin a finding: those that begin with a rule.
fn rules(text: &str) -> Vec<&str> {
    let begins = |line: &&str| {
        line.split_once(' ')
            .is_some_and(|(id, _)| id.contains('-') && id.ends_with(|c: char| c.is_ascii_digit()))
    };
    text.lines().filter(begins).filter_map(|line| line.split(' ').next()).collect()
}

fn ended(suite: &Suite, name: &str) -> Ended {
    let test = suite.tests().into_iter().find(|test| test.name() == name);
    suite.run(&test.unwrap_or_else(|| panic!("there is a test {name}")))
}

#[test]
fn a_sound_evaluator_fails_nothing() {
    let folder = folder();
    let sound = suite_of(Porter::with([]), folder.path(), 100);
    assert_eq!(failures(&sound), []);
    let summary = sound.summary();
    assert!(summary.contains("not supported"), "{summary}");
    assert!(!summary.contains("does otherwise"), "{summary}");
    assert!(!folder.path().join("assize-regressions").exists(), "nothing is kept");
}

#[test]
fn the_engine_fails_nothing() {
    let folder = folder();
    let engine = suite_of(Engine::new(), folder.path(), 20);
    assert_eq!(failures(&engine), []);
    for strength in ["decision", "deciding", "record"] {
        assert_eq!(ended(&engine, &format!("generated::{strength}")), Ended::Held);
    }
}

#[test]
fn each_bug_is_told_by_its_rule() {
    for (bug, rule, elsewhere) in [
        (Bug::CaseCounts, "MATCH-012", "oracle::inv_010_case_of_actions_is_irrelevant"),
        (Bug::AbsentFails, "COND-010", "chapter_03_conditions"),
        (Bug::ResourceFirst, "EVAL-005", "oracle::inv_029_allow_cannot_cancel_deny"),
    ] {
        let folder = folder();
        let suite = suite(Porter::with([bug]), folder.path());
        let Ended::Failed(text) = ended(&suite, "generated::decision") else {
            panic!("{bug:?} is not found")
        };
        assert_eq!(rules(&text), [rule], "{bug:?}: {text}");
        assert!(matches!(ended(&suite, elsewhere), Ended::Failed(_)), "{bug:?} is not found by {elsewhere}");
    }
}

#[test]
fn what_is_found_is_kept_and_replayed_until_it_is_mended() {
    let folder = folder();
    let found = suite(Porter::new(), folder.path());
    assert!(matches!(ended(&found, "generated::decision"), Ended::Failed(_)));
    let regressions = |suite: &Suite| {
        let tests = suite.tests();
        let kept = tests.into_iter().filter(|test| test.name().starts_with("regression::porter::"));
        kept.map(|test| suite.run(&test)).collect::<Vec<_>>()
    };
    let again = regressions(&found);
    assert_eq!(again.len(), 3);
    assert!(again.iter().all(|ended| matches!(ended, Ended::Failed(_))), "{again:?}");
    assert_eq!(regressions(&suite(Porter::with([]), folder.path())), [Ended::Held, Ended::Held, Ended::Held]);
}

/// The documentation shows what is printed. `ASSIZE_UPDATE_DOCUMENTATION=1` puts in what is printed now.
#[test]
fn the_documentation_shows_what_is_printed() {
    let folder = folder();
    let Ended::Failed(text) = ended(&suite(Porter::new(), folder.path()), "generated::decision") else {
        panic!("porter has bugs");
    };
    let mut told = rules(&text);
    told.sort_unstable();
    assert_eq!(told, ["COND-010", "EVAL-005", "MATCH-012"], "each of its bugs by its rule: {text}");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let document = fs::read_to_string(path).expect("the documentation");
    let (open, close) = ("---- generated::decision ----\n", "\n\nfailures:\n");
    let (before, rest) = document.split_once(open).expect("the output begins");
    let (shown, after) = rest.split_once(close).expect("the output ends");
    if std::env::var_os("ASSIZE_UPDATE_DOCUMENTATION").is_some() {
        fs::write(path, format!("{before}{open}{text}{close}{after}")).expect("the documentation is written");
    } else {
        assert_eq!(shown, text, "run this test again with ASSIZE_UPDATE_DOCUMENTATION=1");
    }
}

/// Porter, which will not bear being asked for what it does not support.
struct Strict(Porter);

struct StrictDoor<'p>(Box<dyn Prepared + 'p>);

impl Evaluator for Strict {
    fn describe(&self) -> Description {
        self.0.describe()
    }

    fn prepare<'e>(&'e self, policies: &Policies) -> Result<Box<dyn Prepared + 'e>, Refusal> {
        assert_eq!(lacking(&self.describe().capabilities, policies), None);
        Ok(Box::new(StrictDoor(self.0.prepare(policies)?)))
    }
}

impl Prepared for StrictDoor<'_> {
    fn evaluate(&self, request: &Request) -> Verdict {
        assert_eq!(request.principal().kind(), "user");
        self.0.evaluate(request)
    }
}

#[test]
fn nothing_is_asked_that_is_not_supported() {
    assert_eq!(failures(&suite_of(Strict(Porter::with([])), folder().path(), 40)), []);
}

#[test]
fn little_is_generated_that_is_not_supported() {
    let capabilities = Porter::new().describe().capabilities;
    let settings = Settings { capabilities: capabilities.clone().into(), ..Settings::default() };
    let scenarios: Vec<_> = (0..1000).map(|case| scenario(&mut Seeded::case(1, case), &settings)).collect();
    let is_lacking = |scenario: &&assize::model::Scenario| match &scenario.body {
        assize::model::scenario::Body::Requests { policies, .. } => {
            lacking(&capabilities, policies).is_some()
        }
        assize::model::scenario::Body::Operation { .. } => true,
    };
    let unasked: Vec<_> = scenarios.iter().filter(is_lacking).collect();
    assert!(unasked.len() <= 20, "{} of 1000, such as {}", unasked.len(), unasked[0].to_json());
}

/// An evaluator that panics on every request for an object.
struct Fragile(Porter);

struct FragileDoor<'p>(Box<dyn Prepared + 'p>);

impl Evaluator for Fragile {
    fn describe(&self) -> Description {
        self.0.describe()
    }

    fn prepare<'e>(&'e self, policies: &Policies) -> Result<Box<dyn Prepared + 'e>, Refusal> {
        Ok(Box::new(FragileDoor(self.0.prepare(policies)?)))
    }
}

impl Prepared for FragileDoor<'_> {
    fn evaluate(&self, request: &Request) -> Verdict {
        assert!(request.action().name() != "GetObject", "objects are not for porters");
        self.0.evaluate(request)
    }
}

#[test]
fn a_panic_is_a_failure_of_the_case_at_hand() {
    assize::trial::note_panics();
    let folder = folder();
    let Ended::Failed(text) = ended(&suite(Fragile(Porter::with([])), folder.path()), "generated::decision")
    else {
        panic!("it panics");
    };
    assert!(text.contains("tests/suite.rs:") && text.contains("objects are not for porters"), "{text}");
    assert!(text.contains("in one way"), "{text}");
}
