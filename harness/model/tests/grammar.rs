//! Chapter 01: its own cases, all faults at their places, hostile documents, and documents that read back.

use std::sync::Arc;

use assize_model::grammar::{MAX_FAULTS, size};
use assize_model::json::{self, Writer};
use assize_model::{
    BaseOperator, Code, ConditionBlock, ConditionKey, Diagnostic, Document, Effect, Element, Grammar,
    Literal, LiteralKind, Operator, PolicyType, Position, PrincipalElement, PrincipalEntry, PrincipalKey,
    PrincipalSpec, SetOperator, Statement, Version,
};
use proptest::prelude::*;

/// The dates of these tests.
fn is_date(text: &str) -> bool {
    matches!(text, "2024-01-01T00:00:00Z" | "2030-01-01" | "1704067200")
}

fn grammar(policy_type: PolicyType) -> Grammar {
    Grammar { policy_type, managed: false, is_date }
}

fn faults(policy_type: PolicyType, text: &str) -> Vec<Diagnostic> {
    grammar(policy_type).parse(text).expect_err(text)
}

/// Code, rule and pointer of every fault.
fn outline(policy_type: PolicyType, text: &str) -> Vec<(&'static str, &'static str, String)> {
    let faults = faults(policy_type, text);
    faults.into_iter().map(|fault| (fault.code.as_str(), fault.rule, fault.pointer)).collect()
}

/// An identity-based policy of one statement with `members` besides `Effect`.
fn statement(members: &str) -> String {
    format!("{{\"Version\":\"2012-10-17\",\"Statement\":{{\"Effect\":\"Allow\",{members}}}}}")
}

/// The one-line cases of the chapter: the code of a rejected one is the only code reported.
#[test]
fn cases_of_the_chapter() {
    let chapter = include_str!("../../../corpus/spec/01-grammar.md");
    let mut count = 0;
    for line in chapter.lines().filter(|line| line.starts_with("- `{\"type\"")) {
        let (case, outcome) = line["- `".len()..].rsplit_once("` → ").expect(line);
        let value = json::parse(case).expect(line);
        let policy_type =
            value.get("type").and_then(|value| value.as_str()).and_then(PolicyType::parse).expect(line);
        let managed = value.get("managed").and_then(|value| value.as_bool()).unwrap_or(false);
        let text = match value.get("raw") {
            Some(raw) => raw.as_str().expect(line),
            None => value.get("doc").expect(line).span.of(case),
        };
        let result = Grammar { policy_type, managed, is_date }.parse(text);
        let codes: Vec<&str> =
            result.as_ref().err().into_iter().flatten().map(|fault| fault.code.as_str()).collect();
        let outcome = outcome.split(" — ").next().unwrap_or(outcome);
        match outcome.strip_prefix("reject ") {
            Some(code) => assert_eq!(codes, [code], "{line}\n{result:?}"),
            None => assert_eq!((outcome, codes.as_slice()), ("accept", [].as_slice()), "{line}\n{result:?}"),
        }
        count += 1;
    }
    assert!(count >= 100, "the chapter has {count} cases only");
}

