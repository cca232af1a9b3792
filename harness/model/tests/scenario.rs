//! The case format: strict reading, faithful writing.

use assize_model::scenario::{
    Acceptance, Body, Expect, Fault, policies_json, read, read_policies, request_json,
};
use assize_model::{DecidingType, Decision, InputError, PolicyType, Scenario};

/// One scenario with a requester, resource and context to be varied.
fn scenario(principal: &str, resource: &str, context: &str) -> String {
    format!(
        r#"{{"name": "a/b", "rules": ["EVAL-043"],
            "policies": {{
                "identity": [{{"id": "p", "source": "user", "document": {{"Statement": [] }} }}],
                "scps": [[]],
                "boundary": null,
                "acl": [{{"grantee": {{"group": "AllUsers"}}, "permission": "READ", "on": "object"}}]
            }},
            "requests": [{{"principal": {principal}, "action": "s3:GetObject", "resource": {resource},
                "context": {context},
                "expect": {{"decision": "ImplicitDeny", "deciding": "identity", "determining": []}} }}]}}"#
    )
}

const BOB: &str = r#"{"kind": "user", "partition": "aws", "account": "222222222222", "path": "/", "name": "bob", "id": "AIDABOB"}"#;
const OBJECT: &str = r#"{"arn": "arn:aws:s3:::bkt/k", "account": "111111111111"}"#;

fn one(text: &str) -> Scenario {
    let mut scenarios = read(text).unwrap_or_else(|faults| panic!("{faults:?}"));
    assert_eq!(scenarios.len(), 1);
    scenarios.remove(0)
}

/// The input error of the only request of a scenario.
fn input_error(text: &str) -> Option<InputError> {
    match one(text).body {
        Body::Requests { requests, .. } => requests[0].request.as_ref().err().map(|invalid| invalid.error),
        Body::Operation { .. } => None,
    }
}

fn faults(text: &str) -> Vec<Fault> {
    read(text).expect_err("the file has faults")
}

