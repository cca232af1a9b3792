//! No oracle is vacuous. Where chapter 08 lists a situation in which the property fails, the test shows that it fails there; elsewhere an
//! evaluator that is wrong in one way is caught.

use std::slice::from_ref;

use assize::compare::Strength;
use assize::oracles::bench::ask;
use assize::oracles::explanation::message_agrees;
use assize::oracles::situation::Situation;
use assize::oracles::{ORACLES, Stop, Subject};
use assize_generate::{Choices, Seeded, Settings, scenario};
use assize_model::scenario::{read_policies, read_request};
use assize_model::{
    BaseOperator, Capabilities, DecidingType, Decision, Description, Effect, Evaluation, Evaluator,
    IdentitySource, Policies, PolicyType, Prepared, Principal, Refusal, Relation, Request, Statement,
    Verdict,
};
use assize_reference::Reference;

use crate::SEED;

// An evaluator that is wrong in one way.

/// Answers in place of the reference.
type Answer = fn(&Reference, Situation) -> Verdict;

struct Wrong {
    reference: Reference,
    answer: Answer,
}

struct WronglyPrepared<'w> {
    wrong: &'w Wrong,
    policies: Policies,
}

impl Evaluator for Wrong {
    fn describe(&self) -> Description {
        Description {
            name: "wrong".to_owned(),
            version: "1".to_owned(),
            language: "Rust".to_owned(),
            capabilities: Capabilities::full(),
        }
    }

    fn prepare<'e>(&'e self, policies: &Policies) -> Result<Box<dyn Prepared + 'e>, Refusal> {
        Evaluator::prepare(&self.reference, policies)?;
        Ok(Box::new(WronglyPrepared { wrong: self, policies: policies.clone() }))
    }
}

impl Prepared for WronglyPrepared<'_> {
    fn evaluate(&self, request: &Request) -> Verdict {
        match Situation::read(&self.policies, request.clone(), assize_reference::date::is_date) {
            Some(situation) => (self.wrong.answer)(&self.wrong.reference, situation),
            None => Verdict::Unsupported("policies that the wrong evaluator cannot hold".to_owned()),
        }
    }
}

/// The oracle called `name` catches an evaluator that answers so.
fn catches(name: &str, answer: Answer) {
    let oracle = ORACLES.iter().find(|oracle| oracle.name == name).expect("an oracle of that name");
    let (wrong, standard) = (Wrong { reference: Reference::new(), answer }, Reference::new());
    let subject = Subject {
        evaluator: &wrong,
        strength: Strength::Record,
        standard: Some(&standard),
        is_date: assize_reference::date::is_date,
        accusing: false,
    };
    let caught = (0..3_000).any(|case| {
        let mut source = Seeded::case(SEED, case);
        let choices: &mut dyn Choices = &mut source;
        let generated = scenario(choices, &Settings { misfit: 0, large: 0, ..Settings::default() });
        let situations = subject.situations(&generated);
        if situations.is_empty() {
            return false;
        }
        let situation = choices.one_of(&situations).clone();
        matches!(subject.hold(oracle, situation, choices), Err(Stop::Broken(_)))
    });
    assert!(caught, "{name} does not catch the wrong evaluator");
}

fn right(reference: &Reference, situation: &Situation) -> Verdict {
    ask(reference, situation).unwrap_or_else(|_| Verdict::Failed("refused".to_owned()))
}

/// The right record, changed.
fn recorded(reference: &Reference, situation: &Situation, change: impl FnOnce(&mut Evaluation)) -> Verdict {
    let mut verdict = right(reference, situation);
    if let Verdict::Evaluated(evaluation) = &mut verdict {
        change(evaluation);
    }
    verdict
}

fn decide(evaluation: &mut Evaluation, decision: Decision, deciding: Option<DecidingType>) {
    evaluation.decision = decision;
    evaluation.deciding = deciding;
    evaluation.determining.clear();
}

const IDENTITY: Option<DecidingType> = Some(DecidingType::Policy(PolicyType::Identity));

/// The right answer to other statements.
fn misread(reference: &Reference, mut situation: Situation, change: impl Fn(&mut Statement)) -> Verdict {
    for place in situation.places() {
        situation.edit(place, &change);
    }
    right(reference, &situation)
}

/// The right answer as if a type were absent.
fn ignores(reference: &Reference, mut situation: Situation, policy_type: PolicyType) -> Verdict {
    situation.remove(policy_type);
    right(reference, &situation)
}

fn allow_overrides_deny(reference: &Reference, situation: Situation) -> Verdict {
    recorded(reference, &situation, |record| {
        let allowed = record.by_type.iter().any(|report| !report.allow.is_empty());
        if record.decision == Decision::ExplicitDeny && allowed {
            decide(record, Decision::Allow, None);
        }
    })
}

fn owner_is_always_allowed(reference: &Reference, situation: Situation) -> Verdict {
    recorded(reference, &situation, |record| {
        if record.relation == Relation::SameAccount && record.decision == Decision::ImplicitDeny {
            decide(record, Decision::Allow, None);
        }
    })
}

