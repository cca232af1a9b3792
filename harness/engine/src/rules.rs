//! What the rules say about a request without reading a policy: which policies it may be put under (EVAL-006), which operations
//! need no permission (EVAL-057), which are refused to the credentials (EVAL-058) or by the service (EVAL-063, EVAL-081), which
//! policy types are consulted, and what access control lists grant (EVAL-062).

use assize_model::request::ResourceArn;
use assize_model::{
    AclGrant, AclPermission, AclTarget, DecidingType, Decision, Grantee, InputError, Issuer, MatchClass,
    PolicyType, Principal, Relation, ReportState, ResourceKind,
};

use crate::frame::Frame;
use crate::hash;
use crate::list::{Sources, View};
use crate::naming::Reading;
use crate::service::Service;

/// The services whose actions RCPs restrict (EVAL-019).
const RCP_SERVICES: [Service; 7] = [
    Service::S3,
    Service::Sts,
    Service::Kms,
    Service::Sqs,
    Service::SecretsManager,
    Service::Ecr,
    Service::Aoss,
];

/// The services that take unsigned requests (EVAL-055).
const ANONYMOUS_SERVICES: [Service; 3] = [Service::S3, Service::Sqs, Service::Sns];

/// The operations on roles that the trust policy answers (EVAL-049).
const TRUST_OPERATIONS: [&str; 6] = [
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "TagSession",
    "SetSourceIdentity",
    "SetContext",
];

/// The actions that only accompany another operation (EVAL-061).
const ACCOMPANYING: [&str; 3] = ["TagSession", "SetSourceIdentity", "SetContext"];

/// The actions on a bucket's policy (EVAL-033, EVAL-063).
const BUCKET_POLICY: [&str; 3] = ["GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy"];

/// What a request's evaluation starts from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// The decision of step 1, which reads no policy.
    pub(crate) early: Option<(Decision, DecidingType)>,
    /// The effective kind of the resource (EVAL-049).
    pub(crate) kind: ResourceKind,
    pub(crate) relation: Relation,
    pub(crate) reading: Reading,
    pub(crate) rcp: ReportState,
    pub(crate) scp: ReportState,
    pub(crate) vpce: ReportState,
    pub(crate) resource: ReportState,
    pub(crate) identity: ReportState,
    pub(crate) boundary: ReportState,
    pub(crate) session: ReportState,
    /// Deny statements of the resource policy are set aside (EVAL-033).
    pub(crate) lockout_exempt: bool,
    /// The service refuses the operation unless an explicit deny comes first.
    pub(crate) service_forbids: bool,
    /// The identity side needs no Allow statement: root, and federated sessions of root.
    pub(crate) full_access: bool,
}

impl Plan {
    /// # Errors
    /// The first input error of the request under these policies.
    pub(crate) fn new(view: &View<'_>, frame: &Frame<'_>) -> Result<Plan, InputError> {
        check_supplied(view, frame)?;
        let principal = frame.principal;
        let account = frame.names.account;
        let relation = match (account, frame.resource) {
            (None, _) => Relation::ResourceOnly,
            (Some(account), Some(resource)) if account.id != resource.owner() => Relation::CrossAccount,
            (Some(_), _) => Relation::SameAccount,
        };
        let (kind, on_resource) = resource_kind(view, frame);
        let early = early(frame);
        let state = |applicable: bool, supplied: bool| match (applicable && early.is_none(), supplied) {
            (false, _) => ReportState::NotApplicable,
            (true, false) => ReportState::Absent,
            (true, true) => ReportState::Evaluated,
        };
        let service_linked = is_service_linked(principal);
        let full_access = match principal {
            Principal::Root(_) => true,
            Principal::FederatedUser(session) => *session.issuer() == Issuer::Root,
            _ => false,
        };
        let has_identity = account.is_some() && !full_access;
        let may_have_session = match principal {
            Principal::Root(root) => root.assumed_root(),
            Principal::RoleSession(_) => !service_linked,
            Principal::FederatedUser(_) => true,
            _ => false,
        };
        let under_scps = account.is_some_and(|account| !account.management) && !service_linked;
        Ok(Plan {
            early,
            kind,
            relation,
            reading: Reading { gateway: false, bounded: view.boundary.is_some() },
            rcp: state(under_rcps(frame), view.rcps.is_some()),
            scp: state(under_scps, view.scps.is_some()),
            vpce: state(true, view.endpoint.is_some()),
            resource: state(on_resource, view.resource.is_some() || !view.acl.is_empty()),
            identity: state(has_identity, view.identity.is_some()),
            boundary: state(has_identity && !service_linked, view.boundary.is_some()),
            session: state(may_have_session, view.session.is_some()),
            lockout_exempt: relation == Relation::SameAccount && is_lockout_exempt(frame),
            service_forbids: service_forbids(frame, relation),
            full_access,
        })
    }

