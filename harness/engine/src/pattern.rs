//! Patterns: wildcards (MATCH-001 to MATCH-005), resources (MATCH-030 to MATCH-041), policy variables (MATCH-060 to MATCH-074), ARNs
//! (COND-090 to COND-096).
//!
//! A pattern is compiled to a list of tokens. Matching walks subject and tokens once and returns to the last star when it gets
//! stuck, so it needs no memory and no recursion. Two kinds of star make that a little more than the textbook's:
//!
//! * A *wide* star takes anything. Whatever came before it has matched as early as it could, so no earlier star need ever be tried
//!   again.
//! * A *narrow* star takes anything but a colon. It is tried before the wide star that precedes it. Within one stretch between wide
//!   stars only the last narrow one need be tried again: to let an earlier one take more, it would have to pass the same colons that
//!   stop the later one.

use memchr::memmem;

use crate::document::CompiledDocument;
use crate::frame::Frame;
use crate::hash;
use crate::text::{List, Span};

/// A compiled pattern. Its spans and lists lie in its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// Everything; as a resource also the request resource `*` (MATCH-031).
    Everything,
    /// Nothing.
    Nothing,
    /// This text.
    Text(Span),
    /// Whatever begins with this text.
    Prefix(Span),
    /// Wildcards, no variables.
    Glob(List),
    /// Variables, and perhaps wildcards.
    Template(List),
    /// The same under an ARN operator, with a wildcard in front of which a variable stands: whether it may take a colon depends on
    /// the variable's value.
    ArnTemplate(List),
}

/// One piece of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// Itself.
    Text(Span),
    /// The value of a context key, or else the default (MATCH-065).
    Variable {
        /// An index into the document's keys.
        key: u32,
        /// `, 'default'`.
        default: Option<Span>,
        /// Which variable of its pattern this is, from 0.
        ordinal: u32,
    },
    /// `?`.
    One(Reach),
    /// `*`.
    Star(Reach),
}

/// What a wildcard may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Anything.
    Wide,
    /// Anything but a colon.
    Narrow,
    /// Anything but a colon before the fifth colon of the substituted pattern, anything after it (COND-092, COND-093).
    Component,
}

/// How many colons make six components.
pub(crate) const COLONS: usize = 5;

impl Pattern {
    /// Whether the pattern covers all of `subject`. A pattern with an unresolved variable covers nothing (MATCH-066).
    pub(crate) fn matches(self, document: &CompiledDocument, frame: &Frame<'_>, subject: &str) -> bool {
        match self {
            Pattern::Everything => true,
            Pattern::Nothing => false,
            Pattern::Text(text) => document.text(text) == subject,
            Pattern::Prefix(text) => subject.as_bytes().starts_with(document.text(text).as_bytes()),
            Pattern::Glob(list) => Plain { document }.covers(document.tokens(list), 0, subject),
            Pattern::Template(list) => {
                let tokens = document.tokens(list);
                Substituted::new(document, frame, tokens)
                    .is_some_and(|texts| texts.covers(tokens, 0, subject))
            }
            Pattern::ArnTemplate(list) => {
                let tokens = document.tokens(list);
                Substituted::new(document, frame, tokens).is_some_and(|texts| {
                    texts.sixth_component(tokens).is_some_and(|tail| texts.covers(tokens, tail, subject))
                })
            }
        }
    }

    /// Whether the pattern, read without wildcards, is `subject` by `same`, which compares characters and takes no notice of the case of
    /// ASCII letters.
    pub(crate) fn spells(
        self,
        document: &CompiledDocument,
        frame: &Frame<'_>,
        subject: &str,
        same: impl Fn(&mut dyn Iterator<Item = char>, &str) -> bool,
    ) -> bool {
        match self {
            Pattern::Text(text) => {
                let text = document.text(text);
                if text.is_ascii() && subject.is_ascii() {
                    hash::eq_ignoring_ascii_case(text.as_bytes(), subject.as_bytes())
                } else {
                    same(&mut text.chars(), subject)
                }
            }
            Pattern::Template(list) => {
                let tokens = document.tokens(list);
                Substituted::new(document, frame, tokens).is_some_and(|texts| {
                    let pieces = tokens.iter().filter_map(|&token| texts.text(token));
                    same(&mut pieces.flat_map(str::chars), subject)
                })
            }
            _ => false,
        }
    }

