//! Values and names in messages.

use std::fmt::Display;

use crate::document::{BaseOperator, Operator};

/// How many characters of a value a message repeats.
const MAX_QUOTED: usize = 60;

/// Names longer than this are nobody's misspelling.
const MAX_MISSPELT: usize = 64;

/// `text`, or its beginning and an ellipsis if it is long. What a terminal would act on or not show becomes an escape.
pub(crate) fn shorten(text: &str) -> String {
    let mut shown = String::new();
    for (index, character) in text.chars().enumerate() {
        match character {
            _ if index == MAX_QUOTED => {
                shown.push('…');
                break;
            }
            ' '..='~' | '\u{a1}'..='\u{ff}' => shown.push(character),
            _ if character.is_alphanumeric() => shown.push(character),
            _ => shown.extend(character.escape_unicode()),
        }
    }
    shown
}

/// `text` in quotation marks, shortened to a sane length.
pub(crate) fn quote(text: &str) -> String {
    format!("\"{}\"", shorten(text))
}

/// The name among `known` that `name` was probably meant to be.
pub(crate) fn closest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    if name.len() > MAX_MISSPELT {
        return None;
    }
    let folded = name.to_ascii_lowercase();
    let distances = known.into_iter().filter_map(|candidate| {
        let allowed = (candidate.len() / 3).min(3);
        let distance = distance(folded.as_bytes(), candidate.to_ascii_lowercase().as_bytes(), allowed)?;
        Some((distance, candidate))
    });
    distances.min_by_key(|&(distance, _)| distance).map(|(_, candidate)| candidate)
}

/// The operator that `name` was probably meant to be. `NullIfExists` is near to `Null`.
pub(crate) fn closest_operator(name: &str) -> Option<Operator> {
    let (set, rest) = match name.rsplit_once(':') {
        Some((set, rest)) => (closest(set, ["ForAllValues", "ForAnyValue"])?, rest),
        None => ("", name),
    };
    let (rest, suffix) = match rest.to_ascii_lowercase().strip_suffix("ifexists") {
        Some(base) => (&rest[..base.len()], "IfExists"),
        None => (rest, ""),
    };
    let base = closest(rest.trim(), BaseOperator::ALL.map(|base| base.as_str()))?;
    let colon = if set.is_empty() { "" } else { ":" };
    Operator::parse(&format!("{set}{colon}{base}{suffix}"))
}

/// How many bytes to insert, delete or replace to make `left` into `right`; `None` beyond `allowed`.
fn distance(left: &[u8], right: &[u8], allowed: usize) -> Option<usize> {
    if left.len().abs_diff(right.len()) > allowed {
        return None;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().filter(|&distance| distance <= allowed)
}

/// ` (did you mean …?)`, if there is something near.
pub(crate) fn did_you_mean(near: Option<impl Display>) -> String {
    near.map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"))
}
