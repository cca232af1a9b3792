//! Finding the statements of one effect that may apply to a request.
//!
//! Statements are found by action and then by resource. An index only leaves out statements that cannot apply; whether one applies
//! is decided on the statement.
//!
//! *By action.* `vendor:name` has a bucket under its hash. A pattern with a fixed vendor has a bucket under the text before its
//! first wildcard (`s3:*` under `s3:`, `s3:Get*` and `s3:Get*Acl` under `s3:get`). Which lengths such texts have is known per stem,
//! the text up to the first byte of the action's name; a request looks up those of its two stems (`s3:` and `s3:g`). An index that
//! has nothing about a vendor does not know its first stem, and that is all that a request of that vendor asks it. What has no fixed vendor, and `NotAction`, is in a bucket that every request visits.
//!
//! *By resource.* Within a large bucket the texts before the first wildcard or variable of the resources are sorted. All that begin
//! the request's resource lie on one chain: from the last text not after the resource, each to the longest text that begins it.
//! Sorting makes the cost logarithmic whatever the texts are, which probing by length would not.

use std::collections::HashMap;
use std::mem::size_of;
use std::ops::ControlFlow;

use assize_model::Effect;

use crate::document::{ActionPattern, CompiledDocument, ResourceElement, bytes};
use crate::frame::Frame;
use crate::hash::{self, Beginnings};
use crate::pattern::Pattern;
use crate::text::{List, Span};

/// Up to so many statements of one effect are visited one after the other: telling that a statement does not apply takes a few
/// nanoseconds, about as long as a step of a search.
const SCAN_UP_TO: usize = 16;

/// The most statements of a bucket that are not sorted by resource.
const UNSORTED_UP_TO: usize = 8;

/// The longest text, in bytes, by which action patterns are found; longer ones are found by their beginning.
const PREFIX_UP_TO: usize = Beginnings::LONGEST;

/// Marks the stem `vendor:` of every vendor that a bucket is about; no text is so long.
const VENDOR: u64 = 1 << 63;

/// Keeps `s3:get*` and `s3:get` in different places.
const PREFIX_SALT: u64 = 0x5bd1_e995_7b93_1b59;

/// Finds statements of one effect.
#[derive(Debug)]
pub(crate) enum Index {
    /// There are none.
    Empty,
    /// There are few: all are candidates. Their numbers.
    Scan(Box<[u32]>),
    /// There are many.
    Tables(Box<Tables>),
}

/// A statement that may apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) document: u32,
    pub(crate) statement: u32,
    /// Its action element is satisfied; otherwise that is still to be seen.
    pub(crate) action_known: bool,
}

/// The documents that an index is about.
pub(crate) trait Documents {
    /// The document with this number.
    fn document(&self, number: u32) -> &CompiledDocument;
}

impl Documents for CompiledDocument {
    fn document(&self, _number: u32) -> &CompiledDocument {
        self
    }
}

/// A text of one of several documents.
#[derive(Clone, Copy, Debug, Default)]
struct Text {
    document: u32,
    span: Span,
}

impl Text {
    fn of<D: Documents + ?Sized>(self, documents: &D) -> &str {
        documents.document(self.document).text(self.span)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Tables {
    /// An open-addressed table of buckets by hash.
    slots: Vec<Slot>,
    buckets: Vec<Bucket>,
    /// An open-addressed table of stems by hash.
    stems: Vec<Stem>,
    /// The bucket of what every action may match.
    every: Option<u32>,
    candidates: Vec<Candidate>,
    nodes: Vec<Node>,
    /// Per node the first eight bytes after what all nodes of its bucket begin with.
    heads: Vec<u64>,
}

/// Where a bucket is.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    /// The upper half of its hash: a request that looks for something else need not read the bucket.
    tag: u32,
    /// Its number from 1; zero is free.
    number: u32,
}

/// How texts of buckets begin: with a vendor, a colon and, if there is more, one byte. The text itself is not kept, as a stem
/// of the same hash only makes requests look for what is not there.
#[derive(Clone, Copy, Debug, Default)]
struct Stem {
    hash: u64,
    /// Which lengths those of prefix buckets have, as bits, and [`VENDOR`]; zero is free.
    lengths: u64,
}

/// Candidates for one action or for the actions that begin with a text.
#[derive(Debug)]
struct Bucket {
    hash: u64,
    is_prefix: bool,
    /// The folded action or text.
    text: Text,
    /// Those for every resource.
    every: List,
    /// Those for resources that begin with a text, sorted by that text.
    nodes: List,
    /// How many bytes all these texts begin with in common.
    common: u32,
}

/// Candidates for the resources that begin with a text.
#[derive(Debug)]
struct Node {
    text: Text,
    /// The node of the bucket with the longest text that begins this one: its place in the bucket's list.
    parent: Option<u32>,
    candidates: List,
}

impl Index {
    /// The index of a document's statements with this effect.
    pub(crate) fn of_document(document: &CompiledDocument, effect: Effect) -> Index {
        let statements = document.tables.statements.as_slice();
        let statements =
            faulty!(StatementsPast64NotIndexed => &statements[..statements.len().min(64)], else statements);
        let statements = (0..).zip(statements);
        let numbers = statements.filter(|(_, known)| known.effect == effect).map(|(number, _)| number);
        match numbers.clone().count() {
            0 => Index::Empty,
            count @ 1..=SCAN_UP_TO => {
                faulty!(FirstOfAFullScanLost {
                    if count == SCAN_UP_TO { return Index::Scan(numbers.skip(1).collect()); }
                });
                let mut candidates = Vec::with_capacity(count);
                candidates.extend(numbers);
                Index::Scan(candidates.into())
            }
            _ => Index::Tables(Box::new(Builder::new(document, 1, effect).build())),
        }
    }

