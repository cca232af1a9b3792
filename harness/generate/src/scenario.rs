//! Scenarios: the policies of a cast, and requests that are made from the same cast and then perturbed in one dimension.

use std::borrow::Cow;
use std::sync::Arc;

use assize_model::scenario::{Body, Case};
use assize_model::{
    AclGrant, AclPermission, AclTarget, Action, Capabilities, Context, ContextEntry, EndpointKind,
    EndpointPolicy, Grantee, IdentityPolicy, IdentitySource, InputError, Literal, Policies, PolicySource,
    PolicyType, Principal, Request, Resource, ResourceKind, ResourcePolicy, Scenario,
};

use crate::cast::{ACCOUNTS, CANONICAL_IDS, Cast, Role, Target};
use crate::choices::Choices;
use crate::condition::narrow;
use crate::experiment::experiment;
use crate::misfit::{self, misfit};
use crate::policy::{Mood, Purpose, document, purpose, written};
use crate::settings::Settings;
use crate::table::table;
use crate::truth::truth_table;
use crate::value;

/// Chooses a scenario: policies that apply to a requester of the cast, and requests under them. It expects nothing.
pub fn scenario(choices: &mut dyn Choices, settings: &Settings) -> Scenario {
    let themes = [
        (settings.tables, Theme::Table),
        (settings.truth, Theme::Truth),
        (settings.experiment, Theme::Experiment),
        (settings.misfit, Theme::Misfit),
    ];
    let mut left = choices.pick(100);
    // The simplest choice is none of them.
    for (percent, theme) in themes.into_iter().rev() {
        if left >= 100 - percent.min(100) {
            let made = theme.make(choices, settings);
            let Some((policies, mut requests)) = made else { return medley(choices, settings) };
            requests.truncate(settings.requests.max(1));
            return generated(policies, requests);
        }
        left += percent;
    }
    medley(choices, settings)
}

/// What a scenario is made for, if not everything at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Theme {
    /// Whether conditions hold (see [`table`]).
    Table,
    /// Which sides allow (see [`truth_table`]).
    Truth,
    /// Whether one element matches (see [`experiment`]).
    Experiment,
    /// What cannot be decided (see [`misfit`]).
    Misfit,
}

impl Theme {
    /// Policies and requests; none if what it is about is not supported.
    fn make(self, choices: &mut dyn Choices, settings: &Settings) -> Option<(Policies, Vec<Case>)> {
        match self {
            Theme::Table => table(choices, settings),
            Theme::Truth => truth_table(choices, settings),
            Theme::Experiment => experiment(choices, settings),
            Theme::Misfit => misfit(choices, settings),
        }
    }
}

fn medley(choices: &mut dyn Choices, settings: &Settings) -> Scenario {
    let cast = Cast::within(choices, &settings.capabilities);
    let mut policies = policies(choices, settings, &cast);
    if settings.capabilities.validation && choices.chance(settings.refused) {
        misfit::refuse_one(choices, &mut policies);
        let settings = Settings { requests: 2, ..settings.clone() };
        return generated(policies, requests(choices, &settings, &cast));
    }
    generated(policies, requests(choices, settings, &cast))
}

/// Policies that apply to the requesters of a cast.
pub(crate) fn policies(choices: &mut dyn Choices, settings: &Settings, cast: &Cast) -> Policies {
    let breadth = choices.chance(settings.breadth);
    choices.label(if breadth { "breadth" } else { "depth" });
    let mood = if choices.chance(settings.open) { Mood::Open } else { Mood::Wild };
    Maker { settings, cast, breadth, mood }.policies(choices)
}

pub(crate) fn generated(policies: Policies, requests: Vec<Case>) -> Scenario {
    Scenario {
        name: "generated".to_owned(),
        rules: vec!["INV-092".to_owned()],
        note: None,
        status: None,
        body: Body::Requests { policies: Box::new(policies), requests, expect: None },
    }
}

/// Makes the policies of a scenario.
struct Maker<'m> {
    settings: &'m Settings,
    cast: &'m Cast,
    /// One policy type beside what an Allow needs, one policy each.
    breadth: bool,
    mood: Mood,
}

