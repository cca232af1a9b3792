//! The shrinker: known minima, 1-minimality, determinism, budget, speed.

use std::time::{Duration, Instant};

use assize_generate::shrink::{one_step_simpler, one_step_simpler_text};
use assize_generate::{Budget, Seeded, Settings, raw_document, scenario, shrink, shrink_text};
use assize_model::json::{self, Value};
use assize_model::scenario::{self as files, Body, Case, Scenario};
use assize_model::{InputError, Policies, PolicyType, Principal, Request};

fn read(text: &str) -> Scenario {
    files::read(text).unwrap_or_else(|faults| panic!("{}: {text}", faults[0])).remove(0)
}

fn body(scenario: &Scenario) -> (&Policies, &[Case]) {
    match &scenario.body {
        Body::Requests { policies, requests, .. } => (policies, requests),
        Body::Operation { .. } => panic!("an operation"),
    }
}

fn requests(scenario: &Scenario) -> impl Iterator<Item = &Request> {
    body(scenario).1.iter().filter_map(|case| case.request.as_ref().ok())
}

/// The texts of all documents.
fn documents(scenario: &Scenario) -> Vec<&str> {
    let (policies, _) = body(scenario);
    let identity = policies.identity.iter().flatten().map(|identity| &identity.policy);
    let levels = policies.scps.iter().chain(&policies.rcps).flatten().flatten();
    let single =
        policies.endpoint.iter().map(|e| &e.policy).chain(policies.resource.iter().map(|r| &r.policy));
    let all = identity
        .chain(&policies.boundary)
        .chain(policies.session.iter().flatten())
        .chain(levels)
        .chain(single);
    all.map(|policy| &*policy.document.text).collect()
}

/// The statements of a document that can be read, in either spelling.
fn statements<'v>(document: &'v Value<'_>) -> Vec<&'v Value<'v>> {
    entries(document.get("Statement"))
}

fn entries<'v>(value: Option<&'v Value<'_>>) -> Vec<&'v Value<'v>> {
    match value {
        Some(value) => value.as_array().map_or_else(|| vec![value], |items| items.iter().collect()),
        None => Vec::new(),
    }
}

/// Whether a statement denies `action` by name.
fn denies(document: &str, action: &str) -> bool {
    json::parse(document).is_ok_and(|document| {
        statements(&document).into_iter().any(|statement| {
            statement.get("Effect").and_then(Value::as_str) == Some("Deny")
                && entries(statement.get("Action")).into_iter().any(|entry| entry.as_str() == Some(action))
        })
    })
}

/// A Deny statement that names `s3:PutObject`, and a request for it.
fn denies_a_put(scenario: &Scenario) -> bool {
    documents(scenario).into_iter().any(|document| denies(document, "s3:PutObject"))
        && requests(scenario).any(|request| request.action().as_str() == "s3:PutObject")
}

/// A scenario with `count` statements in each of three policies, of which one denies `s3:PutObject` in its list of actions.
fn large(count: usize) -> Scenario {
    let statement = |n: usize, effect: &str, actions: &str| {
        format!(
            r#"{{"Sid":"S{n}","Effect":"{effect}","Action":[{actions}],"Resource":["arn:aws:s3:::bucket-{n}","arn:aws:s3:::bucket-{n}/*"],
            "Condition":{{"StringEquals":{{"aws:PrincipalTag/team":["red","blue"]}},"IpAddress":{{"aws:SourceIp":"203.0.113.{}/32"}}}}}}"#,
            n % 256
        )
    };
    let policy = |id: &str, deny: Option<usize>| {
        let statements: Vec<String> = (0..count)
            .map(|n| match deny {
                Some(at) if at == n => {
                    statement(n, "Deny", r#""s3:GetObject","s3:PutObject","s3:DeleteObject""#)
                }
                _ => statement(n, "Allow", r#""s3:GetObject","s3:ListBucket""#),
            })
            .collect();
        format!(
            r#"{{"id":"{id}","document":{{"Version":"2012-10-17","Statement":[{}]}}}}"#,
            statements.join(",")
        )
    };
    let with_source = |policy: String| format!(r#"{{"source":"role",{}"#, &policy[1..]);
    let request = |action: &str, n: usize| {
        format!(
            r#"{{"name":"request {n}","principal":{{"kind":"role-session","partition":"aws","account":"222222222222","management":true,
            "role":{{"path":"/team/sub/","name":"Builder","id":"AROAEXAMPLEBUILDER"}},"session_name":"session-{n}","origin":{{"kind":"SAML","provider":"arn:aws:iam::222222222222:saml-provider/P"}}}},
            "action":"{action}","resource":{{"arn":"arn:aws:s3:::bucket-{n}/key","account":"111111111111"}},
            "context":{{"aws:SourceIp":["203.0.113.{n}"],"aws:PrincipalTag/team":"red"}},"expect":{{"decision":"Allow"}}}}"#
        )
    };
    let requests: Vec<String> =
        (0..12).map(|n| request(if n == 7 { "s3:PutObject" } else { "s3:GetObject" }, n)).collect();
    read(&format!(
        r#"{{"name":"large","rules":["EVAL-010"],"note":"a note","policies":{{"identity":[{},{}],"scps":[[{}]],
        "acl":[{{"grantee":{{"account":"222222222222"}},"permission":"READ","on":"object"}}]}},"requests":[{}]}}"#,
        with_source(policy("first", None)),
        with_source(policy("second", Some(count / 3))),
        policy("third", None),
        requests.join(",")
    ))
}

