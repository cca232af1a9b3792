//! Cases of [`binding`](crate::operations::binding).

use assize_model::{Evaluator, ResourceKind};
use serde_json::json;

use super::input::{Fields, Node};
use super::parts::{Outcome, object, own_policies};
use crate::operations::Stop;
use crate::operations::binding::{self, Listed};

pub(super) fn save(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "policy_type", "document", "directory"])?;
    let document = fields.require("document")?.document()?;
    let directory = directory(&fields, "directory")?;
    let stored = binding::save(evaluator, policy_kind(&fields)?, &document, &directory)?;
    Ok(object(json!({ "document": stored })))
}

pub(super) fn show(operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "document", "directory"])?;
    let shown = binding::show(&fields.require("document")?.document()?, &directory(&fields, "directory")?)?;
    Ok(object(json!({ "document": shown })))
}

pub(super) fn decide(
    evaluator: &dyn Evaluator,
    operation: &Node<'_, '_>,
    bound: bool,
) -> Result<Outcome, Stop> {
    let own = if bound { &["saved", "now"][..] } else { &[] };
    let known = [&["op", "policy_type", "document", "policies", "request"][..], own].concat();
    let fields = operation.fields(&known)?;
    let kind = policy_kind(&fields)?;
    let document = fields.require("document")?.document()?;
    let policies = own_policies(&fields)?;
    let request = fields.require("request")?.request()?;
    let (decision, deciding) = if bound {
        let (saved, now) = (directory(&fields, "saved")?, directory(&fields, "now")?);
        binding::decide_bound(evaluator, (kind, &document, &saved), &now, &policies, &request)?
    } else {
        binding::decide_unbound(evaluator, kind, &document, &policies, &request)?
    };
    let deciding = deciding.map(|deciding| deciding.as_str());
    Ok(object(json!({ "decision": decision.as_str(), "deciding": deciding })))
}

fn policy_kind(fields: &Fields<'_, '_>) -> Result<ResourceKind, Stop> {
    let words = [("resource", ResourceKind::Ordinary), ("trust", ResourceKind::RoleTrust)];
    fields.require("policy_type")?.word(&words)
}

fn directory(fields: &Fields<'_, '_>, name: &str) -> Result<Vec<Listed>, Stop> {
    fields.require(name)?.list(|node| {
        let fields = node.fields(&["arn", "id"])?;
        Ok(Listed { arn: fields.string("arn")?, id: fields.string("id")? })
    })
}
