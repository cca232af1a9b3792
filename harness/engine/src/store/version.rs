//! One version of a store, and the changes that lead to the next.

use std::sync::Arc;

use assize_model::{AclGrant, EndpointKind, PolicyType, ResourceKind};

use super::{Place, StoreError};
use crate::document::CompiledDocument;
use crate::list::Attached;
use crate::trie::{Key, Trie};

/// Everything in a store. Cloning shares it all.
#[derive(Clone, Debug, Default)]
pub(super) struct Version {
    pub(super) documents: Trie<Arc<Stored>>,
    pub(super) principals: Trie<Arc<Record>>,
    pub(super) groups: Trie<Arc<Record>>,
    pub(super) resources: Trie<Arc<Record>>,
    pub(super) levels: Trie<Arc<Record>>,
    pub(super) endpoints: Trie<Arc<Record>>,
    pub(super) accounts: Trie<Arc<Path>>,
}

/// A document in the store.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) attached: Attached,
    /// The type that it was read as.
    policy_type: PolicyType,
    /// How many places it is attached to.
    pub(super) uses: usize,
}

/// Something that documents are attached to. It names them; what they say is looked up, so that replacing one is one change however
/// many records name it.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) kind: Kind,
    /// The identity-based policies, the resource-based policy, the SCPs, or the endpoint's policy.
    pub(super) policies: Vec<Key>,
    /// The boundary, or the RCPs.
    pub(super) limits: Vec<Key>,
    /// The groups of a user.
    pub(super) groups: Vec<Key>,
    /// The members of a group; the paths through a level.
    uses: usize,
}

/// The kinds of records.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Principal,
    Group,
    Resource { kind: ResourceKind, acl: Arc<[AclGrant]> },
    Level,
    Endpoint(EndpointKind),
}

impl Kind {
    fn words(&self) -> &'static str {
        match self {
            Kind::Principal => "principal",
            Kind::Group => "group",
            Kind::Resource { .. } => "resource",
            Kind::Level => "organization level",
            Kind::Endpoint(_) => "VPC endpoint",
        }
    }
}

/// Where an account stands in its organization.
#[derive(Clone, Debug)]
pub(super) struct Path {
    /// The levels, root first.
    pub(super) levels: Vec<Key>,
    /// Service control policies are enabled.
    pub(super) scps: bool,
}

/// Which of a record's lists a place means.
#[derive(Clone, Copy)]
enum Slot {
    Policies,
    Limits,
}

impl Record {
    fn list(&mut self, slot: Slot) -> &mut Vec<Key> {
        match slot {
            Slot::Policies => &mut self.policies,
            Slot::Limits => &mut self.limits,
        }
    }
}

fn unknown(kind: &'static str, name: &str) -> StoreError {
    StoreError::Unknown { kind, name: name.to_owned() }
}

impl Version {
    pub(super) fn insert_document(
        &mut self,
        id: &str,
        policy_type: PolicyType,
        document: Arc<CompiledDocument>,
    ) -> Result<(), StoreError> {
        if self.documents.get(id).is_some() {
            return Err(StoreError::Exists { kind: "document", name: id.to_owned() });
        }
        let id: Arc<str> = id.into();
        let stored = Stored { attached: Attached { id: id.clone(), document }, policy_type, uses: 0 };
        self.documents.insert(Key::new(id), Arc::new(stored));
        Ok(())
    }

    pub(super) fn replace_document(
        &mut self,
        id: &str,
        policy_type: PolicyType,
        document: Arc<CompiledDocument>,
    ) -> Result<(), StoreError> {
        let known = self.documents.get(id).ok_or_else(|| unknown("document", id))?;
        if known.policy_type != policy_type {
            return Err(StoreError::WrongType(policy_type));
        }
        let id = known.attached.id.clone();
        let stored =
            Stored { attached: Attached { id: id.clone(), document }, policy_type, uses: known.uses };
        self.documents.insert(Key::new(id), Arc::new(stored));
        Ok(())
    }

    pub(super) fn remove_document(&mut self, id: &str) -> Result<(), StoreError> {
        let known = self.documents.get(id).ok_or_else(|| unknown("document", id))?;
        if known.uses > 0 {
            return Err(StoreError::InUse { name: id.to_owned(), uses: known.uses });
        }
        self.documents.remove(id);
        Ok(())
    }

    pub(super) fn attach(&mut self, document: &str, place: Place<'_>) -> Result<(), StoreError> {
        let known = self.documents.get(document).ok_or_else(|| unknown("document", document))?;
        if !place.takes(known.policy_type) {
            return Err(StoreError::WrongType(known.policy_type));
        }
        let key = Key::new(known.attached.id.clone());
        let single = matches!(place, Place::Boundary(_) | Place::Resource(_) | Place::Endpoint(_));
        self.edit_place(place, |list| {
            if list.contains(&key) {
                return Err(StoreError::Attached);
            }
            if single && !list.is_empty() {
                return Err(StoreError::Occupied);
            }
            list.reserve_exact(1);
            list.push(key.clone());
            Ok(())
        })?;
        self.count_uses(&key, |uses| uses + 1);
        Ok(())
    }

    pub(super) fn detach(&mut self, document: &str, place: Place<'_>) -> Result<(), StoreError> {
        let key = Key::new(document.into());
        self.edit_place(place, |list| {
            let at = list.iter().position(|known| *known == key).ok_or(StoreError::NotAttached)?;
            list.remove(at);
            Ok(())
        })?;
        self.count_uses(&key, |uses| uses - 1);
        Ok(())
    }

