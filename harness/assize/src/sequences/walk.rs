//! A generator of steps. The policies of a scenario are put into a store, in place for the requesters, groups, resources, levels and
//! the endpoint that they are for. Then comes a walk of changes that mix them up, and of questions.
//!
//! Most changes concern what the last question was about, and most questions are the last one again, or the last one with one thing
//! changed: so a store that keeps what it should forget is asked for it.

use std::sync::Arc;

use assize_generate::Choices;
use assize_model::scenario::Body;
use assize_model::{
    AclGrant, EndpointKind, IdentitySource, Policies, PolicySource, PolicyType, Principal, Request, Resource,
    ResourceKind, RoleSession, Scenario,
};

use super::Model;
use super::step::{Being, BeingKind, Place, PlaceKind, Question, Step, bucket, holder};

/// How many steps follow after the policies of the scenario are in place.
pub(super) const LENGTH: usize = 48;

/// How often a change is about the document of the change before, in percent.
const TOUCHED: usize = 30;

/// The one endpoint.
const ENDPOINT: &str = "vpce-1";
/// The group of the scenario's group policies, and another one.
const GROUPS: [&str; 2] = ["Dev", "Ops"];
/// Levels of the organization. Scenarios have up to five on a path.
const LEVELS: [&str; 6] = ["root", "ou-1", "ou-2", "ou-3", "ou-4", "ou-5"];

/// A document that steps put in, attach and replace others by.
#[derive(Clone, Debug)]
struct Known {
    policy_type: PolicyType,
    policy: PolicySource,
}

/// What the steps of a scenario are about.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    documents: Vec<Known>,
    /// Texts that decide whatever they are about.
    decisive: Vec<Known>,
    principals: Vec<String>,
    resources: Vec<String>,
    accounts: Vec<String>,
    requests: Vec<Request>,
    policies: Policies,
}

impl Vocabulary {
    /// That of a scenario; `None` if it has no requests.
    pub fn new(scenario: &Scenario) -> Option<Self> {
        let Body::Requests { policies, requests, .. } = &scenario.body else { return None };
        let requests: Vec<Request> = requests.iter().filter_map(|case| case.request.clone().ok()).collect();
        if requests.is_empty() {
            return None;
        }
        let mut documents = Vec::new();
        // Session policies come with the question.
        let attached = policies.documents().into_iter().filter(|(known, _)| *known != PolicyType::Session);
        for (policy_type, policy) in attached {
            // Policies of several lists may share their own ids.
            let id = format!("{policy_type}-{}", documents.len()).into();
            documents.push(Known { policy_type, policy: PolicySource { id, ..policy.clone() } });
        }

        let (mut principals, mut resources, mut accounts) = (Vec::new(), Vec::new(), Vec::new());
        for request in &requests {
            principals.extend(holder(request.principal()).map(str::to_owned));
            accounts.extend(request.principal().account().map(|account| account.id.clone()));
            if let Resource::Arn(arn) = request.resource() {
                accounts.push(arn.owner().to_owned());
                resources.push(arn.as_str().to_owned());
                resources.extend(bucket(arn.as_str()));
            }
        }
        for list in [&mut principals, &mut resources, &mut accounts] {
            list.sort_unstable();
            list.dedup();
        }
        let kind = policies.resource.as_ref().map_or(ResourceKind::Ordinary, |known| known.kind);
        let decisive = decisive(kind, requests[0].principal());
        let policies = Policies::clone(policies);
        Some(Vocabulary { documents, decisive, principals, resources, accounts, requests, policies })
    }

