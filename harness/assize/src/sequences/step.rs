//! One step of a sequence.

use std::fmt::{self, Display};

use assize_model::{
    AclGrant, EndpointKind, Issuer, PolicySource, PolicyType, Principal, Request, ResourceKind,
};

/// A change of a store, or a question to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Puts a document in, under the id of the policy.
    Insert {
        /// The type that it is read as.
        policy_type: PolicyType,
        /// The document and its id.
        policy: PolicySource,
    },
    /// Puts a document in the place of the one with its id.
    Replace {
        /// The type that it is read as.
        policy_type: PolicyType,
        /// The document and its id.
        policy: PolicySource,
    },
    /// Takes a document out.
    Remove {
        /// Its id.
        id: String,
    },
    /// Attaches a document.
    Attach {
        /// Its id.
        id: String,
        /// To what.
        place: Place,
    },
    /// Detaches a document.
    Detach {
        /// Its id.
        id: String,
        /// From what.
        place: Place,
    },
    /// Adds something that documents are attached to.
    Add(Being),
    /// Takes something away that documents are attached to.
    Take(Being),
    /// Makes a user a member of a group.
    Join {
        /// The ARN of the user.
        user: String,
        /// The name of the group.
        group: String,
    },
    /// Ends a membership.
    Leave {
        /// The ARN of the user.
        user: String,
        /// The name of the group.
        group: String,
    },
    /// Sets the grants of a resource's access control lists.
    SetAcl {
        /// The ARN of the resource.
        resource: String,
        /// The grants, in place of those before.
        grants: Vec<AclGrant>,
    },
    /// Says where an account stands in its organization.
    PlaceAccount {
        /// The account.
        account: String,
        /// The levels above it, root first; none takes it out of its organization.
        levels: Vec<String>,
        /// Whether service control policies are enabled.
        scps: bool,
    },
    /// Takes a snapshot, in place of the one before.
    Keep,
    /// Asks whether a request is allowed.
    Ask(Box<Question>),
}

/// What documents are attached to, and as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// As what.
    pub kind: PlaceKind,
    /// The ARN, name or id.
    pub name: String,
}

/// As what a document is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceKind {
    /// As an identity-based policy of a user or role.
    Principal,
    /// As the boundary of a user or role.
    Boundary,
    /// As an identity-based policy of a group.
    Group,
    /// As the policy of a resource.
    Resource,
    /// As a service control policy of an organization level.
    Scp,
    /// As a resource control policy of an organization level.
    Rcp,
    /// As the policy of a VPC endpoint.
    Endpoint,
}

/// Something that documents are attached to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Being {
    /// What it is.
    pub kind: BeingKind,
    /// The ARN, name or id.
    pub name: String,
}

/// What documents are attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeingKind {
    /// A user or role.
    Principal,
    /// A group of users.
    Group,
    /// A resource of this kind.
    Resource(ResourceKind),
    /// A level of an organization.
    Level,
    /// A VPC endpoint of this kind.
    Endpoint(EndpointKind),
}

/// A request to a store, and what it brings along that no store knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The request.
    pub request: Request,
    /// The VPC endpoint that it passes.
    pub endpoint: Option<String>,
    /// The session policies of the requester's session.
    pub session: Option<Vec<PolicySource>>,
    /// Whether the snapshot is asked, not the store as it is.
    pub kept: bool,
}

impl PlaceKind {
    /// All kinds.
    pub const ALL: [PlaceKind; 7] = [
        PlaceKind::Principal,
        PlaceKind::Boundary,
        PlaceKind::Group,
        PlaceKind::Resource,
        PlaceKind::Scp,
        PlaceKind::Rcp,
        PlaceKind::Endpoint,
    ];

    /// As written in files.
    pub fn as_str(self) -> &'static str {
        match self {
            PlaceKind::Principal => "principal",
            PlaceKind::Boundary => "boundary",
            PlaceKind::Group => "group",
            PlaceKind::Resource => "resource",
            PlaceKind::Scp => "scp",
            PlaceKind::Rcp => "rcp",
            PlaceKind::Endpoint => "endpoint",
        }
    }
}

impl BeingKind {
    /// As written in files.
    pub fn as_str(self) -> &'static str {
        match self {
            BeingKind::Principal => "principal",
            BeingKind::Group => "group",
            BeingKind::Resource(_) => "resource",
            BeingKind::Level => "level",
            BeingKind::Endpoint(_) => "endpoint",
        }
    }
}

impl Step {
    /// The id of the document that it changes, or that it attaches or detaches.
    pub(super) fn document(&self) -> Option<&str> {
        match self {
            Step::Insert { policy, .. } | Step::Replace { policy, .. } => Some(&policy.id),
            Step::Remove { id } | Step::Attach { id, .. } | Step::Detach { id, .. } => Some(id),
            _ => None,
        }
    }

    /// As written in files.
    pub fn word(&self) -> &'static str {
        match self {
            Step::Insert { .. } => "insert",
            Step::Replace { .. } => "replace",
            Step::Remove { .. } => "remove",
            Step::Attach { .. } => "attach",
            Step::Detach { .. } => "detach",
            Step::Add(_) => "add",
            Step::Take(_) => "take",
            Step::Join { .. } => "join",
            Step::Leave { .. } => "leave",
            Step::SetAcl { .. } => "set_acl",
            Step::PlaceAccount { .. } => "place_account",
            Step::Keep => "keep",
            Step::Ask(_) => "ask",
        }
    }
}

impl Display for Step {
    /// A line of a file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::format::line(self))
    }
}

/// Whose identity-based policies a requester has: the user's, the role's, or the issuing user's.
pub(super) fn holder(principal: &Principal) -> Option<&str> {
    match principal {
        Principal::User(user) => Some(user.arn()),
        Principal::RoleSession(session) => Some(session.role_arn()),
        Principal::FederatedUser(session) => match session.issuer() {
            Issuer::User(_) => session.issuer_arn(),
            Issuer::Root => None,
        },
        Principal::Root(_) | Principal::Service(_) | Principal::FederatedCaller(_) | Principal::Anonymous => {
            None
        }
    }
}

/// The bucket that an object is in.
pub(super) fn bucket(arn: &str) -> Option<String> {
    let mut parts: Vec<&str> = arn.splitn(6, ':').collect();
    let in_bucket = parts.get(2) == Some(&"s3");
    let (bucket, _) = parts.pop().filter(|_| in_bucket)?.split_once('/')?;
    parts.push(bucket);
    Some(parts.join(":"))
}
