//! Handing a role to a service, and delegated administration of users and roles.

use assize_model::{Account, ContextEntry, Evaluator, Principal, Request};

use super::Stop;
use super::authorization::{authorize, entry, request};
use super::session::{Caller, role_arn};

/// A role that is handed over. Its tags and its trust policy play no part (DELEG-039, DELEG-040).
#[derive(Clone, Debug)]
pub struct PassedRole {
    /// The role's account.
    pub account: Account,
    /// The role's path.
    pub path: String,
    /// The role's name.
    pub name: String,
    /// The services through which it goes; the last one will assume it.
    pub services: Vec<String>,
    /// The ARN of the resource that the role will be attached to, if the service supplies it.
    pub associated_resource: Option<String>,
}

impl PassedRole {
    /// DELEG-038: the service that will finally assume the role.
    pub fn passed_to_service(&self) -> Option<&str> {
        self.services.last().map(String::as_str)
    }

    /// DELEG-036 to DELEG-038: `iam:PassRole` on the role, never on an instance profile.
    ///
    /// # Errors
    /// [`Stop::Failed`] if these make no request.
    pub fn request(&self, principal: &Principal, context: &[ContextEntry]) -> Result<Request, Stop> {
        let mut context: Vec<ContextEntry> =
            context.iter().filter(|entry| of_the_caller(&entry.key)).cloned().collect();
        context.extend(self.passed_to_service().map(|service| entry("iam:PassedToService", service)));
        context.extend(self.associated_resource.iter().map(|arn| entry("iam:AssociatedResourceArn", arn)));
        let arn = role_arn(&self.account, &self.path, &self.name);
        request(principal, "iam:PassRole", Some((&arn, &self.account.id)), context)
    }
}

/// Whether a key tells of the caller and the network. Those of the operation's own resource and parameters are not in the context of
/// `iam:PassRole`; above all no tag of the role is (DELEG-039).
fn of_the_caller(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let own = ["aws:resourcetag/", "aws:requesttag/", "aws:tagkeys"];
    key.starts_with("aws:") && !own.iter().any(|own| key.starts_with(own))
}

/// DELEG-036: an operation is authorized as `action` on each of `resources`, ARN and owner; if it hands over a role, also as
/// `iam:PassRole`. Without a role it needs none, so a service may use its default service-linked role (DELEG-041).
///
/// # Errors
/// [`Stop::Denied`].
pub fn call_with_role(
    evaluator: &dyn Evaluator,
    caller: &Caller,
    action: &str,
    resources: &[(String, String)],
    role: Option<&PassedRole>,
) -> Result<Vec<String>, Stop> {
    let mut requests = Vec::new();
    for (arn, owner) in resources {
        let on = Some((arn.as_str(), owner.as_str()));
        requests.push(request(&caller.principal, action, on, caller.context.clone())?);
    }
    if let Some(role) = role {
        requests.push(role.request(&caller.principal, &caller.context)?);
    }
    authorize(evaluator, &caller.policies, &requests)
}

/// A user or role that an operation writes.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its ARN.
    pub arn: String,
    /// Its account.
    pub account: String,
    /// The ARN of the boundary that it has.
    pub boundary: Option<String>,
}

/// DELEG-046: `iam:PermissionsBoundary` is the boundary that the target is given, or else the one that it has.
///
/// # Errors
/// [`Stop::Denied`].
pub fn write_identity(
    evaluator: &dyn Evaluator,
    caller: &Caller,
    action: &str,
    target: &Target,
    given: Option<&str>,
) -> Result<Vec<String>, Stop> {
    let mut context = caller.context.clone();
    let boundary = given.or(target.boundary.as_deref());
    context.extend(boundary.map(|arn| entry("iam:PermissionsBoundary", arn)));
    let requests = [request(&caller.principal, action, Some((&target.arn, &target.account)), context)?];
    authorize(evaluator, &caller.policies, &requests)
}
