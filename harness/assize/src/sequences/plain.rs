//! A store of policies as one would write it without a thought for speed.

use std::collections::BTreeMap;

use assize_model::{
    AclGrant, EndpointKind, EndpointPolicy, Grammar, IdentityPolicy, IdentitySource, Policies, PolicySource,
    PolicyType, Principal, Request, Resource, ResourceKind, ResourcePolicy,
};
use assize_reference::date;

use super::step::{Being, BeingKind, Place, PlaceKind, Step, bucket, holder};

/// Everything by its name.
#[derive(Clone, Debug, Default)]
pub(super) struct PlainStore {
    documents: BTreeMap<String, (PolicyType, PolicySource)>,
    /// Principals, groups, resources, levels and endpoints.
    beings: BTreeMap<(Sort, String), Record>,
    accounts: BTreeMap<String, (Vec<String>, bool)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Principal,
    Group,
    Resource,
    Level,
    Endpoint,
}

#[derive(Clone, Debug)]
struct Record {
    resource_kind: ResourceKind,
    endpoint_kind: EndpointKind,
    /// Identity-based policies, SCPs, or the one policy.
    policies: Vec<String>,
    /// The boundary, or RCPs.
    limits: Vec<String>,
    groups: Vec<String>,
    acl: Vec<AclGrant>,
}

impl PlainStore {
    /// Makes a change; `false`, and no change, if it is to be refused.
    pub(super) fn change(&mut self, step: &Step) -> bool {
        // What is refused on the way has changed nothing.
        let mut changed = self.clone();
        let made = changed.make(step).is_some();
        if made {
            *self = changed;
        }
        made
    }

    fn make(&mut self, step: &Step) -> Option<()> {
        match step {
            Step::Insert { policy_type, policy } => {
                let document = accepted(*policy_type, policy)?;
                let before = self.documents.insert(policy.id.to_string(), (*policy_type, document));
                before.is_none().then_some(())
            }
            Step::Replace { policy_type, policy } => {
                let document = accepted(*policy_type, policy)?;
                let known = self.documents.get_mut(&*policy.id).filter(|(known, _)| known == policy_type)?;
                known.1 = document;
                Some(())
            }
            Step::Remove { id } => {
                let used =
                    |record: &Record| record.policies.iter().chain(&record.limits).any(|used| used == id);
                let known = self.documents.remove(id).is_some() && !self.beings.values().any(used);
                known.then_some(())
            }
            Step::Attach { id, place } => {
                let (policy_type, _) = self.documents.get(id)?;
                let (fits, single) = fits(place.kind, *policy_type);
                let list = self.list(place)?;
                let free = !list.contains(id) && (list.is_empty() || !single);
                list.push(id.clone());
                (fits && free).then_some(())
            }
            Step::Detach { id, place } => {
                let list = self.list(place)?;
                let at = list.iter().position(|known| known == id)?;
                list.remove(at);
                Some(())
            }
            Step::Add(being) => {
                let record = Record {
                    resource_kind: match being.kind {
                        BeingKind::Resource(kind) => kind,
                        _ => ResourceKind::Ordinary,
                    },
                    endpoint_kind: match being.kind {
                        BeingKind::Endpoint(kind) => kind,
                        _ => EndpointKind::Interface,
                    },
                    policies: Vec::new(),
                    limits: Vec::new(),
                    groups: Vec::new(),
                    acl: Vec::new(),
                };
                self.beings.insert(named(being), record).is_none().then_some(())
            }
            Step::Take(being) => {
                let (sort, name) = named(being);
                let members = self.beings.values().any(|record| record.groups.contains(&name));
                let paths = self.accounts.values().any(|(levels, _)| levels.contains(&name));
                let used = (sort == Sort::Group && members) || (sort == Sort::Level && paths);
                self.beings.remove(&(sort, name)).filter(|_| !used).map(drop)
            }
            Step::Join { user, group } => {
                self.get(Sort::Group, group)?;
                let record = self.beings.get_mut(&(Sort::Principal, user.clone()))?;
                let member = record.groups.contains(group);
                record.groups.push(group.clone());
                (!member).then_some(())
            }
            Step::Leave { user, group } => {
                let record = self.beings.get_mut(&(Sort::Principal, user.clone()))?;
                let at = record.groups.iter().position(|known| known == group)?;
                record.groups.remove(at);
                Some(())
            }
            Step::SetAcl { resource, grants } => {
                self.beings.get_mut(&(Sort::Resource, resource.clone()))?.acl.clone_from(grants);
                Some(())
            }
            Step::PlaceAccount { account, levels, scps } => {
                if !levels.iter().all(|level| self.get(Sort::Level, level).is_some()) {
                    return None;
                }
                self.accounts.remove(account);
                if !levels.is_empty() {
                    self.accounts.insert(account.clone(), (levels.clone(), *scps));
                }
                Some(())
            }
            Step::Keep | Step::Ask(_) => Some(()),
        }
    }

    /// The list that a place means.
    fn list(&mut self, place: &Place) -> Option<&mut Vec<String>> {
        let record = self.beings.get_mut(&(sort(place.kind), place.name.clone()))?;
        let limits = matches!(place.kind, PlaceKind::Boundary | PlaceKind::Rcp);
        Some(if limits { &mut record.limits } else { &mut record.policies })
    }

    /// Whether there is a document with this id.
    pub(super) fn holds(&self, id: &str) -> bool {
        self.documents.contains_key(id)
    }

    /// The groups of a user.
    pub(super) fn groups(&self, user: &str) -> &[String] {
        self.get(Sort::Principal, user).map_or(&[], |record| &record.groups)
    }

