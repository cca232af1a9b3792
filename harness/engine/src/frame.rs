//! One request as evaluation reads it: the facts of its principal, and its context by name.

use std::cell::{Cell, OnceCell};

use assize_model::request::ResourceArn;
use assize_model::{Account, Action, Context, Issuer, Literal, Origin, Principal, Request, Resource};

use crate::document::CompiledDocument;
use crate::hash::{self, Beginnings};
use crate::index;
use crate::key::{Derived, Name};
use crate::service::Service;

/// A request and what is worked out about it once, most of it only when asked for.
pub(crate) struct Frame<'r> {
    pub(crate) action: &'r Action,
    /// The hash of the action without case.
    pub(crate) action_hash: u64,
    /// The service that the action's vendor stands for, if rules name it.
    pub(crate) service: Option<Service>,
    /// The hashes of the action's beginnings without case.
    pub(crate) beginnings: Beginnings,
    /// The resource; `None` for an action without one.
    pub(crate) resource: Option<&'r ResourceArn>,
    pub(crate) principal: &'r Principal,
    pub(crate) names: Names<'r>,
    context: &'r Context,
    stems: OnceCell<[u64; 2]>,
    index: OnceCell<Index>,
    user_id: OnceCell<Joined>,
}

/// The names by which a principal element can reach the requester (PRIN-016), besides its account.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Names<'r> {
    pub(crate) account: Option<&'r Account>,
    pub(crate) is_root: bool,
    /// Its own ARN, if it can be named by one: not root, whose ARN stands for the account.
    pub(crate) own: Option<&'r str>,
    /// The unique id that names it itself.
    pub(crate) own_id: Option<&'r str>,
    /// The ARN of the role or user behind a session.
    pub(crate) entity: Option<&'r str>,
    /// The unique id of the role or user behind a session.
    pub(crate) entity_id: Option<&'r str>,
}

impl<'r> Names<'r> {
    fn new(principal: &'r Principal) -> Self {
        let names = Names { account: principal.account(), ..Names::default() };
        match principal {
            Principal::Root(_) => Names { is_root: true, ..names },
            Principal::User(user) => {
                Names { own: Some(user.arn()), own_id: Some(&user.entity().id), ..names }
            }
            Principal::RoleSession(session) => Names {
                own: Some(session.arn()),
                entity: Some(session.role_arn()),
                entity_id: Some(&session.role().id),
                ..names
            },
            Principal::FederatedUser(session) => {
                let issuer_id = match session.issuer() {
                    Issuer::User(user) => Some(user.id.as_str()),
                    Issuer::Root => None,
                };
                Names {
                    own: Some(session.arn()),
                    entity: session.issuer_arn(),
                    entity_id: issuer_id,
                    ..names
                }
            }
            Principal::Service(_) | Principal::FederatedCaller(_) | Principal::Anonymous => names,
        }
    }
}

impl<'r> Frame<'r> {
    pub(crate) fn new(request: &'r Request) -> Self {
        let action = request.action().as_str().as_bytes();
        let beginnings = Beginnings::new(action);
        let is_short = action.len() <= Beginnings::LONGEST;
        Frame {
            action: request.action(),
            action_hash: if is_short { beginnings.hash(action.len()) } else { hash::ascii_folded(action) },
            service: Service::of(request.action(), &beginnings),
            stems: OnceCell::new(),
            beginnings,
            resource: match request.resource() {
                Resource::None { .. } => None,
                Resource::Arn(arn) => Some(arn),
            },
            principal: request.principal(),
            names: Names::new(request.principal()),
            context: request.context(),
            index: OnceCell::new(),
            user_id: OnceCell::new(),
        }
    }

    /// The hashes by which an index knows how what it has about the action's vendor begins.
    pub(crate) fn stems(&self) -> [u64; 2] {
        *self.stems.get_or_init(|| {
            let lengths = index::stem_lengths(self.action.as_str(), self.action.vendor().len());
            lengths.map(|length| self.beginnings.hash(length))
        })
    }

    /// Whether the action, ignoring ASCII case, begins with `folded`, which is in lower case.
    pub(crate) fn asks_for(&self, folded: &str) -> bool {
        let (action, folded) = (self.action.as_str().as_bytes(), folded.as_bytes());
        match action.get(..folded.len()) {
            Some(_) if folded.len() <= Beginnings::LONGEST => self.beginnings.start_with(folded),
            Some(start) => hash::eq_ignoring_ascii_case(start, folded),
            None => false,
        }
    }

    /// Whether the action is `name`, ignoring ASCII case.
    pub(crate) fn asks(&self, name: &str) -> bool {
        hash::eq_ignoring_ascii_case(self.action.as_str().as_bytes(), name.as_bytes())
    }

