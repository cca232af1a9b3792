//! The workload for `iam-rs`: the same documents, read once, and requests with the same context.
//!
//! It tells an explicit deny from an implicit one, as IAM does. Its default options stop at the first explicit deny and collect no
//! details; nothing else can be prepared.

use iam_rs::{Arn, Context, Decision, IAMPolicy, IAMRequest, PolicyEvaluator, Principal, PrincipalId};

use crate::workload::{ACCOUNT, Ask, USER, Workload};

pub fn evaluator(workload: &Workload) -> PolicyEvaluator {
    let policies = workload.texts().map(|text| IAMPolicy::from_json(&text).expect("a document"));
    PolicyEvaluator::with_policies(policies.collect())
}

pub fn requests(workload: &Workload) -> Vec<(IAMRequest, Decision)> {
    workload.asks.iter().map(|ask| (request(ask), decision(ask.expected))).collect()
}

pub fn decide(evaluator: &PolicyEvaluator, request: &IAMRequest) -> Decision {
    evaluator.evaluate(request).expect("an evaluation").decision
}

fn request(ask: &Ask) -> IAMRequest {
    let principal = Principal::Aws(PrincipalId::String(format!("arn:aws:iam::{ACCOUNT}:user/{USER}")));
    let resource = Arn::parse(&ask.resource).expect("an ARN");
    let context = Context::new()
        .with_string("aws:PrincipalTag/team", ask.team.as_str())
        .with_string("aws:SourceIp", ask.source_ip.as_str())
        .with_boolean("aws:SecureTransport", ask.secure_transport);
    IAMRequest::new_with_context(principal, ask.action.as_str(), resource, context)
}

fn decision(expected: assize_model::Decision) -> Decision {
    match expected {
        assize_model::Decision::Allow => Decision::Allow,
        assize_model::Decision::ExplicitDeny => Decision::Deny,
        assize_model::Decision::ImplicitDeny => Decision::NotApplicable,
    }
}
