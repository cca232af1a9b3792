//! What can be wrong with the structure of a document: its members, their types and values, one function each.

use assize_model::{Effect, PolicyType};

use crate::choices::Choices;
use crate::raw::draft::{Draft, Json};
use crate::raw::vocabulary::{self as words, one};

fn verbatim(choices: &mut dyn Choices, values: &[&str]) -> Json {
    Json::verbatim(one(choices, values))
}

/// A string, as it is or in a list with something else.
fn among(choices: &mut dyn Choices, text: &str, beside: &str) -> Json {
    match choices.pick(3) {
        0 => Json::text(text),
        1 => Json::List(vec![Json::text(text)]),
        _ => Json::List(vec![Json::text(beside), Json::text(text)]),
    }
}

fn is_map(json: &Json) -> bool {
    matches!(json, Json::Map(members) if !members.is_empty())
}

/// Repeats a member of any object under a name made of the old one.
fn repeat(choices: &mut dyn Choices, draft: &mut Draft, name: fn(&mut dyn Choices, &str) -> Json) -> bool {
    draft.root.change_one(choices, &is_map, &mut |choices, map| {
        if let Some(members) = map.members_mut() {
            let (old, mut value) = choices.one_of(members).clone();
            if choices.chance(30) {
                value = verbatim(choices, &words::ANY_VALUES);
            }
            let again = match &old {
                Json::Text(text) => name(choices, text),
                other => other.clone(),
            };
            let at = choices.pick(members.len() + 1);
            members.insert(at, (again, value));
        }
    })
}

pub(super) fn repeated_member(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    repeat(choices, draft, |_, name| Json::text(name))
}

pub(super) fn repeated_member_escaped(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    repeat(choices, draft, |choices, name| {
        let plain =
            |character: char| character.is_ascii_alphanumeric() || matches!(character, ':' | '/' | '-' | '.');
        let units: Vec<u16> = name.encode_utf16().collect();
        // What needs an escape is escaped, and one character that does not.
        let chosen = choices.pick(units.len().max(1));
        let spelled = units.iter().enumerate().map(|(at, &unit)| match char::from_u32(u32::from(unit)) {
            Some(character) if at != chosen && plain(character) => character.to_string(),
            _ => format!("\\u{unit:04x}"),
        });
        Json::Verbatim(format!("\"{}\"", spelled.collect::<String>()))
    })
}

pub(super) fn unknown_member(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    let names = [
        "Comment",
        "Actions",
        "Version",
        "Statements",
        "",
        "Sid ",
        "$schema",
        "Resources",
        "Principals",
        "Id",
    ];
    let name = one(choices, &names);
    let value = verbatim(choices, &words::ANY_VALUES);
    if choices.chance(40) {
        draft.root.set(name, value);
        return true;
    }
    draft.put(choices, name, value)
}

pub(super) fn wrong_type(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    draft
        .root
        .change_one(choices, &|_| true, &mut |choices, json| *json = verbatim(choices, &words::ANY_VALUES))
}

/// Changes the letter case of a member name.
pub(super) fn letter_case(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    draft.root.change_one(choices, &is_map, &mut |choices, map| {
        let Some(members) = map.members_mut() else { return };
        let at = choices.pick(members.len());
        if let Json::Text(name) = &mut members[at].0 {
            *name = match choices.pick(3) {
                0 => name.to_lowercase(),
                1 => name.to_uppercase(),
                _ => name.chars().map(swap_case).collect(),
            };
        }
    })
}

fn swap_case(character: char) -> char {
    if character.is_ascii_lowercase() {
        character.to_ascii_uppercase()
    } else {
        character.to_ascii_lowercase()
    }
}

pub(super) fn empty(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    draft.root.change_one(choices, &|_| true, &mut |choices, json| {
        *json = match json {
            Json::Map(_) => Json::Map(Vec::new()),
            _ if choices.chance(80) => Json::List(Vec::new()),
            _ => Json::Map(Vec::new()),
        };
    })
}

pub(super) fn null(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    draft.root.change_one(choices, &|_| true, &mut |_, json| match json {
        Json::List(items) => items.push(Json::verbatim("null")),
        other => *other = Json::verbatim("null"),
    })
}