    /// `resource`, or `trust` for a role.
    pub(crate) fn resource_type(&self) -> PolicyType {
        self.kind.policy_type()
    }
}

/// EVAL-006 and the errors of EVAL-001, in the order of [`InputError`].
fn check_supplied(view: &View<'_>, frame: &Frame<'_>) -> Result<(), InputError> {
    let principal = frame.principal;
    let refuse = |error: Option<InputError>| error.map_or(Ok(()), Err);
    if view.boundary.is_some_and(|boundary| boundary.len() > 1) {
        return Err(InputError::BoundaryCount);
    }
    if view.session.is_some_and(|session| session.len() > 11) {
        return Err(InputError::SessionPolicyCount);
    }
    let issued_by_root =
        matches!(principal, Principal::FederatedUser(session) if *session.issuer() == Issuer::Root);
    if !view.sources.is_empty() {
        refuse(match principal {
            Principal::Root(_) => Some(InputError::IdentityPolicyOnRoot),
            Principal::FederatedUser(_) if issued_by_root => Some(InputError::IdentityPolicyOnRoot),
            Principal::Service(_) => Some(InputError::IdentityPolicyOnService),
            Principal::FederatedCaller(_) => Some(InputError::IdentityPolicyOnFederatedCaller),
            Principal::Anonymous => Some(InputError::IdentityPolicyOnAnonymous),
            Principal::User(_) | Principal::RoleSession(_) | Principal::FederatedUser(_) => {
                let possible = match principal {
                    Principal::User(_) => Sources::USER.with(Sources::GROUP),
                    Principal::RoleSession(_) => Sources::ROLE,
                    _ => Sources::ISSUER.with(Sources::GROUP),
                };
                (!view.sources.are_among(possible)).then_some(InputError::IdentitySourceMismatch)
            }
        })?;
    }
    if view.boundary.is_some() {
        refuse(match principal {
            Principal::Root(_) => Some(InputError::BoundaryOnRoot),
            Principal::FederatedUser(_) if issued_by_root => Some(InputError::BoundaryOnRoot),
            Principal::RoleSession(_) if is_service_linked(principal) => {
                Some(InputError::BoundaryOnServiceLinkedRole)
            }
            Principal::Service(_) => Some(InputError::BoundaryOnService),
            Principal::FederatedCaller(_) => Some(InputError::BoundaryOnFederatedCaller),
            Principal::Anonymous => Some(InputError::BoundaryOnAnonymous),
            Principal::User(_) | Principal::RoleSession(_) | Principal::FederatedUser(_) => None,
        })?;
    }
    if view.session.is_some() {
        refuse(match principal {
            Principal::Root(root) if !root.assumed_root() => Some(InputError::SessionPolicyOnRoot),
            Principal::User(_) => Some(InputError::SessionPolicyOnUser),
            Principal::RoleSession(_) if is_service_linked(principal) => {
                Some(InputError::SessionPolicyOnServiceLinkedRole)
            }
            Principal::Service(_) => Some(InputError::SessionPolicyOnService),
            Principal::FederatedCaller(_) => Some(InputError::SessionPolicyOnFederatedCaller),
            Principal::Anonymous => Some(InputError::SessionPolicyOnAnonymous),
            Principal::Root(_) | Principal::RoleSession(_) | Principal::FederatedUser(_) => None,
        })?;
    }
    let in_management_account = frame.names.account.is_some_and(|account| account.management);
    if view.scps.is_some_and(|levels| levels.len() > 0) {
        refuse(match principal {
            Principal::Service(_) => Some(InputError::ScpOnService),
            Principal::FederatedCaller(_) => Some(InputError::ScpOnFederatedCaller),
            Principal::Anonymous => Some(InputError::ScpOnAnonymous),
            _ => in_management_account.then_some(InputError::ScpOnManagementAccount),
        })?;
    }
    if view.rcps.is_some_and(|levels| levels.len() > 0) {
        let of_management = frame.resource.map_or(in_management_account, ResourceArn::management);
        refuse(of_management.then_some(InputError::RcpOnManagementAccount))?;
    }
    Ok(())
}

/// The effective kind of the resource, and whether its policy and its access control lists are consulted.
fn resource_kind(view: &View<'_>, frame: &Frame<'_>) -> (ResourceKind, bool) {
    let supplied = view.resource.map_or(ResourceKind::Ordinary, |(kind, _)| kind);
    let Some(resource) = frame.resource else { return (ResourceKind::Ordinary, false) };
    if supplied != ResourceKind::RoleTrust && !is_role(resource) {
        return (supplied, true);
    }
    let by_trust = asks_service(frame, Service::Sts) && is_one_of(frame, &TRUST_OPERATIONS);
    if by_trust { (ResourceKind::RoleTrust, true) } else { (ResourceKind::Ordinary, false) }
}