    /// The changes that put the policies of the scenario in place for its first request.
    pub fn loading(&self) -> Vec<Step> {
        let mut steps: Vec<Step> = self.beings().into_iter().map(Step::Add).collect();
        steps.extend(
            self.documents
                .iter()
                .chain(&self.decisive)
                .map(|known| Step::Insert { policy_type: known.policy_type, policy: known.policy.clone() }),
        );
        let Some(first) = self.requests.first() else { return steps };
        let ids = |policy_type: PolicyType| {
            let known = self.documents.iter().filter(move |known| known.policy_type == policy_type);
            known.map(|known| known.policy.id.to_string())
        };
        let attach = |kind: PlaceKind, name: &str| {
            let place = Place { kind, name: name.to_owned() };
            move |id: String| Step::Attach { id, place: place.clone() }
        };
        if let Some(own) = holder(first.principal()) {
            for (id, held) in ids(PolicyType::Identity).zip(self.policies.identity.iter().flatten()) {
                steps.push(match &held.source {
                    IdentitySource::Group(_) => attach(PlaceKind::Group, GROUPS[0])(id),
                    _ => attach(PlaceKind::Principal, own)(id),
                });
            }
            steps.extend(ids(PolicyType::Boundary).map(attach(PlaceKind::Boundary, own)));
            steps.push(Step::Join { user: own.to_owned(), group: GROUPS[0].to_owned() });
        }
        steps.extend(ids(PolicyType::Vpce).map(attach(PlaceKind::Endpoint, ENDPOINT)));
        if let Resource::Arn(arn) = first.resource() {
            // A bucket's policy is that of its objects, so it is put there if there is one.
            let place = bucket(arn.as_str()).unwrap_or_else(|| arn.as_str().to_owned());
            let documents = ids(self.resource_kind().policy_type());
            steps.extend(documents.map(attach(PlaceKind::Resource, &place)));
            steps.push(Step::SetAcl { resource: place, grants: self.policies.acl.clone() });
        }
        let mut depth = 0;
        for (levels, policy_type, kind) in [
            (&self.policies.scps, PolicyType::Scp, PlaceKind::Scp),
            (&self.policies.rcps, PolicyType::Rcp, PlaceKind::Rcp),
        ] {
            let mut ids = ids(policy_type);
            for (level, held) in LEVELS.iter().zip(levels.iter().flatten()) {
                steps.extend(ids.by_ref().take(held.len()).map(attach(kind, level)));
            }
            depth = depth.max(levels.as_ref().map_or(0, Vec::len));
        }
        for account in &self.accounts {
            let levels = LEVELS.iter().take(depth).map(|&level| level.to_owned()).collect();
            let scps = self.policies.scps.is_some();
            steps.push(Step::PlaceAccount { account: account.clone(), levels, scps });
        }
        steps
    }

    /// All requests as questions, every second one through the endpoint.
    pub fn questions(&self, choices: &mut dyn Choices) -> Vec<Step> {
        let first = choices.pick(2);
        let through = |nth: usize| (nth % 2 == first).then(|| ENDPOINT.to_owned());
        let asked = self.requests.iter().enumerate().map(|(nth, request)| Question {
            request: request.clone(),
            endpoint: through(nth),
            session: self.policies.session.clone(),
            kept: false,
        });
        asked.map(|question| Step::Ask(Box::new(question))).collect()
    }

    /// Some step. It need not be possible.
    pub fn step(&self, choices: &mut dyn Choices, model: &Model) -> Step {
        if choices.chance(50) {
            return Step::Ask(Box::new(self.question(choices, model)));
        }
        let kind = choices.weighted(&[
            (10, 0),
            (5, 1),
            (12, 2),
            (12, 3),
            (5, 4),
            (4, 5),
            (6, 6),
            (8, 7),
            (8, 8),
            (8, 9),
            (10, 10),
            (2, 11),
        ]);
        let user = self.principal(choices, model);
        let group = (*choices.one_of(&GROUPS)).to_owned();
        match kind {
            0 => self.replacement(choices, model),
            1 => {
                // Mostly one that is not there any more.
                let gone = self.everything().find(|known| !model.now.holds(&known.policy.id));
                let known = gone.filter(|_| choices.chance(70)).unwrap_or(self.known(choices, model));
                // An id that was free again need not stand for the same text.
                let alike = self.everything().filter(|other| other.policy_type == known.policy_type);
                let text = *choices.one_of(&alike.collect::<Vec<_>>());
                let policy = PolicySource { id: Arc::clone(&known.policy.id), ..text.policy.clone() };
                Step::Insert { policy_type: known.policy_type, policy }
            }
            2 => {
                let known = self.known(choices, model);
                let place = self.place(choices, model, known.policy_type);
                Step::Attach { id: known.policy.id.to_string(), place }
            }
            3 => {
                let known = self.known(choices, model);
                let place = self.place(choices, model, known.policy_type);
                // Mostly what is attached there.
                let attached = model.now.attached(&place);
                let id = match attached.get(choices.pick(attached.len().max(1))) {
                    Some(attached) if choices.chance(85) => attached.clone(),
                    _ => known.policy.id.to_string(),
                };
                Step::Detach { id, place }
            }
            4 => {
                // Mostly one that can be removed: what no loading step attached.
                let known = if choices.chance(60) {
                    choices.one_of(&self.decisive)
                } else {
                    self.known(choices, model)
                };
                Step::Remove { id: known.policy.id.to_string() }
            }
            5 => Step::Take(self.being(choices, model)),
            6 => Step::Add(self.being(choices, model)),
            7 if user.is_some() => Step::Join { user: user.unwrap_or_default(), group },
            8 if user.is_some() => {
                let user = user.unwrap_or_default();
                let own = model.now.groups(&user).first().filter(|_| choices.chance(80));
                Step::Leave { group: own.cloned().unwrap_or(group), user }
            }
            9 if !self.accounts.is_empty() => {
                let depth = choices.pick(4);
                let levels = (0..depth).map(|_| (*choices.one_of(&LEVELS)).to_owned()).collect();
                let account = self.account(choices, model);
                Step::PlaceAccount { account, levels, scps: choices.chance(60) }
            }
            10 if !self.resources.is_empty() => {
                let grants = if choices.chance(50) { self.grants(choices, model) } else { Vec::new() };
                Step::SetAcl { resource: self.resource(choices, model), grants }
            }
            _ => Step::Keep,
        }
    }

