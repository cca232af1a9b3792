//! Gathering what applies to a request.

use assize_model::{AclGrant, EndpointKind, Evaluation, Issuer, Principal, Request, Resource, ResourceKind};

use super::version::{Kind, Path, Version};
use super::{StoreError, Via};
use crate::decide::{self, Outcome};
use crate::explain;
use crate::frame::Frame;
use crate::list::{Attached, Bag, Levels, Sources, View};
use crate::rules::Plan;
use crate::trie::Key;

/// How many policies of one type, and levels of a path, are gathered without allocating. IAM allows a user ten groups with ten managed
/// policies each at most by default, but few have more than three or four policies; an organization has seven levels.
const FEW: usize = 32;

/// A list that lies on the stack while it is short.
struct Gathered<T> {
    few: [Option<T>; FEW],
    count: usize,
    /// All of it, once it is long.
    many: Vec<Option<T>>,
}

impl<T: Copy> Gathered<T> {
    fn new() -> Self {
        Gathered { few: [None; FEW], count: 0, many: Vec::new() }
    }

    fn push(&mut self, item: T) {
        faulty!(TwoPoliciesGathered { if self.count == 2 { return; } });
        match self.few.get_mut(self.count) {
            Some(place) => *place = Some(item),
            None => {
                if self.many.is_empty() {
                    self.many.extend(self.few);
                }
                self.many.push(Some(item));
            }
        }
        self.count += 1;
    }

    fn as_slice(&self) -> &[Option<T>] {
        if self.many.is_empty() { &self.few[..self.count] } else { &self.many }
    }
}

/// The policies along a path, and where each level's end.
struct Climbed<'v> {
    policies: Gathered<&'v Attached>,
    ends: Gathered<usize>,
}

impl<'v> Climbed<'v> {
    fn new() -> Self {
        Climbed { policies: Gathered::new(), ends: Gathered::new() }
    }

    fn levels(&self) -> Levels<'_> {
        Levels::Gathered(self.ends.as_slice(), self.policies.as_slice())
    }
}

impl Version {
    pub(super) fn authorize(&self, request: &Request, via: Via<'_>) -> Result<Outcome, StoreError> {
        self.with_view(request, via, decide::decide)
    }

    pub(super) fn explain(&self, request: &Request, via: Via<'_>) -> Result<Evaluation, StoreError> {
        self.with_view(request, via, explain::explain).map(|evaluation| *evaluation)
    }

    fn with_view<T>(
        &self,
        request: &Request,
        via: Via<'_>,
        answer: impl FnOnce(&View<'_>, &Plan, &Frame<'_>) -> T,
    ) -> Result<T, StoreError> {
        let frame = Frame::new(request);
        let (mut identity, mut boundary) = (Gathered::new(), Gathered::new());
        let sources = self.gather_identity(request.principal(), &mut identity, &mut boundary);
        let endpoint = via.endpoint.map(|id| self.endpoint(id)).transpose()?.flatten();
        let resource = self.resource(request);
        let account = request.principal().account();
        let mut scps = Climbed::new();
        let scp_path =
            account.filter(|account| !account.management).and_then(|account| self.accounts.get(&account.id));
        let scp_path = scp_path.filter(|path| path.scps);
        if let Some(path) = scp_path {
            self.climb(path, |record| &record.policies, &mut scps);
        }
        let mut rcps = Climbed::new();
        let (rcp_account, management) = match frame.resource {
            Some(resource) => (Some(resource.owner()), resource.management()),
            None => (
                account.map(|account| account.id.as_str()),
                account.is_some_and(|account| account.management),
            ),
        };
        let rcp_account =
            faulty!(RcpsOfTheRequester => account.map(|account| account.id.as_str()), else rcp_account);
        let rcp_path = rcp_account.filter(|_| !management).and_then(|account| self.accounts.get(account));
        if let Some(path) = rcp_path {
            self.climb(path, |record| &record.limits, &mut rcps);
        }
        let endpoint = endpoint.map(|(kind, attached)| (kind, [Some(attached)]));
        let policy = resource.and_then(|(kind, attached, _)| Some((kind, [Some(attached?)])));
        let view = View {
            identity: (identity.count > 0).then(|| Bag::Gathered(identity.as_slice())),
            sources,
            boundary: (boundary.count > 0).then(|| Bag::Gathered(boundary.as_slice())),
            session: via.session.map(Bag::List),
            scps: scp_path.map(|_| scps.levels()),
            rcps: rcp_path.map(|_| rcps.levels()),
            endpoint: endpoint.as_ref().map(|(kind, attached)| (*kind, Bag::Gathered(attached))),
            resource: policy.as_ref().map(|(kind, attached)| (*kind, Bag::Gathered(attached))),
            acl: resource.map_or(&[], |(_, _, acl)| acl),
        };
        Ok(answer(&view, &Plan::new(&view, &frame)?, &frame))
    }

