//! Wildcard patterns (MATCH-001 to MATCH-005).

use crate::semantics::Semantics;
use crate::variable::Glyph;

/// Where a pattern stands. The same wildcards work everywhere; real evaluators have got each place wrong on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The vendor or the name of an action.
    Action,
    /// A resource.
    Resource,
    /// A value of `StringLike` or `StringNotLike`.
    String,
    /// A component of a value of an `Arn…` operator.
    Arn,
}

/// One element of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// This character.
    Literal(char),
    /// Any one character within reach.
    One(Reach),
    /// Any characters within reach, or none.
    Many(Reach),
}

/// Which characters a wildcard may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Every character (MATCH-003).
    Anything,
    /// Every character but the colon that ends a field of an ARN (MATCH-032).
    Field,
}

/// Reads `glyphs` as a pattern whose wildcards have this reach.
pub(crate) fn pieces<S: Semantics + ?Sized>(
    semantics: &S,
    place: Place,
    reach: Reach,
    glyphs: impl IntoIterator<Item = Glyph>,
) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for glyph in glyphs {
        match glyph.character {
            '*' if !glyph.literal && semantics.star_is_wildcard(place) => {
                if !semantics.star_may_be_empty(place) {
                    pieces.push(Piece::One(reach));
                }
                pieces.push(Piece::Many(reach));
            }
            '?' if !glyph.literal && semantics.question_is_wildcard(place) => pieces.push(Piece::One(reach)),
            character => pieces.push(Piece::Literal(character)),
        }
    }
    pieces
}

/// Whether `pattern` covers the whole of `text` (MATCH-001).
///
/// Follows every way of matching at once: after each character, `reached` holds the places of the pattern that the text read so far can
/// have led to, in rising order. Time is at most the product of both lengths (MATCH-005).
pub(crate) fn covers<S: Semantics + ?Sized>(
    semantics: &S,
    place: Place,
    pattern: &[Piece],
    text: &str,
) -> bool {
    let mut reached = Vec::with_capacity(4);
    let mut next = Vec::with_capacity(4);
    arrive(pattern, 0, &mut reached);
    for character in text.chars() {
        for &at in &reached {
            match pattern.get(at) {
                Some(&Piece::Literal(own)) if semantics.same_character(place, own, character) => {
                    arrive(pattern, at + 1, &mut next);
                }
                Some(&Piece::One(reach)) if semantics.question_takes(place, reach, character) => {
                    arrive(pattern, at + 1, &mut next);
                }
                Some(&Piece::Many(reach)) if semantics.star_takes(place, reach, character) => {
                    arrive(pattern, at, &mut next);
                }
                _ => {}
            }
        }
        std::mem::swap(&mut reached, &mut next);
        next.clear();
        if reached.is_empty() {
            return false;
        }
    }
    reached.last() == Some(&pattern.len())
}

/// Adds the place `at`, and those behind it that a star reaches by taking nothing. A place that is not beyond the last one is there already.
fn arrive(pattern: &[Piece], mut at: usize, reached: &mut Vec<usize>) {
    while reached.last().is_none_or(|&last| last < at) {
        reached.push(at);
        if !matches!(pattern.get(at), Some(Piece::Many(_))) {
            return;
        }
        at += 1;
    }
}
