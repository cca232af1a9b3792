//! What a trial makes of evaluators that fall short in every way there is.

use std::sync::Arc;

use assize::catalogue::{Catalogue, Status};
use assize::compare::{Strength, compare};
use assize::corpus::Entry;
use assize::tally::Tally;
use assize::trial::{Judgement, Subject, Trial, Tried};
use assize_model::evaluator::RefusedDocument;
use assize_model::json::Value;
use assize_model::{
    Capabilities, Code, DecidingType, Decision, Description, Diagnostic, Evaluator, Grammar, InputError,
    Policies, PolicyType, Position, Prepared, Refusal, Request, Verdict, scenario,
};
use assize_reference::Reference;

/// What the evaluator of these tests does.
#[derive(Clone)]
enum Does {
    Answers(Verdict),
    Refuses(Vec<Diagnostic>),
    PanicsPreparing,
    PanicsAnswering,
    Performs(Result<String, String>),
}

impl Evaluator for Does {
    fn describe(&self) -> Description {
        let text = || "fake".to_owned();
        Description { name: text(), version: text(), language: text(), capabilities: Capabilities::full() }
    }

    fn prepare<'e>(&'e self, _: &Policies) -> Result<Box<dyn Prepared + 'e>, Refusal> {
        match self {
            Does::Refuses(faults) => {
                let document = RefusedDocument {
                    policy_type: PolicyType::Identity,
                    policy: "p".to_owned(),
                    faults: faults.clone(),
                };
                Err(Refusal { documents: vec![document], reason: None })
            }
            Does::PanicsPreparing => panic!("a bug"),
            _ => Ok(Box::new(self.clone())),
        }
    }

    fn perform(&self, _: &Value<'_>) -> Option<Result<String, String>> {
        match self {
            Does::Performs(outcome) => Some(outcome.clone()),
            _ => None,
        }
    }
}

impl Prepared for Does {
    fn evaluate(&self, _: &Request) -> Verdict {
        match self {
            Does::Answers(verdict) => verdict.clone(),
            Does::PanicsAnswering => panic!("another bug"),
            _ => Verdict::Unsupported("not asked".to_owned()),
        }
    }
}

fn decided(decision: Decision, deciding: Option<Option<DecidingType>>) -> Verdict {
    Verdict::Decided { decision, deciding, determining: None }
}

const DENIED_BY_SCP: Option<Option<DecidingType>> = Some(Some(DecidingType::Policy(PolicyType::Scp)));

/// A scenario of one request, or what else `rest` says.
fn entry(rest: &str) -> Entry {
    let text = format!(r#"{{"name": "n", "rules": ["EVAL-005"], {rest}}}"#);
    let scenario = scenario::read(&text).unwrap().remove(0);
    Entry { file: Arc::from(std::path::Path::new("n.json")), position: Position::START, scenario }
}

fn request(member: &str) -> Entry {
    entry(&format!(
        r#""policies": {{}}, "requests": [{{"principal": {{"kind": "anonymous"}}, "action": "s3:GetObject",
           "resource": {{"arn": "arn:aws:s3:::b/k", "account": "111111111111"}}{member}}}]"#
    ))
}

fn expecting(expect: &str) -> Entry {
    request(&format!(", \"expect\": {expect}"))
}

/// How a trial of one evaluator ends.
fn judged(does: Does, own: bool, entry: &Entry) -> Judgement {
    tried(&[(&does, own)], entry).judgement
}

fn tried<'c>(evaluators: &[(&dyn Evaluator, bool)], entry: &'c Entry) -> Tried<'c> {
    let catalogue = Catalogue::standard().unwrap();
    let subjects = evaluators
        .iter()
        .enumerate()
        .map(|(at, &(evaluator, own))| Subject { name: format!("e{at}"), evaluator, own })
        .collect();
    let trial = Trial { subjects, strength: Strength::Record, catalogue: &catalogue };
    let all: Vec<_> = trial.results([entry]).collect();
    let [one] = <[_; 1]>::try_from(all).unwrap();
    one
}

const EXPECT_SCP: &str = r#"{"decision": "ImplicitDeny", "deciding": "scp", "determining": []}"#;

