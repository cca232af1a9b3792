//! Cases of EVAL-060, and of [`presentation`](crate::presentation).

use assize_model::{Action, Context, Evaluator, Position, Request, Resource};
use serde_json::{Map, Value, json};

use super::input::Node;
use super::parts::{Outcome, insert_list, object};
use crate::operations::Stop;
use crate::operations::authorization::{self, evaluate};
use crate::presentation;

pub(super) fn authorize(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "policies", "requests"])?;
    let policies = fields.require("policies")?.policies()?;
    let requests = fields.require("requests")?.list(Node::request)?;
    authorization::authorize(evaluator, &policies, &requests)?;
    Ok(Map::new())
}

pub(super) fn message(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "policies", "request", "options"])?;
    let policies = fields.require("policies")?.policies()?;
    let request = fields.require("request")?.request()?;
    let legacy = fields
        .optional("options", |node| node.fields(&["scp_legacy_message"])?.flag("scp_legacy_message"))?;
    let options = presentation::MessageOptions { scp_legacy_message: legacy.unwrap_or(false) };
    let records = evaluate(evaluator, &policies, std::slice::from_ref(&request))?;
    let message = records.first().and_then(|record| presentation::message(&request, record, options));
    Ok(object(json!({ "message": message })))
}

pub(super) fn simulate(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "policies", "principal", "action", "resources", "context"])?;
    let policies = fields.require("policies")?.policies()?;
    let principal = fields.require("principal")?.principal()?;
    let context = fields.optional("context", Node::context)?.unwrap_or_default();
    let action = fields.string("action")?;
    let requests = fields.require("resources")?.list(|node| {
        let fields = node.fields(&["arn", "account", "management", "aws_managed"])?;
        let resource = Resource::new(fields.string("arn")?, fields.optional("account", Node::string)?)?;
        let resource = resource.with_facts(fields.flag("management")?, fields.flag("aws_managed")?);
        let (action, context) = (Action::new(action.as_str())?, Context::new(context.clone())?);
        Ok(Request::new(principal.clone(), action, resource, context)?)
    })?;
    let records = evaluate(evaluator, &policies, &requests)?;
    Ok(simulation_json(&presentation::simulation(&policies, &requests, &records)))
}

fn simulation_json(simulation: &presentation::Simulation) -> Outcome {
    let mut members = object(json!({
        "decision": presentation::simulator_decision(simulation.decision),
        "matched_statements": matched_json(&simulation.matched_statements),
    }));
    let result = |result: &presentation::ResourceResult| {
        json!({
            "resource": result.resource,
            "decision": presentation::simulator_decision(result.decision),
            "missing_context_values": result.missing_context_values,
            "matched_statements": matched_json(&result.matched_statements),
        })
    };
    insert_list(&mut members, "results", simulation.results.iter().map(result).collect());
    let mut present = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            members.insert(name.to_owned(), value);
        }
    };
    present("missing_context_values", simulation.missing_context_values.as_ref().map(|keys| json!(keys)));
    present("allowed_by_organizations", simulation.allowed_by_organizations.map(Value::Bool));
    present("allowed_by_permissions_boundary", simulation.allowed_by_permissions_boundary.map(Value::Bool));
    let details = simulation.eval_decision_details.map(|details| match details {
        presentation::Details::SameAccount => json!({}),
        presentation::Details::CrossAccount { iam, resource } => json!({
            "IAM Policy": presentation::simulator_decision(iam),
            "Resource Policy": presentation::simulator_decision(resource),
        }),
    });
    present("eval_decision_details", details);
    members
}

fn matched_json(statements: &[presentation::MatchedStatement]) -> Vec<Value> {
    let place = |place: Position| json!({ "line": place.line, "column": place.column });
    let statement = |statement: &presentation::MatchedStatement| {
        let mut members = object(json!({
            "source_policy_id": statement.source_policy_id,
            "source_policy_type": statement.source_policy_type,
        }));
        if let Some(region) = statement.region {
            members.insert("start".to_owned(), place(region.start));
            members.insert("end".to_owned(), place(region.end));
        }
        Value::Object(members)
    };
    statements.iter().map(statement).collect()
}
