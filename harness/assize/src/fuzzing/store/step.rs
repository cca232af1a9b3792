//! Changes of a store, and what they are made of.

use std::fmt::{self, Display};

use assize_engine::{Place, PolicyStore, StoreError};
use assize_generate::Choices;
use assize_model::{
    AclGrant, EndpointKind, IdentitySource, Issuer, Policies, PolicySource, PolicyType, Principal, Request,
    Resource, ResourceKind,
};

/// The one endpoint.
pub(super) const ENDPOINT: &str = "vpce-1";
/// The group of the scenario's group policies, and another one.
const GROUPS: [&str; 2] = ["Dev", "Ops"];
/// Levels of the organization. Scenarios have up to five on a path.
const LEVELS: [&str; 6] = ["root", "ou-1", "ou-2", "ou-3", "ou-4", "ou-5"];

/// A change.
#[derive(Clone, Debug)]
pub(super) enum Step<'s> {
    Insert { id: &'s str, policy_type: PolicyType, source: &'s PolicySource },
    Replace { id: &'s str, policy_type: PolicyType, source: &'s PolicySource },
    Remove { id: &'s str },
    Attach { id: &'s str, place: Place<'s> },
    Detach { id: &'s str, place: Place<'s> },
    Add(Being<'s>),
    Take(Being<'s>),
    Join { user: &'s str, group: &'s str },
    Leave { user: &'s str, group: &'s str },
    SetAcl { resource: &'s str, grants: &'s [AclGrant] },
    PlaceAccount { account: &'s str, levels: Vec<&'s str>, scps: bool },
}

/// Something that documents are attached to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Being<'s> {
    Principal(&'s str),
    Group(&'s str),
    Resource(&'s str, ResourceKind),
    Level(&'s str),
    Endpoint(&'s str, EndpointKind),
}

impl Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Insert { id, policy_type, source } => {
                write!(f, "insert {id} as {policy_type}: {}", source.document.text)
            }
            Step::Replace { id, policy_type, source } => {
                write!(f, "replace {id} as {policy_type}: {}", source.document.text)
            }
            Step::Remove { id } => write!(f, "remove {id}"),
            Step::Attach { id, place } => write!(f, "attach {id} to {place:?}"),
            Step::Detach { id, place } => write!(f, "detach {id} from {place:?}"),
            Step::Add(being) => write!(f, "add {being:?}"),
            Step::Take(being) => write!(f, "take away {being:?}"),
            Step::Join { user, group } => write!(f, "{user} joins {group}"),
            Step::Leave { user, group } => write!(f, "{user} leaves {group}"),
            Step::SetAcl { resource, grants } => write!(f, "{} grants on {resource}", grants.len()),
            Step::PlaceAccount { account, levels, scps } => {
                let scps = if *scps { "with" } else { "without" };
                write!(f, "place {account} below [{}] {scps} SCPs", levels.join(", "))
            }
        }
    }
}

impl Step<'_> {
    /// Makes the change to the engine's store.
    pub(super) fn make(&self, store: &PolicyStore) -> Result<(), StoreError> {
        match self {
            Step::Insert { id, policy_type, source } => {
                store.insert(id, *policy_type, source.managed, &source.document.text)
            }
            Step::Replace { id, policy_type, source } => {
                store.replace(id, *policy_type, source.managed, &source.document.text)
            }
            Step::Remove { id } => store.remove(id),
            Step::Attach { id, place } => store.attach(id, *place),
            Step::Detach { id, place } => store.detach(id, *place),
            Step::Add(Being::Principal(arn)) => store.add_principal(arn),
            Step::Add(Being::Group(name)) => store.add_group(name),
            Step::Add(Being::Resource(arn, kind)) => store.add_resource(arn, *kind),
            Step::Add(Being::Level(id)) => store.add_level(id),
            Step::Add(Being::Endpoint(id, kind)) => store.add_endpoint(id, *kind),
            Step::Take(Being::Principal(arn)) => store.remove_principal(arn),
            Step::Take(Being::Group(name)) => store.remove_group(name),
            Step::Take(Being::Resource(arn, _)) => store.remove_resource(arn),
            Step::Take(Being::Level(id)) => store.remove_level(id),
            Step::Take(Being::Endpoint(id, _)) => store.remove_endpoint(id),
            Step::Join { user, group } => store.join(user, group),
            Step::Leave { user, group } => store.leave(user, group),
            Step::SetAcl { resource, grants } => store.set_acl(resource, grants.to_vec()),
            Step::PlaceAccount { account, levels, scps } => store.place_account(account, levels, *scps),
        }
    }
}

/// A policy of the scenario in a store.
struct Known<'s> {
    policy_type: PolicyType,
    source: &'s PolicySource,
    /// The id of its document: policies of several lists may share their own.
    id: String,
}

/// What the changes of a scenario are about.
pub(super) struct Vocabulary<'s> {
    documents: Vec<Known<'s>>,
    principals: Vec<&'s str>,
    resources: Vec<String>,
    accounts: Vec<&'s str>,
    acl: &'s [AclGrant],
    resource_kind: ResourceKind,
    endpoint_kind: EndpointKind,
}

