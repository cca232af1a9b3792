//! The oracles hold on the reference, say something often enough, and are not vacuous: each is shown a situation in which its property
//! does not hold, or an evaluator that breaks it.

#[path = "oracles/vacuity.rs"]
mod vacuity;

use std::collections::{BTreeMap, BTreeSet};

use assize::catalogue::Catalogue;
use assize::compare::Strength;
use assize::oracles::{LEFT_FOR_THE_WORLD, ORACLES, Stop, Subject, bench, first_violation};
use assize_generate::{Choices, Seeded, Settings, scenario};
use assize_reference::Reference;

const SEED: u64 = 0x0A55_12E0;

/// How many scenarios are generated: `ASSIZE_CASES`, or a modest number.
fn cases() -> u64 {
    std::env::var("ASSIZE_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(150)
}

fn reference(reference: &Reference) -> Subject<'_> {
    Subject {
        evaluator: reference,
        strength: Strength::Record,
        standard: Some(reference),
        is_date: assize_reference::date::is_date,
        accusing: false,
    }
}

/// Preconditions that name a defect of a transformation: what it makes must be legal and fit the requester.
const DEFECTS: [&str; 2] = [bench::REFUSED, bench::INPUT_ERROR];

#[test]
fn every_oracle_holds_on_the_reference_and_says_something() {
    let standard = Reference::new();
    let subject = reference(&standard);
    let mut held: BTreeMap<&str, u64> = ORACLES.iter().map(|oracle| (oracle.name, 0)).collect();
    let mut idle: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    let (mut broken, mut defects) = (Vec::new(), Vec::new());
    let mut asked = 0;
    for case in 0..cases() {
        let mut source = Seeded::case(SEED, case);
        let choices: &mut dyn Choices = &mut source;
        // Requests with policies that they cannot have are for the input errors; here they would say nothing.
        let generated = scenario(choices, &Settings { misfit: 0, large: 0, ..Settings::default() });
        let situations = subject.situations(&generated);
        if situations.is_empty() {
            continue;
        }
        asked += 1;
        for oracle in ORACLES {
            let situation = choices.one_of(&situations).clone();
            let sound = bench::ask(&standard, &situation).is_ok_and(|verdict| verdict.decision().is_some());
            match subject.hold(oracle, situation, choices) {
                Ok(()) => *held.entry(oracle.name).or_default() += 1,
                Err(Stop::NotApplicable(why)) => {
                    if sound && DEFECTS.contains(&why) {
                        defects.push(format!("{} in case {case}: {why}", oracle.name));
                    }
                    *idle.entry(oracle.name).or_default().entry(why).or_default() += 1;
                }
                Err(Stop::Broken(violation)) => broken.push((case, oracle, violation)),
            }
        }
    }
    println!("of {asked} scenarios:");
    for (name, count) in &held {
        println!("{count:6} {name}  {:?}", idle.get(name).unwrap_or(&BTreeMap::new()));
    }
    for (case, oracle, violation) in broken.iter().take(5) {
        println!("case {case} breaks {} {}: {violation:#?}", oracle.rule, oracle.name);
    }
    let names: BTreeMap<&str, usize> = broken.iter().fold(BTreeMap::new(), |mut names, (_, oracle, _)| {
        *names.entry(oracle.name).or_default() += 1;
        names
    });
    assert!(names.is_empty(), "broken: {names:?}");
    assert!(defects.is_empty(), "transformations that are not legal: {defects:#?}");
    let silent: Vec<_> = held.iter().filter(|(_, count)| **count * 200 < asked).collect();
    assert!(silent.is_empty(), "oracles that hardly ever say something: {silent:?}");
}

#[test]
fn every_invariant_is_an_oracle_or_left_for_the_world() {
    let catalogue = Catalogue::standard().expect("the standard is whole");
    let ids = catalogue.rules.iter().map(|rule| rule.id.as_str());
    let known: BTreeSet<String> = ids.filter(|id| id.starts_with("INV-")).map(str::to_owned).collect();
    let oracles: Vec<&str> = ORACLES.iter().map(|oracle| oracle.rule).collect();
    let left: Vec<&str> = LEFT_FOR_THE_WORLD.iter().map(|(rule, _)| *rule).collect();
    let mut listed: Vec<String> = oracles.iter().chain(&left).map(|rule| (*rule).to_owned()).collect();
    listed.sort();
    assert!(listed.windows(2).all(|pair| pair[0] != pair[1]), "a rule is listed twice: {listed:?}");
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), known);
    let names: BTreeSet<&str> = ORACLES.iter().map(|oracle| oracle.name).collect();
    assert_eq!(names.len(), ORACLES.len(), "a name is used twice");
}

#[test]
fn the_reference_has_no_first_violation() {
    let standard = Reference::new();
    for case in 0..20 {
        let mut source = Seeded::case(SEED ^ 1, case);
        let generated = scenario(&mut source, &Settings::default());
        let found = first_violation(&reference(&standard), &generated, &mut source);
        assert!(found.is_none(), "{found:#?}");
    }
}
