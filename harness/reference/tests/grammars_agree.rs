//! The predicates of this crate and the grammar of the model accept the same documents.

use std::path::Path;

use assize_model::json::{self, Kind, Value};
use assize_model::source::Span;
use assize_model::{Grammar, PolicyType};
use assize_reference::{date, grammar};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// What a mutation puts in the place of a value or a name: near-misses of everything that the grammar knows.
const SNIPPETS: &[&str] = &[
    "null",
    "true",
    "7",
    "-1.5e3",
    "[]",
    "{}",
    "[[]]",
    r#"[{"a":1}]"#,
    r#""""#,
    r#""*""#,
    r#"["*"]"#,
    r#"["*","*"]"#,
    r#""2012-10-17""#,
    r#""2008-10-17""#,
    r#""2012-10-18""#,
    r#""Allow""#,
    r#""Deny""#,
    r#""allow""#,
    r#""Version""#,
    r#""Id""#,
    r#""Statement""#,
    r#""Sid""#,
    r#""Effect""#,
    r#""Principal""#,
    r#""NotPrincipal""#,
    r#""Action""#,
    r#""NotAction""#,
    r#""Resource""#,
    r#""NotResource""#,
    r#""Condition""#,
    r#""AWS""#,
    r#""Service""#,
    r#""Federated""#,
    r#""CanonicalUser""#,
    r#""s3:GetObject""#,
    r#""s3:*""#,
    r#""*:x""#,
    r#""s3:""#,
    r#"":x""#,
    r#""a:b:c""#,
    r#""s*:x""#,
    r#""sts:AssumeRole""#,
    r#""STS:*""#,
    r#""sts""#,
    r#""arn:aws:s3:::b/*""#,
    r#""arn:aws:s3""#,
    r#""arn:aws:""#,
    r#""arn:aws""#,
    r#""ARN:aws:s3:::b""#,
    r#""arn:*:*:x""#,
    r#""arn::s3""#,
    r#""arn:${a::b}:s3:::x""#,
    r#""arn:aws:s3:::b/${a}""#,
    r#""arn:aws:s3:::b/${a, 'd'}""#,
    r#""arn:aws:s3:::b/${a,'d'}""#,
    r#""arn:aws:s3:::b/${a""#,
    r#""arn:aws:s3:::${*}${?}${$}""#,
    r#""arn:aws:s3:::${}""#,
    r#""arn:aws:s3:::${a b}""#,
    r#""arn:aws:s3:::${a, 'it's'}""#,
    r#""arn:aws:s3:::${a, ''}$}""#,
    r#""arn:aws:s3:::${a\u00a0b}""#,
    r#""123456789012""#,
    r#""12345678901""#,
    r#""arn:aws:iam::123456789012:root""#,
    r#""arn:aws:iam::123456789012:root/""#,
    r#""arn:aws:iam::123456789012:user/""#,
    r#""arn:aws:iam::123456789012:user/a/b""#,
    r#""arn:aws:iam::123456789012:user/*""#,
    r#""arn:aws:iam::cloudfront:user/CloudFront Origin""#,
    r#""arn:aws:iam::cloudfront:role/x""#,
    r#""arn::iam::123456789012:root""#,
    r#""arn:aws:iam:us-east-1:123456789012:root""#,
    r#""arn:aws:sts::123456789012:assumed-role/R/s""#,
    r#""arn:aws:sts::123456789012:assumed-role/R""#,
    r#""arn:aws:sts::123456789012:assumed-role/a/R/s""#,
    r#""arn:aws:sts::123456789012:assumed-role//s""#,
    r#""arn:aws:sts::123456789012:federated-user/f""#,
    r#""arn:aws:sts::123456789012:federated-user/""#,
    r#""arn:aws:sts::123456789012:federated-user/a/b""#,
    r#""arn:aws:iam::123456789012:group/g""#,
    r#""arn:aws:s3::123456789012:user/u""#,
    r#""AIDACKCEVSQ6C2EXAMPLE""#,
    r#""AROAEXAMPLE00000""#,
    r#""AAAAAAAAAAAAAAA""#,
    r#""aidackcevsq6c2example""#,
    r#""BIDACKCEVSQ6C2EXAMPLE""#,
    r#""sns.amazonaws.com""#,
    r#""SNS.amazonaws.com""#,
    r#""sns""#,
    r#"".com""#,
    r#""a..b""#,
    r#""a_b.com""#,
    r#""a.b-""#,
    r#""accounts.google.com""#,
    r#""a${b""#,
    r#""a$b""#,
    r#""79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be""#,
    r#""79A59DF900B949E55D96A1E698FBACEDFD6E09D98EACF8F8D5218E7CD47EF2BE""#,
    r#"{"AWS":"*"}"#,
    r#"{"AWS":["*"]}"#,
    r#"{"AWS":["*","123456789012"]}"#,
    r#"{"Service":"*"}"#,
    r#"{"AWS":"*","Service":"a.b"}"#,
    r#""StringEquals""#,
    r#""StringLikeIfExists""#,
    r#""ForAllValues:StringLike""#,
    r#""ForAnyValue:NullIfExists""#,
    r#""Null""#,
    r#""Bool""#,
    r#""DateLessThan""#,
    r#""NumericEquals""#,
    r#""ForAllValues:""#,
    r#""ForAllValues:ForAnyValue:Bool""#,
    r#""BoolIfExistsIfExists""#,
    r#""IpAddress""#,
    r#""ArnLike""#,
    r#""stringEquals""#,
    r#""2024-02-29""#,
    r#""2023-02-29""#,
    r#""2024-01-01T00:00:00Z""#,
    r#""2024-01-01T00""#,
    r#""2024-01T00:00Z""#,
    r#""2024-1-1""#,
    r#""1704067200""#,
    "1704067200",
    "1.5",
    r#""${aws:username}""#,
    r#""${""#,
    r#""é""#,
    "\"\u{2019}\"",
    r#""\u2019""#,
    r#""\ud800""#,
    r#""A1""#,
    r#""A-1""#,
    r#"{"Bool":{"k":["true",true,1]}}"#,
    r#"{"Bool":{}}"#,
    r#"{"StringLike":{"k":"${x"}}"#,
    r#"{"Nope":{}}"#,
    r#"{"Bool":[]}"#,
    r#"{"DateEquals":{"k":true}}"#,
    r#"{"Bool":{"":1}}"#,
    r#"{"Bool":{"k":null}}"#,
    r#"{"Bool":{"k":[["a"]]}}"#,
    r#"{"NumericEquals":{"k":"${"}}"#,
    "/**/",
    "1,2",
    "",
];