#[test]
fn every_fault_is_reported_in_order() {
    let text = r#"{
  "Version": "2012-10-18",
  "version": "2012-10-17",
  "Id": "é",
  "Statement": [
    {"Sid": "A-1", "Effect": "allow", "Action": ["GetObject", 7, "s3:a:b"], "Resource": []},
    {"Sid": "B", "Efect": "Deny", "Principal": "*", "NotAction": {}, "Resource": "bucket", "Resource": "*",
     "Condition": {"StringEqual": {"k": {}}, "Bool": [], "DateEquals": {"": ["x", 1704067200, null, true]}}},
    null,
    {"Sid": "B", "Effect": "Deny", "Action": "*", "NotAction": "*", "NotResource": "arn:aws::x"}
  ]
}"#;
    let expected = [
        ("E_VERSION", "GRAM-011", "/Version"),
        ("E_ELEMENT", "GRAM-010", "/version"),
        ("E_FORBIDDEN", "GRAM-015", "/Id"),
        ("E_SID", "GRAM-017", "/Statement/0/Sid"),
        ("E_EFFECT", "GRAM-019", "/Statement/0/Effect"),
        ("E_ACTION", "GRAM-022", "/Statement/0/Action/0"),
        ("E_TYPE", "GRAM-021", "/Statement/0/Action/1"),
        ("E_ACTION", "GRAM-022", "/Statement/0/Action/2"),
        ("E_EMPTY", "GRAM-009", "/Statement/0/Resource"),
        ("E_ELEMENT", "GRAM-010", "/Statement/1/Efect"),
        ("E_FORBIDDEN", "GRAM-028", "/Statement/1/Principal"),
        ("E_TYPE", "GRAM-021", "/Statement/1/NotAction"),
        ("E_RESOURCE", "GRAM-025", "/Statement/1/Resource"),
        ("E_DUP_KEY", "GRAM-004", "/Statement/1/Resource"),
        ("E_OPERATOR", "GRAM-031", "/Statement/1/Condition/StringEqual"),
        ("E_TYPE", "GRAM-035", "/Statement/1/Condition/StringEqual/k"),
        ("E_TYPE", "GRAM-030", "/Statement/1/Condition/Bool"),
        ("E_CONDITION_KEY", "GRAM-034", "/Statement/1/Condition/DateEquals/"),
        ("E_CONDITION_VALUE", "GRAM-039", "/Statement/1/Condition/DateEquals//0"),
        ("E_TYPE", "GRAM-008", "/Statement/1/Condition/DateEquals//2"),
        ("E_CONDITION_VALUE", "GRAM-039", "/Statement/1/Condition/DateEquals//3"),
        ("E_TYPE", "GRAM-008", "/Statement/2"),
        ("E_SID", "GRAM-018", "/Statement/3/Sid"),
        ("E_CONFLICT", "GRAM-020", "/Statement/3/NotAction"),
        ("E_RESOURCE", "GRAM-025", "/Statement/3/NotResource"),
    ];
    let expected = expected.map(|(code, rule, pointer)| (code, rule, pointer.to_owned()));
    assert_eq!(outline(PolicyType::Identity, text), expected);
}

#[test]
fn places_are_exact() {
    let text = "{\n  \"Statement\": [{\"Effect\": \"é\", \"Action\": \"s3:*\",\n\t\"Resource\": [\"*\", \"xyz\"]}]\n}";
    let found: Vec<_> = faults(PolicyType::Identity, text)
        .into_iter()
        .map(|fault| {
            let Position { line, column } = fault.region.start;
            let end = fault.region.end;
            (fault.span.of(text).to_owned(), (line, column), (end.line, end.column))
        })
        .collect();
    assert_eq!(found, [("\"é\"".to_owned(), (2, 28), (2, 31)), ("\"xyz\"".to_owned(), (3, 20), (3, 25))]);

    let pointer = &faults(PolicyType::Identity, "{\"Statement\":1,\"a/b~c\":2}")[1].pointer;
    assert_eq!(pointer, "/a~1b~0c");
}

#[test]
fn statements_know_their_regions() {
    let text = "{\"Statement\": [\n {\"Effect\":\"Deny\",\"Action\":\"s3:é\",\"Resource\":\"*\"}, {\"Effect\":\"Deny\",\n\"Action\":\"*\",\"Resource\":\"*\"}]}";
    let document = grammar(PolicyType::Identity).parse(text).unwrap();
    let regions: Vec<_> =
        document.regions.iter().map(|region| (region.start.to_string(), region.end.to_string())).collect();
    let expected = [("2:2", "2:50"), ("2:52", "3:29")].map(|(start, end)| (start.to_owned(), end.to_owned()));
    assert_eq!(regions, expected);
}

/// INV-008: white space, member order and escapes leave the parsed document the same; list order does not.
#[test]
fn formatting_is_not_content() {
    let text = r#"{"Statement":[{"Effect":"Deny","Principal":{"AWS":"*","Service":"a.b"},"Action":"s3:Get","Condition":{
        "Bool":{"a":"b","c":["d"]},"Null":{"e":true}}}]}"#;
    let other = r#"{ "Statement" : { "Condition":{"Null":{"e":[true]},"Bool":{"c":"d","a":"b"}},"Action":"s3:Get",
        "Principal":{"Service":["a.b"],"AWS":"*"},"Effect":"Deny"},"Version":"2008-10-17"}"#;
    let parse = |text: &str| grammar(PolicyType::Resource).parse(text).unwrap();
    assert_eq!(parse(text), parse(other));
    assert_eq!(parse(text).to_json(), parse(other).to_json());
    let different = [
        ("Null", "Bool"),
        ("\"b\"", "\"B\""),
        ("true", "\"true\""),
        ("s3:Get", "s3:get"),
        ("\"e\"", "\"E\""),
    ];
    for (from, to) in different {
        let changed = text.replacen("Bool", "StringLike", 1).replacen(from, to, 1);
        assert_ne!(parse(&changed), parse(&text.replacen("Bool", "StringLike", 1)), "{from}");
    }
}

