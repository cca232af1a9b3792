//! Resources and `NotResource`.

use assize_model::Version;
use assize_reference::pattern::{Piece, Place, Reach};
use assize_reference::{Correct, Semantics};

use super::{every, some};
use crate::faults::switch::covers_correctly;

/// Compares with the fields of the pattern's head that `any` picks, by number and content, open to everything.
fn with_open_fields(
    place: Place,
    pattern: &[Piece],
    text: &str,
    any: impl Fn(usize, &[Piece]) -> bool,
) -> bool {
    if place != Place::Resource {
        return covers_correctly(place, pattern, text);
    }
    let mut pieces = Vec::new();
    for (at, field) in pattern.splitn(6, |piece| *piece == Piece::Literal(':')).enumerate() {
        if at > 0 {
            pieces.push(Piece::Literal(':'));
        }
        if at < 5 && any(at, field) {
            pieces.push(Piece::Many(Reach::Field))
        } else {
            pieces.extend_from_slice(field)
        }
    }
    covers_correctly(place, &pieces, text)
}

/// Compares a resource with a text that `change` makes of the request's.
fn with_request(place: Place, pattern: &[Piece], text: &str, change: impl Fn(&str) -> String) -> bool {
    if place == Place::Resource {
        covers_correctly(place, pattern, &change(text))
    } else {
        covers_correctly(place, pattern, text)
    }
}

fn literal(pattern: &[Piece]) -> Option<String> {
    pattern.iter().map(|piece| if let Piece::Literal(own) = piece { Some(*own) } else { None }).collect()
}

