//! A store of policies as one would write it without a thought for speed.

use std::collections::BTreeMap;

use assize_engine::Place;
use assize_model::{
    AclGrant, EndpointKind, EndpointPolicy, Grammar, IdentityPolicy, IdentitySource, Policies, PolicySource,
    PolicyType, Principal, Request, Resource, ResourceKind, ResourcePolicy,
};
use assize_reference::date;

use super::step::{Being, Step, bucket, holder};

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
    pub(super) fn change(&mut self, step: &Step<'_>) -> bool {
        // What is refused on the way has changed nothing.
        let mut changed = self.clone();
        let made = changed.make(step).is_some();
        if made {
            *self = changed;
        }
        made
    }

    fn make(&mut self, step: &Step<'_>) -> Option<()> {
        match step {
            Step::Insert { id, policy_type, source } => {
                let document = accepted(id, *policy_type, source)?;
                let before = self.documents.insert((*id).to_owned(), (*policy_type, document));
                before.is_none().then_some(())
            }
            Step::Replace { id, policy_type, source } => {
                let document = accepted(id, *policy_type, source)?;
                let known = self.documents.get_mut(*id).filter(|(known, _)| known == policy_type)?;
                known.1 = document;
                Some(())
            }
            Step::Remove { id } => {
                let used =
                    |record: &Record| record.policies.iter().chain(&record.limits).any(|used| used == id);
                let known = self.documents.remove(*id).is_some() && !self.beings.values().any(used);
                known.then_some(())
            }
            Step::Attach { id, place } => {
                let (policy_type, _) = self.documents.get(*id)?;
                let (fits, single) = fits(*place, *policy_type);
                let list = self.list(*place)?;
                let free = !list.iter().any(|known| known == id) && (list.is_empty() || !single);
                list.push((*id).to_owned());
                (fits && free).then_some(())
            }
            Step::Detach { id, place } => {
                let list = self.list(*place)?;
                let at = list.iter().position(|known| known == id)?;
                list.remove(at);
                Some(())
            }
            Step::Add(being) => {
                let record = Record {
                    resource_kind: if let Being::Resource(_, kind) = being {
                        *kind
                    } else {
                        ResourceKind::Ordinary
                    },
                    endpoint_kind: if let Being::Endpoint(_, kind) = being {
                        *kind
                    } else {
                        EndpointKind::Interface
                    },
                    policies: Vec::new(),
                    limits: Vec::new(),
                    groups: Vec::new(),
                    acl: Vec::new(),
                };
                self.beings.insert(named(*being), record).is_none().then_some(())
            }
            Step::Take(being) => {
                let (sort, name) = named(*being);
                let members = self.beings.values().any(|record| record.groups.contains(&name));
                let paths = self.accounts.values().any(|(levels, _)| levels.contains(&name));
                let used = (sort == Sort::Group && members) || (sort == Sort::Level && paths);
                self.beings.remove(&(sort, name)).filter(|_| !used).map(drop)
            }
            Step::Join { user, group } => {
                self.beings.get(&(Sort::Group, (*group).to_owned()))?;
                let record = self.beings.get_mut(&(Sort::Principal, (*user).to_owned()))?;
                let member = record.groups.iter().any(|known| known == group);
                record.groups.push((*group).to_owned());
                (!member).then_some(())
            }
            Step::Leave { user, group } => {
                let record = self.beings.get_mut(&(Sort::Principal, (*user).to_owned()))?;
                let at = record.groups.iter().position(|known| known == group)?;
                record.groups.remove(at);
                Some(())
            }
            Step::SetAcl { resource, grants } => {
                self.beings.get_mut(&(Sort::Resource, (*resource).to_owned()))?.acl = grants.to_vec();
                Some(())
            }
            Step::PlaceAccount { account, levels, scps } => {
                let known = |level: &&str| self.beings.contains_key(&(Sort::Level, (*level).to_owned()));
                if !levels.iter().all(known) {
                    return None;
                }
                self.accounts.remove(*account);
                if !levels.is_empty() {
                    let levels = levels.iter().map(|&level| level.to_owned()).collect();
                    self.accounts.insert((*account).to_owned(), (levels, *scps));
                }
                Some(())
            }
        }
    }

    /// The list that a place means.
    fn list(&mut self, place: Place<'_>) -> Option<&mut Vec<String>> {
        let (sort, name) = match place {
            Place::Principal(name) | Place::Boundary(name) => (Sort::Principal, name),
            Place::Group(name) => (Sort::Group, name),
            Place::Resource(name) => (Sort::Resource, name),
            Place::Scp(name) | Place::Rcp(name) => (Sort::Level, name),
            Place::Endpoint(name) => (Sort::Endpoint, name),
        };
        let record = self.beings.get_mut(&(sort, name.to_owned()))?;
        let limits = matches!(place, Place::Boundary(_) | Place::Rcp(_));
        Some(if limits { &mut record.limits } else { &mut record.policies })
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

fn named(being: Being<'_>) -> (Sort, String) {
    let (sort, name) = match being {
        Being::Principal(name) => (Sort::Principal, name),
        Being::Group(name) => (Sort::Group, name),
        Being::Resource(name, _) => (Sort::Resource, name),
        Being::Level(name) => (Sort::Level, name),
        Being::Endpoint(name, _) => (Sort::Endpoint, name),
    };
    (sort, name.to_owned())
}

/// The document under its id in the store; `None` if the grammar refuses it.
fn accepted(id: &str, policy_type: PolicyType, source: &PolicySource) -> Option<PolicySource> {
    let grammar = Grammar { policy_type, managed: source.managed, is_date: date::is_date };
    grammar.parse(&source.document.text).ok()?;
    Some(PolicySource { id: id.into(), ..source.clone() })
}

/// Whether a document of this type belongs there, and whether the place takes only one.
fn fits(place: Place<'_>, policy_type: PolicyType) -> (bool, bool) {
    use PolicyType::{Boundary, Identity, Rcp, Resource, Scp, Session, Trust, Vpce};
    match place {
        Place::Principal(_) | Place::Group(_) => {
            (matches!(policy_type, Identity | Boundary | Session), false)
        }
        Place::Boundary(_) => (matches!(policy_type, Identity | Boundary | Session), true),
        Place::Resource(_) => (matches!(policy_type, Resource | Trust), true),
        Place::Scp(_) => (policy_type == Scp, false),
        Place::Rcp(_) => (policy_type == Rcp, false),
        Place::Endpoint(_) => (policy_type == Vpce, true),
    }
}