#[test]
fn what_is_said_is_compared_and_nothing_else() {
    let entry = expecting(EXPECT_SCP);
    let judge = |verdict| judged(Does::Answers(verdict), true, &entry).as_str();
    assert_eq!(judge(decided(Decision::ImplicitDeny, None)), "passed");
    assert_eq!(judge(decided(Decision::ImplicitDeny, DENIED_BY_SCP)), "passed");
    assert_eq!(judge(decided(Decision::ImplicitDeny, Some(None))), "failed");
    assert_eq!(judge(decided(Decision::ExplicitDeny, None)), "failed");
    assert_eq!(judge(Verdict::InputError(InputError::MissingOwner)), "failed");
    assert_eq!(judge(Verdict::Failed("hung".to_owned())), "failed");
    assert_eq!(judge(Verdict::Unsupported("no SCPs".to_owned())), "not_tried");
}

#[test]
fn a_failure_says_what_was_expected_and_what_came() {
    let Judgement::Failed(failures) =
        judged(Does::Answers(decided(Decision::Allow, Some(None))), true, &expecting(EXPECT_SCP))
    else {
        panic!("it must fail");
    };
    let difference = failures[0].difference.to_string();
    assert_eq!(
        difference,
        "decision: expected ImplicitDeny, actual Allow\ndeciding: expected scp, actual none"
    );
    assert_eq!((failures[0].evaluator.as_str(), failures[0].against.as_str()), ("e0", "expectation"));
}

