//! Operation cases: from their JSON to an operation, and from what it came to, to the JSON of an outcome.
//!
//! `corpus/cases/OPERATIONS.md` describes both.

use assize_model::json::Value as Json;
use assize_model::{
    Account, Action, Context, ContextEntry, Entity, Evaluator, FederatedCaller, LiteralKind, Policies,
    Position, Principal, Request, Resource, ResourceKind, scenario,
};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::account::{
    Association, AssociationState, Credentials, Instance, InstanceState, Metadata, Profile, RoleState, State,
};
use super::assume::{
    Assertion, AssumeRole, AssumeRoleFederated, Federation, HandedOn, Session, assume_role,
    assume_role_federated,
};
use super::authorization::{authorize, evaluate};
use super::binding::{Listed, decide_bound, decide_unbound, save, show};
use super::generate::{Event, generate};
use super::input::{Fields, Node};
use super::instances::{Operation, apply, credentials, settle};
use super::metadata::{Content, Issued, check_rotation, get, put_token};
use super::passing::{PassedRole, Target, call_with_role, write_identity};
use super::session::{Caller, Role, SessionPolicies, SessionTags, Tag, root_duration};
use super::token::{GetFederationToken, get_federation_token, get_session_token};
use super::{Denial, Stop};
use crate::presentation;

/// The members of an ok outcome.
type Outcome = Map<String, Value>;

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

/// The members of a JSON object. `json!({…})` makes nothing else.
fn object(value: Value) -> Outcome {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn operate(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let op = op(operation)?;
    match op.as_str() {
        "AssumeRole" => perform_assume_role(evaluator, operation),
        "AssumeRoleWithSAML" => perform_federated(evaluator, operation, Federation::Saml),
        "AssumeRoleWithWebIdentity" => perform_federated(evaluator, operation, Federation::WebIdentity),
        "GetFederationToken" => perform_federation_token(evaluator, operation),
        "GetSessionToken" => perform_session_token(evaluator, operation),
        "AssumeRootDuration" => perform_root_duration(operation),
        "CallWithRole" => perform_call_with_role(evaluator, operation),
        "WriteIdentity" => perform_write_identity(evaluator, operation),
        "Steps" => perform_steps(evaluator, operation),
        "Settle" => {
            let fields = operation.fields(&["op", "state"])?;
            Ok(object(json!({ "state": state_json(&settle(&state(&fields)?))? })))
        }
        "InstanceCredentials" => {
            let fields = operation.fields(&["op", "state", "instance", "policies"])?;
            instance_credentials(evaluator, &fields, &state(&fields)?)
        }
        "GetMetadata" => perform_get_metadata(evaluator, operation),
        "PutMetadataToken" => {
            let fields = operation.fields(&["op", "ttl_seconds"])?;
            put_token(fields.require("ttl_seconds")?.integer()?)?;
            Ok(Map::new())
        }
        "CheckRotation" => perform_check_rotation(operation),
        "GeneratePolicy" => perform_generate(operation),
        "SavePolicy" => perform_save(evaluator, operation),
        "ShowPolicy" => perform_show(operation),
        "DecideBound" | "DecideUnbound" => perform_decide(evaluator, operation, op == "DecideBound"),
        "Authorize" => perform_authorize(evaluator, operation),
        "Message" => perform_message(evaluator, operation),
        "Simulate" => perform_simulate(evaluator, operation),
        _ => {
            let fields = operation.fields(&["op", "caller", "policies", "context", "state", "parameters"])?;
            let parameters = fields.require("parameters")?;
            perform_on_state(evaluator, &op, &caller(&fields)?, &state(&fields)?, &parameters)
        }
    }
}

fn op(operation: &Node<'_, '_>) -> Result<String, Stop> {
    let named = operation.entries()?.into_iter().find(|(name, _)| name == "op");
    named.ok_or_else(|| Stop::Failed("the member \"op\" is missing".to_owned()))?.1.string()
}

// Sessions

fn perform_assume_role(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
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
    let session = assume_role(evaluator, &caller(&fields)?, &handed_on.unwrap_or_default(), &role, &call)?;
    session_json(&session)
}

fn perform_federated(
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
    session_json(&assume_role_federated(evaluator, federation, caller, &assertion, &role, &call)?)
}

fn perform_federation_token(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
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
    let session = get_federation_token(evaluator, &caller(&fields)?, &tags, &call)?;
    Ok(object(json!({
        "principal": principal_json(&session.principal)?,
        "duration_seconds": session.duration_seconds,
        "principal_tags": session.principal_tags,
        "authorizations": session.authorizations,
    })))
}

fn perform_session_token(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "caller", "policies", "context", "parameters"])?;
    let parameters = fields.require("parameters")?.fields(&["duration_seconds", "mfa"])?;
    let duration = parameters.optional("duration_seconds", Node::integer)?;
    let token = get_session_token(evaluator, &caller(&fields)?, duration, parameters.flag("mfa")?)?;
    Ok(object(json!({
        "principal": principal_json(&token.principal)?,
        "duration_seconds": token.duration_seconds,
        "context": context_json(&token.context),
        "authorizations": token.authorizations,
    })))
}