    /// One index over the statements of all `count` documents.
    pub(crate) fn of_documents<D: Documents + ?Sized>(documents: &D, count: u32, effect: Effect) -> Index {
        let count = faulty!(LastPolicyNotMerged => count - 1, else count);
        Index::Tables(Box::new(Builder::new(documents, count, effect).build()))
    }

    /// The bytes that it occupies on the heap.
    pub(crate) fn memory(&self) -> usize {
        match self {
            Index::Empty => 0,
            Index::Scan(numbers) => size_of_val::<[u32]>(numbers),
            Index::Tables(tables) => {
                size_of::<Tables>()
                    + bytes(&tables.slots)
                    + bytes(&tables.buckets)
                    + bytes(&tables.stems)
                    + bytes(&tables.candidates)
                    + bytes(&tables.nodes)
                    + bytes(&tables.heads)
            }
        }
    }
}

impl Tables {
    /// Calls `visit` with every statement that may apply, some perhaps twice, until it breaks.
    pub(crate) fn visit<D: Documents + ?Sized>(
        &self,
        documents: &D,
        frame: &Frame<'_>,
        visit: &mut impl FnMut(Candidate) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let action = frame.action.as_str();
        let [of_vendor, of_name] = frame.stems();
        let mut lengths = self.lengths(of_vendor);
        if lengths != 0 {
            lengths = (lengths | self.lengths(of_name)) & !VENDOR;
            faulty!(StemOfNameNotAsked { lengths = self.lengths(of_vendor) & !VENDOR; });
            faulty!(PrefixesNotAsked { lengths = 0; });
            faulty!(PrefixLengthsInSixteenBits { lengths &= 0xffff; });
            let hash =
                faulty!(ActionAskedAsSpelled => hash::exact(action.as_bytes()), else frame.action_hash);
            if let Some(bucket) = self.find(documents, hash, false, action) {
                faulty!(ExactActionHidesPrefixes { lengths = 0; });
                self.visit_bucket(bucket, documents, frame, visit)?;
            }
        }
        while lengths != 0 {
            let length = lengths.trailing_zeros() as usize;
            lengths &= lengths - 1;
            let Some(prefix) = action.get(..length) else { continue };
            faulty!(WholeActionIsNoPrefix { if length == action.len() { continue; } });
            let hash = frame.beginnings.hash(length) ^ PREFIX_SALT;
            if let Some(bucket) = self.find(documents, hash, true, prefix) {
                faulty!(ShortestPrefixOnly { lengths = 0; });
                self.visit_bucket(bucket, documents, frame, visit)?;
            }
        }
        faulty!(EveryBucketNotVisited { return ControlFlow::Continue(()); });
        match self.every {
            Some(bucket) => self.visit_bucket(&self.buckets[bucket as usize], documents, frame, visit),
            None => ControlFlow::Continue(()),
        }
    }

    /// The lengths of prefix texts with the stem of this hash, and perhaps others; [`VENDOR`] beside them.
    fn lengths(&self, hash: u64) -> u64 {
        let Some(mask) = self.stems.len().checked_sub(1) else { return 0 };
        self.stems[stem_place(&self.stems, mask, hash)].lengths
    }