/// Documents of which each type accepts several.
const DOCUMENTS: &[&str] = &[
    r#"{"Version":"2012-10-17","Statement":[{"Sid":"A1","Effect":"Allow","Action":["s3:GetObject","s3:Put*"],"Resource":["arn:aws:s3:::b/${aws:username}/*","*"],"Condition":{"StringLike":{"k":["a*","${x, 'd'}"]},"DateLessThan":{"t":"2024-01-01"}}},{"Sid":"B2","Effect":"Deny","NotAction":"iam:*","NotResource":"*"}]}"#,
    r#"{"Version":"2012-10-17","Id":"x y","Statement":{"Sid":"a b","Effect":"Deny","Principal":{"AWS":["123456789012","*"],"Service":"sns.amazonaws.com"},"Action":"s3:*","Resource":"*"}}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"AWS":"*"},"Action":["s3:*","sts:Get*"],"NotResource":"arn:aws:s3:::b","Condition":{"Null":{"aws:PrincipalArn":true}}}]}"#,
    r#"{"Statement":{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"Bool":{"k":"true"}}}}"#,
    r#"{"Id":"q","Statement":[{"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::123456789012:user/Bob","CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},"NotAction":"s3:GetObject","Resource":"arn:aws:s3:::b"}]}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"NumericEquals":{"n":[1,"2"]}}}]}"#,
];

fn assert_agreement(text: &str) {
    let inline = PolicyType::ALL.map(|policy_type| (policy_type, false));
    for (policy_type, managed) in inline.into_iter().chain([(PolicyType::Identity, true)]) {
        let read = Grammar { policy_type, managed, is_date: date::is_date }.parse(text);
        let accepted = grammar::accepts(policy_type, managed, text);
        assert_eq!(accepted, read.is_ok(), "as {policy_type}, managed {managed}: {text}\n{read:?}");
    }
}

