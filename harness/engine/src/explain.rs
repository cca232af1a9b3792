//! The whole evaluation record (EVAL-067 to EVAL-069).
//!
//! It reads every statement of every policy in order, without the indexes, and combines the effects as EVAL-010 spells it, so that
//! it checks [`decide`](crate::decide) instead of repeating it.

use std::sync::Arc;

use assize_model::{
    DecidingType, Decision, Effect, Evaluation, MatchClass, PolicyType, Principal, Relation, ReportState,
    ResourceKind, StatementRef, TypeReport,
};

use crate::decide::endpoint_reading;
use crate::document::CompiledDocument;
use crate::frame::Frame;
use crate::key::Name;
use crate::list::{Bag, Levels, View};
use crate::naming::Reading;
use crate::rules::{self, Plan};

/// Evaluates a request under the policies that apply to it.
pub(crate) fn explain(view: &View<'_>, plan: &Plan, frame: &Frame<'_>) -> Box<Evaluation> {
    let reader = Reader { view, plan, frame };
    let mut classes = Vec::new();
    let mut by_type = [
        reader.path(PolicyType::Rcp, plan.rcp, view.rcps),
        reader.path(PolicyType::Scp, plan.scp, view.scps),
        reader.endpoint(),
        reader.resource(&mut classes),
        reader.bag(PolicyType::Identity, plan.identity, view.identity),
        reader.bag(PolicyType::Boundary, plan.boundary, view.boundary),
        reader.bag(PolicyType::Session, plan.session, view.session),
    ];
    by_type.iter_mut().for_each(conclude);
    let (decision, deciding, determining) = combine(&by_type, &classes, plan, frame);
    let missing_context_keys = missing_keys(view, frame);
    let relation = plan.relation;
    Box::new(Evaluation { decision, deciding, determining, by_type, relation, missing_context_keys })
}

/// Reads policies for one request.
struct Reader<'a> {
    view: &'a View<'a>,
    plan: &'a Plan,
    frame: &'a Frame<'a>,
}

impl Reader<'_> {
    fn bag(&self, policy_type: PolicyType, state: ReportState, bag: Option<Bag<'_>>) -> TypeReport {
        let mut report = TypeReport::unevaluated(policy_type, state);
        if let (ReportState::Evaluated, Some(bag)) = (state, bag) {
            self.read(&mut report, None, bag, self.plan.reading, &mut |_| {});
        }
        report
    }

    fn path(&self, policy_type: PolicyType, state: ReportState, levels: Option<Levels<'_>>) -> TypeReport {
        let mut report = TypeReport::unevaluated(policy_type, state);
        if let (ReportState::Evaluated, Some(levels)) = (state, levels) {
            for (level, bag) in levels.iter().enumerate() {
                let before = (report.deny.len(), report.allow.len());
                self.read(&mut report, Some(level), bag, self.plan.reading, &mut |_| {});
                if policy_type == PolicyType::Scp {
                    report.levels.push(if report.deny.len() > before.0 {
                        Decision::ExplicitDeny
                    } else if report.allow.len() > before.1 {
                        Decision::Allow
                    } else {
                        Decision::ImplicitDeny
                    });
                }
            }
        }
        report
    }

    fn endpoint(&self) -> TypeReport {
        let mut report = TypeReport::unevaluated(PolicyType::Vpce, self.plan.vpce);
        if let (ReportState::Evaluated, Some((_, bag))) = (self.plan.vpce, self.view.endpoint) {
            self.read(&mut report, None, bag, endpoint_reading(self.view, self.plan), &mut |_| {});
        }
        report
    }

    /// Reads the resource side, and puts the class of each statement and grant that allows into `classes`.
    fn resource(&self, classes: &mut Vec<MatchClass>) -> TypeReport {
        let (policy_type, state) = (self.plan.resource_type(), self.plan.resource);
        let mut report = TypeReport::unevaluated(policy_type, state);
        if state == ReportState::Evaluated {
            if let Some((_, bag)) = self.view.resource {
                self.read(&mut report, None, bag, self.plan.reading, &mut |class| classes.push(class));
            }
            if self.plan.lockout_exempt {
                report.deny.clear();
            }
            for (number, class) in rules::granted(self.view.acl, self.frame) {
                report.allow.push(StatementRef {
                    policy_type,
                    level: None,
                    policy: Arc::from("acl"),
                    statement: number,
                    sid: None,
                    region: None,
                });
                classes.push(class);
            }
            report.class = classes.iter().copied().max();
        }
        report
    }

    /// Adds the statements of a bag that apply, and tells the class of each that allows.
    // One copy for all policy types stays in the processor's cache.
    #[inline(never)]
    fn read(
        &self,
        report: &mut TypeReport,
        level: Option<usize>,
        bag: Bag<'_>,
        reading: Reading,
        allows: &mut dyn FnMut(MatchClass),
    ) {
        for attached in bag.iter() {
            let tables = &attached.document.tables;
            for (number, statement) in tables.statements.iter().enumerate() {
                let Some(class) = attached.document.applies(number, false, self.frame, reading) else {
                    continue;
                };
                let label = &tables.labels[faulty!(PlacesOfTheFirstStatement => 0, else number)];
                let found = StatementRef {
                    policy_type: report.policy_type,
                    level,
                    policy: attached.id.clone(),
                    statement: number,
                    sid: label.sid.clone(),
                    region: Some(label.region),
                };
                match statement.effect {
                    Effect::Deny => report.deny.push(found),
                    Effect::Allow => {
                        report.allow.push(found);
                        allows(class);
                    }
                }
            }
        }
    }
}