impl Maker<'_> {
    fn policies(&self, choices: &mut dyn Choices) -> Policies {
        let role = self.cast.role;
        let can = &*self.cast.capabilities;
        let has = |policy_type| can.policies.contains(&policy_type);
        let mut policies = Policies::default();
        // In breadth one limiting type at the most is present.
        let only = choices.pick(6);
        let present = |maker: &Self, choices: &mut dyn Choices, nth: usize, percent: usize| {
            if maker.breadth { only == nth } else { choices.chance(percent) }
        };
        if role.has_identity() && has(PolicyType::Identity) && choices.chance(94) {
            policies.identity = Some(self.identity(choices));
        }
        if role.has_boundary() && has(PolicyType::Boundary) && present(self, choices, 1, 30) {
            choices.label("boundary");
            policies.boundary =
                vec![self.policy(choices, "boundary", PolicyType::Boundary, Purpose::Guardrail)];
        }
        let passes = match role {
            _ if !has(PolicyType::Session) => false,
            Role::FederatedByUser | Role::FederatedByRoot => choices.chance(85),
            Role::AssumedRoot => choices.chance(80),
            _ => role.has_session() && present(self, choices, 2, 35),
        };
        if passes {
            choices.label("session policies");
            let count = choices.weighted(&[(2, 0), (80, 1), (16, 2), (2, 3)]);
            policies.session = Some(self.several(choices, "session", PolicyType::Session, count));
        }
        let management =
            self.cast.principals.iter().any(|p| p.account().is_some_and(|account| account.management));
        if role.has_account() && !management && has(PolicyType::Scp) && present(self, choices, 3, 30) {
            policies.scps = Some(self.levels(choices, "scp", PolicyType::Scp));
        }
        if has(PolicyType::Rcp) && present(self, choices, 4, 22) {
            policies.rcps = Some(self.levels(choices, "rcp", PolicyType::Rcp));
        }
        if has(PolicyType::Vpce)
            && present(self, choices, 5, 14)
            && let Some(kind) = endpoint_kind(choices, can)
        {
            choices.label("endpoint");
            let policy = self.policy(choices, "endpoint", PolicyType::Vpce, Purpose::Guardrail);
            policies.endpoint = Some(EndpointPolicy { kind, policy });
        }
        let needs_resource =
            !role.has_account() || self.cast.account != 0 || self.cast.kind != ResourceKind::Ordinary;
        if has(self.cast.kind.policy_type()) && choices.chance(if needs_resource { 94 } else { 55 }) {
            let kind = self.cast.kind;
            let policy = self.policy(choices, "resource", kind.policy_type(), purpose(kind.policy_type()));
            policies.resource = Some(ResourcePolicy { kind, policy });
        }
        if can.acl && choices.chance(8) {
            choices.label("acl");
            policies.acl = grants(choices, self.cast);
        }
        policies
    }

    fn policy(
        &self,
        choices: &mut dyn Choices,
        id: &str,
        policy_type: PolicyType,
        purpose: Purpose,
    ) -> PolicySource {
        let document = document(choices, self.settings, self.cast, policy_type, purpose, self.mood);
        PolicySource::new(id, written(choices, &document, policy_type))
    }

    fn several(
        &self,
        choices: &mut dyn Choices,
        id: &str,
        policy_type: PolicyType,
        count: usize,
    ) -> Vec<PolicySource> {
        (0..count)
            .map(|nth| self.policy(choices, &numbered(id, nth), policy_type, purpose(policy_type)))
            .collect()
    }

    fn identity(&self, choices: &mut dyn Choices) -> Vec<IdentityPolicy> {
        let most = if self.breadth { 2 } else { self.settings.policies.max(1) };
        let empty = if self.mood == Mood::Open { 2 } else { 10 };
        let most = if choices.chance(2) { 10 } else { most };
        let count = if choices.chance(empty) { 0 } else { choices.between(1, most) };
        (0..count)
            .map(|nth| {
                let source = source_of(choices, self.cast.role);
                let broad = if choices.chance(35) { Purpose::Guardrail } else { Purpose::Grant };
                let policy = self.policy(choices, &numbered("identity", nth), PolicyType::Identity, broad);
                IdentityPolicy { source, policy }
            })
            .collect()
    }

    fn levels(&self, choices: &mut dyn Choices, id: &str, policy_type: PolicyType) -> Vec<Vec<PolicySource>> {
        choices.label(if policy_type == PolicyType::Scp { "scp path" } else { "rcp path" });
        let count = choices.weighted(&[(4, 0), (44, 1), (28, 2), (14, 3), (6, 4), (2, 5), (2, 7)]);
        (0..count)
            .map(|level| {
                let policies = choices.weighted(&[(5, 0), (75, 1), (20, 2)]);
                if policies == 0 {
                    choices.label("empty level");
                }
                self.several(choices, &numbered(id, level), policy_type, policies)
            })
            .collect()
    }
}

/// The id of one of several policies, or of those of one level.
pub(crate) fn numbered(id: &str, nth: usize) -> String {
    [id, "-", &nth.to_string()].concat()
}

