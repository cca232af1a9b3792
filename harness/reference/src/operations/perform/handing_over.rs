//! Cases of [`passing`](crate::operations::passing) and [`generate`](crate::operations::generate).

use assize_model::Evaluator;
use serde_json::json;

use super::input::Node;
use super::parts::{Outcome, account, caller, object, tag, time};
use crate::operations::Stop;
use crate::operations::generate::{self, Event};
use crate::operations::passing::{self, PassedRole, Target};

pub(super) fn call_with_role(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&[
        "op",
        "caller",
        "policies",
        "context",
        "action",
        "resources",
        "role",
        "services",
        "associated_resource",
    ])?;
    let resource = |node: &Node<'_, '_>| {
        let fields = node.fields(&["arn", "account"])?;
        Ok((fields.string("arn")?, fields.string("account")?))
    };
    let resources = fields.require("resources")?.list(resource)?;
    let passed = fields.optional("role", |node| {
        let role = node.fields(&["account", "partition", "path", "name", "tags"])?;
        // DELEG-039: the role may have tags, and they are not looked at.
        role.list("tags", tag)?;
        Ok(PassedRole {
            account: account(&role)?,
            path: role.string("path")?,
            name: role.string("name")?,
            services: fields.require("services")?.list(Node::string)?,
            associated_resource: fields.optional("associated_resource", Node::string)?,
        })
    })?;
    let action = fields.string("action")?;
    let authorizations =
        passing::call_with_role(evaluator, &caller(&fields)?, &action, &resources, passed.as_ref())?;
    let service = passed.as_ref().and_then(PassedRole::passed_to_service);
    Ok(object(json!({ "authorizations": authorizations, "passed_to_service": service })))
}

pub(super) fn write_identity(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields =
        operation.fields(&["op", "caller", "policies", "context", "action", "target", "parameters"])?;
    let target = fields.require("target")?.fields(&["arn", "account", "permissions_boundary"])?;
    let target = Target {
        arn: target.string("arn")?,
        account: target.string("account")?,
        boundary: target.optional("permissions_boundary", Node::string)?,
    };
    let given = fields.optional("parameters", |node| {
        node.fields(&["permissions_boundary"])?.optional("permissions_boundary", Node::string)
    })?;
    let given = given.flatten();
    let action = fields.string("action")?;
    let authorizations =
        passing::write_identity(evaluator, &caller(&fields)?, &action, &target, given.as_deref())?;
    Ok(object(json!({ "authorizations": authorizations })))
}

pub(super) fn generate(operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "entity", "from", "to", "events", "resources"])?;
    let events = fields.require("events")?.list(|node| {
        let fields = node.fields(&["time", "entity", "action", "kind", "allowed"])?;
        // DELEG-060: whether an attempt was allowed makes no difference.
        fields.require("allowed")?.bool()?;
        Ok(Event {
            time: time(&fields.require("time")?)?,
            entity: fields.string("entity")?,
            action: fields.string("action")?,
            data: fields.require("kind")?.word(&[("data", true), ("management", false)])?,
        })
    })?;
    let (from, to) = (time(&fields.require("from")?)?, time(&fields.require("to")?)?);
    let actions = generate::generate(&fields.string("entity")?, from, to, &events)?;
    let resources = fields.optional("resources", |node| node.list(Node::string))?;
    let resources = resources.unwrap_or_else(|| vec!["${Resource}".to_owned()]);
    let mut members = object(json!({ "actions": actions }));
    if !actions.is_empty() {
        let statement = json!({ "Effect": "Allow", "Action": actions, "Resource": resources });
        let document = json!({ "Version": "2012-10-17", "Statement": [statement] });
        members.insert("document".to_owned(), document);
    }
    Ok(members)
}
