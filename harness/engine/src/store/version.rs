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
    /// Decisions that a fault keeps survive this change.
    #[cfg(feature = "faults")]
    pub(super) keeps_decisions: bool,
    /// Documents that were removed, for a fault.
    #[cfg(feature = "faults")]
    removed: Trie<Arc<CompiledDocument>>,
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
        let document =
            faulty!(IdsKeepTheirDocument => self.removed.get(id).cloned().unwrap_or(document), else document);
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
        faulty!(AttachedDocumentsStay { if known.uses > 0 { return Ok(()); } });
        faulty!(StoreKeepsOnReplace { self.keeps_decisions = true; });
        let known = faulty!(ReplacedForgetsUses => &Stored { uses: known.uses.min(1), ..Stored::clone(known) }, else known);
        let id = known.attached.id.clone();
        let stored =
            Stored { attached: Attached { id: id.clone(), document }, policy_type, uses: known.uses };
        self.documents.insert(Key::new(id), Arc::new(stored));
        Ok(())
    }

    pub(super) fn remove_document(&mut self, id: &str) -> Result<(), StoreError> {
        let known = self.documents.get(id).ok_or_else(|| unknown("document", id))?;
        if known.uses > 0 && !faulty!(RemovedWhileAttached) {
            return Err(StoreError::InUse { name: id.to_owned(), uses: known.uses });
        }
        faulty!(IdsKeepTheirDocument {
            let document = Arc::clone(&known.attached.document);
            self.removed.insert(Key::new(id.into()), document);
        });
        self.documents.remove(id);
        Ok(())
    }

    pub(super) fn attach(&mut self, document: &str, place: Place<'_>) -> Result<(), StoreError> {
        let known = self.documents.get(document).ok_or_else(|| unknown("document", document))?;
        if !place.takes(known.policy_type) {
            return Err(StoreError::WrongType(known.policy_type));
        }
        let key = Key::new(known.attached.id.clone());
        faulty!(StoreKeepsOnAttach { self.keeps_decisions = true; });
        let single = matches!(place, Place::Boundary(_) | Place::Resource(_) | Place::Endpoint(_));
        self.edit_place(place, |list| {
            if list.contains(&key) {
                return Err(StoreError::Attached);
            }
            if single && !list.is_empty() && !faulty!(SecondOnlyDocumentTaken) {
                return Err(StoreError::Occupied);
            }
            list.reserve_exact(1);
            list.insert(faulty!(AttachedInFront => 0, else list.len()), key.clone());
            Ok(())
        })?;
        self.count_uses(&key, 1);
        Ok(())
    }

    pub(super) fn detach(&mut self, document: &str, place: Place<'_>) -> Result<(), StoreError> {
        let key = Key::new(document.into());
        self.edit_place(place, |list| {
            let at = list.iter().position(|known| *known == key).ok_or(StoreError::NotAttached)?;
            faulty!(DetachTakesAll { list.clear(); return Ok(()); });
            list.remove(faulty!(DetachTakesFirst => 0, else at));
            Ok(())
        })?;
        self.count_uses(&key, -1);
        faulty!(DetachRemovesDocument { self.documents.remove(document); });
        faulty!(StoreKeepsOnDetach { self.keeps_decisions = true; });
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
        if record.uses > 0 && !faulty!(GroupsTakenFromMembers) {
            return Err(StoreError::InUse { name: name.to_owned(), uses: record.uses });
        }
        let Some(record) = records.remove(name) else { return Ok(()) };
        faulty!(StoreKeepsOnTake { self.keeps_decisions = true; });
        faulty!(TakenKeepsItsUses { return Ok(()); });
        for document in record.policies.iter().chain(&record.limits) {
            self.count_uses(document, -1);
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
                *acl =
                    faulty!(GrantsAdded => acl.iter().cloned().chain(grants).collect(), else grants.into());
            }
            Ok(())
        })?;
        faulty!(StoreKeepsOnAcl { self.keeps_decisions = true; });
        Ok(())
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
            faulty!(JoinReplaces { record.groups.clear(); });
            record.groups.push(key);
            Ok(())
        })?;
        faulty!(StoreKeepsOnJoin { self.keeps_decisions = true; });
        Ok(())
    }

    pub(super) fn leave(&mut self, user: &str, group: &str) -> Result<(), StoreError> {
        self.edit(&Kind::Principal, user, |record| {
            let at = record
                .groups
                .iter()
                .position(|known| **known.name() == *group)
                .ok_or(StoreError::NotAttached)?;
            faulty!(LeaveEndsAll { record.groups.clear(); return Ok(()); });
            record.groups.remove(at);
            Ok(())
        })?;
        faulty!(StoreKeepsOnLeave { self.keeps_decisions = true; });
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
        faulty!(FirstPathStays { if self.accounts.get(account).is_some() && !levels.is_empty() { return Ok(()); } });
        faulty!(LastPathStays { if levels.is_empty() { return Ok(()); } });
        faulty!(StoreKeepsOnPath { self.keeps_decisions = true; });
        let before = self.accounts.remove(account);
        let scps = scps || faulty!(ScpsStayOn if before.as_ref().is_some_and(|path| path.scps));
        let before = faulty!(LevelsStayInUse => None, else before);
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

    /// Counts one place more or less that a document is attached to.
    fn count_uses(&mut self, document: &Key, change: isize) {
        if let Some(stored) = self.documents.get_key(document) {
            let uses = stored.uses.saturating_add_signed(change);
            let uses = faulty!(UsesAreAFlag => uses.min(1), else uses);
            let stored = Stored { uses, ..Stored::clone(stored) };
            self.documents.insert(document.clone(), Arc::new(stored));
        }
    }
}