fn perform_root_duration(operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "parameters"])?;
    let parameters = fields.require("parameters")?.fields(&["duration_seconds"])?;
    let seconds = root_duration(parameters.optional("duration_seconds", Node::integer)?)?;
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

// Handing roles over

fn perform_call_with_role(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
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
    let authorizations = call_with_role(evaluator, &caller(&fields)?, &action, &resources, passed.as_ref())?;
    let service = passed.as_ref().and_then(PassedRole::passed_to_service);
    Ok(object(json!({ "authorizations": authorizations, "passed_to_service": service })))
}

fn perform_write_identity(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
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
    let authorizations = write_identity(evaluator, &caller(&fields)?, &action, &target, given.as_deref())?;
    Ok(object(json!({ "authorizations": authorizations })))
}

// Roles for instances

/// Each step works on the state that the one before it left. The first that is not ok ends them.
fn perform_steps(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "caller", "policies", "context", "state", "steps"])?;
    let caller = caller(&fields)?;
    let mut state = state(&fields)?;
    let mut last = Map::new();
    for (index, step) in fields.require("steps")?.items()?.iter().enumerate() {
        match perform_step(evaluator, &caller, &mut state, step) {
            Ok(members) => last = members,
            Err(Stop::Failed(message)) => return Err(Stop::Failed(message)),
            Err(stop) => {
                last = outcome(Err(stop)).map_err(Stop::Failed)?;
                last.insert("step".to_owned(), json!(index));
                return Ok(last);
            }
        }
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
            *state = settle(state);
            Ok(object(json!({ "state": state_json(state)? })))
        }
        "InstanceCredentials" => {
            instance_credentials(evaluator, &step.fields(&["op", "instance", "policies"])?, state)
        }
        op => {
            let parameters = step.fields(&["op", "parameters"])?.require("parameters")?;
            let done = apply(evaluator, caller, state, &state_operation(op, &parameters)?)?;
            state.clone_from(&done.state);
            done_json(&done)
        }
    }
}

fn perform_on_state(
    evaluator: &dyn Evaluator,
    op: &str,
    caller: &Caller,
    state: &State,
    parameters: &Node<'_, '_>,
) -> Result<Outcome, Stop> {
    done_json(&apply(evaluator, caller, state, &state_operation(op, parameters)?)?)
}

fn done_json(done: &super::instances::Done) -> Result<Outcome, Stop> {
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

fn instance_credentials(
    evaluator: &dyn Evaluator,
    fields: &Fields<'_, '_>,
    state: &State,
) -> Result<Outcome, Stop> {
    let policies = own_policies(fields)?;
    let (session, role) = credentials(evaluator, &policies, state, &fields.string("instance")?)?;
    let arn = session.role_arn().to_owned();
    let policy = |(name, document): &(String, String)| {
        Ok(json!({ "id": name, "source": "role", "document": document_json(document)? }))
    };
    let identity: Vec<Value> = role.inline_policies.iter().map(policy).collect::<Result<_, Stop>>()?;
    let principal = principal_json(&Principal::RoleSession(session))?;
    Ok(object(json!({ "principal": principal, "role": arn, "identity": identity })))
}

fn perform_get_metadata(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "state", "instance", "path", "token", "policies"])?;
    let token = fields.optional("token", Node::string)?;
    let (policies, state) = (own_policies(&fields)?, state(&fields)?);
    let (instance, path) = (fields.string("instance")?, fields.string("path")?);
    let item = get(evaluator, &policies, &state, &instance, &path, token.as_deref())?;
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

