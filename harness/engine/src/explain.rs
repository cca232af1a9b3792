//! The whole evaluation record (EVAL-067 to EVAL-069).
//!
//! It reads every statement of every policy in order, without the indexes, and combines the effects as EVAL-010 spells it, so that
//! it checks [`decide`](crate::decide) instead of repeating it.

use std::collections::HashSet;
use std::sync::Arc;

use assize_model::{
    DecidingType, Decision, Effect, Evaluation, InputError, MatchClass, PolicyType, Principal, Relation,
    ReportState, ResourceKind, StatementRef, TypeReport,
};

use crate::decide::endpoint_reading;
use crate::frame::Frame;
use crate::key::Name;
use crate::list::{Bag, Levels, View};
use crate::naming::Reading;
use crate::rules::{self, Plan};

/// Evaluates a request under the policies that apply to it.
///
/// # Errors
/// The request cannot be put under these policies.
pub(crate) fn explain(view: &View<'_>, frame: &Frame<'_>) -> Result<Evaluation, InputError> {
    let plan = Plan::new(view, frame)?;
    let reader = Reader { view, plan: &plan, frame };
    let resource_type = plan.resource_type();
    let session = reader.bag(PolicyType::Session, plan.session, view.session);
    let read = Read {
        rcp: reader.path(PolicyType::Rcp, plan.rcp, view.rcps),
        scp: reader.path(PolicyType::Scp, plan.scp, view.scps),
        vpce: reader.endpoint(),
        resource: reader.resource(resource_type),
        identity: reader.bag(PolicyType::Identity, plan.identity, view.identity),
        boundary: reader.bag(PolicyType::Boundary, plan.boundary, view.boundary),
        session,
    };
    let (decision, deciding, determining) = combine(&read, &plan, frame);
    Ok(Evaluation {
        decision,
        deciding,
        determining,
        by_type: [
            read.rcp.into_report(PolicyType::Rcp),
            read.scp.into_report(PolicyType::Scp),
            read.vpce.into_report(PolicyType::Vpce),
            read.resource.into_report(resource_type),
            read.identity.into_report(PolicyType::Identity),
            read.boundary.into_report(PolicyType::Boundary),
            read.session.into_report(PolicyType::Session),
        ],
        relation: plan.relation,
        missing_context_keys: missing_keys(view, frame),
    })
}

/// The statements of one policy type that apply.
struct Applying {
    state: ReportState,
    /// Those that deny.
    deny: Vec<StatementRef>,
    /// Those that allow, and the grants of access control lists.
    allow: Vec<StatementRef>,
    /// The class of each that allows.
    classes: Vec<MatchClass>,
    /// For an organization path what each level says.
    levels: Vec<Decision>,
}

/// The same of every type.
struct Read {
    rcp: Applying,
    scp: Applying,
    vpce: Applying,
    resource: Applying,
    identity: Applying,
    boundary: Applying,
    session: Applying,
}

impl Applying {
    fn new(state: ReportState) -> Self {
        Applying { state, deny: Vec::new(), allow: Vec::new(), classes: Vec::new(), levels: Vec::new() }
    }

    fn evaluated(&self) -> bool {
        self.state == ReportState::Evaluated
    }

    /// The statements that allow with one of these classes.
    fn allowed(&self, classes: impl Fn(MatchClass) -> bool) -> impl Iterator<Item = StatementRef> {
        let classed = self.allow.iter().zip(&self.classes).filter(move |(_, class)| classes(**class));
        classed.map(|(statement, _)| statement.clone())
    }

    fn grants(&self, class: MatchClass) -> bool {
        self.classes.contains(&class)
    }

    /// EVAL-003, with the notes at [`TypeReport::result`].
    fn result(&self, policy_type: PolicyType) -> Decision {
        let allows = match policy_type {
            PolicyType::Rcp => true,
            PolicyType::Scp => self.levels.iter().all(|&level| level == Decision::Allow),
            _ => !self.allow.is_empty(),
        };
        match (self.deny.is_empty(), allows) {
            (false, _) => Decision::ExplicitDeny,
            (true, true) => Decision::Allow,
            (true, false) => Decision::ImplicitDeny,
        }
    }

