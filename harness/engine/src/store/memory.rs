//! What a store occupies.

use assize_model::Grantee;

use super::version::{Kind, Path, Record, Stored, Version};
use crate::document::bytes;
use crate::trie::Key;

/// The bytes that a store occupies, by what they are for: estimates that leave out the allocator's own share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoreMemory {
    /// How many documents there are.
    pub documents: usize,
    /// What the documents occupy, compiled, with their ids and the map that finds them.
    pub document_bytes: usize,
    /// How many attachments there are.
    pub attachments: usize,
    /// What the attachments occupy.
    pub attachment_bytes: usize,
    /// How many principals, groups, resources, levels, endpoints and accounts there are.
    pub records: usize,
    /// What these occupy, with their names, memberships, paths and grants, and the maps that find them.
    pub record_bytes: usize,
}

impl StoreMemory {
    /// All of it.
    pub fn total(&self) -> usize {
        self.document_bytes + self.attachment_bytes + self.record_bytes
    }

    /// What a document occupies on average; nothing if there is none.
    pub fn per_document(&self) -> usize {
        self.document_bytes.checked_div(self.documents).unwrap_or(0)
    }

    /// What an attachment occupies on average; nothing if there is none.
    pub fn per_attachment(&self) -> usize {
        self.attachment_bytes.checked_div(self.attachments).unwrap_or(0)
    }
}

/// Two reference counts in front of what an `Arc` points to.
const COUNTS: usize = 2 * size_of::<usize>();

impl Version {
    pub(super) fn memory(&self) -> StoreMemory {
        let mut memory = StoreMemory { document_bytes: self.documents.memory(), ..StoreMemory::default() };
        for (key, stored) in self.documents.iter() {
            memory.documents += 1;
            memory.document_bytes +=
                COUNTS + size_of::<Stored>() + name(key) + COUNTS + stored.attached.document.memory();
        }
        for records in [&self.principals, &self.groups, &self.resources, &self.levels, &self.endpoints] {
            memory.record_bytes += records.memory();
            for (key, record) in records.iter() {
                memory.records += 1;
                memory.record_bytes += COUNTS + size_of::<Record>() + name(key);
                memory.record_bytes += keys(&record.groups) + grants(&record.kind);
                memory.attachments += record.policies.len() + record.limits.len();
                memory.attachment_bytes += bytes(&record.policies) + bytes(&record.limits);
            }
        }
        memory.record_bytes += self.accounts.memory();
        for (key, path) in self.accounts.iter() {
            memory.records += 1;
            memory.record_bytes += COUNTS + size_of::<Path>() + name(key) + keys(&path.levels);
        }
        memory
    }
}

fn name(key: &Key) -> usize {
    COUNTS + key.name().len()
}

/// Keys that share their names with nothing.
fn keys(keys: &Vec<Key>) -> usize {
    bytes(keys) + keys.iter().map(name).sum::<usize>()
}

fn grants(kind: &Kind) -> usize {
    let Kind::Resource { acl, .. } = kind else { return 0 };
    let text = |grantee: &Grantee| match grantee {
        Grantee::Account(id) | Grantee::CanonicalUser(id) => id.capacity(),
        Grantee::AllUsers | Grantee::AuthenticatedUsers => 0,
    };
    COUNTS + size_of_val::<[_]>(acl) + acl.iter().map(|grant| text(&grant.grantee)).sum::<usize>()
}
