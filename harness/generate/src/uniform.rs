//! The generator that [`scenario()`](crate::scenario()) is measured against: the one that anybody would write first.
//!
//! It writes legal documents of every type and well-formed requests, and draws each part evenly from all that it can be, by itself: no
//! request is made from a policy, no two names come from one small cast, and there are no themes, no near misses but those that chance
//! makes. What a requester is, is chosen once, because policies fit no other (EVAL-006).

use assize_model::{
    BaseOperator, ConditionBlock, ConditionKey, Context, ContextEntry, Document, Effect, Element,
    EndpointKind, EndpointPolicy, IdentityPolicy, Literal, Operator, Policies, PolicySource, PolicyType,
    PrincipalElement, Request, ResourceKind, ResourcePolicy, Scenario, SetOperator, Statement, Version,
};

use crate::cast::{Cast, KEYS, ROLES, Role, Target};
use crate::choices::Choices;
use crate::naming;
use crate::policy::{assemble, has_principal, list, written};
use crate::scenario::{Cases, generated, grants, source_of};
use crate::settings::Settings;
use crate::value::Type;

mod domain;

/// Chooses policies and, apart from them, requests.
pub fn uniform(choices: &mut dyn Choices, settings: &Settings) -> Scenario {
    let (_, role) = *choices.one_of(&ROLES);
    let kind = match role {
        Role::FederatedCaller => ResourceKind::RoleTrust,
        _ => *choices.one_of(&ResourceKind::ALL),
    };
    let management = role.has_account() && choices.chance(50);
    let drawing = Drawing { settings, role, management, kind };
    let policies = drawing.policies(choices);
    let count = choices.between(1, settings.requests.max(1));
    let mut cases = Cases::with_capacity(count);
    for _ in 0..count {
        let request = drawing.request(choices, &cases);
        cases.add(choices, request);
    }
    generated(policies, cases.finish())
}

/// Draws the parts of a scenario, none from another.
struct Drawing<'s> {
    settings: &'s Settings,
    role: Role,
    /// Whether requesters are of the management account, which no SCP reaches.
    management: bool,
    kind: ResourceKind,
}