    fn find<D: Documents + ?Sized>(
        &self,
        documents: &D,
        hash: u64,
        is_prefix: bool,
        text: &str,
    ) -> Option<&Bucket> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = hash as usize & mask;
        // A quarter of the slots is free at least, so the walk ends.
        while let Slot { tag: known, number: number @ 1.. } = self.slots[at] {
            faulty!(HashTakenForText { if known & 7 == tag(hash) & 7 { return self.buckets.get(number as usize - 1); } });
            if known == tag(hash) {
                let bucket = &self.buckets[number as usize - 1];
                let is_it = bucket.hash == hash
                    && bucket.is_prefix == is_prefix
                    && hash::eq_ignoring_ascii_case(bucket.text.of(documents).as_bytes(), text.as_bytes());
                if is_it {
                    return Some(bucket);
                }
            }
            at = (at + 1) & mask;
        }
        None
    }

    fn visit_bucket<D: Documents + ?Sized>(
        &self,
        bucket: &Bucket,
        documents: &D,
        frame: &Frame<'_>,
        visit: &mut impl FnMut(Candidate) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        faulty!(ActionsWithoutResourceFindNothing { if frame.resource.is_none() { return ControlFlow::Continue(()); } });
        if !faulty!(StatementsOnEverythingSkipped if bucket.nodes.len() > 0) {
            bucket.every.of(&self.candidates).iter().copied().try_for_each(&mut *visit)?;
        }
        // What covers an action without resource is among the candidates for every resource (MATCH-031).
        let Some(resource) = frame.resource else { return ControlFlow::Continue(()) };
        let resource = resource.as_str().as_bytes();
        let nodes = bucket.nodes.of(&self.nodes);
        let mut at = self.last_not_after(bucket, documents, resource);
        let mut begins = false;
        while let Some(node) = at.and_then(|at| nodes.get(at as usize)) {
            begins = begins || resource.starts_with(node.text.of(documents).as_bytes());
            if begins {
                node.candidates.of(&self.candidates).iter().copied().try_for_each(&mut *visit)?;
            }
            faulty!(ParentsNotVisited { return ControlFlow::Continue(()); });
            at = node.parent;
        }
        ControlFlow::Continue(())
    }

    /// The last of the bucket's nodes whose text is not after `resource`, if one can begin it.
    fn last_not_after<D: Documents + ?Sized>(
        &self,
        bucket: &Bucket,
        documents: &D,
        resource: &[u8],
    ) -> Option<u32> {
        let nodes = bucket.nodes.of(&self.nodes);
        let common = nodes.first()?.text.of(documents).as_bytes().get(..bucket.common as usize)?;
        let rest = resource.strip_prefix(common)?;
        let heads = bucket.nodes.of(&self.heads);
        let head = head(rest);
        let from = heads.partition_point(|&known| known < head);
        let equal = heads[from..].partition_point(|&known| known == head);
        let within =
            nodes[from..from + equal].partition_point(|node| node.text.of(documents).as_bytes() <= resource);
        let within = faulty!(HeadsTakenForTexts => equal, else within);
        (from + within).checked_sub(1).map(|last| last as u32)
    }
}

/// The first eight bytes as a number that orders as they do, filled up with zeros.
fn head(text: &[u8]) -> u64 {
    match text.first_chunk::<8>() {
        Some(head) => u64::from_be_bytes(*head),
        None => (0..8).fold(0, |head, at| head << 8 | text.get(at).map_or(0, |&byte| u64::from(byte))),
    }
}

/// How long the stems of a text are, an action or the beginning of one, whose vendor is so long: with the colon, and one byte more.
pub(crate) fn stem_lengths(text: &str, vendor: usize) -> [usize; 2] {
    [1, 2].map(|more| (vendor + more).min(text.len()).min(PREFIX_UP_TO))
}

fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// Where the stem with this hash is, or else the free place where it belongs. Half of the places are free at least, so the walk ends.
fn stem_place(stems: &[Stem], mask: usize, hash: u64) -> usize {
    let mut at = hash as usize & mask;
    while stems[at].lengths != 0 && stems[at].hash != hash {
        at = (at + 1) & mask;
    }
    at
}

/// Under what a bucket is found.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Place<'d> {
    Action(&'d str),
    Prefix(&'d str),
    Every,
}

struct Builder<'d, D: ?Sized> {
    documents: &'d D,
    /// What is in each bucket, and the text that it is found by.
    buckets: HashMap<Place<'d>, (Text, Vec<Candidate>)>,
    tables: Tables,
}

