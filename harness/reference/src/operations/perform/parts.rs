//! What many operations share: reading callers, roles, tags and policies; writing principals, contexts and documents.

use assize_model::{Account, ContextEntry, Entity, Literal, LiteralKind, Policies, Principal, scenario};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::input::{Fields, Node};
use crate::operations::Stop;
use crate::operations::session::{Caller, Role, SessionPolicies, SessionTags, Tag};

/// The members of an ok outcome.
pub(super) type Outcome = Map<String, Value>;

/// The members of a JSON object. `json!({…})` makes nothing else.
pub(super) fn object(value: Value) -> Outcome {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

pub(super) fn insert_list(members: &mut Outcome, name: &str, list: Vec<Value>) {
    if !list.is_empty() {
        members.insert(name.to_owned(), Value::Array(list));
    }
}

pub(super) fn caller(fields: &Fields<'_, '_>) -> Result<Caller, Stop> {
    Ok(Caller {
        principal: fields.require("caller")?.principal()?,
        policies: own_policies(fields)?,
        context: fields.optional("context", Node::context)?.unwrap_or_default(),
    })
}

/// The member `policies`. The operation itself brings the resource-based policy.
pub(super) fn own_policies(fields: &Fields<'_, '_>) -> Result<Policies, Stop> {
    let policies = fields.optional("policies", Node::policies)?.unwrap_or_default();
    if policies.resource.is_some() || !policies.acl.is_empty() {
        let message = "the policies of an operation hold no \"resource\" and no \"acl\"";
        return Err(Stop::Failed(message.to_owned()));
    }
    Ok(policies)
}

pub(super) fn account(fields: &Fields<'_, '_>) -> Result<Account, Stop> {
    let partition = fields.optional("partition", Node::string)?.unwrap_or_else(|| "aws".to_owned());
    Ok(Account::new(partition, fields.string("account")?)?)
}

pub(super) fn role(node: &Node<'_, '_>) -> Result<Role, Stop> {
    let known = ["account", "partition", "path", "name", "id", "trust", "tags", "max_session_duration"];
    let fields = node.fields(&known)?;
    Ok(Role {
        account: account(&fields)?,
        entity: entity(&fields)?,
        trust: fields.require("trust")?.document()?,
        tags: fields.list("tags", tag)?,
        max_session_duration: fields.optional("max_session_duration", Node::integer)?.unwrap_or(3600),
    })
}

pub(super) fn entity(fields: &Fields<'_, '_>) -> Result<Entity, Stop> {
    Ok(Entity::new(fields.string("path")?, fields.string("name")?, fields.string("id")?)?)
}

pub(super) fn tag(node: &Node<'_, '_>) -> Result<Tag, Stop> {
    let fields = node.fields(&["key", "value"])?;
    Ok(Tag { key: fields.string("key")?, value: fields.string("value")? })
}

pub(super) fn session_tags(fields: &Fields<'_, '_>) -> Result<SessionTags, Stop> {
    let transitive_keys = fields.list("transitive_tag_keys", Node::string)?;
    Ok(SessionTags { tags: fields.list("tags", tag)?, transitive_keys })
}

pub(super) fn session_policies(fields: &Fields<'_, '_>) -> Result<SessionPolicies, Stop> {
    let inline = fields.optional("policy", Node::document)?;
    Ok(SessionPolicies { inline, managed: fields.list("policy_arns", Node::string)? })
}

pub(super) fn time(node: &Node<'_, '_>) -> Result<Timestamp, Stop> {
    let text = node.string()?;
    text.parse().map_err(|error| Stop::Failed(format!("{text:?} is not a time: {error}")))
}

pub(super) fn document_json(text: &str) -> Result<Value, Stop> {
    serde_json::from_str(text).map_err(|error| Stop::Failed(format!("a document is not JSON: {error}")))
}

pub(super) fn principal_json(principal: &Principal) -> Result<Value, Stop> {
    document_json(&scenario::principal_json(principal))
}

/// A context as a request has it: a text or boolean for one value, else a list.
pub(super) fn context_json(context: &[ContextEntry]) -> Value {
    let literal = |literal: &Literal| match literal.kind {
        LiteralKind::Bool => Value::Bool(literal.text == "true"),
        LiteralKind::String | LiteralKind::Number => Value::String(literal.text.clone()),
    };
    let value = |entry: &ContextEntry| match entry.values.as_slice() {
        [one] => literal(one),
        several => several.iter().map(literal).collect(),
    };
    Value::Object(context.iter().map(|entry| (entry.key.clone(), value(entry))).collect())
}