/// That a shrunk scenario fails and nothing one step simpler does.
fn assert_one_minimal(shrunk: &Scenario, still_fails: &dyn Fn(&Scenario) -> bool) {
    assert!(still_fails(shrunk));
    for simpler in one_step_simpler(shrunk) {
        assert!(!still_fails(&simpler), "{} is simpler than {}", simpler.to_json(), shrunk.to_json());
    }
}

#[test]
fn a_named_action_and_its_request_are_left() {
    let shrunk = shrink(&large(4), &mut denies_a_put, Budget::default());
    assert!(shrunk.minimal);
    assert_one_minimal(&shrunk.scenario, &denies_a_put);
    assert_eq!(documents(&shrunk.scenario), [r#"{"Statement":{"Effect":"Deny","Action":"s3:PutObject"}}"#]);
    let expected = read(
        r#"{"name":"large","rules":["EVAL-010"],"note":"a note",
        "policies":{"identity":[{"id":"","source":"user","document":"{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"s3:PutObject\"}}"}]},
        "requests":[{"principal":{"kind":"user","partition":"aws","account":"111111111111","path":"/","name":"a","id":"a"},
            "action":"s3:PutObject","resource":{"arn":"*"},"context":{}}]}"#,
    );
    assert_eq!(shrunk.scenario, expected, "{}", shrunk.scenario.to_json());
}

#[test]
fn hundreds_of_statements_shrink_at_once() {
    let start = Instant::now();
    let shrunk = shrink(&large(200), &mut denies_a_put, Budget::default());
    let took = start.elapsed();
    assert!(shrunk.minimal);
    assert_eq!(documents(&shrunk.scenario).len(), 1);
    assert!(took < Duration::from_secs(2), "{took:?} for {} attempts", shrunk.attempts);
}

#[test]
fn names_that_belong_together_are_shortened_together() {
    // A request for the bucket that the policy names, by an account that the policy names.
    let together = |scenario: &Scenario| {
        let all = documents(scenario).concat();
        requests(scenario).any(|request| {
            let bucket =
                request.resource().as_str().strip_prefix("arn:aws:s3:::").filter(|name| !name.is_empty());
            let account = request.principal().account().map(|account| account.id.clone());
            bucket.is_some_and(|name| all.contains(&format!(":::{name}\"")))
                && account.is_some_and(|account| all.contains(&account))
        })
    };
    let scenario = read(
        r#"{"name":"n","rules":["EVAL-010"],"policies":{"resource":{"kind":"kms-key","id":"policy","document":
        {"Version":"2012-10-17","Statement":[{"Sid":"x","Effect":"Allow","Principal":{"AWS":["987654321098","444444444444"]},"Action":"s3:*","Resource":["arn:aws:s3:::reports-2024"]}]}}},
        "requests":[{"principal":{"kind":"root","partition":"aws","account":"987654321098"},"action":"s3:GetObject","resource":{"arn":"arn:aws:s3:::reports-2024","account":"987654321098"}}]}"#,
    );
    assert!(together(&scenario));
    let shrunk = shrink(&scenario, &mut |scenario| together(scenario), Budget::default());
    assert_one_minimal(&shrunk.scenario, &together);
    let (policies, _) = body(&shrunk.scenario);
    let text = &*policies.resource.as_ref().expect("the policy is needed").policy.document.text;
    assert_eq!(text, r#"{"Principal":"111111111111","Resource":"arn:aws:s3:::a"}"#);
}

