//! Finding statements by index gives what reading all of them gives.
//!
//! [`common::evaluate`] compares the two: explaining reads every statement, deciding uses the indexes.

mod common;

use assize_model::Decision;
use common::{Choices, context, document, evaluate, identity, prepare, request, statement, user};

const ACTIONS: [&str; 22] = [
    "*",
    "*:*",
    "s3:*",
    "s3:Get*",
    "s3:GetObject",
    "S3:getobject",
    "s3:GetObject*",
    "s3:*Object",
    "s3:G?tObject",
    "s3:",
    "*:GetObject",
    "*:*Object",
    "s3express:*",
    "sqs:SendMessage",
    "sqs:*Message*",
    "sqs:Send*Batch",
    "s3:Put*",
    "s3:PutObject",
    "s3:PutObjectéAcl",
    "s3:AVeryLongActionNameThatNobodyWouldEverWriteButSomebodyMightSendToUs*",
    "s3:AVeryLongActionNameThatNobodyWouldEverWriteButSomebodyMightSendToUs",
    "kms:?*",
];

const ASKED: [&str; 9] = [
    "s3:GetObject",
    "s3:GETOBJECTacl",
    "s3:PutObject",
    "s3:PutObjectéAcl",
    "sqs:SendMessage",
    "sqs:SendMessageBatch",
    "kms:Decrypt",
    "s3express:GetObject",
    "s3:AVeryLongActionNameThatNobodyWouldEverWriteButSomebodyMightSendToUsAgain",
];

const RESOURCES: [&str; 16] = [
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/k",
    "arn:aws:s3:::bucket/*",
    "arn:aws:s3:::bucket/a/*",
    "arn:aws:s3:::bucket/a/b/*",
    "arn:aws:s3:::bucket/a/b/c",
    "arn:aws:s3:::${aws:username}/*",
    "arn:aws:s3:::bucket/${aws:username}",
    "arn:aws:*:::b",
    "arn:aws:s3*",
    "arn:aws:s3:::b?",
    "arn:*:*",
    "arn:aws:s3:${aws:username}::b",
];

const ARNS: [&str; 8] = [
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/k",
    "arn:aws:s3:::bucket/a/b/c",
    "arn:aws:s3:::bucket/a/x",
    "arn:aws:s3:::u/x",
    "arn:aws:s3:::bucket/u",
    "arn:aws:sqs:::b",
    "arn:aws:s3:::bé",
];

fn element(choices: &mut Choices, entries: &[&str]) -> String {
    let count = 1 + choices.below(3);
    let entries: Vec<String> = (0..count).map(|_| format!("{:?}", choices.of(entries))).collect();
    format!("[{}]", entries.join(","))
}

fn random_statement(choices: &mut Choices) -> String {
    let effect = if choices.below(12) == 0 { "Deny" } else { "Allow" };
    let condition = match choices.below(4) {
        0 => r#"{"StringEquals":{"aws:SourceVpc":"vpc-1"}}"#,
        1 => r#"{"StringLike":{"AWS:username":"?","aws:sourcevpc":"*"}}"#,
        _ => "{}",
    };
    let (actions, resources) = (element(choices, &ACTIONS), element(choices, &RESOURCES));
    let text = statement(effect, &actions, &resources, condition);
    match choices.below(10) {
        0 => text.replacen("\"Action\"", "\"NotAction\"", 1),
        1 => text.replacen("\"Resource\"", "\"NotResource\"", 1),
        _ => text,
    }
}

#[test]
fn random_policies() {
    let mut choices = Choices(4);
    let mut decisions = std::collections::BTreeMap::<_, usize>::new();
    for round in 0..100 {
        let (documents, statements) = match round % 4 {
            0 => (1, 1 + choices.below(12)),
            1 => (1, 200),
            2 => (1 + choices.below(16), 30),
            _ => (17 + choices.below(20), 1 + choices.below(6)),
        };
        let documents: Vec<String> = (0..documents)
            .map(|_| document(&(0..statements).map(|_| random_statement(&mut choices)).collect::<Vec<_>>()))
            .collect();
        let policies = prepare(&identity(&documents));
        for action in ASKED {
            for arn in ARNS {
                let vpc: &[(&str, &[&str])] =
                    if choices.below(2) == 0 { &[("aws:SourceVpc", &["vpc-1"])] } else { &[] };
                let request = request(user(common::A, "u"), action, arn, context(vpc));
                *decisions.entry(evaluate(&policies, &request).decision.as_str()).or_default() += 1;
            }
        }
    }
    assert!(decisions.len() == 3 && decisions.values().all(|&count| count > 100), "{decisions:?}");
}

