//! Policies put together: what applies to a request.

use std::mem::size_of;
use std::ops::ControlFlow;
use std::sync::Arc;

use assize_model::{AclGrant, Effect, EndpointKind, IdentitySource, MatchClass, ResourceKind};

use crate::document::CompiledDocument;
use crate::frame::Frame;
use crate::index::{Documents, Index};
use crate::naming::Reading;

/// A compiled document under the id that results call it by.
#[derive(Clone, Debug)]
pub struct Attached {
    /// The policy's id.
    pub id: Arc<str>,
    /// What it says; shared by everything that it is attached to.
    pub document: Arc<CompiledDocument>,
}

/// The number of documents from which on a list gets an index of its own. Up to there each document is asked by itself, which costs
/// some fifteen nanoseconds where nothing applies, and putting the list together costs nothing.
const MERGE_FROM: usize = 17;

/// A bag of policies (EVAL-003).
#[derive(Clone, Debug, Default)]
pub struct PolicyList {
    attached: Vec<Attached>,
    merged: Option<Arc<Merged>>,
}

/// The statements of all documents of a list, by effect.
#[derive(Debug)]
struct Merged {
    deny: Index,
    allow: Index,
}

impl Documents for [Attached] {
    fn document(&self, number: u32) -> &CompiledDocument {
        &self[number as usize].document
    }
}

impl PolicyList {
    /// Puts policies together.
    pub fn new(attached: Vec<Attached>) -> Self {
        let merged = (attached.len() >= MERGE_FROM).then(|| {
            let index = |effect| Index::of_documents(attached.as_slice(), attached.len() as u32, effect);
            Arc::new(Merged { deny: index(Effect::Deny), allow: index(Effect::Allow) })
        });
        PolicyList { attached, merged }
    }

    /// The policies in order.
    pub fn attached(&self) -> &[Attached] {
        &self.attached
    }

    /// The bytes that the list occupies beside the documents that it shares.
    pub fn memory(&self) -> usize {
        let merged = self
            .merged
            .as_ref()
            .map_or(0, |merged| size_of::<Merged>() + merged.deny.memory() + merged.allow.memory());
        self.attached.capacity() * size_of::<Attached>() + merged
    }
}

/// Whose identity-based policies there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sources(u8);

impl Sources {
    pub(crate) const USER: Sources = Sources(1);
    pub(crate) const GROUP: Sources = Sources(2);
    pub(crate) const ROLE: Sources = Sources(4);
    pub(crate) const ISSUER: Sources = Sources(8);

    pub(crate) fn of(source: &IdentitySource) -> Sources {
        match source {
            IdentitySource::User => Sources::USER,
            IdentitySource::Group(_) => Sources::GROUP,
            IdentitySource::Role => Sources::ROLE,
            IdentitySource::Issuer => Sources::ISSUER,
        }
    }

    pub(crate) fn with(self, other: Sources) -> Sources {
        Sources(self.0 | other.0)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all are among `others`.
    pub(crate) fn are_among(self, others: Sources) -> bool {
        self.0 & !others.0 == 0
    }
}

/// A bag of policies, wherever it is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bag<'a> {
    /// A list.
    List(&'a PolicyList),
    /// Policies gathered for one request; the places that hold none count for nothing.
    Gathered(&'a [Option<&'a Attached>]),
}

