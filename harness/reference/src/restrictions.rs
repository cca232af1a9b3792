//! What is decided without reading a policy, or against them: EVAL-008, EVAL-033, EVAL-057, EVAL-058, EVAL-063, EVAL-081.

use assize_model::request::ResourceArn;
use assize_model::{Principal, Resource};

use crate::question::Question;
use crate::semantics::Semantics;

/// The actions that a role's trust policy decides (EVAL-049).
pub(crate) const TRUST_ACTIONS: [&str; 6] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:TagSession",
    "sts:SetSourceIdentity",
    "sts:SetContext",
];

/// The actions on a bucket's own policy (EVAL-033, EVAL-063).
pub(crate) const BUCKET_POLICY_ACTIONS: [&str; 3] =
    ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"];

/// The actions that go with another operation (EVAL-058).
const PERMISSION_ONLY: [&str; 3] = ["sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"];

/// Actions that change a managed policy (EVAL-081).
const POLICY_MUTATIONS: [&str; 6] = [
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:SetDefaultPolicyVersion",
    "iam:TagPolicy",
    "iam:UntagPolicy",
];

/// Actions that change a role (EVAL-081).
const ROLE_MUTATIONS: [&str; 12] = [
    "iam:AttachRolePolicy",
    "iam:DeleteRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
];

/// Actions that change an alias of a key (EVAL-081).
const ALIAS_MUTATIONS: [&str; 3] = ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"];

/// Whether `action` is one of `known`, ignoring ASCII case (MATCH-012).
// Inlined, each list would become code of its own, more of it than the processor keeps at hand.
#[inline(never)]
pub(crate) fn is_one_of(action: &str, known: &[&str]) -> bool {
    known.iter().any(|known| known.eq_ignore_ascii_case(action))
}

/// EVAL-057.
pub(crate) fn needs_no_permission(principal: &Principal, action: &str) -> bool {
    let signed = !matches!(principal, Principal::Anonymous);
    let long_term = match principal {
        Principal::User(user) => user.session_token().is_none(),
        Principal::Root(root) => root.session_token().is_none() && !root.assumed_root(),
        _ => false,
    };
    (signed && is_one_of(action, &["sts:GetCallerIdentity"]))
        || (long_term && is_one_of(action, &["sts:GetSessionToken"]))
}

/// EVAL-058: what goes with another operation belongs to GetFederationToken on a federated user, elsewhere to AssumeRole.
pub(crate) fn operation_of<'a>(action: &'a str, resource: &Resource) -> &'a str {
    if !is_one_of(action, &PERMISSION_ONLY) {
        return action;
    }
    match resource {
        Resource::Arn(arn) if arn.service() == "sts" && arn.name().starts_with("federated-user/") => {
            "sts:GetFederationToken"
        }
        _ => "sts:AssumeRole",
    }
}

/// EVAL-081.
pub(crate) fn mutates_aws_owned(action: &str, resource: &ResourceArn) -> bool {
    let name = resource.name();
    match (resource.service(), resource.region(), resource.account()) {
        ("iam", "", "aws") if name.starts_with("policy/") => is_one_of(action, &POLICY_MUTATIONS),
        ("iam", _, _) if name.starts_with("role/aws-reserved/") => is_one_of(action, &ROLE_MUTATIONS),
        ("kms", _, _) if name.starts_with("alias/aws/") => is_one_of(action, &ALIAS_MUTATIONS),
        _ => false,
    }
}

impl<S: Semantics + ?Sized> Question<'_, S> {
    /// EVAL-057.
    pub(crate) fn no_permission_operation(&self) -> bool {
        self.rule("EVAL-057", self.semantics().needs_no_permission(self.principal(), self.action().as_str()))
    }

    /// EVAL-058.
    pub(crate) fn credential_forbids(&self) -> bool {
        let (semantics, action) = (self.semantics(), self.action());
        let vendor = action.vendor();
        let operation = semantics.operation_of(action.as_str(), self.resource());
        self.rule("EVAL-061", operation != action.as_str());
        let session_token = |token| matches!(token, Some(token) if semantics.session_token_forbidden(vendor, operation, token));
        let forbidden = match self.principal() {
            Principal::Root(root) => {
                semantics.root_forbidden(operation)
                    || session_token(root.session_token().map(|token| token.mfa))
            }
            Principal::User(user) => session_token(user.session_token().map(|token| token.mfa)),
            Principal::RoleSession(_) => semantics.role_session_forbidden(operation),
            Principal::FederatedUser(session) => {
                semantics.federated_user_forbidden(vendor, operation, session.console())
            }
            Principal::Anonymous => self.rule("EVAL-055", semantics.anonymous_forbidden(vendor)),
            Principal::Service(_) | Principal::FederatedCaller(_) => false,
        };
        self.rule("EVAL-058", forbidden)
    }

    /// EVAL-008.
    pub(crate) fn partitions_differ(&self) -> bool {
        let differ = match (self.principal().account(), self.resource_arn()) {
            (Some(account), Some(arn)) => self.semantics().partitions_differ(account, arn),
            _ => false,
        };
        self.rule("EVAL-008", differ)
    }

    /// EVAL-063, EVAL-081.
    pub(crate) fn service_forbids(&self) -> bool {
        let (semantics, action) = (self.semantics(), self.action().as_str());
        let Some(arn) = self.resource_arn() else { return false };
        let foreign = self.principal().account().is_some_and(|account| account.id != arn.owner());
        let bound = self.rule("EVAL-063", foreign && semantics.bound_to_owner(action));
        self.rule("EVAL-081", semantics.mutates_aws_owned(action, arn)) || bound
    }

    /// EVAL-033.
    pub(crate) fn lockout_exempt(&self) -> bool {
        let exempt =
            self.semantics().lockout_exempt(self.principal(), self.action().as_str(), self.resource());
        self.rule("EVAL-033", exempt)
    }
}
