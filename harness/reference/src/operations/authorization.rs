//! Operations as lists of authorizations (EVAL-060, EVAL-061).

use assize_model::{
    Action, Context, ContextEntry, DecidingType, Decision, Evaluation, Evaluator, Literal, Policies,
    PolicyType, Principal, ReportState, Request, Resource, Verdict,
};

use super::{Denial, Stop};

/// What one authorization came to: its decision and what decided.
pub type Ruling = (Decision, Option<DecidingType>);

/// One authorization: `action` on the resource `arn` of account `owner`, or without resource.
///
/// # Errors
/// [`Stop::Failed`] if these make no request.
pub fn request(
    principal: &Principal,
    action: &str,
    resource: Option<(&str, &str)>,
    context: Vec<ContextEntry>,
) -> Result<Request, Stop> {
    let resource = match resource {
        Some((arn, owner)) => Resource::new(arn, Some(owner.to_owned()))?,
        None => Resource::new("*", None)?,
    };
    Ok(Request::new(principal.clone(), Action::new(action)?, resource, Context::new(context)?)?)
}

/// A context entry with one text.
pub fn entry(key: impl Into<String>, value: impl Into<String>) -> ContextEntry {
    ContextEntry { key: key.into(), values: vec![Literal::string(value.into())] }
}

/// The record of each request under `policies`.
///
/// # Errors
/// [`Stop::Failed`] if the policies are refused, or a request is an input error under them.
pub fn evaluate(
    evaluator: &dyn Evaluator,
    policies: &Policies,
    requests: &[Request],
) -> Result<Vec<Evaluation>, Stop> {
    let prepared = evaluator.prepare(policies)?;
    let record = |request| match prepared.evaluate(request) {
        Verdict::Evaluated(evaluation) => Ok(*evaluation),
        Verdict::InputError(error) => Err(error.into()),
        other => Err(Stop::Failed(format!("the evaluator gives no record: {other:?}"))),
    };
    requests.iter().map(record).collect()
}

/// EVAL-060: an operation succeeds only if all its authorizations are allowed.
///
/// # Errors
/// [`Stop::Denied`] with the first authorization that has the combined decision: ExplicitDeny if any is, else ImplicitDeny.
pub fn combine(requests: &[Request], rulings: &[Ruling]) -> Result<(), Stop> {
    let worst = rulings.iter().map(|&(decision, _)| decision).max().unwrap_or(Decision::Allow);
    if worst == Decision::Allow {
        return Ok(());
    }
    let first = requests.iter().zip(rulings).enumerate().find(|(_, (_, ruling))| ruling.0 == worst);
    match first {
        Some((index, (request, &(decision, deciding)))) => {
            let action = request.action().as_str().to_owned();
            Err(Stop::Denied(Denial { index, action, decision, deciding }))
        }
        None => Err(Stop::Failed("a ruling without its request".to_owned())),
    }
}

/// Decides `requests` and combines them; the actions authorized, in order.
///
/// # Errors
/// As [`evaluate`] and [`combine`].
pub fn authorize(
    evaluator: &dyn Evaluator,
    policies: &Policies,
    requests: &[Request],
) -> Result<Vec<String>, Stop> {
    let rulings: Vec<Ruling> = evaluate(evaluator, policies, requests)?.iter().map(ruling).collect();
    combine(requests, &rulings)?;
    Ok(actions(requests))
}

/// The actions of `requests`.
pub fn actions(requests: &[Request]) -> Vec<String> {
    requests.iter().map(|request| request.action().as_str().to_owned()).collect()
}

/// What a record came to.
pub fn ruling(evaluation: &Evaluation) -> Ruling {
    (evaluation.decision, evaluation.deciding)
}

/// DELEG-027: what the record comes to by step 8 of EVAL-010, both sides and no bypass, although it is of one account.
///
/// The record of EVAL-069 is complete, so nothing is decided anew: only steps 8 and 9 read it differently.
pub fn both_sides_ruling(evaluation: &Evaluation) -> Ruling {
    let before_step_8 = match evaluation.deciding {
        None => false,
        Some(DecidingType::Policy(policy_type)) => {
            let sides = [PolicyType::Trust, PolicyType::Identity, PolicyType::Boundary, PolicyType::Session];
            evaluation.decision == Decision::ExplicitDeny || !sides.contains(&policy_type)
        }
        Some(_) => true,
    };
    if before_step_8 {
        return ruling(evaluation);
    }
    let [_, _, _, trust, identity, boundary, session] = &evaluation.by_type;
    let missing = [
        (identity.result == Some(Decision::Allow), PolicyType::Identity),
        (
            boundary.state != ReportState::Evaluated || boundary.result == Some(Decision::Allow),
            PolicyType::Boundary,
        ),
        (
            session.state != ReportState::Evaluated || session.result == Some(Decision::Allow),
            PolicyType::Session,
        ),
        (trust.class.is_some(), PolicyType::Trust),
    ];
    match missing.into_iter().find(|(allows, _)| !allows) {
        Some((_, policy_type)) => (Decision::ImplicitDeny, Some(DecidingType::Policy(policy_type))),
        None => (Decision::Allow, None),
    }
}