pub(super) fn version(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    if choices.chance(35) {
        return draft.root.remove("Version");
    }
    if choices.chance(15) {
        draft.root.set("Version", Json::text("2008-10-17"));
        return true;
    }
    let value = verbatim(choices, &words::BAD_VERSION_VALUES);
    draft.root.set("Version", value);
    true
}

pub(super) fn both_of_a_pair(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    let pairs = [("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal")];
    let (plain, not) = *choices.one_of(&pairs);
    let trust = draft.policy_type == PolicyType::Trust;
    let Some(statement) = draft.statement(choices) else { return false };
    let other = if statement.get_mut(plain).is_some() { not } else { plain };
    let value = match plain {
        _ if choices.chance(20) => Json::List(Vec::new()),
        "Action" if trust => Json::text("sts:*"),
        _ => Json::text("*"),
    };
    if plain == "Principal" {
        // Beside Allow it would be refused anyway (GRAM-029).
        statement.set("Effect", Json::text("Deny"));
    }
    statement.set(other, value);
    statement.get_mut(plain).is_some() && statement.get_mut(not).is_some()
}

pub(super) fn missing_member(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    if choices.chance(15) {
        return draft.root.remove("Statement");
    }
    let Some(statement) = draft.statement(choices) else { return false };
    let names = ["Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal"];
    let present: Vec<&str> = names.into_iter().filter(|name| statement.get_mut(name).is_some()).collect();
    !present.is_empty() && statement.remove(one(choices, &present))
}

/// Adds what the policy type does not take (GRAM-043): a member with its JSON text, beside one of the effects.
pub(super) fn forbidden_member(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    const SOMEBODY: &str = "{\"AWS\":\"111111111111\"}";
    const EVERYONE: &str = "\"*\"";
    const STATED: Option<Effect> = None;
    const ALLOW: Option<Effect> = Some(Effect::Allow);
    const DENY: Option<Effect> = Some(Effect::Deny);
    let in_statement: &[(&str, &str, Option<Effect>)] = match draft.policy_type {
        PolicyType::Identity | PolicyType::Boundary | PolicyType::Session | PolicyType::Scp => {
            &[("Id", "\"x\"", STATED), ("Principal", EVERYONE, STATED), ("NotPrincipal", SOMEBODY, DENY)]
        }
        PolicyType::Rcp => &[
            ("Id", "\"x\"", STATED),
            ("Effect", "\"Allow\"", ALLOW),
            ("Principal", SOMEBODY, STATED),
            ("Principal", "{\"AWS\":[\"*\",\"111111111111\"]}", STATED),
            ("Principal", "{\"AWS\":\"*\",\"Service\":\"ec2.amazonaws.com\"}", STATED),
            ("Principal", "{\"AWS\":\"*\"}", STATED),
            ("NotPrincipal", SOMEBODY, STATED),
            ("NotPrincipal", EVERYONE, STATED),
            ("NotAction", "\"s3:GetObject\"", STATED),
            ("Action", "\"*:x\"", STATED),
            ("Action", "\"*\"", STATED),
            ("Action", "[\"s3:*\",\"*\"]", STATED),
        ],
        PolicyType::Trust => &[
            ("Resource", EVERYONE, STATED),
            ("NotResource", EVERYONE, STATED),
            ("Action", "\"s3:GetObject\"", STATED),
            ("Action", "[\"sts:AssumeRole\",\"s3:GetObject\"]", STATED),
            ("Action", EVERYONE, STATED),
            ("Action", "\"stsx:AssumeRole\"", STATED),
            ("Action", "\"*:AssumeRole\"", STATED),
            ("NotAction", "\"sts:TagSession\"", STATED),
            ("NotPrincipal", SOMEBODY, DENY),
        ],
        PolicyType::Resource | PolicyType::Vpce => {
            &[("NotPrincipal", SOMEBODY, ALLOW), ("NotPrincipal", EVERYONE, ALLOW)]
        }
    };
    let (name, value, effect) = *choices.one_of(in_statement);
    if name == "Id" {
        draft.root.set(name, Json::verbatim(value));
        return true;
    }
    let Some(statement) = draft.statement(choices) else { return false };
    // The other of a pair would be a fault of its own (GRAM-020).
    match name.strip_prefix("Not") {
        Some(plain) => statement.remove(plain),
        None => statement.remove(&format!("Not{name}")),
    };
    if let Some(effect) = effect {
        statement.set("Effect", Json::text(effect.as_str()));
    }
    statement.set(name, Json::verbatim(value));
    true
}

