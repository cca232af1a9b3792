//! Compiled policy documents.
//!
//! A document is compiled once and shared, by reference count, between all that it is attached to. Everything that its text says is
//! worked out here: patterns are token lists, numbers, dates and addresses are read, key names are folded and hashed.

use std::mem::size_of;
use std::sync::Arc;

use assize_model::{Diagnostic, Document, Effect, Grammar, MatchClass, PolicyType, Region};

use crate::compile;
use crate::condition::Test;
use crate::decimal::Decimal;
use crate::frame::Frame;
use crate::hash;
use crate::index::Index;
use crate::instant::Instant;
use crate::key::Key;
use crate::naming::{Named, Naming, Reading};
use crate::network::Network;
use crate::pattern::{Pattern, Token, covers_ignoring_case};
use crate::text::{List, Span};

/// A policy document ready to decide. Which type of policy it is used as is up to whoever attaches it.
#[derive(Debug)]
pub struct CompiledDocument {
    pub(crate) tables: Tables,
    /// Finds the Deny statements that may apply.
    pub(crate) deny: Index,
    /// Finds the Allow statements that may apply.
    pub(crate) allow: Index,
}

/// What a document's statements consist of.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) text: String,
    pub(crate) statements: Vec<Statement>,
    pub(crate) labels: Vec<Label>,
    pub(crate) actions: Vec<ActionPattern>,
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) named: Vec<Named>,
    pub(crate) tests: Vec<Test>,
    pub(crate) decimals: Vec<Decimal>,
    pub(crate) instants: Vec<Instant>,
    pub(crate) networks: Vec<Network>,
    pub(crate) keys: Vec<Key>,
    /// What a fault remembers of variables.
    #[cfg(feature = "faults")]
    pub(crate) frozen: crate::faults::Frozen,
}

/// A compiled statement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Statement {
    pub(crate) effect: Effect,
    /// `NotAction`.
    pub(crate) action_negated: bool,
    pub(crate) resource: ResourceElement,
    pub(crate) naming: Naming,
    pub(crate) actions: List,
    pub(crate) tests: List,
}

/// A compiled resource element.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ResourceElement {
    /// Absent, or with `*` among its values (MATCH-031, MATCH-041).
    Every,
    /// `NotResource` with `*` among its values: there is nothing that it leaves.
    Nothing,
    /// `Resource`.
    Among(List),
    /// `NotResource`.
    Except(List),
}

/// What results say about a statement.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    pub(crate) sid: Option<Arc<str>>,
    pub(crate) region: Region,
}

/// A compiled action string (MATCH-011 to MATCH-017). Its text is folded.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ActionPattern {
    /// `*` and `*:*`.
    Everything,
    /// `vendor:name` without wildcards.
    Exact { hash: u64, text: Span },
    /// `vendor:prefix*`, or `vendor:*`: whatever begins with this text, whose first word this is.
    Prefix { head: u64, text: Span },
    /// `vendor:` and a name with other wildcards.
    Glob {
        /// The text before the first wildcard, vendor included.
        beginning: Span,
        vendor: Span,
        name: List,
    },
    /// `*:` and a name.
    GlobOfAnyVendor(List),
}

impl CompiledDocument {
    /// Reads and compiles a document of the given type; `managed` marks a stored policy (GRAM-014).
    ///
    /// # Errors
    /// Every fault of the document; one at least.
    pub fn compile(text: &str, policy_type: PolicyType, managed: bool) -> Result<Arc<Self>, Vec<Diagnostic>> {
        if text.len() > compile::MAX_BYTES {
            return Err(vec![compile::too_long(text.len())]);
        }
        let is_date = |text: &str| Instant::parse(text).is_some();
        let document = Grammar { policy_type, managed, is_date }.parse(text)?;
        Ok(Arc::new(CompiledDocument::new(document)))
    }

    fn new(document: Document) -> Self {
        let tables = compile::compile(document);
        let mut compiled = CompiledDocument { tables, deny: Index::Empty, allow: Index::Empty };
        compiled.deny = Index::of_document(&compiled, Effect::Deny);
        compiled.allow = Index::of_document(&compiled, Effect::Allow);
        compiled
    }

    /// How many statements it has; one at least (GRAM-009).
    pub fn statements(&self) -> usize {
        self.tables.statements.len()
    }

