//! Condition blocks made from the cast's keys, so that they hold, miss, meet an absent key or a malformed value at known rates.

use assize_model::{BaseOperator, ConditionBlock, ConditionKey, Literal, Operator, SetOperator};

use crate::cast::{Cast, Key};
use crate::choices::Choices;
use crate::value::{self, Type};

/// What a condition is meant to meet. What it does meet is for evaluators to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aim {
    Match,
    Miss,
    Absent,
    Malformed,
}

/// A condition block of one to three tests; none if no operator is supported.
pub fn condition(choices: &mut dyn Choices, cast: &Cast) -> Vec<ConditionBlock> {
    if cast.capabilities.operators.is_empty() {
        return Vec::new();
    }
    let count = choices.weighted(&[(70, 1), (22, 2), (8, 3)]);
    let mut blocks: Vec<ConditionBlock> = Vec::new();
    for _ in 0..count {
        let block = test(choices, cast);
        // Members of a JSON object are unique: tests under one operator share its block, and a key stands in it once.
        match blocks.iter_mut().find(|known| known.operator == block.operator) {
            Some(known) => {
                let new =
                    block.keys.into_iter().filter(|key| known.keys.iter().all(|other| other.key != key.key));
                let new: Vec<ConditionKey> = new.collect();
                known.keys.extend(new);
            }
            None => blocks.push(block),
        }
    }
    blocks
}

fn test(choices: &mut dyn Choices, cast: &Cast) -> ConditionBlock {
    let can = &*cast.capabilities;
    let mut base = *choices.one_of(&can.operators);
    // An operator without a key of its type mostly meets malformed values.
    let of = Type::of(base);
    if of.is_some() && key_name(choices, cast, true, of).is_none() && choices.chance(60) {
        base = *choices.one_of(&can.operators);
    }
    let set = choices.weighted(&[
        (80, None),
        (10, Some(SetOperator::ForAllValues)),
        (10, Some(SetOperator::ForAnyValue)),
    ]);
    let set = set.filter(|set| can.set_operators.contains(set));
    let if_exists = can.if_exists && base != BaseOperator::Null && choices.chance(15);
    let operator = Operator { set, base, if_exists };
    choices.label(base.as_str());
    if choices.chance(2) {
        choices.label("operator without keys");
        return ConditionBlock { operator, keys: Vec::new() };
    }
    let mut keys = vec![tested(choices, cast, operator)];
    if choices.chance(10) {
        choices.label("two keys under one operator");
        let other = tested(choices, cast, operator);
        keys.extend((other.key != keys[0].key).then_some(other));
    }
    ConditionBlock { operator, keys }
}

/// A key under an operator, with values.
fn tested(choices: &mut dyn Choices, cast: &Cast, operator: Operator) -> ConditionKey {
    let Operator { set, base, .. } = operator;
    let aim = choices.weighted(&[(58, Aim::Match), (16, Aim::Miss), (12, Aim::Absent), (14, Aim::Malformed)]);
    choices.label(match aim {
        Aim::Match => "condition aimed to match",
        Aim::Miss => "condition aimed to miss",
        Aim::Absent => "condition aimed at an absent key",
        Aim::Malformed => "condition aimed at a malformed value",
    });
    let (key, values) = match Type::of(base) {
        None => null_test(choices, cast, aim),
        Some(of) => compared(choices, cast, of, base, set, aim),
    };
    ConditionKey { key: respell(choices, key), values }
}

fn null_test(choices: &mut dyn Choices, cast: &Cast, aim: Aim) -> (String, Vec<Literal>) {
    let present = aim != Aim::Absent;
    let key =
        key_name(choices, cast, present, None).map_or("acme:Absent".to_owned(), |key| key.name.to_owned());
    let holds = if present { "false" } else { "true" };
    let values = match aim {
        Aim::Match | Aim::Absent => vec![value::literal(choices, holds)],
        Aim::Miss => vec![value::literal(choices, if present { "true" } else { "false" })],
        Aim::Malformed => {
            vec![Literal::string(*choices.one_of(&["", "1", "0", "True", "FALSE", "yes", "null"]))]
        }
    };
    (key, values)
}

