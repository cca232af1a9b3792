//! ARNs: six components, the last of which is the rest (COND-091, COND-093, MATCH-037).

use crate::variable::Glyph;

/// The components of a text; `None` if it has fewer than six (COND-096).
pub fn components(text: &str) -> Option<[&str; 6]> {
    let (mut six, mut rest) = ([""; 6], text);
    for component in &mut six[..5] {
        let colon = rest.bytes().position(|byte| byte == b':')?;
        (*component, rest) = (&rest[..colon], &rest[colon + 1..]);
    }
    six[5] = rest;
    Some(six)
}

/// As [`components`], of a policy value after substitution: a colon counts wherever it came from.
pub(crate) fn glyph_components(glyphs: &[Glyph]) -> Option<Vec<&[Glyph]>> {
    let fields: Vec<_> = glyphs.splitn(6, |glyph| glyph.character == ':').collect();
    (fields.len() == 6).then_some(fields)
}

/// Whether a text is the ARN of an IAM role whose path begins with `path`.
pub(crate) fn is_role(arn: &str, path: &str) -> bool {
    let Some(["arn", _, "iam", _, _, resource]) = components(arn) else { return false };
    resource.strip_prefix("role").is_some_and(|rest| rest.starts_with(path))
}