    /// A text that everything begins with that the pattern covers.
    pub(crate) fn literal_prefix(self, document: &CompiledDocument) -> Span {
        match self {
            Pattern::Text(text) | Pattern::Prefix(text) => text,
            Pattern::Glob(list) | Pattern::Template(list) => match document.tokens(list).first() {
                Some(&Token::Text(text)) => text,
                _ => Span::default(),
            },
            _ => Span::default(),
        }
    }
}

/// Whether `tokens`, which hold folded text and wide wildcards, cover `subject` ignoring ASCII case (MATCH-012).
pub(crate) fn covers_ignoring_case(document: &CompiledDocument, tokens: List, subject: &str) -> bool {
    Folded { document }.covers(document.tokens(tokens), 0, subject)
}

/// Where the text of tokens comes from, and how it is compared.
trait Texts {
    /// The text of a token that is no wildcard.
    fn text(&self, token: Token) -> Option<&str>;

    fn begins(&self, subject: &[u8], text: &[u8]) -> bool {
        subject.starts_with(text)
    }

    /// Where `text` first stands in `subject`.
    fn find(&self, subject: &[u8], text: &[u8]) -> Option<usize> {
        match text {
            // Looking for a byte is quicker than preparing a search, and most pieces between stars are short.
            [first, _, ..] if text.len() < 16 => {
                let mut from = 0;
                loop {
                    let at = from + memchr::memchr(*first, subject.get(from..)?)?;
                    if subject[at..].starts_with(text) {
                        return Some(at);
                    }
                    faulty!(SearchStopsAtFirstByte { return None; });
                    from = at + 1;
                }
            }
            [byte] => memchr::memchr(*byte, subject),
            _ => memmem::find(subject, text),
        }
    }

    /// Whether `tokens` cover all of `subject`. Wildcards of [`Reach::Component`] are narrow before the token number `tail`.
    fn covers(&self, tokens: &[Token], tail: usize, subject: &str) -> bool {
        let subject = subject.as_bytes();
        let is_narrow = |reach, token: usize| match reach {
            Reach::Wide => false,
            Reach::Narrow => true,
            Reach::Component => token < tail,
        };
        // The next token and the next byte; and, per kind of star, the token after the last one and the byte up to which it has taken.
        let (mut token, mut at) = (0, 0);
        let mut wide: Option<(usize, usize)> = None;
        let mut narrow: Option<(usize, usize)> = None;
        loop {
            let advanced = match tokens.get(token) {
                None if at == subject.len() => return true,
                None => false,
                Some(&Token::Star(reach)) if is_narrow(reach, token) => {
                    token += 1;
                    narrow = Some((token, at));
                    true
                }
                Some(Token::Star(_)) => {
                    token += 1;
                    match self.land(tokens, token, subject, at) {
                        Some(landed) => at = landed,
                        None => return false,
                    }
                    (wide, narrow) = (Some((token, at)), None);
                    true
                }
                Some(&Token::One(reach)) => match subject.get(at) {
                    Some(&byte) if byte != b':' || !is_narrow(reach, token) => {
                        (token, at) = (token + 1, at + width(byte));
                        true
                    }
                    _ => false,
                },
                Some(&text) => {
                    let text = self.text(text).unwrap_or_default().as_bytes();
                    let begins = self.begins(&subject[at..], text);
                    if begins {
                        (token, at) = (token + 1, at + text.len());
                    }
                    begins
                }
            };
            if advanced {
                continue;
            }
            match (narrow, wide) {
                (Some((after, taken)), _) if subject.get(taken).is_some_and(|&byte| byte != b':') => {
                    (token, at) = (after, taken + width(subject[taken]));
                    narrow = Some((token, at));
                }
                (_, Some((after, taken))) if taken < subject.len() => {
                    faulty!(StarsNotRetried { return false; });
                    let next = taken + width(subject[taken]);
                    match self.land(tokens, after, subject, next) {
                        Some(landed) => (token, at) = (after, landed),
                        None => return false,
                    }
                    (wide, narrow) = (Some((token, at)), None);
                }
                _ => return false,
            }
        }
    }