fn compared(
    choices: &mut dyn Choices,
    cast: &Cast,
    of: Type,
    base: BaseOperator,
    set: Option<SetOperator>,
    aim: Aim,
) -> (String, Vec<Literal>) {
    let text_family = matches!(of, Type::String | Type::Arn);
    // Keys that the record yields, and variables, are texts: only string and ARN operators meet them well.
    if text_family && aim != Aim::Absent && choices.chance(30) {
        choices.label("condition on a derived key");
        return derived_test(choices, cast, base, aim);
    }
    if aim == Aim::Absent {
        let absent = key_name(choices, cast, false, Some(of));
        let name = absent.map_or_else(|| "acme:Absent".to_owned(), |key| key.name.to_owned());
        let family = choices.one_of(of.families());
        let text = *choices.one_of(family.same);
        return (name, vec![policy_value(choices, cast, of, text)]);
    }
    let fitting = key_name(choices, cast, true, Some(of)).or_else(|| {
        choices.label("condition of another type than its key");
        key_name(choices, cast, true, None)
    });
    let Some(key) = fitting else {
        return ("acme:Absent".to_owned(), vec![Literal::string(choices.one_of(of.families()).same[0])]);
    };
    let family = if key.of == of { key.family } else { choices.one_of(of.families()) };
    let patterns = matches!(base, BaseOperator::StringLike | BaseOperator::StringNotLike)
        || matches!(of, Type::Arn | Type::Ip);
    use BaseOperator as Op;
    // A value equals its own spellings, so that the strict orders hold for its neighbours alone.
    let strict =
        matches!(base, Op::NumericLessThan | Op::NumericGreaterThan | Op::DateLessThan | Op::DateGreaterThan);
    let mut pool: Vec<&str> = match aim {
        Aim::Match if strict => family.near.to_vec(),
        Aim::Miss if strict => family.same.to_vec(),
        Aim::Match if !family.cover.is_empty() && patterns && choices.chance(60) => family.cover.to_vec(),
        Aim::Match | Aim::Absent => family.same.to_vec(),
        Aim::Miss => family.near.to_vec(),
        Aim::Malformed => family.malformed.to_vec(),
    };
    if of == Type::Date {
        // A date that is none refuses the document (GRAM-039): malformed dates are for contexts.
        if aim == Aim::Malformed {
            pool = family.same.to_vec();
        }
    }
    let count = match (set, choices.weighted(&[(80, 1), (17, 2), (3, 0)])) {
        // A set prefix wants a value for every context value to match.
        (Some(SetOperator::ForAllValues), 1) if key.multi => 3,
        (_, count) => count,
    };
    if count == 0 {
        choices.label("empty value list");
    }
    let mut values = Vec::new();
    for nth in 0..count {
        let text = if nth == 0 || choices.chance(50) {
            *choices.one_of(&pool)
        } else {
            *choices.one_of(family.near)
        };
        values.push(policy_value(choices, cast, of, text));
    }
    (key.name.to_owned(), values)
}

/// A test of a key that the principal record yields, or of a value given by a variable.
fn derived_test(
    choices: &mut dyn Choices,
    cast: &Cast,
    base: BaseOperator,
    aim: Aim,
) -> (String, Vec<Literal>) {
    let derived = cast.derived();
    if derived.is_empty() {
        return ("aws:PrincipalArn".to_owned(), vec![Literal::string("arn:aws:iam::111111111111:user/bob")]);
    }
    let (name, value) = choices.one_of(&derived).clone();
    let variables = cast.capabilities.variables;
    let text = match aim {
        Aim::Match | Aim::Absent => match choices.pick(5) {
            0 if variables => ["${", &respell(choices, name.to_owned()), "}"].concat(),
            1 if matches!(base, BaseOperator::StringLike | BaseOperator::StringNotLike) => {
                widen(choices, &value)
            }
            2 if variables => ["${acme:Absent, '", &value.replace(['\'', '}'], ""), "'}"].concat(),
            _ => value.into_owned(),
        },
        Aim::Miss => narrow(choices, &value),
        Aim::Malformed => {
            let texts = ["${acme:Absent}", "", "*", "${aws:TagKeys, 'x'}", "arn:aws"];
            let texts: Vec<&str> =
                texts.into_iter().filter(|text| variables || !text.contains('$')).collect();
            (*choices.one_of(&texts)).to_owned()
        }
    };
    (name.to_owned(), vec![Literal::string(text)])
}