/// Gives a report its result, if the type was consulted: EVAL-003, with the notes at [`TypeReport::result`].
fn conclude(report: &mut TypeReport) {
    if report.state != ReportState::Evaluated {
        return;
    }
    let allows = match report.policy_type {
        PolicyType::Rcp => true,
        PolicyType::Scp => report.levels.iter().all(|&level| level == Decision::Allow),
        _ => !report.allow.is_empty(),
    };
    report.result = Some(match (report.deny.is_empty(), allows) {
        (false, _) => Decision::ExplicitDeny,
        (true, true) => Decision::Allow,
        (true, false) => Decision::ImplicitDeny,
    });
}

/// Steps 1 to 10 of EVAL-010. `classes` are those of what the resource side allows.
fn combine(
    by_type: &[TypeReport; 7],
    classes: &[MatchClass],
    plan: &Plan,
    frame: &Frame<'_>,
) -> (Decision, Option<DecidingType>, Vec<StatementRef>) {
    let implicit = |deciding| (Decision::ImplicitDeny, Some(deciding), Vec::new());
    let lacking = |policy_type| implicit(DecidingType::Policy(policy_type));
    if let Some((decision, deciding)) = plan.early {
        return (decision, Some(deciding), Vec::new());
    }
    if let Some(first) = by_type.iter().find(|report| !report.deny.is_empty()) {
        let denies = by_type.each_ref().map(|report| report.deny.as_slice()).concat();
        let denies = faulty!(FirstDenyDeterminesAlone => denies.into_iter().take(1).collect(), else denies);
        return (Decision::ExplicitDeny, Some(DecidingType::Policy(first.policy_type)), denies);
    }
    if plan.service_forbids {
        return implicit(DecidingType::Service);
    }
    let [_, scp, vpce, resource, identity, boundary, session] = by_type;
    let evaluated = |report: &TypeReport| report.state == ReportState::Evaluated;
    if evaluated(scp) && scp.result != Some(Decision::Allow) {
        return lacking(PolicyType::Scp);
    }
    if evaluated(vpce) && vpce.allow.is_empty() {
        return lacking(PolicyType::Vpce);
    }
    let resource_type = plan.resource_type();
    let [account, entity, direct] =
        [MatchClass::Account, MatchClass::Entity, MatchClass::Direct].map(|class| classes.contains(&class));
    let nothing_granted = classes.is_empty();
    let allow = |on_resource: Path, on_principal: Sides| {
        let mut allow = Vec::with_capacity(by_type.iter().map(|report| report.allow.len()).sum());
        allow.extend_from_slice(&scp.allow);
        allow.extend_from_slice(&vpce.allow);
        let granted = resource.allow.iter().zip(classes).filter(|(_, class)| on_resource.holds(**class));
        allow.extend(granted.map(|(statement, _)| statement.clone()));
        if on_principal.identity {
            allow.extend_from_slice(&identity.allow);
        }
        if on_principal.limits {
            allow.extend_from_slice(&boundary.allow);
            allow.extend_from_slice(&session.allow);
        }
        (Decision::Allow, None, allow)
    };
    if plan.relation == Relation::ResourceOnly {
        if !direct {
            return lacking(resource_type);
        }
        let on_resource = Path { direct: true, entity: false, account: false };
        return allow(on_resource, Sides { identity: false, limits: false });
    }

    let identity_allows = plan.full_access || !identity.allow.is_empty();
    let boundary_allows = !evaluated(boundary) || !boundary.allow.is_empty();
    let session_allows = if evaluated(session) {
        !session.allow.is_empty()
    } else {
        !matches!(frame.principal, Principal::FederatedUser(_))
    };
    if plan.relation == Relation::CrossAccount {
        if !identity_allows {
            return lacking(PolicyType::Identity);
        }
        if !boundary_allows {
            return lacking(PolicyType::Boundary);
        }
        if !session_allows {
            return lacking(PolicyType::Session);
        }
        if nothing_granted {
            return lacking(resource_type);
        }
        let on_resource = Path { direct: true, entity: true, account: true };
        return allow(on_resource, Sides { identity: true, limits: true });
    }

    let ordinary = plan.kind == ResourceKind::Ordinary;
    let trust = plan.kind == ResourceKind::RoleTrust;
    let limits_allow = boundary_allows && session_allows;
    let by_direct = direct && (!trust || limits_allow);
    // On a trust policy a direct grant stands for the identity side.
    let trusted_directly = trust && direct;
    let by_entity = entity && limits_allow;
    let by_identity = identity_allows && limits_allow && (ordinary || account);
    if !(by_direct || by_entity || by_identity) {
        return lacking(if !ordinary && nothing_granted {
            resource_type
        } else if !identity_allows && !entity && !trusted_directly {
            PolicyType::Identity
        } else if !boundary_allows {
            PolicyType::Boundary
        } else {
            PolicyType::Session
        });
    }
    let limits = by_entity || by_identity || (by_direct && trust);
    let on_resource = Path { direct: by_direct, entity: by_entity, account: by_identity && !ordinary };
    allow(on_resource, Sides { identity: by_identity, limits })
}

