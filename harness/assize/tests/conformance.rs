//! The evaluators of this repository meet the corpus: every expectation, and each other in every member of the record.

use std::collections::BTreeSet;

use assize::catalogue::Catalogue;
use assize::compare::Strength;
use assize::corpus::Corpus;
use assize::evaluators;
use assize::report::tried_text;
use assize::trial::{Judgement, Subject, Trial};

#[test]
fn our_evaluators_meet_the_corpus() {
    let catalogue = Catalogue::standard().unwrap();
    let corpus = Corpus::standard(&catalogue).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let evaluators = evaluators::NAMES.map(|name| (name, evaluators::named(name).unwrap()));
    let subjects = evaluators
        .iter()
        .map(|(name, evaluator)| Subject { name: (*name).to_owned(), evaluator: &**evaluator, own: true })
        .collect();
    let trial = Trial { subjects, strength: Strength::Record, catalogue: &catalogue };
    let mut passed = 0;
    let mut short = Vec::new();
    for tried in trial.results(&corpus.entries) {
        match tried.judgement {
            Judgement::Passed => passed += 1,
            _ => short.push(match &tried.judgement {
                Judgement::NotTried(why) => format!("not tried: {} ({why})", tried.entry.scenario.name),
                _ => anstream::adapter::strip_str(&tried_text(&tried)).to_string(),
            }),
        }
    }
    assert!(short.is_empty(), "{passed} passed, {} did not:\n{}", short.len(), short.join("\n"));
    assert!(passed > 5_000, "only {passed} results: was the corpus read whole?");
}

/// Rules that cannot have a case, from `corpus/cases/not-executed.md`: lines of the form `- RULE: reason`.
fn excused(list: &str) -> BTreeSet<&str> {
    let lines = list.lines().filter_map(|line| line.strip_prefix("- ")?.split_once(": "));
    lines.filter(|(_, reason)| !reason.trim().is_empty()).map(|(rule, _)| rule).collect()
}

#[test]
fn every_rule_of_chapters_01_to_07_has_an_executed_case() {
    let catalogue = Catalogue::standard().unwrap();
    let corpus = Corpus::standard(&catalogue).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let reference = evaluators::named("reference").unwrap();
    let subject = Subject { name: "reference".to_owned(), evaluator: &*reference, own: true };
    let trial = Trial { subjects: vec![subject], strength: Strength::Record, catalogue: &catalogue };
    let executed: BTreeSet<&str> = trial
        .results(&corpus.entries)
        .filter(|tried| matches!(tried.judgement, Judgement::Passed))
        .flat_map(|tried| tried.entry.scenario.rules.iter().map(String::as_str))
        .collect();
    let excused = excused(include_str!("../../../corpus/cases/not-executed.md"));
    let chapters = 7;
    let concerned =
        catalogue.rules.iter().filter(|rule| rule.chapter < chapters).map(|rule| rule.id.as_str());
    let concerned: Vec<&str> = concerned.collect();
    assert!(concerned.len() > 450, "{} rules", concerned.len());
    let without: Vec<&&str> =
        concerned.iter().filter(|rule| !executed.contains(*rule) && !excused.contains(*rule)).collect();
    assert!(
        without.is_empty(),
        "no executed case, and no reason in corpus/cases/not-executed.md: {without:?}"
    );
    let both: Vec<&&str> = excused.iter().filter(|rule| executed.contains(*rule)).collect();
    assert!(both.is_empty(), "listed in corpus/cases/not-executed.md, but has executed cases: {both:?}");
    let unknown: Vec<&&str> = excused.iter().filter(|rule| catalogue.rule(rule).is_none()).collect();
    assert!(unknown.is_empty(), "corpus/cases/not-executed.md names rules that do not exist: {unknown:?}");
}
