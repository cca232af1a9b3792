//! Resources (MATCH-030 to MATCH-042).

use assize_model::{Element, Version};

use crate::matcher::Matcher;
use crate::pattern::{self, Place};
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
        if self.is_traced() {
            self.note_resource(entry, version, request);
        }
        if semantics.resource_is_everything(entry) {
            return true;
        }
        if request == "*" {
            return semantics.arn_matches_no_resource(entry);
        }
        let head = semantics.head_length(entry, version);
        let has_variables = semantics.variables_expand(version) && has_reference(entry);
        if !has_variables {
            return self.pattern_covers(written(entry), head, request);
        }
        let (head, tail) = entry.split_at(head);
        if has_reference(head) && !semantics.head_takes_variables() {
            return false;
        }
        let (Some(head), Some(tail)) = (self.expand(head, version), self.expand(tail, version)) else {
            return false;
        };
        self.pattern_covers(head.iter().chain(&tail).copied().enumerate(), head.len(), request)
    }

    /// Whether a pattern covers the request resource. Its glyphs are numbered; those below `head` are its head.
    fn pattern_covers(
        &self,
        glyphs: impl Iterator<Item = (usize, Glyph)> + Clone,
        head: usize,
        request: &str,
    ) -> bool {
        let semantics = self.semantics;
        let mut pattern = pattern::pieces(semantics, Place::Resource, glyphs, head);
        self.rule("MATCH-032", semantics.covers(Place::Resource, &mut pattern, request))
    }
}

/// The length in bytes of a pattern's head: up to and including its fifth colon, or all of it. Inside `${…}` colons count only if
/// variables do not exist.
pub(crate) fn head_length(pattern: &str, variables: bool) -> usize {
    let (mut colons, mut inside) = (0, false);
    let marks = pattern.bytes().enumerate().filter(|(_, byte)| matches!(byte, b':' | b'$' | b'}'));
    for (at, byte) in marks {
        match byte {
            b':' if !inside => {
                colons += 1;
                if colons == 5 {
                    return at + 1;
                }
            }
            b'$' if variables && pattern[at..].starts_with("${") => inside = true,
            b'}' => inside = false,
            _ => {}
        }
    }
    pattern.len()
}
