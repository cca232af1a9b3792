//! Truth tables: scenarios of many actions of which each policy allows some and denies few, without conditions and patterns.
//!
//! Every request is another row: which sides allow, by which names, within which limits. What the actions are is the topic; some topics
//! are those whose actions the rules single out.

use std::borrow::Cow;

use assize_model::scenario::Case;
use assize_model::{
    Context, Effect, EndpointPolicy, IdentityPolicy, Policies, PolicySource, PolicyType, Principal,
    PrincipalElement, PrincipalSpec, ResourceKind, ResourcePolicy, Statement, Version,
};

use crate::cast::{ACCOUNTS, Cast, Role, Target};
use crate::choices::Choices;
use crate::condition::alike;
use crate::policy::{assemble, full_access, has_principal, list, statement};
use crate::scenario::{Cases, endpoint_kind, grants, numbered, source_of};
use crate::settings::Settings;
use crate::{naming, topic};

/// The policies and the requests of a truth table; none if nothing that it may be about is supported.
pub(crate) fn truth_table(choices: &mut dyn Choices, settings: &Settings) -> Option<(Policies, Vec<Case>)> {
    let topic = topic::choose(choices, &settings.capabilities)?;
    let role = topic.role(choices, &settings.capabilities)?;
    choices.label("truth table");
    let account = topic.account(choices);
    let mut cast = Cast::about(choices, role, topic.kind, account, &settings.capabilities);
    cast.keys.clear();
    cast.targets = topic.targets(choices, &cast);
    let truth = Truth { cast: &cast, topic };
    let policies = truth.policies(choices);
    Some((policies, truth.requests(choices, settings)))
}

struct Truth<'t> {
    cast: &'t Cast,
    topic: &'static topic::Topic,
}

