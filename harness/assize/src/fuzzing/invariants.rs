//! Invariants of chapter 08, of the engine and of the reference.

use assize_engine::Engine;
use assize_generate::Seeded;
use assize_model::{Evaluator, Scenario};
use assize_reference::{Reference, date};

use crate::compare::{Strength, verdict_text};
use crate::oracles::{ORACLES, Oracle, Stop, Subject, Violation};

/// What adding, removing and flipping a Deny does, and what a Deny overrides.
const DENY: [&str; 8] =
    ["INV-025", "INV-026", "INV-027", "INV-028", "INV-029", "INV-030", "INV-031", "INV-032"];

/// Sessions stay inside roles, accounts inside grants.
const DELEGATION: [&str; 5] = ["INV-055", "INV-056", "INV-039", "INV-040", "INV-035"];

/// A Deny takes precedence, in one of the ways that chapter 08 puts it.
pub(super) fn deny_takes_precedence(scenario: &Scenario, variation: u8) -> Result<(), String> {
    hold(&DENY, scenario, variation)
}

/// What is handed on is a subset of what was given.
pub(super) fn delegation_is_a_subset(scenario: &Scenario, variation: u8) -> Result<(), String> {
    hold(&DELEGATION, scenario, variation)
}

/// Holds both evaluators against one of the invariants: the variation says which, and seeds what the oracle chooses.
fn hold(rules: &[&str], scenario: &Scenario, variation: u8) -> Result<(), String> {
    let rule = rules[usize::from(variation) % rules.len()];
    let Some(oracle) = ORACLES.iter().find(|oracle| oracle.rule == rule) else {
        return Err(format!("there is no oracle for {rule}"));
    };
    let (engine, reference) = (Engine::new(), Reference::new());
    let evaluators: [(&str, &dyn Evaluator); 2] = [("engine", &engine), ("reference", &reference)];
    for (name, evaluator) in evaluators {
        let (strength, is_date) = (Strength::Record, date::is_date);
        let subject = Subject { evaluator, strength, standard: None, is_date, accusing: false };
        for (nth, situation) in subject.situations(scenario).into_iter().enumerate() {
            let mut choices = Seeded::case(u64::from(variation), nth as u64);
            if let Err(Stop::Broken(violation)) = subject.hold(oracle, situation, &mut choices) {
                return Err(told(name, oracle, nth, &violation));
            }
        }
    }
    Ok(())
}

fn told(evaluator: &str, oracle: &Oracle, request: usize, violation: &Violation) -> String {
    let before = verdict_text(&violation.before.verdict);
    let mut text = format!(
        "request {request}: the {evaluator} breaks {}, {}\nbefore: {before}\n{}",
        oracle.rule,
        violation.claim,
        violation.before.scenario.to_json()
    );
    if let Some(after) = &violation.after {
        text.push_str(&format!("\nafter: {}\n{}", verdict_text(&after.verdict), after.scenario.to_json()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_oracle() {
        for rule in DENY.iter().chain(&DELEGATION) {
            assert!(ORACLES.iter().any(|oracle| oracle.rule == *rule), "{rule}");
        }
    }
}
