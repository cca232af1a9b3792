//! From scenarios to text. What is written is read back as an equal scenario, but for white space inside documents.

use super::{Acceptance, Body, Case, Expect, Scenario};
use crate::document::{Literal, LiteralKind};
use crate::json::{self, write_string};
use crate::policies::{Grantee, IdentitySource, Policies, PolicySource};
use crate::principal::{Account, Entity, Issuer, Principal, SessionToken};
use crate::request::{Request, Resource};

impl Scenario {
    /// The JSON text of the scenario, pretty printed.
    ///
    /// Documents are laid out anew, which means nothing (GRAM-006) unless sizes are checked: then their texts are written as strings.
    pub fn to_json(&self) -> String {
        let mut members =
            vec![("name", string(&self.name)), ("rules", list(self.rules.iter().map(|rule| string(rule))))];
        members.extend(self.note.as_deref().map(|note| ("note", string(note))));
        members.extend(self.status.as_deref().map(|status| ("status", string(status))));
        match &self.body {
            Body::Requests { policies, requests, expect } => {
                members.push(("policies", policies_json(policies)));
                members.push(("requests", list(requests.iter().map(case_json))));
                members.extend(expect.map(|expect| {
                    let text = match expect {
                        Acceptance::Accepted => object(&[("accepted", "true".to_owned())]),
                        Acceptance::Rejected(code) => object(&[("rejected", string(code.as_str()))]),
                    };
                    ("expect", text)
                }));
            }
            Body::Operation { operation, expect } => {
                members.push(("operation", operation.to_string()));
                members.push(("expect", expect.to_string()));
            }
        }
        let compact = object(&members);
        json::pretty(&compact).unwrap_or(compact)
    }
}

/// The JSON text of the `policies` member, compact. Absent policies are left out.
pub fn policies_json(policies: &Policies) -> String {
    let verbatim = policies.check_size;
    let policy = |policy: &PolicySource| policy_json(policy, &[], verbatim);
    let policy_list = |policies: &[PolicySource]| list(policies.iter().map(policy));
    let levels = |levels: &[Vec<PolicySource>]| list(levels.iter().map(|level| policy_list(level)));
    let mut members = Vec::new();
    members.extend(policies.identity.as_deref().map(|identity| {
        let item = |item: &crate::policies::IdentityPolicy| {
            let source = match &item.source {
                IdentitySource::User => "user".to_owned(),
                IdentitySource::Group(name) => format!("group:{name}"),
                IdentitySource::Role => "role".to_owned(),
                IdentitySource::Issuer => "issuer".to_owned(),
            };
            policy_json(&item.policy, &[("source", string(&source))], verbatim)
        };
        ("identity", list(identity.iter().map(item)))
    }));
    match policies.boundary.as_slice() {
        [] => {}
        [one] => members.push(("boundary", policy(one))),
        several => members.push(("boundary", policy_list(several))),
    }
    members.extend(policies.session.as_deref().map(|session| ("session", policy_list(session))));
    members.extend(policies.scps.as_deref().map(|scps| ("scps", levels(scps))));
    members.extend(policies.rcps.as_deref().map(|rcps| ("rcps", levels(rcps))));
    members.extend(policies.endpoint.as_ref().map(|endpoint| {
        ("endpoint", policy_json(&endpoint.policy, &[("kind", string(endpoint.kind.as_str()))], verbatim))
    }));
    members.extend(policies.resource.as_ref().map(|resource| {
        ("resource", policy_json(&resource.policy, &[("kind", string(resource.kind.as_str()))], verbatim))
    }));
    if !policies.acl.is_empty() {
        let grants = policies.acl.iter().map(|grant| {
            let grantee = match &grant.grantee {
                Grantee::Account(id) => ("account", string(id)),
                Grantee::AllUsers => ("group", string("AllUsers")),
                Grantee::AuthenticatedUsers => ("group", string("AuthenticatedUsers")),
                Grantee::CanonicalUser(id) => ("canonical_user_id", string(id)),
            };
            object(&[
                ("grantee", object(&[grantee])),
                ("permission", string(grant.permission.as_str())),
                ("on", string(grant.on.as_str())),
            ])
        });
        members.push(("acl", list(grants)));
    }
    if policies.check_size {
        members.push(("check_size", "true".to_owned()));
    }
    object(&members)
}

/// The JSON text of a request without expectation, compact.
pub fn request_json(request: &Request) -> String {
    object(&request_members(request))
}