/// A fault draws no second complaint about what follows from it.
#[test]
fn one_fault_one_finding() {
    let cases = [
        (PolicyType::Identity, statement(r#""Actions":"s3:*","Resource":"*""#), "E_ELEMENT", "GRAM-010"),
        (PolicyType::Identity, statement(r#""NotAktion":"s3:*","Resource":"*""#), "E_ELEMENT", "GRAM-010"),
        (
            PolicyType::Identity,
            statement(r#""Version":"x","Action":"s3:*","Resource":"*""#),
            "E_ELEMENT",
            "GRAM-011",
        ),
        (PolicyType::Identity, r#"{"Statements":[]}"#.to_owned(), "E_ELEMENT", "GRAM-010"),
        (
            PolicyType::Scp,
            r#"{"version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#
                .to_owned(),
            "E_ELEMENT",
            "GRAM-010",
        ),
        (
            PolicyType::Scp,
            r#"{"Version":"2008-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#
                .to_owned(),
            "E_VERSION",
            "GRAM-014",
        ),
        (PolicyType::Identity, statement(r#""Action":null,"Resource":"*""#), "E_TYPE", "GRAM-008"),
        (
            PolicyType::Identity,
            statement(r#""Action":[],"NotAction":[],"Resource":"*""#),
            "E_CONFLICT",
            "GRAM-020",
        ),
        (
            PolicyType::Trust,
            statement(r#""Principal":"*","Action":"sts:*","NotAction":[]"#),
            "E_FORBIDDEN",
            "GRAM-045",
        ),
        (
            PolicyType::Trust,
            statement(r#""NotPrincipal":{"AWS":"*"},"Action":"sts:*""#),
            "E_FORBIDDEN",
            "GRAM-029",
        ),
        (PolicyType::Trust, statement(r#""Principal":"*","Action":"*""#), "E_ACTION", "GRAM-045"),
        (
            PolicyType::Rcp,
            statement(r#""Principal":"*","Action":"s3:*","Resource":"*""#),
            "E_FORBIDDEN",
            "GRAM-047",
        ),
        (PolicyType::Vpce, statement(r#""Principal":"*","Action":"s3:*""#), "E_MISSING", "GRAM-048"),
        (
            PolicyType::Resource,
            statement(r#""Principal":{"AWS":["*"],"Aws":"*"},"Action":"s3:*""#),
            "E_PRINCIPAL",
            "GRAM-026",
        ),
        (
            PolicyType::Resource,
            statement(r#""Principal":{"AWS":"*","AWS":"*"},"Action":"s3:*""#),
            "E_DUP_KEY",
            "GRAM-004",
        ),
        (
            PolicyType::Identity,
            statement(r#""Action":"s3:*","Resource":"arn:aws:s3:::${}""#),
            "E_VARIABLE",
            "GRAM-041",
        ),
        (
            PolicyType::Identity,
            statement(r#""Action":"s3:*","Resource":"arn:${a b:c""#),
            "E_VARIABLE",
            "GRAM-041",
        ),
        (PolicyType::Identity, "\u{feff}{}".to_owned(), "E_JSON", "GRAM-002"),
        (
            PolicyType::Identity,
            "{\u{201c}Statement\u{201d}:1}".replace('\u{201d}', "\u{201c}"),
            "E_CHARSET",
            "GRAM-003",
        ),
        (PolicyType::Identity, "{} {}".to_owned(), "E_JSON", "GRAM-001"),
        (PolicyType::Identity, "{\"Id\":\"\\ud800\"}".to_owned(), "E_JSON", "GRAM-002"),
        (PolicyType::Identity, "null".to_owned(), "E_TYPE", "GRAM-001"),
    ];
    for (policy_type, text, code, rule) in cases {
        let found = faults(policy_type, &text);
        assert_eq!(
            found.iter().map(|fault| (fault.code.as_str(), fault.rule)).collect::<Vec<_>>(),
            [(code, rule)],
            "{text}\n{found:#?}"
        );
    }
}

#[test]
fn misspellings_are_recognised() {
    let hints = [
        (r#""Action":"s3:*","Recource":"*""#, "did you mean `Resource`?"),
        (r#""Action":"s3:*","Resource":"*","condition":{}"#, "did you mean `Condition`?"),
        (r#""Action":"s3:*","Resource":"*","Condition":{"stringequals":{}}"#, "did you mean `StringEquals`?"),
        (
            r#""Action":"s3:*","Resource":"*","Condition":{"NumericLessThanOrEquals":{}}"#,
            "did you mean `NumericLessThanEquals`?",
        ),
        (
            r#""Action":"s3:*","Resource":"*","Condition":{"ForAnyValue::StringLike":{}}"#,
            "did you mean `ForAnyValue:StringLike`?",
        ),
        (
            r#""Action":"s3:*","Resource":"*","Condition":{"forAllValues:stringLikeIfexists":{}}"#,
            "did you mean `ForAllValues:StringLikeIfExists`?",
        ),
        (r#""Action":"s3:*","Resource":"*","Condition":{"NullIfExists":{}}"#, "`Null` takes no `IfExists`"),
    ];
    for (members, hint) in hints {
        let found = faults(PolicyType::Identity, &statement(members));
        assert!(found.len() == 1 && found[0].message.contains(hint), "{hint}: {found:#?}");
    }
}

#[test]
fn principals() {
    let account = "123456789012";
    let id16 = format!("A{}", "0".repeat(15));
    let id128 = format!("A{}", "Z".repeat(127));
    let good = [
        ("AWS", "*"),
        ("AWS", account),
        ("AWS", "arn:aws:iam::123456789012:root"),
        ("AWS", "arn:aws-cn:iam::123456789012:user/a/b"),
        ("AWS", "arn:aws:iam::123456789012:role/R"),
        ("AWS", "arn:aws:sts::123456789012:assumed-role/R/s"),
        ("AWS", "arn:aws:sts::123456789012:federated-user/carol"),
        ("AWS", "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"),
        ("AWS", "AIDACKCEVSQ6C2EXAMPLE"),
        ("AWS", &id16),
        ("AWS", &id128),
        ("Service", "logs.us-east-1.amazonaws.com"),
        ("Federated", "cognito-identity.amazonaws.com"),
        ("Federated", "any text"),
        ("CanonicalUser", "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"),
    ];
    let bad = [
        ("AWS", ""),
        ("AWS", "**"),
        ("AWS", "12345678901"),
        ("AWS", "1234567890123"),
        ("AWS", "1234-5678-9012"),
        ("AWS", "１２３４５６７８９０１２"),
        ("AWS", "arn:aws:iam::123456789012:"),
        ("AWS", "arn:aws:iam::123456789012:root/x"),
        ("AWS", "arn:aws:iam::123456789012:user"),
        ("AWS", "arn:aws:iam::123456789012:user/"),
        ("AWS", "arn:aws:iam::123456789012:user/?"),
        ("AWS", "arn:aws:iam::12345678901:user/x"),
        ("AWS", "arn:aws:iam::cloudfront:role/x"),
        ("AWS", "arn:aws:iam::cloudfront:root"),
        ("AWS", "arn:aws:iam:us-east-1:123456789012:root"),
        ("AWS", "arn::iam::123456789012:root"),
        ("AWS", "ARN:aws:iam::123456789012:root"),
        ("AWS", "arn:aws:iam::123456789012:instance-profile/p"),
        ("AWS", "arn:aws:iam::123456789012:assumed-role/R/s"),
        ("AWS", "arn:aws:sts::123456789012:assumed-role/R"),
        ("AWS", "arn:aws:sts::123456789012:assumed-role/R/"),
        ("AWS", "arn:aws:sts::123456789012:assumed-role/p/R/s"),
        ("AWS", "arn:aws:sts::123456789012:federated-user/"),
        ("AWS", "arn:aws:sts::123456789012:role/R"),
        ("AWS", "arn:aws:s3:::bucket"),
        ("AWS", &id16[..15]),
        ("AWS", "AIDAckcevsq6c2example"),
        ("AWS", "BIDACKCEVSQ6C2EXAMPLE"),
        ("Service", "EC2.amazonaws.com"),
        ("Service", "ec2"),
        ("Service", "ec2..com"),
        ("Service", "*.amazonaws.com"),
        ("Federated", ""),
        ("Federated", "*"),
        ("Federated", "a${b}"),
        ("CanonicalUser", "79a59df9"),
        ("CanonicalUser", "79A59DF900B949E55D96A1E698FBACEDFD6E09D98EACF8F8D5218E7CD47EF2BE"),
        ("CanonicalUser", "*"),
    ];
    let document = |key: &str, value: &str| {
        let mut principal = Writer::latin1();
        principal.open_object().name(key).string(value).close_object();
        statement(&format!("\"Principal\":{},\"Action\":\"s3:*\"", principal.finish()))
    };
    for (key, value) in good {
        let result = grammar(PolicyType::Resource).parse(&document(key, value));
        assert!(result.is_ok(), "{key} {value}: {result:?}");
    }
    for (key, value) in bad {
        let found = outline(PolicyType::Resource, &document(key, value));
        assert_eq!(found, [("E_PRINCIPAL", "GRAM-027", format!("/Statement/Principal/{key}"))], "{value}");
    }
}

#[test]
fn variables() {
    let good = [
        "${a}",
        "${*}${?}${$}",
        "$",
        "$5 {x} }",
        "${a:b/c-d_e.f}",
        "${a, ''}",
        "${a, 'x y, z'}",
        "${a, '${b'}",
        "${a, '*'}}",
        "a${b}c${d}",
        "${*x}",
    ];
    let bad = [
        "${",
        "${a",
        "${}",
        "${ a}",
        "${a }",
        "${a b}",
        "${a,'x'}",
        "${a,  'x'}",
        "${a, x}",
        "${a, 'x}",
        "${a, x'}",
        "${a, 'x'y'}",
        "${a, 'x' }",
        "${a,}",
        "${, 'x'}",
        "${a${b}}",
        "${$$}",
        "${a'b}",
        "${b}${",
        "${a, '${b}'}",
        "${a\\tb}",
    ];
    let places: [fn(&str) -> String; 4] = [
        |text| format!(r#""Action":"s3:*","Resource":"arn:aws:s3:::{text}""#),
        |text| format!(r#""Action":"s3:*","NotResource":["*","arn:aws:s3:::{text}"]"#),
        |text| {
            format!(
                r#""Action":"s3:*","Resource":"*","Condition":{{"ForAnyValue:ArnLikeIfExists":{{"k":"{text}"}}}}"#
            )
        },
        |text| format!(r#""Action":"s3:*","Resource":"*","Condition":{{"Bool":{{"k":["x","{text}"]}}}}"#),
    ];
    let elsewhere = |text: &str| {
        format!(
            r#""Sid":"","Action":"s3:*","Resource":"*","Condition":{{"NumericEquals":{{"{text}":"{text}"}},"Null":{{"k":"{text}"}}}}"#
        )
    };
    for place in places {
        for text in good {
            let result = grammar(PolicyType::Identity).parse(&statement(&place(text)));
            assert!(result.is_ok(), "{text}: {result:?}");
        }
        for text in bad {
            let document = statement(&place(text));
            let found = faults(PolicyType::Identity, &document);
            assert!(matches!(found.as_slice(), [fault] if fault.rule == "GRAM-041"), "{text}: {found:#?}");
            let old = document.replace("2012-10-17", "2008-10-17");
            assert!(grammar(PolicyType::Identity).parse(&old).is_ok(), "{text}");
        }
    }
    for text in bad {
        assert!(grammar(PolicyType::Identity).parse(&statement(&elsewhere(text))).is_ok(), "{text}");
    }
}

/// Colons inside references separate no fields (MATCH-071); under 2008-10-17 there are no references (MATCH-061).
#[test]
fn the_service_field() {
    let of = |resource: &str| statement(&format!(r#""Action":"s3:*","Resource":"{resource}""#));
    for resource in ["*", "arn:a:b", "arn:a:b:", "arn::s3", "arn:${a:b}:s3:::x", "arn:$:s3", "arn:aws:*:::x"]
    {
        assert!(grammar(PolicyType::Identity).parse(&of(resource)).is_ok(), "{resource}");
    }
    for resource in [
        "",
        "**",
        "arn:",
        "arn",
        "arn:aws",
        "arn:aws:",
        "arn:aws::",
        "ARN:aws:s3:::x",
        " arn:a:b",
        "arn:${a:}::x",
    ] {
        assert_eq!(outline(PolicyType::Identity, &of(resource))[0].1, "GRAM-025", "{resource}");
    }
    assert!(grammar(PolicyType::Identity).parse(&of("arn:${a:}::x").replace("2012", "2008")).is_ok());
}

#[test]
fn full_access_of_a_resource_control_policy() {
    let document = |statement: &str| format!("{{\"Statement\":{statement},\"Version\":\"2012-10-17\"}}");
    let accepted = [
        r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#,
        r#"[{"Resource":["*"],"Action":["*","*"],"Principal":"*","Effect":"Allow"}]"#,
        r#"[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]"#,
    ];
    for text in accepted {
        let parsed = grammar(PolicyType::Rcp).parse(&document(text)).expect(text);
        assert_eq!(grammar(PolicyType::Rcp).parse(&parsed.to_json()), Ok(parsed));
    }
    let rejected = [
        r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#,
        r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}"#,
        r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"arn:aws:s3:::b"}"#,
        r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"Bool":{"k":"true"}}}"#,
        r#"[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]"#,
    ];
    for text in rejected {
        assert!(grammar(PolicyType::Rcp).parse(&document(text)).is_err(), "{text}");
    }
}

#[test]
fn characters_are_counted() {
    let found = faults(PolicyType::Identity, "{\"Id\":\"中€中\",\n\"Statement\":\"\u{1}\"}");
    let summary: Vec<_> = found.iter().map(|fault| (fault.code, fault.region.start.to_string())).collect();
    // The control character is against JSON, too; it is told once.
    assert_eq!(
        summary,
        [(Code::Charset, "1:8".into()), (Code::Charset, "1:9".into()), (Code::Charset, "2:14".into())]
    );
    assert!(found[0].message.contains("occurs 2 times"), "{}", found[0]);
}

#[test]
fn bytes_that_are_not_utf8() {
    let found = grammar(PolicyType::Identity).parse_bytes(b"{\n\"Id\":\"\xff\"}").unwrap_err();
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].code, found[0].span.start, found[0].region.start.to_string()),
        (Code::Json, 8, "2:7".to_owned())
    );
    assert!(grammar(PolicyType::Identity).parse_bytes(b"\xc3").is_err());
    assert!(
        grammar(PolicyType::Identity)
            .parse_bytes(statement(r#""Action":"*","Resource":"é""#).as_bytes())
            .is_err()
    );
}

#[test]
fn hostile_documents_stay_bounded() {
    let wrong = vec!["7"; 50_000].join(",");
    let found = faults(PolicyType::Identity, &statement(&format!(r#""Action":[{wrong}],"Resource":"*""#)));
    assert_eq!(found.len(), MAX_FAULTS + 1);
    assert!(found[MAX_FAULTS].message.contains("49000 more"), "{}", found[MAX_FAULTS]);

    // Long names, which every pointer below repeats.
    let name = "k".repeat(1 << 20);
    let nulls = vec!["null"; 50_000].join(",");
    let found = faults(
        PolicyType::Identity,
        &statement(&format!(r#""Action":"*","Resource":"*","Condition":{{"Bool":{{"{name}":[{nulls}]}}}}"#)),
    );
    assert!(found.iter().map(|fault| fault.pointer.len() + fault.message.len()).sum::<usize>() < 4 << 20);

    let characters: String = (0x100..0x9000).filter_map(char::from_u32).collect();
    assert_eq!(faults(PolicyType::Identity, &characters).len(), MAX_FAULTS + 1);

    let keys: Vec<String> = (0..100_000).map(|index| format!("\"k{index}\":[]")).collect();
    let text =
        statement(&format!(r#""Action":"*","Resource":"*","Condition":{{"Bool":{{{}}}}}"#, keys.join(",")));
    assert!(grammar(PolicyType::Identity).parse(&text).is_ok());
    let text = statement(&format!(
        r#""Action":"*","Resource":"*","Condition":{{"Bool":{{{},{}}}}}"#,
        keys.join(","),
        keys.join(",")
    ));
    assert_eq!(faults(PolicyType::Identity, &text).len(), MAX_FAULTS + 1);

    let references = "${a}".repeat(1 << 20);
    let text = statement(&format!(r#""Action":"*","Resource":"arn:{references}:s3""#));
    assert!(grammar(PolicyType::Identity).parse(&text).is_ok());
    let unclosed = "${".repeat(1 << 20);
    let text = statement(&format!(r#""Action":"*","Resource":"arn:{unclosed}:s3""#)).replace("2012", "2008");
    assert!(grammar(PolicyType::Identity).parse(&text).is_ok());
    assert!(grammar(PolicyType::Identity).parse(&"[".repeat(100_000)).is_err());
}

#[test]
fn sizes() {
    let pad =
        |text: &str, filler: &str, length: usize| format!("{text}{}", filler.repeat(length - text.len()));
    for policy_type in PolicyType::ALL {
        for managed in [false, true] {
            let Some(limit) = size::Limit::of(policy_type, managed) else {
                assert!(size::check(&"x".repeat(1 << 20), policy_type, managed).is_ok());
                continue;
            };
            let full = pad("{}", "é", limit.characters);
            let full: String = full.chars().take(limit.characters).collect();
            assert!(size::check(&full, policy_type, managed).is_ok());
            let over = size::check(&format!("{full}x"), policy_type, managed).unwrap_err();
            assert_eq!((over.code, over.rule), (Code::Size, "GRAM-050"));
            let spaced = size::check(&format!("{full} \t\r\n"), policy_type, managed);
            assert_eq!(spaced.is_err(), limit.white_space, "{policy_type}");
        }
    }
    let half = "x".repeat(2_560);
    assert!(size::check_inline(size::Holder::Group, &[&half, &half, " \n"]).is_ok());
    let (index, fault) = size::check_inline(size::Holder::Group, &[&half, &half, "y", "z"]).unwrap_err();
    assert_eq!((index, fault.code), (2, Code::Size));
    assert!(fault.message.contains("5122"), "{fault}");
}

/// Texts with what has a meaning somewhere, and characters beyond U+00FF.
fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop::sample::select(vec![
            "a", "B", "7", "*", "?", "/", "-", " ", "\"", "\\", "é", "中", "😀", "\u{1}", "\n", "${$}",
        ]),
        0..6,
    )
    .prop_map(|pieces| pieces.concat())
}

fn literal(base: BaseOperator) -> BoxedStrategy<Literal> {
    if base.as_str().starts_with("Date") {
        return prop_oneof![
            Just(Literal::string("2030-01-01")),
            Just(Literal { text: "1704067200".into(), kind: LiteralKind::Number }),
        ]
        .boxed();
    }
    let number = prop::sample::select(vec!["0", "-1", "1.0", "1e3", "12345678901234567890.10"]);
    prop_oneof![
        text().prop_map(Literal::string),
        any::<bool>().prop_map(Literal::bool),
        number.prop_map(|text| Literal { text: text.into(), kind: LiteralKind::Number }),
    ]
    .boxed()
}

fn block() -> impl Strategy<Value = ConditionBlock> {
    let set =
        prop::sample::select(vec![None, Some(SetOperator::ForAllValues), Some(SetOperator::ForAnyValue)]);
    (prop::sample::select(BaseOperator::ALL.to_vec()), set, any::<bool>()).prop_flat_map(
        |(base, set, if_exists)| {
            let operator = Operator { set, base, if_exists: if_exists && base != BaseOperator::Null };
            let values = prop::collection::vec(literal(base), 0..3);
            prop::collection::vec(("[a-zK]{1,3}", values), 0..3).prop_map(move |keys| {
                let mut keys: Vec<_> =
                    keys.into_iter().map(|(key, values)| ConditionKey { key, values }).collect();
                keys.sort_by(|left, right| left.key.cmp(&right.key));
                keys.dedup_by(|left, right| left.key == right.key);
                ConditionBlock { operator, keys }
            })
        },
    )
}

fn principal(policy_type: PolicyType) -> BoxedStrategy<Option<PrincipalElement>> {
    let everyone = PrincipalSpec::Everyone;
    let aws = |value: &str| {
        PrincipalSpec::Map(vec![PrincipalEntry { key: PrincipalKey::Aws, values: vec![value.to_owned()] }])
    };
    let several = PrincipalSpec::Map(vec![
        PrincipalEntry { key: PrincipalKey::Service, values: vec!["a.b".into(), "c.d".into()] },
        PrincipalEntry { key: PrincipalKey::Federated, values: vec!["中".into()] },
    ]);
    let specs = match policy_type {
        PolicyType::Rcp => vec![everyone, aws("*")],
        PolicyType::Resource | PolicyType::Vpce | PolicyType::Trust => {
            vec![everyone, aws("*"), aws("123456789012"), several]
        }
        _ => return Just(None).boxed(),
    };
    let may_negate = matches!(policy_type, PolicyType::Resource | PolicyType::Vpce);
    (prop::sample::select(specs), any::<bool>())
        .prop_map(move |(spec, negated)| Some(PrincipalElement { negated: negated && may_negate, spec }))
        .boxed()
}

fn one_statement(policy_type: PolicyType) -> impl Strategy<Value = Statement> {
    let action = (any::<bool>(), prop::collection::vec(text(), 1..3)).prop_map(move |(negated, names)| {
        let vendor = if policy_type == PolicyType::Trust { "sTs" } else { "s3" };
        let entries = names.iter().map(|name| format!("{vendor}:{name}")).collect();
        Element { negated: negated && !matches!(policy_type, PolicyType::Trust | PolicyType::Rcp), entries }
    });
    let resource = (any::<bool>(), any::<bool>(), prop::collection::vec(text(), 1..3)).prop_map(
        move |(absent, negated, names)| {
            let entries = names.iter().map(|name| format!("arn:aws:s3:::{name}")).collect();
            let absent = policy_type == PolicyType::Trust || (policy_type == PolicyType::Resource && absent);
            (!absent).then_some(Element { negated, entries })
        },
    );
    let condition = prop::collection::vec(block(), 0..3).prop_map(|mut blocks| {
        blocks.sort_by_key(|block| block.operator.to_string());
        blocks.dedup_by_key(|block| block.operator);
        blocks
    });
    (any::<bool>(), principal(policy_type), action, resource, condition).prop_map(
        move |(allow, principal, action, resource, condition)| {
            let negated = principal.as_ref().is_some_and(|principal| principal.negated);
            let effect = if allow && !negated && policy_type != PolicyType::Rcp {
                Effect::Allow
            } else {
                Effect::Deny
            };
            Statement { sid: None, effect, principal, action, resource, condition }
        },
    )
}

fn document() -> impl Strategy<Value = (PolicyType, Document)> {
    prop::sample::select(PolicyType::ALL.to_vec()).prop_flat_map(|policy_type| {
        let free = matches!(policy_type, PolicyType::Resource | PolicyType::Trust | PolicyType::Vpce);
        let statements = prop::collection::vec((one_statement(policy_type), any::<bool>()), 1..4);
        (any::<bool>(), prop::option::of(text()), statements).prop_map(move |(new, id, statements)| {
            let new = new || matches!(policy_type, PolicyType::Scp | PolicyType::Rcp);
            let named = |(index, (statement, named)): (usize, (Statement, bool))| Statement {
                sid: named.then(|| Arc::from(format!("S{index}"))),
                ..statement
            };
            let document = Document {
                version: if new { Version::V2012 } else { Version::V2008 },
                id: id.filter(|_| free).map(Arc::from),
                statements: statements.into_iter().enumerate().map(named).collect(),
                regions: Vec::new(),
            };
            (policy_type, document)
        })
    })
}

proptest! {
    /// INV-009: writing and reading back changes nothing, for every policy type.
    #[test]
    fn documents_read_back((policy_type, document) in document()) {
        let json = document.to_json();
        let read = grammar(policy_type).parse(&json);
        prop_assert_eq!(read.as_ref(), Ok(&document), "{}", json);
        let pretty = json::pretty(&json).unwrap();
        let read = grammar(policy_type).parse(&pretty).unwrap();
        prop_assert_eq!(read.regions.len(), read.statements.len());
        prop_assert_eq!(read.to_json(), json);
        for (region, next) in read.regions.iter().zip(&read.regions[1..]) {
            prop_assert!(region.start < region.end && region.end < next.start);
        }
    }

    /// Broken documents are refused with findings inside the text, in order, whatever the break.
    #[test]
    fn broken_documents_are_explained((policy_type, document) in document(), cut in 0.0..1.0f64, with in prop::sample::select(vec![
        "", "\"", "{", "}", ",", "null", "[]", "\"x\":1,", "中", "\\",
    ])) {
        let json = document.to_json();
        let mut at = (json.len() as f64 * cut) as usize;
        while !json.is_char_boundary(at) {
            at -= 1;
        }
        let text = format!("{}{with}{}", &json[..at], json[at..].get(1..).unwrap_or(""));
        if let Err(found) = grammar(policy_type).parse(&text) {
            prop_assert!(!found.is_empty());
            prop_assert!(found.is_sorted_by_key(|fault| fault.span.start));
            for fault in found {
                prop_assert!(fault.span.end <= text.len() && fault.span.start <= fault.span.end);
                prop_assert!(fault.message.ends_with(['.', '?']) && fault.rule.starts_with("GRAM-"));
            }
        }
    }
}
