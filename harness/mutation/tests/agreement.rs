//! The two evaluators and the two grammars agree, on the corpus and on what is generated, and meet the corpus's expectations.
//!
//! `cargo test -p assize` holds the same and much more. This is what a mutant is tried with, thousands of times in a row: it builds
//! without the harness, and one after the other, what fails most and soonest first, so that the first failure ends it.

mod parts;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use assize_engine::Engine;
use assize_generate::{Choices, Seeded, Settings, crowd, raw_document};
use assize_model::json;
use assize_model::scenario::{self, Acceptance, Body, Case, Expect, ExpectedStatement, Scenario};
use assize_model::{Evaluator, Grammar, Policies, PolicyType, Prepared, Refusal, StatementRef, Verdict};
use assize_reference::{Reference, date, grammar};
use parts::PARTS;

/// How many scenarios and raw documents are generated: `ASSIZE_CASES`, or what takes a second.
fn cases() -> u64 {
    std::env::var("ASSIZE_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000)
}

/// The JSON files below a folder of the corpus, in the order of their paths.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let below = paths.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] });
    below.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect()
}

fn corpus() -> Vec<Scenario> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/cases");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a case is text");
        scenario::read(&text).unwrap_or_else(|faults| panic!("{}: {faults:?}", path.display()))
    };
    files(&cases).into_iter().flat_map(read).collect()
}

fn main() {
    let corpus = corpus();
    both_evaluators_meet_the_corpus(&corpus);
    operations_end_as_expected(&corpus);
    both_grammars_take_the_documents_of_the_corpus(&corpus);
    generated_requests_are_answered_alike();
    both_grammars_take_the_same_generated_documents();
    a_rule_that_takes_part_applies_in_a_case_of_its_own(&corpus);
}

/// What both evaluators make of the policies. They must take or refuse them alike.
fn prepared<'e>(
    name: &str,
    policies: &Policies,
    evaluators: [&'e dyn Evaluator; 2],
) -> Result<[Box<dyn Prepared + 'e>; 2], Refusal> {
    match evaluators.map(|evaluator| evaluator.prepare(policies)) {
        [Ok(reference), Ok(engine)] => Ok([reference, engine]),
        [Err(reference), Err(engine)] => {
            assert_eq!(reference, engine, "{name}: why the policies are refused");
            Err(reference)
        }
        [reference, _] => {
            panic!("{name}: the policies are taken by one only (reference: {})", reference.is_ok())
        }
    }
}

