//! ARNs: six components, the last of which is the rest (COND-091, COND-093, MATCH-037).

use assize_model::Resource;

use crate::variable::Glyph;

/// The components of a text; `None` if it has fewer than six (COND-096).
pub fn components(text: &str) -> Option<[&str; 6]> {
    let (mut six, mut start, mut colons) = ([""; 6], 0, colons(text));
    for component in &mut six[..5] {
        let colon = colons.next()?;
        *component = &text[start..colon];
        start = colon + 1;
    }
    six[5] = &text[start..];
    Some(six)
}

/// Where colons stand. What is split here is short: looking at each byte is faster than setting up a search.
fn colons(text: &str) -> impl Iterator<Item = usize> {
    text.bytes().enumerate().filter(|(_, byte)| *byte == b':').map(|(at, _)| at)
}

/// What stands before and after the first colon.
#[inline]
pub(crate) fn before_and_after_colon(text: &str) -> Option<(&str, &str)> {
    let colon = colons(text).next()?;
    Some((&text[..colon], &text[colon + 1..]))
}

/// As [`components`], of a policy value after substitution: a colon counts wherever it came from.
pub(crate) fn glyph_components(glyphs: &[Glyph]) -> Option<[&[Glyph]; 6]> {
    let (mut six, mut fields) = ([[].as_slice(); 6], glyphs.splitn(6, |glyph| glyph.character == ':'));
    for component in &mut six {
        *component = fields.next()?;
    }
    Some(six)
}

/// Whether a resource is an IAM role whose path begins with `path`.
pub(crate) fn is_role(resource: &Resource, path: &str) -> bool {
    let Resource::Arn(arn) = resource else { return false };
    arn.service() == "iam" && arn.name().strip_prefix("role").is_some_and(|rest| rest.starts_with(path))
}