    /// The first byte from `at` on where a wide star in front of `token` may end: where that token's text stands, if it has one; only
    /// the end of the subject will do for the last text. `None` if there is no such place.
    fn land(&self, tokens: &[Token], token: usize, subject: &[u8], at: usize) -> Option<usize> {
        match tokens.get(token) {
            None => Some(subject.len()),
            Some(Token::One(_) | Token::Star(_)) => Some(at),
            Some(&text) => {
                let text = self.text(text).unwrap_or_default().as_bytes();
                if token + 1 == tokens.len() {
                    let last = subject.len().checked_sub(text.len())?;
                    (last >= at && self.begins(&subject[last..], text)).then_some(last)
                } else {
                    self.find(subject.get(at..)?, text).map(|found| at + found)
                }
            }
        }
    }
}

/// Patterns without variables.
struct Plain<'a> {
    document: &'a CompiledDocument,
}

impl Texts for Plain<'_> {
    fn text(&self, token: Token) -> Option<&str> {
        match token {
            Token::Text(text) => Some(self.document.text(text)),
            _ => None,
        }
    }
}

/// Folded patterns without variables.
struct Folded<'a> {
    document: &'a CompiledDocument,
}

impl Texts for Folded<'_> {
    fn text(&self, token: Token) -> Option<&str> {
        match token {
            Token::Text(text) => Some(self.document.text(text)),
            _ => None,
        }
    }

    fn begins(&self, subject: &[u8], text: &[u8]) -> bool {
        subject.get(..text.len()).is_some_and(|start| hash::eq_ignoring_ascii_case(start, text))
    }

    fn find(&self, subject: &[u8], text: &[u8]) -> Option<usize> {
        (0..=subject.len().checked_sub(text.len())?).find(|&at| self.begins(&subject[at..], text))
    }
}

/// How many variables of a pattern are looked up once and kept; those after them are looked up whenever they are reached.
const KEPT: usize = 8;

/// Patterns with variables, all of which have a value.
struct Substituted<'a> {
    document: &'a CompiledDocument,
    frame: &'a Frame<'a>,
    kept: [&'a str; KEPT],
}

impl<'a> Substituted<'a> {
    /// `None` if a variable is unresolved.
    fn new(document: &'a CompiledDocument, frame: &'a Frame<'a>, tokens: &[Token]) -> Option<Self> {
        let mut texts = Substituted { document, frame, kept: [""; KEPT] };
        for &token in tokens {
            if let Token::Variable { key, default, ordinal } = token {
                let value = texts.resolve(key, default)?;
                if let Some(kept) = texts.kept.get_mut(ordinal as usize) {
                    *kept = value;
                }
            }
        }
        Some(texts)
    }

    fn resolve(&self, key: u32, default: Option<Span>) -> Option<&'a str> {
        let values = self.frame.values(self.document, key);
        let single = values.single();
        let single = faulty!(VariablesFrozen => self.document.tables.frozen.value(key, single), else single);
        if values.is_null() { default.map(|default| self.document.text(default)) } else { single }
    }

    /// The number of the first token before which the substituted pattern has five colons; `None` if it has fewer in all.
    fn sixth_component(&self, tokens: &[Token]) -> Option<usize> {
        let mut colons = 0;
        for (number, &token) in tokens.iter().enumerate() {
            if colons >= COLONS {
                return Some(number);
            }
            colons += self.text(token).map_or(0, |text| text.bytes().filter(|&byte| byte == b':').count());
        }
        (colons >= COLONS).then_some(tokens.len())
    }
}

impl Texts for Substituted<'_> {
    fn text(&self, token: Token) -> Option<&str> {
        match token {
            Token::Text(text) => Some(self.document.text(text)),
            Token::Variable { key, default, ordinal } => match self.kept.get(ordinal as usize) {
                Some(kept) => Some(kept),
                None => self.resolve(key, default),
            },
            Token::One(_) | Token::Star(_) => None,
        }
    }
}

/// The length of the character that begins with `first`.
fn width(first: u8) -> usize {
    faulty!(CharactersAreBytes { return 1; });
    match first {
        0x00..=0x7f => 1,
        0x80..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xff => 4,
    }
}