/// One change of a text: replace a value or a name, repeat a member, drop one, wrap a value in a list, or change a character.
#[derive(Clone, Debug)]
enum Change {
    Replace(Index, &'static str),
    Repeat(Index),
    Drop(Index),
    Wrap(Index),
    Character(Index, char),
}

fn change() -> impl Strategy<Value = Change> {
    let place = any::<Index>;
    prop_oneof![
        6 => (place(), select(SNIPPETS)).prop_map(|(at, snippet)| Change::Replace(at, snippet)),
        1 => place().prop_map(Change::Repeat),
        2 => place().prop_map(Change::Drop),
        1 => place().prop_map(Change::Wrap),
        1 => (place(), select(&['"', '{', ']', ',', ' ', 'A', '\u{0}', '\u{7f}', '\u{100}', '\\'][..]))
            .prop_map(|(at, character)| Change::Character(at, character)),
    ]
}

impl Change {
    /// The changed text; the same one if there is nothing to change.
    fn apply(&self, text: &str) -> String {
        let Ok(root) = json::parse(text) else { return text.to_owned() };
        let (values, members) = places(&root);
        match self {
            Change::Replace(at, snippet) => replace(text, *at.get(&values), snippet),
            Change::Wrap(at) => {
                let span = *at.get(&values);
                replace(text, span, &format!("[{}]", span.of(text)))
            }
            Change::Repeat(at) if !members.is_empty() => {
                let span = *at.get(&members);
                replace(text, span, &format!("{0},{0}", span.of(text)))
            }
            Change::Drop(at) if !members.is_empty() => {
                let span = *at.get(&members);
                let after = text[span.end..].trim_start().starts_with(',');
                let before = text[..span.start].trim_end().ends_with(',');
                let wider = match (after, before) {
                    (true, _) => Span { start: span.start, end: span.end + 1 },
                    (false, true) => Span { start: span.start - 1, end: span.end },
                    (false, false) => span,
                };
                replace(text, wider, "")
            }
            Change::Character(at, character) => {
                let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
                let start = *at.get(&starts);
                replace(text, Span { start, end: start }, &character.to_string())
            }
            Change::Repeat(_) | Change::Drop(_) => text.to_owned(),
        }
    }
}

fn replace(text: &str, span: Span, by: &str) -> String {
    format!("{}{by}{}", &text[..span.start], &text[span.end..])
}

/// Where values and names stand, and where members of objects stand.
fn places(root: &Value<'_>) -> (Vec<Span>, Vec<Span>) {
    let (mut values, mut members) = (Vec::new(), Vec::new());
    let mut open = vec![root];
    while let Some(value) = open.pop() {
        values.push(value.span);
        match &value.kind {
            Kind::Array(items) => open.extend(items),
            Kind::Object(entries) => {
                for member in entries {
                    values.push(member.name_span);
                    members.push(Span { start: member.name_span.start, end: member.value.span.end });
                    open.push(&member.value);
                }
            }
            _ => {}
        }
    }
    (values, members)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_documents_are_accepted_by_both_or_neither(
        document in select(DOCUMENTS),
        changes in prop::collection::vec(change(), 1..4),
    ) {
        let text = changes.iter().fold(document.to_owned(), |text, change| change.apply(&text));
        assert_agreement(&text);
    }
}

#[test]
fn every_snippet_in_every_place_is_accepted_by_both_or_neither() {
    for document in DOCUMENTS {
        assert_agreement(document);
        let (values, _) = places(&json::parse(document).expect("the document is JSON"));
        for span in values {
            for snippet in SNIPPETS {
                assert_agreement(&replace(document, span, snippet));
            }
        }
    }
}

#[test]
fn the_documents_of_the_corpus_are_accepted_by_both_or_neither() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/cases");
    let mut open = vec![folder];
    let mut texts = 0;
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("the folder is readable") {
            let path = entry.expect("the folder is readable").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                let text = std::fs::read_to_string(&path).expect("the case is readable");
                let root = json::parse(&text).expect("the case is JSON");
                texts += assert_agreement_on_documents(&text, &root);
            }
        }
    }
    assert!(texts > 1000, "only {texts} documents were found");
}

/// Compares on every value of a member `document`; counts them.
fn assert_agreement_on_documents(text: &str, root: &Value<'_>) -> usize {
    let mut count = 0;
    let mut open = vec![root];
    while let Some(value) = open.pop() {
        match &value.kind {
            Kind::Array(items) => open.extend(items),
            Kind::Object(members) => {
                for member in members {
                    if member.name == "document" {
                        assert_agreement(member.value.as_str().unwrap_or(member.value.span.of(text)));
                        count += 1;
                    }
                    open.push(&member.value);
                }
            }
            _ => {}
        }
    }
    count
}
