//! Collecting the faults of a document.

use std::fmt::Write as _;

use crate::diagnostic::{Code, Diagnostic};
use crate::grammar::position;
use crate::grammar::spelling::shorten;
use crate::source::Span;

/// How many faults of one document are told apart; a last entry counts the rest.
pub const MAX_FAULTS: usize = 1_000;

/// How many bytes of pointers are kept: member names may be long, and every fault below one repeats it.
const MAX_POINTER_BYTES: usize = 1 << 20;

/// A place in the structure of a document, from the place around it.
#[derive(Clone, Copy)]
pub(crate) enum Path<'p> {
    /// The whole document.
    Root,
    /// A member of an object.
    Member(&'p Path<'p>, &'p str),
    /// An entry of a list.
    Index(&'p Path<'p>, usize),
}

impl Path<'_> {
    /// The place in words, to begin a sentence with.
    pub(crate) fn label(&self) -> String {
        match self {
            Path::Root => "The document".to_owned(),
            Path::Member(_, name) => format!("`{}`", shorten(name)),
            Path::Index(parent, index) => format!("Entry {} of {}", index + 1, parent.label()),
        }
    }

    /// Appends it as a JSON pointer (RFC 6901).
    fn write(&self, out: &mut String) {
        match self {
            Path::Root => {}
            Path::Member(parent, name) => {
                parent.write(out);
                out.push('/');
                for character in name.chars() {
                    match character {
                        '~' => out.push_str("~0"),
                        '/' => out.push_str("~1"),
                        other => out.push(other),
                    }
                }
            }
            Path::Index(parent, index) => {
                parent.write(out);
                // Writing to a string cannot fail.
                let _ = write!(out, "/{index}");
            }
        }
    }
}

struct Fault {
    code: Code,
    rule: &'static str,
    pointer: String,
    span: Span,
    message: String,
}

/// The faults found so far in one text.
pub(crate) struct Report<'t> {
    text: &'t str,
    is_plain: bool,
    faults: Vec<Fault>,
    pointer_bytes: usize,
    /// The code of the first fault beyond the bounds, and how many there are.
    more: Option<(Code, usize)>,
}

impl<'t> Report<'t> {
    /// No faults yet in `text`.
    pub(crate) fn new(text: &'t str) -> Self {
        // No early exit: this loop becomes vector code.
        let is_plain = text.bytes().fold(true, |plain, byte| plain & (b' '..0x80).contains(&byte));
        Report { text, is_plain, faults: Vec::new(), pointer_bytes: 0, more: None }
    }

    /// The text that is judged.
    pub(crate) fn text(&self) -> &'t str {
        self.text
    }

    /// Whether the text is one line of ASCII, as most are: a character is a byte, and all are allowed.
    pub(crate) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Whether further faults are only counted.
    pub(crate) fn is_full(&self) -> bool {
        self.faults.len() >= MAX_FAULTS || self.pointer_bytes > MAX_POINTER_BYTES
    }

    /// Adds a fault. `message` is asked only if it will be told.
    #[cold]
    pub(crate) fn add(
        &mut self,
        code: Code,
        rule: &'static str,
        path: &Path<'_>,
        span: Span,
        message: impl FnOnce() -> String,
    ) {
        if self.is_full() {
            self.more.get_or_insert((code, 0)).1 += 1;
            return;
        }
        let mut pointer = String::new();
        path.write(&mut pointer);
        self.pointer_bytes += pointer.len();
        self.faults.push(Fault { code, rule, pointer, span, message: message() });
    }

    /// How many faults there are so far.
    pub(crate) fn count(&self) -> usize {
        self.faults.len() + self.more.map_or(0, |(_, count)| count)
    }

    /// Whether a fault begins at `offset`.
    pub(crate) fn has_fault_at(&self, offset: usize) -> bool {
        self.faults.iter().any(|fault| fault.span.start == offset)
    }

    /// Takes back the faults that begin at `offset`.
    pub(crate) fn withdraw_at(&mut self, offset: usize) {
        self.faults.retain(|fault| fault.span.start != offset);
    }

    /// The faults in the order of the text.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        if self.count() == 0 {
            return Vec::new();
        }
        self.faults.sort_by_key(|fault| fault.span.start);
        if let Some((code, count)) = self.more {
            let end = self.text.len();
            self.faults.push(Fault {
                code,
                rule: "GRAM-052",
                pointer: String::new(),
                span: Span { start: end, end },
                message: format!(
                    "The document has {count} more faults, which are not listed; mend those above first."
                ),
            });
        }
        let spans: Vec<Span> = self.faults.iter().map(|fault| fault.span).collect();
        let regions = position::regions(self.text, &spans);
        let diagnostic = |(fault, region): (Fault, _)| Diagnostic {
            code: fault.code,
            rule: fault.rule,
            pointer: fault.pointer,
            span: fault.span,
            region,
            message: fault.message,
        };
        self.faults.into_iter().zip(regions).map(diagnostic).collect()
    }
}
