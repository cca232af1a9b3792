//! Scenarios that no evaluator decides: a policy that the requester cannot have (EVAL-006), or a document that is refused (EVAL-065).
//!
//! They are short, for one request says as much as many.

use assize_model::scenario::Case;
use assize_model::{IdentityPolicy, IdentitySource, Policies, PolicySource, PolicyType, ResourceKind};

use crate::cast::{self, Cast, ROLES, Role};
use crate::choices::Choices;
use crate::policy::full_access;
use crate::scenario::{self, Cases, Usual};
use crate::settings::Settings;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Misfit {
    Identity,
    IdentitySource,
    Boundary,
    Boundaries,
    Session,
    Sessions,
    Scp,
    ScpOfManagement,
    RcpOfManagement,
}

impl Misfit {
    fn policy_type(self) -> PolicyType {
        match self {
            Misfit::Identity | Misfit::IdentitySource => PolicyType::Identity,
            Misfit::Boundary | Misfit::Boundaries => PolicyType::Boundary,
            Misfit::Session | Misfit::Sessions => PolicyType::Session,
            Misfit::Scp | Misfit::ScpOfManagement => PolicyType::Scp,
            Misfit::RcpOfManagement => PolicyType::Rcp,
        }
    }
}

/// Whether a requester fits `misfit`: who cannot have the policy, or has it in a wrong way.
fn concerned(misfit: Misfit, role: Role) -> bool {
    match misfit {
        Misfit::Identity => !role.has_identity(),
        Misfit::IdentitySource => role.has_identity(),
        Misfit::Boundary => !role.has_boundary(),
        Misfit::Boundaries => role.has_boundary(),
        Misfit::Session => !role.has_session(),
        Misfit::Sessions => role.has_session(),
        Misfit::Scp => !role.has_account(),
        Misfit::ScpOfManagement => role.has_account() && role != Role::ServiceLinked,
        Misfit::RcpOfManagement => true,
    }
}

/// Policies of which the requesters cannot have one, and requests under them; none if such errors are not reported.
pub(crate) fn misfit(choices: &mut dyn Choices, settings: &Settings) -> Option<(Policies, Vec<Case>)> {
    let can = &settings.capabilities;
    if !can.input_errors {
        return None;
    }
    // Each about as often as there are errors of its kind.
    let misfit = choices.weighted(&[
        (16, Misfit::Identity),
        (7, Misfit::IdentitySource),
        (20, Misfit::Boundary),
        (4, Misfit::Boundaries),
        (24, Misfit::Session),
        (5, Misfit::Sessions),
        (12, Misfit::Scp),
        (4, Misfit::ScpOfManagement),
        (4, Misfit::RcpOfManagement),
    ]);
    let roles = ROLES.into_iter().map(|(_, role)| role);
    let roles: Vec<Role> = roles.filter(|role| concerned(misfit, *role) && role.is_supported(can)).collect();
    if roles.is_empty() || !can.policies.contains(&misfit.policy_type()) {
        return None;
    }
    choices.label("policy that the requester cannot have");
    let role = *choices.one_of(&roles);
    let kind = if role == Role::FederatedCaller { ResourceKind::RoleTrust } else { ResourceKind::Ordinary };
    let account = cast::account(choices);
    let mut cast = Cast::about(choices, role, kind, account, can);
    cast.choose_targets(choices);
    if misfit == Misfit::ScpOfManagement {
        cast.manage(choices);
    }
    let mut policies = scenario::policies(choices, settings, &cast);
    add(choices, misfit, role, &mut policies);
    let usual = Usual::of(&cast);
    let count = choices.between(1, 2);
    let mut cases = Cases::with_capacity(count);
    for _ in 0..count {
        let request = match scenario::request(choices, settings, &usual, &cases, false) {
            Some(request) if misfit == Misfit::RcpOfManagement => scenario::of_management(&request),
            request => request,
        };
        cases.add(choices, request);
    }
    Some((policies, cases.finish()))
}

/// Puts the policy there that does not fit.
fn add(choices: &mut dyn Choices, misfit: Misfit, role: Role, policies: &mut Policies) {
    let full = |id: &str, policy_type: PolicyType| PolicySource::new(id, full_access(policy_type));
    match misfit {
        Misfit::Identity => {
            let source =
                choices.one_of(&[IdentitySource::User, IdentitySource::Role, IdentitySource::Issuer]).clone();
            let policy = IdentityPolicy { source, policy: full("identity-x", PolicyType::Identity) };
            // An empty list supplies no policy, and is no error.
            policies.identity = Some(if choices.chance(90) { vec![policy] } else { Vec::new() });
        }
        Misfit::IdentitySource => {
            let group = IdentitySource::Group("Dev".to_owned());
            let foreign = match role {
                Role::User => vec![IdentitySource::Role, IdentitySource::Issuer],
                Role::FederatedByUser => vec![IdentitySource::Role, IdentitySource::User],
                _ => vec![IdentitySource::User, IdentitySource::Issuer, group],
            };
            let source = choices.one_of(&foreign).clone();
            let policy = IdentityPolicy { source, policy: full("identity-x", PolicyType::Identity) };
            let identity = policies.identity.get_or_insert_default();
            identity.insert(choices.pick(identity.len() + 1), policy);
        }
        Misfit::Boundary => policies.boundary = vec![full("boundary-x", PolicyType::Boundary)],
        Misfit::Boundaries => {
            policies.boundary =
                vec![full("boundary-x", PolicyType::Boundary), full("boundary-y", PolicyType::Boundary)];
        }
        Misfit::Session => {
            let policy = full("session-x", PolicyType::Session);
            policies.session = Some(if choices.chance(70) { vec![policy] } else { Vec::new() });
        }
        Misfit::Sessions => {
            // Eleven may be passed: an inline policy and ten managed ones.
            let count = if choices.chance(50) { 11 } else { 12 };
            let named = |nth: usize| full(&format!("session-{nth}"), PolicyType::Session);
            policies.session = Some((0..count).map(named).collect());
        }
        Misfit::Scp | Misfit::ScpOfManagement => policies.scps = Some(levels(choices, PolicyType::Scp)),
        Misfit::RcpOfManagement => policies.rcps = Some(levels(choices, PolicyType::Rcp)),
    }
}

/// A path of levels; a path without any restricts nothing, and is no error.
fn levels(choices: &mut dyn Choices, policy_type: PolicyType) -> Vec<Vec<PolicySource>> {
    let count = choices.weighted(&[(10, 0), (60, 1), (30, 2)]);
    (0..count)
        .map(|nth| {
            let policy = PolicySource::new(format!("x-{nth}"), full_access(policy_type));
            if choices.chance(80) { vec![policy] } else { Vec::new() }
        })
        .collect()
}

/// Breaks one document of a scenario, so that it is refused as a whole (EVAL-065).
pub fn refuse_one(choices: &mut dyn Choices, policies: &mut Policies) {
    choices.label("refused document among others");
    let broken = *choices.one_of(&[
        "{\"Version\":\"2012-10-17\",\"Statement\":[]}",
        "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Permit\",\"Action\":\"*\",\"Resource\":\"*\"}}",
        "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\"",
        "{}",
    ]);
    let policy = PolicySource::new("refused", broken);
    match choices.pick(4) {
        0 => policies.boundary.push(policy),
        1 => policies.session.get_or_insert_default().push(policy),
        2 => policies.scps.get_or_insert_default().push(vec![policy]),
        _ => {
            let source = choices.one_of(&[IdentitySource::User, IdentitySource::Role]).clone();
            policies.identity.get_or_insert_default().push(IdentityPolicy { source, policy });
        }
    }
}
