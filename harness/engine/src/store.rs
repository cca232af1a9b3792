//! The policies of many principals and resources.
//!
//! A [`PolicyStore`] holds documents, and what each is attached to. Readers see one version of all of it: a change makes a new version
//! that shares everything else with the one before, and puts it in place at once. A change that has returned holds for every decision
//! that begins after it; a decision under way keeps the version that it began with. Readers never wait.

mod gather;
mod memory;
mod version;

use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::{ArcSwap, Guard};
use assize_model::{
    AclGrant, Diagnostic, EndpointKind, Evaluation, InputError, PolicyType, Request, ResourceKind,
};

use crate::decide::Outcome;
use crate::document::CompiledDocument;
use crate::list::PolicyList;
use version::{Kind, Version};

pub use memory::StoreMemory;

/// A store of policies.
#[derive(Debug, Default)]
pub struct PolicyStore {
    current: ArcSwap<Version>,
    /// Held while a change is made: changes come one after the other.
    changing: Mutex<()>,
    /// The version before the current one, for a fault.
    #[cfg(feature = "faults")]
    before: ArcSwap<Version>,
    /// What a fault remembers of decisions.
    #[cfg(feature = "faults")]
    kept: crate::faults::Kept,
}

/// What a document can be attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place<'a> {
    /// A user or role, by its ARN: an identity-based policy.
    Principal(&'a str),
    /// A user or role, by its ARN: its permissions boundary, of which it has at most one.
    Boundary(&'a str),
    /// A group: an identity-based policy of its members.
    Group(&'a str),
    /// A resource, by its ARN: its resource-based policy, of which it has at most one.
    Resource(&'a str),
    /// A level of an organization: a service control policy.
    Scp(&'a str),
    /// A level of an organization: a resource control policy.
    Rcp(&'a str),
    /// A VPC endpoint: its policy, of which it has at most one.
    Endpoint(&'a str),
}

impl Place<'_> {
    /// Whether a document that was read as `policy_type` can be attached here. Identity-based policies, boundaries and session policies
    /// have one grammar (GRAM-044).
    fn takes(self, policy_type: PolicyType) -> bool {
        match self {
            Place::Principal(_) | Place::Group(_) | Place::Boundary(_) => {
                matches!(policy_type, PolicyType::Identity | PolicyType::Boundary | PolicyType::Session)
            }
            Place::Resource(_) => matches!(policy_type, PolicyType::Resource | PolicyType::Trust),
            Place::Scp(_) => policy_type == PolicyType::Scp,
            Place::Rcp(_) => policy_type == PolicyType::Rcp,
            Place::Endpoint(_) => policy_type == PolicyType::Vpce,
        }
    }
}

/// What a request brings along that no store knows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Via<'a> {
    /// The VPC endpoint that the request passed.
    pub endpoint: Option<&'a str>,
    /// The session policies that were passed when the session was created; `Some` of an empty list allows nothing.
    pub session: Option<&'a PolicyList>,
}

/// Why a change or a request was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// There is nothing of this kind under this name.
    Unknown {
        /// The kind, in words.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// There already is something of this kind under this name.
    Exists {
        /// The kind, in words.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// It is attached to something, or something belongs to it.
    InUse {
        /// Its name.
        name: String,
        /// By how many.
        uses: usize,
    },
    /// The place takes one document and has one.
    Occupied,
    /// The document is attached there already, or the principal is a member already.
    Attached,
    /// The document is not attached there, or the principal is not a member.
    NotAttached,
    /// A document of this type cannot be attached there, or cannot take the place of the one that is attached.
    WrongType(PolicyType),
    /// The document breaks the grammar of its type; every fault.
    Refused(Vec<Diagnostic>),
    /// The request cannot be put under the policies that apply to it.
    Input(InputError),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Unknown { kind, name } => write!(f, "there is no {kind} `{name}`"),
            StoreError::Exists { kind, name } => write!(f, "there already is a {kind} `{name}`"),
            StoreError::InUse { name, uses } => write!(f, "`{name}` is in use by {uses}"),
            StoreError::Occupied => f.write_str("there already is a document; detach it first"),
            StoreError::Attached => f.write_str("it is there already"),
            StoreError::NotAttached => f.write_str("it is not there"),
            StoreError::WrongType(policy_type) => {
                write!(f, "a document of type `{policy_type}` does not belong there")
            }
            StoreError::Refused(faults) => match faults.first() {
                Some(fault) => write!(f, "the document has {} faults, the first: {fault}", faults.len()),
                None => f.write_str("the document has faults"),
            },
            StoreError::Input(error) => write!(f, "the request cannot be evaluated: {error}"),
        }
    }
}

impl Error for StoreError {}

impl From<InputError> for StoreError {
    fn from(error: InputError) -> Self {
        StoreError::Input(error)
    }
}

impl PolicyStore {
    /// An empty store.
    pub fn new() -> Self {
        PolicyStore::default()
    }

    /// Compiles a document and keeps it.
    ///
    /// # Errors
    /// `Refused`, or `Exists` if there is a document with this id.
    pub fn insert(
        &self,
        id: &str,
        policy_type: PolicyType,
        managed: bool,
        text: &str,
    ) -> Result<(), StoreError> {
        let document = CompiledDocument::compile(text, policy_type, managed).map_err(StoreError::Refused)?;
        self.change(|version| version.insert_document(id, policy_type, document))
    }

    /// Compiles a document and puts it in the place of another, everywhere that is attached. Costs the same however often that is.
    ///
    /// # Errors
    /// `Refused`, `Unknown`, or `WrongType` if the other was read as another type.
    pub fn replace(
        &self,
        id: &str,
        policy_type: PolicyType,
        managed: bool,
        text: &str,
    ) -> Result<(), StoreError> {
        let document = CompiledDocument::compile(text, policy_type, managed).map_err(StoreError::Refused)?;
        self.change(|version| version.replace_document(id, policy_type, document))
    }

    /// Removes a document.
    ///
    /// # Errors
    /// `Unknown`, or `InUse` if it is attached to something.
    pub fn remove(&self, id: &str) -> Result<(), StoreError> {
        self.change(|version| version.remove_document(id))
    }

    /// Attaches a document, after those that are attached there.
    ///
    /// # Errors
    /// `Unknown` (the document, or what it shall be attached to), `WrongType`, `Attached`, `Occupied`.
    pub fn attach(&self, document: &str, place: Place<'_>) -> Result<(), StoreError> {
        self.change(|version| version.attach(document, place))
    }

    /// Detaches a document.
    ///
    /// # Errors
    /// `Unknown` (what it is attached to), `NotAttached`.
    pub fn detach(&self, document: &str, place: Place<'_>) -> Result<(), StoreError> {
        self.change(|version| version.detach(document, place))
    }

    /// Adds a user or role, by its ARN. A requester that was not added has no identity-based policies and no boundary.
    ///
    /// # Errors
    /// `Exists`.
    pub fn add_principal(&self, arn: &str) -> Result<(), StoreError> {
        self.change(|version| version.add(Kind::Principal, arn))
    }

    /// Adds a group.
    ///
    /// # Errors
    /// `Exists`.
    pub fn add_group(&self, name: &str) -> Result<(), StoreError> {
        self.change(|version| version.add(Kind::Group, name))
    }

    /// Adds a resource, by its ARN. A policy on a bucket is the policy of the objects in it.
    ///
    /// # Errors
    /// `Exists`.
    pub fn add_resource(&self, arn: &str, kind: ResourceKind) -> Result<(), StoreError> {
        self.change(|version| version.add(Kind::Resource { kind, acl: Arc::new([]) }, arn))
    }

    /// Sets the grants of a resource's access control lists.
    ///
    /// # Errors
    /// `Unknown`.
    pub fn set_acl(&self, resource: &str, grants: Vec<AclGrant>) -> Result<(), StoreError> {
        self.change(|version| version.set_acl(resource, grants))
    }

    /// Adds a level of an organization: its root, a unit, or an account.
    ///
    /// # Errors
    /// `Exists`.
    pub fn add_level(&self, id: &str) -> Result<(), StoreError> {
        self.change(|version| version.add(Kind::Level, id))
    }

    /// Adds a VPC endpoint.
    ///
    /// # Errors
    /// `Exists`.
    pub fn add_endpoint(&self, id: &str, kind: EndpointKind) -> Result<(), StoreError> {
        self.change(|version| version.add(Kind::Endpoint(kind), id))
    }

    /// Removes a user or role, and detaches what is attached to it.
    ///
    /// # Errors
    /// `Unknown`.
    pub fn remove_principal(&self, arn: &str) -> Result<(), StoreError> {
        self.change(|version| version.take(&Kind::Principal, arn))
    }

    /// Removes a group, and detaches what is attached to it.
    ///
    /// # Errors
    /// `Unknown`, or `InUse` if it has members.
    pub fn remove_group(&self, name: &str) -> Result<(), StoreError> {
        self.change(|version| version.take(&Kind::Group, name))
    }

    /// Removes a resource, and detaches what is attached to it.
    ///
    /// # Errors
    /// `Unknown`.
    pub fn remove_resource(&self, arn: &str) -> Result<(), StoreError> {
        self.change(|version| {
            version.take(&Kind::Resource { kind: ResourceKind::Ordinary, acl: Arc::new([]) }, arn)
        })
    }

    /// Removes a level of an organization, and detaches what is attached to it.
    ///
    /// # Errors
    /// `Unknown`, or `InUse` if an account's path leads through it.
    pub fn remove_level(&self, id: &str) -> Result<(), StoreError> {
        self.change(|version| version.take(&Kind::Level, id))
    }

    /// Removes a VPC endpoint, and detaches what is attached to it.
    ///
    /// # Errors
    /// `Unknown`.
    pub fn remove_endpoint(&self, id: &str) -> Result<(), StoreError> {
        self.change(|version| version.take(&Kind::Endpoint(EndpointKind::Interface), id))
    }

    /// Makes a user a member of a group.
    ///
    /// # Errors
    /// `Unknown`, or `Attached` if it is one.
    pub fn join(&self, user: &str, group: &str) -> Result<(), StoreError> {
        self.change(|version| version.join(user, group))
    }

    /// Ends a membership.
    ///
    /// # Errors
    /// `Unknown`, or `NotAttached` if it is no member.
    pub fn leave(&self, user: &str, group: &str) -> Result<(), StoreError> {
        self.change(|version| version.leave(user, group))
    }

    /// Says through which levels of an organization the path to an account leads, root first. Without `scps` service control policies
    /// are not enabled and restrict nothing (EVAL-011); with them every level needs one that allows (EVAL-013). An empty path takes the
    /// account out of its organization.
    ///
    /// # Errors
    /// `Unknown`.
    pub fn place_account(&self, account: &str, levels: &[&str], scps: bool) -> Result<(), StoreError> {
        self.change(|version| version.place_account(account, levels, scps))
    }

    /// Decides a request under what applies to it. Allocates nothing.
    ///
    /// # Errors
    /// `Input`, or `Unknown` if there is no such endpoint.
    pub fn authorize(&self, request: &Request, via: Via<'_>) -> Result<Outcome, StoreError> {
        let outcome = self.now().authorize(request, via);
        #[cfg(feature = "faults")]
        let outcome = outcome.map(|outcome| self.kept.in_store(request, via, outcome));
        outcome
    }

    /// Evaluates a request under what applies to it.
    ///
    /// # Errors
    /// As [`PolicyStore::authorize`].
    pub fn explain(&self, request: &Request, via: Via<'_>) -> Result<Evaluation, StoreError> {
        self.now().explain(request, via)
    }

    /// The store as it is now. Later changes do not show in it.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { version: Guard::into_inner(self.now()) }
    }

    /// What the store occupies. Walks through all of it.
    pub fn memory(&self) -> StoreMemory {
        self.now().memory()
    }

    /// The version that a reader sees.
    fn now(&self) -> Guard<Arc<Version>> {
        faulty!(ReadersLagBehind { return self.before.load(); });
        self.current.load()
    }

    /// Makes a change, or none if it fails.
    fn change(&self, make: impl FnOnce(&mut Version) -> Result<(), StoreError>) -> Result<(), StoreError> {
        // What the lock protects is complete whenever it can be seen, even after a panic.
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut version = Version::clone(&self.current.load());
        let made = make(&mut version);
        if made.is_err() && !faulty!(RefusedChangesHalfMade) {
            return made;
        }
        #[cfg(feature = "faults")]
        {
            self.kept.changed(std::mem::take(&mut version.keeps_decisions));
            self.before.store(self.current.load_full());
        }
        self.current.store(Arc::new(version));
        made
    }
}

/// One version of a store, for several requests that must see the same.
#[derive(Clone, Debug)]
pub struct Snapshot {
    version: Arc<Version>,
}

impl Snapshot {
    /// As [`PolicyStore::authorize`].
    ///
    /// # Errors
    /// As [`PolicyStore::authorize`].
    pub fn authorize(&self, request: &Request, via: Via<'_>) -> Result<Outcome, StoreError> {
        self.version.authorize(request, via)
    }

    /// As [`PolicyStore::explain`].
    ///
    /// # Errors
    /// As [`PolicyStore::authorize`].
    pub fn explain(&self, request: &Request, via: Via<'_>) -> Result<Evaluation, StoreError> {
        self.version.explain(request, via)
    }
}