impl<'d, D: Documents + ?Sized> Builder<'d, D> {
    fn new(documents: &'d D, count: u32, effect: Effect) -> Self {
        let mut builder = Builder { documents, buckets: HashMap::new(), tables: Tables::default() };
        for number in 0..count {
            let statements = &documents.document(number).tables.statements;
            for (statement, compiled) in
                statements.iter().enumerate().filter(|(_, known)| known.effect == effect)
            {
                let candidate =
                    Candidate { document: number, statement: statement as u32, action_known: false };
                faulty!(StatementsPast64NotIndexed { if statement >= 64 { continue; } });
                if compiled.action_negated && !faulty!(NotActionIndexedByItsActions) {
                    faulty!(NotActionNotIndexed { continue; });
                    builder.add(Place::Every, Text::default(), candidate);
                } else {
                    let actions = compiled.actions.of(&documents.document(number).tables.actions);
                    for &action in actions {
                        builder.add_action(action, candidate);
                    }
                }
            }
        }
        builder
    }

    fn add_action(&mut self, action: ActionPattern, candidate: Candidate) {
        let document = self.documents.document(candidate.document);
        let text = |span| Text { document: candidate.document, span };
        match action {
            ActionPattern::Everything => {
                self.add(Place::Every, Text::default(), Candidate { action_known: true, ..candidate });
            }
            ActionPattern::Exact { text: span, .. } => {
                let place = Place::Action(document.text(span));
                self.add(place, text(span), Candidate { action_known: true, ..candidate });
            }
            ActionPattern::Prefix { text: span, .. } => {
                let short = shorten(document.text(span), span);
                let action_known = short == span;
                self.add(
                    Place::Prefix(document.text(short)),
                    text(short),
                    Candidate { action_known, ..candidate },
                );
            }
            ActionPattern::GlobOfAnyVendor(_) => {
                faulty!(AnyVendorNotIndexed { return; });
                self.add(Place::Every, Text::default(), candidate);
            }
            ActionPattern::Glob { beginning, .. } => {
                let short = shorten(document.text(beginning), beginning);
                let candidate = Candidate { action_known: faulty!(BeginningTakenForGlob), ..candidate };
                self.add(Place::Prefix(document.text(short)), text(short), candidate);
            }
        }
    }

    fn add(&mut self, place: Place<'d>, text: Text, candidate: Candidate) {
        let (_, candidates) = self.buckets.entry(place).or_insert_with(|| (text, Vec::new()));
        faulty!(EqualNumbersTakenForOne { if candidates.iter().any(|known| known.statement == candidate.statement) { return; } });
        // A statement whose action list repeats itself stands in the bucket once.
        if candidates.last() != Some(&candidate) {
            candidates.push(candidate);
        }
    }

    fn build(mut self) -> Tables {
        let size = (self.buckets.len() * 4 / 3 + 1).next_power_of_two();
        self.tables.slots = vec![Slot::default(); size];
        self.add_stems();
        self.tables.buckets.reserve_exact(self.buckets.len());
        for (place, (text, candidates)) in std::mem::take(&mut self.buckets) {
            let number = self.tables.buckets.len() as u32;
            let (hash, is_prefix) = match place {
                Place::Action(text) => (hash::ascii_folded(text.as_bytes()), false),
                Place::Prefix(text) => (hash::ascii_folded(text.as_bytes()) ^ PREFIX_SALT, true),
                Place::Every => {
                    self.tables.every = Some(number);
                    (0, false)
                }
            };
            if place != Place::Every {
                let mask = size - 1;
                let mut at = hash as usize & mask;
                while self.tables.slots[at].number != 0 {
                    at = (at + 1) & mask;
                }
                self.tables.slots[at] = Slot { tag: tag(hash), number: number + 1 };
            }
            let bucket = self.sort(
                Bucket { hash, is_prefix, text, every: List::default(), nodes: List::default(), common: 0 },
                candidates,
            );
            self.tables.buckets.push(bucket);
        }
        self.tables.candidates.shrink_to_fit();
        self.tables.nodes.shrink_to_fit();
        self.tables.heads.shrink_to_fit();
        self.tables
    }