    pub(super) fn add(&mut self, kind: Kind, name: &str) -> Result<(), StoreError> {
        let words = kind.words();
        let records = self.records(&kind);
        if records.get(name).is_some() {
            return Err(StoreError::Exists { kind: words, name: name.to_owned() });
        }
        let record = Record { kind, policies: Vec::new(), limits: Vec::new(), groups: Vec::new(), uses: 0 };
        records.insert(Key::new(name.into()), Arc::new(record));
        Ok(())
    }

    /// Removes a record of the same kind as `kind`, whatever its particulars.
    pub(super) fn take(&mut self, kind: &Kind, name: &str) -> Result<(), StoreError> {
        let records = self.records(kind);
        let record = records.get(name).ok_or_else(|| unknown(kind.words(), name))?;
        if record.uses > 0 {
            return Err(StoreError::InUse { name: name.to_owned(), uses: record.uses });
        }
        let Some(record) = records.remove(name) else { return Ok(()) };
        for document in record.policies.iter().chain(&record.limits) {
            self.count_uses(document, |uses| uses - 1);
        }
        for group in &record.groups {
            self.edit(&Kind::Group, group.name(), |record| {
                record.uses -= 1;
                Ok(())
            })?;
        }
        Ok(())
    }

    pub(super) fn set_acl(&mut self, resource: &str, grants: Vec<AclGrant>) -> Result<(), StoreError> {
        let any = Kind::Resource { kind: ResourceKind::Ordinary, acl: Arc::new([]) };
        self.edit(&any, resource, |record| {
            if let Kind::Resource { acl, .. } = &mut record.kind {
                *acl = grants.into();
            }
            Ok(())
        })
    }

    pub(super) fn join(&mut self, user: &str, group: &str) -> Result<(), StoreError> {
        let key = Key::new(group.into());
        self.edit(&Kind::Group, group, |record| {
            record.uses += 1;
            Ok(())
        })?;
        self.edit(&Kind::Principal, user, |record| {
            if record.groups.contains(&key) {
                return Err(StoreError::Attached);
            }
            record.groups.push(key);
            Ok(())
        })
    }

    pub(super) fn leave(&mut self, user: &str, group: &str) -> Result<(), StoreError> {
        self.edit(&Kind::Principal, user, |record| {
            let at = record
                .groups
                .iter()
                .position(|known| **known.name() == *group)
                .ok_or(StoreError::NotAttached)?;
            record.groups.remove(at);
            Ok(())
        })?;
        self.edit(&Kind::Group, group, |record| {
            record.uses -= 1;
            Ok(())
        })
    }

    pub(super) fn place_account(
        &mut self,
        account: &str,
        levels: &[&str],
        scps: bool,
    ) -> Result<(), StoreError> {
        let before = self.accounts.remove(account);
        for level in before.iter().flat_map(|path| &path.levels) {
            self.edit(&Kind::Level, level.name(), |record| {
                record.uses -= 1;
                Ok(())
            })?;
        }
        for level in levels {
            self.edit(&Kind::Level, level, |record| {
                record.uses += 1;
                Ok(())
            })?;
        }
        if !levels.is_empty() {
            let levels = levels.iter().map(|&level| Key::new(level.into())).collect();
            self.accounts.insert(Key::new(account.into()), Arc::new(Path { levels, scps }));
        }
        Ok(())
    }

    fn records(&mut self, kind: &Kind) -> &mut Trie<Arc<Record>> {
        match kind {
            Kind::Principal => &mut self.principals,
            Kind::Group => &mut self.groups,
            Kind::Resource { .. } => &mut self.resources,
            Kind::Level => &mut self.levels,
            Kind::Endpoint(_) => &mut self.endpoints,
        }
    }

    /// Puts a changed copy of a record in its place.
    fn edit(
        &mut self,
        kind: &Kind,
        name: &str,
        change: impl FnOnce(&mut Record) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let records = self.records(kind);
        let mut record = records.get(name).ok_or_else(|| unknown(kind.words(), name))?.clone();
        change(Arc::make_mut(&mut record))?;
        records.insert(Key::new(name.into()), record);
        Ok(())
    }

    fn edit_place(
        &mut self,
        place: Place<'_>,
        change: impl FnOnce(&mut Vec<Key>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let resource = Kind::Resource { kind: ResourceKind::Ordinary, acl: Arc::new([]) };
        let (kind, name, slot) = match place {
            Place::Principal(arn) => (Kind::Principal, arn, Slot::Policies),
            Place::Boundary(arn) => (Kind::Principal, arn, Slot::Limits),
            Place::Group(name) => (Kind::Group, name, Slot::Policies),
            Place::Resource(arn) => (resource, arn, Slot::Policies),
            Place::Scp(level) => (Kind::Level, level, Slot::Policies),
            Place::Rcp(level) => (Kind::Level, level, Slot::Limits),
            Place::Endpoint(id) => (Kind::Endpoint(EndpointKind::Interface), id, Slot::Policies),
        };
        self.edit(&kind, name, |record| change(record.list(slot)))
    }

    fn count_uses(&mut self, document: &Key, count: impl Fn(usize) -> usize) {
        if let Some(stored) = self.documents.get_key(document) {
            let stored = Stored { uses: count(stored.uses), ..Stored::clone(stored) };
            self.documents.insert(document.clone(), Arc::new(stored));
        }
    }
}