    /// The identity-based policies and the boundary of the requester, and whose they are.
    fn gather_identity<'v>(
        &'v self,
        principal: &Principal,
        identity: &mut Gathered<&'v Attached>,
        boundary: &mut Gathered<&'v Attached>,
    ) -> Sources {
        let (arn, own) = match principal {
            Principal::User(user) => (user.arn(), Sources::USER),
            Principal::RoleSession(session) => (session.role_arn(), Sources::ROLE),
            Principal::FederatedUser(session) => match (session.issuer(), session.issuer_arn()) {
                (Issuer::User(_), Some(arn)) => (arn, Sources::ISSUER),
                _ => return Sources::default(),
            },
            Principal::Root(_)
            | Principal::Service(_)
            | Principal::FederatedCaller(_)
            | Principal::Anonymous => {
                return Sources::default();
            }
        };
        let Some(record) = self.principals.get(arn) else { return Sources::default() };
        // Naming its own policies is never an error, even where it has none; naming those of a group is one for a role (EVAL-006).
        let mut sources = own;
        self.push(&record.policies, identity);
        for group in record.groups.iter().filter_map(|group| self.groups.get_key(group)) {
            self.push(&group.policies, identity);
            if !group.policies.is_empty() {
                sources = sources.with(Sources::GROUP);
            }
        }
        self.push(&record.limits, boundary);
        sources
    }

    fn push<'v>(&'v self, documents: &[Key], policies: &mut Gathered<&'v Attached>) {
        for stored in documents.iter().filter_map(|document| self.documents.get_key(document)) {
            policies.push(&stored.attached);
        }
    }

    fn climb<'v>(
        &'v self,
        path: &'v Path,
        of: impl Fn(&'v super::version::Record) -> &'v [Key],
        climbed: &mut Climbed<'v>,
    ) {
        for level in path.levels.iter().filter_map(|level| self.levels.get_key(level)) {
            self.push(of(level), &mut climbed.policies);
            climbed.ends.push(climbed.policies.count);
        }
    }

    /// The endpoint's kind and policy; an endpoint without policy lets everything pass (EVAL-021).
    fn endpoint(&self, id: &str) -> Result<Option<(EndpointKind, &Attached)>, StoreError> {
        let unknown = || StoreError::Unknown { kind: "VPC endpoint", name: id.to_owned() };
        let record = self.endpoints.get(id).ok_or_else(unknown)?;
        let Kind::Endpoint(kind) = record.kind else { return Ok(None) };
        let stored = record.policies.first().and_then(|document| self.documents.get_key(document));
        Ok(stored.map(|stored| (kind, &stored.attached)))
    }

    /// The resource's kind, policy and grants. The policy of an object is that of its bucket.
    fn resource(&self, request: &Request) -> Option<(ResourceKind, Option<&Attached>, &[AclGrant])> {
        let Resource::Arn(arn) = request.resource() else { return None };
        let text = arn.as_str();
        let bucket = || {
            let slash = text.len() - arn.name().len() + arn.name().find('/')?;
            if arn.service() == "s3" { self.resources.get(&text[..slash]) } else { None }
        };
        let record = self.resources.get(text).or_else(bucket)?;
        let record = faulty!(BucketStandsInForPolicy => bucket().filter(|_| record.policies.is_empty()).unwrap_or(record), else record);
        let Kind::Resource { kind, acl } = &record.kind else { return None };
        let stored = record.policies.first().and_then(|document| self.documents.get_key(document));
        Some((*kind, stored.map(|stored| &stored.attached), acl))
    }
}