    /// Whether the action's vendor is `name`, ignoring ASCII case.
    pub(crate) fn asks_vendor(&self, name: &str) -> bool {
        hash::eq_ignoring_ascii_case(self.action.vendor().as_bytes(), name.as_bytes())
    }

    /// The values of one of `document`'s keys; none if the key is absent (COND-008).
    pub(crate) fn values(&self, document: &CompiledDocument, key: u32) -> Values<'_> {
        let key = document.key(key);
        match key.name {
            Name::Derived(key) => self.derived(key),
            Name::Supplied { hash, folded } => {
                self.supplied(document.text(key.spelled), hash, document.text(folded))
            }
        }
    }

    /// The supplied values of the key that is spelled so, whose folded name is `folded`, with its hash.
    fn supplied(&self, spelled: &str, hash: u64, folded: &str) -> Values<'_> {
        let entries = self.context.entries();
        let found = if entries.len() <= VERY_FEW && self.context.is_ascii() {
            // Policies and requests mostly spell a name alike.
            let is_it = |name: &str| {
                name.len() == folded.len()
                    && (name == spelled || hash::eq_ignoring_ascii_case(name.as_bytes(), folded.as_bytes()))
            };
            entries.iter().find(|entry| is_it(&entry.key))
        } else {
            self.index.get_or_init(|| Index::new(entries)).find(entries, hash, folded)
        };
        found.map_or(Values::None, |entry| Values::Literals(&entry.values))
    }

    /// PRIN-015, and EVAL-064 for the last key.
    fn derived(&self, key: Derived) -> Values<'_> {
        let account = self.names.account;
        let value = match (key, self.principal) {
            (Derived::PrincipalArn, Principal::RoleSession(session)) => Some(session.role_arn()),
            (Derived::PrincipalArn, principal) => principal.arn(),
            (Derived::PrincipalAccount | Derived::UserId, Principal::Anonymous) => Some("anonymous"),
            (Derived::PrincipalAccount, _) => account.map(|account| account.id.as_str()),
            (Derived::PrincipalType, principal) => match principal {
                Principal::Root(_) => Some("Account"),
                Principal::User(_) => Some("User"),
                Principal::RoleSession(_) => Some("AssumedRole"),
                Principal::FederatedUser(_) => Some("FederatedUser"),
                Principal::Anonymous => Some("Anonymous"),
                Principal::Service(_) | Principal::FederatedCaller(_) => None,
            },
            (Derived::UserId, Principal::Root(root)) => Some(root.account().id.as_str()),
            (Derived::UserId, Principal::User(user)) => Some(user.entity().id.as_str()),
            (Derived::UserId, Principal::RoleSession(session)) => {
                Some(self.joined(&session.role().id, session.session_name()))
            }
            (Derived::UserId, Principal::FederatedUser(session)) => {
                Some(self.joined(&session.account().id, session.name()))
            }
            (Derived::UserName, Principal::User(user)) => Some(user.entity().name.as_str()),
            (Derived::PrincipalIsAwsService, Principal::Service(_)) => Some("true"),
            (Derived::PrincipalIsAwsService, _) => account.map(|_| "false"),
            (Derived::PrincipalServiceName, Principal::Service(service)) => Some(service.name()),
            (Derived::PrincipalServiceNamesList, Principal::Service(service)) => {
                return Values::Strings(service.names_list());
            }
            (Derived::FederatedProvider, Principal::RoleSession(session)) => match session.origin() {
                Origin::WebIdentity(provider) => provider.as_deref(),
                _ => None,
            },
            (Derived::FederatedProvider, Principal::FederatedCaller(caller)) if !caller.is_saml() => {
                Some(caller.provider())
            }
            (Derived::AssumedRoot, Principal::Root(root)) if root.assumed_root() => Some("true"),
            _ => None,
        };
        value.map_or(Values::None, Values::One)
    }

    fn joined(&self, id: &str, name: &str) -> &str {
        self.user_id.get_or_init(|| Joined::new(id, name)).as_str()
    }
}

/// The values of a context key.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Values<'a> {
    /// The key is absent.
    None,
    /// A derived key with one value.
    One(&'a str),
    /// A derived key with several.
    Strings(&'a [String]),
    /// A supplied key; the list may be empty, which is the same as no key.
    Literals(&'a [Literal]),
}

impl<'a> Values<'a> {
    pub(crate) fn len(self) -> usize {
        match self {
            Values::None => 0,
            Values::One(_) => 1,
            Values::Strings(values) => values.len(),
            Values::Literals(values) => values.len(),
        }
    }

    fn get(self, at: usize) -> Option<&'a str> {
        match self {
            Values::None => None,
            Values::One(value) => (at == 0).then_some(value),
            Values::Strings(values) => values.get(at).map(String::as_str),
            Values::Literals(values) => values.get(at).map(|value| value.text.as_str()),
        }
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = &'a str> {
        (0..self.len()).filter_map(move |at| self.get(at))
    }

    /// Whether every value is the empty string; also of no value (COND-015).
    pub(crate) fn is_null(self) -> bool {
        self.iter().all(str::is_empty)
    }

    /// The value, if there is exactly one.
    pub(crate) fn single(self) -> Option<&'a str> {
        if self.len() == 1 { self.get(0) } else { None }
    }
}