impl<'s> Vocabulary<'s> {
    pub(super) fn new(policies: &'s Policies, requests: &[&'s Request]) -> Self {
        let mut documents = Vec::new();
        let mut add = |policy_type: PolicyType, source: &'s PolicySource| {
            let id = format!("{policy_type}-{}", documents.len());
            documents.push(Known { policy_type, source, id });
        };
        policies.identity.iter().flatten().for_each(|held| add(PolicyType::Identity, &held.policy));
        policies.boundary.iter().for_each(|source| add(PolicyType::Boundary, source));
        policies.scps.iter().flatten().flatten().for_each(|source| add(PolicyType::Scp, source));
        policies.rcps.iter().flatten().flatten().for_each(|source| add(PolicyType::Rcp, source));
        policies.endpoint.iter().for_each(|endpoint| add(PolicyType::Vpce, &endpoint.policy));
        policies.resource.iter().for_each(|resource| add(resource.kind.policy_type(), &resource.policy));

        let (mut principals, mut resources, mut accounts) = (Vec::new(), Vec::new(), Vec::new());
        for request in requests {
            principals.extend(holder(request.principal()));
            accounts.extend(request.principal().account().map(|account| account.id.as_str()));
            if let Resource::Arn(arn) = request.resource() {
                accounts.push(arn.owner());
                resources.push(arn.as_str().to_owned());
                resources.extend(bucket(arn.as_str()));
            }
        }
        for list in [&mut principals, &mut accounts] {
            list.sort_unstable();
            list.dedup();
        }
        resources.sort_unstable();
        resources.dedup();
        let resource_kind =
            policies.resource.as_ref().map_or(ResourceKind::Ordinary, |resource| resource.kind);
        let endpoint_kind =
            policies.endpoint.as_ref().map_or(EndpointKind::Interface, |endpoint| endpoint.kind);
        Vocabulary {
            documents,
            principals,
            resources,
            accounts,
            acl: &policies.acl,
            resource_kind,
            endpoint_kind,
        }
    }

    /// The changes that put the policies of the scenario in place for the first request.
    pub(super) fn loading<'v>(&'v self, policies: &'v Policies, requests: &[&'v Request]) -> Vec<Step<'v>> {
        let mut steps: Vec<Step<'v>> = Vec::new();
        let beings = self.beings();
        steps.extend(beings.into_iter().map(Step::Add));
        for known in &self.documents {
            steps.push(Step::Insert { id: &known.id, policy_type: known.policy_type, source: known.source });
        }
        let Some(first) = requests.first() else { return steps };
        let of = |policy_type: PolicyType| {
            self.documents
                .iter()
                .filter(move |known| known.policy_type == policy_type)
                .map(|known| known.id.as_str())
        };
        if let Some(own) = holder(first.principal()) {
            for (id, held) in of(PolicyType::Identity).zip(policies.identity.iter().flatten()) {
                let place = match &held.source {
                    IdentitySource::Group(_) => Place::Group(GROUPS[0]),
                    _ => Place::Principal(own),
                };
                steps.push(Step::Attach { id, place });
            }
            steps.extend(of(PolicyType::Boundary).map(|id| Step::Attach { id, place: Place::Boundary(own) }));
            steps.push(Step::Join { user: own, group: GROUPS[0] });
        }
        steps.extend(of(PolicyType::Vpce).map(|id| Step::Attach { id, place: Place::Endpoint(ENDPOINT) }));
        if let Resource::Arn(arn) = first.resource() {
            // A bucket's policy is that of its objects, so it is put there if there is one.
            let place = bucket(arn.as_str()).unwrap_or_else(|| arn.as_str().to_owned());
            if let Some(place) = self.resources.iter().find(|known| **known == place) {
                let documents = of(self.resource_kind.policy_type());
                steps.extend(documents.map(|id| Step::Attach { id, place: Place::Resource(place) }));
                steps.push(Step::SetAcl { resource: place, grants: self.acl });
            }
        }
        let mut organize = |levels: &'v Option<Vec<Vec<PolicySource>>>, policy_type: PolicyType| {
            let mut ids = of(policy_type);
            for (level, held) in LEVELS.iter().zip(levels.iter().flatten()) {
                let place =
                    if policy_type == PolicyType::Scp { Place::Scp(level) } else { Place::Rcp(level) };
                steps.extend(ids.by_ref().take(held.len()).map(|id| Step::Attach { id, place }));
            }
            levels.as_ref().map_or(0, Vec::len)
        };
        let depth = organize(&policies.scps, PolicyType::Scp).max(organize(&policies.rcps, PolicyType::Rcp));
        for account in &self.accounts {
            let levels = LEVELS.iter().take(depth).copied().collect();
            steps.push(Step::PlaceAccount { account, levels, scps: policies.scps.is_some() });
        }
        steps
    }

    /// Everything that documents are attached to.
    fn beings(&self) -> Vec<Being<'_>> {
        let mut beings: Vec<Being<'_>> = self.principals.iter().map(|arn| Being::Principal(arn)).collect();
        beings.extend(GROUPS.map(Being::Group));
        // Objects have no record of their own at first, so that the bucket's policy is found.
        let own = self.resources.iter().filter(|arn| bucket(arn).is_none());
        beings.extend(own.map(|arn| Being::Resource(arn, self.resource_kind)));
        beings.extend(LEVELS.map(Being::Level));
        beings.push(Being::Endpoint(ENDPOINT, self.endpoint_kind));
        beings
    }

    /// Some change. It need not be possible.
    pub(super) fn step(&self, choices: &mut dyn Choices) -> Step<'_> {
        let fallback = Step::Take(Being::Group(GROUPS[1]));
        let document = (!self.documents.is_empty()).then(|| choices.one_of(&self.documents));
        let kind = choices.weighted(&[
            (6, 0),
            (3, 1),
            (16, 2),
            (14, 3),
            (4, 4),
            (4, 5),
            (6, 6),
            (4, 7),
            (3, 8),
            (8, 9),
            (2, 10),
        ]);
        match (kind, document) {
            (0, Some(known)) => {
                // Mostly a text of the same type; the others may be refused, or break the grammar.
                let other = choices.one_of(&self.documents);
                let policy_type = if choices.chance(10) { other.policy_type } else { known.policy_type };
                Step::Replace { id: &known.id, policy_type, source: other.source }
            }
            (1, Some(known)) => {
                Step::Insert { id: &known.id, policy_type: known.policy_type, source: known.source }
            }
            (2, Some(known)) => Step::Attach { id: &known.id, place: self.place(choices, known.policy_type) },
            (3, Some(known)) => Step::Detach { id: &known.id, place: self.place(choices, known.policy_type) },
            (4, Some(known)) => Step::Remove { id: &known.id },
            (5, _) => self.being(choices).map_or(fallback, Step::Take),
            (6, _) => self.being(choices).map_or(fallback, Step::Add),
            (7 | 8, _) if !self.principals.is_empty() => {
                let user = *choices.one_of(&self.principals);
                let group = *choices.one_of::<&str>(&GROUPS);
                if kind == 7 { Step::Join { user, group } } else { Step::Leave { user, group } }
            }
            (9, _) if !self.accounts.is_empty() => {
                let depth = choices.pick(4);
                let levels = (0..depth).map(|_| *choices.one_of(&LEVELS)).collect();
                Step::PlaceAccount {
                    account: choices.one_of::<&str>(&self.accounts),
                    levels,
                    scps: choices.chance(60),
                }
            }
            (10, _) if !self.resources.is_empty() => {
                let grants = if choices.chance(50) { self.acl } else { &[] };
                Step::SetAcl { resource: choices.one_of::<String>(&self.resources), grants }
            }
            _ => fallback,
        }
    }

    /// Where a document of this type may belong; now and then where it does not.
    fn place(&self, choices: &mut dyn Choices, policy_type: PolicyType) -> Place<'_> {
        let policy_type = if choices.chance(6) { *choices.one_of(&PolicyType::ALL) } else { policy_type };
        let principal = self.principals.get(choices.pick(self.principals.len().max(1))).copied();
        let resource = self.resources.get(choices.pick(self.resources.len().max(1)));
        let level = *choices.one_of(&LEVELS[..3]);
        match (policy_type, principal, resource) {
            (PolicyType::Scp, ..) => Place::Scp(level),
            (PolicyType::Rcp, ..) => Place::Rcp(level),
            (PolicyType::Resource | PolicyType::Trust, _, Some(resource)) => Place::Resource(resource),
            (PolicyType::Boundary, Some(principal), _) if choices.chance(80) => Place::Boundary(principal),
            (PolicyType::Identity | PolicyType::Boundary | PolicyType::Session, Some(principal), _) => {
                match choices.pick(3) {
                    0 => Place::Group(choices.one_of::<&str>(&GROUPS)),
                    1 if choices.chance(30) => Place::Boundary(principal),
                    _ => Place::Principal(principal),
                }
            }
            (PolicyType::Vpce, ..) => Place::Endpoint(ENDPOINT),
            _ => Place::Group(choices.one_of::<&str>(&GROUPS)),
        }
    }

    fn being(&self, choices: &mut dyn Choices) -> Option<Being<'_>> {
        Some(match choices.pick(5) {
            0 if !self.principals.is_empty() => Being::Principal(choices.one_of::<&str>(&self.principals)),
            1 => Being::Group(choices.one_of::<&str>(&GROUPS)),
            2 if !self.resources.is_empty() => {
                Being::Resource(choices.one_of::<String>(&self.resources), self.resource_kind)
            }
            3 => Being::Level(choices.one_of::<&str>(&LEVELS)),
            4 => Being::Endpoint(ENDPOINT, self.endpoint_kind),
            _ => return None,
        })
    }
}

/// Whose identity-based policies a requester has: the user's, the role's, or the issuing user's.
pub(super) fn holder(principal: &Principal) -> Option<&str> {
    match principal {
        Principal::User(user) => Some(user.arn()),
        Principal::RoleSession(session) => Some(session.role_arn()),
        Principal::FederatedUser(session) => match session.issuer() {
            Issuer::User(_) => session.issuer_arn(),
            Issuer::Root => None,
        },
        Principal::Root(_) | Principal::Service(_) | Principal::FederatedCaller(_) | Principal::Anonymous => {
            None
        }
    }
}

/// The bucket that an object is in.
pub(super) fn bucket(arn: &str) -> Option<String> {
    let mut parts: Vec<&str> = arn.splitn(6, ':').collect();
    let in_bucket = parts.get(2) == Some(&"s3");
    let (bucket, _) = parts.pop().filter(|_| in_bucket)?.split_once('/')?;
    parts.push(bucket);
    Some(parts.join(":"))
}