#[test]
fn a_principal_keeps_what_it_needs() {
    let sessions = |scenario: &Scenario| {
        requests(scenario).any(|request| matches!(request.principal(), Principal::RoleSession(_)))
    };
    let shrunk = shrink(&large(1), &mut |scenario| sessions(scenario), Budget::default());
    assert_one_minimal(&shrunk.scenario, &sessions);
    let expected = read(
        r#"{"name":"large","rules":["EVAL-010"],"note":"a note","policies":{},"requests":[{"principal":{"kind":"role-session",
        "partition":"aws","account":"111111111111","role":{"path":"/","name":"a","id":"a"},"session_name":"a","origin":{"kind":"AssumeRole"}},
        "action":"a:a","resource":{"arn":"*"}}]}"#,
    );
    assert_eq!(shrunk.scenario, expected, "{}", shrunk.scenario.to_json());
}

#[test]
fn requests_get_no_new_input_errors() {
    let invalid = |scenario: &Scenario| {
        body(scenario)
            .1
            .iter()
            .any(|case| matches!(&case.request, Err(invalid) if invalid.error == InputError::InvalidAction))
    };
    let mut never = |scenario: &Scenario| {
        assert!(body(scenario).1.iter().all(|case| case.request.is_ok()), "{}", scenario.to_json());
        true
    };
    assert!(shrink(&large(2), &mut never, Budget::default()).minimal);
    // One that is there stays possible.
    let scenario = read(
        r#"{"name":"n","rules":["EVAL-010"],"policies":{},"requests":[{"principal":{"kind":"anonymous"},"action":"Get Object","resource":{"arn":"*"},"expect":{"error":"InvalidAction"}}]}"#,
    );
    let shrunk = shrink(&scenario, &mut |scenario| invalid(scenario), Budget::default());
    assert_one_minimal(&shrunk.scenario, &invalid);
    let Err(left) = &body(&shrunk.scenario).1[0].request else { panic!("valid") };
    assert_eq!(&*left.written, r#"{"principal":{"kind":"anonymous"},"action":"","resource":{"arn":""}}"#);
}

#[test]
fn a_document_that_is_no_json_is_shrunk_as_text() {
    let scenario = read(
        r#"{"name":"n","rules":["GRAM-002"],"policies":{"identity":[{"id":"p","source":"user","document":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",},]}"}]},"requests":[],"expect":{"rejected":"E_JSON"}}"#,
    );
    let trailing = |scenario: &Scenario| {
        documents(scenario).into_iter().any(|text| json::parse(text).is_err() && text.contains(",}"))
    };
    let shrunk = shrink(&scenario, &mut |scenario| trailing(scenario), Budget::default());
    assert_one_minimal(&shrunk.scenario, &trailing);
    assert_eq!(documents(&shrunk.scenario), [",}"]);
}

#[test]
fn spelling_that_matters_is_kept() {
    // An escape that laying the document out would lose.
    let scenario = read(
        r#"{"name":"n","rules":["GRAM-004"],"policies":{"identity":[{"id":"p","source":"user","document":"{ \"Statement\": {\"Eff\\u0065ct\":\"Allow\"}}"}]},"requests":[],"expect":{"accepted":true}}"#,
    );
    let escaped = |scenario: &Scenario| documents(scenario).into_iter().any(|text| text.contains(r"\u0065"));
    let shrunk = shrink(&scenario, &mut |scenario| escaped(scenario), Budget::default());
    assert_one_minimal(&shrunk.scenario, &escaped);
    assert_eq!(documents(&shrunk.scenario), [r"\u0065"]);
}

#[test]
fn an_operation_is_shrunk_too() {
    let scenario = read(
        r#"{"name":"n","rules":["DELEG-023"],"operation":{"op":"AssumeRole","role":{"path":"/x/","name":"R"},"duration":3600,"tags":["a","b"]},"expect":{"outcome":"rejected","reason":"Duration"}}"#,
    );
    let has_duration = |scenario: &Scenario| match &scenario.body {
        Body::Operation { operation, .. } => {
            json::parse(operation).is_ok_and(|value| value.get("duration").is_some())
        }
        Body::Requests { .. } => false,
    };
    let shrunk = shrink(&scenario, &mut |scenario| has_duration(scenario), Budget::default());
    assert_one_minimal(&shrunk.scenario, &has_duration);
    let Body::Operation { operation, expect } = &shrunk.scenario.body else { panic!("no operation") };
    assert_eq!(
        (&**operation, &**expect),
        (r#"{"op":"AssumeRole","duration":0}"#, r#"{"outcome":"rejected"}"#)
    );
}

#[test]
fn the_budget_ends_the_search() {
    for attempts in [0, 1, 2, 10, 100] {
        let mut asked = 0;
        let mut still_fails = |scenario: &Scenario| {
            asked += 1;
            denies_a_put(scenario)
        };
        let shrunk = shrink(&large(20), &mut still_fails, Budget { attempts });
        assert_eq!((asked, shrunk.attempts, shrunk.minimal), (attempts, attempts, false));
        assert!(denies_a_put(&shrunk.scenario));
    }
}

#[test]
fn what_does_not_fail_comes_back() {
    let scenario = large(2);
    let shrunk = shrink(&scenario, &mut |_| false, Budget::default());
    assert_eq!((&shrunk.scenario, shrunk.attempts, shrunk.minimal), (&scenario, 1, false));
    let shrunk = shrink_text("{}", &mut |_| false, Budget::default());
    assert_eq!((shrunk.text.as_str(), shrunk.attempts, shrunk.minimal), ("{}", 1, false));
}

/// Failures of generated scenarios with a signature that any of them may have.
#[test]
fn generated_scenarios_end_minimal_and_always_the_same() {
    type Fails = fn(&Scenario) -> bool;
    let kinds: [(&str, Fails); 4] = [
        ("a condition", |s| documents(s).into_iter().any(|text| text.contains("\"Condition\""))),
        ("two allows", |s| documents(s).concat().matches("\"Allow\"").count() > 1),
        ("an account with a user", |s| requests(s).any(|r| matches!(r.principal(), Principal::User(_)))),
        ("context and a wildcard", |s| {
            requests(s).any(|r| !r.context().entries().is_empty()) && documents(s).concat().contains('*')
        }),
    ];
    let mut tried = [0; 4];
    for index in 0..60 {
        let scenario = scenario(&mut Seeded::case(11, index), &Settings::default());
        for (nth, (name, still_fails)) in kinds.into_iter().enumerate() {
            if !still_fails(&scenario) || tried[nth] >= 12 {
                continue;
            }
            tried[nth] += 1;
            let run = || shrink(&scenario, &mut |scenario| still_fails(scenario), Budget::default());
            let shrunk = run();
            assert!(shrunk.minimal, "{name}, case {index}: {} attempts", shrunk.attempts);
            assert_one_minimal(&shrunk.scenario, &still_fails);
            assert_eq!(shrunk, run());
            // What is kept reads back (design: nothing is written that is not read back).
            let written = shrunk.scenario.to_json();
            assert_eq!(read(&written).to_json(), written);
        }
    }
    assert!(tried.iter().all(|&count| count > 3), "{tried:?}");
}

#[test]
fn texts_are_shrunk_by_structure_or_by_characters() {
    let deep = |text: &str| json::parse(text).is_ok_and(|value| value.get("Statement").is_some());
    let text = r#" {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}, {"Effect": "Deny"}]} "#;
    let shrunk = shrink_text(text, &mut |text| deep(text), Budget::default());
    assert_eq!((shrunk.text.as_str(), shrunk.minimal), (r#"{"Statement":[]}"#, true));

    let mark = |text: &str| text.contains('\u{feff}') && text.contains("Deny");
    let shrunk = shrink_text(&format!("\u{feff}{text}"), &mut |text| mark(text), Budget::default());
    assert_eq!((shrunk.text.as_str(), shrunk.minimal), ("\u{feff}Deny", true));
}

#[test]
fn a_long_text_with_one_wrong_character_shrinks_at_once() {
    let mut text = documents(&large(60))[0].to_owned();
    text.insert(text.len() / 2, '\u{4e2d}');
    assert!(text.len() > 15_000);
    let start = Instant::now();
    let shrunk = shrink_text(&text, &mut |text| text.contains('\u{4e2d}'), Budget::default());
    assert_eq!((shrunk.text.as_str(), shrunk.minimal), ("\u{4e2d}", true));
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[test]
fn raw_documents_end_minimal() {
    for index in 0..40 {
        let document = raw_document(&mut Seeded::case(5, index), PolicyType::Resource);
        let still_fails = |text: &str| text.contains("Effect") && text.len() % 2 == document.text.len() % 2;
        if !still_fails(&document.text) {
            continue;
        }
        let shrunk = shrink_text(&document.text, &mut |text| still_fails(text), Budget::default());
        assert!(shrunk.minimal, "{} attempts", shrunk.attempts);
        assert!(still_fails(&shrunk.text));
        for simpler in one_step_simpler_text(&shrunk.text) {
            assert!(!still_fails(&simpler), "{simpler:?} is simpler than {:?}", shrunk.text);
        }
    }
}
