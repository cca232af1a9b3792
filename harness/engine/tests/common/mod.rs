//! What the tests build requests and policies from.
#![allow(dead_code, reason = "each test uses a part")]

use assize_engine::PreparedPolicies;
use assize_model::{
    Account, Action, Context, ContextEntry, Decision, Entity, Evaluation, IdentityPolicy, IdentitySource,
    Literal, Origin, Policies, PolicySource, Prepared, Principal, Request, Resource, RoleSession, User,
    Verdict,
};

pub const A: &str = "111111111111";
pub const B: &str = "222222222222";

pub fn user(account: &str, name: &str) -> Principal {
    let account = Account::new("aws", account).expect("an account");
    Principal::User(User::new(account, Entity::new("/", name, format!("AIDA{name}")).expect("a user"), None))
}

pub fn session(account: &str, role: &str, name: &str) -> Principal {
    let account = Account::new("aws", account).expect("an account");
    let role = Entity::new("/", role, format!("AROA{role}")).expect("a role");
    Principal::RoleSession(RoleSession::new(account, role, name, Origin::AssumeRole).expect("a session"))
}

pub fn resource(arn: &str) -> Resource {
    Resource::new(arn, Some(A.to_owned())).expect("a resource")
}

pub fn context(entries: &[(&str, &[&str])]) -> Context {
    let entries = entries.iter().map(|(key, values)| ContextEntry {
        key: (*key).to_owned(),
        values: values.iter().map(|&value| Literal::string(value)).collect(),
    });
    Context::new(entries.collect()).expect("a context")
}

pub fn request(principal: Principal, action: &str, arn: &str, context: Context) -> Request {
    Request::new(principal, Action::new(action).expect("an action"), resource(arn), context)
        .expect("a request")
}

/// A statement of an identity-based policy.
pub fn statement(effect: &str, action: &str, resource: &str, condition: &str) -> String {
    format!(r#"{{"Effect":"{effect}","Action":{action},"Resource":{resource},"Condition":{condition}}}"#)
}

pub fn document(statements: &[String]) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

pub fn identity(documents: &[String]) -> Policies {
    let policies = documents.iter().enumerate().map(|(number, text)| IdentityPolicy {
        source: IdentitySource::User,
        policy: PolicySource::new(format!("p{number}"), text.as_str()),
    });
    Policies { identity: Some(policies.collect()), ..Policies::default() }
}

pub fn prepare(policies: &Policies) -> PreparedPolicies {
    PreparedPolicies::new(policies).unwrap_or_else(|refusal| panic!("{refusal:?}"))
}

/// Explains and decides, which must agree.
pub fn evaluate(prepared: &dyn Prepared, request: &Request) -> Evaluation {
    match prepared.evaluate(request) {
        Verdict::Evaluated(evaluation) => *evaluation,
        other => panic!("{other:?}"),
    }
}

pub fn allows(policies: &Policies, request: &Request) -> bool {
    evaluate(&prepare(policies), request).decision == Decision::Allow
}

/// A source of choices that needs no crate: xorshift.
pub struct Choices(pub u64);

impl Choices {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit
    }

    pub fn of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}
