//! Cases of [`assume`](crate::operations::assume) and [`token`](crate::operations::token).

use assize_model::{Evaluator, FederatedCaller};
use serde_json::json;

use super::input::{Fields, Node};
use super::parts::{
    Outcome, caller, context_json, object, own_policies, principal_json, role, session_policies,
    session_tags, tag,
};
use crate::operations::Stop;
use crate::operations::assume::{
    self, Assertion, AssumeRole, AssumeRoleFederated, Federation, HandedOn, Session,
};
use crate::operations::session;
use crate::operations::token::{self, GetFederationToken};

pub(super) fn assume_role(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&[
        "op",
        "caller",
        "policies",
        "context",
        "caller_session",
        "role",
        "parameters",
        "ec2_assume_is_chaining",
    ])?;
    let handed_on = fields.optional("caller_session", |node| {
        let fields = node.fields(&["transitive_tags", "source_identity"])?;
        let source_identity = fields.optional("source_identity", Node::string)?;
        Ok(HandedOn { transitive_tags: fields.list("transitive_tags", tag)?, source_identity })
    })?;
    let parameters = fields.require("parameters")?.fields(&[
        "role_session_name",
        "duration_seconds",
        "external_id",
        "mfa",
        "source_identity",
        "tags",
        "transitive_tag_keys",
        "policy",
        "policy_arns",
    ])?;
    let call = AssumeRole {
        session_name: parameters.string("role_session_name")?,
        duration_seconds: parameters.optional("duration_seconds", Node::integer)?,
        external_id: parameters.optional("external_id", Node::string)?,
        mfa: parameters.flag("mfa")?,
        source_identity: parameters.optional("source_identity", Node::string)?,
        tags: session_tags(&parameters)?,
        session_policies: session_policies(&parameters)?,
        ec2_assume_is_chaining: fields.optional("ec2_assume_is_chaining", Node::bool)?.unwrap_or(true),
    };
    let role = role(&fields.require("role")?)?;
    let session =
        assume::assume_role(evaluator, &caller(&fields)?, &handed_on.unwrap_or_default(), &role, &call)?;
    session_json(&session)
}

pub(super) fn federated(
    evaluator: &dyn Evaluator,
    operation: &Node<'_, '_>,
    federation: Federation,
) -> Result<Outcome, Stop> {
    let saml = federation == Federation::Saml;
    let proof = if saml { "assertion" } else { "token" };
    let fields = operation.fields(&["op", "provider", proof, "policies", "context", "role", "parameters"])?;
    let mut known = vec!["claims", "tags", "transitive_tag_keys", "source_identity"];
    let mut known_parameters = vec!["duration_seconds", "policy", "policy_arns"];
    if saml {
        known.push("role_session_name")
    } else {
        known_parameters.push("role_session_name")
    }
    let proof = fields.require(proof)?.fields(&known)?;
    let parameters = fields.optional("parameters", |node| node.fields(&known_parameters))?;
    let session_name = match &parameters {
        Some(parameters) if !saml => parameters.string("role_session_name")?,
        _ => proof.string("role_session_name")?,
    };
    let duration = |parameters: &Fields<'_, '_>| parameters.optional("duration_seconds", Node::integer);
    let call = AssumeRoleFederated {
        session_name,
        duration_seconds: parameters.as_ref().map(duration).transpose()?.flatten(),
        session_policies: parameters.as_ref().map(session_policies).transpose()?.unwrap_or_default(),
    };
    let assertion = Assertion {
        claims: proof.optional("claims", Node::context)?.unwrap_or_default(),
        tags: session_tags(&proof)?,
        source_identity: proof.optional("source_identity", Node::string)?,
    };
    let provider = FederatedCaller::new(fields.string("provider")?)?;
    let policies = own_policies(&fields)?;
    let context = fields.optional("context", Node::context)?.unwrap_or_default();
    let role = role(&fields.require("role")?)?;
    let caller = (&provider, &policies, context.as_slice());
    session_json(&assume::assume_role_federated(evaluator, federation, caller, &assertion, &role, &call)?)
}

pub(super) fn federation_token(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "caller", "policies", "context", "caller_tags", "parameters"])?;
    let parameters = fields.require("parameters")?.fields(&[
        "name",
        "duration_seconds",
        "tags",
        "transitive_tag_keys",
        "policy",
        "policy_arns",
    ])?;
    let call = GetFederationToken {
        name: parameters.string("name")?,
        duration_seconds: parameters.optional("duration_seconds", Node::integer)?,
        tags: session_tags(&parameters)?,
        session_policies: session_policies(&parameters)?,
    };
    let tags = fields.list("caller_tags", tag)?;
    let session = token::get_federation_token(evaluator, &caller(&fields)?, &tags, &call)?;
    Ok(object(json!({
        "principal": principal_json(&session.principal)?,
        "duration_seconds": session.duration_seconds,
        "principal_tags": session.principal_tags,
        "authorizations": session.authorizations,
    })))
}

pub(super) fn session_token(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "caller", "policies", "context", "parameters"])?;
    let parameters = fields.require("parameters")?.fields(&["duration_seconds", "mfa"])?;
    let duration = parameters.optional("duration_seconds", Node::integer)?;
    let token = token::get_session_token(evaluator, &caller(&fields)?, duration, parameters.flag("mfa")?)?;
    Ok(object(json!({
        "principal": principal_json(&token.principal)?,
        "duration_seconds": token.duration_seconds,
        "context": context_json(&token.context),
        "authorizations": token.authorizations,
    })))
}

pub(super) fn root_duration(operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "parameters"])?;
    let parameters = fields.require("parameters")?.fields(&["duration_seconds"])?;
    let seconds = session::root_duration(parameters.optional("duration_seconds", Node::integer)?)?;
    Ok(object(json!({ "duration_seconds": seconds })))
}

fn session_json(session: &Session) -> Result<Outcome, Stop> {
    Ok(object(json!({
        "principal": principal_json(&session.principal)?,
        "duration_seconds": session.duration_seconds,
        "chained": session.chained,
        "principal_tags": session.principal_tags,
        "transitive_tags": session.transitive_tags,
        "source_identity": session.source_identity,
        "authorizations": session.authorizations,
    })))
}