fn only_the_last_scp_level_counts(reference: &Reference, mut situation: Situation) -> Verdict {
    if let Some(last) = situation.levels(PolicyType::Scp).last().cloned() {
        situation.set(PolicyType::Scp, vec![last]);
    }
    right(reference, &situation)
}

fn refuses_text_with(reference: &Reference, situation: &Situation, mark: &str) -> Verdict {
    let odd = situation.sheets().any(|sheet| sheet.text().contains(mark));
    recorded(reference, situation, |record| {
        if odd {
            decide(record, Decision::ImplicitDeny, IDENTITY);
        }
    })
}

fn negation_is_overlooked(reference: &Reference, situation: Situation) -> Verdict {
    misread(reference, situation, |statement| statement.action.negated = false)
}

// Situations written out.

const BOB: &str = r#"{"kind":"user","partition":"aws","account":"222222222222","path":"/","name":"bob","id":"AIDABOBBOBBOBBOBBOBBO"}"#;
const ALICE: &str = r#"{"kind":"user","partition":"aws","account":"111111111111","path":"/","name":"alice","id":"AIDAALICEALICEALICEAL"}"#;
const ROOT_A: &str = r#"{"kind":"root","partition":"aws","account":"111111111111"}"#;
const ROOT_B: &str = r#"{"kind":"root","partition":"aws","account":"222222222222"}"#;
const SESSION: &str = r#"{"kind":"role-session","partition":"aws","account":"111111111111","role":{"path":"/","name":"R","id":"AROARRRRRRRRRRRRRRRRR"},"session_name":"s1","origin":{"kind":"AssumeRole"}}"#;
const FEDERATED: &str = r#"{"kind":"federated-user","partition":"aws","account":"111111111111","name":"carol","issuer":{"kind":"user","path":"/","name":"alice","id":"AIDAALICEALICEALICEAL"}}"#;
const ANONYMOUS: &str = r#"{"kind":"anonymous"}"#;

const ALLOW_ALL: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
const ALLOW_S3: &str = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#;
const ALLOW_EC2: &str = r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"}"#;
const DENY_ALL: &str = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;

