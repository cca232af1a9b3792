//! Operation cases: from their JSON to an operation, and from what it came to, to the JSON of an outcome.
//!
//! `corpus/cases/OPERATIONS.md` describes both.

mod handing_over;
mod input;
mod instances;
mod parts;
mod results;
mod sessions;
mod state;
mod stored;

use assize_model::Evaluator;
use assize_model::json::Value as Json;
use serde_json::{Value, json};

use self::input::Node;
use self::parts::{Outcome, object};
use super::assume::Federation;
use super::{Denial, Stop};

/// Performs one operation and gives its outcome as JSON; `evaluator` decides the authorizations.
///
/// # Errors
/// What is wrong with the operation, if it has no outcome: an unknown or missing member, a policy that is refused, an input error.
pub fn perform(evaluator: &dyn Evaluator, operation: &Json<'_>) -> Result<String, String> {
    let performed = operate(evaluator, &Node::root(operation));
    outcome(performed).map(|outcome| Value::Object(outcome).to_string())
}

/// The whole outcome of an operation, or what is wrong with it.
fn outcome(performed: Result<Outcome, Stop>) -> Result<Outcome, String> {
    let (word, members) = match performed {
        Ok(members) => ("ok", members),
        Err(Stop::Denied(denial)) => ("denied", denied(&denial)),
        Err(Stop::Rejected(reason)) => ("rejected", object(json!({ "reason": reason }))),
        Err(Stop::Failed(message)) => return Err(message),
    };
    let mut outcome = object(json!({ "outcome": word }));
    outcome.extend(members);
    Ok(outcome)
}

fn denied(denial: &Denial) -> Outcome {
    object(json!({
        "decision": denial.decision.as_str(),
        "deciding": denial.deciding.map(|deciding| deciding.as_str()),
        "action": denial.action,
        "request": denial.index,
    }))
}

fn operate(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    match op(operation)?.as_str() {
        "AssumeRole" => sessions::assume_role(evaluator, operation),
        "AssumeRoleWithSAML" => sessions::federated(evaluator, operation, Federation::Saml),
        "AssumeRoleWithWebIdentity" => sessions::federated(evaluator, operation, Federation::WebIdentity),
        "GetFederationToken" => sessions::federation_token(evaluator, operation),
        "GetSessionToken" => sessions::session_token(evaluator, operation),
        "AssumeRootDuration" => sessions::root_duration(operation),
        "CallWithRole" => handing_over::call_with_role(evaluator, operation),
        "WriteIdentity" => handing_over::write_identity(evaluator, operation),
        "GeneratePolicy" => handing_over::generate(operation),
        "Steps" => instances::steps(evaluator, operation),
        "Settle" => instances::settle(operation),
        "InstanceCredentials" => instances::instance_credentials(evaluator, operation),
        "GetMetadata" => instances::get_metadata(evaluator, operation),
        "PutMetadataToken" => instances::put_token(operation),
        "CheckRotation" => instances::check_rotation(operation),
        "SavePolicy" => stored::save(evaluator, operation),
        "ShowPolicy" => stored::show(operation),
        "DecideBound" => stored::decide(evaluator, operation, true),
        "DecideUnbound" => stored::decide(evaluator, operation, false),
        "Authorize" => results::authorize(evaluator, operation),
        "Message" => results::message(evaluator, operation),
        "Simulate" => results::simulate(evaluator, operation),
        op => instances::on_state(evaluator, op, operation),
    }
}

fn op(operation: &Node<'_, '_>) -> Result<String, Stop> {
    let named = operation.entries()?.into_iter().find(|(name, _)| name == "op");
    named.ok_or_else(|| Stop::Failed("the member \"op\" is missing".to_owned()))?.1.string()
}