    /// The bytes that it occupies, allocations included; an estimate that leaves out the allocator's own share.
    pub fn memory(&self) -> usize {
        let tables = &self.tables;
        let sids: usize =
            tables.labels.iter().filter_map(|label| label.sid.as_ref()).map(|sid| sid.len() + 16).sum();
        size_of::<Self>()
            + tables.text.capacity()
            + bytes(&tables.statements)
            + bytes(&tables.labels)
            + bytes(&tables.actions)
            + bytes(&tables.patterns)
            + bytes(&tables.tokens)
            + bytes(&tables.named)
            + bytes(&tables.tests)
            + bytes(&tables.decimals)
            + bytes(&tables.instants)
            + bytes(&tables.networks)
            + bytes(&tables.keys)
            + sids
            + self.deny.memory()
            + self.allow.memory()
    }

    /// The class with which a statement applies to the request (EVAL-002); `None` if it does not. `action_known` says that the action
    /// element is known to be satisfied.
    pub(crate) fn applies(
        &self,
        statement: usize,
        action_known: bool,
        frame: &Frame<'_>,
        reading: Reading,
    ) -> Option<MatchClass> {
        let statement = &self.tables.statements[statement];
        if !(action_known || self.covers_action(statement, frame)) || !self.covers_resource(statement, frame)
        {
            return None;
        }
        let class = statement.naming.class(self, frame, reading)?;
        statement.tests.of(&self.tables.tests).iter().all(|test| test.holds(self, frame)).then_some(class)
    }

    fn covers_action(&self, statement: &Statement, frame: &Frame<'_>) -> bool {
        let actions = statement.actions.of(&self.tables.actions);
        actions.iter().any(|action| action.matches(self, frame)) != statement.action_negated
    }

    fn covers_resource(&self, statement: &Statement, frame: &Frame<'_>) -> bool {
        let any = |list: List| {
            // Nothing but `*` covers an action without resource (MATCH-031), and `*` is not in these lists.
            frame.resource.is_some_and(|resource| {
                self.patterns(list).iter().any(|pattern| pattern.matches(self, frame, resource.as_str()))
            })
        };
        match statement.resource {
            ResourceElement::Every => true,
            ResourceElement::Nothing => false,
            ResourceElement::Among(list) => any(list),
            ResourceElement::Except(list) => !any(list),
        }
    }

    pub(crate) fn text(&self, span: Span) -> &str {
        span.of(&self.tables.text)
    }

    pub(crate) fn key(&self, key: u32) -> &Key {
        &self.tables.keys[key as usize]
    }

    pub(crate) fn patterns(&self, list: List) -> &[Pattern] {
        list.of(&self.tables.patterns)
    }

    pub(crate) fn tokens(&self, list: List) -> &[Token] {
        list.of(&self.tables.tokens)
    }

    pub(crate) fn named(&self, list: List) -> &[Named] {
        list.of(&self.tables.named)
    }

    pub(crate) fn decimals(&self, list: List) -> &[Decimal] {
        list.of(&self.tables.decimals)
    }

    pub(crate) fn instants(&self, list: List) -> &[Instant] {
        list.of(&self.tables.instants)
    }

    pub(crate) fn networks(&self, list: List) -> &[Network] {
        list.of(&self.tables.networks)
    }
}

impl ActionPattern {
    fn matches(&self, document: &CompiledDocument, frame: &Frame<'_>) -> bool {
        let action = frame.action;
        match *self {
            ActionPattern::Everything => true,
            ActionPattern::Exact { hash, text } => {
                (hash == frame.action_hash
                    && text.len() == action.as_str().len()
                    && frame.asks_for(document.text(text)))
                    || faulty!(HashTakenForAction if hash & 31 == frame.action_hash & 31)
            }
            ActionPattern::Prefix { head, text } => {
                let differs = (head ^ frame.beginnings.head()) & hash::low_bytes(text.len()) != 0;
                !differs && (frame.asks_for(document.text(text)) || faulty!(FirstWordTakenForPrefix))
            }
            ActionPattern::Glob { vendor, name, .. } => {
                frame.asks_vendor(document.text(vendor))
                    && covers_ignoring_case(document, name, action.name())
            }
            ActionPattern::GlobOfAnyVendor(name) => covers_ignoring_case(document, name, action.name()),
        }
    }
}

/// The bytes that an array occupies on the heap.
pub(crate) fn bytes<T>(array: &Vec<T>) -> usize {
    array.capacity() * size_of::<T>()
}
