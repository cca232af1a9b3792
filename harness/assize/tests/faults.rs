//! The fault bank: every fault is told from the truth by generation alone.

use std::collections::{BTreeMap, BTreeSet};

use assize::faults::hunt::{Hunt, hunt_all};
use assize::faults::{self, NOT_HELD};
use assize_generate::{Seeded, Settings, uniform};
use assize_model::Decision;
use assize_model::scenario::Body;
use assize_reference::Reference;

#[test]
fn the_bank_is_large_and_its_names_are_unique() {
    let all = faults::all();
    let ids: BTreeSet<&str> = all.iter().map(|fault| fault.id).collect();
    assert_eq!(ids.len(), all.len(), "two faults have one id");
    let families: BTreeSet<&str> = all.iter().map(|fault| fault.family).collect();
    assert!(all.len() >= 250, "{} faults", all.len());
    assert!(families.len() >= 15, "{} families", families.len());
    for (id, _) in NOT_HELD {
        assert!(!ids.contains(id), "{id} is held after all");
    }
}

#[test]
fn every_fault_breaks_a_rule_of_the_catalogue_and_says_how_in_a_sentence() {
    let catalogue = assize::catalogue::Catalogue::standard().expect("the catalogue reads");
    let rules: BTreeSet<&str> = catalogue.rules.iter().map(|rule| rule.id.as_str()).collect();
    for fault in faults::all() {
        assert!(rules.contains(fault.rule), "{} breaks {}, which is no rule", fault.id, fault.rule);
        assert!(
            fault.summary.ends_with('.') && !fault.summary.contains(". "),
            "{}: {:?}",
            fault.id,
            fault.summary
        );
    }
}

#[test]
fn generation_tells_every_fault_from_the_truth() {
    let mut wanted = faults::all();
    // One seed finds nearly all of them; the unlucky ones have five.
    for seed in 1..=5 {
        let found = hunt_all(&wanted, Hunt { seed, ..Hunt::default() });
        let mut found = found.iter();
        wanted.retain(|_| found.next().is_some_and(Option::is_none));
    }
    let missed: Vec<&str> = wanted.iter().map(|fault| fault.id).collect();
    assert!(missed.is_empty(), "{} faults were not found: {missed:?}", missed.len());
}

#[test]
fn the_uniform_generator_makes_what_evaluators_decide() {
    let reference = Reference::new();
    let (mut refused, mut undecided, mut decided) = (0, 0, BTreeMap::new());
    const SCENARIOS: u64 = 1_000;
    for case in 0..SCENARIOS {
        let scenario = uniform(&mut Seeded::case(1, case), &Settings::default());
        let Body::Requests { policies, requests, .. } = &scenario.body else { continue };
        let Ok(prepared) = reference.prepare(policies) else {
            refused += 1;
            continue;
        };
        for request in requests.iter().filter_map(|case| case.request.as_ref().ok()) {
            match prepared.evaluate(request) {
                Ok(evaluation) => *decided.entry(evaluation.decision).or_insert(0) += 1,
                Err(_) => undecided += 1,
            }
        }
    }
    let all: u64 = decided.values().sum();
    assert!(refused * 100 <= SCENARIOS, "{refused} of {SCENARIOS} refused");
    assert!(undecided * 20 <= all, "{undecided} undecided beside {all}");
    for decision in [Decision::Allow, Decision::ExplicitDeny, Decision::ImplicitDeny] {
        let times = decided.get(&decision).copied().unwrap_or_default();
        // An Allow is rare where nothing is made to be allowed.
        assert!(times * 200 >= all, "{decision:?}: {times} of {all}");
    }
}
