//! The evaluators of this repository meet the corpus: every expectation, and each other in every member of the record.

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
