//! Actions (MATCH-010 to MATCH-019).

use assize_model::{Action, Element};

use crate::arn;
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
        if self.is_traced() {
            self.note_action(entry, action);
        }
        if semantics.action_is_everything(entry) {
            return true;
        }
        let Some((vendor, name)) = arn::before_and_after_colon(entry) else { return false };
        semantics.vendor_matches(vendor, action.vendor())
            && semantics.action_name_matches(name, action.name())
    }
}
