//! Finding rule names in prose.

/// A name as it stands in the text: family and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name<'a> {
    pub(super) family: &'a str,
    pub(super) number: &'a str,
}

impl Name<'_> {
    pub(super) fn full(self) -> String {
        format!("{}-{}", self.family, self.number)
    }
}

/// Reads `FAMILY-NNN` or `FAMILY-SNN` at the start of `text`; nothing that could belong to a name may follow.
pub(super) fn name_at(text: &str) -> Option<(Name<'_>, &str)> {
    let hyphen = text.find('-')?;
    let family = &text[..hyphen];
    if family.len() < 3 || !family.bytes().all(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let (number, rest) = number_at(&text[hyphen + 1..])?;
    Some((Name { family, number }, rest))
}

/// Reads `NNN` or `SNN` at the start of `text`.
fn number_at(text: &str) -> Option<(&str, &str)> {
    let number = text.get(..3)?;
    let digits = number.strip_prefix('S').unwrap_or(number);
    let rest = &text[3..];
    let ends = !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
    (digits.len() >= 2 && digits.bytes().all(|b| b.is_ascii_digit()) && ends).then_some((number, rest))
}

/// Something that a text says about other rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mention {
    /// One rule.
    One(String),
    /// All rules of a family between two numbers, both included: `PRIN-002 to PRIN-013`, `WORLD-117–120`.
    Range(String, String),
}

/// Every mention in `text`. After a name, `/NNN` continues it (`COND-060/061`), and so does `, NNN` if `commas`:
/// only source lines abbreviate that way, and elsewhere a number after a comma may be anything.
pub(super) fn mentions(text: &str, commas: bool) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut in_word = false;
    while let Some(c) = rest.chars().next() {
        match name_at(rest).filter(|_| !in_word) {
            Some((name, after)) => {
                let (mention, after) = range_at(name, after);
                found.push(mention);
                rest = continuations(name, after, commas, &mut found);
                in_word = false;
            }
            None => {
                in_word = c.is_ascii_alphanumeric() || c == '-';
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    found
}

/// Whether a name begins a range.
fn range_at<'a>(from: Name<'_>, after: &'a str) -> (Mention, &'a str) {
    let one = Mention::One(from.full());
    let Some(end) = after.strip_prefix(" to ").or_else(|| after.strip_prefix('–')) else {
        return (one, after);
    };
    let to = match name_at(end) {
        Some((name, rest)) if name.family == from.family => Some((name.full(), rest)),
        Some(_) => None,
        None => number_at(end).map(|(number, rest)| (Name { family: from.family, number }.full(), rest)),
    };
    match to {
        Some((to, rest)) => (Mention::Range(from.full(), to), rest),
        None => (one, after),
    }
}

/// Takes the numbers that continue a name.
fn continuations<'a>(name: Name<'_>, mut rest: &'a str, commas: bool, found: &mut Vec<Mention>) -> &'a str {
    while let Some(after) = rest.strip_prefix('/').or_else(|| rest.strip_prefix(", ").filter(|_| commas)) {
        let Some((number, after)) = number_at(after) else { break };
        let (mention, after) = range_at(Name { family: name.family, number }, after);
        found.push(mention);
        rest = after;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str) -> Mention {
        Mention::One(name.to_string())
    }

    #[test]
    fn names_ranges_and_continuations() {
        assert_eq!(mentions("see EVAL-010, GRAM-001.", false), [one("EVAL-010"), one("GRAM-001")]);
        let range = Mention::Range("PRIN-002".into(), "PRIN-013".into());
        assert_eq!(mentions("PRIN-002 to PRIN-013", false), [range]);
        let range = Mention::Range("WORLD-117".into(), "WORLD-120".into());
        assert_eq!(mentions("of WORLD-117–120 at refresh", false), [range]);
        assert_eq!(mentions("IMDS-023/024", false), [one("IMDS-023"), one("IMDS-024")]);
        assert_eq!(mentions("WORLD-062, 070", true), [one("WORLD-062"), one("WORLD-070")]);
        assert_eq!(mentions("WORLD-062, 070", false), [one("WORLD-062")]);
    }

    #[test]
    fn what_only_looks_like_a_name() {
        assert_eq!(mentions("iam:FIDO-FIPS-140-2-certification", false), []);
        assert_eq!(mentions("AIDA-0012 xEVAL-010 EVAL-01 GRAM-0010", false), []);
    }
}