#[test]
fn only_firm_rules_accuse_a_foreign_evaluator() {
    for status in Status::ALL {
        let entry = request(&format!(r#", "status": "{status}", "expect": {EXPECT_SCP}"#));
        let wrong = Does::Answers(decided(Decision::Allow, None));
        let foreign = if status.accuses() { "failed" } else { "diverged" };
        assert_eq!(judged(wrong.clone(), false, &entry).as_str(), foreign, "{status}");
        assert_eq!(judged(wrong, true, &entry).as_str(), "failed", "{status}");
    }
}

#[test]
fn panics_are_failures_of_the_evaluator() {
    let entry = expecting(EXPECT_SCP);
    for (does, message) in
        [(Does::PanicsPreparing, "panicked: a bug"), (Does::PanicsAnswering, "panicked: another bug")]
    {
        let Judgement::Failed(failures) = judged(does, true, &entry) else { panic!("it must fail") };
        assert!(failures[0].difference.to_string().contains(message), "{}", failures[0].difference);
    }
    // Even where nothing is expected.
    assert_eq!(judged(Does::PanicsAnswering, true, &request("")).as_str(), "failed");
}

#[test]
fn input_errors_are_expected_by_name() {
    let entry = expecting(r#"{"error": "ScpOnAnonymous"}"#);
    let judge = |error| judged(Does::Answers(Verdict::InputError(error)), true, &entry).as_str();
    assert_eq!(judge(InputError::ScpOnAnonymous), "passed");
    assert_eq!(judge(InputError::ScpOnService), "failed");
    assert_eq!(judged(Does::Answers(decided(Decision::Allow, None)), true, &entry).as_str(), "failed");
}

/// The model refuses such a request, so that a foreign evaluator never sees it: no credit for it.
#[test]
fn a_request_that_cannot_be_put_together_is_ours_to_refuse() {
    let mut entry = expecting(r#"{"error": "InvalidAction"}"#);
    let text = entry.scenario.to_json().replace("s3:GetObject", "GetObject");
    entry.scenario = scenario::read(&text).unwrap().remove(0);
    let does = Does::Answers(decided(Decision::Allow, None));
    assert_eq!(judged(does.clone(), true, &entry).as_str(), "passed");
    assert_eq!(judged(does, false, &entry).as_str(), "not_tried");
}

fn fault(code: Code) -> Diagnostic {
    let grammar = Grammar { policy_type: PolicyType::Identity, managed: false, is_date: |_| true };
    let mut fault = grammar.parse("").unwrap_err().remove(0);
    fault.code = code;
    fault
}

#[test]
fn the_code_of_a_refusal_binds_ours_alone() {
    let entry = entry(r#""policies": {}, "requests": [], "expect": {"rejected": "E_SID"}"#);
    let judge = |does, own| judged(does, own, &entry).as_str();
    assert_eq!(judge(Does::Refuses(vec![fault(Code::Type), fault(Code::Sid)]), true), "passed");
    assert_eq!(judge(Does::Refuses(vec![fault(Code::Type)]), true), "failed");
    assert_eq!(judge(Does::Refuses(vec![]), false), "passed");
    assert_eq!(judge(Does::Answers(decided(Decision::Allow, None)), false), "failed");
    assert_eq!(judge(Does::PanicsPreparing, false), "failed");
}

#[test]
fn refused_policies_decide_nothing() {
    let Judgement::Failed(failures) =
        judged(Does::Refuses(vec![fault(Code::Sid)]), true, &expecting(EXPECT_SCP))
    else {
        panic!("it must fail");
    };
    let text = failures[0].difference.to_string();
    assert_eq!(text, "verdict: expected ImplicitDeny, actual failed: policies refused: identity p (E_SID)");
}

#[test]
fn two_evaluators_are_held_against_each_other() {
    let entry = request("");
    let [allow, same, deny] = [
        decided(Decision::Allow, Some(None)),
        decided(Decision::Allow, None),
        decided(Decision::ImplicitDeny, DENIED_BY_SCP),
    ]
    .map(Does::Answers);
    assert_eq!(tried(&[(&allow, true)], &entry).judgement.as_str(), "not_tried");
    assert_eq!(tried(&[(&allow, true), (&same, true)], &entry).judgement, Judgement::Passed);
    let Judgement::Failed(failures) = tried(&[(&allow, true), (&deny, true)], &entry).judgement else {
        panic!("it must fail");
    };
    assert_eq!((failures[0].evaluator.as_str(), failures[0].against.as_str()), ("e1", "e0"));
    // Whom a foreign evaluator differs from may be wrong where the standard is open.
    let open = request(r#", "status": "choice""#);
    assert_eq!(tried(&[(&allow, true), (&deny, false)], &open).judgement.as_str(), "diverged");
    // One of two that says nothing is told, and does not spoil the rest.
    let silent = Does::Answers(Verdict::Unsupported("no".to_owned()));
    let expecting = expecting(r#"{"decision": "Allow"}"#);
    let result = tried(&[(&allow, true), (&silent, true)], &expecting);
    assert_eq!(
        (result.judgement, result.silent),
        (Judgement::Passed, vec![("e1".to_owned(), "no".to_owned())])
    );
}

#[test]
fn evaluators_that_differ_about_acceptance_differ() {
    let takes = Does::Answers(decided(Decision::Allow, None));
    let refuses = Does::Refuses(vec![fault(Code::Sid)]);
    // By their answers, and where they are asked about acceptance alone.
    let alone = entry(r#""policies": {}, "requests": [], "expect": {"accepted": true}"#);
    for entry in [request(""), alone] {
        let Judgement::Failed(failures) = tried(&[(&takes, true), (&refuses, true)], &entry).judgement else {
            panic!("it must fail");
        };
        assert!(failures.iter().any(|failure| failure.against == "e0"), "{failures:?}");
    }
}

#[test]
fn an_outcome_must_have_the_members_that_a_case_names() {
    let entry = entry(
        r#""operation": {"op": "X"}, "expect": {"outcome": "ok", "reason": null, "tags": {"a": "1", "b": "2"}}"#,
    );
    let judge = |outcome: &str| judged(Does::Performs(Ok(outcome.to_owned())), true, &entry).as_str();
    assert_eq!(judge(r#"{"outcome": "ok", "tags": {"b": "2", "a": "1"}, "more": 1}"#), "passed");
    assert_eq!(judge(r#"{"outcome": "ok", "tags": {"a": "1", "b": "2"}, "reason": null}"#), "passed");
    assert_eq!(judge(r#"{"outcome": "ok", "tags": {"a": "1", "b": "2"}, "reason": "x"}"#), "failed");
    assert_eq!(judge(r#"{"outcome": "ok", "tags": {"a": "1"}}"#), "failed");
    assert_eq!(judge("garbage"), "failed");
    // A map is compared whole, the objects of a list by the members that are named.
    assert_eq!(judge(r#"{"outcome": "ok", "tags": {"a": "1", "b": "2", "c": "3"}}"#), "failed");
    assert_eq!(judged(Does::Performs(Err("unknown".to_owned())), true, &entry).as_str(), "failed");
    assert_eq!(judged(Does::PanicsPreparing, true, &entry).as_str(), "not_tried");
}

#[test]
fn objects_in_lists_must_have_the_members_that_a_case_names() {
    let entry = entry(
        r#""operation": {"op": "X"}, "expect": {"outcome": "ok", "results": [{"resource": "a", "why": null}, {"keys": ["k"]}]}"#,
    );
    let judge = |results: &str| {
        judged(Does::Performs(Ok(format!("{{\"outcome\": \"ok\", \"results\": {results}}}"))), true, &entry)
            .as_str()
    };
    assert_eq!(judge(r#"[{"resource": "a", "more": 1}, {"keys": ["k"]}]"#), "passed");
    assert_eq!(judge(r#"[{"resource": "a", "why": "b"}, {"keys": ["k"]}]"#), "failed");
    assert_eq!(judge(r#"[{"resource": "b"}, {"keys": ["k"]}]"#), "failed");
    assert_eq!(judge(r#"[{"resource": "a"}, {"keys": ["k", "l"]}]"#), "failed");
    assert_eq!(judge(r#"[{"keys": ["k"]}, {"resource": "a"}]"#), "failed");
    assert_eq!(judge(r#"[{"resource": "a"}]"#), "failed");
    assert_eq!(judge(r#"{"resource": "a"}"#), "failed");
}

#[test]
fn strengths_include_each_other() {
    let one = decided(Decision::ImplicitDeny, DENIED_BY_SCP);
    let other = decided(Decision::ImplicitDeny, Some(Some(DecidingType::Policy(PolicyType::Identity))));
    assert_eq!(compare(&one, &other, Strength::Decision), None);
    assert!(compare(&one, &other, Strength::Deciding).is_some());
    assert!(compare(&one, &other, Strength::Record).is_some());

    let reference = Reference::new();
    let prepared = Evaluator::prepare(&reference, &Policies::default()).unwrap();
    let scenario::Body::Requests { requests, .. } = request("").scenario.body else { panic!("requests") };
    let verdict = prepared.evaluate(requests[0].request.as_ref().unwrap());
    let Verdict::Evaluated(mut record) = verdict.clone() else { panic!("a record") };
    record.missing_context_keys.push("aws:SourceIp".to_owned());
    let changed = Verdict::Evaluated(record);
    assert_eq!(compare(&verdict, &changed, Strength::Deciding), None);
    let difference = compare(&verdict, &changed, Strength::Record).unwrap().to_string();
    assert_eq!(difference, "missing_context_keys: expected [], actual [aws:SourceIp]");
}

#[test]
fn a_tally_counts_for_every_rule_named() {
    let catalogue = Catalogue::standard().unwrap();
    let text = expecting(EXPECT_SCP)
        .scenario
        .to_json()
        .replace("\"EVAL-005\"", "\"EVAL-005\", \"PRIN-001\", \"EVAL-005\"");
    let mut entry = expecting(EXPECT_SCP);
    entry.scenario = scenario::read(&text).unwrap().remove(0);
    let does = Does::Answers(decided(Decision::Allow, None));
    let mut tally = Tally::default();
    for _ in 0..2 {
        tally.add(&catalogue, &tried(&[(&does, true)], &entry));
    }
    assert_eq!((tally.scenarios, tally.all.failed, tally.all.total()), (1, 2, 2));
    let of = |id: &str| {
        tally.rules[&catalogue.rules.iter().position(|rule| rule.id.as_str() == id).unwrap()].failed
    };
    assert_eq!((of("EVAL-005"), of("PRIN-001")), (2, 2));
    assert_eq!(
        tally.chapters.keys().map(|&at| catalogue.chapters[at].slug()).collect::<Vec<_>>(),
        ["06-evaluation"]
    );
}
