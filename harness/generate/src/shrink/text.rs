//! What is simpler among texts, and the steps to it.

use std::ops::Range;

use assize_model::{Operator, PolicyType};

/// One step to a simpler text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Leaves out these units.
    Cut(Range<usize>),
    /// Puts a simple word for one unit.
    Soften(usize, &'static str),
    /// Puts another text.
    Put(String),
}

impl Change {
    /// The simpler text.
    pub(super) fn apply(&self, text: &str) -> String {
        match self {
            Change::Put(word) => word.clone(),
            Change::Cut(range) => {
                let units = units(text);
                let end = range.end.min(units.len());
                let start = range.start.min(end);
                units[..start].concat() + &units[end..].concat()
            }
            Change::Soften(at, word) => {
                let mut units = units(text);
                if let Some(unit) = units.get_mut(*at) {
                    *unit = word;
                }
                units.concat()
            }
        }
    }
}

/// Accounts in the order in which a shrunk case uses them.
const ACCOUNTS: [&str; 3] = ["111111111111", "222222222222", "333333333333"];

/// Texts that stand for any other where they are simpler.
const WORDS: [&str; 9] = ["", "*", "a", "/", "b", "1", "a:a", "arn:aws:s3:::a", "2024-01-01"];

/// Texts that stand for one that occurs in several places.
const NAMES: [&str; 5] = ["a", "b", "c", "A", "a:a"];

/// Words of files from the simplest on: a step goes from one to any before it. What is in no row stays as it is.
const LADDERS: [(&str, &[&str]); 6] = [
    ("kind", &["AssumeRole", "WebIdentity", "SAML", "Service", "Ec2Instance"]),
    ("kind", &["ordinary", "kms-key", "role-trust"]),
    ("kind", &["interface", "gateway"]),
    ("permission", &["READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"]),
    ("on", &["bucket", "object"]),
    ("group", &["AllUsers", "AuthenticatedUsers"]),
];

/// Members whose values are words of the case format.
const WORD_MEMBERS: [&str; 14] = [
    "kind",
    "permission",
    "on",
    "group",
    "source",
    "partition",
    "decision",
    "deciding",
    "type",
    "error",
    "rejected",
    "op",
    "outcome",
    "status",
];

/// Names of the policy language and of the case format.
const FIXED_NAMES: [&str; 64] = [
    "Version",
    "Id",
    "Statement",
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
    "AWS",
    "Service",
    "Federated",
    "CanonicalUser",
    "policies",
    "requests",
    "expect",
    "operation",
    "identity",
    "boundary",
    "session",
    "scps",
    "rcps",
    "endpoint",
    "resource",
    "acl",
    "check_size",
    "id",
    "source",
    "kind",
    "document",
    "managed",
    "grantee",
    "permission",
    "on",
    "account",
    "group",
    "canonical_user_id",
    "name",
    "status",
    "principal",
    "action",
    "context",
    "partition",
    "management",
    "path",
    "session_token",
    "mfa",
    "role",
    "session_name",
    "origin",
    "provider",
    "service_linked",
    "issuer",
    "console",
    "names_list",
    "arn",
    "aws_managed",
    "assumed_root",
    "decision",
    "deciding",
    "determining",
];

/// Words inside texts that mean something to every evaluator.
const FIXED_TOKENS: [&str; 14] = [
    "arn",
    "aws",
    "iam",
    "sts",
    "root",
    "user",
    "role",
    "group",
    "assumed-role",
    "federated-user",
    "Allow",
    "Deny",
    "2012-10-17",
    "2008-10-17",
];

/// Whether a member name is a word of the policy language or of the case format.
pub(super) fn is_fixed_name(name: &str) -> bool {
    FIXED_NAMES.contains(&name)
        || ["op", "outcome", "error", "accepted", "rejected"].contains(&name)
        || Operator::parse(name).is_some()
}

/// Whether the value of the member `name` is such a word.
pub(super) fn is_fixed_value(name: &str, value: &str) -> bool {
    match name {
        "Effect" => matches!(value, "Allow" | "Deny"),
        "Version" => matches!(value, "2012-10-17" | "2008-10-17"),
        "type" => PolicyType::parse(value).is_some(),
        _ => WORD_MEMBERS.contains(&name),
    }
}

/// Whether `left` is simpler than `right`: shorter, or of the same length and made of simpler characters.
pub(super) fn is_simpler(left: &str, right: &str) -> bool {
    let order = |text: &str| (text.chars().count(), text.chars().map(rank).collect::<Vec<u32>>());
    order(left) < order(right)
}