/// One to four grants, mostly to the requesters or to everybody.
pub(crate) fn grants(choices: &mut dyn Choices, cast: &Cast) -> Vec<AclGrant> {
    let count = choices.between(1, 4);
    (0..count).map(|_| grant(choices, cast)).collect()
}

fn grant(choices: &mut dyn Choices, cast: &Cast) -> AclGrant {
    let at = if choices.chance(75) { cast.account } else { choices.pick(ACCOUNTS.len()) };
    let grantee = match choices.pick(4) {
        0 => Grantee::AllUsers,
        1 => Grantee::AuthenticatedUsers,
        2 => Grantee::Account(ACCOUNTS[at].to_owned()),
        _ => Grantee::CanonicalUser(CANONICAL_IDS[at].to_owned()),
    };
    let full = choices.chance(15);
    let permission = if full { AclPermission::FullControl } else { *choices.one_of(&AclPermission::ALL) };
    let on = if choices.chance(65) { AclTarget::Object } else { AclTarget::Bucket };
    AclGrant { grantee, permission, on }
}

/// A kind of endpoint, if one is supported.
pub(crate) fn endpoint_kind(choices: &mut dyn Choices, capabilities: &Capabilities) -> Option<EndpointKind> {
    let kinds = [(60, EndpointKind::Interface), (40, EndpointKind::Gateway)];
    let kinds: Vec<_> =
        kinds.into_iter().filter(|(_, kind)| capabilities.endpoint_kinds.contains(kind)).collect();
    (!kinds.is_empty()).then(|| choices.weighted(&kinds))
}

/// Whose an identity policy of a requester is.
pub(crate) fn source_of(choices: &mut dyn Choices, role: Role) -> IdentitySource {
    let grouped = matches!(role, Role::User | Role::FederatedByUser) && choices.chance(25);
    if grouped { IdentitySource::Group("Dev".to_owned()) } else { own_source(role) }
}

/// Whose it is if it is no group's.
pub(crate) fn own_source(role: Role) -> IdentitySource {
    match role {
        Role::RoleSession | Role::ServiceLinked => IdentitySource::Role,
        Role::FederatedByUser => IdentitySource::Issuer,
        _ => IdentitySource::User,
    }
}

/// The requests of a scenario, each once.
#[derive(Debug)]
pub(crate) struct Cases {
    cases: Vec<Case>,
    /// The fingerprint of each.
    fingerprints: Vec<u64>,
}

impl Cases {
    /// None yet, and room for so many.
    pub(crate) fn with_capacity(count: usize) -> Self {
        Cases { cases: Vec::with_capacity(count), fingerprints: Vec::with_capacity(count) }
    }

    /// Puts a request together. `None` if a near miss made it none: what is wrong with a request alone is not for evaluators to see.
    ///
    /// What it asks for is mostly what an earlier request asks for, whose action and resource were read then.
    pub(crate) fn build(
        &self,
        choices: &mut dyn Choices,
        principal: &Arc<Principal>,
        action: &str,
        resource: &str,
        owner: &str,
        context: Result<Context, InputError>,
    ) -> Option<Request> {
        let management = choices.chance(1);
        let aws_managed = resource.contains(":kms:") && choices.chance(8);
        let mut known = self.requests().map(Request::resource);
        let is_same = |known: &Resource| match known {
            Resource::Arn(arn) => arn.as_str() == resource && arn.owner() == owner,
            Resource::None { .. } => resource == "*",
        };
        let resource = match known.find(|known| is_same(known)) {
            Some(known) => known.clone(),
            None => Resource::new(resource, (resource != "*").then(|| owner.to_owned())).ok()?,
        };
        let mut known = self.requests().map(Request::action);
        let action = match known.find(|known| known.as_str() == action) {
            Some(known) => known.clone(),
            None => Action::new(action).ok()?,
        };
        let resource = resource.with_facts(management, aws_managed);
        Request::new(Arc::clone(principal), action, resource, context.ok()?).ok()
    }

    /// Adds a request, unless it is none or is there already. Whether it was added.
    pub(crate) fn add(&mut self, choices: &mut dyn Choices, request: Option<Request>) -> bool {
        let Some(request) = request else {
            choices.label("request that cannot be put together");
            return false;
        };
        let fingerprint = fingerprint(&request);
        let mut alike = self.fingerprints.iter().zip(&self.cases).filter(|(known, _)| **known == fingerprint);
        let again = alike.any(|(_, known)| known.request.as_ref() == Ok(&request));
        if again {
            choices.label("request chosen again");
        } else {
            self.fingerprints.push(fingerprint);
            self.cases.push(Case { name: None, status: None, request: Ok(request), expect: None });
        }
        !again
    }

