//! Resources (MATCH-030 to MATCH-042).

use assize_model::{Element, Version};

use crate::matcher::Matcher;
use crate::pattern::{self, Place, Reach, reaching_anything};
use crate::semantics::Semantics;
use crate::variable::{Glyph, has_reference, written};

impl<S: Semantics + ?Sized> Matcher<'_, S> {
    /// Whether `Resource` or `NotResource` is satisfied for the request resource, an ARN or `*` (MATCH-041).
    pub fn resource_element(&self, element: &Element, version: Version, request: &str) -> bool {
        let semantics = self.semantics;
        let mut matches = element.entries.iter().map(|entry| self.resource_entry(entry, version, request));
        self.rule("MATCH-041", true);
        if element.negated {
            semantics.not_resource_list(&mut matches)
        } else {
            semantics.resource_list(&mut matches)
        }
    }

    fn resource_entry(&self, entry: &str, version: Version, request: &str) -> bool {
        let semantics = self.semantics;
        self.note_resource(entry, version, request);
        if semantics.resource_is_everything(entry) {
            return true;
        }
        if request == "*" {
            return semantics.arn_matches_no_resource(entry);
        }
        let (head, tail) = entry.split_at(semantics.head_length(entry, version));
        let has_variables = semantics.variables_expand(version) && has_reference(entry);
        if !has_variables {
            return self.pattern_covers(written(head), written(tail), request);
        }
        if has_reference(head) && !semantics.head_takes_variables() {
            return false;
        }
        let (Some(head), Some(tail)) = (self.expand(head, version), self.expand(tail, version)) else {
            return false;
        };
        self.pattern_covers(head.iter().copied(), tail.iter().copied(), request)
    }

    fn pattern_covers(
        &self,
        head: impl Iterator<Item = Glyph> + Clone,
        tail: impl Iterator<Item = Glyph>,
        request: &str,
    ) -> bool {
        let semantics = self.semantics;
        let glyphs = head_reach(semantics, head).chain(reaching_anything(tail));
        let mut pattern = pattern::pieces(semantics, Place::Resource, glyphs);
        self.rule("MATCH-032", semantics.covers(Place::Resource, &mut pattern, request))
    }
}

/// The glyphs of a head, with the reach that MATCH-032 gives the wildcards among them.
fn head_reach<S: Semantics + ?Sized>(
    semantics: &S,
    mut head: impl Iterator<Item = Glyph> + Clone,
) -> impl Iterator<Item = (Glyph, Reach)> {
    std::iter::from_fn(move || {
        let glyph = head.next()?;
        let reach = match glyph.character {
            '*' => semantics.head_star_reach(head.clone().next().map(|next| next.character)),
            _ => semantics.head_question_reach(),
        };
        Some((glyph, reach))
    })
}

/// The length in bytes of a pattern's head: up to and including its fifth colon, or all of it. Inside `${…}` colons count only if
/// variables do not exist.
pub(crate) fn head_length(pattern: &str, variables: bool) -> usize {
    let bytes = pattern.as_bytes();
    let (mut colons, mut inside) = (0, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'$' if variables && bytes.get(at + 1) == Some(&b'{') => inside = true,
            b'}' => inside = false,
            b':' if !inside => colons += 1,
            _ => {}
        }
        if colons == 5 {
            return at + 1;
        }
    }
    pattern.len()
}