faults! { FAULTS, Evaluation, "resources";
    "lone-star-resource-needs-an-arn", "MATCH-031", Real, OverGrant, "The resource * does not cover actions without a resource.":
    fn resource_is_everything(&self, _entry: &str) -> bool { false }

    "resource-with-lone-star-field-is-everything", "MATCH-036", Plausible, OverGrant, "A resource that ends in a field of its own with an asterisk is every resource.":
    fn resource_is_everything(&self, entry: &str) -> bool { entry == "*" || entry.ends_with(":*") }

    "arn-covers-action-without-resource", "EVAL-059", Real, OverGrant, "An ARN in a policy matches actions that have no resource.":
    fn arn_matches_no_resource(&self, _entry: &str) -> bool { true }

    "wildcard-arn-covers-action-without-resource", "EVAL-059", Real, OverGrant, "An ARN that ends in an asterisk matches actions that have no resource.":
    fn arn_matches_no_resource(&self, entry: &str) -> bool { entry.ends_with('*') }

    "resource-has-no-head", "MATCH-032", Plausible, OverGrant, "A resource is one pattern over the whole ARN, in which every wildcard crosses colons.":
    fn head_length(&self, _entry: &str, _version: Version) -> usize { 0 }

    "resource-is-all-head", "MATCH-037", Plausible, OverGrant, "The last field of a resource is read like the others.":
    fn head_length(&self, entry: &str, _version: Version) -> usize { entry.len() }

    "head-ends-at-fourth-colon", "MATCH-032", Plausible, OverGrant, "The head of a resource has four fields.":
    fn head_length(&self, entry: &str, version: Version) -> usize {
        let head = &entry[..Correct.head_length(entry, version)];
        head.trim_end_matches(':').rfind(':').map_or(head.len(), |at| at + 1)
    }

    "star-never-leaves-its-field", "MATCH-032", Plausible, OverGrant, "An asterisk that ends its field does not cross colons.":
    fn head_star_reach(&self, _next: Option<char>) -> Reach { Reach::Field }

    "star-in-head-crosses-colons", "MATCH-032", Plausible, OverGrant, "Every asterisk in the head of a resource crosses colons.":
    fn head_star_reach(&self, _next: Option<char>) -> Reach { Reach::Anything }

    "star-before-colon-stays", "MATCH-032", Plausible, OverGrant, "In the head only an asterisk at the very end crosses colons.":
    fn head_star_reach(&self, next: Option<char>) -> Reach { if next.is_none() { Reach::Anything } else { Reach::Field } }

    "final-star-stays-in-head", "MATCH-036", Plausible, OverGrant, "An asterisk that ends a short ARN does not reach to the end of the request's.":
    fn head_star_reach(&self, next: Option<char>) -> Reach { if next == Some(':') { Reach::Anything } else { Reach::Field } }

    "question-mark-takes-colon-in-head", "MATCH-033", Plausible, OverGrant, "A question mark in the head of a resource takes a colon.":
    fn head_question_reach(&self) -> Reach { Reach::Anything }

    "partition-ignored", "MATCH-038", Real, OverGrant, "The partition of a resource is not compared.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool { with_open_fields(place, pattern, text, |at, _| at == 1) }

    "service-ignored", "MATCH-038", Plausible, OverGrant, "The service of a resource is not compared.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool { with_open_fields(place, pattern, text, |at, _| at == 2) }

    "region-ignored", "MATCH-038", Plausible, OverGrant, "The region of a resource is not compared.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool { with_open_fields(place, pattern, text, |at, _| at == 3) }

    "account-ignored", "MATCH-038", Real, OverGrant, "The account of a resource is not compared.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool { with_open_fields(place, pattern, text, |at, _| at == 4) }

    "empty-field-is-any", "MATCH-038", Real, OverGrant, "An empty field of a resource matches any field.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool { with_open_fields(place, pattern, text, |_, field| field.is_empty()) }

    "only-last-field-compared", "MATCH-038", Plausible, OverGrant, "Of a resource only the last field is compared.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool { with_open_fields(place, pattern, text, |_, _| true) }

    "objects-include-their-bucket", "MATCH-039", Real, OverGrant, "A pattern for what a container holds covers the container.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        let container = pattern.strip_suffix(&[Piece::Literal('/'), Piece::Many(Reach::Anything)]);
        covers_correctly(place, pattern, text)
            || (place == Place::Resource && container.is_some_and(|pattern| covers_correctly(place, pattern, text)))
    }

    "versions-include-what-has-them", "MATCH-037", Plausible, OverGrant, "A pattern for everything behind a colon covers what stands before the colon.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        let whole = pattern.strip_suffix(&[Piece::Literal(':'), Piece::Many(Reach::Anything)]);
        covers_correctly(place, pattern, text)
            || (place == Place::Resource && whole.is_some_and(|pattern| covers_correctly(place, pattern, text)))
    }

    "bucket-includes-its-objects", "MATCH-039", Plausible, OverGrant, "A pattern for a container covers what it holds.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        let inside = [pattern, &[Piece::Literal('/'), Piece::Many(Reach::Anything)]].concat();
        covers_correctly(place, pattern, text) || (place == Place::Resource && covers_correctly(place, &inside, text))
    }

    "colon-in-last-field-never-matches", "MATCH-037", Real, OverGrant, "A request ARN with a colon in its last field matches nothing.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        covers_correctly(place, pattern, text) && !(place == Place::Resource && text.matches(':').count() > 5)
    }

    "request-wildcards-live", "MATCH-030", Plausible, OverGrant, "An asterisk in the request's ARN is a wildcard.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        let any = |own| if own == '*' { Piece::Many(Reach::Anything) } else { Piece::Literal(own) };
        let request: Vec<Piece> = text.chars().map(any).collect();
        let reversed = |written: String| covers_correctly(place, &request, &written);
        covers_correctly(place, pattern, text) || (place == Place::Resource && literal(pattern).is_some_and(reversed))
    }

    "slashes-merged", "MATCH-034", Plausible, OverGrant, "Adjacent slashes of the request's ARN are merged.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool { with_request(place, pattern, text, |text| text.replace("//", "/")) }

    "trailing-slash-dropped", "MATCH-034", Plausible, OverGrant, "A slash at the end of the request's ARN is dropped.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        with_request(place, pattern, text, |text| text.strip_suffix('/').unwrap_or(text).to_owned())
    }

    "lambda-qualifier-dropped", "MATCH-037", Plausible, OverGrant, "A qualifier behind a colon in the request's last field is dropped.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        let unqualified = |text: &str| text.split(':').take(7).collect::<Vec<_>>().join(":");
        with_request(place, pattern, text, unqualified)
    }

    "short-arn-completed", "MATCH-036", Real, OverGrant, "A resource of fewer than six fields covers everything that begins with it.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        let short = place == Place::Resource && pattern.iter().filter(|piece| **piece == Piece::Literal(':')).count() < 5;
        let open = [pattern, &[Piece::Many(Reach::Anything)]].concat();
        covers_correctly(place, if short { &open } else { pattern }, text)
    }

    "short-arn-never-matches", "MATCH-036", Real, OverGrant, "A resource of fewer than six fields matches nothing.":
    fn covers(&self, place: Place, pattern: &[Piece], text: &str) -> bool {
        let short = place == Place::Resource && pattern.iter().filter(|piece| **piece == Piece::Literal(':')).count() < 5;
        !short && covers_correctly(place, pattern, text)
    }

    "first-resource-only", "MATCH-041", Real, OverGrant, "Only the first entry of a resource list is read.":
    fn resource_list(&self, matches: &mut dyn Iterator<Item = bool>) -> bool { matches.next() == Some(true) }

    "last-resource-only", "MATCH-041", Plausible, OverGrant, "Only the last entry of a resource list is read.":
    fn resource_list(&self, matches: &mut dyn Iterator<Item = bool>) -> bool { matches.last() == Some(true) }

    "every-resource-must-match", "MATCH-041", Plausible, OverGrant, "All entries of a resource list must match.":
    fn resource_list(&self, matches: &mut dyn Iterator<Item = bool>) -> bool { every(matches) }

    "not-resource-holds-if-one-entry-differs", "MATCH-041", Real, OverGrant, "NotResource holds as soon as one entry does not match.":
    fn not_resource_list(&self, matches: &mut dyn Iterator<Item = bool>) -> bool { !every(matches) }

    "not-resource-read-as-resource", "MATCH-041", Plausible, OverGrant, "NotResource is read as Resource.":
    fn not_resource_list(&self, matches: &mut dyn Iterator<Item = bool>) -> bool { some(matches) }

    "not-resource-always-holds", "MATCH-041", Real, OverGrant, "NotResource holds for every resource.":
    fn not_resource_list(&self, _matches: &mut dyn Iterator<Item = bool>) -> bool { true }

    "not-resource-never-holds", "MATCH-041", Real, OverGrant, "NotResource holds for no resource, so that its Deny is lost.":
    fn not_resource_list(&self, _matches: &mut dyn Iterator<Item = bool>) -> bool { false }

    "last-not-resource-only", "MATCH-041", Plausible, OverGrant, "Only the last entry of NotResource is read.":
    fn not_resource_list(&self, matches: &mut dyn Iterator<Item = bool>) -> bool { matches.last() == Some(false) }

    "absent-resource-covers-nothing", "EVAL-024", Real, OverGrant, "A statement without resource element covers nothing.":
    fn absent_resource_element(&self) -> bool { false }
}
