//! What can be wrong with the text of a document, whatever it says, one function each.

use crate::choices::Choices;
use crate::raw::lexer::{Piece, pieces};
use crate::raw::vocabulary::one;

/// Inserts at one of the places that `of` picks.
fn insert(
    choices: &mut dyn Choices,
    text: &mut String,
    of: impl Fn(&Piece<'_>) -> Option<usize>,
    what: &str,
) -> bool {
    let places: Vec<usize> = pieces(text).iter().filter_map(of).collect();
    if places.is_empty() {
        return false;
    }
    text.insert_str(*choices.one_of(&places), what);
    true
}

pub(super) fn trailing_comma(choices: &mut dyn Choices, text: &mut String) -> bool {
    insert(choices, text, |piece| matches!(piece.text, "}" | "]").then_some(piece.start), ",")
}

pub(super) fn missing_punctuation(choices: &mut dyn Choices, text: &mut String) -> bool {
    let places: Vec<usize> = pieces(text)
        .iter()
        .filter(|piece| matches!(piece.text, "," | ":"))
        .map(|piece| piece.start)
        .collect();
    if places.is_empty() {
        return false;
    }
    text.remove(*choices.one_of(&places));
    true
}

pub(super) fn comment(choices: &mut dyn Choices, text: &mut String) -> bool {
    let what = one(choices, &["/*c*/", "//c\n", "#c\n", "/**/"]);
    insert(choices, text, |piece| Some(piece.start), what)
}

pub(super) fn truncated(choices: &mut dyn Choices, text: &mut String) -> bool {
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    if ends.is_empty() {
        return false;
    }
    text.truncate(*choices.one_of(&ends));
    true
}

pub(super) fn byte_order_mark(choices: &mut dyn Choices, text: &mut String) -> bool {
    let at = if choices.chance(10) { text.len() } else { 0 };
    text.insert(at, '\u{feff}');
    true
}

/// Inserts into one of the strings, names included, at its beginning or at its end.
fn insert_in_string(choices: &mut dyn Choices, text: &mut String, what: &str) -> bool {
    let at_end = choices.chance(50);
    let place = |piece: &Piece<'_>| match piece.text.strip_prefix('"')?.strip_suffix('"') {
        Some(inside) if at_end => Some(piece.start + 1 + inside.len()),
        _ => Some(piece.start + 1),
    };
    insert(choices, text, place, what)
}

pub(super) fn lone_surrogate(choices: &mut dyn Choices, text: &mut String) -> bool {
    let what = one(
        choices,
        &["\\ud800", "\\udfff", "\\ud800\\u0041", "\\udc00\\ud800", "\\uD83Dx", "\\ud800\\ud800"],
    );
    insert_in_string(choices, text, what)
}

pub(super) fn escape(choices: &mut dyn Choices, text: &mut String) -> bool {
    let what = one(choices, &["\\x", "\\u12", "\\u{41}", "\\'", "\\U0041", "\\u00g0", "\\"]);
    insert_in_string(choices, text, what)
}

pub(super) fn control_character(choices: &mut dyn Choices, text: &mut String) -> bool {
    let what = one(choices, &["\u{0}", "\t", "\n", "\r", "\u{1f}", "\u{b}", "\u{7f}", "\u{85}"]);
    if choices.chance(30) {
        return insert(choices, text, |piece| Some(piece.start), what);
    }
    insert_in_string(choices, text, what)
}

pub(super) fn beyond_latin1(choices: &mut dyn Choices, text: &mut String) -> bool {
    let what = one(choices, &["\u{4e2d}", "\u{100}", "\u{2019}", "\u{1f600}", "\u{2028}", "\u{fffd}"]);
    if choices.chance(15) {
        return insert(choices, text, |piece| Some(piece.start), what);
    }
    insert_in_string(choices, text, what)
}

pub(super) fn single_quotes(choices: &mut dyn Choices, text: &mut String) -> bool {
    replace_string(choices, text, |string| format!("'{}'", &string[1..string.len() - 1]))
}

pub(super) fn unquoted_name(choices: &mut dyn Choices, text: &mut String) -> bool {
    replace_string(choices, text, |string| string[1..string.len() - 1].to_owned())
}

fn replace_string(choices: &mut dyn Choices, text: &mut String, with: fn(&str) -> String) -> bool {
    let whole =
        |piece: &&Piece<'_>| piece.text.len() > 1 && piece.text.starts_with('"') && piece.text.ends_with('"');
    let strings: Vec<(usize, usize)> = pieces(text)
        .iter()
        .filter(whole)
        .map(|piece| (piece.start, piece.start + piece.text.len()))
        .collect();
    if strings.is_empty() {
        return false;
    }
    let (start, end) = *choices.one_of(&strings);
    let new = with(&text[start..end]);
    text.replace_range(start..end, &new);
    true
}

pub(super) fn second_value(choices: &mut dyn Choices, text: &mut String) -> bool {
    text.push_str(one(
        choices,
        &[" {}", "x", "}", ",", "null", "\"", " []", "\u{0}", "\u{a0}", "\u{c}", "\u{85}"],
    ));
    true
}

pub(super) fn random_character(choices: &mut dyn Choices, text: &mut String) -> bool {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    if places.is_empty() {
        return false;
    }
    let at = *choices.one_of(&places);
    let new =
        *choices.one_of(&['"', '\\', '{', '}', '[', ']', ',', ':', 'a', '0', ' ', '*', '-', '$', '\u{e9}']);
    match choices.pick(3) {
        0 => drop(text.remove(at)),
        1 => text.insert(at, new),
        _ => {
            text.remove(at);
            text.insert(at, new);
        }
    }
    true
}