/// Lower-case letters first, then digits, capitals, the rest of ASCII, everything else.
fn rank(character: char) -> u32 {
    let code = u32::from(character);
    match character {
        'a'..='z' => code - u32::from('a'),
        '0'..='9' => 26 + code - u32::from('0'),
        'A'..='Z' => 36 + code - u32::from('A'),
        _ => 100 + code,
    }
}

/// The parts of a text that are kept or cut whole: the first three fields of an ARN, an account, otherwise a character.
pub(super) fn units(text: &str) -> Vec<&str> {
    let mut units = Vec::new();
    let mut rest = text;
    if text.starts_with("arn:")
        && let Some((third, _)) = text.match_indices(':').nth(2)
    {
        units.push(&text[..=third]);
        rest = &text[third + 1..];
    }
    while let Some(character) = rest.chars().next() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let length = match digits {
            0 => character.len_utf8(),
            12 => 12,
            // Digits one by one would find a run of twelve in the middle of a longer one.
            _ => {
                units.extend((0..digits).map(|at| &rest[at..=at]));
                rest = &rest[digits..];
                continue;
            }
        };
        let (unit, after) = rest.split_at(length);
        units.push(unit);
        rest = after;
    }
    units
}

/// The single steps to texts that are simpler than `value` of the member `name`.
pub(super) fn value_changes(name: &str, value: &str) -> Vec<Change> {
    let put = |word: &str| Change::Put(word.to_owned());
    if name == "source" {
        return if value.starts_with("group:") { vec![put("user"), put("issuer")] } else { Vec::new() };
    }
    if name == "partition" {
        return if value == "aws" { Vec::new() } else { vec![put("aws")] };
    }
    if let Some((_, ladder)) = LADDERS.iter().find(|(of, ladder)| *of == name && ladder.contains(&value)) {
        return ladder.iter().take_while(|word| **word != value).map(|word| put(word)).collect();
    }
    if is_fixed_value(name, value) { Vec::new() } else { changes(value) }
}

/// The single steps to simpler spellings of a member name.
pub(super) fn name_changes(name: &str) -> Vec<Change> {
    let Some(operator) = Operator::parse(name) else {
        return if is_fixed_name(name) { Vec::new() } else { changes(name) };
    };
    let without_set = operator.set.map(|_| Operator { set: None, ..operator });
    let without_suffix = operator.if_exists.then_some(Operator { if_exists: false, ..operator });
    [without_set, without_suffix]
        .into_iter()
        .flatten()
        .map(|simpler| Change::Put(simpler.to_string()))
        .collect()
}

/// The single steps to any simpler text.
fn changes(text: &str) -> Vec<Change> {
    let words =
        WORDS.iter().filter(|word| is_simpler(word, text)).map(|word| Change::Put((*word).to_owned()));
    let mut changes: Vec<Change> = words.collect();
    let units = units(text);
    changes.extend((0..units.len()).map(|at| Change::Cut(at..at + 1)));
    for (at, unit) in units.iter().enumerate() {
        let words: &[&'static str] = if is_account(unit) { &ACCOUNTS } else { &["a", "1"] };
        let same_length = |word: &&&'static str| word.chars().count() == unit.chars().count();
        let simpler = words.iter().filter(same_length).filter(|word| is_simpler(word, unit));
        changes.extend(simpler.map(|word| Change::Soften(at, word)));
    }
    changes
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The runs of letters, digits, `-`, `_` and `.` in a text that a step may rename.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character| !is_token(character))
        .filter(|token| token.len() > 1 && !FIXED_TOKENS.contains(token))
}

fn is_token(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '-' | '_' | '.')
}

/// The simpler names for something that occurs in several places.
pub(super) fn renames(of: &str) -> impl Iterator<Item = &'static str> {
    let words: &[&'static str] = if is_account(of) { &ACCOUNTS } else { &NAMES };
    words.iter().copied().filter(move |word| is_simpler(word, of))
}

/// `text` with every occurrence of `token`, as a whole token or as the whole text, renamed.
pub(super) fn rename(text: &str, token: &str, word: &str) -> String {
    if text == token {
        return word.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_token) {
        let run = &rest[start..];
        let end = run.find(|character| !is_token(character)).unwrap_or(run.len());
        out.push_str(&rest[..start]);
        out.push_str(if &run[..end] == token { word } else { &run[..end] });
        rest = &run[end..];
    }
    out.push_str(rest);
    out
}
