//! The engine against the reference.

use assize_engine::PreparedPolicies;
use assize_model::scenario::Body;
use assize_model::{Prepared, Scenario};
use assize_reference::Reference;

use crate::compare::{Strength, compare};
use crate::trial::refusal_text;

/// Holds the engine's acceptance and its records against the reference's. What has an input error already, no evaluator sees.
pub(super) fn evaluators_agree(scenario: &Scenario, _variation: u8) -> Result<(), String> {
    let Body::Requests { policies, requests, .. } = &scenario.body else { return Ok(()) };
    let reference = Reference::new();
    let (expected, actual) = match (reference.prepare(policies), PreparedPolicies::new(policies)) {
        (Ok(expected), Ok(actual)) => (expected, actual),
        (Err(expected), Err(actual)) if expected == actual => return Ok(()),
        (expected, actual) => {
            let word =
                |refusal: Option<_>| refusal.map_or("accepted".to_owned(), |refusal| refusal_text(&refusal));
            return Err(format!(
                "policies: expected {}, actual {}",
                word(expected.err()),
                word(actual.err())
            ));
        }
    };
    for (at, request) in
        requests.iter().enumerate().filter_map(|(at, case)| Some((at, case.request.as_ref().ok()?)))
    {
        let (expected, actual) =
            (Prepared::evaluate(&expected, request), Prepared::evaluate(&actual, request));
        if let Some(difference) = compare(&expected, &actual, Strength::Record) {
            return Err(format!("request {at}: {difference}"));
        }
    }
    Ok(())
}