/// Few statements per request among very many, so that denies do not drown everything.
#[test]
fn sparse_policies() {
    let mut choices = Choices(5);
    let statements: Vec<String> = (0..3_000)
        .map(|number| {
            let effect = if number % 7 == 0 { "Deny" } else { "Allow" };
            let action = *choices.of(&["s3:GetObject", "s3:Get*", "s3:Put*", "s3:*Object"]);
            let resource = match number % 3 {
                0 => format!("arn:aws:s3:::bucket-{}/*", number % 1_000),
                1 => format!("arn:aws:s3:::bucket-{}/key-{}", number % 1_000, number % 5),
                _ => format!("arn:aws:s3:::bucket-{}*", number % 1_000),
            };
            statement(effect, &format!("{action:?}"), &format!("{resource:?}"), "{}")
        })
        .collect();
    let policies = prepare(&identity(&[document(&statements)]));
    let mut decisions = std::collections::BTreeSet::new();
    for _ in 0..500 {
        let arn = format!("arn:aws:s3:::bucket-{}/key-{}", choices.below(1_100), choices.below(7));
        let action = *choices.of(&["s3:GetObject", "s3:PutObject", "s3:ListObject", "s3:ListBucket"]);
        let request = request(user(common::A, "u"), action, &arn, context(&[]));
        decisions.insert(evaluate(&policies, &request).decision);
    }
    assert_eq!(decisions.len(), 3);
}

/// Vendors around the longest text by which action patterns are found.
#[test]
fn vendors_of_every_length() {
    let filler = |number: usize| statement("Allow", &format!("\"sqs:Send{number}*\""), "\"*\"", "{}");
    for length in 1..=60 {
        let vendor = "v".repeat(length);
        for (pattern, action) in [("*", "Get"), ("G*", "get"), ("G?t*", "Get"), ("Get", "GET"), ("é*", "éa")]
        {
            let mut statements: Vec<String> = (0..20).map(filler).collect();
            statements.push(statement("Allow", &format!("\"{vendor}:{pattern}\""), "\"*\"", "{}"));
            let policies = prepare(&identity(&[document(&statements)]));
            for (vendor, expected) in
                [(vendor.to_uppercase(), Decision::Allow), (format!("{vendor}v"), Decision::ImplicitDeny)]
            {
                let action = format!("{vendor}:{action}");
                let request = request(user(common::A, "u"), &action, "arn:aws:s3:::b", context(&[]));
                assert_eq!(evaluate(&policies, &request).decision, expected, "{action} {pattern}");
            }
        }
    }
}

/// Resources that begin alike for longer than the eight bytes by which they are found first.
#[test]
fn resources_that_begin_alike() {
    let resource = |letter: char| format!("\"arn:aws:s3:::bucket/a-long-beginning-{letter}*\"");
    let mut statements: Vec<String> =
        ('b'..='y').map(|letter| statement("Allow", "\"s3:*\"", &resource(letter), "{}")).collect();
    statements.push(statement("Allow", "\"s3:*\"", "\"arn:aws:s3:::c/*\"", "{}"));
    let policies = prepare(&identity(&[document(&statements)]));
    for letter in 'a'..='z' {
        let arn = format!("arn:aws:s3:::bucket/a-long-beginning-{letter}/k");
        let request = request(user(common::A, "u"), "s3:GetObject", &arn, context(&[]));
        let expected = if ('b'..='y').contains(&letter) { Decision::Allow } else { Decision::ImplicitDeny };
        assert_eq!(evaluate(&policies, &request).decision, expected, "{arn}");
    }
}

/// Contexts around the sizes from which their keys are found another way: every key has its own value, and no other has any.
#[test]
fn contexts_of_every_size() {
    for count in [1, 8, 9, 64, 65, 300] {
        let named = |number: usize| (format!("x:Key{number}"), format!("v{number}"));
        let supplied: Vec<(String, String)> = (0..count).map(named).collect();
        let values: Vec<[&str; 1]> = supplied.iter().map(|(_, value)| [value.as_str()]).collect();
        let entries: Vec<(&str, &[&str])> =
            supplied.iter().zip(&values).map(|((key, _), value)| (key.as_str(), value.as_slice())).collect();
        let request = request(user(common::A, "u"), "s3:GetObject", "arn:aws:s3:::b", context(&entries));
        for number in 0..count + 5 {
            let condition = format!(r#"{{"StringEquals":{{"X:key{number}":"v{number}"}}}}"#);
            let statement = statement("Allow", "\"s3:*\"", "\"*\"", &condition);
            let expected = if number < count { Decision::Allow } else { Decision::ImplicitDeny };
            let policies = prepare(&identity(&[document(&[statement])]));
            assert_eq!(evaluate(&policies, &request).decision, expected, "key {number} of {count}");
        }
    }
}