fn document(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

fn policy(statements: &str) -> String {
    format!(r#"{{"id":"p","document":{}}}"#, document(statements))
}

fn identity(source: &str, statements: &str) -> String {
    format!(r#""identity":[{{"id":"p","source":"{source}","document":{}}}]"#, document(statements))
}

fn boundary(statements: &str) -> String {
    format!(r#""boundary":{}"#, policy(statements))
}

fn session(statements: &str) -> String {
    format!(r#""session":[{}]"#, policy(statements))
}

fn scps(levels: &[&str]) -> String {
    let levels: Vec<String> = levels.iter().map(|statements| format!("[{}]", policy(statements))).collect();
    format!(r#""scps":[{}]"#, levels.join(","))
}

fn resource(kind: &str, statements: &str) -> String {
    format!(r#""resource":{{"kind":"{kind}","id":"r","document":{}}}"#, document(statements))
}

fn endpoint(kind: &str, statements: &str) -> String {
    format!(r#""endpoint":{{"kind":"{kind}","id":"e","document":{}}}"#, document(statements))
}

/// A resource-based statement for the values under `AWS`.
fn naming(effect: &str, element: &str, values: &str, action: &str) -> String {
    format!(r#"{{"Effect":"{effect}","{element}":{{"AWS":{values}}},"Action":"{action}"}}"#)
}

struct Asked<'a> {
    principal: &'a str,
    action: &'a str,
    arn: &'a str,
    owner: &'a str,
    context: &'a str,
}

/// s3:GetObject on a bucket of account A.
fn get(principal: &str) -> Asked<'_> {
    Asked {
        principal,
        action: "s3:GetObject",
        arn: "arn:aws:s3:::bkt/k",
        owner: "111111111111",
        context: "{}",
    }
}

fn verdict(policies: &[String], asked: &Asked<'_>) -> Verdict {
    let policies = read_policies(&format!("{{{}}}", policies.join(","))).expect("policies");
    let resource = match asked.arn {
        "*" => r#"{"arn":"*"}"#.to_owned(),
        arn => format!(r#"{{"arn":"{arn}","account":"{}"}}"#, asked.owner),
    };
    let text = format!(
        r#"{{"principal":{},"action":"{}","resource":{resource},"context":{}}}"#,
        asked.principal, asked.action, asked.context
    );
    let request = read_request(&text).expect("a request").request.expect("a request that can be made");
    let reference = Reference::new();
    let prepared = Evaluator::prepare(&reference, &policies).expect("policies that are taken");
    prepared.evaluate(&request)
}

fn decision(policies: &[String], asked: &Asked<'_>) -> Decision {
    verdict(policies, asked).decision().expect("a decision")
}

const ALLOW: Decision = Decision::Allow;
const IMPLICIT: Decision = Decision::ImplicitDeny;
const EXPLICIT: Decision = Decision::ExplicitDeny;

/// The decisions before and after a transformation whose precondition fails.
fn breaks(before: (&[String], &Asked<'_>), after: (&[String], &Asked<'_>), decisions: (Decision, Decision)) {
    assert_eq!((decision(before.0, before.1), decision(after.0, after.1)), decisions);
}

macro_rules! counterexamples {
    ($($name:ident => $body:expr;)+) => {
        $(#[test] fn $name() { $body })+

        /// The oracles that have a counterexample here.
        const SHOWN: &[&str] = &[$(stringify!($name)),+];
    };
}

#[test]
fn every_oracle_has_a_counterexample() {
    let mut shown = SHOWN.to_vec();
    let mut oracles: Vec<&str> = ORACLES.iter().map(|oracle| oracle.name).collect();
    shown.sort_unstable();
    oracles.sort_unstable();
    assert_eq!(shown, oracles);
}

counterexamples! {
    deny_takes_precedence => catches("deny_takes_precedence", allow_overrides_deny);
    removing_a_deny_never_restricts => catches("removing_a_deny_never_restricts", |reference, situation| {
        // A bucket policy that denies nobody is taken for a mistake.
        let denies = situation.places_where(|_, statement| statement.effect == Effect::Deny);
        recorded(reference, &situation, |record| {
            if denies.is_empty() {
                decide(record, EXPLICIT, IDENTITY);
            }
        })
    });
    adding_an_allow_never_restricts => {
        let base = identity("user", ALLOW_ALL);
        breaks((from_ref(&base), &get(ALICE)), (&[base.clone(), boundary(ALLOW_EC2)], &get(ALICE)), (ALLOW, IMPLICIT));
    };
    removing_an_allow_never_permits => {
        let base = identity("user", ALLOW_ALL);
        let bounded = [base.clone(), boundary(ALLOW_EC2)];
        breaks((&bounded, &get(ALICE)), (&[base], &get(ALICE)), (IMPLICIT, ALLOW));
    };
    allow_cannot_cancel_deny => catches("allow_cannot_cancel_deny", allow_overrides_deny);
    only_a_deny_makes_explicit => catches("only_a_deny_makes_explicit", |reference, situation| {
        recorded(reference, &situation, |record| {
            if record.decision == IMPLICIT {
                record.decision = EXPLICIT;
            }
        })
    });
    flipping_an_effect_is_monotone => catches("flipping_an_effect_is_monotone", allow_overrides_deny);
    universal_deny_denies => {
        let linked = SESSION.replace(r#""path":"/""#, r#""path":"/aws-service-role/ecs.amazonaws.com/""#);
        let policies = [identity("role", ALLOW_ALL), scps(&[DENY_ALL])];
        assert_eq!(decision(&policies, &get(&linked)), ALLOW);
        assert_eq!(decision(&policies, &get(SESSION)), EXPLICIT);
    };
    delegation_is_a_subset => {
        let grant = naming("Allow", "Principal", r#""arn:aws:iam::222222222222:user/bob""#, "s3:*");
        let policies = [identity("user", ALLOW_ALL), resource("ordinary", &grant)];
        breaks((&policies, &get(BOB)), (&policies[1..], &get(ROOT_B)), (ALLOW, IMPLICIT));
        let everyone = r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#;
        let account = r#"{"Effect":"Deny","Principal":{"AWS":"222222222222"},"Action":"*","Resource":"*"}"#;
        let gateway = endpoint("gateway", &[everyone, account].join(","));
        let grant = naming("Allow", "Principal", r#""222222222222""#, "s3:*");
        let policies = [identity("user", ALLOW_ALL), resource("ordinary", &grant), gateway];
        breaks((&policies, &get(BOB)), (&policies[1..], &get(ROOT_B)), (ALLOW, EXPLICIT));
    };
    full_access_is_bounded_by_the_grant => {
        catches("full_access_is_bounded_by_the_grant", |reference, situation| {
            recorded(reference, &situation, |record| {
                let granted = !record.by_type[4].allow.is_empty();
                if record.relation == Relation::CrossAccount && record.decision == IMPLICIT && granted {
                    decide(record, ALLOW, None);
                }
            })
        })
    };
    session_is_a_subset_of_its_role => catches("session_is_a_subset_of_its_role", |reference, situation| {
        recorded(reference, &situation, |record| {
            if record.decision == IMPLICIT && !record.by_type[6].allow.is_empty() {
                decide(record, ALLOW, None);
            }
        })
    });
    session_policies_bound_the_session => catches("session_policies_bound_the_session", |reference, situation| {
        ignores(reference, situation, PolicyType::Session)
    });
    boundary_bounds_the_identity => catches("boundary_bounds_the_identity", |reference, situation| {
        ignores(reference, situation, PolicyType::Boundary)
    });
    nothing_is_allowed_by_default => catches("nothing_is_allowed_by_default", owner_is_always_allowed);
    absent_and_empty_differ_only_for_limits => {
        catches("absent_and_empty_differ_only_for_limits", |reference, mut situation| {
            for policy_type in PolicyType::REPORTED {
                let some = situation.places_where(|place, statement| {
                    place.policy_type == policy_type && statement.effect == Effect::Allow
                });
                if some.is_empty() {
                    situation.remove(policy_type);
                }
            }
            right(reference, &situation)
        })
    };
    adding_a_limit_never_permits => {
        let base = identity("issuer", ALLOW_S3);
        breaks((from_ref(&base), &get(FEDERATED)), (&[base.clone(), session(ALLOW_S3)], &get(FEDERATED)), (IMPLICIT, ALLOW));
    };
    full_limit_is_no_limit => {
        let values = r#"["arn:aws:iam::111111111111:user/alice","111111111111"]"#;
        let base = [identity("user", ALLOW_ALL), resource("ordinary", &naming("Deny", "NotPrincipal", values, "s3:*"))];
        let full = [&base[..], &[boundary(ALLOW_ALL)]].concat();
        breaks((&base, &get(ALICE)), (&full, &get(ALICE)), (ALLOW, EXPLICIT));
    };
    limits_never_grant => catches("limits_never_grant", |reference, situation| {
        recorded(reference, &situation, |record| {
            if record.decision == IMPLICIT && !record.by_type[1].allow.is_empty() {
                decide(record, ALLOW, None);
            }
        })
    });
    full_session_policy_is_none_but_for_federated_sessions => {
        let base = identity("issuer", ALLOW_S3);
        breaks((from_ref(&base), &get(FEDERATED)), (&[base.clone(), session(ALLOW_ALL)], &get(FEDERATED)), (IMPLICIT, ALLOW));
    };
    every_scp_level_allows => catches("every_scp_level_allows", only_the_last_scp_level_counts);
    scp_levels_commute_and_are_idempotent => {
        catches("scp_levels_commute_and_are_idempotent", only_the_last_scp_level_counts)
    };
    merging_scp_levels_never_restricts => {
        // Strictly: the merged level allows what neither path of two levels did.
        let base = identity("user", ALLOW_ALL);
        let (apart, merged) = (scps(&[ALLOW_S3, ALLOW_EC2]), scps(&[&format!("{ALLOW_S3},{ALLOW_EC2}")]));
        breaks((&[base.clone(), apart], &get(ALICE)), (&[base, merged], &get(ALICE)), (IMPLICIT, ALLOW));
        catches("merging_scp_levels_never_restricts", only_the_last_scp_level_counts);
    };
    scps_do_not_reach_service_linked_roles => {
        let base = identity("role", ALLOW_ALL);
        breaks((from_ref(&base), &get(SESSION)), (&[base.clone(), scps(&[DENY_ALL])], &get(SESSION)), (ALLOW, EXPLICIT));
    };
    rcps_only_deny => catches("rcps_only_deny", |reference, situation| {
        recorded(reference, &situation, |record| {
            if record.decision == ALLOW && record.by_type[0].result.is_some() && record.by_type[0].allow.is_empty() {
                decide(record, IMPLICIT, Some(DecidingType::Policy(PolicyType::Rcp)));
            }
        })
    });
    rcps_do_not_reach_service_linked_roles => {
        let base = identity("role", ALLOW_ALL);
        let deny = r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#;
        let rcps = format!(r#""rcps":[[{}]]"#, policy(deny));
        breaks((from_ref(&base), &get(SESSION)), (&[base.clone(), rcps], &get(SESSION)), (ALLOW, EXPLICIT));
    };
    endpoint_bounds_what_passes_it => catches("endpoint_bounds_what_passes_it", |reference, situation| {
        ignores(reference, situation, PolicyType::Vpce)
    });
    same_account_is_a_union => catches("same_account_is_a_union", |reference, situation| {
        recorded(reference, &situation, |record| {
            let both = !record.by_type[3].allow.is_empty() && !record.by_type[4].allow.is_empty();
            if record.decision == ALLOW && record.relation == Relation::SameAccount && !both {
                decide(record, IMPLICIT, IDENTITY);
            }
        })
    });
    grant_to_the_own_account_is_void => {
        let asked = Asked {
            action: "kms:Decrypt",
            arn: "arn:aws:kms:us-east-1:111111111111:key/k",
            ..get(ALICE)
        };
        let key = |statements: &str| [identity("user", ALLOW_ALL), resource("kms-key", statements)];
        let other = naming("Allow", "Principal", r#""333333333333""#, "kms:*");
        let own = format!("{other},{}", naming("Allow", "Principal", r#""111111111111""#, "kms:*"));
        breaks((&key(&other), &asked), (&key(&own), &asked), (IMPLICIT, ALLOW));
    };
    special_resources_are_stricter => catches("special_resources_are_stricter", |reference, situation| {
        recorded(reference, &situation, |record| {
            let trust = Some(DecidingType::Policy(PolicyType::Trust));
            if record.decision == IMPLICIT && record.relation == Relation::CrossAccount && record.deciding != trust {
                // The trust policy alone suffices, even across accounts.
                if record.by_type[3].policy_type == PolicyType::Trust && record.by_type[3].class.is_some() {
                    decide(record, ALLOW, None);
                }
            }
        })
    });
    class_strength_is_monotone => {
        let other = SESSION.replace("s1", "s2");
        let by_role = naming("Allow", "Principal", r#""arn:aws:iam::111111111111:role/R""#, "s3:*");
        let by_session = naming("Allow", "Principal", r#""arn:aws:sts::111111111111:assumed-role/R/s1""#, "s3:*");
        let (role, session) = ([resource("ordinary", &by_role)], [resource("ordinary", &by_session)]);
        breaks((&role, &get(&other)), (&session, &get(&other)), (ALLOW, IMPLICIT));
    };
    across_accounts_both_sides_are_needed => {
        let grant = resource("ordinary", &naming("Allow", "Principal", r#""222222222222""#, "s3:*"));
        assert_eq!(decision(&[grant], &get(ROOT_B)), ALLOW);
    };
    proximity_never_restricts => {
        let own = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceAccount":"111111111111"}}}"#;
        let grant = resource("ordinary", &naming("Allow", "Principal", r#""222222222222""#, "s3:*"));
        let policies = [identity("user", own), grant];
        let far = Asked { context: r#"{"aws:ResourceAccount":"111111111111"}"#, ..get(BOB) };
        let near = Asked { owner: "222222222222", context: r#"{"aws:ResourceAccount":"222222222222"}"#, ..get(BOB) };
        breaks((&policies, &far), (&policies, &near), (ALLOW, IMPLICIT));
    };
    account_denial_cascades => {
        let deny = resource("ordinary", &naming("Deny", "Principal", r#""111111111111""#, "*"));
        let asked = Asked { action: "s3:DeleteBucketPolicy", arn: "arn:aws:s3:::bkt", ..get(ROOT_A) };
        assert_eq!(decision(&[deny], &asked), ALLOW);
    };
    what_is_public_is_open_to_the_owners_users => {
        let acl = [r#""acl":[{"grantee":{"group":"AllUsers"},"permission":"READ","on":"object"}]"#.to_owned()];
        breaks((&acl, &get(ANONYMOUS)), (&acl, &get(ALICE)), (ALLOW, IMPLICIT));
        let public = [resource("ordinary", &naming("Allow", "Principal", r#""*""#, "s3:*"))];
        breaks((&public, &get(ANONYMOUS)), (&public, &get(BOB)), (ALLOW, IMPLICIT));
    };
    identity_policies_do_not_reach_resource_only_requesters => {
        catches("identity_policies_do_not_reach_resource_only_requesters", |reference, mut situation| {
            let own = situation.present(PolicyType::Identity);
            situation.remove(PolicyType::Identity);
            recorded(reference, &situation, |record| {
                if own && record.relation == Relation::ResourceOnly && record.decision == IMPLICIT {
                    decide(record, ALLOW, None);
                }
            })
        })
    };
    not_principal_equals_a_condition_on_the_arn => {
        let values = r#"["arn:aws:iam::111111111111:user/alice","111111111111"]"#;
        let listed = resource("ordinary", &naming("Deny", "NotPrincipal", values, "s3:*"));
        let conditioned = resource(
            "ordinary",
            r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Condition":{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111111111111:user/alice"}}}"#,
        );
        breaks((&[listed], &get(ROOT_A)), (&[conditioned], &get(ROOT_A)), (ALLOW, EXPLICIT));
    };
    action_list_is_a_union => {
        let not = |actions: &str| format!(r#"{{"Effect":"Allow","NotAction":{actions},"Resource":"*"}}"#);
        let list = identity("user", &not(r#"["s3:GetObject","s3:PutObject"]"#));
        let split = identity("user", &format!("{},{}", not(r#""s3:GetObject""#), not(r#""s3:PutObject""#)));
        breaks((&[list], &get(ALICE)), (&[split], &get(ALICE)), (IMPLICIT, ALLOW));
    };
    resource_list_is_a_union => {
        let not = |resources: &str| format!(r#"{{"Effect":"Allow","Action":"*","NotResource":{resources}}}"#);
        let (own, other) = (r#""arn:aws:s3:::bkt/k""#, r#""arn:aws:s3:::other""#);
        let list = identity("user", &not(&format!("[{own},{other}]")));
        let split = identity("user", &format!("{},{}", not(own), not(other)));
        breaks((&[list], &get(ALICE)), (&[split], &get(ALICE)), (IMPLICIT, ALLOW));
    };
    principal_list_is_a_union => {
        let (user, account) = (r#""arn:aws:iam::222222222222:user/bob""#, r#""222222222222""#);
        let not = |values: &str| naming("Deny", "NotPrincipal", values, "s3:*");
        let allow = naming("Allow", "Principal", r#""*""#, "s3:*");
        let with = |denies: String| [identity("user", ALLOW_ALL), resource("ordinary", &format!("{allow},{denies}"))];
        let list = with(not(&format!("[{user},{account}]")));
        let split = with(format!("{},{}", not(user), not(account)));
        breaks((&list, &get(BOB)), (&split, &get(BOB)), (ALLOW, EXPLICIT));
    };
    positive_condition_values_are_a_union => {
        let when = |values: &str| {
            format!(r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"StringNotEquals":{{"k":{values}}}}}}}"#)
        };
        let asked = Asked { context: r#"{"k":"1"}"#, ..get(ALICE) };
        let list = identity("user", &when(r#"["1","2"]"#));
        let split = identity("user", &format!("{},{}", when(r#""1""#), when(r#""2""#)));
        breaks((&[list], &asked), (&[split], &asked), (IMPLICIT, ALLOW));
    };
    not_action_is_the_complement => catches("not_action_is_the_complement", negation_is_overlooked);
    not_resource_is_the_complement => {
        let asked = Asked { action: "s3:ListAllMyBuckets", arn: "*", ..get(ALICE) };
        let not = r#"{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::a"}"#;
        let others = r#"{"Effect":"Allow","Action":"*","Resource":["arn:aws:s3:::b","arn:aws:s3:::c"]}"#;
        breaks((&[identity("user", not)], &asked), (&[identity("user", others)], &asked), (ALLOW, IMPLICIT));
    };
    only_what_applies_matters => catches("only_what_applies_matters", |reference, situation| {
        recorded(reference, &situation, |record| {
            record.by_type[4].allow.pop();
        })
    });
    widening_an_allow_never_restricts => {
        let not = |actions: &str| identity("user", &format!(r#"{{"Effect":"Allow","NotAction":{actions},"Resource":"*"}}"#));
        let (small, grown) = (not(r#"["s3:PutObject"]"#), not(r#"["s3:PutObject","s3:Get*"]"#));
        breaks((&[small], &get(ALICE)), (&[grown], &get(ALICE)), (ALLOW, IMPLICIT));
        let by = |value: &str| [resource("ordinary", &naming("Allow", "Principal", value, "s3:*"))];
        let (role, account) = (by(r#""arn:aws:iam::111111111111:role/R""#), by(r#""111111111111""#));
        breaks((&role, &get(SESSION)), (&account, &get(SESSION)), (ALLOW, IMPLICIT));
    };
    widening_a_deny_never_permits => {
        let not = |actions: &str| {
            let deny = format!(r#"{{"Effect":"Deny","NotAction":{actions},"Resource":"*"}}"#);
            identity("user", &format!("{ALLOW_ALL},{deny}"))
        };
        let (small, grown) = (not(r#"["s3:PutObject"]"#), not(r#"["s3:PutObject","s3:Get*"]"#));
        breaks((&[small], &get(ALICE)), (&[grown], &get(ALICE)), (EXPLICIT, ALLOW));
    };
    growing_a_not_list_narrows => catches("growing_a_not_list_narrows", negation_is_overlooked);
    dropping_a_condition_widens => catches("dropping_a_condition_widens", |reference, mut situation| {
        situation.retain(|_, statement| !statement.condition.is_empty());
        right(reference, &situation)
    });
    adding_a_condition_value_is_monotone => {
        catches("adding_a_condition_value_is_monotone", |reference, situation| {
            misread(reference, situation, |statement| {
                for key in statement.condition.iter_mut().flat_map(|block| &mut block.keys) {
                    key.values.drain(..key.values.len().saturating_sub(1));
                }
            })
        })
    };
    evaluation_is_deterministic => catches("evaluation_is_deterministic", |reference, situation| {
        use std::sync::atomic::{AtomicU64, Ordering};
        static TIMES: AtomicU64 = AtomicU64::new(0);
        let flips = TIMES.fetch_add(1, Ordering::Relaxed).is_multiple_of(3);
        recorded(reference, &situation, |record| {
            if flips {
                record.missing_context_keys.push("again".to_owned());
            }
        })
    });
    statement_order_is_irrelevant => catches("statement_order_is_irrelevant", |reference, mut situation| {
        situation.retain(|place, _| place.statement == 0);
        right(reference, &situation)
    });
    policy_order_is_irrelevant => catches("policy_order_is_irrelevant", |reference, mut situation| {
        situation.retain(|place, _| place.policy == 0);
        right(reference, &situation)
    });
    splitting_and_merging_is_irrelevant => {
        let base = identity("user", ALLOW_ALL);
        let (apart, merged) = (scps(&[ALLOW_S3, ALLOW_EC2]), scps(&[&format!("{ALLOW_S3},{ALLOW_EC2}")]));
        breaks((&[base.clone(), apart], &get(ALICE)), (&[base, merged], &get(ALICE)), (IMPLICIT, ALLOW));
    };
    duplicates_are_idempotent => catches("duplicates_are_idempotent", |reference, mut situation| {
        situation.retain(|_, statement| {
            let entries = &statement.action.entries;
            entries.iter().enumerate().all(|(at, entry)| !entries[..at].contains(entry))
        });
        right(reference, &situation)
    });
    sid_and_id_are_labels => catches("sid_and_id_are_labels", |reference, mut situation| {
        situation.retain(|_, statement| statement.sid.is_some());
        right(reference, &situation)
    });
    single_values_and_lists_of_one_are_equal => {
        catches("single_values_and_lists_of_one_are_equal", |reference, situation| {
            refuses_text_with(reference, &situation, "\"Action\":\"")
        })
    };
    formatting_is_irrelevant => catches("formatting_is_irrelevant", |reference, situation| {
        refuses_text_with(reference, &situation, "\n")
    });
    round_trip_is_the_identity => catches("round_trip_is_the_identity", |reference, situation| {
        refuses_text_with(reference, &situation, "\n")
    });
    case_of_actions_is_irrelevant => {
        let on = |arn: &str| [identity("user", &format!(r#"{{"Effect":"Allow","Action":"*","Resource":"{arn}"}}"#))];
        let (same, turned) = (on("arn:aws:s3:::bkt/k"), on("arn:aws:s3:::bkt/K"));
        breaks((&same, &get(ALICE)), (&turned, &get(ALICE)), (ALLOW, IMPLICIT));
    };
    account_notations_are_equal => {
        let alice = ALICE.replace(r#""partition":"aws""#, r#""partition":"aws-cn""#);
        let asked = Asked { arn: "arn:aws-cn:kms:cn-north-1:111111111111:key/k", action: "kms:Decrypt", ..get(&alice) };
        let by = |value: &str| {
            let grant = naming("Allow", "Principal", value, "kms:*");
            [identity("user", ALLOW_ALL), resource("kms-key", &grant)]
        };
        let (short, long) = (by(r#""111111111111""#), by(r#""arn:aws:iam::111111111111:root""#));
        breaks((&short, &asked), (&long, &asked), (ALLOW, IMPLICIT));
    };
    two_wildcards_are_equal => catches("two_wildcards_are_equal", |reference, situation| {
        refuses_text_with(reference, &situation, "\"Principal\":\"*\"")
    });
    groups_are_irrelevant => catches("groups_are_irrelevant", |reference, mut situation| {
        if situation.present(PolicyType::Identity) {
            let sheets = situation.level_mut(PolicyType::Identity, 0);
            sheets.retain(|sheet| !matches!(sheet.source, Some(IdentitySource::Group(_))));
        }
        right(reference, &situation)
    });
    managed_and_inline_are_equal => catches("managed_and_inline_are_equal", |reference, mut situation| {
        if situation.present(PolicyType::Identity) {
            situation.level_mut(PolicyType::Identity, 0).retain(|sheet| !sheet.managed);
        }
        right(reference, &situation)
    });
    optimised_equals_reference => catches("optimised_equals_reference", |reference, situation| {
        recorded(reference, &situation, |record| {
            record.missing_context_keys.pop();
        })
    });
    unmentioned_keys_are_irrelevant => {
        let when = r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"zz:Key":"x"}}}"#;
        let policies = [identity("user", when)];
        let asked = Asked { context: r#"{"zz:Key":"x"}"#, ..get(ALICE) };
        breaks((&policies, &get(ALICE)), (&policies, &asked), (IMPLICIT, ALLOW));
    };
    what_does_not_apply_is_irrelevant => catches("what_does_not_apply_is_irrelevant", |reference, situation| {
        // An Allow whose condition is false acts as a Deny.
        let allows = situation.places_where(|place, statement| {
            place.policy_type == PolicyType::Identity && statement.effect == Effect::Allow
        });
        recorded(reference, &situation, |record| {
            if record.by_type[4].result.is_some() && record.by_type[4].allow.len() < allows.len() {
                decide(record, EXPLICIT, IDENTITY);
            }
        })
    });
    foreign_principals_are_irrelevant => {
        let deny = naming("Deny", "NotPrincipal", r#""arn:aws:iam::333333333333:user/q""#, "*");
        let base = identity("user", ALLOW_ALL);
        let after = [base.clone(), resource("ordinary", &deny)];
        breaks((&[base], &get(ALICE)), (&after, &get(ALICE)), (ALLOW, EXPLICIT));
    };
    account_ids_are_symmetric => catches("account_ids_are_symmetric", |reference, situation| {
        let favourite = situation.request.principal().account().is_some_and(|account| account.id == "111111111111");
        recorded(reference, &situation, |record| {
            if favourite {
                decide(record, ALLOW, None);
            }
        })
    });
    principal_names_are_symmetric => catches("principal_names_are_symmetric", |reference, situation| {
        let bob = situation.request.principal().arn().is_some_and(|arn| arn.ends_with("/bob"));
        recorded(reference, &situation, |record| {
            if bob {
                decide(record, ALLOW, None);
            }
        })
    });
    service_names_are_symmetric => {
        let deny = |vendor: &str| format!(r#"{{"Effect":"Deny","Principal":"*","Action":"{vendor}:*","Resource":"*"}}"#);
        let with = |vendor: &str| {
            [identity("user", ALLOW_ALL), format!(r#""rcps":[[{}]]"#, policy(&deny(vendor)))]
        };
        let other = Asked { action: "xs3:GetObject", arn: "arn:aws:xs3:::bkt/k", ..get(ALICE) };
        breaks((&with("s3"), &get(ALICE)), (&with("xs3"), &other), (EXPLICIT, ALLOW));
    };
    a_time_window_is_open => catches("a_time_window_is_open", |reference, situation| {
        misread(reference, situation, |statement| {
            for block in &mut statement.condition {
                if block.operator.base == BaseOperator::DateGreaterThan {
                    block.operator.base = BaseOperator::DateGreaterThanEquals;
                }
            }
        })
    });
    missing_keys_are_all_that_matter => catches("missing_keys_are_all_that_matter", |reference, situation| {
        recorded(reference, &situation, |record| record.missing_context_keys.push("assize:Never".to_owned()))
    });
    sessions_are_caller_independent => catches("sessions_are_caller_independent", |reference, situation| {
        let web = matches!(
            situation.request.principal(),
            Principal::RoleSession(session) if session.origin().kind() == "WebIdentity"
        );
        recorded(reference, &situation, |record| {
            if web {
                decide(record, IMPLICIT, IDENTITY);
            }
        })
    });
    session_names_are_irrelevant => {
        let by_session = naming("Allow", "Principal", r#""arn:aws:sts::111111111111:assumed-role/R/s1""#, "s3:*");
        let policies = [resource("ordinary", &by_session)];
        let renamed = SESSION.replace("s1", "s2");
        breaks((&policies, &get(SESSION)), (&policies, &get(&renamed)), (ALLOW, IMPLICIT));
    };
    binding_changes_nothing => {
        // Alice was recreated: the stored policy still holds her old id.
        let by = |value: &str| [resource("ordinary", &naming("Allow", "Principal", value, "s3:*"))];
        let (unbound, bound) = (by(r#""arn:aws:iam::111111111111:user/alice""#), by(r#""AIDAOLDOLDOLDOLDOLDOL""#));
        breaks((&unbound, &get(ALICE)), (&bound, &get(ALICE)), (ALLOW, IMPLICIT));
    };
    renaming_a_user_changes_nothing_stored => {
        let when = r#"{"Effect":"Allow","Principal":{"AWS":"AIDAALICEALICEALICEAL"},"Action":"s3:*","Condition":{"StringEquals":{"aws:username":"alice"}}}"#;
        let policies = [resource("ordinary", when)];
        let renamed = ALICE.replace("\"alice\"", "\"alicia\"");
        breaks((&policies, &get(ALICE)), (&policies, &get(&renamed)), (ALLOW, IMPLICIT));
    };
    determining_statements_are_sufficient => {
        catches("determining_statements_are_sufficient", |reference, situation| {
            recorded(reference, &situation, |record| {
                record.determining.pop();
            })
        })
    };
    denials_are_necessary => catches("denials_are_necessary", |reference, situation| {
        recorded(reference, &situation, |record| record.determining.truncate(1))
    });
    allows_are_explained => catches("allows_are_explained", |reference, situation| {
        recorded(reference, &situation, |record| record.determining.clear())
    });
    implicit_denials_are_explained => catches("implicit_denials_are_explained", |reference, situation| {
        recorded(reference, &situation, |record| {
            if record.decision == IMPLICIT {
                record.deciding = IDENTITY;
            }
        })
    });
    repair_makes_progress => catches("repair_makes_progress", |reference, situation| {
        recorded(reference, &situation, |record| {
            if record.decision == IMPLICIT {
                record.deciding = IDENTITY;
            }
        })
    });
    reports_are_complete => catches("reports_are_complete", |reference, situation| {
        recorded(reference, &situation, |record| record.by_type[3].class = None)
    });
    messages_agree_with_the_record => {
        let Verdict::Evaluated(record) = verdict(&[], &get(ALICE)) else { panic!("a record") };
        assert!(message_agrees(Some("because no identity-based policy allows the action"), &record));
        assert!(!message_agrees(Some("because no permissions boundary allows the action"), &record));
        assert!(!message_agrees(Some("with an explicit deny in an identity-based policy"), &record));
        assert!(!message_agrees(None, &record));
    };
    simulator_view_agrees => catches("simulator_view_agrees", |reference, situation| {
        recorded(reference, &situation, |record| record.by_type[5].result = None)
    });
}