    fn into_report(self, policy_type: PolicyType) -> TypeReport {
        if !self.evaluated() {
            return TypeReport::unevaluated(policy_type, self.state);
        }
        let classed = matches!(policy_type, PolicyType::Resource | PolicyType::Trust);
        TypeReport {
            policy_type,
            state: self.state,
            result: Some(self.result(policy_type)),
            levels: if policy_type == PolicyType::Scp { self.levels } else { Vec::new() },
            class: self.classes.into_iter().max().filter(|_| classed),
            allow: self.allow,
            deny: self.deny,
        }
    }
}

/// Reads policies for one request.
struct Reader<'a> {
    view: &'a View<'a>,
    plan: &'a Plan,
    frame: &'a Frame<'a>,
}

impl Reader<'_> {
    fn bag(&self, policy_type: PolicyType, state: ReportState, bag: Option<Bag<'_>>) -> Applying {
        let mut applying = Applying::new(state);
        if let (ReportState::Evaluated, Some(bag)) = (state, bag) {
            self.read(&mut applying, policy_type, None, bag, self.plan.reading);
        }
        applying
    }

    fn path(&self, policy_type: PolicyType, state: ReportState, levels: Option<Levels<'_>>) -> Applying {
        let mut applying = Applying::new(state);
        if let (ReportState::Evaluated, Some(levels)) = (state, levels) {
            for (level, bag) in levels.iter().enumerate() {
                let before = (applying.deny.len(), applying.allow.len());
                self.read(&mut applying, policy_type, Some(level), bag, self.plan.reading);
                applying.levels.push(if applying.deny.len() > before.0 {
                    Decision::ExplicitDeny
                } else if applying.allow.len() > before.1 {
                    Decision::Allow
                } else {
                    Decision::ImplicitDeny
                });
            }
        }
        applying
    }

    fn endpoint(&self) -> Applying {
        let mut applying = Applying::new(self.plan.vpce);
        if let (ReportState::Evaluated, Some((_, bag))) = (self.plan.vpce, self.view.endpoint) {
            self.read(&mut applying, PolicyType::Vpce, None, bag, endpoint_reading(self.view, self.plan));
        }
        applying
    }

    fn resource(&self, policy_type: PolicyType) -> Applying {
        let state = self.plan.resource;
        let mut applying = self.bag(policy_type, state, self.view.resource.map(|(_, bag)| bag));
        if self.plan.lockout_exempt {
            applying.deny.clear();
        }
        if state == ReportState::Evaluated {
            let granted = rules::granted(self.view.acl, self.frame).map(|(number, class)| {
                let grant = StatementRef {
                    policy_type,
                    level: None,
                    policy: Arc::from("acl"),
                    statement: number,
                    sid: None,
                    region: None,
                };
                (grant, class)
            });
            for (grant, class) in granted {
                applying.allow.push(grant);
                applying.classes.push(class);
            }
        }
        applying
    }

    fn read(
        &self,
        applying: &mut Applying,
        policy_type: PolicyType,
        level: Option<usize>,
        bag: Bag<'_>,
        reading: Reading,
    ) {
        for attached in bag.iter() {
            let tables = &attached.document.tables;
            for (number, statement) in tables.statements.iter().enumerate() {
                let Some(class) = attached.document.applies(number, false, self.frame, reading) else {
                    continue;
                };
                let label = &tables.labels[faulty!(PlacesOfTheFirstStatement => 0, else number)];
                let found = StatementRef {
                    policy_type,
                    level,
                    policy: attached.id.clone(),
                    statement: number,
                    sid: label.sid.clone(),
                    region: Some(label.region),
                };
                match statement.effect {
                    Effect::Deny => applying.deny.push(found),
                    Effect::Allow => {
                        applying.allow.push(found);
                        applying.classes.push(class);
                    }
                }
            }
        }
    }
}