/// Which classes of the resource side's grants are on a satisfied path.
struct Path {
    direct: bool,
    entity: bool,
    account: bool,
}

impl Path {
    fn holds(&self, class: MatchClass) -> bool {
        match class {
            MatchClass::Direct => self.direct,
            MatchClass::Entity => self.entity,
            MatchClass::Account => self.account,
        }
    }
}

/// Which of the principal's policies are on a satisfied path.
struct Sides {
    identity: bool,
    /// Boundary and session policies.
    limits: bool,
}

/// EVAL-076, in the order that [`Evaluation::missing_context_keys`] says.
fn missing_keys<'v>(view: &View<'v>, frame: &Frame<'_>) -> Vec<String> {
    // Where each is in the order of use, the folded name, the name as spelled there.
    let mut missing: Vec<(usize, &str, &str)> = Vec::new();
    let mut look = |document: &'v CompiledDocument| {
        for (number, key) in document.tables.keys.iter().enumerate() {
            if let Name::Supplied { folded, .. } = key.name
                && frame.values(document, number as u32).len() == 0
            {
                missing.push((missing.len(), document.text(folded), document.text(key.spelled)));
            }
        }
    };
    let mut read = |bag: Bag<'v>| bag.iter().for_each(|attached| look(&attached.document));
    for path in [view.rcps, view.scps].into_iter().flatten() {
        path.iter().for_each(&mut read);
    }
    let bags = [
        view.endpoint.map(|(_, bag)| bag),
        view.resource.map(|(_, bag)| bag),
        view.identity,
        view.boundary,
        view.session,
    ];
    bags.into_iter().flatten().for_each(read);
    // Documents that name the same key: its first use stays.
    if !faulty!(MissingKeysRepeated) {
        missing.sort_by_key(|&(_, folded, _)| folded);
        missing.dedup_by_key(|&mut (_, folded, _)| folded);
        missing.sort_by_key(|&(place, ..)| place);
    }
    missing.into_iter().map(|(_, _, spelled)| spelled.to_owned()).collect()
}
