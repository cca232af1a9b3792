//! Requests that differ from another in one member.

use std::sync::Arc;

use assize_model::{
    Account, Action, Context, ContextEntry, Entity, FederatedCaller, FederatedUser, Issuer, Literal, Origin,
    Principal, Request, Resource, RoleSession, Root, Service, User,
};

/// The same request by another requester.
pub fn by(request: &Request, principal: Principal) -> Option<Request> {
    Request::new(principal, request.action().clone(), request.resource().clone(), request.context().clone())
        .ok()
}

/// The same request for another action.
pub fn for_action(request: &Request, action: impl Into<Arc<str>>) -> Option<Request> {
    let action = Action::new(action).ok()?;
    Request::new(request.principal().clone(), action, request.resource().clone(), request.context().clone())
        .ok()
}

/// The same request on another resource, with the facts of the first.
pub fn on(request: &Request, arn: &str, owner: &str) -> Option<Request> {
    let mut resource = Resource::new(arn, Some(owner.to_owned())).ok()?;
    if let Resource::Arn(before) = request.resource() {
        resource = resource.with_facts(before.management(), before.aws_managed());
    }
    Request::new(request.principal().clone(), request.action().clone(), resource, request.context().clone())
        .ok()
}

/// The same request with another context.
pub fn with_context(request: &Request, entries: Vec<ContextEntry>) -> Option<Request> {
    let context = Context::new(entries).ok()?;
    Request::new(request.principal().clone(), request.action().clone(), request.resource().clone(), context)
        .ok()
}

/// The same request with a context key set.
pub fn with_key(request: &Request, key: &str, values: &[&str]) -> Option<Request> {
    let mut entries = request.context().entries().to_vec();
    entries.retain(|entry| !entry.key.eq_ignore_ascii_case(key));
    let values = values.iter().map(|value| Literal::string(*value)).collect();
    entries.push(ContextEntry { key: key.to_owned(), values });
    with_context(request, entries)
}

/// What is changed in a requester: each text of the record goes through one of these.
pub struct Rename<'r> {
    /// Account ids.
    pub account: &'r dyn Fn(&str) -> String,
    /// Names of users, roles and federated sessions.
    pub name: &'r dyn Fn(&str) -> String,
    /// Paths of users and roles.
    pub path: &'r dyn Fn(&str) -> String,
    /// Session names.
    pub session: &'r dyn Fn(&str) -> String,
    /// Federation providers.
    pub provider: &'r dyn Fn(&str) -> String,
}

/// Leaves a text as it is.
pub fn keep(text: &str) -> String {
    text.to_owned()
}

impl Rename<'_> {
    /// Changes nothing.
    pub fn nothing() -> Rename<'static> {
        Rename { account: &keep, name: &keep, path: &keep, session: &keep, provider: &keep }
    }

    /// The requester with its texts changed; `None` if they make no record.
    pub fn principal(&self, principal: &Principal) -> Option<Principal> {
        Some(match principal {
            Principal::Root(root) => {
                let account = self.account(root.account())?;
                Principal::Root(match root.session_token() {
                    Some(token) => Root::with_session_token(account, token),
                    None if root.assumed_root() => Root::assumed(account),
                    None => Root::new(account),
                })
            }
            Principal::User(user) => {
                let entity = self.entity(user.entity())?;
                Principal::User(User::new(self.account(user.account())?, entity, user.session_token()))
            }
            Principal::RoleSession(session) => {
                let name = (self.session)(session.session_name());
                let origin = self.origin(session.origin());
                let role = self.entity(session.role())?;
                Principal::RoleSession(
                    RoleSession::new(self.account(session.account())?, role, name, origin).ok()?,
                )
            }
            Principal::FederatedUser(session) => {
                let issuer = match session.issuer() {
                    Issuer::User(user) => Issuer::User(self.entity(user)?),
                    Issuer::Root => Issuer::Root,
                };
                let account = self.account(session.account())?;
                let name = (self.name)(session.name());
                Principal::FederatedUser(FederatedUser::new(account, name, issuer, session.console()).ok()?)
            }
            Principal::Service(service) => {
                Principal::Service(Service::new(service.name(), service.names_list().to_vec()).ok()?)
            }
            Principal::FederatedCaller(caller) => {
                Principal::FederatedCaller(FederatedCaller::new((self.provider)(caller.provider())).ok()?)
            }
            Principal::Anonymous => Principal::Anonymous,
        })
    }

    fn account(&self, account: &Account) -> Option<Account> {
        let renamed = Account::new(account.partition.clone(), (self.account)(&account.id)).ok()?;
        Some(Account { id: renamed.id, ..account.clone() })
    }

    fn entity(&self, entity: &Entity) -> Option<Entity> {
        Entity::new((self.path)(&entity.path), (self.name)(&entity.name), entity.id.clone()).ok()
    }

    fn origin(&self, origin: &Origin) -> Origin {
        let provider = |provider: &Option<String>| provider.as_deref().map(|text| (self.provider)(text));
        match origin {
            Origin::AssumeRole => Origin::AssumeRole,
            Origin::Saml(of) => Origin::Saml(provider(of)),
            Origin::WebIdentity(of) => Origin::WebIdentity(provider(of)),
            Origin::Service(of) => Origin::Service(provider(of)),
            Origin::Ec2Instance(of) => Origin::Ec2Instance(provider(of)),
        }
    }
}