/// Steps 1 to 10 of EVAL-010.
fn combine(
    read: &Read,
    plan: &Plan,
    frame: &Frame<'_>,
) -> (Decision, Option<DecidingType>, Vec<StatementRef>) {
    let implicit = |deciding| (Decision::ImplicitDeny, Some(deciding), Vec::new());
    let lacking = |policy_type| implicit(DecidingType::Policy(policy_type));
    if let Some((decision, deciding)) = plan.early {
        return (decision, Some(deciding), Vec::new());
    }
    let types =
        [&read.rcp, &read.scp, &read.vpce, &read.resource, &read.identity, &read.boundary, &read.session];
    let denies: Vec<StatementRef> = types.iter().flat_map(|applying| applying.deny.iter().cloned()).collect();
    let denies = faulty!(FirstDenyDeterminesAlone => denies.into_iter().take(1).collect(), else denies);
    if let Some(first) = denies.first() {
        return (Decision::ExplicitDeny, Some(DecidingType::Policy(first.policy_type)), denies);
    }
    if plan.service_forbids {
        return implicit(DecidingType::Service);
    }
    if read.scp.evaluated() && read.scp.result(PolicyType::Scp) != Decision::Allow {
        return lacking(PolicyType::Scp);
    }
    if read.vpce.evaluated() && read.vpce.allow.is_empty() {
        return lacking(PolicyType::Vpce);
    }
    let resource_type = plan.resource_type();
    let direct = read.resource.grants(MatchClass::Direct);
    let entity = read.resource.grants(MatchClass::Entity);
    let account = read.resource.grants(MatchClass::Account);
    let nothing_granted = read.resource.allow.is_empty();
    let guardrails = || read.scp.allow.iter().chain(&read.vpce.allow).cloned();
    if plan.relation == Relation::ResourceOnly {
        if !direct {
            return lacking(resource_type);
        }
        let granted = read.resource.allowed(|class| class == MatchClass::Direct);
        return (Decision::Allow, None, guardrails().chain(granted).collect());
    }

    let identity_allows = plan.full_access || !read.identity.allow.is_empty();
    let boundary_allows = !read.boundary.evaluated() || !read.boundary.allow.is_empty();
    let session_allows = if read.session.evaluated() {
        !read.session.allow.is_empty()
    } else {
        !matches!(frame.principal, Principal::FederatedUser(_))
    };
    let (on_resource, on_principal) = if plan.relation == Relation::CrossAccount {
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
        (Path { direct: true, entity: true, account: true }, Sides { identity: true, limits: true })
    } else {
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
        (
            Path { direct: by_direct, entity: by_entity, account: by_identity && !ordinary },
            Sides { identity: by_identity, limits },
        )
    };
    let on_path = |class| match class {
        MatchClass::Direct => on_resource.direct,
        MatchClass::Entity => on_resource.entity,
        MatchClass::Account => on_resource.account,
    };
    let mut allow: Vec<StatementRef> = guardrails().chain(read.resource.allowed(on_path)).collect();
    if on_principal.identity {
        allow.extend_from_slice(&read.identity.allow);
    }
    if on_principal.limits {
        allow.extend_from_slice(&read.boundary.allow);
        allow.extend_from_slice(&read.session.allow);
    }
    (Decision::Allow, None, allow)
}

/// Which classes of the resource side's grants are on a satisfied path.
struct Path {
    direct: bool,
    entity: bool,
    account: bool,
}

/// Which of the principal's policies are on a satisfied path.
struct Sides {
    identity: bool,
    /// Boundary and session policies.
    limits: bool,
}

/// EVAL-076, in the order that [`Evaluation::missing_context_keys`] says.
fn missing_keys(view: &View<'_>, frame: &Frame<'_>) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut missing = Vec::new();
    let paths = view.rcps.iter().chain(view.scps.iter()).flat_map(|levels| levels.iter());
    let bags = [
        view.endpoint.map(|(_, bag)| bag),
        view.resource.map(|(_, bag)| bag),
        view.identity,
        view.boundary,
        view.session,
    ];
    for attached in paths.chain(bags.into_iter().flatten()).flat_map(Bag::iter) {
        let document = &attached.document;
        for (number, key) in document.tables.keys.iter().enumerate() {
            let Name::Supplied { folded, .. } = key.name else { continue };
            if frame.values(document, number as u32).len() == 0
                && (seen.insert(document.text(folded)) || faulty!(MissingKeysRepeated))
            {
                missing.push(document.text(key.spelled).to_owned());
            }
        }
    }
    missing
}
