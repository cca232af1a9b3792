//! Wildcards, in each place where patterns stand.

use assize_reference::pattern::{Piece, Place, Reach};
use assize_reference::{Correct, Semantics};

use crate::faults::switch::covers_correctly;

/// The pattern with every star that `literal` picks by its place turned into a character.
fn stars_as_characters(pattern: &[Piece], literal: impl Fn(usize) -> bool) -> Vec<Piece> {
    let pieces = pattern.iter().enumerate().map(|(at, piece)| match piece {
        Piece::Many(_) if literal(at) => Piece::Literal('*'),
        other => *other,
    });
    pieces.collect()
}

/// Matches without going back: a star ends where what follows it begins for the first time.
fn without_backtracking(pattern: &[Piece], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut pieces) = (0, pattern.iter().peekable());
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Literal(own) if text.get(at) == Some(own) => at += 1,
            Piece::Literal(_) => return false,
            Piece::One(_) if at < text.len() => at += 1,
            Piece::One(_) => return false,
            Piece::Many(_) => match pieces.peek() {
                None => at = text.len(),
                Some(Piece::Literal(next)) => match text[at..].iter().position(|own| own == next) {
                    Some(skip) => at += skip,
                    None => return false,
                },
                Some(_) => {}
            },
        }
    }
    at == text.len()
}

/// The text of a pattern without wildcards.
fn literal_text(pattern: &[Piece]) -> Option<String> {
    let characters = pattern.iter().map(|piece| match piece {
        Piece::Literal(own) => Some(*own),
        _ => None,
    });
    characters.collect()
}

/// Both sides as bytes, each of which passes for a character.
fn by_bytes(place: Place, pattern: &[Piece], text: &str) -> bool {
    let bytes = |text: &str| text.bytes().map(char::from).collect::<String>();
    let mut pieces = Vec::new();
    for piece in pattern {
        match piece {
            Piece::Literal(own) => pieces.extend(bytes(&own.to_string()).chars().map(Piece::Literal)),
            other => pieces.push(*other),
        }
    }
    covers_correctly(place, &pieces, &bytes(text))
}

