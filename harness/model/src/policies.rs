//! The policies that apply to a request.

use std::fmt;
use std::sync::Arc;

use crate::source::Position;

/// The policy types that take part in a decision, in the order of EVAL-066.
///
/// `Resource` and `Trust` share one place in that order: the trust policy is the resource-based policy of a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyType {
    /// Resource control policy.
    Rcp,
    /// Service control policy.
    Scp,
    /// VPC endpoint policy.
    Vpce,
    /// Resource-based policy.
    Resource,
    /// Trust policy of a role.
    Trust,
    /// Identity-based policy.
    Identity,
    /// Permissions boundary.
    Boundary,
    /// Session policy.
    Session,
}

impl PolicyType {
    /// All types, in order.
    pub const ALL: [PolicyType; 8] = [
        PolicyType::Rcp,
        PolicyType::Scp,
        PolicyType::Vpce,
        PolicyType::Resource,
        PolicyType::Trust,
        PolicyType::Identity,
        PolicyType::Boundary,
        PolicyType::Session,
    ];

    /// The seven types that a record reports on, in its order (EVAL-066); `Resource` stands for trust too.
    pub const REPORTED: [PolicyType; 7] = [
        PolicyType::Rcp,
        PolicyType::Scp,
        PolicyType::Vpce,
        PolicyType::Resource,
        PolicyType::Identity,
        PolicyType::Boundary,
        PolicyType::Session,
    ];

    /// The place of its report in a record: among [`PolicyType::REPORTED`], where a trust policy stands as the resource's.
    pub fn place(self) -> usize {
        match self {
            PolicyType::Rcp => 0,
            PolicyType::Scp => 1,
            PolicyType::Vpce => 2,
            PolicyType::Resource | PolicyType::Trust => 3,
            PolicyType::Identity => 4,
            PolicyType::Boundary => 5,
            PolicyType::Session => 6,
        }
    }

    /// The token of chapter 01, also used in records and files.
    pub fn as_str(self) -> &'static str {
        match self {
            PolicyType::Rcp => "rcp",
            PolicyType::Scp => "scp",
            PolicyType::Vpce => "vpce",
            PolicyType::Resource => "resource",
            PolicyType::Trust => "trust",
            PolicyType::Identity => "identity",
            PolicyType::Boundary => "boundary",
            PolicyType::Session => "session",
        }
    }

    /// The type with this token.
    pub fn parse(token: &str) -> Option<PolicyType> {
        PolicyType::ALL.into_iter().find(|known| known.as_str() == token)
    }
}

impl fmt::Display for PolicyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Every policy that applies to a requester and a resource (EVAL-001), not yet parsed.
///
/// `None` means that the policy type is absent, which differs from present and empty (INV-034). A policy that a requester cannot
/// have is an input error of the request, not of the set (EVAL-006).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policies {
    /// Identity-based policies of the user and its groups, of the role, or of the issuing user and its groups.
    pub identity: Option<Vec<IdentityPolicy>>,
    /// The permissions boundary. More than one is the input error `BoundaryCount`.
    pub boundary: Vec<PolicySource>,
    /// The session policies that were passed; `Some` of an empty list allows nothing.
    pub session: Option<Vec<PolicySource>>,
    /// Service control policies of the principal's account: a list per level, root first (EVAL-011).
    pub scps: Option<Vec<Vec<PolicySource>>>,
    /// Resource control policies of the resource's account: a list per level, root first (EVAL-017).
    pub rcps: Option<Vec<Vec<PolicySource>>>,
    /// The policy of the VPC endpoint that the request passed (EVAL-021).
    pub endpoint: Option<EndpointPolicy>,
    /// The resource-based policy (EVAL-023).
    pub resource: Option<ResourcePolicy>,
    /// Grants of access control lists (EVAL-062).
    pub acl: Vec<AclGrant>,
    /// Whether preparing includes the optional size stage (GRAM-050).
    pub check_size: bool,
}

/// The policies of all lists with their types: by `iter`, or by `iter_mut` and `mut`.
macro_rules! documents {
    ($policies:ident, $iter:ident $(, $mutable:tt)?) => {{
        let rcps = $policies.rcps.$iter().flatten().flatten().map(|policy| (PolicyType::Rcp, policy));
        let scps = $policies.scps.$iter().flatten().flatten().map(|policy| (PolicyType::Scp, policy));
        let endpoint = $policies.endpoint.$iter().map(|held| (PolicyType::Vpce, &$($mutable)? held.policy));
        let resource =
            $policies.resource.$iter().map(|held| (held.kind.policy_type(), &$($mutable)? held.policy));
        let identity = $policies.identity.$iter().flatten();
        let identity = identity.map(|held| (PolicyType::Identity, &$($mutable)? held.policy));
        let boundary = $policies.boundary.$iter().map(|policy| (PolicyType::Boundary, policy));
        let session = $policies.session.$iter().flatten().map(|policy| (PolicyType::Session, policy));
        rcps.chain(scps)
            .chain(endpoint)
            .chain(resource)
            .chain(identity)
            .chain(boundary)
            .chain(session)
            .collect()
    }};
}

impl Policies {
    /// Every policy with the type that its document is read as, in the order of the types in a record (EVAL-069), then of levels and lists.
    pub fn documents(&self) -> Vec<(PolicyType, &PolicySource)> {
        documents!(self, iter)
    }