/// The JSON text of a principal record, compact.
pub fn principal_json(principal: &Principal) -> String {
    let mut members = vec![("kind", string(principal.kind()))];
    let token = |token: SessionToken| ("session_token", object(&[("mfa", token.mfa.to_string())]));
    if let Some(account) = principal.account() {
        members.extend(account_members(account));
    }
    match principal {
        Principal::Root(root) => {
            if root.assumed_root() {
                members.push(("assumed_root", "true".to_owned()));
            }
            members.extend(root.session_token().map(token));
        }
        Principal::User(user) => {
            members.extend(entity_members(user.entity()));
            members.extend(user.session_token().map(token));
        }
        Principal::RoleSession(session) => {
            members.push(("role", object(&entity_members(session.role()))));
            members.push(("session_name", string(session.session_name())));
            let origin = session.origin();
            let mut inner = vec![("kind", string(origin.kind()))];
            inner.extend(origin.provider().map(|provider| ("provider", string(provider))));
            members.push(("origin", object(&inner)));
            if session.service_linked() {
                members.push(("service_linked", "true".to_owned()));
            }
        }
        Principal::FederatedUser(session) => {
            members.push(("name", string(session.name())));
            let mut inner = Vec::new();
            match session.issuer() {
                Issuer::Root => inner.push(("kind", string("root"))),
                Issuer::User(user) => {
                    inner.push(("kind", string("user")));
                    inner.extend(entity_members(user));
                }
            }
            members.push(("issuer", object(&inner)));
            if session.console() {
                members.push(("console", "true".to_owned()));
            }
        }
        Principal::Service(service) => {
            members.push(("name", string(service.name())));
            members.push(("names_list", list(service.names_list().iter().map(|name| string(name)))));
        }
        Principal::FederatedCaller(caller) => members.push(("provider", string(caller.provider()))),
        Principal::Anonymous => {}
    }
    object(&members)
}

fn request_members(request: &Request) -> Vec<(&'static str, String)> {
    let mut resource = vec![("arn", string(request.resource().as_str()))];
    match request.resource() {
        Resource::None { owner } => resource.extend(owner.as_deref().map(|owner| ("account", string(owner)))),
        Resource::Arn(arn) => {
            resource.push(("account", string(arn.owner())));
            if arn.management() {
                resource.push(("management", "true".to_owned()));
            }
            if arn.aws_managed() {
                resource.push(("aws_managed", "true".to_owned()));
            }
        }
    }
    let mut context = String::from("{");
    for (n, entry) in request.context().entries().iter().enumerate() {
        if n > 0 {
            context.push(',');
        }
        write_string(&mut context, &entry.key);
        context.push(':');
        context.push_str(&list(entry.values.iter().map(literal)));
    }
    context.push('}');
    vec![
        ("principal", principal_json(request.principal())),
        ("action", string(request.action().as_str())),
        ("resource", object(&resource)),
        ("context", context),
    ]
}

fn case_json(case: &Case) -> String {
    let mut members = Vec::new();
    members.extend(case.name.as_deref().map(|name| ("name", string(name))));
    members.extend(case.status.as_deref().map(|status| ("status", string(status))));
    let mut text = match &case.request {
        Ok(request) => {
            members.extend(request_members(request));
            object(&members)
        }
        // The members are spliced in as written: a record could not hold them.
        Err(invalid) => {
            let own = object(&members);
            let between = if members.is_empty() || &*invalid.written == "{}" { "" } else { "," };
            format!("{}{between}{}", &own[..own.len() - 1], &invalid.written[1..])
        }
    };
    if let Some(expect) = &case.expect {
        text.pop();
        let between = if text.len() > 1 { "," } else { "" };
        text.push_str(&format!("{between}\"expect\":{}}}", expect_json(expect)));
    }
    text
}

fn expect_json(expect: &Expect) -> String {
    let (decision, deciding, determining) = match expect {
        Expect::Error(error) => return object(&[("error", string(error.as_str()))]),
        Expect::Decision { decision, deciding, determining } => (decision, deciding, determining),
    };
    let mut members = vec![("decision", string(decision.as_str()))];
    members.extend(deciding.map(|deciding| {
        ("deciding", deciding.map_or_else(|| "null".to_owned(), |deciding| string(deciding.as_str())))
    }));
    members.extend(determining.as_deref().map(|statements| {
        let statements = statements.iter().map(|statement| {
            let mut members = vec![
                ("type", string(statement.policy_type.as_str())),
                ("policy", string(&statement.policy)),
                ("statement", statement.statement.to_string()),
            ];
            members.extend(statement.level.map(|level| ("level", level.to_string())));
            object(&members)
        });
        ("determining", list(statements))
    }));
    object(&members)
}

fn policy_json(policy: &PolicySource, more: &[(&'static str, String)], verbatim: bool) -> String {
    let mut members = vec![("id", string(&policy.id))];
    members.extend_from_slice(more);
    if policy.managed {
        members.push(("managed", "true".to_owned()));
    }
    // An object that reads as it stands is embedded; any other text goes into a string.
    let text = &policy.document.text;
    let embeds = !verbatim
        && text.starts_with('{')
        && json::parse(text).is_ok_and(|value| value.span.end == text.len());
    members.push(("document", if embeds { text.to_string() } else { string(text) }));
    object(&members)
}

fn account_members(account: &Account) -> Vec<(&'static str, String)> {
    let mut members = vec![("partition", string(&account.partition)), ("account", string(&account.id))];
    if account.management {
        members.push(("management", "true".to_owned()));
    }
    members.extend(account.canonical_user_id.as_deref().map(|id| ("canonical_user_id", string(id))));
    members
}

fn entity_members(entity: &Entity) -> Vec<(&'static str, String)> {
    vec![("path", string(&entity.path)), ("name", string(&entity.name)), ("id", string(&entity.id))]
}

fn literal(literal: &Literal) -> String {
    match literal.kind {
        LiteralKind::String => string(&literal.text),
        LiteralKind::Number | LiteralKind::Bool => literal.text.clone(),
    }
}

fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_string(&mut out, text);
    out
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

fn object(members: &[(&str, String)]) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}