/// Puts an `Id` of some type in, legal or not (GRAM-015).
pub(super) fn id(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    let value = verbatim(choices, &words::ANY_VALUES);
    draft.root.set("Id", value);
    true
}

/// The full-access document of an RCP, as it is or with one thing different (GRAM-047).
pub(super) fn full_access(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    if draft.policy_type != PolicyType::Rcp {
        return false;
    }
    let (member, value) = *choices.one_of(&[
        ("Action", "\"*\""),
        ("Action", "[\"*\"]"),
        ("Action", "\"*:*\""),
        ("Action", "\"s3:*\""),
        ("Resource", "[\"*\"]"),
        ("Resource", "\"arn:aws:s3:::*\""),
        ("Principal", "{\"AWS\":\"111111111111\"}"),
        ("Effect", "\"Deny\""),
        ("Condition", "{\"Bool\":{\"aws:SecureTransport\":\"true\"}}"),
        ("Sid", "\"All\""),
        ("Principal", "{\"AWS\":\"*\"}"),
        ("Version", "\"2008-10-17\""),
    ]);
    let mut statement = Json::map("Effect", Json::text("Allow"));
    for name in ["Principal", "Action", "Resource"] {
        statement.set(name, Json::text("*"));
    }
    let mut root = Json::map("Version", Json::text("2012-10-17"));
    if member == "Version" { &mut root } else { &mut statement }.set(member, Json::verbatim(value));
    let statements = choices.weighted(&[(70, 1), (30, 2)]);
    root.set("Statement", Json::List(vec![statement; statements]));
    draft.root = root;
    true
}

pub(super) fn sid(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    if choices.chance(40) {
        // The same twice, or nearly; the empty one may repeat (GRAM-018).
        let (first, others) =
            *choices.one_of(&[("Same", "Same"), ("Same", "same"), ("", ""), ("Same", "Same1")]);
        let Some(Json::List(items)) = draft.root.get_mut("Statement") else { return false };
        let Some(again) = items.first().cloned() else { return false };
        items.resize(choices.between(2, 3), again);
        let last = items.len() - 1;
        for (nth, item) in items.iter_mut().enumerate() {
            item.set(
                "Sid",
                Json::text(if nth == 0 {
                    first
                } else if nth == last {
                    others
                } else {
                    "Between"
                }),
            );
        }
        return true;
    }
    let value = verbatim(choices, &words::BAD_SID_VALUES);
    draft.put(choices, "Sid", value)
}

pub(super) fn effect(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    let value = verbatim(choices, &words::BAD_EFFECT_VALUES);
    draft.put(choices, "Effect", value)
}

pub(super) fn operator(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    let name = one(choices, &words::BAD_OPERATORS);
    let Some(statement) = draft.statement(choices) else { return false };
    let block = if choices.chance(15) { Json::Map(Vec::new()) } else { Json::map("k", Json::text("v")) };
    if let Some(Json::Map(blocks)) = statement.get_mut("Condition")
        && !blocks.is_empty()
        && choices.chance(50)
    {
        let at = choices.pick(blocks.len());
        blocks[at].0 = Json::text(name);
    } else {
        statement.set("Condition", Json::map(name, block));
    }
    true
}

pub(super) fn condition_shape(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    let value = verbatim(choices, &words::BAD_CONDITION_VALUES);
    draft.put(choices, "Condition", value)
}

/// Puts a reference to a variable, mostly a malformed one, into a resource or a condition value.
pub(super) fn variable(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    let reference = one(choices, &words::VARIABLES);
    // Under the older version nothing is a variable, and nothing is checked.
    let version = if choices.chance(70) { "2012-10-17" } else { "2008-10-17" };
    draft.root.set("Version", Json::text(version));
    if draft.policy_type != PolicyType::Trust && choices.chance(50) {
        let value = among(choices, &format!("arn:aws:s3:::b/{reference}/k"), "*");
        let not = choices.chance(20);
        let Some(statement) = draft.statement(choices) else { return false };
        statement.remove(if not { "Resource" } else { "NotResource" });
        statement.set(if not { "NotResource" } else { "Resource" }, value);
        return true;
    }
    let operators = [
        "StringEquals",
        "StringLike",
        "ArnLike",
        "Bool",
        "StringNotLikeIfExists",
        "StringNotEqualsIgnoreCase",
        "ForAnyValue:ArnNotEquals",
        "NumericEquals",
        "DateEquals",
        "IpAddress",
        "BinaryEquals",
        "Null",
    ];
    let name = one(choices, &operators);
    let value = among(choices, &format!("a{reference}"), "b");
    draft.put_condition(choices, name, "acme:Colour", value)
}

