//! What the benchmarks build requests and policies from.
#![allow(dead_code, reason = "each benchmark uses a part")]

use std::time::Duration;

use assize_engine::{Outcome, PreparedPolicies};
use assize_model::{
    Account, Action, Context, ContextEntry, Decision, EndpointKind, EndpointPolicy, Entity, IdentityPolicy,
    IdentitySource, Literal, Origin, Policies, PolicySource, Principal, Request, Resource, ResourceKind,
    ResourcePolicy, RoleSession,
};
use criterion::Criterion;

pub const OWNER: &str = "111111111111";
pub const OTHER: &str = "222222222222";

/// Enough samples to tell a regression from noise, in a run that ends within minutes.
pub fn criterion() -> Criterion {
    Criterion::default()
        .sample_size(40)
        .warm_up_time(Duration::from_millis(400))
        .measurement_time(Duration::from_millis(1_200))
}

/// A session of a role in `account`.
pub fn session(account: &str) -> Principal {
    let account = Account::new("aws", account).expect("an account");
    let role = Entity::new("/service/", "reader", "AROAEXAMPLEROLE00001").expect("a role");
    Principal::RoleSession(
        RoleSession::new(account, role, "worker-17", Origin::AssumeRole).expect("a session"),
    )
}

/// What a request to an object store brings along.
pub fn context() -> Context {
    let entries = [
        ("aws:CurrentTime", "2024-06-01T12:00:00Z"),
        ("aws:EpochTime", "1717243200"),
        ("aws:SourceIp", "203.0.113.9"),
        ("aws:SecureTransport", "true"),
        ("aws:UserAgent", "aws-sdk-rust/1.3.0 os/linux lang/rust/1.80"),
        ("aws:RequestedRegion", "us-east-1"),
        ("aws:PrincipalOrgID", "o-a1b2c3d4e5"),
        ("aws:PrincipalTag/team", "red"),
        ("s3:prefix", "home/red/"),
        ("s3:TlsVersion", "1.3"),
    ];
    let entry = |(key, value): (&str, &str)| ContextEntry {
        key: key.to_owned(),
        values: vec![Literal::string(value)],
    };
    Context::new(entries.map(entry).into()).expect("a context")
}

pub fn request(principal: Principal, action: &str, arn: &str) -> Request {
    let resource = Resource::new(arn, Some(OWNER.to_owned())).expect("a resource");
    Request::new(principal, Action::new(action).expect("an action"), resource, context()).expect("a request")
}

pub fn statement(effect: &str, action: &str, resource: &str, condition: &str) -> String {
    format!(r#"{{"Effect":"{effect}","Action":"{action}","Resource":"{resource}","Condition":{condition}}}"#)
}

pub fn with_principal(statement: &str, principal: &str) -> String {
    statement.replacen(r#""Action""#, &format!(r#""Principal":{principal},"Action""#), 1)
}

pub fn document(statements: impl IntoIterator<Item = String>) -> String {
    let statements: Vec<String> = statements.into_iter().collect();
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

/// Policies of a role.
pub fn identity(documents: impl IntoIterator<Item = String>) -> Policies {
    let policies = documents.into_iter().enumerate().map(|(number, text)| IdentityPolicy {
        source: IdentitySource::Role,
        policy: PolicySource::new(format!("p{number}"), text),
    });
    Policies { identity: Some(policies.collect()), ..Policies::default() }
}

pub fn bucket_policy(text: String) -> ResourcePolicy {
    ResourcePolicy { kind: ResourceKind::Ordinary, policy: PolicySource::new("bucket", text) }
}

pub fn endpoint_policy(text: String) -> EndpointPolicy {
    EndpointPolicy { kind: EndpointKind::Interface, policy: PolicySource::new("endpoint", text) }
}

/// Prepares policies and checks the decision that is going to be timed.
pub fn prepare(policies: &Policies, request: &Request, decision: Decision) -> PreparedPolicies {
    let prepared = PreparedPolicies::new(policies).unwrap_or_else(|refusal| panic!("{refusal:?}"));
    let outcome = prepared.decide(request).expect("a decision");
    let evaluation = prepared.explain(request).expect("an evaluation");
    assert_eq!(outcome, Outcome { decision: evaluation.decision, deciding: evaluation.deciding });
    assert_eq!(outcome.decision, decision);
    prepared
}
