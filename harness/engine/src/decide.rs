//! The decision alone, by EVAL-010: reads no more than it needs and allocates nothing.

use std::ops::ControlFlow;

use assize_model::{
    DecidingType, Decision, Effect, MatchClass, PolicyType, Principal, Relation, ReportState, ResourceKind,
};

use crate::frame::Frame;
use crate::list::{Bag, View};
use crate::naming::Reading;
use crate::rules::{self, Plan};

/// A decision and what decided it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The decision.
    pub decision: Decision,
    /// What decided; `None` for an Allow that policies gave (EVAL-066).
    pub deciding: Option<DecidingType>,
}

impl Outcome {
    const ALLOW: Outcome = Outcome { decision: Decision::Allow, deciding: None };

    fn implicit(policy_type: PolicyType) -> Outcome {
        Outcome { decision: Decision::ImplicitDeny, deciding: Some(DecidingType::Policy(policy_type)) }
    }
}

/// Decides a request under the policies that apply to it.
pub(crate) fn decide(view: &View<'_>, plan: &Plan, frame: &Frame<'_>) -> Outcome {
    if let Some((decision, deciding)) = plan.early {
        return Outcome { decision, deciding: Some(deciding) };
    }
    faulty!(AllowEndsTheSearch {
        if missing_gate(view, plan, frame).is_none() && missing_grant(view, plan, frame).is_none() {
            return Outcome::ALLOW;
        }
    });
    if let Some(policy_type) = denying(view, plan, frame) {
        let deciding = Some(DecidingType::Policy(policy_type));
        return Outcome { decision: Decision::ExplicitDeny, deciding };
    }
    if plan.service_forbids {
        return Outcome { decision: Decision::ImplicitDeny, deciding: Some(DecidingType::Service) };
    }
    if let Some(policy_type) = missing_gate(view, plan, frame) {
        return Outcome::implicit(policy_type);
    }
    match missing_grant(view, plan, frame) {
        Some(policy_type) => Outcome::implicit(policy_type),
        None => Outcome::ALLOW,
    }
}

/// The bag of a policy type that is consulted.
fn consulted<T>(state: ReportState, supplied: Option<T>) -> Option<T> {
    if state == ReportState::Evaluated { supplied } else { None }
}

/// How an endpoint's policy reads principals (EVAL-022).
pub(crate) fn endpoint_reading(view: &View<'_>, plan: &Plan) -> Reading {
    let gateway = view.endpoint.is_some_and(|(kind, _)| kind == assize_model::EndpointKind::Gateway);
    Reading { gateway: gateway && !faulty!(GatewaysReadAsInterfaces), ..plan.reading }
}

/// Step 3: the first type with an applicable Deny.
fn denying(view: &View<'_>, plan: &Plan, frame: &Frame<'_>) -> Option<PolicyType> {
    let denies = |bag: Bag<'_>| bag.any(Effect::Deny, frame, plan.reading);
    let level_denies = |state, levels| {
        consulted(state, levels).is_some_and(|levels: crate::list::Levels<'_>| {
            faulty!(FirstLevelDeniesOnly { return levels.iter().take(1).any(denies); });
            levels.iter().any(denies)
        })
    };
    let bag_denies = |state, bag: Option<Bag<'_>>| consulted(state, bag).is_some_and(denies);
    faulty!(ScpsBeforeRcps { if level_denies(plan.scp, view.scps) { return Some(PolicyType::Scp); } });
    if level_denies(plan.rcp, view.rcps) {
        return Some(PolicyType::Rcp);
    }
    if level_denies(plan.scp, view.scps) {
        return Some(PolicyType::Scp);
    }
    if view.endpoint.is_some_and(|(_, bag)| bag.any(Effect::Deny, frame, endpoint_reading(view, plan))) {
        return Some(PolicyType::Vpce);
    }
    if !plan.lockout_exempt && bag_denies(plan.resource, view.resource.map(|(_, bag)| bag)) {
        return Some(plan.resource_type());
    }
    faulty!(PrincipalDeniesNotRead { return None; });
    if bag_denies(plan.identity, view.identity) {
        return Some(PolicyType::Identity);
    }
    if bag_denies(plan.boundary, view.boundary) {
        return Some(PolicyType::Boundary);
    }
    faulty!(SessionDeniesNotRead { return None; });
    bag_denies(plan.session, view.session).then_some(PolicyType::Session)
}