impl<'a> Bag<'a> {
    pub(crate) fn iter(self) -> impl Iterator<Item = &'a Attached> {
        let (list, gathered): (&[Attached], &[Option<&Attached>]) = match self {
            Bag::List(list) => (&list.attached, &[]),
            Bag::Gathered(gathered) => (&[], gathered),
        };
        list.iter().chain(gathered.iter().copied().flatten())
    }

    pub(crate) fn len(self) -> usize {
        match self {
            Bag::List(list) => list.attached.len(),
            Bag::Gathered(gathered) => gathered.iter().flatten().count(),
        }
    }

    /// Calls `visit` with the class of every statement of this effect that applies, some perhaps twice, until it breaks.
    pub(crate) fn applying(
        self,
        effect: Effect,
        frame: &Frame<'_>,
        reading: Reading,
        visit: &mut impl FnMut(MatchClass) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if let Bag::List(PolicyList { attached, merged: Some(merged) }) = self {
            let Index::Tables(tables) = merged.of(effect) else { return ControlFlow::Continue(()) };
            return tables.visit(attached.as_slice(), frame, &mut |found| {
                let document = &attached[found.document as usize].document;
                match document.applies(found.statement as usize, found.action_known, frame, reading) {
                    Some(class) => visit(class),
                    None => ControlFlow::Continue(()),
                }
            });
        }
        match self {
            Bag::List(list) => list
                .attached
                .iter()
                .try_for_each(|attached| attached.document.applying(effect, frame, reading, visit)),
            Bag::Gathered(gathered) => gathered
                .iter()
                .copied()
                .flatten()
                .try_for_each(|attached| attached.document.applying(effect, frame, reading, visit)),
        }
    }

    /// Whether a statement of this effect applies.
    pub(crate) fn any(self, effect: Effect, frame: &Frame<'_>, reading: Reading) -> bool {
        self.applying(effect, frame, reading, &mut |_| ControlFlow::Break(())).is_break()
    }
}

impl Merged {
    fn of(&self, effect: Effect) -> &Index {
        match effect {
            Effect::Allow => &self.allow,
            Effect::Deny => &self.deny,
        }
    }
}

impl CompiledDocument {
    /// [`Bag::applying`] for one document.
    fn applying(
        &self,
        effect: Effect,
        frame: &Frame<'_>,
        reading: Reading,
        visit: &mut impl FnMut(MatchClass) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let index = match effect {
            Effect::Allow => &self.allow,
            Effect::Deny => &self.deny,
        };
        match index {
            Index::Empty => ControlFlow::Continue(()),
            Index::Scan(numbers) => numbers
                .iter()
                .filter_map(|&statement| self.applies(statement as usize, false, frame, reading))
                .try_for_each(visit),
            Index::Tables(tables) => tables.visit(self, frame, &mut |found| match self.applies(
                found.statement as usize,
                found.action_known,
                frame,
                reading,
            ) {
                Some(class) => visit(class),
                None => ControlFlow::Continue(()),
            }),
        }
    }
}

/// The levels of an organization path, root first.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Levels<'a> {
    /// A list per level.
    Lists(&'a [PolicyList]),
    /// Policies gathered for one request: per level where its policies end in the bag, and the bag.
    Gathered(&'a [Option<usize>], &'a [Option<&'a Attached>]),
}

impl<'a> Levels<'a> {
    pub(crate) fn len(self) -> usize {
        match self {
            Levels::Lists(lists) => lists.len(),
            Levels::Gathered(ends, _) => ends.iter().flatten().count(),
        }
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Bag<'a>> {
        let mut start = 0;
        (0..self.len()).map(move |level| match self {
            Levels::Lists(lists) => Bag::List(&lists[level]),
            Levels::Gathered(ends, bag) => {
                let end = ends[level].unwrap_or(start);
                let gathered = &bag[start..end];
                faulty!(LevelsRunTogether { return Bag::Gathered(gathered); });
                start = end;
                Bag::Gathered(gathered)
            }
        })
    }
}

/// Everything that applies to a request (EVAL-001). `None` means that the policy type was not supplied.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub(crate) identity: Option<Bag<'a>>,
    /// Whose the identity policies are.
    pub(crate) sources: Sources,
    pub(crate) boundary: Option<Bag<'a>>,
    pub(crate) session: Option<Bag<'a>>,
    pub(crate) scps: Option<Levels<'a>>,
    pub(crate) rcps: Option<Levels<'a>>,
    pub(crate) endpoint: Option<(EndpointKind, Bag<'a>)>,
    pub(crate) resource: Option<(ResourceKind, Bag<'a>)>,
    pub(crate) acl: &'a [AclGrant],
}