/// Step 1 of EVAL-010.
fn early(frame: &Frame<'_>) -> Option<(Decision, DecidingType)> {
    if needs_no_permission(frame) {
        return Some((Decision::Allow, DecidingType::Special));
    }
    if credential_forbids(frame) {
        return Some((Decision::ImplicitDeny, DecidingType::Credential));
    }
    let (account, resource) = (frame.names.account?, frame.resource?);
    (account.partition != resource.partition()).then_some((Decision::ImplicitDeny, DecidingType::Partition))
}

/// EVAL-057.
fn needs_no_permission(frame: &Frame<'_>) -> bool {
    if !asks_service(frame, Service::Sts) {
        return false;
    }
    if is_one_of(frame, &["GetCallerIdentity"]) {
        return *frame.principal != Principal::Anonymous;
    }
    is_one_of(frame, &["GetSessionToken"])
        && match frame.principal {
            Principal::User(user) => user.session_token().is_none(),
            Principal::Root(root) => root.session_token().is_none() && !root.assumed_root(),
            _ => false,
        }
}

/// EVAL-058.
fn credential_forbids(frame: &Frame<'_>) -> bool {
    let sts = asks_service(frame, Service::Sts);
    let iam = asks_service(frame, Service::Iam);
    if let Principal::Anonymous = frame.principal {
        return !is_among(frame, &ANONYMOUS_SERVICES);
    }
    if !sts && !iam {
        return false;
    }
    let operation = sts.then(|| sts_operation(frame));
    let asks = |names: &[&str]| {
        operation.is_some_and(|known| names.iter().any(|name| known.eq_ignore_ascii_case(name)))
    };
    let session_token = |mfa: bool| (iam && !mfa) || (sts && !asks(&["AssumeRole", "GetCallerIdentity"]));
    match frame.principal {
        Principal::Root(root) => {
            asks(&["AssumeRole", "AssumeRoot"])
                || root.session_token().is_some_and(|token| session_token(token.mfa))
        }
        Principal::User(user) => user.session_token().is_some_and(|token| session_token(token.mfa)),
        Principal::RoleSession(_) => asks(&["GetFederationToken", "GetSessionToken"]),
        Principal::FederatedUser(session) => {
            (sts && !asks(&["GetCallerIdentity"])) || (iam && !session.console())
        }
        Principal::Service(_) | Principal::FederatedCaller(_) | Principal::Anonymous => false,
    }
}

/// The STS operation that the action is, or that it accompanies.
fn sts_operation<'r>(frame: &Frame<'r>) -> &'r str {
    if !is_one_of(frame, &ACCOMPANYING) {
        return frame.action.name();
    }
    let federates =
        frame.resource.is_some_and(|arn| arn.service() == "sts" && arn.name().starts_with("federated-user/"));
    if federates { "GetFederationToken" } else { "AssumeRole" }
}

/// EVAL-018 and EVAL-019.
fn under_rcps(frame: &Frame<'_>) -> bool {
    if !is_among(frame, &RCP_SERVICES) || is_service_linked(frame.principal) {
        return false;
    }
    let Some(resource) = frame.resource else {
        return frame.names.account.is_some() && !frame.asks("kms:RetireGrant");
    };
    let links_service = || {
        matches!(frame.principal, Principal::Service(_))
            && frame.asks("sts:AssumeRole")
            && is_role_under(resource, "/aws-service-role/")
    };
    !resource.aws_managed() && !frame.asks("kms:RetireGrant") && !links_service()
}

/// EVAL-033, for a requester of the owner's account.
fn is_lockout_exempt(frame: &Frame<'_>) -> bool {
    matches!(frame.principal, Principal::Root(_))
        && frame.resource.is_some()
        && asks_service(frame, Service::S3)
        && is_one_of(frame, &BUCKET_POLICY)
}

/// EVAL-063 and EVAL-081.
fn service_forbids(frame: &Frame<'_>, relation: Relation) -> bool {
    let Some(resource) = frame.resource else { return false };
    let foreign = relation == Relation::CrossAccount;
    if asks_service(frame, Service::S3) {
        foreign && is_one_of(frame, &BUCKET_POLICY)
    } else if asks_service(frame, Service::Iam) {
        (foreign && is_one_of(frame, &["PassRole"]))
            || (is_aws_managed_policy(resource) && is_one_of(frame, &POLICY_CHANGES))
            || (is_role_under(resource, "/aws-reserved/") && is_one_of(frame, &ROLE_CHANGES))
    } else if asks_service(frame, Service::Kms) {
        resource.service() == "kms"
            && resource.name().starts_with("alias/aws/")
            && is_one_of(frame, &["CreateAlias", "DeleteAlias", "UpdateAlias"])
    } else {
        false
    }
}