faults! { FAULTS, Evaluation, "wildcards";
    "star-is-a-character-in-actions", "MATCH-013", Plausible, OverGrant, "An asterisk in an action stands for itself.":
    fn star_is_wildcard(&self, place: Place) -> bool { place != Place::Action }

    "star-is-a-character-in-resources", "MATCH-032", Plausible, OverGrant, "An asterisk in a resource stands for itself.":
    fn star_is_wildcard(&self, place: Place) -> bool { place != Place::Resource }

    "star-is-a-character-in-strings", "COND-043", Plausible, OverGrant, "An asterisk under StringLike stands for itself.":
    fn star_is_wildcard(&self, place: Place) -> bool { place != Place::String }

    "star-is-a-character-in-arns", "COND-090", Real, OverGrant, "An asterisk under the ARN operators stands for itself.":
    fn star_is_wildcard(&self, place: Place) -> bool { place != Place::Arn }

    "question-mark-is-a-character-in-actions", "MATCH-013", Real, OverGrant, "A question mark in an action stands for itself.":
    fn question_is_wildcard(&self, place: Place) -> bool { place != Place::Action }

    "question-mark-is-a-character-in-resources", "MATCH-001", Plausible, OverGrant, "A question mark in a resource stands for itself.":
    fn question_is_wildcard(&self, place: Place) -> bool { place != Place::Resource }

    "question-mark-is-a-character-in-strings", "COND-043", Plausible, OverGrant, "A question mark under StringLike stands for itself.":
    fn question_is_wildcard(&self, place: Place) -> bool { place != Place::String }

    "question-mark-is-a-character-in-arns", "COND-094", Plausible, OverGrant, "A question mark under the ARN operators stands for itself.":
    fn question_is_wildcard(&self, place: Place) -> bool { place != Place::Arn }

    "star-needs-a-character-in-actions", "MATCH-001", Real, OverGrant, "An asterisk in an action takes one character at least.":
    fn star_may_be_empty(&self, place: Place) -> bool { place != Place::Action }

    "star-needs-a-character-in-resources", "MATCH-001", Plausible, OverGrant, "An asterisk in a resource takes one character at least.":
    fn star_may_be_empty(&self, place: Place) -> bool { place != Place::Resource }

    "star-needs-a-character-in-strings", "COND-044", Plausible, OverGrant, "An asterisk under StringLike takes one character at least.":
    fn star_may_be_empty(&self, place: Place) -> bool { place != Place::String }

    "star-needs-a-character-in-arns", "COND-092", Plausible, OverGrant, "An asterisk under the ARN operators takes one character at least.":
    fn star_may_be_empty(&self, place: Place) -> bool { place != Place::Arn }

    "star-stops-at-slash-in-resources", "MATCH-034", Real, OverGrant, "An asterisk in a resource does not take a slash, as in file names.":
    fn star_takes(&self, place: Place, reach: Reach, character: char) -> bool {
        Correct.star_takes(place, reach, character) && !(place == Place::Resource && character == '/')
    }

    "star-stops-at-slash-in-strings", "COND-043", Plausible, OverGrant, "An asterisk under StringLike does not take a slash.":
    fn star_takes(&self, place: Place, reach: Reach, character: char) -> bool {
        Correct.star_takes(place, reach, character) && !(place == Place::String && character == '/')
    }

    "star-stops-at-slash-in-arns", "COND-093", Plausible, OverGrant, "An asterisk under the ARN operators does not take a slash.":
    fn star_takes(&self, place: Place, reach: Reach, character: char) -> bool {
        Correct.star_takes(place, reach, character) && !(place == Place::Arn && character == '/')
    }

    "star-stops-at-colon-in-resources", "MATCH-032", Plausible, OverGrant, "An asterisk in the last field of a resource does not take a colon.":
    fn star_takes(&self, place: Place, _reach: Reach, character: char) -> bool {
        !(place == Place::Resource && character == ':')
    }

    "star-stops-at-colon-in-arns", "COND-093", Plausible, OverGrant, "An asterisk in the last component of an ARN does not take a colon.":
    fn star_takes(&self, place: Place, reach: Reach, character: char) -> bool {
        Correct.star_takes(place, reach, character) && !(place == Place::Arn && character == ':')
    }

    "star-stops-at-line-feed", "MATCH-003", Plausible, OverGrant, "An asterisk does not take a line feed, as the dot of a regular expression.":
    fn star_takes(&self, place: Place, reach: Reach, character: char) -> bool {
        Correct.star_takes(place, reach, character) && character != '\n'
    }

    "star-takes-ascii-only", "MATCH-003", Plausible, OverGrant, "An asterisk takes ASCII characters only.":
    fn star_takes(&self, place: Place, reach: Reach, character: char) -> bool {
        Correct.star_takes(place, reach, character) && character.is_ascii()
    }

    "question-mark-stops-at-slash", "MATCH-034", Plausible, OverGrant, "A question mark does not take a slash.":
    fn question_takes(&self, place: Place, reach: Reach, character: char) -> bool {
        Correct.question_takes(place, reach, character) && character != '/'
    }

    "question-mark-takes-letters-and-digits", "MATCH-003", Plausible, OverGrant, "A question mark takes letters and digits only.":
    fn question_takes(&self, place: Place, reach: Reach, character: char) -> bool {
        Correct.question_takes(place, reach, character) && character.is_alphanumeric()
    }

    "question-mark-may-be-empty", "MATCH-001", Plausible, OverGrant, "A question mark may stand for no character.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        let without: Vec<Piece> = pattern.iter().filter(|piece| !matches!(piece, Piece::One(_))).copied().collect();
        covers_correctly(place, pattern, text) || covers_correctly(place, &without, text)
    }

    "question-mark-takes-a-byte", "MATCH-002", Plausible, OverGrant, "A question mark takes one byte, not one character.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool { by_bytes(place, pattern, text) }

    "star-without-backtracking", "MATCH-001", Plausible, OverGrant, "An asterisk ends at the first place where what follows it fits, and never later.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        if place == Place::Action { covers_correctly(place, pattern, text) } else { without_backtracking(pattern, text) }
    }

    "resource-as-prefix", "MATCH-001", Real, OverGrant, "A resource matches everything that begins with it.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        let open = [pattern, &[Piece::Many(Reach::Anything)]].concat();
        covers_correctly(place, if place == Place::Resource { &open } else { pattern }, text)
    }

    "action-as-prefix", "MATCH-012", Plausible, OverGrant, "An action matches every action that begins with it.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        let open = [pattern, &[Piece::Many(Reach::Anything)]].concat();
        covers_correctly(place, if place == Place::Action && !pattern.is_empty() { &open } else { pattern }, text)
    }

    "string-like-as-substring", "COND-043", Plausible, OverGrant, "A StringLike value matches every text that it occurs in.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        let many = [Piece::Many(Reach::Anything)];
        let open = [&many[..], pattern, &many].concat();
        covers_correctly(place, if place == Place::String { &open } else { pattern }, text)
    }

    "trailing-star-only-in-actions", "MATCH-013", Real, OverGrant, "In an action only an asterisk at the end is a wildcard.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        let literal = stars_as_characters(pattern, |at| place == Place::Action && at + 1 < pattern.len());
        covers_correctly(place, &literal, text)
    }

    "trailing-star-only-in-resources", "MATCH-032", Real, OverGrant, "In a resource only an asterisk at the end is a wildcard.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        let literal = stars_as_characters(pattern, |at| place == Place::Resource && at + 1 < pattern.len());
        covers_correctly(place, &literal, text)
    }

    "trailing-star-only-in-strings", "COND-043", Plausible, OverGrant, "Under StringLike only an asterisk at the end is a wildcard.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        let literal = stars_as_characters(pattern, |at| place == Place::String && at + 1 < pattern.len());
        covers_correctly(place, &literal, text)
    }

    "first-star-only", "MATCH-013", Plausible, OverGrant, "Only the first asterisk of a pattern is a wildcard.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        let first = pattern.iter().position(|piece| matches!(piece, Piece::Many(_)));
        covers_correctly(place, &stars_as_characters(pattern, |at| Some(at) != first), text)
    }

    "double-star-needs-a-character", "MATCH-005", Plausible, OverGrant, "Two asterisks in a row take one character at least.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        let mut pieces = pattern.to_vec();
        for at in 1..pieces.len() {
            if let (Piece::Many(reach), Piece::Many(_)) = (pieces[at - 1], pieces[at]) { pieces[at - 1] = Piece::One(reach) }
        }
        covers_correctly(place, &pieces, text)
    }

    "only-before-the-first-star", "MATCH-001", Plausible, OverGrant, "What follows the first asterisk of a pattern is not compared.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        let end = pattern.iter().position(|piece| matches!(piece, Piece::Many(_))).map_or(pattern.len(), |at| at + 1);
        let open: Vec<Piece> = pattern[..end].iter().map(|piece| if let Piece::Many(_) = piece { Piece::Many(Reach::Anything) } else { *piece }).collect();
        covers_correctly(place, &open, text)
    }

    "middle-between-stars-ignored", "MATCH-001", Plausible, OverGrant, "Of a pattern with several asterisks only the two ends are compared.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        let star = |piece: &Piece| matches!(piece, Piece::Many(_));
        let (Some(first), Some(last)) = (pattern.iter().position(star), pattern.iter().rposition(star)) else {
            return covers_correctly(place, pattern, text);
        };
        let ends = [&pattern[..first], &[Piece::Many(Reach::Anything)], &pattern[last + 1..]].concat();
        covers_correctly(place, &ends, text)
    }

    "ends-may-overlap", "MATCH-001", Plausible, OverGrant, "What stands before and behind an asterisk may match the same characters.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        let star = pattern.iter().position(|piece| matches!(piece, Piece::Many(_)));
        let ends = star.and_then(|at| Some((literal_text(&pattern[..at])?, literal_text(&pattern[at + 1..])?)));
        let overlaps = |(before, after): (String, String)| text.starts_with(&before) && text.ends_with(&after);
        covers_correctly(place, pattern, text) || (place != Place::Action && ends.is_some_and(overlaps))
    }

    "dot-is-a-wildcard", "MATCH-004", Plausible, OverGrant, "A dot matches any character, as in a regular expression that was not escaped.":
    fn same_character(&self, place: Place, own: char, other: char) -> bool {
        own == '.' || Correct.same_character(place, own, other)
    }

    "underscore-is-a-wildcard", "MATCH-004", Plausible, OverGrant, "An underscore under StringLike takes any character, as in a query.":
    fn same_character(&self, place: Place, own: char, other: char) -> bool {
        Correct.same_character(place, own, other) || (place == Place::String && own == '_')
    }

    "hyphen-passes-for-underscore", "MATCH-035", Plausible, OverGrant, "A hyphen in a resource matches an underscore.":
    fn same_character(&self, place: Place, own: char, other: char) -> bool {
        Correct.same_character(place, own, other) || (place == Place::Resource && (own, other) == ('-', '_'))
    }

    "actions-fold-beyond-ascii", "MATCH-012", Plausible, OverGrant, "Letters of actions that are no ASCII are lower-cased too.":
    fn same_character(&self, place: Place, own: char, other: char) -> bool {
        Correct.same_character(place, own, other) || (place == Place::Action && own.to_lowercase().eq(other.to_lowercase()))
    }

    "question-mark-takes-a-utf16-unit", "MATCH-002", Plausible, OverGrant, "A character that is two units of UTF-16 is two characters.":
    fn question_takes(&self, place: Place, reach: Reach, character: char) -> bool {
        Correct.question_takes(place, reach, character) && character.len_utf16() == 1
    }

    "star-stops-at-nul", "MATCH-003", Plausible, OverGrant, "An asterisk does not take the character zero.":
    fn star_takes(&self, place: Place, reach: Reach, character: char) -> bool {
        Correct.star_takes(place, reach, character) && character != '\0'
    }

    "resource-case-ignored", "MATCH-035", Plausible, OverGrant, "Resources are compared without regard to case.":
    fn same_character(&self, place: Place, own: char, other: char) -> bool {
        if place == Place::Resource { own.eq_ignore_ascii_case(&other) } else { Correct.same_character(place, own, other) }
    }

    "string-like-case-ignored", "COND-043", Plausible, OverGrant, "StringLike ignores case.":
    fn same_character(&self, place: Place, own: char, other: char) -> bool {
        if place == Place::String { own.eq_ignore_ascii_case(&other) } else { Correct.same_character(place, own, other) }
    }

    "arn-case-ignored", "COND-094", Plausible, OverGrant, "The ARN operators ignore case.":
    fn same_character(&self, place: Place, own: char, other: char) -> bool {
        if place == Place::Arn { own.eq_ignore_ascii_case(&other) } else { Correct.same_character(place, own, other) }
    }

    "action-case-counts", "MATCH-012", Real, OverGrant, "Actions are compared with regard to case.":
    fn same_character(&self, _place: Place, own: char, other: char) -> bool { own == other }

    "long-text-compared-by-its-start", "MATCH-001", Plausible, OverGrant, "Of a pattern without wildcards only the first 64 characters are compared.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        let cut: String = text.chars().take(64).collect();
        let long = literal_text(pattern).is_some() && pattern.len() > 64 && text.chars().count() > 64;
        if long { covers_correctly(place, &pattern[..64], &cut) } else { covers_correctly(place, pattern, text) }
    }
}
