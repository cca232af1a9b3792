//! Patterns that stand close to an ARN, and ARNs that stand close to a pattern: what tells one way of matching from another.

use crate::choices::Choices;
use crate::condition::{alike, narrow, widen};

/// An ARN split where matching changes its rules: the five fields of the head, and the tail (MATCH-032).
pub(crate) fn split(arn: &str) -> Option<([&str; 5], &str)> {
    let (mut head, mut rest) = ([""; 5], arn);
    for field in &mut head {
        // Fields are short: looking at each byte is faster than setting up a search.
        let colon = rest.bytes().position(|byte| byte == b':')?;
        (*field, rest) = (&rest[..colon], &rest[colon + 1..]);
    }
    Some((head, rest))
}

/// The account field of an ARN, if it is not empty.
pub fn account_of(arn: &str) -> Option<&str> {
    split(arn).map(|(head, _)| head[4]).filter(|account| !account.is_empty())
}

/// A resource pattern that covers `arn` or nearly does, with something in its head, in its tail, or in both that one reading takes
/// for the same and another does not. It begins with `arn:` and names a service (GRAM-025).
pub fn around(choices: &mut dyn Choices, arn: &str) -> String {
    let Some((head, tail)) = split(arn) else {
        return (*choices.one_of(&["*", "arn:aws:s3:::*", "arn:aws:s3:::bkt", "arn:*:*:*:*:*"])).to_owned();
    };
    let plain = head.join(":");
    let plain = plain.as_str();
    match choices.weighted(&[(4, 0), (26, 1), (14, 2), (4, 3)]) {
        0 => arn.to_owned(),
        1 => [plain, ":", &tail_around(choices, tail)].concat(),
        2 => head_around(choices, head, tail),
        _ => {
            let tail = tail_around(choices, tail);
            head_around(choices, head, &tail)
        }
    }
}

/// A pattern for the tail of an ARN.
pub fn tail_around(choices: &mut dyn Choices, tail: &str) -> String {
    let chars: Vec<char> = tail.chars().collect();
    if chars.is_empty() {
        return "*".to_owned();
    }
    let text = |from: usize, to: usize| -> String { chars[from.min(to)..to.max(from)].iter().collect() };
    let at = choices.pick(chars.len());
    match choices.pick(13) {
        0 => widen(choices, tail),
        1 => narrow(choices, tail),
        // What stands before and behind the asterisk would have to match the same characters.
        2 => text(0, at + 1) + "*" + &text(choices.between(0, at), chars.len()),
        3 => text(0, at) + "?" + &text(at, chars.len()),
        4 => [tail, "?"].concat(),
        5 => text(0, at) + "." + &text(at + 1, chars.len()),
        6 => segments(choices, tail),
        7 => [tail, *choices.one_of(&["/*", ":*"])].concat(),
        8 => {
            let ends: Vec<usize> = tail.match_indices(['/', ':']).map(|(at, _)| at).collect();
            tail[..ends.get(choices.pick(ends.len().max(1))).copied().unwrap_or(tail.len())].to_owned()
        }
        9 => text(0, at) + "*",
        10 => ["*", &text(at, chars.len())].concat(),
        11 => {
            let chars: Vec<char> = widen(choices, tail).chars().collect();
            let at = choices.pick(chars.len());
            let (before, after): (String, String) =
                (chars[..at].iter().collect(), chars[at..].iter().collect());
            format!("{before}{}{after}", choices.one_of(&["*", "?", "**", "*?", "?*", "??"]))
        }
        _ => "*".to_owned(),
    }
}

/// One or two segments replaced by asterisks.
fn segments(choices: &mut dyn Choices, tail: &str) -> String {
    let mut segments: Vec<&str> = tail.split('/').collect();
    for _ in 0..choices.between(1, 2) {
        let at = choices.pick(segments.len());
        segments[at] = "*";
    }
    segments.join("/")
}