/// Step 4: the first guardrail that does not allow.
fn missing_gate(view: &View<'_>, plan: &Plan, frame: &Frame<'_>) -> Option<PolicyType> {
    let allows = |bag: Bag<'_>| bag.any(Effect::Allow, frame, plan.reading);
    faulty!(OneLevelIsEnough {
        return consulted(plan.scp, view.scps).filter(|levels| !levels.iter().any(allows)).map(|_| PolicyType::Scp);
    });
    if consulted(plan.scp, view.scps).is_some_and(|levels| !levels.iter().all(allows)) {
        return Some(PolicyType::Scp);
    }
    let forbids = |(_, bag): (_, Bag<'_>)| !bag.any(Effect::Allow, frame, endpoint_reading(view, plan));
    view.endpoint.is_some_and(forbids).then_some(PolicyType::Vpce)
}

/// The classes of what the resource side grants (step 5). Once something is direct, nothing else matters, and the rest is not read.
#[derive(Clone, Copy, Default)]
struct Grants {
    direct: bool,
    entity: bool,
    account: bool,
}

impl Grants {
    fn new(view: &View<'_>, plan: &Plan, frame: &Frame<'_>) -> Grants {
        let mut grants = Grants::default();
        if plan.resource != ReportState::Evaluated {
            return grants;
        }
        for (_, class) in rules::granted(view.acl, frame) {
            grants.add(class);
        }
        if let Some((_, bag)) = view.resource
            && !grants.direct
        {
            let _ = bag.applying(Effect::Allow, frame, plan.reading, &mut |class| {
                grants.add(class);
                let enough = grants.direct || faulty!(FirstGrantDecides);
                if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
        }
        grants
    }

    fn add(&mut self, class: MatchClass) {
        match class {
            MatchClass::Direct => self.direct = true,
            MatchClass::Entity => self.entity = true,
            MatchClass::Account => self.account = true,
        }
    }

    fn none(self) -> bool {
        !(self.direct || self.entity || self.account)
    }
}

/// Steps 5 to 10: `None` if a path allows, else the type that is to blame.
fn missing_grant(view: &View<'_>, plan: &Plan, frame: &Frame<'_>) -> Option<PolicyType> {
    let allows = |bag: Bag<'_>| bag.any(Effect::Allow, frame, plan.reading);
    let identity = || plan.full_access || consulted(plan.identity, view.identity).is_some_and(allows);
    let boundary = || consulted(plan.boundary, view.boundary).is_none_or(allows);
    let session = || match consulted(plan.session, view.session) {
        Some(bag) => allows(bag),
        None => !matches!(frame.principal, Principal::FederatedUser(_)),
    };
    let resource_type = plan.resource_type();
    match plan.relation {
        Relation::ResourceOnly => (!Grants::new(view, plan, frame).direct).then_some(resource_type),
        Relation::CrossAccount => {
            if !identity() {
                Some(PolicyType::Identity)
            } else if !boundary() {
                Some(PolicyType::Boundary)
            } else if !session() {
                Some(PolicyType::Session)
            } else {
                Grants::new(view, plan, frame).none().then_some(resource_type)
            }
        }
        Relation::SameAccount => {
            let grants = Grants::new(view, plan, frame);
            if grants.direct && plan.kind != ResourceKind::RoleTrust {
                return None;
            }
            if plan.kind != ResourceKind::Ordinary && grants.none() {
                return Some(resource_type);
            }
            // On a trust policy a direct grant, like an entity's on any, stands for the identity side (EVAL-027, EVAL-050).
            if !grants.direct && !grants.entity && !identity() {
                return Some(PolicyType::Identity);
            }
            if !boundary() {
                return Some(PolicyType::Boundary);
            }
            (!session()).then_some(PolicyType::Session)
        }
    }
}