/// A key of the cast that has values or has none, of a type or of any.
fn key_name<'c>(
    choices: &mut dyn Choices,
    cast: &'c Cast,
    present: bool,
    of: Option<Type>,
) -> Option<&'c Key> {
    let fits = |key: &&Key| key.values.is_empty() != present && of.is_none_or(|of| key.of == of);
    let mut keys = cast.keys.iter().filter(fits);
    let count = keys.clone().count();
    if count == 0 { None } else { keys.nth(choices.pick(count)) }
}

/// The value as a policy writes it: sometimes through a variable with a default, or with an escape.
fn policy_value(choices: &mut dyn Choices, cast: &Cast, of: Type, text: &str) -> Literal {
    let variables = cast.capabilities.variables;
    if !variables && text.contains("${") {
        return Literal::string(text.replace(['$', '{', '}'], ""));
    }
    if variables && matches!(of, Type::String | Type::Arn | Type::Bool) && choices.chance(8) {
        choices.label("variable in a condition value");
        let single = cast.keys.iter().find(|key| key.values.len() == 1 && key.values[0].text == text);
        let name = single.map_or("acme:Absent", |key| key.name);
        let default = text.replace(['\'', '}'], "");
        return Literal::string(match choices.pick(3) {
            0 => ["${", name, "}"].concat(),
            1 => ["${", name, ", '", &default, "'}"].concat(),
            _ => ["${", name, ", ''}", text].concat(),
        });
    }
    value::literal(choices, text)
}

/// A key name in another letter case, sometimes (COND-006).
pub fn respell(choices: &mut dyn Choices, name: String) -> String {
    match choices.pick(12) {
        10 => name.to_ascii_uppercase(),
        11 => name.to_ascii_lowercase(),
        _ => name,
    }
}

/// A pattern that covers `text`.
pub fn widen(choices: &mut dyn Choices, text: &str) -> String {
    let Some((before, character, after)) = split(choices, text) else { return "*".to_owned() };
    match choices.pick(6) {
        0 => [before, "*"].concat(),
        1 => ["*", character, after].concat(),
        2 => [before, "?", after].concat(),
        3 => [before, "*", after].concat(),
        4 => [before, "**", character, after].concat(),
        _ => [before, "?*", after].concat(),
    }
}

/// Characters that some take for each other: in file names, in URLs, in another letter case.
const ALIKE: [(&str, &str); 10] = [
    ("-", "_"),
    ("_", "-"),
    ("/", "%2F"),
    ("/", "\\"),
    ("k", "\u{212a}"),
    ("s", "\u{17f}"),
    ("\u{e9}", "\u{c9}"),
    ("+", " "),
    (" ", "+"),
    ("@", "%40"),
];

/// `text` with characters in the place of others that are taken for them; `None` if it has none of those.
pub fn alike(choices: &mut dyn Choices, text: &str) -> Option<String> {
    let fitting: Vec<_> = ALIKE.iter().filter(|(known, _)| text.contains(known)).collect();
    let (known, other) = *fitting.get(choices.pick(fitting.len().max(1)))?;
    Some(if choices.chance(50) { text.replace(known, other) } else { text.replacen(known, other, 1) })
}

/// A near miss of `text`.
pub fn narrow(choices: &mut dyn Choices, text: &str) -> String {
    if choices.chance(8)
        && let Some(other) = alike(choices, text)
    {
        return other;
    }
    let Some((before, character, after)) = split(choices, text) else { return "x".to_owned() };
    match choices.pick(6) {
        0 => {
            let is_capital = character.starts_with(|c: char| c.is_ascii_uppercase());
            let flipped =
                if is_capital { character.to_ascii_lowercase() } else { character.to_ascii_uppercase() };
            [before, &flipped, after].concat()
        }
        1 => [before, after].concat(),
        2 => [text, "x"].concat(),
        3 => [before, character, character, after].concat(),
        4 => [text, "/"].concat(),
        _ => [before, "x", after].concat(),
    }
}

/// One of the characters of `text`, what stands before it and what after it; `None` if there is none.
fn split<'t>(choices: &mut dyn Choices, text: &'t str) -> Option<(&'t str, &'t str, &'t str)> {
    if text.is_empty() {
        return None;
    }
    let (start, character) = text.char_indices().nth(choices.pick(text.chars().count()))?;
    let (before, rest) = text.split_at(start);
    let (character, after) = rest.split_at(character.len_utf8());
    Some((before, character, after))
}
