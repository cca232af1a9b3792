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
            .map(|nth| self.policy(choices, &format!("{id}-{nth}"), policy_type, purpose(policy_type)))
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
                let policy = self.policy(choices, &format!("identity-{nth}"), PolicyType::Identity, broad);
                IdentityPolicy { source, policy }
            })
            .collect()
    }

    fn levels(&self, choices: &mut dyn Choices, id: &str, policy_type: PolicyType) -> Vec<Vec<PolicySource>> {
        choices.label(if policy_type == PolicyType::Scp { "scp path" } else { "rcp path" });
        let count = choices.weighted(&[(4, 0), (44, 1), (28, 2), (14, 3), (6, 4), (4, 5)]);
        (0..count)
            .map(|level| {
                let policies = choices.weighted(&[(5, 0), (75, 1), (20, 2)]);
                if policies == 0 {
                    choices.label("empty level");
                }
                self.several(choices, &format!("{id}-{level}"), policy_type, policies)
            })
            .collect()
    }
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
#[derive(Debug, Default)]
pub(crate) struct Cases {
    cases: Vec<Case>,
}

impl Cases {
    /// Adds a request, unless it is none or is there already. Whether it was added.
    pub(crate) fn add(&mut self, choices: &mut dyn Choices, request: Option<Request>) -> bool {
        let Some(request) = request else {
            choices.label("request that cannot be put together");
            return false;
        };
        let again = self.cases.iter().any(|known| known.request.as_ref() == Ok(&request));
        if again {
            choices.label("request chosen again");
        } else {
            self.cases.push(Case { name: None, status: None, request: Ok(request), expect: None });
        }
        !again
    }

    /// All of them.
    pub(crate) fn finish(self) -> Vec<Case> {
        self.cases
    }
}

fn requests(choices: &mut dyn Choices, settings: &Settings, cast: &Cast) -> Vec<Case> {
    let count = choices.between(settings.requests.div_ceil(2), settings.requests.max(1));
    let usual = Usual::of(cast);
    let mut cases = Cases::default();
    // A repeated request, or one that cannot be put together, tests nothing: a few tries are spent on another one.
    let mut again = false;
    for _ in 0..count * 2 {
        if cases.cases.len() == count {
            break;
        }
        // One stray request, so that policies that let everything of the cast through are asked for something else too.
        let request = if cases.cases.is_empty() && choices.chance(settings.stray) {
            stray(choices, cast)
        } else {
            request(choices, settings, &usual, again)
        };
        again = !cases.add(choices, request);
    }
    cases.finish()
}

/// What the requests of a cast have in common unless they are perturbed.
pub(crate) struct Usual<'c> {
    cast: &'c Cast,
    context: Context,
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
    must_differ: bool,
) -> Option<Request> {
    let cast = usual.cast;
    let mut principal = &cast.principals[0];
    let Target { mut action, mut resource, mut owner } = choices.one_of(&cast.targets).clone();
    let mut context = Cow::Borrowed(usual.context.entries());
    if must_differ || choices.chance(settings.perturb) {
        match choices.pick(6) {
            0 if cast.principals.len() > 1 => {
                choices.label("perturbed principal");
                principal = choices.one_of(&cast.principals[1..]);
            }
            1 => {
                choices.label("perturbed action");
                action = perturbed_action(choices, cast, &action);
            }
            2 => {
                choices.label("perturbed resource");
                (resource, owner) = perturbed_resource(choices, cast, resource, owner);
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
    build(choices, principal, action, resource, owner, context)
}

/// A request for what none of the policies is about, on a resource of another account.
fn stray(choices: &mut dyn Choices, cast: &Cast) -> Option<Request> {
    choices.label("stray request");
    let principal = choices.one_of(&cast.principals);
    let Target { action, .. } = choices.one_of(&cast.targets).clone();
    let federated = cast.role == Role::FederatedCaller;
    let action = if federated || choices.chance(40) { action } else { "acme:Do".to_owned() };
    let resource = format!("arn:{}:acme:::thing/{}", cast.partition, choices.pick(3));
    build(choices, principal, action, resource, ACCOUNTS[2].to_owned(), Ok(Context::default()))
}

fn perturbed_action(choices: &mut dyn Choices, cast: &Cast, action: &str) -> String {
    let (vendor, name) = action.split_once(':').unwrap_or((action, ""));
    if cast.role == Role::FederatedCaller {
        return (*choices.one_of(&["sts:TagSession", "sts:SetSourceIdentity"])).to_owned();
    }
    match choices.pick(5) {
        0 => (*choices.one_of(&[
            "s3:PutObject",
            "s3:GetBucketPolicy",
            "iam:PassRole",
            "sts:AssumeRoot",
            "acme:Do",
        ]))
        .to_owned(),
        1 => format!("{vendor}:{}", narrow(choices, name).replace(['/', ':'], "")),
        2 => action.to_ascii_lowercase(),
        3 => format!("{vendor}x:{name}"),
        _ => choices.one_of(&cast.targets).action.clone(),
    }
}

fn perturbed_resource(
    choices: &mut dyn Choices,
    cast: &Cast,
    resource: String,
    owner: String,
) -> (String, String) {
    let other = choices.one_of(&cast.targets).clone();
    if resource == "*" {
        return (other.resource, other.owner);
    }
    let tail = resource.match_indices(':').nth(4).map_or(resource.len(), |(at, _)| at + 1);
    let carries_account = resource[..tail].split(':').nth(4).is_some_and(|account| !account.is_empty());
    match choices.pick(5) {
        0 => (other.resource, other.owner),
        1 => (format!("{}{}", &resource[..tail], narrow(choices, &resource[tail..])), owner),
        2 if !carries_account => (resource, (*choices.one_of(&ACCOUNTS)).to_owned()),
        3 => (format!("{}a:b/{}", &resource[..tail], &resource[tail..]), owner),
        _ => (format!("{resource}{}", choices.one_of(&["/k", "x", "/", ":1", "*"])), owner),
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

/// Puts a request together. `None` if a near miss made it none: what is wrong with a request alone is not for evaluators to see.
pub(crate) fn build(
    choices: &mut dyn Choices,
    principal: &Arc<Principal>,
    action: String,
    resource: String,
    owner: String,
    context: Result<Context, InputError>,
) -> Option<Request> {
    let owner = if resource == "*" { None } else { Some(owner) };
    let management = choices.chance(1);
    let aws_managed = resource.contains(":kms:") && choices.chance(8);
    let resource = Resource::new(resource, owner).ok()?.with_facts(management, aws_managed);
    Request::new(Arc::clone(principal), Action::new(action).ok()?, resource, context.ok()?).ok()
}

/// The same request for a resource of a management account.
pub(crate) fn of_management(request: &Request) -> Option<Request> {
    let (principal, action) = (request.principal().clone(), request.action().clone());
    let resource = request.resource().clone().with_facts(true, false);
    Request::new(principal, action, resource, request.context().clone()).ok()
}