impl Truth<'_> {
    fn policies(&self, choices: &mut dyn Choices) -> Policies {
        let (cast, role, topic) = (self.cast, self.cast.role, self.topic);
        let can = &*cast.capabilities;
        let mut policies = Policies::default();
        if role.has_identity() && cast.has(PolicyType::Identity) && choices.chance(94) {
            let count = choices.weighted(&[(3, 0), (70, 1), (22, 2), (5, 3)]);
            let documents = self.documents(choices, "identity", PolicyType::Identity, count);
            let mut identity = Vec::with_capacity(count);
            for policy in documents {
                identity.push(IdentityPolicy { source: source_of(choices, role), policy });
            }
            policies.identity = Some(identity);
        }
        if role.has_boundary() && cast.has(PolicyType::Boundary) && choices.chance(topic.limits) {
            policies.boundary = self.documents(choices, "boundary", PolicyType::Boundary, 1);
        }
        let passes = match role {
            Role::FederatedByUser | Role::FederatedByRoot | Role::AssumedRoot => 85,
            _ => topic.limits,
        };
        if role.has_session() && cast.has(PolicyType::Session) && choices.chance(passes) {
            let count = choices.weighted(&[(5, 0), (80, 1), (15, 2)]);
            policies.session = Some(self.documents(choices, "session", PolicyType::Session, count));
        }
        let management =
            cast.principals.iter().any(|p| p.account().is_some_and(|account| account.management));
        if role.has_account() && !management && cast.has(PolicyType::Scp) && choices.chance(topic.limits / 2)
        {
            policies.scps = Some(self.levels(choices, "scp", PolicyType::Scp));
        }
        if cast.has(PolicyType::Rcp) && choices.chance(topic.rcp) {
            policies.rcps = Some(self.levels(choices, "rcp", PolicyType::Rcp));
        }
        if cast.has(PolicyType::Vpce)
            && choices.chance(topic.limits / 2)
            && let Some(kind) = endpoint_kind(choices, can)
        {
            let policy = self.policy(choices, "endpoint", PolicyType::Vpce);
            policies.endpoint = Some(EndpointPolicy { kind, policy });
        }
        let needs_resource = !role.has_account() || cast.account != 0 || cast.kind != ResourceKind::Ordinary;
        if cast.has(cast.kind.policy_type())
            && choices.chance(if needs_resource { 94 } else { topic.resource })
        {
            let policy = self.policy(choices, "resource", cast.kind.policy_type());
            policies.resource = Some(ResourcePolicy { kind: cast.kind, policy });
        }
        if can.acl && choices.chance(topic.acl) {
            policies.acl = grants(choices, cast);
        }
        policies
    }

    fn levels(&self, choices: &mut dyn Choices, id: &str, policy_type: PolicyType) -> Vec<Vec<PolicySource>> {
        let count = choices.weighted(&[(5, 0), (35, 1), (25, 2), (18, 3), (6, 4), (3, 5), (8, 7)]);
        // On a long path one level decides, or hardly anything would be allowed.
        let decisive = choices.pick(count.max(1));
        let mut levels = Vec::with_capacity(count);
        for level in 0..count {
            if policy_type == PolicyType::Scp && count > 3 && level != decisive {
                levels.push(vec![PolicySource::new(numbered(id, level), full_access(policy_type))]);
                continue;
            }
            let policies = choices.weighted(&[(5, 0), (68, 1), (27, 2)]);
            levels.push(self.documents(choices, &numbered(id, level), policy_type, policies));
        }
        levels
    }

    fn documents(
        &self,
        choices: &mut dyn Choices,
        id: &str,
        policy_type: PolicyType,
        count: usize,
    ) -> Vec<PolicySource> {
        (0..count).map(|nth| self.policy(choices, &numbered(id, nth), policy_type)).collect()
    }

    /// A policy of few statements in any order, each about some of the actions.
    fn policy(&self, choices: &mut dyn Choices, id: &str, policy_type: PolicyType) -> PolicySource {
        let mut statements = Vec::new();
        // A limit that allows nothing denies everything, not only what it names (EVAL-040).
        let only_denies = match policy_type {
            PolicyType::Rcp => true,
            PolicyType::Scp | PolicyType::Vpce | PolicyType::Boundary | PolicyType::Session => {
                choices.chance(3)
            }
            _ => false,
        };
        if !only_denies {
            let count = if has_principal(policy_type) {
                choices.between(1, 3)
            } else {
                choices.weighted(&[(80, 1), (20, 2)])
            };
            for _ in 0..count {
                let share = match policy_type {
                    PolicyType::Resource | PolicyType::Trust if self.topic.allowed < 90 => {
                        self.topic.allowed.min(75)
                    }
                    PolicyType::Boundary | PolicyType::Session => {
                        choices.weighted(&[(1, 100), (3, self.topic.allowed), (4, 50)])
                    }
                    _ => choices.weighted(&[(3, 100), (5, self.topic.allowed), (2, 60)]),
                };
                statements.push(self.statement(choices, policy_type, Effect::Allow, share));
            }
        }
        let denies = only_denies || choices.chance(self.topic.denied);
        if denies {
            let share = if policy_type == PolicyType::Rcp {
                30
            } else {
                choices.weighted(&[(3, self.topic.deny), (1, 60)])
            };
            let deny = self.statement(choices, policy_type, Effect::Deny, share);
            statements.insert(choices.pick(statements.len() + 1), deny);
        }
        PolicySource::new(id, assemble(Version::V2012, statements).to_json())
    }

    fn statement(
        &self,
        choices: &mut dyn Choices,
        policy_type: PolicyType,
        effect: Effect,
        share: usize,
    ) -> Statement {
        let actions = self.actions(choices, policy_type, share);
        let principal = self.principal(choices, policy_type, effect);
        let resource = match policy_type {
            PolicyType::Trust => None,
            PolicyType::Resource if choices.chance(30) => None,
            _ => Some(list(false, vec!["*".to_owned()])),
        };
        statement(effect, principal, list(false, actions), resource)
    }

    /// Some of the actions; one at least.
    fn actions(&self, choices: &mut dyn Choices, policy_type: PolicyType, share: usize) -> Vec<String> {
        let trust = policy_type == PolicyType::Trust;
        let mut actions: Vec<String> = Vec::new();
        for target in &self.cast.targets {
            let fits = !trust || target.action.starts_with("sts:");
            if fits && choices.chance(share) && !actions.contains(&target.action) {
                actions.push(target.action.clone());
            }
        }
        if share == 100 && !trust && policy_type != PolicyType::Rcp && choices.chance(50) {
            return vec!["*".to_owned()];
        }
        if actions.is_empty() {
            let action = &choices.one_of(&self.cast.targets).action;
            actions.push(if trust && !action.starts_with("sts:") {
                "sts:AssumeRole".to_owned()
            } else {
                action.clone()
            });
        }
        actions
    }

    /// Whom a statement names: the requester by one of its names, everyone, or somebody else.
    fn principal(
        &self,
        choices: &mut dyn Choices,
        policy_type: PolicyType,
        effect: Effect,
    ) -> Option<PrincipalElement> {
        let plain = |spec| Some(PrincipalElement { negated: false, spec });
        let principal = &self.cast.principals[0];
        match policy_type {
            PolicyType::Rcp => return plain(naming::everyone(choices)),
            PolicyType::Vpce if choices.chance(45) => return plain(naming::everyone(choices)),
            PolicyType::Resource | PolicyType::Trust | PolicyType::Vpce => {}
            _ => return None,
        }
        if effect == Effect::Deny
            && policy_type != PolicyType::Trust
            && self.cast.reads("NotPrincipal")
            && choices.chance(20)
        {
            let spec = naming::layers(choices, self.cast, principal);
            return Some(PrincipalElement { negated: true, spec });
        }
        plain(match choices.pick(10) {
            0 => naming::everyone(choices),
            1 | 2 => naming::list(choices, self.cast, principal),
            _ => self.one_name(choices, principal),
        })
    }

    /// The requester by one of its names; its account, what stands behind it, and itself equally often.
    fn one_name(&self, choices: &mut dyn Choices, principal: &Principal) -> PrincipalSpec {
        naming::gather(vec![naming::name_of(choices, principal)])
    }

    /// Every action by the usual requester, and some by others, in another letter case, or on what another account owns.
    fn requests(&self, choices: &mut dyn Choices, settings: &Settings) -> Vec<Case> {
        let cast = self.cast;
        let first = choices.pick(cast.targets.len());
        let kept = cast.targets.len().min(settings.requests.saturating_sub(4).max(1));
        let mut cases = Cases::with_capacity(kept + 4);
        for nth in 0..kept {
            let target = &cast.targets[(first + nth) % cast.targets.len()];
            let Target { action, resource, owner } = target;
            let principal = &cast.principals[0];
            let request = cases.build(choices, principal, action, resource, owner, Ok(Context::default()));
            cases.add(choices, request);
        }
        for _ in 0..4 {
            let Target { action, resource, owner } = choices.one_of(&cast.targets);
            let (mut action, mut owner) = (Cow::from(action), owner.as_str());
            let mut principal = &cast.principals[0];
            match choices.pick(5) {
                0 => action.to_mut().make_ascii_lowercase(),
                1 => action.to_mut().make_ascii_uppercase(),
                2 if crate::pattern::account_of(resource).is_none() && owner != "aws" => {
                    owner = *choices.one_of(&ACCOUNTS);
                }
                // Letters whose lower case is one of ASCII (MATCH-012).
                3 => {
                    let (vendor, name) = action.split_once(':').unwrap_or_default();
                    if let Some(name) = alike(choices, name) {
                        action = Cow::from([vendor, ":", &name].concat());
                    }
                }
                _ => principal = choices.one_of(&cast.principals),
            }
            let request = cases.build(choices, principal, &action, resource, owner, Ok(Context::default()));
            cases.add(choices, request);
        }
        cases.finish()
    }
}