    /// The last question again, or with one thing changed, or another one.
    fn question(&self, choices: &mut dyn Choices, model: &Model) -> Question {
        let request = choices.one_of(&self.requests).clone();
        let other = Question {
            request,
            endpoint: choices.chance(40).then(|| ENDPOINT.to_owned()),
            session: self.policies.session.clone(),
            kept: choices.chance(6),
        };
        let Some(last) = &model.last else { return other };
        let last = Question { kept: other.kept, ..last.clone() };
        let rebuilt = |principal: &Request, action: &Request, context: &Request| {
            let request = Request::new(
                principal.principal().clone(),
                action.action().clone(),
                action.resource().clone(),
                context.context().clone(),
            );
            Question { request: request.unwrap_or_else(|_| last.request.clone()), ..last.clone() }
        };
        match choices.weighted(&[(48, 0), (18, 1), (8, 2), (6, 3), (5, 4), (6, 5), (9, 6)]) {
            0 => last,
            1 => rebuilt(&last.request, &last.request, &other.request),
            2 => match sibling(&last.request).filter(|_| choices.chance(50)) {
                Some(request) => Question { request, ..last },
                None => rebuilt(&other.request, &last.request, &last.request),
            },
            3 => rebuilt(&last.request, &other.request, &last.request),
            4 => Question { endpoint: other.endpoint, ..last },
            5 => {
                let mut session = self.policies.session.clone().filter(|_| choices.chance(70));
                if let Some(session) = &mut session {
                    session.truncate(choices.pick(session.len() + 1));
                }
                Question { session, ..last }
            }
            _ => other,
        }
    }

    /// A document with another text, mostly of its own type; any other may be refused, or break the grammar.
    fn replacement(&self, choices: &mut dyn Choices, model: &Model) -> Step {
        let known = self.known(choices, model);
        let place = self.place(choices, model, known.policy_type);
        let attached = model.now.attached(&place);
        let id = attached.get(choices.pick(attached.len().max(1))).filter(|_| choices.chance(70));
        let id = id.map_or_else(|| known.policy.id.clone(), |id| id.as_str().into());
        let own_type = self.named(&id).map(|known| known.policy_type);
        let policy_type = own_type.filter(|_| choices.chance(92)).unwrap_or(known.policy_type);
        let alike: Vec<&Known> = self.everything().filter(|other| other.policy_type == policy_type).collect();
        let text = if alike.is_empty() || choices.chance(4) {
            self.known(choices, model)
        } else {
            *choices.one_of(&alike)
        };
        Step::Replace { policy_type, policy: PolicySource { id, ..text.policy.clone() } }
    }

    fn everything(&self) -> impl Iterator<Item = &Known> {
        self.documents.iter().chain(&self.decisive)
    }

    /// The document with this id.
    fn named(&self, id: &str) -> Option<&Known> {
        self.everything().find(|known| &*known.policy.id == id)
    }