    fn requests(&self) -> impl Iterator<Item = &Request> {
        self.cases.iter().filter_map(|case| case.request.as_ref().ok())
    }

    /// All of them.
    pub(crate) fn finish(self) -> Vec<Case> {
        self.cases
    }
}

/// A number that tells most requests apart, and costs less than comparing them: that of equal requests is equal.
fn fingerprint(request: &Request) -> u64 {
    let with = |sum: u64, text: &str| {
        let text = text.as_bytes();
        // What differs mostly does at its end.
        let end = match text.last_chunk() {
            Some(end) => u64::from_le_bytes(*end),
            None => text.iter().fold(0, |end, &byte| end << 8 | u64::from(byte)),
        };
        (sum.wrapping_add(end) ^ text.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    };
    let mut sum = with(with(0, request.action().as_str()), request.resource().as_str());
    for entry in request.context().entries() {
        for value in &entry.values {
            sum = with(sum, &value.text);
        }
    }
    sum
}

fn requests(choices: &mut dyn Choices, settings: &Settings, cast: &Cast) -> Vec<Case> {
    let count = choices.between(settings.requests.div_ceil(2), settings.requests.max(1));
    let usual = Usual::of(cast);
    let mut cases = Cases::with_capacity(count);
    // A repeated request, or one that cannot be put together, tests nothing: a few tries are spent on another one.
    let mut again = false;
    for _ in 0..count * 2 {
        if cases.cases.len() == count {
            break;
        }
        // One stray request, so that policies that let everything of the cast through are asked for something else too.
        let request = if cases.cases.is_empty() && choices.chance(settings.stray) {
            stray(choices, cast, &cases)
        } else {
            request(choices, settings, &usual, &cases, again)
        };
        again = !cases.add(choices, request);
    }
    cases.finish()
}

/// What the requests of a cast have in common unless they are perturbed.
pub(crate) struct Usual<'c> {
    cast: &'c Cast,
    pub(crate) context: Context,
}

impl<'c> Usual<'c> {
    pub(crate) fn of(cast: &'c Cast) -> Self {
        let keys = cast.keys.iter().filter(|key| !key.values.is_empty());
        let entries =
            keys.map(|key| ContextEntry { key: key.name.to_owned(), values: key.values.clone() }).collect();
        // The names of a cast are distinct, and no principal yields them.
        Usual { cast, context: Context::new(entries).unwrap_or_default() }
    }
}

/// A request as the cast would make it, in one dimension perturbed or, unless it must differ, not at all.
pub(crate) fn request(
    choices: &mut dyn Choices,
    settings: &Settings,
    usual: &Usual<'_>,
    cases: &Cases,
    must_differ: bool,
) -> Option<Request> {
    let cast = usual.cast;
    let mut principal = &cast.principals[0];
    let target = choices.one_of(&cast.targets);
    let mut action = Cow::from(&target.action);
    let (mut resource, mut owner) = (Cow::from(&target.resource), target.owner.as_str());
    let mut context = Cow::Borrowed(usual.context.entries());
    if must_differ || choices.chance(settings.perturb) {
        match choices.pick(6) {
            0 if cast.principals.len() > 1 => {
                choices.label("perturbed principal");
                principal = choices.one_of(&cast.principals[1..]);
            }
            1 => {
                choices.label("perturbed action");
                action = perturbed_action(choices, cast, &target.action);
            }
            2 => {
                choices.label("perturbed resource");
                (resource, owner) = perturbed_resource(choices, cast, target);
            }
            _ => {
                choices.label("perturbed context");
                perturb_context(choices, cast, context.to_mut());
            }
        }
    } else if !context.is_empty() && choices.chance(30) {
        // Values move inside their family, which is where equal spellings and boundaries lie.
        perturb_context(choices, cast, context.to_mut());
    }
    if choices.chance(3) {
        let unmentioned =
            ContextEntry { key: "zz:Key".to_owned(), values: vec![Literal::string("unmentioned")] };
        context.to_mut().push(unmentioned);
    }
    let context = match context {
        Cow::Borrowed(_) => Ok(usual.context.clone()),
        Cow::Owned(entries) => Context::new(entries),
    };
    cases.build(choices, principal, &action, &resource, owner, context)
}