/// The actions that change a managed policy.
const POLICY_CHANGES: [&str; 6] = [
    "CreatePolicyVersion",
    "DeletePolicy",
    "DeletePolicyVersion",
    "SetDefaultPolicyVersion",
    "TagPolicy",
    "UntagPolicy",
];

/// The actions that change a role.
const ROLE_CHANGES: [&str; 12] = [
    "AttachRolePolicy",
    "DeleteRole",
    "DeleteRolePermissionsBoundary",
    "DeleteRolePolicy",
    "DetachRolePolicy",
    "PutRolePermissionsBoundary",
    "PutRolePolicy",
    "TagRole",
    "UntagRole",
    "UpdateAssumeRolePolicy",
    "UpdateRole",
    "UpdateRoleDescription",
];

/// Whether the action is one of this service.
fn asks_service(frame: &Frame<'_>, service: Service) -> bool {
    frame.service == Some(service)
}

/// Whether the action is one of these services.
fn is_among(frame: &Frame<'_>, services: &[Service]) -> bool {
    frame.service.is_some_and(|service| services.contains(&service))
}

/// Whether the action's name is one of `names`, ignoring ASCII case.
fn is_one_of(frame: &Frame<'_>, names: &[&str]) -> bool {
    let asked = frame.action.name().as_bytes();
    names.iter().any(|name| hash::eq_ignoring_ascii_case(asked, name.as_bytes()))
}

fn is_service_linked(principal: &Principal) -> bool {
    matches!(principal, Principal::RoleSession(session) if session.service_linked())
}

fn is_role(resource: &ResourceArn) -> bool {
    is_role_under(resource, "/")
}

/// Whether the resource is a role whose path begins with `path`.
fn is_role_under(resource: &ResourceArn, path: &str) -> bool {
    let below_role = || resource.name().strip_prefix("role");
    resource.service() == "iam" && below_role().is_some_and(|rest| rest.starts_with(path))
}

/// Whether the resource is `arn:P:iam::aws:policy/…`.
fn is_aws_managed_policy(resource: &ResourceArn) -> bool {
    resource.service() == "iam" && resource.account() == "aws" && resource.name().starts_with("policy/")
}

/// The grants of access control lists that reach the requester, with their places in the list (EVAL-062).
pub(crate) fn granted<'a>(
    acl: &'a [AclGrant],
    frame: &'a Frame<'_>,
) -> impl Iterator<Item = (usize, MatchClass)> + 'a {
    let resource = frame.resource;
    acl.iter().enumerate().filter_map(move |(number, grant)| {
        let class = class_of(grant, frame, resource?)?;
        permits(grant, frame).then_some((number, class))
    })
}

fn class_of(grant: &AclGrant, frame: &Frame<'_>, resource: &ResourceArn) -> Option<MatchClass> {
    let Some(account) = frame.names.account else {
        let everyone = *frame.principal == Principal::Anonymous && grant.grantee == Grantee::AllUsers;
        return everyone.then_some(MatchClass::Direct);
    };
    let reaches = account.id != resource.owner()
        && match &grant.grantee {
            Grantee::Account(id) => *id == account.id,
            Grantee::CanonicalUser(id) => account.canonical_user_id.as_ref() == Some(id),
            Grantee::AllUsers | Grantee::AuthenticatedUsers => true,
        };
    reaches.then_some(MatchClass::Account)
}

/// Whether the grant's permission stands for the action.
fn permits(grant: &AclGrant, frame: &Frame<'_>) -> bool {
    let single = |permission: AclPermission| -> &[&str] {
        match (grant.on, permission) {
            (AclTarget::Bucket, AclPermission::Read) => {
                &["ListBucket", "ListBucketVersions", "ListBucketMultipartUploads"]
            }
            (AclTarget::Bucket, AclPermission::Write) => &["PutObject"],
            (AclTarget::Bucket, AclPermission::ReadAcp) => &["GetBucketAcl"],
            (AclTarget::Bucket, AclPermission::WriteAcp) => &["PutBucketAcl"],
            (AclTarget::Object, AclPermission::Read) => &["GetObject", "GetObjectVersion"],
            (AclTarget::Object, AclPermission::ReadAcp) => &["GetObjectAcl", "GetObjectVersionAcl"],
            (AclTarget::Object, AclPermission::WriteAcp) => &["PutObjectAcl", "PutObjectVersionAcl"],
            (AclTarget::Object, AclPermission::Write) | (_, AclPermission::FullControl) => &[],
        }
    };
    asks_service(frame, Service::S3)
        && match grant.permission {
            AclPermission::FullControl => {
                AclPermission::ALL.iter().any(|&permission| is_one_of(frame, single(permission)))
            }
            permission => is_one_of(frame, single(permission)),
        }
}
