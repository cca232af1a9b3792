//! Actions and `NotAction`.

use assize_reference::{Correct, Semantics};

use super::{every, some};

faults! { FAULTS, Evaluation, "actions";
    "lone-star-action-unknown", "MATCH-011", Plausible, OverGrant, "The action * matches nothing.":
    fn action_is_everything(&self, _entry: &str) -> bool { false }

    "service-star-is-everything", "MATCH-012", Plausible, OverGrant, "All actions of one service stand for all actions.":
    fn action_is_everything(&self, entry: &str) -> bool { entry.ends_with(":*") || entry == "*" }

    "star-vendor-is-literal", "MATCH-014", Real, OverGrant, "The vendor * matches no service.":
    fn vendor_matches(&self, entry: &str, vendor: &str) -> bool { entry.eq_ignore_ascii_case(vendor) }

    "vendor-as-prefix", "MATCH-012", Plausible, OverGrant, "A vendor matches every vendor that begins with it.":
    fn vendor_matches(&self, entry: &str, vendor: &str) -> bool {
        Correct.vendor_matches(entry, vendor) || vendor.starts_with(entry)
    }

    "vendor-contained-in-entry", "MATCH-012", Plausible, OverGrant, "A vendor matches if the policy's vendor begins with the request's.":
    fn vendor_matches(&self, entry: &str, vendor: &str) -> bool {
        Correct.vendor_matches(entry, vendor) || entry.starts_with(vendor)
    }

    "vendor-case-counts", "MATCH-012", Plausible, OverGrant, "The vendor of an action is compared with regard to case.":
    fn vendor_matches(&self, entry: &str, vendor: &str) -> bool { entry == "*" || entry == vendor }

    "vendor-ignored", "MATCH-012", Plausible, OverGrant, "Only the names of actions are compared, not their vendors.":
    fn vendor_matches(&self, _entry: &str, _vendor: &str) -> bool { true }

    "action-trimmed", "MATCH-015", Real, OverGrant, "White space around an action is dropped.":
    fn action_name_matches(&self, entry: &str, name: &str) -> bool { Correct.action_name_matches(entry.trim(), name) }

    "action-split-at-commas", "MATCH-017", Real, OverGrant, "An action with commas is a list of actions.":
    fn action_name_matches(&self, entry: &str, name: &str) -> bool {
        entry.split(',').any(|part| Correct.action_name_matches(part, name))
    }

    "empty-action-name-is-every-action", "MATCH-016", Plausible, OverGrant, "An action without name matches all actions of its service.":
    fn action_name_matches(&self, entry: &str, name: &str) -> bool { entry.is_empty() || Correct.action_name_matches(entry, name) }

    "action-name-suffix-suffices", "MATCH-012", Plausible, OverGrant, "An action name matches every name that ends with it.":
    fn action_name_matches(&self, entry: &str, name: &str) -> bool {
        Correct.action_name_matches(entry, name) || (!entry.is_empty() && name.ends_with(entry))
    }

    "action-implies-its-acl-action", "MATCH-019", Real, OverGrant, "An action on an object covers the same action on its access control list.":
    fn action_name_matches(&self, entry: &str, name: &str) -> bool {
        Correct.action_name_matches(entry, name) || name.strip_suffix("Acl").is_some_and(|base| entry.eq_ignore_ascii_case(base))
    }

    "action-name-cut-at-wildcard", "MATCH-013", Plausible, OverGrant, "What follows a wildcard in an action name is dropped.":
    fn action_name_matches(&self, entry: &str, name: &str) -> bool {
        let cut = entry.find('*').map_or(entry, |at| &entry[..=at]);
        Correct.action_name_matches(cut, name)
    }

    "lower-case-request-action-unknown", "MATCH-012", Plausible, OverGrant, "A request action that begins with a small letter matches no name.":
    fn action_name_matches(&self, entry: &str, name: &str) -> bool {
        Correct.action_name_matches(entry, name) && !name.starts_with(|first: char| first.is_ascii_lowercase())
    }

    "action-folded-beyond-ascii", "MATCH-012", Plausible, OverGrant, "Letters of actions are compared without the case that they have in Unicode.":
    fn action_name_matches(&self, entry: &str, name: &str) -> bool {
        let fold = |text: &str| text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect::<String>();
        Correct.action_name_matches(&fold(entry), &fold(name))
    }

    "first-action-only", "MATCH-018", Real, OverGrant, "Only the first entry of an action list is read.":
    fn action_list(&self, matches: &mut dyn Iterator<Item = bool>) -> bool { matches.next() == Some(true) }

    "last-action-only", "MATCH-018", Plausible, OverGrant, "Only the last entry of an action list is read.":
    fn action_list(&self, matches: &mut dyn Iterator<Item = bool>) -> bool { matches.last() == Some(true) }

    "every-action-must-match", "MATCH-018", Plausible, OverGrant, "All entries of an action list must match.":
    fn action_list(&self, matches: &mut dyn Iterator<Item = bool>) -> bool { every(matches) }

    "action-ignored", "MATCH-018", Plausible, OverGrant, "The action element is not read.":
    fn action_list(&self, _matches: &mut dyn Iterator<Item = bool>) -> bool { true }

    "not-action-holds-if-one-entry-differs", "MATCH-018", Real, OverGrant, "NotAction holds as soon as one entry does not match.":
    fn not_action_list(&self, matches: &mut dyn Iterator<Item = bool>) -> bool { !every(matches) }

    "not-action-read-as-action", "MATCH-018", Plausible, OverGrant, "NotAction is read as Action.":
    fn not_action_list(&self, matches: &mut dyn Iterator<Item = bool>) -> bool { some(matches) }

    "not-action-always-holds", "MATCH-018", Real, OverGrant, "NotAction holds for every action.":
    fn not_action_list(&self, _matches: &mut dyn Iterator<Item = bool>) -> bool { true }

    "not-action-never-holds", "MATCH-018", Real, OverGrant, "NotAction holds for no action, so that its Deny is lost.":
    fn not_action_list(&self, _matches: &mut dyn Iterator<Item = bool>) -> bool { false }

    "first-not-action-only", "MATCH-018", Plausible, OverGrant, "Only the first entry of NotAction is read.":
    fn not_action_list(&self, matches: &mut dyn Iterator<Item = bool>) -> bool { matches.next() == Some(false) }
}
