//! The finished context: what conditions and variables see (CTX-001).

use std::borrow::Cow;
use std::ops::Range;

use assize_model::{Origin, Principal, Request};

use crate::semantics::Semantics;

/// One map from key names to lists of texts: the supplied context and the keys that the principal record yields.
#[derive(Clone, Debug, Default)]
pub struct FinishedContext<'a> {
    /// Each key, and where its values stand.
    keys: Vec<(&'a str, Range<usize>)>,
    values: Vec<Cow<'a, str>>,
}

impl<'a> FinishedContext<'a> {
    /// A context without keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key.
    pub fn insert(&mut self, key: &'a str, values: impl IntoIterator<Item = Cow<'a, str>>) {
        let start = self.values.len();
        self.values.extend(values);
        self.keys.push((key, start..self.values.len()));
    }

    /// The values of the first key that `is_it` knows; none if there is no such key, which is the same as a key without values (COND-008).
    pub(crate) fn find(&self, is_it: impl Fn(&str) -> bool) -> &[Cow<'a, str>] {
        let key = self.keys.iter().find(|(key, _)| is_it(key));
        key.map_or(&[], |(_, values)| &self.values[values.clone()])
    }

    /// The context of a decision: what was supplied, and what the principal yields (CTX-001).
    pub(crate) fn of<S: Semantics + ?Sized>(semantics: &S, request: &'a Request) -> Self {
        let (derived, supplied) =
            (semantics.principal_keys(request.principal()), request.context().entries());
        let keys = derived.len() + supplied.len();
        let values = derived.len() + supplied.iter().map(|entry| entry.values.len()).sum::<usize>();
        let mut finished =
            FinishedContext { keys: Vec::with_capacity(keys), values: Vec::with_capacity(values) };
        for (key, value) in derived {
            match finished.keys.last_mut() {
                Some((last, values)) if *last == key => {
                    finished.values.push(value);
                    values.end += 1;
                }
                _ => finished.insert(key, [value]),
            }
        }
        for entry in supplied {
            finished.insert(&entry.key, semantics.context_values(&entry.key, &entry.values));
        }
        finished
    }
}

/// The keys that the principal record yields and their values, a key with several values once per value (PRIN-015).
pub(crate) fn principal_keys<'p>(principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
    let mut keys: Vec<(&'static str, Cow<'p, str>)> = Vec::with_capacity(8);
    match principal {
        Principal::Root(root) => {
            keys.push(("aws:PrincipalArn", root.arn().into()));
            keys.push(("aws:userid", root.account().id.as_str().into()));
            keys.push(("aws:PrincipalType", "Account".into()));
            if root.assumed_root() {
                keys.push(("aws:AssumedRoot", "true".into()));
            }
        }
        Principal::User(user) => {
            keys.push(("aws:PrincipalArn", user.arn().into()));
            keys.push(("aws:userid", user.entity().id.as_str().into()));
            keys.push(("aws:username", user.entity().name.as_str().into()));
            keys.push(("aws:PrincipalType", "User".into()));
        }
        Principal::RoleSession(session) => {
            keys.push(("aws:PrincipalArn", session.role_arn().into()));
            keys.push(("aws:userid", [&session.role().id, ":", session.session_name()].concat().into()));
            keys.push(("aws:PrincipalType", "AssumedRole".into()));
            if let Origin::WebIdentity(Some(provider)) = session.origin() {
                keys.push(("aws:FederatedProvider", provider.into()));
            }
        }
        Principal::FederatedUser(session) => {
            keys.push(("aws:PrincipalArn", session.arn().into()));
            keys.push(("aws:userid", [&session.account().id, ":", session.name()].concat().into()));
            keys.push(("aws:PrincipalType", "FederatedUser".into()));
        }
        Principal::Service(service) => {
            keys.push(("aws:PrincipalIsAWSService", "true".into()));
            keys.push(("aws:PrincipalServiceName", service.name().into()));
            keys.extend(
                service.names_list().iter().map(|name| ("aws:PrincipalServiceNamesList", name.into())),
            );
        }
        Principal::FederatedCaller(caller) if !caller.is_saml() => {
            keys.push(("aws:FederatedProvider", caller.provider().into()));
        }
        Principal::FederatedCaller(_) => {}
        Principal::Anonymous => {
            keys.push(("aws:PrincipalAccount", "anonymous".into()));
            keys.push(("aws:userid", "anonymous".into()));
            keys.push(("aws:PrincipalType", "Anonymous".into()));
        }
    }
    if let Some(account) = principal.account() {
        keys.push(("aws:PrincipalAccount", account.id.as_str().into()));
        keys.push(("aws:PrincipalIsAWSService", "false".into()));
    }
    keys
}
