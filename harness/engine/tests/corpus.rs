//! Every scenario of the corpus.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use assize_engine::Engine;
use assize_model::scenario::{self, Acceptance, Body, Case, Expect, ExpectedStatement, Scenario};
use assize_model::{Evaluator, Prepared, StatementRef, Verdict};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
}

fn named(found: &[StatementRef]) -> Vec<ExpectedStatement> {
    found.iter().map(ExpectedStatement::from).collect()
}

/// What is wrong with the answer to one request, if anything.
fn check(prepared: &dyn Prepared, case: &Case) -> Option<String> {
    let verdict = match &case.request {
        Ok(request) => prepared.evaluate(request),
        Err(invalid) => Verdict::InputError(invalid.error),
    };
    let holds = match (&case.expect, &verdict) {
        (_, Verdict::Failed(_)) => false,
        (None, _) => true,
        (Some(Expect::Error(expected)), Verdict::InputError(error)) => expected == error,
        (Some(Expect::Decision { decision, deciding, determining }), Verdict::Evaluated(evaluation)) => {
            evaluation.decision == *decision
                && deciding.is_none_or(|deciding| deciding == evaluation.deciding)
                && determining
                    .as_ref()
                    .is_none_or(|determining| *determining == named(&evaluation.determining))
        }
        _ => false,
    };
    (!holds).then(|| format!("{:?}: expected {:?}, got {verdict:?}", case.name, case.expect))
}

fn run(scenario: &Scenario) -> (usize, Vec<String>) {
    let Body::Requests { policies, requests, expect } = &scenario.body else { return (0, Vec::new()) };
    let engine = Engine::new();
    match (engine.prepare(policies), expect) {
        (Err(_), Some(Acceptance::Rejected(_))) => (1, Vec::new()),
        (Err(refusal), _) => (1, vec![format!("refused: {refusal:?}")]),
        (Ok(_), Some(Acceptance::Rejected(code))) => (1, vec![format!("accepted, expected {code}")]),
        (Ok(prepared), _) => {
            (requests.len(), requests.iter().filter_map(|case| check(prepared.as_ref(), case)).collect())
        }
    }
}

#[test]
fn every_scenario_holds() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus");
    let mut paths = Vec::new();
    files(&corpus.join("cases"), &mut paths);
    files(&corpus.join("regressions"), &mut paths);
    paths.sort();
    let (mut tried, mut wrong) = (0, String::new());
    for path in &paths {
        let text =
            std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let scenarios =
            scenario::read(&text).unwrap_or_else(|faults| panic!("{}: {faults:?}", path.display()));
        for scenario in &scenarios {
            let (count, found) = run(scenario);
            tried += count;
            for wrongness in found {
                let _ = writeln!(wrong, "{} {:?}: {wrongness}", scenario.name, scenario.rules);
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(tried > 1_000, "only {tried} requests were found");
}