/// The verdict that both give.
fn verdict(name: &str, both: &[Box<dyn Prepared + '_>; 2], case: &Case) -> Verdict {
    let [reference, engine] = both.each_ref().map(|prepared| match &case.request {
        Ok(request) => prepared.evaluate(request),
        Err(invalid) => Verdict::InputError(invalid.error),
    });
    assert_eq!(reference, engine, "{name}: {case:?}");
    reference
}

fn named(found: &[StatementRef]) -> Vec<ExpectedStatement> {
    found.iter().map(ExpectedStatement::from).collect()
}

fn holds(expect: &Expect, verdict: &Verdict) -> bool {
    match (expect, verdict) {
        (Expect::Error(expected), Verdict::InputError(error)) => expected == error,
        (Expect::Decision { decision, deciding, determining }, Verdict::Evaluated(evaluation)) => {
            evaluation.decision == *decision
                && deciding.is_none_or(|deciding| deciding == evaluation.deciding)
                && determining
                    .as_ref()
                    .is_none_or(|determining| *determining == named(&evaluation.determining))
        }
        _ => false,
    }
}

fn both_evaluators_meet_the_corpus(corpus: &[Scenario]) {
    let (reference, engine) = (Reference::new(), Engine::new());
    let mut tried = 0;
    for scenario in corpus {
        let Body::Requests { policies, requests, expect } = &scenario.body else { continue };
        let name = scenario.name.as_str();
        let both = match (prepared(name, policies, [&reference, &engine]), expect) {
            (Ok(both), None | Some(Acceptance::Accepted)) => both,
            (Err(refusal), Some(Acceptance::Rejected(code))) => {
                let mut faults = refusal.documents.iter().flat_map(|document| &document.faults);
                assert!(faults.any(|fault| fault.code == *code), "{name}: refused, but not with {code}");
                tried += 1;
                continue;
            }
            (taken, _) => panic!("{name}: {expect:?}, but the policies are taken: {}", taken.is_ok()),
        };
        for case in requests {
            let verdict = verdict(name, &both, case);
            let holds = case.expect.as_ref().is_none_or(|expect| holds(expect, &verdict));
            assert!(holds, "{name}, {:?}: {:?}, not {verdict:?}", case.name, case.expect);
            tried += 1;
        }
    }
    assert!(tried > 3_000, "only {tried} results");
}

fn operations_end_as_expected(corpus: &[Scenario]) {
    let reference = Reference::new();
    assert!(reference.describe().capabilities.operations, "the reference says that it performs operations");
    let mut tried = 0;
    for scenario in corpus {
        let Body::Operation { operation, expect } = &scenario.body else { continue };
        let operation = json::parse(operation).expect("an operation is JSON");
        let outcome = reference.perform(&operation).expect("the reference performs operations");
        let outcome = outcome.unwrap_or_else(|why| panic!("{}: {why}", scenario.name));
        let [expected, actual] = [&**expect, outcome.as_str()]
            .map(|text| serde_json::from_str::<serde_json::Value>(text).expect("an outcome is JSON"));
        assert!(within(&expected, &actual), "{}: {expected}, not {actual}", scenario.name);
        tried += 1;
    }
    assert!(tried > 500, "only {tried} operations");
}

/// Whether an outcome is as expected: members that the case does not name are not compared, and `null` stands for no member.
fn within(expected: &serde_json::Value, actual: &serde_json::Value) -> bool {
    use serde_json::Value::{Array, Null, Object};
    let members = |expected: &serde_json::Map<String, serde_json::Value>, actual: &serde_json::Map<_, _>| {
        expected.iter().all(|(name, value)| match (value, actual.get(name).unwrap_or(&Null)) {
            (Array(expected), Array(actual)) => {
                expected.len() == actual.len()
                    && expected.iter().zip(actual).all(|(expected, actual)| within(expected, actual))
            }
            (expected, actual) => expected == actual,
        })
    };
    match (expected, actual) {
        (Object(expected), Object(actual)) => members(expected, actual),
        _ => expected == actual,
    }
}

/// One of so many scenarios is crowded: the engine's tables are for many statements, policies or keys.
const CROWDED_EVERY: u64 = 16;

fn generated_requests_are_answered_alike() {
    let (reference, engine) = (Reference::new(), Engine::new());
    let settings = Settings::default();
    for case in 0..cases() {
        let mut choices = Seeded::case(1, case);
        let mut scenario = assize_generate::scenario(&mut choices, &settings);
        if case % CROWDED_EVERY == 0 {
            crowd(&mut choices, &mut scenario);
        }
        let Body::Requests { policies, requests, .. } = &scenario.body else { continue };
        let name = format!("case {case}");
        let Ok(both) = prepared(&name, policies, [&reference, &engine]) else { continue };
        for case in requests {
            verdict(&name, &both, case);
        }
    }
}

fn both_grammars_take_the_documents_of_the_corpus(corpus: &[Scenario]) {
    for scenario in corpus {
        let Body::Requests { policies, .. } = &scenario.body else { continue };
        for (policy_type, policy) in policies.documents() {
            same_acceptance(policy_type, policy.managed, &policy.document.text);
        }
    }
}

fn both_grammars_take_the_same_generated_documents() {
    for case in 0..cases() * 10 {
        let mut choices = Seeded::case(2, case);
        let choices: &mut dyn Choices = &mut choices;
        let policy_type = *choices.one_of(&PolicyType::ALL);
        let document = raw_document(choices, policy_type);
        same_acceptance(document.policy_type, document.managed, &document.text);
    }
}

fn same_acceptance(policy_type: PolicyType, managed: bool, text: &str) {
    let read = Grammar { policy_type, managed, is_date: date::is_date }.parse(text);
    let accepted = grammar::accepts(policy_type, managed, text);
    assert_eq!(read.is_ok(), accepted, "{policy_type}: {text}");
}

/// The rules of chapters 02, 03, 05 and 06 that the reference knows to have taken part in a decision.
const TRACED: usize = 200;

fn a_rule_that_takes_part_applies_in_a_case_of_its_own(corpus: &[Scenario]) {
    let reference = Reference::new();
    // By rule: whether it applied in a case that is filed under it.
    let mut traced: BTreeMap<&str, bool> = BTreeMap::new();
    let mut told = 0;
    for scenario in corpus {
        let Body::Requests { policies, requests, .. } = &scenario.body else { continue };
        let Ok(prepared) = reference.prepare(policies) else { continue };
        for case in requests {
            let Ok(request) = &case.request else { continue };
            let parts = prepared.trace(request);
            for part in &parts {
                *traced.entry(part.rule).or_default() |= part.applied && scenario.rules[0] == part.rule;
            }
            let name = case.name.as_deref().unwrap_or_default();
            for expected in PARTS.iter().filter(|row| row.scenario == scenario.name && row.request == name) {
                let applies = |rule: &str| parts.iter().any(|part| part.rule == rule && part.applied);
                let wrong = |rule: &&&str| applies(rule) != expected.applied.contains(*rule);
                let wrong: Vec<_> =
                    expected.applied.iter().chain(expected.not_applied).filter(wrong).collect();
                assert!(wrong.is_empty(), "{}, {name}: whether these apply: {wrong:?}", scenario.name);
                told += 1;
            }
        }
    }
    assert_eq!(told, PARTS.len(), "a scenario or request of `PARTS` is gone");
    let operations_only = ["EVAL-061"];
    let never: Vec<&str> = traced.iter().filter(|(_, applied)| !**applied).map(|(rule, _)| *rule).collect();
    assert_eq!(never, operations_only, "rules that never apply where they should");
    assert_eq!(traced.len(), TRACED, "{:?}", traced.keys());
}