    /// The ids of the documents that are attached there.
    pub(super) fn attached(&self, place: &Place) -> &[String] {
        let Some(record) = self.get(sort(place.kind), &place.name) else { return &[] };
        let limits = matches!(place.kind, PlaceKind::Boundary | PlaceKind::Rcp);
        if limits { &record.limits } else { &record.policies }
    }

    /// What applies to a request but for session policies (EVAL-001); `None` if there is no such endpoint.
    pub(super) fn policies(&self, request: &Request, endpoint: Option<&str>) -> Option<Policies> {
        let mut policies = Policies::default();
        if let Some(record) = holder(request.principal()).and_then(|arn| self.get(Sort::Principal, arn)) {
            let own = match request.principal() {
                Principal::RoleSession(_) => IdentitySource::Role,
                Principal::FederatedUser(_) => IdentitySource::Issuer,
                _ => IdentitySource::User,
            };
            let mut identity = Vec::new();
            let held = |source: &IdentitySource, policy: PolicySource| IdentityPolicy {
                source: source.clone(),
                policy,
            };
            identity.extend(self.sources(&record.policies).map(|policy| held(&own, policy)));
            for group in &record.groups {
                let source = IdentitySource::Group(group.clone());
                let of_group = self.get(Sort::Group, group).map_or(&[][..], |record| &record.policies);
                identity.extend(self.sources(of_group).map(|policy| held(&source, policy)));
            }
            policies.identity = (!identity.is_empty()).then_some(identity);
            policies.boundary = self.sources(&record.limits).collect();
        }
        let account = request.principal().account();
        let scp_path =
            account.filter(|account| !account.management).and_then(|account| self.accounts.get(&account.id));
        policies.scps = scp_path
            .filter(|(_, scps)| *scps)
            .map(|(levels, _)| self.path(levels, |record| &record.policies));
        // Without a resource the request is about the requester's own account.
        let owner = match request.resource() {
            Resource::Arn(arn) => Some((arn.owner(), arn.management())),
            _ => account.map(|account| (account.id.as_str(), account.management)),
        };
        let rcp_path =
            owner.filter(|(_, management)| !management).and_then(|(owner, _)| self.accounts.get(owner));
        policies.rcps = rcp_path.map(|(levels, _)| self.path(levels, |record| &record.limits));
        if let Some(endpoint) = endpoint {
            let record = self.get(Sort::Endpoint, endpoint)?;
            policies.endpoint = self
                .sources(&record.policies)
                .next()
                .map(|policy| EndpointPolicy { kind: record.endpoint_kind, policy });
        }
        if let Resource::Arn(arn) = request.resource() {
            let own = self.get(Sort::Resource, arn.as_str());
            let record = own.or_else(|| self.get(Sort::Resource, &bucket(arn.as_str())?));
            if let Some(record) = record {
                policies.resource = self
                    .sources(&record.policies)
                    .next()
                    .map(|policy| ResourcePolicy { kind: record.resource_kind, policy });
                policies.acl = record.acl.clone();
            }
        }
        Some(policies)
    }

    fn get(&self, sort: Sort, name: &str) -> Option<&Record> {
        self.beings.get(&(sort, name.to_owned()))
    }

    fn sources<'p>(&'p self, ids: &'p [String]) -> impl Iterator<Item = PolicySource> + 'p {
        ids.iter().filter_map(|id| Some(self.documents.get(id)?.1.clone()))
    }

    fn path(&self, levels: &[String], of: impl Fn(&Record) -> &[String]) -> Vec<Vec<PolicySource>> {
        let records = levels.iter().filter_map(|level| self.get(Sort::Level, level));
        records.map(|record| self.sources(of(record)).collect()).collect()
    }
}

fn named(being: &Being) -> (Sort, String) {
    let sort = match being.kind {
        BeingKind::Principal => Sort::Principal,
        BeingKind::Group => Sort::Group,
        BeingKind::Resource(_) => Sort::Resource,
        BeingKind::Level => Sort::Level,
        BeingKind::Endpoint(_) => Sort::Endpoint,
    };
    (sort, being.name.clone())
}

/// What a document is attached to there.
fn sort(place: PlaceKind) -> Sort {
    match place {
        PlaceKind::Principal | PlaceKind::Boundary => Sort::Principal,
        PlaceKind::Group => Sort::Group,
        PlaceKind::Resource => Sort::Resource,
        PlaceKind::Scp | PlaceKind::Rcp => Sort::Level,
        PlaceKind::Endpoint => Sort::Endpoint,
    }
}

/// The document; `None` if the grammar refuses it.
fn accepted(policy_type: PolicyType, policy: &PolicySource) -> Option<PolicySource> {
    let grammar = Grammar { policy_type, managed: policy.managed, is_date: date::is_date };
    grammar.parse(&policy.document.text).ok()?;
    Some(policy.clone())
}

/// Whether a document of this type belongs there, and whether the place takes only one.
fn fits(place: PlaceKind, policy_type: PolicyType) -> (bool, bool) {
    use PolicyType::{Boundary, Identity, Rcp, Resource, Scp, Session, Trust, Vpce};
    match place {
        PlaceKind::Principal | PlaceKind::Group => {
            (matches!(policy_type, Identity | Boundary | Session), false)
        }
        PlaceKind::Boundary => (matches!(policy_type, Identity | Boundary | Session), true),
        PlaceKind::Resource => (matches!(policy_type, Resource | Trust), true),
        PlaceKind::Scp => (policy_type == Scp, false),
        PlaceKind::Rcp => (policy_type == Rcp, false),
        PlaceKind::Endpoint => (policy_type == Vpce, true),
    }
}
