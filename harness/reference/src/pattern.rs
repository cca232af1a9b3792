//! Wildcard patterns (MATCH-001 to MATCH-005).

use std::str::Chars;

use crate::semantics::Semantics;
use crate::variable::Glyph;

/// Where a pattern stands. The same wildcards work everywhere; real evaluators have got each place wrong on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The name of an action.
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

/// Reads numbered glyphs as a pattern. The wildcards among those below `head` have the reach of MATCH-032, the others take every
/// character. Piece by piece: most texts differ from a pattern in one of its first characters.
pub(crate) fn pieces<'s, S: Semantics + ?Sized>(
    semantics: &'s S,
    place: Place,
    glyphs: impl Iterator<Item = (usize, Glyph)> + Clone + 's,
    head: usize,
) -> impl Iterator<Item = Piece> + 's {
    Pieces { semantics, place, glyphs, head, held: None }
}

/// See [`pieces`].
struct Pieces<'s, S: ?Sized, G> {
    semantics: &'s S,
    place: Place,
    glyphs: G,
    head: usize,
    /// What comes next, if the last glyph made two pieces.
    held: Option<Piece>,
}

impl<S: Semantics + ?Sized, G: Iterator<Item = (usize, Glyph)> + Clone> Pieces<'_, S, G> {
    /// The reach of the star whose number is `at`, which was read last.
    fn star_reach(&self, at: usize) -> Reach {
        if at >= self.head {
            return Reach::Anything;
        }
        let next = self.glyphs.clone().next().filter(|(at, _)| *at < self.head);
        self.semantics.head_star_reach(next.map(|(_, next)| next.character))
    }

    fn question_reach(&self, at: usize) -> Reach {
        if at < self.head { self.semantics.head_question_reach() } else { Reach::Anything }
    }
}

impl<S: Semantics + ?Sized, G: Iterator<Item = (usize, Glyph)> + Clone> Iterator for Pieces<'_, S, G> {
    type Item = Piece;

    #[inline(always)]
    fn next(&mut self) -> Option<Piece> {
        if self.held.is_some() {
            return self.held.take();
        }
        let (at, glyph) = self.glyphs.next()?;
        Some(match glyph.character {
            '*' if !glyph.literal && self.semantics.star_is_wildcard(self.place) => {
                let reach = self.star_reach(at);
                if self.semantics.star_may_be_empty(self.place) {
                    Piece::Many(reach)
                } else {
                    self.held = Some(Piece::Many(reach));
                    Piece::One(reach)
                }
            }
            '?' if !glyph.literal && self.semantics.question_is_wildcard(self.place) => {
                Piece::One(self.question_reach(at))
            }
            character => Piece::Literal(character),
        })
    }
}

/// Whether `pattern` covers the whole of `text` (MATCH-001).
///
/// Characters before the first wildcard and after the last one leave no choice, nor does a single star. Otherwise every way of matching
/// is followed at once: after each character, `reached` holds the places of the pattern that the text read so far can have led to, in
/// rising order. Time is at most the product of both lengths (MATCH-005).
#[inline(always)]
pub(crate) fn covers<S: Semantics + ?Sized>(
    semantics: &S,
    place: Place,
    pattern: &mut dyn Iterator<Item = Piece>,
    text: &str,
) -> bool {
    let mut characters = text.chars();
    let wildcard = loop {
        match pattern.next() {
            None => return characters.next().is_none(),
            Some(Piece::Literal(own)) => match characters.next() {
                Some(character) if semantics.same_character(place, own, character) => {}
                _ => return false,
            },
            Some(wildcard) => break wildcard,
        }
    };
    let Some(second) = pattern.next() else {
        return covers_rest(semantics, place, &[wildcard], characters);
    };
    let mut from_wildcard = Vec::with_capacity(16);
    from_wildcard.extend([wildcard, second]);
    for piece in pattern {
        from_wildcard.push(piece);
    }
    let mut pattern = from_wildcard.as_slice();
    while let [before @ .., Piece::Literal(own)] = pattern {
        match characters.next_back() {
            Some(character) if semantics.same_character(place, *own, character) => pattern = before,
            _ => return false,
        }
    }
    covers_rest(semantics, place, pattern, characters)
}

/// As [`covers`], of what lies between the characters that leave no choice.
fn covers_rest<S: Semantics + ?Sized>(
    semantics: &S,
    place: Place,
    pattern: &[Piece],
    mut characters: Chars<'_>,
) -> bool {
    match pattern {
        [Piece::Many(reach)] => characters.all(|character| semantics.star_takes(place, *reach, character)),
        pattern => covers_every_way(semantics, place, pattern, characters),
    }
}

fn covers_every_way<S: Semantics + ?Sized>(
    semantics: &S,
    place: Place,
    pattern: &[Piece],
    characters: Chars<'_>,
) -> bool {
    let (mut reached, mut next) = (Vec::with_capacity(8), Vec::with_capacity(8));
    arrive(pattern, 0, &mut reached);
    for character in characters {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::semantics::Correct;

    /// Says the same by trying every way, one after another.
    fn naive(pattern: &[Piece], text: &[char]) -> bool {
        let takes = |reach: Reach| text.first().is_some_and(|c| reach == Reach::Anything || *c != ':');
        match pattern.split_first() {
            None => text.is_empty(),
            Some((Piece::Literal(own), rest)) => text.first() == Some(own) && naive(rest, &text[1..]),
            Some((Piece::One(reach), rest)) => takes(*reach) && naive(rest, &text[1..]),
            Some((Piece::Many(reach), rest)) => {
                naive(rest, text) || (takes(*reach) && naive(pattern, &text[1..]))
            }
        }
    }

    /// Every sequence of at most `length` of these.
    fn sequences<T: Copy>(of: &[T], length: usize) -> Vec<Vec<T>> {
        let mut all = vec![Vec::new()];
        let mut longest = all.clone();
        for _ in 0..length {
            let longer = longest
                .iter()
                .flat_map(|one: &Vec<T>| of.iter().map(move |next| [one.as_slice(), &[*next]].concat()));
            longest = longer.collect();
            all.extend(longest.iter().cloned());
        }
        all
    }

    #[test]
    fn following_every_way_at_once_agrees_with_trying_each() {
        use Reach::{Anything, Field};
        let pieces = [
            Piece::Literal('a'),
            Piece::Literal(':'),
            Piece::One(Anything),
            Piece::One(Field),
            Piece::Many(Anything),
            Piece::Many(Field),
        ];
        let texts = sequences(&['a', ':'], 5);
        for pattern in sequences(&pieces, 4) {
            for text in &texts {
                let whole: String = text.iter().collect();
                let pieces = &mut pattern.iter().copied();
                let covered = covers(&Correct, Place::Resource, pieces, &whole);
                assert_eq!(covered, naive(&pattern, text), "{pattern:?} against {whole:?}");
            }
        }
    }
}