/// How many keys a context may have for its names to be compared one by one: names of other lengths, most of them, differ at once.
const VERY_FEW: usize = 8;

/// How many keys a context may have for its hashes to be searched one by one, in a table that lies on the stack.
const FEW: usize = 64;

thread_local! {
    /// The table of the last large context of this thread, kept for the next one: contexts of more than [`FEW`] keys cost an
    /// allocation only when they are the largest so far.
    static LARGE: Cell<Vec<u64>> = const { Cell::new(Vec::new()) };
}

/// The largest table, in slots, that a thread keeps.
const KEEP_AT_MOST: usize = 1 << 16;

/// Context entries by the hash of their folded name.
#[allow(
    clippy::large_enum_variant,
    reason = "it lies on the stack once per request, and a box would be an allocation"
)]
enum Index {
    /// The lower half of each entry's hash.
    Few([u32; FEW]),
    /// An open-addressed table: the lower half of the hash, then the entry's number from 1; zero is free.
    Many(Vec<u64>),
}

impl Index {
    fn new(entries: &[assize_model::ContextEntry]) -> Index {
        if entries.len() <= FEW {
            let mut hashes = [0; FEW];
            for (hash, entry) in hashes.iter_mut().zip(entries) {
                *hash = hash::folded(&entry.key) as u32;
            }
            return Index::Few(hashes);
        }
        let mut slots = LARGE.take();
        slots.clear();
        slots.resize((entries.len() * 2).next_power_of_two(), 0);
        let mask = slots.len() - 1;
        for (number, entry) in entries.iter().enumerate() {
            faulty!(KeysPast64Dropped { if number >= 64 { break; } });
            let hash = hash::folded(&entry.key) & u64::from(u32::MAX);
            let mut at = hash as usize & mask;
            while slots[at] != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = hash << 32 | (number as u64 + 1);
        }
        Index::Many(slots)
    }

    fn find<'e>(
        &self,
        entries: &'e [assize_model::ContextEntry],
        hash: u64,
        folded: &str,
    ) -> Option<&'e assize_model::ContextEntry> {
        let is_it = |entry: &&assize_model::ContextEntry| hash::eq_folded(folded, &entry.key);
        match self {
            Index::Few(hashes) => {
                faulty!(ContextHashTakenForName {
                    let alike = |known: &u32| *known & 0x1f == hash as u32 & 0x1f;
                    return hashes.iter().zip(entries).find(|(known, _)| alike(known)).map(|(_, entry)| entry);
                });
                let candidates = hashes.iter().zip(entries).filter(|&(&known, _)| known == hash as u32);
                candidates.map(|(_, entry)| entry).find(is_it)
            }
            Index::Many(slots) => {
                let mask = slots.len() - 1;
                let hash = hash & u64::from(u32::MAX);
                let places = (0..slots.len()).map(|step| slots[(hash as usize + step) & mask]);
                let candidates = places.take_while(|&slot| slot != 0).filter(|&slot| slot >> 32 == hash);
                candidates.filter_map(|slot| entries.get(slot as u32 as usize - 1)).find(is_it)
            }
        }
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        if let Index::Many(slots) = self
            && slots.capacity() <= KEEP_AT_MOST
        {
            let slots = std::mem::take(slots);
            // At the end of a thread there is nothing left to keep it in.
            let _ = LARGE.try_with(|large| large.set(slots));
        }
    }
}

/// Longer than any `ID:NAME` of IAM, whose ids have up to 128 characters and whose session names have up to 64.
const JOINED: usize = 200;

/// `ID:NAME`, the value of `aws:userid` for sessions.
enum Joined {
    Short([u8; JOINED], usize),
    /// Beyond what IAM issues.
    Long(String),
}

impl Joined {
    fn new(id: &str, name: &str) -> Joined {
        let length = id.len() + 1 + name.len();
        if length > JOINED {
            return Joined::Long(format!("{id}:{name}"));
        }
        let mut bytes = [0; JOINED];
        bytes[..id.len()].copy_from_slice(id.as_bytes());
        bytes[id.len()] = b':';
        bytes[id.len() + 1..length].copy_from_slice(name.as_bytes());
        Joined::Short(bytes, length)
    }

    fn as_str(&self) -> &str {
        match self {
            // Two texts and a colon are a text.
            Joined::Short(bytes, length) => std::str::from_utf8(&bytes[..*length]).unwrap_or_default(),
            Joined::Long(text) => text,
        }
    }
}
