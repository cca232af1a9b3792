//! The text of policy documents: valid in many spellings, or with up to three faults of every kind that chapter 01 refuses.

mod draft;
mod fault;
mod lexer;
mod render;
mod vocabulary;

use assize_model::{PolicyType, json};

use crate::cast::Cast;
use crate::choices::Choices;
use crate::policy::{Mood, document, purpose};
use crate::settings::Settings;

use draft::{Draft, Json};
use fault::{FAULTS, Fault, Put};
use render::{Style, render};
use vocabulary::{self as words, one};

/// The text of a document, as somebody might write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawDocument {
    /// The type of policy that it is to be read as.
    pub policy_type: PolicyType,
    /// Whether it is a stored (managed) policy, which must name its version (GRAM-014).
    pub managed: bool,
    /// The text. It may be anything but is mostly a document, and in half of the cases a valid one.
    pub text: String,
}

/// The label of a document without fault.
const NO_FAULT: &str = "document without fault";

/// The labels that [`raw_document`] notes: that of a document without fault, then those of the kinds of faults.
pub fn labels() -> impl Iterator<Item = &'static str> {
    std::iter::once(NO_FAULT).chain(FAULTS.iter().map(|fault| fault.label))
}

/// Chooses a document of `policy_type` and puts up to three faults in. Not every fault makes it invalid: a number may be huge, and
/// `${*}` is no malformed variable.
pub fn raw_document(choices: &mut dyn Choices, policy_type: PolicyType) -> RawDocument {
    let can_be_managed =
        matches!(policy_type, PolicyType::Identity | PolicyType::Boundary | PolicyType::Session);
    let managed = can_be_managed && choices.chance(20);
    let mut draft = Draft { policy_type, root: valid(choices, policy_type, managed) };
    let count = choices.weighted(&[(46, 0), (41, 1), (9, 2), (4, 3)]);
    if count == 0 {
        choices.label(NO_FAULT);
    }
    let mut in_text: Vec<Fault> = Vec::new();
    for _ in 0..count {
        // Not every document has a place for every fault.
        for _ in 0..4 {
            let fault = fault::choose(choices);
            match fault.put {
                Put::Structure(put) if !put(choices, &mut draft) => continue,
                Put::Structure(_) => choices.label(fault.label),
                Put::Text(_) => in_text.push(fault),
            }
            break;
        }
    }
    let style = Style::generate(choices);
    let mut text = render(choices, style, &draft.root);
    for fault in in_text {
        if let Put::Text(put) = fault.put
            && put(choices, &mut text)
        {
            choices.label(fault.label);
        }
    }
    RawDocument { policy_type, managed, text }
}

/// A valid document: one of those that scenarios hold, with the rarer of the valid spellings and elements put in.
fn valid(choices: &mut dyn Choices, policy_type: PolicyType, managed: bool) -> Json {
    let settings = Settings { large: 0, ..Settings::default() };
    let cast = Cast::generate(choices);
    let document = document(choices, &settings, &cast, policy_type, purpose(policy_type), Mood::Wild);
    let text = document.to_json();
    let root = match json::parse(&text) {
        Ok(value) => Json::of(&value),
        // The writer of documents writes JSON; a text that is none is kept, for it tells more than any other.
        Err(_) => Json::Verbatim(text),
    };
    let mut draft = Draft { policy_type, root };
    if managed {
        draft.root.set("Version", Json::text("2012-10-17"));
    }
    while choices.chance(35) {
        oddity(choices, &mut draft, managed);
    }
    respell(choices, &mut draft.root);
    draft.root
}

/// Puts one valid but rare thing in.
fn oddity(choices: &mut dyn Choices, draft: &mut Draft, managed: bool) {
    let policy_type = draft.policy_type;
    let takes_principal = matches!(policy_type, PolicyType::Resource | PolicyType::Trust | PolicyType::Vpce);
    // The full-access document of an RCP is valid only as it is (GRAM-047).
    let allows = |statement: &mut Json| statement.get_mut("Effect").is_some_and(|effect| effect.is("Allow"));
    if policy_type == PolicyType::Rcp && draft.statement(choices).is_some_and(allows) {
        return;
    }
    match choices.pick(7) {
        0 => {
            let value = Json::verbatim(one(choices, &words::ODD_CONDITION_VALUES));
            draft.put(choices, "Condition", value);
        }
        1 if takes_principal => {
            let value = Json::verbatim(one(choices, &words::ODD_PRINCIPAL_VALUES));
            if let Some(statement) = draft.statement(choices) {
                statement.remove("NotPrincipal");
                statement.set("Principal", value);
            }
        }
        2 if policy_type != PolicyType::Rcp => {
            let words: &[&str] = if policy_type == PolicyType::Trust {
                &words::ODD_TRUST_ACTIONS
            } else {
                &words::ODD_ACTIONS
            };
            let value = Json::text(one(choices, words));
            if let Some(statement) = draft.statement(choices) {
                statement.remove("NotAction");
                statement.set("Action", value);
            }
        }
        3 if policy_type != PolicyType::Trust => {
            let value = Json::text(one(choices, &words::ODD_RESOURCES));
            if let Some(statement) = draft.statement(choices) {
                statement.remove("NotResource");
                statement.set("Resource", value);
            }
        }
        4 => {
            let value = Json::text(one(choices, &["", "a", "Read1", "7up"]));
            // The same `Sid` twice would be a fault (GRAM-018).
            draft.root.each(&mut |json| {
                json.remove("Sid");
            });
            draft.put(choices, "Sid", value);
        }
        5 if takes_principal => {
            let id = one(
                choices,
                &["", "a b", "cd3ad3d9-2776-4ef1-a904-4c229d1642ee", "\u{e9}\u{4e2d}", "\u{7f}\u{80}\u{ff}"],
            );
            draft.root.set("Id", Json::text(id));
        }
        6 if !managed && !matches!(policy_type, PolicyType::Scp | PolicyType::Rcp) => {
            draft.root.remove("Version");
        }
        _ => {}
    }
}

/// Chooses among the spellings of the same document (GRAM-006, GRAM-007): the order of members, lists of one, repeated values.
fn respell(choices: &mut dyn Choices, root: &mut Json) {
    if choices.chance(40) {
        root.each(&mut |json| {
            if let Json::Map(members) = json
                && members.len() > 1
            {
                let by = choices.pick(members.len());
                members.rotate_left(by);
            }
        });
    }
    root.each(&mut |json| {
        let Json::Map(members) = json else { return };
        for (name, value) in members {
            // Condition values are lists of one too, but for a name alone it is not known what is one.
            let listable = ["Statement", "Action", "NotAction", "Resource", "NotResource", "AWS", "Service"];
            if !listable.iter().any(|known| name.is(known)) || !choices.chance(40) {
                continue;
            }
            match value {
                Json::List(items) if items.len() == 1 => *value = items.remove(0),
                Json::List(items) => {
                    if let Some(Json::Text(text)) = items.first() {
                        let again = Json::text(text);
                        items.push(again);
                    }
                }
                Json::Text(_) | Json::Map(_) => {
                    let only = std::mem::replace(value, Json::List(Vec::new()));
                    *value = Json::List(vec![only]);
                }
                Json::Verbatim(_) => {}
            }
        }
    });
}
