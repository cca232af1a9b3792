//! Cases of [`instances`](crate::operations::instances) and [`metadata`](crate::operations::metadata).

use assize_model::{Entity, Evaluator, Principal};
use serde_json::{Map, Value, json};

use super::input::{Fields, Node};
use super::op;
use super::parts::{
    Outcome, caller, context_json, document_json, object, own_policies, principal_json, tag, time,
};
use super::state::{association_json, state, state_json};
use crate::operations::Stop;
use crate::operations::account::State;
use crate::operations::instances::{self, Done, Operation};
use crate::operations::metadata::{self, Content, Issued};
use crate::operations::session::Caller;

/// The operations that [`on_state`] knows.
pub(super) const ON_STATE: [&str; 14] = [
    "CreateRole",
    "PutRolePolicy",
    "DeleteRolePolicy",
    "UpdateAssumeRolePolicy",
    "PutRolePermissionsBoundary",
    "DeleteRole",
    "CreateInstanceProfile",
    "DeleteInstanceProfile",
    "AddRoleToInstanceProfile",
    "RemoveRoleFromInstanceProfile",
    "RunInstances",
    "AssociateIamInstanceProfile",
    "ReplaceIamInstanceProfileAssociation",
    "DisassociateIamInstanceProfile",
];

/// Each step works on the state that the one before it left. The first that is not ok ends them.
pub(super) fn steps(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "caller", "policies", "context", "state", "steps"])?;
    let caller = caller(&fields)?;
    let mut state = state(&fields)?;
    let mut last = Map::new();
    for (index, step) in fields.require("steps")?.items()?.iter().enumerate() {
        let performed = perform_step(evaluator, &caller, &mut state, step);
        last = performed.map_err(|stop| Stop::AtStep(index, Box::new(stop)))?;
    }
    Ok(last)
}

fn perform_step(
    evaluator: &dyn Evaluator,
    caller: &Caller,
    state: &mut State,
    step: &Node<'_, '_>,
) -> Result<Outcome, Stop> {
    match op(step)?.as_str() {
        "Settle" => {
            step.fields(&["op"])?;
            *state = instances::settle(state);
            Ok(object(json!({ "state": state_json(state)? })))
        }
        "InstanceCredentials" => {
            credentials_in(evaluator, &step.fields(&["op", "instance", "policies"])?, state)
        }
        op => {
            let parameters = step.fields(&["op", "parameters"])?.require("parameters")?;
            let done = instances::apply(evaluator, caller, state, &state_operation(op, &parameters)?)?;
            state.clone_from(&done.state);
            done_json(&done)
        }
    }
}

pub(super) fn settle(operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "state"])?;
    Ok(object(json!({ "state": state_json(&instances::settle(&state(&fields)?))? })))
}

pub(super) fn on_state(
    evaluator: &dyn Evaluator,
    op: &str,
    operation: &Node<'_, '_>,
) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "caller", "policies", "context", "state", "parameters"])?;
    let named = state_operation(op, &fields.require("parameters")?)?;
    done_json(&instances::apply(evaluator, &caller(&fields)?, &state(&fields)?, &named)?)
}

fn done_json(done: &Done) -> Result<Outcome, Stop> {
    let mut members = object(json!({
        "authorizations": done.authorizations,
        "state": state_json(&done.state)?,
    }));
    if let Some(created) = &done.created {
        let created = json!({ "path": created.path, "arn": created.arn, "id": created.id });
        members.insert("created".to_owned(), created);
    }
    if let Some(association) = &done.association {
        members.insert("association".to_owned(), association_json(association));
    }
    Ok(members)
}