fn perform_check_rotation(operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "documents", "max_session_duration"])?;
    // DELEG-056: it may be stated, and bounds nothing.
    fields.optional("max_session_duration", Node::integer)?;
    let documents = fields.require("documents")?.list(|node| {
        let fields = node.fields(&["LastUpdated", "Expiration"])?;
        let last_updated = time(&fields.require("LastUpdated")?)?;
        Ok(Issued { last_updated, expiration: time(&fields.require("Expiration")?)? })
    })?;
    check_rotation(&documents)?;
    Ok(Map::new())
}

// Policies from activity

fn perform_generate(operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
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
    let actions = generate(&fields.string("entity")?, from, to, &events)?;
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

// Stored principals

fn perform_save(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "policy_type", "document", "directory"])?;
    let document = fields.require("document")?.document()?;
    let directory = directory(&fields, "directory")?;
    let stored = save(evaluator, policy_kind(&fields)?, &document, &directory)?;
    Ok(object(json!({ "document": stored })))
}

fn perform_show(operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "document", "directory"])?;
    let shown = show(&fields.require("document")?.document()?, &directory(&fields, "directory")?)?;
    Ok(object(json!({ "document": shown })))
}

fn perform_decide(evaluator: &dyn Evaluator, operation: &Node<'_, '_>, bound: bool) -> Result<Outcome, Stop> {
    let own = if bound { &["saved", "now"][..] } else { &[] };
    let known = [&["op", "policy_type", "document", "policies", "request"][..], own].concat();
    let fields = operation.fields(&known)?;
    let kind = policy_kind(&fields)?;
    let document = fields.require("document")?.document()?;
    let policies = own_policies(&fields)?;
    let request = fields.require("request")?.request()?;
    let (decision, deciding) = if bound {
        let (saved, now) = (directory(&fields, "saved")?, directory(&fields, "now")?);
        decide_bound(evaluator, (kind, &document, &saved), &now, &policies, &request)?
    } else {
        decide_unbound(evaluator, kind, &document, &policies, &request)?
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

// Results

fn perform_authorize(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
    let fields = operation.fields(&["op", "policies", "requests"])?;
    let policies = fields.require("policies")?.policies()?;
    let requests = fields.require("requests")?.list(Node::request)?;
    authorize(evaluator, &policies, &requests)?;
    Ok(Map::new())
}

fn perform_message(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
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

fn perform_simulate(evaluator: &dyn Evaluator, operation: &Node<'_, '_>) -> Result<Outcome, Stop> {
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

// Shared parts

fn caller(fields: &Fields<'_, '_>) -> Result<Caller, Stop> {
    Ok(Caller {
        principal: fields.require("caller")?.principal()?,
        policies: own_policies(fields)?,
        context: fields.optional("context", Node::context)?.unwrap_or_default(),
    })
}

/// The member `policies`. The operation itself brings the resource-based policy.
fn own_policies(fields: &Fields<'_, '_>) -> Result<Policies, Stop> {
    let policies = fields.optional("policies", Node::policies)?.unwrap_or_default();
    if policies.resource.is_some() || !policies.acl.is_empty() {
        let message = "the policies of an operation hold no \"resource\" and no \"acl\"";
        return Err(Stop::Failed(message.to_owned()));
    }
    Ok(policies)
}

fn account(fields: &Fields<'_, '_>) -> Result<Account, Stop> {
    let partition = fields.optional("partition", Node::string)?.unwrap_or_else(|| "aws".to_owned());
    Ok(Account::new(partition, fields.string("account")?)?)
}

fn role(node: &Node<'_, '_>) -> Result<Role, Stop> {
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

fn entity(fields: &Fields<'_, '_>) -> Result<Entity, Stop> {
    Ok(Entity::new(fields.string("path")?, fields.string("name")?, fields.string("id")?)?)
}

fn tag(node: &Node<'_, '_>) -> Result<Tag, Stop> {
    let fields = node.fields(&["key", "value"])?;
    Ok(Tag { key: fields.string("key")?, value: fields.string("value")? })
}

fn session_tags(fields: &Fields<'_, '_>) -> Result<SessionTags, Stop> {
    let transitive_keys = fields.list("transitive_tag_keys", Node::string)?;
    Ok(SessionTags { tags: fields.list("tags", tag)?, transitive_keys })
}

fn session_policies(fields: &Fields<'_, '_>) -> Result<SessionPolicies, Stop> {
    let inline = fields.optional("policy", Node::document)?;
    Ok(SessionPolicies { inline, managed: fields.list("policy_arns", Node::string)? })
}

fn time(node: &Node<'_, '_>) -> Result<Timestamp, Stop> {
    let text = node.string()?;
    text.parse().map_err(|error| Stop::Failed(format!("{text:?} is not a time: {error}")))
}

fn state(fields: &Fields<'_, '_>) -> Result<State, Stop> {
    let state = fields.require("state")?.fields(&[
        "partition",
        "region",
        "account",
        "roles",
        "profiles",
        "instances",
    ])?;
    Ok(State {
        account: Account::new(state.string("partition")?, state.string("account")?)?,
        region: state.string("region")?,
        roles: state.list("roles", stored_role)?,
        profiles: state.list("profiles", |node| {
            let fields = node.fields(&["path", "name", "id", "role"])?;
            Ok(Profile { entity: entity(&fields)?, role: fields.optional("role", Node::string)? })
        })?,
        instances: state.list("instances", instance)?,
    })
}

fn stored_role(node: &Node<'_, '_>) -> Result<RoleState, Stop> {
    let fields = node.fields(&[
        "path",
        "name",
        "id",
        "trust",
        "tags",
        "inline_policies",
        "attached_policies",
        "permissions_boundary",
    ])?;
    let inline = fields.optional("inline_policies", |node| {
        let policies = node.entries()?.into_iter();
        policies.map(|(name, node)| Ok((name, node.document()?))).collect::<Result<Vec<_>, Stop>>()
    })?;
    Ok(RoleState {
        entity: entity(&fields)?,
        trust: fields.require("trust")?.document()?,
        tags: fields.list("tags", tag)?,
        inline_policies: inline.unwrap_or_default(),
        attached_policies: fields.list("attached_policies", Node::string)?,
        boundary: fields.optional("permissions_boundary", Node::string)?,
    })
}

fn instance(node: &Node<'_, '_>) -> Result<Instance, Stop> {
    let fields = node.fields(&["id", "state", "association", "tags", "credentials", "metadata"])?;
    let association = fields.optional("association", |node| {
        let fields = node.fields(&["id", "profile", "state", "replaces"])?;
        Ok(Association {
            id: fields.string("id")?,
            profile: fields.string("profile")?,
            state: fields.require("state")?.word(&AssociationState::WORDS)?,
            replaces: fields.optional("replaces", Node::string)?,
        })
    })?;
    let credentials = fields.optional("credentials", |node| {
        let fields =
            node.fields(&["LastUpdated", "AccessKeyId", "SecretAccessKey", "Token", "Expiration"])?;
        Ok(Credentials {
            last_updated: fields.string("LastUpdated")?,
            access_key_id: fields.string("AccessKeyId")?,
            secret_access_key: fields.string("SecretAccessKey")?,
            token: fields.string("Token")?,
            expiration: fields.string("Expiration")?,
        })
    })?;
    let metadata = fields.optional("metadata", |node| {
        let fields = node.fields(&["version_2_required", "tokens"])?;
        let version_2_required = fields.flag("version_2_required")?;
        Ok(Metadata { version_2_required, tokens: fields.list("tokens", Node::string)? })
    })?;
    Ok(Instance {
        id: fields.string("id")?,
        state: fields.require("state")?.word(&InstanceState::WORDS)?,
        association,
        tags: fields.list("tags", tag)?,
        credentials,
        metadata: metadata.unwrap_or_default(),
    })
}

/// The state as an operation takes it, without empty lists and absent members.
fn state_json(state: &State) -> Result<Value, Stop> {
    let roles: Vec<Value> = state.roles.iter().map(stored_role_json).collect::<Result<_, _>>()?;
    let profile = |profile: &Profile| {
        let Entity { path, name, id } = &profile.entity;
        json!({ "path": path, "name": name, "id": id, "role": profile.role })
    };
    let profiles: Vec<Value> = state.profiles.iter().map(profile).collect();
    let instances: Vec<Value> = state.instances.iter().map(instance_json).collect();
    let mut members = object(json!({
        "partition": state.account.partition,
        "region": state.region,
        "account": state.account.id,
    }));
    for (name, list) in [("roles", roles), ("profiles", profiles), ("instances", instances)] {
        insert_list(&mut members, name, list);
    }
    Ok(Value::Object(members))
}

fn insert_list(members: &mut Outcome, name: &str, list: Vec<Value>) {
    if !list.is_empty() {
        members.insert(name.to_owned(), Value::Array(list));
    }
}

fn stored_role_json(role: &RoleState) -> Result<Value, Stop> {
    let Entity { path, name, id } = &role.entity;
    let trust = document_json(&role.trust)?;
    let mut members = object(json!({ "path": path, "name": name, "id": id, "trust": trust }));
    insert_list(&mut members, "tags", tags_json(&role.tags));
    if !role.inline_policies.is_empty() {
        let policy = |(name, text): &(String, String)| Ok((name.clone(), document_json(text)?));
        let inline = role.inline_policies.iter().map(policy).collect::<Result<_, Stop>>()?;
        members.insert("inline_policies".to_owned(), Value::Object(inline));
    }
    insert_list(
        &mut members,
        "attached_policies",
        role.attached_policies.iter().map(|arn| json!(arn)).collect(),
    );
    if let Some(boundary) = &role.boundary {
        members.insert("permissions_boundary".to_owned(), json!(boundary));
    }
    Ok(Value::Object(members))
}

fn instance_json(instance: &Instance) -> Value {
    let state = spelling(&InstanceState::WORDS, instance.state);
    let mut members = object(json!({ "id": instance.id, "state": state }));
    if let Some(association) = &instance.association {
        members.insert("association".to_owned(), association_json(association));
    }
    insert_list(&mut members, "tags", tags_json(&instance.tags));
    if let Some(held) = &instance.credentials {
        let credentials = json!({
            "LastUpdated": held.last_updated,
            "AccessKeyId": held.access_key_id,
            "SecretAccessKey": held.secret_access_key,
            "Token": held.token,
            "Expiration": held.expiration,
        });
        members.insert("credentials".to_owned(), credentials);
    }
    if instance.metadata != Metadata::default() {
        let Metadata { version_2_required, tokens } = &instance.metadata;
        let metadata = json!({ "version_2_required": version_2_required, "tokens": tokens });
        members.insert("metadata".to_owned(), metadata);
    }
    Value::Object(members)
}

fn association_json(association: &Association) -> Value {
    let mut members = object(json!({
        "id": association.id,
        "profile": association.profile,
        "state": spelling(&AssociationState::WORDS, association.state),
    }));
    if let Some(former) = &association.replaces {
        members.insert("replaces".to_owned(), json!(former));
    }
    Value::Object(members)
}

fn spelling<T: Copy + PartialEq>(words: &[(&'static str, T)], value: T) -> Option<&'static str> {
    words.iter().find(|&&(_, known)| known == value).map(|&(word, _)| word)
}

fn tags_json(tags: &[Tag]) -> Vec<Value> {
    tags.iter().map(|tag| json!({ "key": tag.key, "value": tag.value })).collect()
}

fn document_json(text: &str) -> Result<Value, Stop> {
    serde_json::from_str(text).map_err(|error| Stop::Failed(format!("a document is not JSON: {error}")))
}

fn principal_json(principal: &Principal) -> Result<Value, Stop> {
    document_json(&scenario::principal_json(principal))
}

/// A context as a request has it: a text or boolean for one value, else a list.
fn context_json(context: &[ContextEntry]) -> Value {
    let literal = |literal: &assize_model::Literal| match literal.kind {
        LiteralKind::Bool => Value::Bool(literal.text == "true"),
        LiteralKind::String | LiteralKind::Number => Value::String(literal.text.clone()),
    };
    let value = |entry: &ContextEntry| match entry.values.as_slice() {
        [one] => literal(one),
        several => several.iter().map(literal).collect(),
    };
    Value::Object(context.iter().map(|entry| (entry.key.clone(), value(entry))).collect())
}