impl Drawing<'_> {
    fn policies(&self, choices: &mut dyn Choices) -> Policies {
        let role = self.role;
        let mut policies = Policies::default();
        if role.has_identity() && choices.chance(50) {
            let documents = self.several(choices, "identity", PolicyType::Identity);
            let attach = |policy| IdentityPolicy { source: source_of(choices, role), policy };
            policies.identity = Some(documents.into_iter().map(attach).collect());
        }
        if role.has_boundary() && choices.chance(50) {
            policies.boundary = vec![self.policy(choices, "boundary", PolicyType::Boundary)];
        }
        if role.has_session() && choices.chance(50) {
            policies.session = Some(self.several(choices, "session", PolicyType::Session));
        }
        if role.has_account() && !self.management && choices.chance(50) {
            policies.scps = Some(self.levels(choices, "scp", PolicyType::Scp));
        }
        if choices.chance(50) {
            policies.rcps = Some(self.levels(choices, "rcp", PolicyType::Rcp));
        }
        if choices.chance(50) {
            let kind = *choices.one_of(&EndpointKind::ALL);
            let policy = self.policy(choices, "endpoint", PolicyType::Vpce);
            policies.endpoint = Some(EndpointPolicy { kind, policy });
        }
        if choices.chance(50) {
            let policy = self.policy(choices, "resource", self.kind.policy_type());
            policies.resource = Some(ResourcePolicy { kind: self.kind, policy });
        }
        if choices.chance(50) {
            let cast = Cast::of(choices, role, &self.settings.capabilities);
            policies.acl = grants(choices, &cast);
        }
        policies
    }

    fn levels(&self, choices: &mut dyn Choices, id: &str, policy_type: PolicyType) -> Vec<Vec<PolicySource>> {
        let count = choices.pick(6);
        (0..count).map(|level| self.several(choices, &format!("{id}-{level}"), policy_type)).collect()
    }

    fn several(&self, choices: &mut dyn Choices, id: &str, policy_type: PolicyType) -> Vec<PolicySource> {
        let count = choices.between(0, self.settings.policies);
        (0..count).map(|nth| self.policy(choices, &format!("{id}-{nth}"), policy_type)).collect()
    }

    fn policy(&self, choices: &mut dyn Choices, id: &str, policy_type: PolicyType) -> PolicySource {
        let document = self.document(choices, policy_type);
        PolicySource::new(id, written(choices, &document, policy_type))
    }

    fn document(&self, choices: &mut dyn Choices, policy_type: PolicyType) -> Document {
        let needs_version = matches!(policy_type, PolicyType::Scp | PolicyType::Rcp);
        let version = if needs_version || choices.chance(50) { Version::V2012 } else { Version::V2008 };
        let count = choices.between(1, self.settings.statements.max(1));
        assemble(version, (0..count).map(|_| self.statement(choices, policy_type)).collect())
    }

    /// A statement that is legal for the type of its policy (GRAM-043 to GRAM-048).
    fn statement(&self, choices: &mut dyn Choices, policy_type: PolicyType) -> Statement {
        let (trust, rcp) = (policy_type == PolicyType::Trust, policy_type == PolicyType::Rcp);
        let effect = if rcp || choices.chance(50) { Effect::Deny } else { Effect::Allow };
        let negatable =
            matches!(policy_type, PolicyType::Resource | PolicyType::Vpce) && effect == Effect::Deny;
        let principal = has_principal(policy_type).then(|| principal(choices, !rcp, negatable));
        let kind = if trust { ResourceKind::RoleTrust } else { ResourceKind::Ordinary };
        let action = element(choices, !trust && !rcp, |choices| match choices.pick(4) {
            0 if !trust && !rcp => "*".to_owned(),
            _ => {
                let Target { action, .. } = domain::target(choices, kind);
                let (vendor, name) = action.split_once(':').unwrap_or((&action, ""));
                format!("{vendor}:{}", domain::pattern(choices, name.to_owned()))
            }
        });
        let resource = (!trust).then(|| {
            element(choices, true, |choices| {
                let Target { resource, .. } = domain::target(choices, kind);
                match resource.rsplit_once(':') {
                    Some((head, tail)) => format!("{head}:{}", domain::pattern(choices, tail.to_owned())),
                    None => resource,
                }
            })
        });
        let condition = if choices.chance(50) { vec![condition(choices)] } else { Vec::new() };
        Statement { sid: None, effect, principal, action, resource, condition }
    }

    fn request(&self, choices: &mut dyn Choices, cases: &Cases) -> Option<Request> {
        let principal = domain::principal(choices, self.role, self.management)?;
        let Target { action, resource, owner } = domain::target(choices, self.kind);
        let mut context = Vec::new();
        for (key, of, _) in KEYS {
            if choices.chance(50) {
                context.push(ContextEntry { key: (*key).to_owned(), values: values(choices, *of) });
            }
        }
        cases.build(choices, &principal, &action, &resource, &owner, Context::new(context))
    }
}

/// One to three entries, half of the time unwanted ones.
fn element(
    choices: &mut dyn Choices,
    negatable: bool,
    mut entry: impl FnMut(&mut dyn Choices) -> String,
) -> Element {
    let negated = negatable && choices.chance(50);
    let count = choices.between(1, 3);
    list(negated, (0..count).map(|_| entry(choices)).collect())
}

fn principal(choices: &mut dyn Choices, named: bool, negatable: bool) -> PrincipalElement {
    let negated = negatable && choices.chance(50);
    if !named || choices.chance(50) {
        return PrincipalElement { negated, spec: naming::everyone(choices) };
    }
    let count = choices.between(1, 3);
    let names = (0..count).map(|_| domain::principal_value(choices)).collect();
    PrincipalElement { negated, spec: naming::gather(names) }
}

/// Any operator on any key.
fn condition(choices: &mut dyn Choices) -> ConditionBlock {
    let base = *choices.one_of(&BaseOperator::ALL);
    let set = *choices.one_of(&[None, Some(SetOperator::ForAllValues), Some(SetOperator::ForAnyValue)]);
    let if_exists = base != BaseOperator::Null && choices.chance(50);
    let (key, _, _) = *choices.one_of(KEYS);
    let values = values(choices, Type::of(base).unwrap_or(Type::Bool));
    let keys = vec![ConditionKey { key: key.to_owned(), values }];
    ConditionBlock { operator: Operator { set, base, if_exists }, keys }
}

/// One to three values of a type.
fn values(choices: &mut dyn Choices, of: Type) -> Vec<Literal> {
    let count = choices.between(1, 3);
    (0..count).map(|_| domain::literal(choices, of)).collect()
}