fn state_operation(op: &str, parameters: &Node<'_, '_>) -> Result<Operation, Stop> {
    let entity = |fields: &Fields<'_, '_>, name: &str| {
        let path = fields.optional("path", Node::string)?.unwrap_or_else(|| "/".to_owned());
        Ok::<Entity, Stop>(Entity::new(path, fields.string(name)?, fields.string("id")?)?)
    };
    Ok(match op {
        "CreateRole" => {
            let fields = parameters.fields(&["role", "path", "trust", "id", "tags"])?;
            let trust = fields.require("trust")?.document()?;
            Operation::CreateRole { role: entity(&fields, "role")?, trust, tags: fields.list("tags", tag)? }
        }
        "PutRolePolicy" => {
            let fields = parameters.fields(&["role", "name", "document"])?;
            let document = fields.require("document")?.document()?;
            Operation::PutRolePolicy { role: fields.string("role")?, name: fields.string("name")?, document }
        }
        "DeleteRolePolicy" => {
            let fields = parameters.fields(&["role", "name"])?;
            Operation::DeleteRolePolicy { role: fields.string("role")?, name: fields.string("name")? }
        }
        "UpdateAssumeRolePolicy" => {
            let fields = parameters.fields(&["role", "trust"])?;
            let trust = fields.require("trust")?.document()?;
            Operation::UpdateAssumeRolePolicy { role: fields.string("role")?, trust }
        }
        "PutRolePermissionsBoundary" => {
            let fields = parameters.fields(&["role", "permissions_boundary"])?;
            let boundary = fields.string("permissions_boundary")?;
            Operation::PutRolePermissionsBoundary { role: fields.string("role")?, boundary }
        }
        "DeleteRole" => Operation::DeleteRole { role: parameters.fields(&["role"])?.string("role")? },
        "CreateInstanceProfile" => {
            let fields = parameters.fields(&["profile", "path", "id"])?;
            Operation::CreateInstanceProfile { profile: entity(&fields, "profile")? }
        }
        "DeleteInstanceProfile" => {
            Operation::DeleteInstanceProfile { profile: parameters.fields(&["profile"])?.string("profile")? }
        }
        "AddRoleToInstanceProfile" | "RemoveRoleFromInstanceProfile" => {
            let fields = parameters.fields(&["profile", "role"])?;
            let (profile, role) = (fields.string("profile")?, fields.string("role")?);
            if op == "AddRoleToInstanceProfile" {
                Operation::AddRoleToInstanceProfile { profile, role }
            } else {
                Operation::RemoveRoleFromInstanceProfile { profile, role }
            }
        }
        "RunInstances" => {
            let fields = parameters.fields(&["instance", "profile", "association", "console"])?;
            let instance = fields.string("instance")?;
            let association = fields.optional("association", Node::string)?;
            Operation::RunInstances {
                association: association.unwrap_or_else(|| format!("iip-assoc-{instance}")),
                instance,
                profile: fields.optional("profile", Node::string)?,
                console: fields.flag("console")?,
            }
        }
        "AssociateIamInstanceProfile" => {
            let fields = parameters.fields(&["instance", "profile", "association", "console"])?;
            Operation::AssociateIamInstanceProfile {
                instance: fields.string("instance")?,
                profile: fields.string("profile")?,
                association: fields.string("association")?,
                console: fields.flag("console")?,
            }
        }
        "ReplaceIamInstanceProfileAssociation" => {
            let fields = parameters.fields(&["association", "profile", "new_association", "console"])?;
            Operation::ReplaceIamInstanceProfileAssociation {
                association: fields.string("association")?,
                profile: fields.string("profile")?,
                new: fields.string("new_association")?,
                console: fields.flag("console")?,
            }
        }
        "DisassociateIamInstanceProfile" => {
            let fields = parameters.fields(&["association", "console"])?;
            let association = fields.string("association")?;
            Operation::DisassociateIamInstanceProfile { association, console: fields.flag("console")? }
        }
        unknown => return Err(Stop::Failed(format!("unknown operation {unknown:?}"))),
    })
}

pub(super) fn instance_credentials(
    evaluator: &dyn Evaluator,
    operation: &Node<'_, '_>,
) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "state", "instance", "policies"])?;
    credentials_in(evaluator, &fields, &state(&fields)?)
}

fn credentials_in(
    evaluator: &dyn Evaluator,
    fields: &Fields<'_, '_>,
    state: &State,
) -> Result<Outcome, Stop> {
    let policies = own_policies(fields)?;
    let (session, role) = instances::credentials(evaluator, &policies, state, &fields.string("instance")?)?;
    let arn = session.role_arn().to_owned();
    let policy = |(name, document): &(String, String)| {
        Ok(json!({ "id": name, "source": "role", "document": document_json(document)? }))
    };
    let identity: Vec<Value> = role.inline_policies.iter().map(policy).collect::<Result<_, Stop>>()?;
    let principal = principal_json(&Principal::RoleSession(session))?;
    Ok(object(json!({ "principal": principal, "role": arn, "identity": identity })))
}

pub(super) fn get_metadata(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "state", "instance", "path", "token", "policies"])?;
    let token = fields.optional("token", Node::string)?;
    let (policies, state) = (own_policies(&fields)?, state(&fields)?);
    let (instance, path) = (fields.string("instance")?, fields.string("path")?);
    let item = metadata::get(evaluator, &policies, &state, &instance, &path, token.as_deref())?;
    let mut members = object(json!({ "context": context_json(&item.context) }));
    match item.content {
        Content::Text(text) => members.insert("text".to_owned(), Value::String(text)),
        Content::Document(document) => {
            let document = document.into_iter().map(|(name, value)| (name.to_owned(), Value::String(value)));
            members.insert("document".to_owned(), Value::Object(document.collect()))
        }
    };
    Ok(members)
}

pub(super) fn put_token(operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "ttl_seconds"])?;
    metadata::put_token(fields.require("ttl_seconds")?.integer()?)?;
    Ok(Map::new())
}

pub(super) fn check_rotation(operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "documents", "max_session_duration"])?;
    // DELEG-056: it may be stated, and bounds nothing.
    fields.optional("max_session_duration", Node::integer)?;
    let documents = fields.require("documents")?.list(|node| {
        let fields = node.fields(&["LastUpdated", "Expiration"])?;
        let last_updated = time(&fields.require("LastUpdated")?)?;
        Ok(Issued { last_updated, expiration: time(&fields.require("Expiration")?)? })
    })?;
    metadata::check_rotation(&documents)?;
    Ok(Map::new())
}