    /// The same, to change them.
    pub fn documents_mut(&mut self) -> Vec<(PolicyType, &mut PolicySource)> {
        documents!(self, iter_mut, mut)
    }
}

/// One policy: its id and the text of its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicySource {
    /// What results call it. Unique within its list.
    pub id: Arc<str>,
    /// The document.
    pub document: DocumentSource,
    /// A stored (managed) policy, which must carry a `Version` (GRAM-014).
    pub managed: bool,
}

impl PolicySource {
    /// An inline policy with this document text.
    pub fn new(id: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        PolicySource { id: id.into(), document: DocumentSource::new(text), managed: false }
    }
}

/// The text of a policy document.
#[derive(Clone, Debug)]
pub struct DocumentSource {
    /// The text as written.
    pub text: Arc<str>,
    /// Where its first character stands in the file it was read from, if it stands there as an object. `None` for a text that is a
    /// file of its own, was given as a JSON string, or was made by a program.
    pub origin: Option<Position>,
}

/// Two documents are equal if their texts are, wherever they were read from.
impl PartialEq for DocumentSource {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for DocumentSource {}

impl DocumentSource {
    /// A text without a place in a file.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        DocumentSource { text: text.into(), origin: None }
    }
}

/// An identity-based policy and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityPolicy {
    /// Whose policy it is.
    pub source: IdentitySource,
    /// The policy.
    pub policy: PolicySource,
}

/// Whose identity-based policy it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentitySource {
    /// The user's own; for a federated session of a user, [`IdentitySource::Issuer`] stands for it.
    User,
    /// That of a group of the user, or of the issuing user.
    Group(String),
    /// The role's.
    Role,
    /// The user's who issued the federated session.
    Issuer,
}

/// A VPC endpoint policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointPolicy {
    /// The kind of endpoint; it changes how principals are read (EVAL-022).
    pub kind: EndpointKind,
    /// The policy.
    pub policy: PolicySource,
}

/// The kinds of VPC endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndpointKind {
    /// An interface endpoint.
    Interface,
    /// A gateway endpoint.
    Gateway,
}

impl EndpointKind {
    /// All kinds.
    pub const ALL: [EndpointKind; 2] = [EndpointKind::Interface, EndpointKind::Gateway];

    /// As written in files.
    pub fn as_str(self) -> &'static str {
        match self {
            EndpointKind::Interface => "interface",
            EndpointKind::Gateway => "gateway",
        }
    }
}

/// A resource-based policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourcePolicy {
    /// The kind of resource that it is attached to.
    pub kind: ResourceKind,
    /// The policy.
    pub policy: PolicySource,
}

/// The kinds of resource that a decision tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResourceKind {
    /// Any resource that is neither of the others.
    Ordinary,
    /// A KMS key (EVAL-051).
    KmsKey,
    /// A role, whose resource-based policy is its trust policy (EVAL-049).
    RoleTrust,
}

impl ResourceKind {
    /// All kinds.
    pub const ALL: [ResourceKind; 3] =
        [ResourceKind::Ordinary, ResourceKind::KmsKey, ResourceKind::RoleTrust];

    /// As written in files.
    pub fn as_str(self) -> &'static str {
        match self {
            ResourceKind::Ordinary => "ordinary",
            ResourceKind::KmsKey => "kms-key",
            ResourceKind::RoleTrust => "role-trust",
        }
    }

    /// The grammar that a policy of this kind of resource obeys.
    pub fn policy_type(self) -> PolicyType {
        match self {
            ResourceKind::Ordinary | ResourceKind::KmsKey => PolicyType::Resource,
            ResourceKind::RoleTrust => PolicyType::Trust,
        }
    }
}

/// One grant of an access control list (EVAL-062).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AclGrant {
    /// To whom.
    pub grantee: Grantee,
    /// What.
    pub permission: AclPermission,
    /// On the bucket or on the object.
    pub on: AclTarget,
}

/// To whom an access control list grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grantee {
    /// An account, by account id.
    Account(String),
    /// Everybody, signed or not.
    AllUsers,
    /// Everybody who has an account.
    AuthenticatedUsers,
    /// An account, by canonical user id (PRIN-013).
    CanonicalUser(String),
}

/// What an access control list grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the permission of that name")]
pub enum AclPermission {
    Read,
    Write,
    ReadAcp,
    WriteAcp,
    FullControl,
}

impl AclPermission {
    /// All permissions.
    pub const ALL: [AclPermission; 5] = [
        AclPermission::Read,
        AclPermission::Write,
        AclPermission::ReadAcp,
        AclPermission::WriteAcp,
        AclPermission::FullControl,
    ];

    /// As written in files.
    pub fn as_str(self) -> &'static str {
        match self {
            AclPermission::Read => "READ",
            AclPermission::Write => "WRITE",
            AclPermission::ReadAcp => "READ_ACP",
            AclPermission::WriteAcp => "WRITE_ACP",
            AclPermission::FullControl => "FULL_CONTROL",
        }
    }
}

/// What an access control list is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AclTarget {
    /// A bucket.
    Bucket,
    /// An object.
    Object,
}

impl AclTarget {
    /// As written in files.
    pub fn as_str(self) -> &'static str {
        match self {
            AclTarget::Bucket => "bucket",
            AclTarget::Object => "object",
        }
    }
}
