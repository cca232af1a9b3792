//! Actions (MATCH-010 to MATCH-019).

use assize_model::{Action, Element};

use crate::matcher::Matcher;
use crate::semantics::Semantics;

impl<S: Semantics + ?Sized> Matcher<'_, S> {
    /// Whether `Action` or `NotAction` is satisfied (MATCH-018).
    pub fn action_element(&self, element: &Element, action: &Action) -> bool {
        let semantics = self.semantics;
        let mut matches = element.entries.iter().map(|entry| self.action_entry(entry, action));
        self.rule("MATCH-018", true);
        if element.negated {
            semantics.not_action_list(&mut matches)
        } else {
            semantics.action_list(&mut matches)
        }
    }

    fn action_entry(&self, entry: &str, action: &Action) -> bool {
        let semantics = self.semantics;
        if semantics.action_is_everything(entry) {
            return self.rule("MATCH-011", true);
        }
        let Some((vendor, name)) = entry.split_once(':') else { return self.rule("MATCH-012", false) };
        let vendor_matches = semantics.vendor_matches(vendor, action.vendor());
        self.rule("MATCH-012", vendor_matches);
        self.rule("MATCH-014", vendor == "*");
        if !vendor_matches {
            return false;
        }
        self.rule("MATCH-016", name.is_empty());
        self.rule("MATCH-015", name.contains(char::is_whitespace));
        self.rule("MATCH-017", name.contains(','));
        let name_matches = semantics.action_name_matches(name, action.name());
        self.rule("MATCH-013", name_matches && name.contains(['*', '?']));
        self.rule("MATCH-019", name_matches);
        name_matches
    }
}
