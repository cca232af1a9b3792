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
        Err(Stop::AtStep(step, stop)) => {
            let mut outcome = outcome(Err(*stop))?;
            outcome.insert("step".to_owned(), json!(step));
            return Ok(outcome);
        }
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
        op if instances::ON_STATE.contains(&op) => instances::on_state(evaluator, op, operation),
        unknown => Err(Stop::Failed(format!("unknown operation {unknown:?}"))),
    }
}

fn op(operation: &Node<'_, '_>) -> Result<String, Stop> {
    let named = operation.entries()?.into_iter().find(|(name, _)| name == "op");
    named.ok_or_else(|| Stop::Failed("the member \"op\" is missing".to_owned()))?.1.string()
}

#[cfg(test)]
mod tests {
    use assize_model::json;

    use crate::Reference;

    fn perform(operation: &str) -> Result<String, String> {
        super::perform(&Reference::new(), &json::parse(operation).expect("the test's own JSON"))
    }

    /// The message for an operation that has no outcome.
    fn fault(operation: &str) -> String {
        perform(operation).expect_err("an error instead of an outcome")
    }

    #[test]
    fn errors_say_what_is_wrong_and_where() {
        assert_eq!(fault(r#"[]"#), "at the top: expected an object, not a list");
        assert_eq!(fault(r#"{}"#), "the member \"op\" is missing");
        assert_eq!(fault(r#"{"op":"Fly"}"#), "unknown operation \"Fly\"");
        assert_eq!(
            fault(r#"{"op":"PutMetadataToken","ttl_seconds":1,"ttl":1}"#),
            "at the top: unknown member \"ttl\"; known here: op, ttl_seconds"
        );
        assert_eq!(
            fault(r#"{"op":"PutMetadataToken","ttl_seconds":1,"ttl_seconds":2}"#),
            "at the top: repeated member \"ttl_seconds\""
        );
        assert_eq!(
            fault(r#"{"op":"PutMetadataToken","ttl_seconds":1.5}"#),
            "at /ttl_seconds: expected a whole number, not a number"
        );
        assert_eq!(
            fault(r#"{"op":"AssumeRootDuration","parameters":null}"#),
            "at the top: the member \"parameters\" is missing"
        );
        assert_eq!(
            fault(r#"{"op":"ShowPolicy","document":{},"directory":[{"arn":"a","id":7}]}"#),
            "at /directory/0/id: expected a string, not a number"
        );
    }

    /// PRIN-055: ids are never given twice, so a deleted entity cannot ask, nor can a session of it.
    #[test]
    fn who_was_deleted_asks_nothing() {
        let user = r#"{"kind":"user","partition":"aws","account":"111111111111","path":"/","name":"u",
            "id":"AIDAEXAMPLE0000000001"}"#;
        let session = r#"{"kind":"role-session","partition":"aws","account":"111111111111",
            "role":{"path":"/","name":"u","id":"AROAEXAMPLE0000000001"},"session_name":"s","origin":{"kind":"AssumeRole"}}"#;
        let federated = r#"{"kind":"federated-user","partition":"aws","account":"111111111111","name":"f",
            "issuer":{"kind":"user","path":"/","name":"u","id":"AIDAEXAMPLE0000000001"}}"#;
        for (kind, id, principal) in [
            ("user", "AIDAEXAMPLE0000000001", user),
            ("user", "AIDAEXAMPLE0000000001", federated),
            ("role", "AROAEXAMPLE0000000001", session),
        ] {
            let arn = |name: &str| format!("arn:aws:iam::111111111111:{kind}/{name}");
            let saved = format!(r#"[{{"arn":"{}","id":"{id}"}}]"#, arn("u"));
            let bound = |now: &str| {
                perform(&format!(
                    r#"{{"op":"DecideBound","policy_type":"resource","document":{{"Version":"2012-10-17","Statement":
                    {{"Effect":"Allow","Principal":{{"AWS":"{}"}},"Action":"*","Resource":"*"}}}},
                    "saved":{saved},"now":{now},"policies":{{}},"request":{{"principal":{principal},"action":"s3:GetObject",
                    "resource":{{"arn":"arn:aws:s3:::b/k","account":"111111111111"}}}}}}"#,
                    arn("u")
                ))
            };
            let renamed = bound(&saved.replace(&arn("u"), &arn("v")));
            assert!(renamed.is_ok(), "{renamed:?}");
            let fault = bound("[]").expect_err("the requester was deleted");
            assert!(fault.contains("not in the directory any more"), "{fault}");
        }
    }

    #[test]
    fn the_parts_of_a_scenario_are_as_strict_as_there() {
        let token = |caller: &str, policies: &str| {
            format!(r#"{{"op":"GetSessionToken","caller":{caller},"policies":{policies},"parameters":{{}}}}"#)
        };
        let root = r#"{"kind":"root","partition":"aws","account":"111111111111"}"#;
        assert!(perform(&token(root, "{}")).is_ok());
        assert!(fault(&token(r#"{"kind":"robot"}"#, "{}")).starts_with("in /caller: "));
        assert_eq!(
            fault(&token(r#"{"kind":"role"}"#, "{}")),
            "at /caller: input error RoleEntityAsRequester"
        );
        assert!(fault(&token(root, r#"{"identities":[]}"#)).starts_with("in /policies: unknown member"));
        let resource = r#"{"resource":{"kind":"ordinary","id":"r","document":{}}}"#;
        assert!(fault(&token(root, resource)).contains("hold no \"resource\""));
        let grants = r#"{"acl":[{"grantee":{"account":"222222222222"},"permission":"READ","on":"object"}]}"#;
        assert!(fault(&token(root, grants)).contains("and no \"acl\""));
        let identity = r#"{"identity":[{"id":"i","source":"user","document":{"Statement":
            {"Effect":"Allow","Action":"*","Resource":"*"}}}]}"#;
        assert_eq!(fault(&token(root, identity)), "input error IdentityPolicyOnRoot");
        let refused = r#"{"boundary":{"id":"b","document":{"Statement":[]}}}"#;
        assert!(fault(&token(root, refused)).contains("boundary policy \"b\""));
    }

    #[test]
    fn nothing_panics_on_members_of_the_wrong_shape() {
        let operations = [
            "AssumeRole",
            "AssumeRoleWithSAML",
            "AssumeRoleWithWebIdentity",
            "GetFederationToken",
            "GetSessionToken",
            "CallWithRole",
            "WriteIdentity",
            "GeneratePolicy",
            "Steps",
            "Settle",
            "InstanceCredentials",
            "GetMetadata",
            "CheckRotation",
            "SavePolicy",
            "DecideBound",
            "Authorize",
            "Message",
            "Simulate",
            "CreateRole",
            "RunInstances",
        ];
        let members =
            ["caller", "state", "parameters", "role", "policies", "document", "documents", "requests"];
        for operation in operations {
            for member in members {
                for value in ["null", "7", "\"\"", "[]", "[{}]", "{}", "{\"account\":\"x\"}"] {
                    let text = format!(r#"{{"op":"{operation}","{member}":{value}}}"#);
                    assert!(perform(&text).is_err() || operation == "CheckRotation", "{text}");
                }
            }
        }
    }
}
