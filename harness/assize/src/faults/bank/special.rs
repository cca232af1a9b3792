//! What is decided without policies, or against them.

use assize_model::request::ResourceArn;
use assize_model::{Account, Principal, Resource};
use assize_reference::{Correct, Semantics};

fn is(action: &str, other: &str) -> bool {
    action.eq_ignore_ascii_case(other)
}

faults! { FAULTS, Evaluation, "special operations";
    "caller-identity-needs-permission", "EVAL-057", Real, OverDeny, "sts:GetCallerIdentity needs permission.":
    fn needs_no_permission(&self, principal: &Principal, action: &str) -> bool { Correct.needs_no_permission(principal, action) && !is(action, "sts:GetCallerIdentity") }

    "caller-identity-not-for-services", "EVAL-057", Plausible, OverDeny, "A service needs permission for sts:GetCallerIdentity.":
    fn needs_no_permission(&self, principal: &Principal, action: &str) -> bool { Correct.needs_no_permission(principal, action) && principal.account().is_some() }

    "caller-identity-for-anonymous", "EVAL-057", Plausible, OverGrant, "Anonymous callers may call sts:GetCallerIdentity.":
    fn needs_no_permission(&self, principal: &Principal, action: &str) -> bool { Correct.needs_no_permission(principal, action) || is(action, "sts:GetCallerIdentity") }

    "caller-identity-case-counts", "EVAL-057", Plausible, OverDeny, "sts:GetCallerIdentity in small letters needs permission.":
    fn needs_no_permission(&self, principal: &Principal, action: &str) -> bool { Correct.needs_no_permission(principal, action) && action.contains(":G") }

    "session-token-needs-permission", "EVAL-057", Plausible, OverDeny, "sts:GetSessionToken needs permission.":
    fn needs_no_permission(&self, principal: &Principal, action: &str) -> bool { Correct.needs_no_permission(principal, action) && !is(action, "sts:GetSessionToken") }

    "session-token-for-temporary-credentials", "EVAL-057", Plausible, OverGrant, "Temporary credentials of a user or root may call sts:GetSessionToken.":
    fn needs_no_permission(&self, principal: &Principal, action: &str) -> bool {
        Correct.needs_no_permission(principal, action) || (matches!(principal, Principal::User(_) | Principal::Root(_)) && is(action, "sts:GetSessionToken"))
    }

    "session-token-for-root-needs-permission", "EVAL-057", Plausible, Record, "Root needs permission for sts:GetSessionToken.":
    fn needs_no_permission(&self, principal: &Principal, action: &str) -> bool {
        Correct.needs_no_permission(principal, action) && !(matches!(principal, Principal::Root(_)) && is(action, "sts:GetSessionToken"))
    }

    "tagging-is-its-own-operation", "EVAL-058", Plausible, OverGrant, "sts:TagSession is not judged with the operation that it accompanies.":
    fn operation_of<'a>(&self, action: &'a str, resource: &Resource) -> &'a str {
        if is(action, "sts:TagSession") { action } else { Correct.operation_of(action, resource) }
    }

    "tagging-always-assumes-a-role", "EVAL-058", Plausible, OverGrant, "sts:TagSession on a federated user goes with sts:AssumeRole.":
    fn operation_of<'a>(&self, action: &'a str, resource: &Resource) -> &'a str {
        match Correct.operation_of(action, resource) { "sts:GetFederationToken" if is(action, "sts:TagSession") => "sts:AssumeRole", operation => operation }
    }

    "source-identity-is-its-own-operation", "EVAL-058", Plausible, OverGrant, "sts:SetSourceIdentity is not judged with the operation that it accompanies.":
    fn operation_of<'a>(&self, action: &'a str, resource: &Resource) -> &'a str {
        if is(action, "sts:SetSourceIdentity") { action } else { Correct.operation_of(action, resource) }
    }

    "root-may-assume-roles", "EVAL-058", Plausible, OverGrant, "Root may assume roles.":
    fn root_forbidden(&self, operation: &str) -> bool { Correct.root_forbidden(operation) && !is(operation, "sts:AssumeRole") }

    "root-may-assume-root", "EVAL-058", Plausible, OverGrant, "Root may assume root of other accounts.":
    fn root_forbidden(&self, operation: &str) -> bool { Correct.root_forbidden(operation) && !is(operation, "sts:AssumeRoot") }

    "root-may-not-call-sts", "EVAL-058", Plausible, OverDeny, "Root may not call STS at all.":
    fn root_forbidden(&self, operation: &str) -> bool { Correct.root_forbidden(operation) || operation.to_ascii_lowercase().starts_with("sts:") }

    "role-session-may-federate", "EVAL-058", Plausible, OverGrant, "A role session may call sts:GetFederationToken.":
    fn role_session_forbidden(&self, operation: &str) -> bool { is(operation, "sts:GetSessionToken") }

    "role-session-may-get-session-tokens", "EVAL-058", Plausible, OverGrant, "A role session may call sts:GetSessionToken.":
    fn role_session_forbidden(&self, operation: &str) -> bool { is(operation, "sts:GetFederationToken") }

    "role-chaining-forbidden", "EVAL-058", Plausible, OverDeny, "A role session may not assume roles.":
    fn role_session_forbidden(&self, operation: &str) -> bool { Correct.role_session_forbidden(operation) || is(operation, "sts:AssumeRole") }

    "federated-session-may-call-sts", "EVAL-058", Plausible, OverGrant, "A federated session may call STS.":
    fn federated_user_forbidden(&self, vendor: &str, operation: &str, console: bool) -> bool {
        !is(vendor, "sts") && Correct.federated_user_forbidden(vendor, operation, console)
    }

    "federated-session-may-assume-roles", "EVAL-058", Plausible, OverGrant, "A federated session may assume roles.":
    fn federated_user_forbidden(&self, vendor: &str, operation: &str, console: bool) -> bool {
        Correct.federated_user_forbidden(vendor, operation, console) && !is(operation, "sts:AssumeRole")
    }

    "federated-session-may-call-iam", "EVAL-058", Plausible, OverGrant, "A federated session may call IAM.":
    fn federated_user_forbidden(&self, vendor: &str, operation: &str, _console: bool) -> bool { Correct.federated_user_forbidden(vendor, operation, true) }

    "federated-console-may-not-call-iam", "EVAL-058", Plausible, OverDeny, "A federated session in the console may not call IAM.":
    fn federated_user_forbidden(&self, vendor: &str, operation: &str, _console: bool) -> bool { Correct.federated_user_forbidden(vendor, operation, false) }

    "federated-console-may-call-everything", "EVAL-058", Plausible, OverGrant, "A federated session in the console may call STS.":
    fn federated_user_forbidden(&self, vendor: &str, operation: &str, console: bool) -> bool { !console && Correct.federated_user_forbidden(vendor, operation, console) }

    "session-token-may-call-iam", "EVAL-058", Plausible, OverGrant, "Credentials of GetSessionToken without MFA may call IAM.":
    fn session_token_forbidden(&self, vendor: &str, operation: &str, _mfa: bool) -> bool { Correct.session_token_forbidden(vendor, operation, true) }

    "session-token-with-mfa-may-not-call-iam", "EVAL-058", Plausible, OverDeny, "Credentials of GetSessionToken with MFA may not call IAM.":
    fn session_token_forbidden(&self, vendor: &str, operation: &str, _mfa: bool) -> bool { Correct.session_token_forbidden(vendor, operation, false) }

    "session-token-may-call-sts", "EVAL-058", Plausible, OverGrant, "Credentials of GetSessionToken may call all of STS.":
    fn session_token_forbidden(&self, vendor: &str, operation: &str, mfa: bool) -> bool { !is(vendor, "sts") && Correct.session_token_forbidden(vendor, operation, mfa) }

    "session-token-may-not-assume-roles", "EVAL-058", Plausible, OverDeny, "Credentials of GetSessionToken may not assume roles.":
    fn session_token_forbidden(&self, vendor: &str, operation: &str, mfa: bool) -> bool {
        is(operation, "sts:AssumeRole") || Correct.session_token_forbidden(vendor, operation, mfa)
    }

    "mfa-lifts-every-restriction", "EVAL-058", Plausible, OverGrant, "Credentials of GetSessionToken with MFA may call all of STS.":
    fn session_token_forbidden(&self, vendor: &str, operation: &str, mfa: bool) -> bool { !mfa && Correct.session_token_forbidden(vendor, operation, mfa) }

    "anonymous-everywhere", "EVAL-055", Plausible, OverGrant, "Every service takes anonymous requests.":
    fn anonymous_forbidden(&self, _vendor: &str) -> bool { false }

    "anonymous-only-on-s3", "EVAL-055", Plausible, OverDeny, "Only S3 takes anonymous requests.":
    fn anonymous_forbidden(&self, vendor: &str) -> bool { !is(vendor, "s3") }

    "anonymous-not-on-s3", "EVAL-055", Plausible, OverDeny, "S3 takes no anonymous requests.":
    fn anonymous_forbidden(&self, vendor: &str) -> bool { is(vendor, "s3") || Correct.anonymous_forbidden(vendor) }

    "partitions-not-compared", "EVAL-008", Plausible, OverGrant, "Partitions are not compared.":
    fn partitions_differ(&self, _account: &Account, _resource: &ResourceArn) -> bool { false }

    "only-china-is-apart", "EVAL-008", Plausible, OverGrant, "Only the partition of China is apart.":
    fn partitions_differ(&self, account: &Account, resource: &ResourceArn) -> bool { (account.partition == "aws-cn") != (resource.partition() == "aws-cn") }

    "other-partitions-refused", "EVAL-008", Plausible, OverDeny, "A partition other than aws is always apart.":
    fn partitions_differ(&self, account: &Account, resource: &ResourceArn) -> bool { account.partition != "aws" || resource.partition() != "aws" }

    "foreign-bucket-policies", "EVAL-063", Plausible, OverGrant, "The policy of a foreign bucket can be read and changed.":
    fn bound_to_owner(&self, action: &str) -> bool { is(action, "iam:PassRole") }

    "foreign-roles-passed", "EVAL-063", Plausible, OverGrant, "Roles of another account can be passed.":
    fn bound_to_owner(&self, action: &str) -> bool { Correct.bound_to_owner(action) && !is(action, "iam:PassRole") }

    "foreign-bucket-policy-readable", "EVAL-063", Plausible, OverGrant, "The policy of a foreign bucket can be read.":
    fn bound_to_owner(&self, action: &str) -> bool { Correct.bound_to_owner(action) && !is(action, "s3:GetBucketPolicy") }

    "all-of-iam-bound-to-owner", "EVAL-063", Plausible, Record, "No IAM action crosses accounts.":
    fn bound_to_owner(&self, action: &str) -> bool { Correct.bound_to_owner(action) || action.to_ascii_lowercase().starts_with("iam:") }

    "aws-owned-can-be-changed", "EVAL-081", Plausible, OverGrant, "What AWS owns can be changed.":
    fn mutates_aws_owned(&self, _action: &str, _resource: &ResourceArn) -> bool { false }

    "aws-owned-roles-can-be-changed", "EVAL-081", Plausible, OverGrant, "Reserved roles can be changed.":
    fn mutates_aws_owned(&self, action: &str, resource: &ResourceArn) -> bool { Correct.mutates_aws_owned(action, resource) && !resource.as_str().contains(":role/") }

    "aws-aliases-can-be-changed", "EVAL-081", Plausible, OverGrant, "The aliases of AWS managed keys can be changed.":
    fn mutates_aws_owned(&self, action: &str, resource: &ResourceArn) -> bool { Correct.mutates_aws_owned(action, resource) && !resource.as_str().contains(":alias/") }

    "aws-owned-cannot-be-read", "EVAL-081", Plausible, OverDeny, "Reserved roles cannot even be looked at.":
    fn mutates_aws_owned(&self, action: &str, resource: &ResourceArn) -> bool { Correct.mutates_aws_owned(action, resource) || resource.as_str().contains(":role/aws-reserved/") }

    "service-linked-roles-cannot-be-changed", "EVAL-081", Plausible, OverDeny, "Service-linked roles cannot be deleted.":
    fn mutates_aws_owned(&self, action: &str, resource: &ResourceArn) -> bool {
        Correct.mutates_aws_owned(action, resource) || (is(action, "iam:DeleteRole") && resource.as_str().contains(":role/aws-service-role/"))
    }

    "root-locked-out", "EVAL-033", Plausible, OverDeny, "A bucket policy can lock the owner's root user out of itself.":
    fn lockout_exempt(&self, _principal: &Principal, _action: &str, _resource: &Resource) -> bool { false }

    "root-never-locked-out", "EVAL-033", Plausible, OverGrant, "No Deny of a bucket policy counts for the owner's root user.":
    fn lockout_exempt(&self, principal: &Principal, action: &str, resource: &Resource) -> bool {
        let owner = matches!((principal, resource), (Principal::Root(root), Resource::Arn(arn)) if root.account().id == arn.owner());
        Correct.lockout_exempt(principal, action, resource) || (owner && action.to_ascii_lowercase().starts_with("s3:"))
    }

    "nobody-locked-out", "EVAL-033", Plausible, OverGrant, "No Deny of a bucket policy counts for calls on that policy.":
    fn lockout_exempt(&self, _principal: &Principal, action: &str, _resource: &Resource) -> bool {
        ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"].iter().any(|known| is(action, known))
    }

    "assumed-root-locked-out", "EVAL-064", Plausible, OverDeny, "A bucket policy can lock a session of AssumeRoot out of itself.":
    fn lockout_exempt(&self, principal: &Principal, action: &str, resource: &Resource) -> bool {
        Correct.lockout_exempt(principal, action, resource) && !matches!(principal, Principal::Root(root) if root.assumed_root())
    }

    "root-locked-out-of-deleting", "EVAL-033", Plausible, OverDeny, "A bucket policy can keep the owner's root user from deleting it.":
    fn lockout_exempt(&self, principal: &Principal, action: &str, resource: &Resource) -> bool {
        Correct.lockout_exempt(principal, action, resource) && !is(action, "s3:DeleteBucketPolicy")
    }
}