#[test]
fn a_scenario_reads_as_written() {
    let read = one(&scenario(BOB, OBJECT, r#"{"k": [1.0, true, "x"]}"#));
    let Body::Requests { policies, requests, expect } = &read.body else { panic!("requests expected") };
    assert_eq!(expect, &None);
    assert_eq!(policies.scps.as_deref(), Some(&[vec![]][..]));
    assert_eq!(policies.rcps, None);
    let identity = &policies.identity.as_ref().expect("present")[0];
    assert_eq!(&*identity.policy.document.text, r#"{"Statement": [] }"#);
    let origin = identity.policy.document.origin.expect("stands in the file");
    assert_eq!((origin.line, origin.column), (3, 72));
    let request = requests[0].request.as_ref().expect("valid");
    assert_eq!(request.principal().arn(), Some("arn:aws:iam::222222222222:user/bob"));
    let texts: Vec<&str> =
        request.context().entries()[0].values.iter().map(|value| value.text.as_str()).collect();
    assert_eq!(texts, ["1.0", "true", "x"]);
    let expected = Expect::Decision {
        decision: Decision::ImplicitDeny,
        deciding: Some(Some(DecidingType::Policy(PolicyType::Identity))),
        determining: Some(vec![]),
    };
    assert_eq!(requests[0].expect, Some(expected));
}

#[test]
fn unknown_and_repeated_members_and_words_are_faults_with_places() {
    let text = r#"{"name": "a", "rules": ["EVAL-001"], "rule": 1,
 "policies": {"rcp": []}, "policies": {},
 "expect": {"rejected": "E_NOPE"}}"#;
    let found: Vec<(String, String)> =
        faults(text).into_iter().map(|fault| (fault.position.to_string(), fault.pointer)).collect();
    let expected =
        [("2:27", "/policies"), ("1:38", "/rule"), ("2:15", "/policies/rcp"), ("3:25", "/expect/rejected")];
    assert_eq!(found, expected.map(|(at, pointer)| (at.to_owned(), pointer.to_owned())));
}

#[test]
fn a_scenario_that_asks_nothing_is_a_fault() {
    assert_eq!(faults(r#"{"name": "a", "rules": ["X-001"], "policies": {}, "requests": []}"#).len(), 1);
    assert_eq!(
        faults(r#"{"name": "a", "rules": [], "policies": {}, "expect": {"accepted": true}}"#).len(),
        1
    );
    let taken = one(r#"{"name": "a", "rules": ["X-001"], "policies": {}, "expect": {"accepted": true}}"#);
    let Body::Requests { expect, .. } = taken.body else { panic!("requests expected") };
    assert_eq!(expect, Some(Acceptance::Accepted));
}

#[test]
fn what_is_wrong_with_a_request_alone_is_its_input_error() {
    let anyone = |principal: &str| input_error(&scenario(principal, OBJECT, "{}"));
    assert_eq!(anyone(BOB), None);
    assert_eq!(anyone(r#"{"kind": "role"}"#), Some(InputError::RoleEntityAsRequester));
    assert_eq!(
        anyone(r#"{"kind": "role-session", "arn": "arn:aws:sts::111111111111:assumed-role/R/s1"}"#),
        Some(InputError::MissingIssuer)
    );
    assert_eq!(
        anyone(
            r#"{"kind": "federated-user", "partition": "aws", "account": "222222222222", "name": "carol"}"#
        ),
        Some(InputError::MissingIssuer)
    );
    assert_eq!(anyone(&BOB.replace("222222222222", "2222-2222")), Some(InputError::InvalidPrincipal));
    assert_eq!(anyone(&BOB.replace(r#""path": "/""#, r#""path": "x""#)), Some(InputError::InvalidPrincipal));
    assert_eq!(
        anyone(r#"{"kind": "federated-caller", "provider": "accounts.google.com"}"#),
        Some(InputError::FederatedCallerOnlyForSts)
    );
    let on = |resource: &str| input_error(&scenario(BOB, resource, "{}"));
    assert_eq!(on(r#"{"arn": "arn:aws:s3"}"#), Some(InputError::InvalidResource));
    assert_eq!(on(r#"{"arn": "arn:aws:s3:::b"}"#), Some(InputError::MissingOwner));
    let queue = r#"{"arn": "arn:aws:sqs:us-east-1:123456789012:q", "account": "222222222222"}"#;
    assert_eq!(on(queue), Some(InputError::OwnerMismatch));
    assert_eq!(on(r#"{"arn": "*"}"#), None);
    assert_eq!(on(r#"{"arn": "*", "account": "111111111111"}"#), Some(InputError::OwnerMismatch));
    let with = |context: &str| input_error(&scenario(BOB, OBJECT, context));
    assert_eq!(with(r#"{"k": 1, "K": 2}"#), Some(InputError::DuplicateContextKey));
    assert_eq!(with(r#"{"k": 1, "k": 2}"#), Some(InputError::DuplicateContextKey));
    assert_eq!(with(r#"{"AWS:username": "eve"}"#), Some(InputError::DerivedContextKey));
    assert_eq!(with(r#"{"": 1}"#), Some(InputError::InvalidContext));
    assert_eq!(with(r#"{"k": null}"#), Some(InputError::InvalidContext));
    assert_eq!(with(r#"{"k": [["a"]]}"#), Some(InputError::InvalidContext));
}

#[test]
fn what_is_written_is_read_back() {
    let account = r#""partition": "aws-cn", "account": "222222222222""#;
    let principals = [
        BOB.to_owned(),
        format!(r#"{{"kind": "root", {account}, "assumed_root": true}}"#),
        format!(r#"{{"kind": "root", {account}, "session_token": {{"mfa": true}}, "management": true}}"#),
        format!(
            r#"{{"kind": "role-session", {account}, "canonical_user_id": "79a5",
                "role": {{"path": "/app/", "name": "R", "id": "AROAR"}}, "session_name": "s",
                "origin": {{"kind": "WebIdentity", "provider": "accounts.google.com"}} }}"#
        ),
        format!(
            r#"{{"kind": "federated-user", {account}, "name": "carol", "console": true,
                "issuer": {{"kind": "user", "path": "/", "name": "app", "id": "AIDAAPP"}} }}"#
        ),
        format!(r#"{{"kind": "federated-user", {account}, "name": "x", "issuer": {{"kind": "root"}} }}"#),
        r#"{"kind": "service", "name": "b.amazonaws.com", "names_list": ["a.amazonaws.com", "b.amazonaws.com"]}"#
            .to_owned(),
        r#"{"kind": "anonymous"}"#.to_owned(),
        r#"{"kind": "role"}"#.to_owned(),
    ];
    for principal in principals {
        let first = one(&scenario(&principal, OBJECT, r#"{"quote\"": [1e3, "\u4e2d\n"]}"#));
        let second = one(&first.to_json());
        assert_eq!(first.to_json(), second.to_json(), "{principal}");
        let (Body::Requests { requests: a, .. }, Body::Requests { requests: b, .. }) =
            (&first.body, &second.body)
        else {
            panic!("requests expected")
        };
        assert_eq!(
            a[0].request.as_ref().map(request_json).ok(),
            b[0].request.as_ref().map(request_json).ok()
        );
        assert_eq!(a[0].expect, b[0].expect);
    }
}

#[test]
fn the_wire_form_of_policies_keeps_every_text() {
    let text = r#"{"session": [],
        "resource": {"kind": "kms-key", "id": "k", "document": "{\"Statement\":1,  \"Statement\":2"},
        "endpoint": {"kind": "gateway", "id": "e", "document": { "Statement" :  1.0 }}, "check_size": true,
        "boundary": [{"id": "a", "document": "x"}, {"id": "b", "document": "y", "managed": true}]}"#;
    let policies = read_policies(text).expect("no faults");
    assert_eq!(read_policies(&policies_json(&policies)).expect("no faults"), policies);
}

#[test]
fn hostile_scenario_files_end_in_faults() {
    for text in ["", "[", "{}", "null", "[[]]", r#"{"name": 1, "rules": {}, "policies": [], "requests": {}}"#]
    {
        assert!(!faults(text).is_empty(), "{text}");
    }
    assert!(!faults(&"[".repeat(100_000)).is_empty());
    assert!(!faults(&format!(r#"{{"operation": {}"#, "{\"a\":".repeat(100_000))).is_empty());
}