    /// Some document, often that of the last change: what befalls one document one time after the other is what a store forgets.
    fn known(&self, choices: &mut dyn Choices, model: &Model) -> &Known {
        let touched = model.touched.as_ref().filter(|_| choices.chance(TOUCHED));
        if let Some(known) = touched.and_then(|id| self.named(id)) {
            return known;
        }
        let from =
            if self.documents.is_empty() || choices.chance(25) { &self.decisive } else { &self.documents };
        choices.one_of(from)
    }

    /// Where a document of this type may belong; now and then where it does not.
    fn place(&self, choices: &mut dyn Choices, model: &Model, policy_type: PolicyType) -> Place {
        let policy_type = if choices.chance(4) { *choices.one_of(&PolicyType::ALL) } else { policy_type };
        let level = || LEVELS[..3].to_vec();
        let principal = self.principal(choices, model);
        let (kind, name) = match policy_type {
            PolicyType::Scp => (PlaceKind::Scp, (*choices.one_of(&level())).to_owned()),
            PolicyType::Rcp => (PlaceKind::Rcp, (*choices.one_of(&level())).to_owned()),
            PolicyType::Resource | PolicyType::Trust if !self.resources.is_empty() => {
                (PlaceKind::Resource, self.resource(choices, model))
            }
            PolicyType::Vpce => (PlaceKind::Endpoint, ENDPOINT.to_owned()),
            PolicyType::Boundary if principal.is_some() && choices.chance(80) => {
                (PlaceKind::Boundary, principal.unwrap_or_default())
            }
            PolicyType::Identity | PolicyType::Boundary | PolicyType::Session if principal.is_some() => {
                let kinds = [(45, PlaceKind::Principal), (40, PlaceKind::Group), (15, PlaceKind::Boundary)];
                match choices.weighted(&kinds) {
                    PlaceKind::Group => (PlaceKind::Group, (*choices.one_of(&GROUPS)).to_owned()),
                    own => (own, principal.unwrap_or_default()),
                }
            }
            _ => (PlaceKind::Group, (*choices.one_of(&GROUPS)).to_owned()),
        };
        Place { kind, name }
    }

    /// A user or role, mostly that of the last question.
    fn principal(&self, choices: &mut dyn Choices, model: &Model) -> Option<String> {
        let asked = model.last.as_ref().and_then(|last| holder(last.request.principal()));
        match asked {
            Some(asked) if choices.chance(75) => Some(asked.to_owned()),
            _ if self.principals.is_empty() => None,
            _ => Some(choices.one_of(&self.principals).clone()),
        }
    }

    /// A resource, mostly that of the last question or its bucket. There is one.
    fn resource(&self, choices: &mut dyn Choices, model: &Model) -> String {
        match model.last.as_ref().map(|last| last.request.resource()) {
            Some(Resource::Arn(arn)) if choices.chance(75) => {
                let own = arn.as_str().to_owned();
                if choices.chance(60) { bucket(arn.as_str()).unwrap_or(own) } else { own }
            }
            _ => choices.one_of(&self.resources).clone(),
        }
    }

    /// An account, mostly that of the last question's requester or resource. There is one.
    fn account(&self, choices: &mut dyn Choices, model: &Model) -> String {
        let request = model.last.as_ref().map(|last| &last.request);
        let own = request.and_then(|request| request.principal().account()).map(|account| &account.id);
        let owner = request.and_then(|request| match request.resource() {
            Resource::Arn(arn) => Some(arn.owner()),
            Resource::None { .. } => None,
        });
        match (choices.pick(4), own, owner) {
            (0 | 1, Some(own), _) => own.clone(),
            (2, _, Some(owner)) => owner.to_owned(),
            _ => choices.one_of(&self.accounts).clone(),
        }
    }

    /// The grants of the scenario, or full control for the last requester's account.
    fn grants(&self, choices: &mut dyn Choices, model: &Model) -> Vec<AclGrant> {
        use assize_model::{AclPermission, AclTarget, Grantee};
        if !self.policies.acl.is_empty() && choices.chance(25) {
            return self.policies.acl.clone();
        }
        let asked = model.last.as_ref().and_then(|last| last.request.principal().account());
        let grantee = match asked {
            Some(asked) => Grantee::Account(asked.id.clone()),
            None => Grantee::AllUsers,
        };
        let on = if choices.chance(65) { AclTarget::Object } else { AclTarget::Bucket };
        vec![AclGrant { grantee, permission: AclPermission::FullControl, on }]
    }