pub(super) fn principal_shape(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    let value = verbatim(choices, &words::BAD_PRINCIPAL_VALUES);
    put_principal(choices, draft, value)
}

pub(super) fn principal_value(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    let kind = *choices.one_of(&words::BAD_PRINCIPALS);
    let (key, value) = *choices.one_of(kind);
    let beside = match key {
        "Service" => "ec2.amazonaws.com",
        "CanonicalUser" => "1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a",
        _ => "111111111111",
    };
    let value = Json::map(key, among(choices, value, beside));
    put_principal(choices, draft, value)
}

fn put_principal(choices: &mut dyn Choices, draft: &mut Draft, value: Json) -> bool {
    let Some(statement) = draft.statement(choices) else { return false };
    let name = if statement.get_mut("NotPrincipal").is_some() { "NotPrincipal" } else { "Principal" };
    // A type that takes none refuses the best of them, which is a fault of another kind.
    if statement.get_mut(name).is_none() {
        return false;
    }
    statement.set(name, value);
    true
}

pub(super) fn action(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    let beside = if draft.policy_type == PolicyType::Trust { "sts:AssumeRole" } else { "s3:GetObject" };
    let bad = one(choices, &words::BAD_ACTIONS);
    let value = among(choices, bad, beside);
    let Some(statement) = draft.statement(choices) else { return false };
    let name = if statement.get_mut("NotAction").is_some() { "NotAction" } else { "Action" };
    statement.set(name, value);
    true
}

pub(super) fn resource(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    let bad = one(choices, &words::BAD_RESOURCES);
    let value = among(choices, bad, "*");
    let Some(statement) = draft.statement(choices) else { return false };
    let name = if statement.get_mut("NotResource").is_some() { "NotResource" } else { "Resource" };
    statement.set(name, value);
    true
}

pub(super) fn date(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    let name = one(
        choices,
        &["DateEquals", "DateLessThan", "DateGreaterThanEqualsIfExists", "ForAnyValue:DateNotEquals"],
    );
    let value = verbatim(choices, &words::BAD_DATE_VALUES);
    draft.put_condition(choices, name, "aws:CurrentTime", value)
}

pub(super) fn bad_number(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    let value = verbatim(choices, &words::BAD_NUMBERS);
    draft.put_condition(choices, "NumericLessThan", "s3:max-keys", value)
}

/// Puts a number that floating point cannot hold: legal as the value of a condition, where its spelling counts (GRAM-037).
pub(super) fn huge_number(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    let mut value = verbatim(choices, &words::HUGE_NUMBERS);
    if choices.chance(20) {
        value = Json::Verbatim("9".repeat(choices.between(100, 2_000)));
    }
    if choices.chance(30) {
        return draft.put(choices, "Sid", value);
    }
    draft.put_condition(choices, "NumericEquals", "acme:Sizes", value)
}

pub(super) fn deep_nesting(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    let depth = *choices.one_of(&[3, 62, 64, 125, 128, 130, 2_000]);
    let (open, close) = *choices.one_of(&[("[", "]"), ("{\"a\":", "}")]);
    let value = Json::Verbatim(format!("{}{}{}", open.repeat(depth), "\"x\"", close.repeat(depth)));
    draft.root.change_one(choices, &|_| true, &mut |_, json| *json = value.clone())
}

pub(super) fn no_object(choices: &mut dyn Choices, draft: &mut Draft) -> bool {
    let root = std::mem::replace(&mut draft.root, Json::verbatim(""));
    draft.root = match choices.pick(4) {
        0 => Json::List(vec![root]),
        1 => Json::map("Policy", root),
        2 => Json::verbatim(""),
        _ => verbatim(choices, &words::ANY_VALUES),
    };
    true
}