    /// Notes which vendors the buckets are about, and which lengths the texts of prefix buckets have.
    fn add_stems(&mut self) {
        let mut stems: HashMap<u64, u64> = HashMap::new();
        for place in self.buckets.keys() {
            let (text, lengths) = match *place {
                Place::Action(text) => (text, 0),
                Place::Prefix(text) => (text, 1 << text.len()),
                Place::Every => continue,
            };
            let vendor = text.find(':').unwrap_or(text.len());
            let [of_vendor, of_name] =
                stem_lengths(text, vendor).map(|length| hash::ascii_folded(&text.as_bytes()[..length]));
            *stems.entry(of_vendor).or_default() |= VENDOR;
            // A text that was cut right after its vendor, or within, is one stem, and so is `vendor:`.
            if lengths != 0 {
                *stems.entry(of_name).or_default() |= lengths;
            }
        }
        if stems.is_empty() {
            return;
        }
        self.tables.stems = vec![Stem::default(); (2 * stems.len()).next_power_of_two()];
        let mask = self.tables.stems.len() - 1;
        for (hash, lengths) in stems {
            let place = stem_place(&self.tables.stems, mask, hash);
            self.tables.stems[place] = Stem { hash, lengths };
        }
    }

    /// Sorts the candidates of a bucket by resource, if there are many.
    fn sort(&mut self, bucket: Bucket, candidates: Vec<Candidate>) -> Bucket {
        let mut every = Vec::new();
        let mut beginnings: Vec<(&'d str, Text, Candidate)> = Vec::new();
        for candidate in candidates {
            self.add_resources(candidate, &mut every, &mut beginnings);
        }
        if every.len() + beginnings.len() <= UNSORTED_UP_TO {
            for (_, _, candidate) in beginnings {
                if !every.contains(&candidate) {
                    every.push(candidate);
                }
            }
            return Bucket { every: self.keep(every.into_iter()), ..bucket };
        }
        let every = self.keep(every.into_iter());
        beginnings.sort_by(|one, other| one.0.cmp(other.0));
        let common = match (beginnings.first(), beginnings.last()) {
            (Some(first), Some(last)) => {
                first.0.bytes().zip(last.0.bytes()).take_while(|(a, b)| a == b).count()
            }
            _ => 0,
        };
        let start = self.tables.nodes.len();
        // The nodes that begin the latest one, the shortest first: each is the parent of the next.
        let mut chain: Vec<u32> = Vec::new();
        for group in beginnings.chunk_by(|one, other| one.0 == other.0) {
            let (beginning, text, _) = group[0];
            while let Some(&last) = chain.last()
                && !beginning.starts_with(self.tables.nodes[start + last as usize].text.of(self.documents))
            {
                chain.pop();
            }
            let candidates = self.keep(group.iter().map(|&(_, _, candidate)| candidate));
            let place = (self.tables.nodes.len() - start) as u32;
            self.tables.nodes.push(Node { text, parent: chain.last().copied(), candidates });
            self.tables.heads.push(head(&beginning.as_bytes()[common..]));
            chain.push(place);
        }
        Bucket { every, nodes: List::new(start, self.tables.nodes.len()), common: common as u32, ..bucket }
    }

    /// Adds a candidate to those for every resource, or to those for the resources that begin with one of its texts.
    fn add_resources(
        &self,
        candidate: Candidate,
        every: &mut Vec<Candidate>,
        beginnings: &mut Vec<(&'d str, Text, Candidate)>,
    ) {
        let document = self.documents.document(candidate.document);
        let resource = document.tables.statements[candidate.statement as usize].resource;
        let resource = faulty!(NotResourceSortedAsResource => match resource { ResourceElement::Except(list) => ResourceElement::Among(list), other => other }, else resource);
        let ResourceElement::Among(list) = resource else {
            if !matches!(resource, ResourceElement::Nothing) {
                every.push(candidate);
            }
            return;
        };
        let possible = document.patterns(list).iter().filter(|pattern| !matches!(pattern, Pattern::Nothing));
        let spans = possible.map(|pattern| pattern.literal_prefix(document));
        if spans.clone().any(|span| span.len() == 0) {
            every.push(candidate);
            return;
        }
        beginnings.extend(
            spans.map(|span| (document.text(span), Text { document: candidate.document, span }, candidate)),
        );
    }

    fn keep(&mut self, candidates: impl Iterator<Item = Candidate>) -> List {
        let start = self.tables.candidates.len();
        self.tables.candidates.extend(candidates);
        List::new(start, self.tables.candidates.len())
    }
}

/// The beginning of a text by which a prefix bucket is found.
fn shorten(text: &str, span: Span) -> Span {
    let end = (0..=PREFIX_UP_TO).rev().find(|&end| text.is_char_boundary(end));
    span.first(end.unwrap_or_default())
}