    fn being(&self, choices: &mut dyn Choices, model: &Model) -> Being {
        let principal = self.principal(choices, model);
        let (kind, name) = match choices.pick(5) {
            0 if principal.is_some() => (BeingKind::Principal, principal.unwrap_or_default()),
            1 if !self.resources.is_empty() => {
                (BeingKind::Resource(self.resource_kind()), self.resource(choices, model))
            }
            2 => (BeingKind::Level, (*choices.one_of(&LEVELS)).to_owned()),
            3 => (BeingKind::Endpoint(self.endpoint_kind()), ENDPOINT.to_owned()),
            _ => (BeingKind::Group, (*choices.one_of(&GROUPS)).to_owned()),
        };
        Being { kind, name }
    }

    /// Everything that documents are attached to.
    fn beings(&self) -> Vec<Being> {
        let being = |kind: BeingKind| move |name: &str| Being { kind, name: name.to_owned() };
        let mut beings: Vec<Being> =
            self.principals.iter().map(String::as_str).map(being(BeingKind::Principal)).collect();
        beings.extend(GROUPS.map(being(BeingKind::Group)));
        // Objects have no record of their own at first, so that the bucket's policy is found.
        let own = self.resources.iter().map(String::as_str).filter(|arn| bucket(arn).is_none());
        beings.extend(own.map(being(BeingKind::Resource(self.resource_kind()))));
        beings.extend(LEVELS.map(being(BeingKind::Level)));
        beings.push(being(BeingKind::Endpoint(self.endpoint_kind()))(ENDPOINT));
        beings
    }

    fn resource_kind(&self) -> ResourceKind {
        self.policies.resource.as_ref().map_or(ResourceKind::Ordinary, |resource| resource.kind)
    }

    fn endpoint_kind(&self) -> EndpointKind {
        self.policies.endpoint.as_ref().map_or(EndpointKind::Interface, |endpoint| endpoint.kind)
    }
}

/// The same request in another session of the role.
fn sibling(request: &Request) -> Option<Request> {
    let Principal::RoleSession(session) = request.principal() else { return None };
    let name = format!("{}2", session.session_name());
    let (account, role) = (session.account().clone(), session.role().clone());
    let sibling = RoleSession::new(account, role, name, session.origin().clone()).ok()?;
    let principal = Principal::RoleSession(sibling);
    let (action, resource) = (request.action().clone(), request.resource().clone());
    Request::new(principal, action, resource, request.context().clone()).ok()
}

/// For every type of policy a document that allows everything and one that denies it, as far as its grammar lets them; for the resource
/// also such that name the requester alone.
fn decisive(resource_kind: ResourceKind, requester: &Principal) -> Vec<Known> {
    let of_resource = resource_kind.policy_type();
    let types = [
        PolicyType::Identity,
        PolicyType::Boundary,
        PolicyType::Scp,
        PolicyType::Rcp,
        PolicyType::Vpce,
        of_resource,
    ];
    let documents = types.into_iter().flat_map(|policy_type| {
        ["Allow", "Deny"].map(|effect| {
            let action = match policy_type {
                PolicyType::Rcp => "s3:*",
                PolicyType::Trust => "sts:*",
                _ => "*",
            };
            let principal = match policy_type {
                PolicyType::Rcp | PolicyType::Vpce | PolicyType::Resource | PolicyType::Trust => {
                    r#""Principal":"*","#
                }
                _ => "",
            };
            let resource = if policy_type == PolicyType::Trust { "" } else { r#","Resource":"*""# };
            let text = format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}",{principal}"Action":"{action}"{resource}}}]}}"#
            );
            let id = format!("{}-everything-{policy_type}", effect.to_lowercase());
            Known { policy_type, policy: PolicySource::new(id, text) }
        })
    });
    // An RCP cannot allow in its own words (GRAM-047): the store refuses to take it in, which is a step as good as any.
    let mut documents: Vec<Known> = documents.collect();
    if let Some(arn) = requester.arn() {
        for own in documents.clone().iter().filter(|known| known.policy_type == of_resource) {
            let text = own
                .policy
                .document
                .text
                .replace(r#""Principal":"*""#, &format!(r#""Principal":{{"AWS":"{arn}"}}"#));
            let policy = PolicySource::new(format!("{}-for-one", own.policy.id), text);
            documents.push(Known { policy_type: of_resource, policy });
        }
    }
    documents
}
