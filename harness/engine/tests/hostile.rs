//! Input made to hurt: megabytes where a few bytes are usual, patterns that backtracking matchers take for ever on.
//!
//! Each test would not end within its limit if anything took exponential time, or time that grows with the square of a megabyte; each
//! aborts if anything recursed along its input.

mod common;

use std::time::{Duration, Instant};

use assize_engine::Engine;
use assize_model::{
    Account, Action, Context, ContextEntry, Decision, Entity, Evaluator, Literal, Policies, Principal,
    Request, Resource, User,
};
use common::{A, allows, context, document, evaluate, identity, prepare, request, resource, statement, user};

/// Generous: the tests are built with little optimization, and run beside others.
const LIMIT: Duration = Duration::from_secs(10);

fn in_time<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    assert!(start.elapsed() < LIMIT, "{what} took {:?}", start.elapsed());
    result
}

const MEGABYTE: usize = 1 << 20;

/// A policy with one statement for this resource.
fn on(pattern: &str) -> Policies {
    identity(&[document(&[statement("Allow", r#""*""#, &format!("{pattern:?}"), "{}")])])
}

fn get(arn: &str) -> Request {
    request(user(A, "u"), "s3:GetObject", arn, context(&[]))
}

#[test]
fn ten_thousand_characters_of_each() {
    let length = 10_000;
    let arn = format!("arn:aws:s3:::{}", "a".repeat(length));
    for pattern in [
        format!("{}b", "*a".repeat(length / 2)),
        format!("{}b", "a*".repeat(length / 2)),
        format!("{}b", "*?".repeat(length / 2)),
        format!("{}b", "*a?".repeat(length / 3)),
        format!("*{}b", "a".repeat(length)),
        format!("*{}b*", "?".repeat(length / 2)),
    ] {
        let policies = on(&format!("arn:aws:s3:::{pattern}"));
        assert!(!in_time(&pattern[..8], || allows(&policies, &get(&arn))), "{}", &pattern[..8]);
        let policies = on(&format!("arn:aws:s3:::{}*", &pattern[..pattern.len() / 3]));
        in_time(&pattern[..8], || allows(&policies, &get(&arn)));
    }
    // Stars in the first five fields, which stop at colons, after one that does not.
    let head = format!("arn:*:{}b:s3:::a", "a*".repeat(length / 2));
    let arn = format!("arn:aws:{}:::{}", "a".repeat(length / 2), ":aaaa".repeat(length / 10));
    assert!(!in_time("stars in the head", || allows(&on(&head), &get(&arn))));
}

#[test]
fn megabytes() {
    let long = "a".repeat(MEGABYTE);
    let arn = format!("arn:aws:s3:::{long}");
    let asked = get(&arn);
    for (pattern, expected) in [
        (format!("arn:aws:s3:::{long}"), true),
        (format!("arn:aws:s3:::{long}*"), true),
        (format!("arn:aws:s3:::*{long}b"), false),
        (format!("arn:aws:s3:::{}", "*a".repeat(MEGABYTE / 2)), true),
        (format!("arn:aws:s3:::{}b", "*a".repeat(MEGABYTE / 2)), false),
        (format!("arn:aws:s3:::{}", "*".repeat(MEGABYTE)), true),
    ] {
        let what = &pattern[pattern.len() - 4..];
        assert_eq!(in_time(what, || allows(&on(&pattern), &asked)), expected, "…{what}");
    }
    let action = format!("s3:{}", "A".repeat(MEGABYTE));
    for (pattern, expected) in
        [(action.to_lowercase(), true), (format!("s3:{long}*"), true), (format!("s3:*{long}b"), false)]
    {
        let policies = identity(&[document(&[statement("Allow", &format!("{pattern:?}"), r#""*""#, "{}")])]);
        let asked = request(user(A, "u"), &action, "arn:aws:s3:::b", context(&[]));
        assert_eq!(in_time("a long action", || allows(&policies, &asked)), expected);
    }
}

#[test]
fn a_million_values_under_a_key() {
    let values: Vec<Literal> = (0..1_000_000).map(|number| Literal::string(number.to_string())).collect();
    let entry = ContextEntry { key: "k".to_owned(), values };
    let asked = Request::new(
        user(A, "u"),
        Action::new("s3:GetObject").expect("an action"),
        resource("arn:aws:s3:::b"),
        Context::new(vec![entry]).expect("a context"),
    )
    .expect("a request");
    let wanted: Vec<String> = (0..10_000).map(|number| format!("\"x{number}\"")).collect();
    for (condition, expected) in [
        (r#"{"StringLike":{"k":"*"}}"#.to_owned(), false),
        (r#"{"ForAllValues:StringLike":{"k":"*"}}"#.to_owned(), true),
        (r#"{"ForAnyValue:NumericGreaterThan":{"k":"999998.5"}}"#.to_owned(), true),
        (format!(r#"{{"ForAnyValue:StringEquals":{{"k":[{}]}}}}"#, wanted.join(",")), false),
        (r#"{"Null":{"k":"true"}}"#.to_owned(), false),
    ] {
        let policies = identity(&[document(&[statement("Allow", r#""*""#, r#""*""#, &condition)])]);
        assert_eq!(in_time(&condition[..20], || allows(&policies, &asked)), expected, "{}", &condition[..20]);
    }
}

#[test]
fn a_hundred_thousand_keys() {
    let keys: Vec<String> = (0..100_000).map(|number| format!("x:key-{number}")).collect();
    let entries: Vec<(&str, &[&str])> = keys.iter().map(|key| (key.as_str(), &["v"] as &[&str])).collect();
    let asked = request(user(A, "u"), "s3:GetObject", "arn:aws:s3:::b", context(&entries));
    let tests: Vec<String> = (0..5_000).map(|number| format!("\"X:KEY-{}\":\"v\"", number * 20)).collect();
    let condition = format!(r#"{{"StringEquals":{{{}}}}}"#, tests.join(","));
    let policies = identity(&[document(&[statement("Allow", r#""*""#, r#""*""#, &condition)])]);
    assert!(in_time("many keys", || allows(&policies, &asked)));
}

/// Nothing tells these statements apart before the pattern does.
#[test]
fn every_pattern_a_star() {
    let statements: Vec<String> = (0..20_000)
        .map(|_| statement("Allow", r#"["*:*a*b*","*:?*"]"#, r#""arn:*:*:*:*:*x*y*z""#, "{}"))
        .collect();
    let policies = prepare(&identity(&[document(&statements)]));
    let arn = format!("arn:aws:s3:::{}", "xy".repeat(2_000));
    let evaluation = in_time("all stars", || evaluate(&policies, &get(&arn)));
    assert_eq!(evaluation.decision, Decision::ImplicitDeny);
    let everything: Vec<String> = (0..20_000).map(|_| statement("Allow", r#""*""#, r#""*""#, "{}")).collect();
    let policies = prepare(&identity(&[document(&everything)]));
    let evaluation = in_time("everything applies", || evaluate(&policies, &get(&arn)));
    assert_eq!(evaluation.determining.len(), 20_000);
}

/// Each resource begins the next, so that all of them begin the request's.
#[test]
fn resources_that_begin_one_another() {
    let statements: Vec<String> = (0..2_000)
        .map(|number| {
            statement(
                "Allow",
                r#""s3:GetObject""#,
                &format!("\"arn:aws:s3:::{}?\"", "a".repeat(number)),
                "{}",
            )
        })
        .collect();
    let policies = prepare(&identity(&[document(&statements)]));
    let evaluation =
        in_time("a chain", || evaluate(&policies, &get(&format!("arn:aws:s3:::{}", "a".repeat(1_500)))));
    assert_eq!(evaluation.determining.len(), 1);
    let evaluation =
        in_time("a chain", || evaluate(&policies, &get(&format!("arn:aws:s3:::{}", "a".repeat(3_000)))));
    assert_eq!(evaluation.decision, Decision::ImplicitDeny);
}

#[test]
fn many_variables() {
    let pattern = format!("arn:aws:s3:::{}b", "*${v}".repeat(2_000));
    let value = "a".repeat(20);
    let asked = |length| {
        let arn = format!("arn:aws:s3:::{}", "a".repeat(length));
        request(user(A, "u"), "s3:GetObject", &arn, context(&[("v", &[&value])]))
    };
    assert!(!in_time("many variables", || allows(&on(&pattern), &asked(50_000))));
}

/// Names that no account has: they cost time in proportion to their length, and are put together on the heap.
#[test]
fn long_names() {
    let account = Account::new("aws", A).expect("an account");
    let name = "n".repeat(MEGABYTE);
    let principal =
        Principal::User(User::new(account, Entity::new("/", &name, &name).expect("a user"), None));
    let condition = r#"{"StringLike":{"aws:userid":"*n","aws:username":"n*n"}}"#;
    let policies = identity(&[document(&[statement(
        "Allow",
        r#""*""#,
        r#""arn:aws:s3:::${aws:username}""#,
        condition,
    )])]);
    let asked = request(principal, "s3:GetObject", &format!("arn:aws:s3:::{name}"), context(&[]));
    assert!(in_time("a long name", || allows(&policies, &asked)));
}

#[test]
fn garbage_is_refused() {
    let engine = Engine::new();
    for text in
        ["", "\u{0}", "[", &"[".repeat(100_000), &"{\"a\":".repeat(100_000), "{}", &"9".repeat(MEGABYTE)]
    {
        let refused = in_time("garbage", || engine.prepare(&identity(&[text.to_owned()])).is_err());
        assert!(refused, "{}", &text[..text.len().min(20)]);
    }
    let none = Resource::new("*", None).expect("no resource");
    let asked = Request::new(user(A, "u"), Action::new("a:b").expect("an action"), none, Context::default());
    assert!(!allows(&Policies::default(), &asked.expect("a request")));
}