/// A request for what none of the policies is about, on a resource of another account.
fn stray(choices: &mut dyn Choices, cast: &Cast, cases: &Cases) -> Option<Request> {
    choices.label("stray request");
    let principal = choices.one_of(&cast.principals);
    let Target { action, .. } = choices.one_of(&cast.targets);
    let federated = cast.role == Role::FederatedCaller;
    let action = if federated || choices.chance(40) { action } else { "acme:Do" };
    let thing = *choices.one_of(&["0", "1", "2"]);
    let resource = ["arn:", cast.partition, ":acme:::thing/", thing].concat();
    cases.build(choices, principal, action, &resource, ACCOUNTS[2], Ok(Context::default()))
}

fn perturbed_action<'c>(choices: &mut dyn Choices, cast: &'c Cast, action: &str) -> Cow<'c, str> {
    let (vendor, name) = action.split_once(':').unwrap_or((action, ""));
    if cast.role == Role::FederatedCaller {
        return Cow::from(*choices.one_of(&["sts:TagSession", "sts:SetSourceIdentity"]));
    }
    match choices.pick(5) {
        0 => Cow::from(*choices.one_of(&[
            "s3:PutObject",
            "s3:GetBucketPolicy",
            "iam:PassRole",
            "sts:AssumeRoot",
            "acme:Do",
        ])),
        1 => Cow::from([vendor, ":", &narrow(choices, name).replace(['/', ':'], "")].concat()),
        2 => Cow::from(action.to_ascii_lowercase()),
        3 => Cow::from([vendor, "x:", name].concat()),
        _ => Cow::from(&choices.one_of(&cast.targets).action),
    }
}

/// Another resource than the target's, or another owner of it.
fn perturbed_resource<'c>(
    choices: &mut dyn Choices,
    cast: &'c Cast,
    target: &'c Target,
) -> (Cow<'c, str>, &'c str) {
    let (resource, owner) = (target.resource.as_str(), target.owner.as_str());
    let other = choices.one_of(&cast.targets);
    let other = (Cow::from(&other.resource), other.owner.as_str());
    if resource == "*" {
        return other;
    }
    let tail = resource.match_indices(':').nth(4).map_or(resource.len(), |(at, _)| at + 1);
    let carries_account = resource[..tail].split(':').nth(4).is_some_and(|account| !account.is_empty());
    let (head, tail) = resource.split_at(tail);
    match choices.pick(5) {
        0 => other,
        1 => (Cow::from([head, &narrow(choices, tail)].concat()), owner),
        2 if !carries_account => (Cow::from(resource), *choices.one_of(&ACCOUNTS)),
        3 => (Cow::from([head, "a:b/", tail].concat()), owner),
        _ => (Cow::from([resource, *choices.one_of(&["/k", "x", "/", ":1", "*"])].concat()), owner),
    }
}

/// Drops a key, changes a value inside its family, empties a list, or adds a value.
pub(crate) fn perturb_context(choices: &mut dyn Choices, cast: &Cast, context: &mut Vec<ContextEntry>) {
    if (context.is_empty() || choices.chance(10))
        && let Some(absent) = cast.keys.iter().find(|key| key.values.is_empty())
    {
        let text = *choices.one_of(absent.family.same);
        let values = vec![value::literal(choices, text)];
        context.push(ContextEntry { key: absent.name.to_owned(), values });
        return;
    }
    if context.is_empty() {
        return;
    }
    let at = choices.pick(context.len());
    let family = cast.keys.iter().find(|key| key.name == context[at].key).map(|key| key.family);
    let another = |choices: &mut dyn Choices| {
        let Some(family) = family else { return Literal::string("x") };
        let pool = choices.weighted(&[(35, family.same), (40, family.near), (25, family.malformed)]);
        let text = *choices.one_of(if pool.is_empty() { family.same } else { pool });
        value::literal(choices, text)
    };
    match choices.weighted(&[(25, 0), (50, 1), (5, 2), (12, 3), (4, 4), (4, 5)]) {
        0 => {
            context.remove(at);
        }
        1 => {
            let nth = choices.pick(context[at].values.len().max(1));
            let value = another(choices);
            match context[at].values.get_mut(nth) {
                Some(known) => *known = value,
                None => context[at].values.push(value),
            }
        }
        2 => context[at].values.clear(),
        3 => {
            let value = another(choices);
            context[at].values.push(value);
        }
        4 => context[at].values = vec![Literal::string("")],
        _ => {
            context[at].key.make_ascii_uppercase();
        }
    }
}

/// The same request for a resource of a management account.
pub(crate) fn of_management(request: &Request) -> Option<Request> {
    let (principal, action) = (request.principal().clone(), request.action().clone());
    let resource = request.resource().clone().with_facts(true, false);
    Request::new(principal, action, resource, request.context().clone()).ok()
}
