//! What can be wrong with a document.

use crate::choices::Choices;

use super::draft::Draft;

mod structure;
mod text;

/// One kind of fault.
#[derive(Clone, Copy)]
pub(super) struct Fault {
    /// How often it is put in, beside the others: by how many ways there are of it.
    pub(super) weight: usize,
    /// The label that is noted.
    pub(super) label: &'static str,
    pub(super) put: Put,
}

/// How a fault gets into a document. The functions tell whether they found a place.
#[derive(Clone, Copy)]
pub(super) enum Put {
    /// Into its structure.
    Structure(fn(&mut dyn Choices, &mut Draft) -> bool),
    /// Into its text.
    Text(fn(&mut dyn Choices, &mut String) -> bool),
}

const fn structure(
    weight: usize,
    label: &'static str,
    put: fn(&mut dyn Choices, &mut Draft) -> bool,
) -> Fault {
    Fault { weight, label, put: Put::Structure(put) }
}

const fn text(weight: usize, label: &'static str, put: fn(&mut dyn Choices, &mut String) -> bool) -> Fault {
    Fault { weight, label, put: Put::Text(put) }
}

/// All kinds.
pub(super) const FAULTS: &[Fault] = &[
    structure(3, "fault: repeated member", structure::repeated_member),
    structure(2, "fault: repeated member, escaped", structure::repeated_member_escaped),
    structure(3, "fault: unknown member", structure::unknown_member),
    structure(4, "fault: wrong type", structure::wrong_type),
    structure(2, "fault: letter case", structure::letter_case),
    structure(3, "fault: empty list or map", structure::empty),
    structure(3, "fault: null", structure::null),
    structure(3, "fault: version", structure::version),
    structure(4, "fault: both of a pair", structure::both_of_a_pair),
    structure(4, "fault: missing member", structure::missing_member),
    structure(6, "fault: forbidden member", structure::forbidden_member),
    structure(3, "fault: sid", structure::sid),
    structure(2, "fault: effect", structure::effect),
    structure(4, "fault: operator", structure::operator),
    structure(3, "fault: condition shape", structure::condition_shape),
    structure(8, "fault: variable", structure::variable),
    structure(4, "fault: principal shape", structure::principal_shape),
    structure(12, "fault: principal value", structure::principal_value),
    structure(4, "fault: action", structure::action),
    structure(4, "fault: resource", structure::resource),
    structure(5, "fault: date", structure::date),
    structure(2, "fault: number that is none", structure::bad_number),
    structure(2, "fault: huge number", structure::huge_number),
    structure(2, "fault: deep nesting", structure::deep_nesting),
    structure(2, "fault: no object", structure::no_object),
    structure(2, "fault: id", structure::id),
    structure(3, "fault: full access of an RCP", structure::full_access),
    text(1, "fault: trailing comma", text::trailing_comma),
    text(1, "fault: missing comma or colon", text::missing_punctuation),
    text(1, "fault: comment", text::comment),
    text(1, "fault: truncated", text::truncated),
    text(1, "fault: byte-order mark", text::byte_order_mark),
    text(1, "fault: lone surrogate", text::lone_surrogate),
    text(1, "fault: escape", text::escape),
    text(1, "fault: control character", text::control_character),
    text(1, "fault: character beyond U+00FF", text::beyond_latin1),
    text(1, "fault: single quotes", text::single_quotes),
    text(1, "fault: name without quotes", text::unquoted_name),
    text(1, "fault: second value", text::second_value),
    text(1, "fault: random character", text::random_character),
];

/// One of the kinds, by weight.
pub(super) fn choose(choices: &mut dyn Choices) -> Fault {
    let total = FAULTS.iter().map(|fault| fault.weight).sum();
    let mut at = choices.pick(total);
    let chosen = FAULTS.iter().find(|fault| {
        let here = at < fault.weight;
        at = at.saturating_sub(fault.weight);
        here
    });
    *chosen.unwrap_or(&FAULTS[0])
}
