//! Policy variables (MATCH-060 to MATCH-074).

use std::borrow::Cow;

use assize_model::Version;

use crate::matcher::Matcher;
use crate::semantics::Semantics;

/// One character of a policy's text after substitution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyph {
    /// The character.
    pub character: char,
    /// It came from an escape, a context value or a default, so it is never a wildcard (MATCH-067, MATCH-068).
    pub literal: bool,
}

/// A stretch of a text in which `${…}` has a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Segment<'t> {
    /// Ordinary text.
    Text(&'t str),
    /// `${*}`, `${?}` or `${$}` (MATCH-067).
    Escape(char),
    /// `${name}` or `${name, 'default'}`.
    Variable {
        /// The context key.
        name: &'t str,
        /// The default.
        default: Option<&'t str>,
    },
    /// Anything else that begins with `${`.
    Malformed,
}

/// What a variable finds under its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup<'c> {
    /// Exactly one value.
    Value(&'c str),
    /// The key has no value (MATCH-065).
    NoValue,
    /// The key has several values (MATCH-064).
    Several,
}

/// Splits a text at its references (MATCH-060); a lone `$` is ordinary (MATCH-070).
pub(crate) fn segments(text: &str) -> impl Iterator<Item = Segment<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (segment, after) = match reference_start(rest) {
            _ if rest.is_empty() => return None,
            None => (Segment::Text(rest), ""),
            Some(0) => match rest.split_once('}') {
                Some((reference, after)) => (reference_segment(&reference["${".len()..]), after),
                None => (Segment::Malformed, ""),
            },
            Some(start) => (Segment::Text(&rest[..start]), &rest[start..]),
        };
        rest = after;
        Some(segment)
    })
}

/// What stands between `${` and `}`.
fn reference_segment(body: &str) -> Segment<'_> {
    let (name, default) = match body {
        "*" => return Segment::Escape('*'),
        "?" => return Segment::Escape('?'),
        "$" => return Segment::Escape('$'),
        _ => match body.split_once(',') {
            None => (body, None),
            Some((name, rest)) => match rest.strip_prefix(" '").and_then(|rest| rest.strip_suffix('\'')) {
                Some(default) if !default.contains('\'') => (name, Some(default)),
                _ => return Segment::Malformed,
            },
        },
    };
    let named = !name.is_empty() && name.chars().all(is_name_character);
    if named { Segment::Variable { name, default } } else { Segment::Malformed }
}

fn is_name_character(character: char) -> bool {
    !character.is_whitespace() && !matches!(character, ',' | '\'' | '{' | '}' | '$')
}

/// Where the first `${` of a text stands.
fn reference_start(text: &str) -> Option<usize> {
    text.as_bytes().windows(2).position(|pair| pair == b"${")
}

/// Whether `${` stands anywhere in a text.
pub(crate) fn has_reference(text: &str) -> bool {
    text.as_bytes().contains(&b'$') && reference_start(text).is_some()
}

/// The characters of a text as the policy's author wrote them, and where they stand.
pub(crate) fn written(text: &str) -> impl Iterator<Item = (usize, Glyph)> + Clone {
    text.char_indices().map(|(at, character)| (at, Glyph { character, literal: false }))
}

impl<S: Semantics + ?Sized> Matcher<'_, S> {
    /// Substitutes the variables of `text` in one pass (MATCH-069). `None` if one is unresolved: such a text matches nothing (MATCH-066).
    pub(crate) fn expand(&self, text: &str, version: Version) -> Option<Vec<Glyph>> {
        let semantics = self.semantics;
        let mut glyphs = Vec::with_capacity(text.len());
        if !semantics.variables_expand(version) || !has_reference(text) {
            glyphs.extend(written(text).map(|(_, glyph)| glyph));
            return Some(glyphs);
        }
        let mut substitute = |text: &str, literal: bool| {
            glyphs.extend(text.chars().map(|character| Glyph { character, literal }));
        };
        for segment in segments(text) {
            match segment {
                Segment::Text(text) => substitute(text, false),
                Segment::Escape(character) => {
                    substitute(character.encode_utf8(&mut [0; 4]), semantics.escape_is_literal(character));
                }
                Segment::Variable { name, default } => {
                    let lookup = semantics.variable_value(name, self.values_of_variable(name));
                    if self.is_traced() {
                        self.note_variable(lookup, default);
                    }
                    match (lookup, semantics.default_for(default, lookup)) {
                        (_, Some(default)) => substitute(default, semantics.default_is_literal()),
                        (Lookup::Value(value), None) => substitute(value, semantics.value_is_literal()),
                        (_, None) => substitute(semantics.unresolved_text()?, true),
                    }
                }
                Segment::Malformed => return None,
            }
        }
        Some(glyphs)
    }

    /// Substitutes the variables of `text`, where wildcards do not matter. `None` if one is unresolved: such a text matches nothing
    /// (MATCH-066).
    pub fn expanded_text<'t>(&self, text: &'t str, version: Version) -> Option<Cow<'t, str>> {
        if !has_reference(text) {
            return Some(Cow::Borrowed(text));
        }
        let glyphs = self.expand(text, version)?;
        Some(Cow::Owned(glyphs.iter().map(|glyph| glyph.character).collect()))
    }

    /// The values of the context key that a variable names (MATCH-063).
    fn values_of_variable(&self, name: &str) -> &[Cow<'_, str>] {
        self.context().find(|key| self.semantics.variable_name_equal(name, key))
    }
}