/// A pattern that has a wildcard, a near miss or a colon too few or too many in its head.
fn head_around(choices: &mut dyn Choices, head: [&str; 5], tail: &str) -> String {
    choices.label("wildcard in an ARN head");
    let joined = |head: &[&str]| [&head.join(":"), ":", tail].concat();
    let nth = choices.between(1, 4);
    let field = head[nth];
    let mut other = head.map(str::to_owned);
    match choices.pick(14) {
        0 | 1 => "*".clone_into(&mut other[nth]),
        // Meant for the character itself, where no reference works (MATCH-071).
        13 if nth > 2 => (*choices.one_of(&["${*}", "${$}"])).clone_into(&mut other[nth]),
        2 => other[nth] = prefix(choices, field) + "*",
        // An asterisk that does not end its field stays in it.
        3 | 4 => other[nth] = ["*", &suffix(choices, field)].concat(),
        5 if !field.is_empty() => other[nth] = prefix_of(field, field.chars().count() - 1) + "?",
        6 => other[nth].push('?'),
        7 if nth > 2 && !field.is_empty() => other[nth].clear(),
        8 => {
            let own = ["aws-cn", "sqs", "us-west-2", "222222222222"][nth - 1];
            own.clone_into(&mut other[nth]);
        }
        9 => other[nth] = field.to_ascii_uppercase(),
        // Two fields under one wildcard.
        10 if nth > 2 => {
            let mut short = head[..nth].to_vec();
            let star = format!("{}{}", prefix(choices, field), choices.one_of(&["*", "*", "?"]));
            short.push(&star);
            short.extend(&head[(nth + 2).min(5)..]);
            return joined(&short);
        }
        // A colon replaced by what might take it.
        11 => {
            let glue = *choices.one_of(&["?", "*", "", "::"]);
            let colon = choices.between(2, 4);
            return format!("{}{glue}{}", head[..=colon].join(":"), joined(&head[colon + 1..]));
        }
        12 => {
            let kept = choices.between(3, 5);
            return format!("{}{}", head[..kept].join(":"), choices.one_of(&["*", ":*", "", ":", "?*"]));
        }
        _ => "*".clone_into(&mut other[nth]),
    }
    if other[2].is_empty() {
        "*".clone_into(&mut other[2]);
    }
    [&other.join(":"), ":", tail].concat()
}

fn prefix_of(text: &str, length: usize) -> String {
    text.chars().take(length).collect()
}

fn prefix(choices: &mut dyn Choices, text: &str) -> String {
    let length = choices.pick(text.chars().count() + 1);
    prefix_of(text, length)
}

fn suffix(choices: &mut dyn Choices, text: &str) -> String {
    let length = text.chars().count();
    let from = choices.pick(length + 1);
    text.chars().skip(from).collect()
}

/// What asterisks are made to stand for. Colons first: they shift every field behind them.
const FILLS: [&str; 13] =
    ["", "", "x", "k", "/", "a/b", "a:b", "1", "é", "\n", "\0", "us-east-1", "us-east-2:222222222222:x-"];

/// A text that the pattern covers, or would cover if its wildcards took a little more than they do. `None` if it is no ARN.
pub fn instance(choices: &mut dyn Choices, pattern: &str) -> Option<String> {
    let mut text = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    while let Some(character) = rest.chars().next() {
        if let Some((reference, after)) = rest.strip_prefix("${").and_then(|rest| rest.split_once('}')) {
            let default =
                reference.split_once('\'').map_or("x", |(_, default)| default.trim_end_matches('\''));
            text.push_str(if matches!(reference, "*" | "?" | "$") { reference } else { default });
            rest = after;
            continue;
        }
        match character {
            '*' => text.push_str(choices.one_of::<&str>(&FILLS)),
            '?' => text.push_str(choices.one_of::<&str>(&[
                "x",
                "1",
                "k",
                "/",
                "",
                ":",
                "é",
                "\u{1f600}",
                "*",
                "xy",
            ])),
            '.' if choices.chance(50) => text.push('x'),
            other => text.push(other),
        }
        rest = &rest[character.len_utf8()..];
    }
    is_request_arn(&text).then_some(text)
}

/// An ARN near this one, as requests name resources.
pub fn arn_near(choices: &mut dyn Choices, arn: &str) -> Option<String> {
    let (head, tail) = split(arn)?;
    let plain = head.join(":");
    let plain = plain.as_str();
    let near = match choices.pick(10) {
        9 => [plain, ":", &alike(choices, tail)?].concat(),
        0 => [plain, ":", &narrow(choices, tail)].concat(),
        1 => [arn, *choices.one_of(&["/k", "x", "/", ":1", "*", "."])].concat(),
        2 => [plain, ":a:b/", tail].concat(),
        3 => [plain, ":", &tail.replacen('/', "//", 1)].concat(),
        4 => [plain, ":", tail.rsplit_once(['/', ':']).map_or("k", |(before, _)| before)].concat(),
        5 => [plain, ":", &suffix(choices, tail)].concat(),
        6 => {
            let nth = choices.between(1, 4);
            let mut other = head;
            other[nth] = match nth {
                1 => "aws-cn",
                2 => *choices.one_of(&["s3", "sqs", "s"]),
                3 => *choices.one_of(&["us-east-2", "us-east-1", "", "*", "$"]),
                _ => *choices.one_of(&["222222222222", "111111111111", ""]),
            };
            [&other.join(":"), ":", tail].concat()
        }
        7 => [plain, "::", tail].concat(),
        _ => {
            let mut parts: Vec<&str> = tail.split('/').collect();
            let at = choices.pick(parts.len());
            parts[at] = *choices.one_of(&["", "x", "bob", "red", "k.k", "a\nb"]);
            [plain, ":", &parts.join("/")].concat()
        }
    };
    is_request_arn(&near).then_some(near)
}

/// Whether a request can name it: its account field, if any, is an account (EVAL-009).
fn is_request_arn(arn: &str) -> bool {
    split(arn).is_some_and(|(head, _)| {
        let account = head[4];
        head[0] == "arn"
            && !head[1].is_empty()
            && (account.is_empty()
                || (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())))
    })
}
