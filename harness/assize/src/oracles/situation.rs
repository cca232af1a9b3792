//! Policies and a request in an editable form.
//!
//! All policy types look alike here: a type is absent, or it is a list of levels of policies. Only SCPs and RCPs have more than one
//! level; a boundary, an endpoint policy and a resource-based policy are one policy.

use std::sync::Arc;

use assize_model::scenario::{Body, Case};
use assize_model::{
    AclGrant, Document, Effect, Element, EndpointKind, EndpointPolicy, Grammar, IdentityPolicy,
    IdentitySource, Issuer, Policies, PolicySource, PolicyType, Position, Principal, PrincipalElement,
    PrincipalEntry, PrincipalKey, PrincipalSpec, Region, Request, Resource, ResourceKind, ResourcePolicy,
    Scenario, Statement, Version,
};

/// The actions that a trust policy decides (EVAL-049).
const TRUST_ACTIONS: [&str; 6] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:TagSession",
    "sts:SetSourceIdentity",
    "sts:SetContext",
];

/// One policy with its document, parsed.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// What results call it.
    pub id: Arc<str>,
    /// A stored (managed) policy (GRAM-014).
    pub managed: bool,
    /// Whose it is; for identity-based policies.
    pub source: Option<IdentitySource>,
    document: Arc<Document>,
    text: Arc<str>,
}

impl Sheet {
    /// An inline policy with these statements.
    pub fn new(id: impl Into<Arc<str>>, statements: Vec<Statement>) -> Self {
        let regions = vec![nowhere(); statements.len()];
        let document = Document { version: Version::V2012, id: None, statements, regions };
        let text = document.to_json().into();
        Sheet { id: id.into(), managed: false, source: None, document: Arc::new(document), text }
    }

    /// The same policy under another id.
    pub fn called(&self, id: impl Into<Arc<str>>) -> Self {
        Sheet { id: id.into(), ..self.clone() }
    }

    /// The document.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The text that evaluators are given.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Changes the document and writes its text anew.
    pub fn edit(&mut self, change: impl FnOnce(&mut Document)) {
        let document = Arc::make_mut(&mut self.document);
        change(document);
        document.regions.resize(document.statements.len(), nowhere());
        self.text = document.to_json().into();
    }

    /// Gives the same document another text.
    pub fn respell(&mut self, text: String) {
        self.text = text.into();
    }

    fn source(&self) -> PolicySource {
        PolicySource {
            managed: self.managed,
            ..PolicySource::new(Arc::clone(&self.id), Arc::clone(&self.text))
        }
    }
}

fn nowhere() -> Region {
    Region { start: Position::START, end: Position::START }
}

/// Where a statement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// One of [`PolicyType::REPORTED`].
    pub policy_type: PolicyType,
    /// The level, from 0.
    pub level: usize,
    /// The policy in its level.
    pub policy: usize,
    /// The statement in its policy.
    pub statement: usize,
}

/// Policies and one request under them.
#[derive(Clone, Debug)]
pub struct Situation {
    types: [Option<Vec<Vec<Sheet>>>; 7],
    /// The kind of endpoint, if its policy is present.
    pub endpoint_kind: EndpointKind,
    /// The kind of resource that the resource-based policy was supplied for, if it is present.
    pub resource_kind: ResourceKind,
    /// Grants of access control lists.
    pub acl: Vec<AclGrant>,
    /// The request.
    pub request: Request,
}

impl Situation {
    /// Reads policies; `None` if a document is refused or a type cannot be held here (two boundaries).
    pub fn read(policies: &Policies, request: Request, is_date: fn(&str) -> bool) -> Option<Self> {
        let sheet = |policy_type: PolicyType, source: &PolicySource| {
            let grammar = Grammar { policy_type, managed: source.managed, is_date };
            let document = grammar.parse(&source.document.text).ok()?;
            Some(Sheet {
                id: Arc::clone(&source.id),
                managed: source.managed,
                source: None,
                document: Arc::new(document),
                text: Arc::clone(&source.document.text),
            })
        };
        let sheets = |policy_type: PolicyType, sources: &[PolicySource]| {
            sources.iter().map(|source| sheet(policy_type, source)).collect::<Option<Vec<_>>>()
        };
        let levels = |policy_type: PolicyType, levels: &Option<Vec<Vec<PolicySource>>>| {
            let read = levels.as_ref().map(|levels| {
                levels.iter().map(|sources| sheets(policy_type, sources)).collect::<Option<Vec<_>>>()
            });
            // Absent is a value here, refused is none.
            read.map_or(Some(None), |read| read.map(Some))
        };
        let identity = match &policies.identity {
            None => None,
            Some(held) => {
                let read = held.iter().map(|held| {
                    let sheet = sheet(PolicyType::Identity, &held.policy)?;
                    Some(Sheet { source: Some(held.source.clone()), ..sheet })
                });
                Some(vec![read.collect::<Option<Vec<_>>>()?])
            }
        };
        let boundary = match policies.boundary.as_slice() {
            [] => None,
            [one] => Some(vec![vec![sheet(PolicyType::Boundary, one)?]]),
            _ => return None,
        };
        let session = match &policies.session {
            None => None,
            Some(sources) => Some(vec![sheets(PolicyType::Session, sources)?]),
        };
        let endpoint = match &policies.endpoint {
            None => None,
            Some(endpoint) => Some(vec![vec![sheet(PolicyType::Vpce, &endpoint.policy)?]]),
        };
        let resource = match &policies.resource {
            None => None,
            Some(resource) => Some(vec![vec![sheet(resource.kind.policy_type(), &resource.policy)?]]),
        };
        Some(Situation {
            types: [
                levels(PolicyType::Rcp, &policies.rcps)?,
                levels(PolicyType::Scp, &policies.scps)?,
                endpoint,
                resource,
                identity,
                boundary,
                session,
            ],
            endpoint_kind: policies
                .endpoint
                .as_ref()
                .map_or(EndpointKind::Interface, |endpoint| endpoint.kind),
            resource_kind: policies
                .resource
                .as_ref()
                .map_or(ResourceKind::Ordinary, |resource| resource.kind),
            acl: policies.acl.clone(),
            request,
        })
    }

    /// The policies as evaluators take them.
    pub fn policies(&self) -> Policies {
        let sources = |sheets: &Vec<Sheet>| sheets.iter().map(Sheet::source).collect::<Vec<_>>();
        let all = |policy_type| self.levels(policy_type).iter().flatten();
        let levels = |policy_type| {
            self.present(policy_type).then(|| self.levels(policy_type).iter().map(sources).collect())
        };
        let identity = |sheet: &Sheet| IdentityPolicy {
            source: sheet.source.clone().unwrap_or_else(|| self.own_source()),
            policy: sheet.source(),
        };
        Policies {
            identity: self
                .present(PolicyType::Identity)
                .then(|| all(PolicyType::Identity).map(identity).collect()),
            boundary: all(PolicyType::Boundary).map(Sheet::source).collect(),
            session: self
                .present(PolicyType::Session)
                .then(|| all(PolicyType::Session).map(Sheet::source).collect()),
            scps: levels(PolicyType::Scp),
            rcps: levels(PolicyType::Rcp),
            endpoint: all(PolicyType::Vpce)
                .next()
                .map(|sheet| EndpointPolicy { kind: self.endpoint_kind, policy: sheet.source() }),
            resource: all(PolicyType::Resource)
                .next()
                .map(|sheet| ResourcePolicy { kind: self.resource_kind, policy: sheet.source() }),
            acl: self.acl.clone(),
            check_size: false,
        }
    }

    /// The situation as a scenario without expectation.
    pub fn scenario(&self, name: &str, rule: &str) -> Scenario {
        let case = Case { name: None, status: None, request: Ok(self.request.clone()), expect: None };
        Scenario {
            name: name.to_owned(),
            rules: vec![rule.to_owned()],
            note: None,
            status: None,
            body: Body::Requests { policies: Box::new(self.policies()), requests: vec![case], expect: None },
        }
    }

    /// The same policies with another request.
    pub fn asked(&self, request: Request) -> Self {
        Situation { request, ..self.clone() }
    }

    // What is there.

    /// Whether a type is present, empty or not (INV-034).
    pub fn present(&self, policy_type: PolicyType) -> bool {
        self.types[policy_type.place()].is_some()
    }

    /// The levels of a type; none if it is absent.
    pub fn levels(&self, policy_type: PolicyType) -> &[Vec<Sheet>] {
        self.types[policy_type.place()].as_deref().unwrap_or_default()
    }

    /// Every policy.
    pub fn sheets(&self) -> impl Iterator<Item = &Sheet> {
        self.types.iter().flatten().flatten().flatten()
    }

    /// The grammar of a type: for the resource-based policy that of the kind it was supplied for.
    pub fn grammar(&self, policy_type: PolicyType) -> PolicyType {
        match policy_type {
            PolicyType::Resource | PolicyType::Trust if self.present(PolicyType::Resource) => {
                self.resource_kind.policy_type()
            }
            PolicyType::Resource | PolicyType::Trust => self.kind_to_supply().policy_type(),
            other => other,
        }
    }

    /// Every statement that may be changed: all but that of the vendor's full-access RCP, which is accepted as a whole (GRAM-047).
    pub fn places(&self) -> Vec<Place> {
        let mut places = Vec::new();
        for policy_type in PolicyType::REPORTED {
            for (level, sheets) in self.levels(policy_type).iter().enumerate() {
                for (policy, sheet) in sheets.iter().enumerate() {
                    if policy_type == PolicyType::Rcp && is_full_access(sheet) {
                        continue;
                    }
                    let statements = 0..sheet.document.statements.len();
                    places.extend(statements.map(|statement| Place {
                        policy_type,
                        level,
                        policy,
                        statement,
                    }));
                }
            }
        }
        places
    }

    /// The places whose statement `wanted` accepts.
    pub fn places_where(&self, wanted: impl Fn(&Place, &Statement) -> bool) -> Vec<Place> {
        let mut places = self.places();
        places.retain(|place| wanted(place, self.statement(*place)));
        places
    }

    /// The policy at a place.
    pub fn sheet(&self, place: Place) -> &Sheet {
        &self.levels(place.policy_type)[place.level][place.policy]
    }

    /// The statement at a place.
    pub fn statement(&self, place: Place) -> &Statement {
        &self.sheet(place).document.statements[place.statement]
    }

    /// Whether a policy mentions `word` anywhere, letter case ignored.
    pub fn mentions(&self, word: &str) -> bool {
        let word = word.to_ascii_lowercase();
        self.sheets().any(|sheet| sheet.text.to_ascii_lowercase().contains(&word))
    }

    // What may be there.

    /// Whether the requester can have a policy of this type (EVAL-006), so that supplying one is no input error.
    pub fn can_have(&self, policy_type: PolicyType) -> bool {
        let principal = self.request.principal();
        let service_linked = matches!(principal, Principal::RoleSession(session) if session.service_linked());
        match policy_type {
            PolicyType::Rcp => !match self.request.resource() {
                Resource::Arn(arn) => arn.management(),
                Resource::None { .. } => principal.account().is_some_and(|account| account.management),
            },
            PolicyType::Scp => principal.account().is_some_and(|account| !account.management),
            PolicyType::Vpce | PolicyType::Resource | PolicyType::Trust => true,
            PolicyType::Identity => has_identity(principal),
            PolicyType::Boundary => has_identity(principal) && !service_linked,
            PolicyType::Session => match principal {
                Principal::Root(root) => root.assumed_root(),
                Principal::RoleSession(_) => !service_linked,
                Principal::FederatedUser(_) => true,
                _ => false,
            },
        }
    }

    /// Whether the resource has a resource-based policy that the action consults if there is one (EVAL-049, EVAL-059).
    pub fn consults_resource_policy(&self) -> bool {
        matches!(self.request.resource(), Resource::Arn(_)) && (!self.on_role() || self.is_trust_action())
    }

    /// The kind of resource that the decision sees (EVAL-049, EVAL-051, EVAL-059).
    pub fn kind(&self) -> ResourceKind {
        if !self.consults_resource_policy() {
            ResourceKind::Ordinary
        } else if self.on_role() {
            ResourceKind::RoleTrust
        } else if self.present(PolicyType::Resource) {
            self.resource_kind
        } else {
            ResourceKind::Ordinary
        }
    }

    fn kind_to_supply(&self) -> ResourceKind {
        if self.on_role() { ResourceKind::RoleTrust } else { ResourceKind::Ordinary }
    }

    fn on_role(&self) -> bool {
        let supplied = self.present(PolicyType::Resource) && self.resource_kind == ResourceKind::RoleTrust;
        let fields: Vec<&str> = self.request.resource().as_str().splitn(6, ':').collect();
        supplied || matches!(fields[..], [_, _, "iam", _, _, role] if role.starts_with("role/"))
    }

    fn is_trust_action(&self) -> bool {
        let action = self.request.action().as_str();
        TRUST_ACTIONS.iter().any(|known| known.eq_ignore_ascii_case(action))
    }

    /// The owner of the resource (EVAL-009); `None` if neither the resource nor the requester has an account.
    pub fn owner(&self) -> Option<&str> {
        match self.request.resource() {
            Resource::Arn(arn) => Some(arn.owner()),
            Resource::None { .. } => self.request.principal().account().map(|account| account.id.as_str()),
        }
    }

    /// EVAL-007.
    pub fn same_account(&self) -> bool {
        let account = self.request.principal().account();
        account.is_some_and(|account| Some(account.id.as_str()) == self.owner())
    }

    /// EVAL-007.
    pub fn cross_account(&self) -> bool {
        self.request.principal().account().is_some() && !self.same_account()
    }

    /// Whether EVAL-008, EVAL-057, EVAL-058, EVAL-063 or EVAL-081 might decide the request, outside the policies. It says yes a
    /// little too often, so that it needs no evaluator.
    pub fn is_outside_policies(&self) -> bool {
        let (principal, action) = (self.request.principal(), self.request.action());
        let is = |vendor: &str| action.vendor().eq_ignore_ascii_case(vendor);
        let resource = self.request.resource().as_str();
        let by_credentials = match principal {
            Principal::Root(root) => is("sts") || (root.session_token().is_some() && is("iam")),
            Principal::User(user) if user.session_token().is_some() => is("sts") || is("iam"),
            Principal::User(_) => is("sts") && !self.is_trust_action(),
            Principal::RoleSession(_) => {
                is("sts") && (!self.is_trust_action() || resource.contains(":federated-user/"))
            }
            Principal::FederatedUser(_) => is("sts") || is("iam"),
            Principal::Service(_) => is("sts") && !self.is_trust_action(),
            Principal::FederatedCaller(_) => false,
            Principal::Anonymous => !["s3", "sqs", "sns"].iter().any(|known| is(known)),
        };
        let Resource::Arn(arn) = self.request.resource() else { return by_credentials };
        let other_partition = principal.account().is_some_and(|account| account.partition != arn.partition());
        let bound = ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "iam:PassRole"];
        let bound_to_owner =
            self.cross_account() && bound.iter().any(|known| known.eq_ignore_ascii_case(action.as_str()));
        let aws_owned = (is("iam")
            && (resource.contains(":iam::aws:policy/") || resource.contains(":role/aws-reserved/")))
            || (is("kms") && resource.contains(":alias/aws/"));
        by_credentials || other_partition || bound_to_owner || aws_owned
    }

    /// The requesters of EVAL-010 whose identity side allows everything: root, and federated sessions that root issued.
    pub fn full_access(&self) -> bool {
        match self.request.principal() {
            Principal::Root(_) => true,
            Principal::FederatedUser(session) => *session.issuer() == Issuer::Root,
            _ => false,
        }
    }

    /// Whether EVAL-033 sets the Deny statements of the bucket policy aside, or might.
    pub fn lockout_exempt(&self) -> bool {
        let action = self.request.action().as_str().to_ascii_lowercase();
        matches!(self.request.principal(), Principal::Root(_)) && action.ends_with("bucketpolicy")
    }

    // Changing it.

    /// Makes a type absent.
    pub fn remove(&mut self, policy_type: PolicyType) {
        self.types[policy_type.place()] = None;
    }

    /// Replaces a type: a list of policies per level. An absent resource-based policy gets the kind that fits the resource.
    pub fn set(&mut self, policy_type: PolicyType, levels: Vec<Vec<Sheet>>) {
        if policy_type.place() == PolicyType::Resource.place() && !self.present(policy_type) {
            self.resource_kind = self.kind_to_supply();
        }
        self.types[policy_type.place()] = Some(levels);
    }

    /// Replaces a type by one level of one policy with these statements.
    pub fn set_one(&mut self, policy_type: PolicyType, statements: Vec<Statement>) {
        let id = self.fresh_id(policy_type);
        self.set(policy_type, vec![vec![Sheet::new(id, statements)]]);
    }

    /// Makes a type present without an applicable statement, unless it is present. Types that are one policy hold a statement that
    /// applies to nothing: as text a document without statements is refused (GRAM-009, EVAL-040).
    pub fn make_present(&mut self, policy_type: PolicyType) {
        if self.present(policy_type) {
            return;
        }
        let levels = match policy_type {
            PolicyType::Identity | PolicyType::Session | PolicyType::Scp | PolicyType::Rcp => vec![vec![]],
            _ => {
                let inert = self.inert(policy_type);
                vec![vec![Sheet::new(self.fresh_id(policy_type), vec![inert])]]
            }
        };
        self.set(policy_type, levels);
    }

    /// The policies of a level, for changing.
    pub fn level_mut(&mut self, policy_type: PolicyType, level: usize) -> &mut Vec<Sheet> {
        let levels = self.types[policy_type.place()].get_or_insert_default();
        if levels.len() <= level {
            levels.resize(level + 1, Vec::new());
        }
        &mut levels[level]
    }

    /// The levels of a type, for changing; the type becomes present.
    pub fn levels_mut(&mut self, policy_type: PolicyType) -> &mut Vec<Vec<Sheet>> {
        self.types[policy_type.place()].get_or_insert_default()
    }

    /// Changes the policy at a place.
    pub fn edit_sheet(&mut self, place: Place, change: impl FnOnce(&mut Document)) {
        self.level_mut(place.policy_type, place.level)[place.policy].edit(change);
    }

    /// Changes the statement at a place.
    pub fn edit(&mut self, place: Place, change: impl FnOnce(&mut Statement)) {
        self.edit_sheet(place, |document| change(&mut document.statements[place.statement]));
    }

    /// Replaces the statement at a place by several, without `Sid`.
    pub fn replace(&mut self, place: Place, statements: Vec<Statement>) {
        self.edit_sheet(place, |document| {
            let plain = statements.into_iter().map(|statement| Statement { sid: None, ..statement });
            document.statements.splice(place.statement..=place.statement, plain);
        });
    }

    /// Adds a statement to a present type, at a level: to its first policy, or as a policy of its own where there is none that can
    /// take it. Returns where it stands.
    pub fn add(&mut self, policy_type: PolicyType, level: usize, statement: Statement) -> Place {
        let id = self.fresh_id(policy_type);
        let sheets = self.level_mut(policy_type, level);
        let open = sheets.iter().position(|sheet| policy_type != PolicyType::Rcp || !is_full_access(sheet));
        let policy = match open {
            Some(policy) => {
                sheets[policy].edit(|document| document.statements.push(statement));
                policy
            }
            None => {
                sheets.push(Sheet::new(id, vec![statement]));
                sheets.len() - 1
            }
        };
        Place {
            policy_type,
            level,
            policy,
            statement: self.levels(policy_type)[level][policy].document.statements.len() - 1,
        }
    }

    /// Adds a statement to every level of a present type.
    pub fn add_everywhere(&mut self, policy_type: PolicyType, statement: &Statement) {
        for level in 0..self.levels(policy_type).len().max(1) {
            self.add(policy_type, level, statement.clone());
        }
    }

    /// Keeps the statements that `wanted` accepts; every policy stays present (EVAL-040).
    pub fn retain(&mut self, wanted: impl Fn(&Place, &Statement) -> bool) {
        let doomed = self.places_where(|place, statement| !wanted(place, statement));
        for place in doomed.into_iter().rev() {
            let inert = self.inert(place.policy_type);
            self.edit_sheet(place, |document| {
                document.statements.remove(place.statement);
                if document.statements.is_empty() {
                    document.statements.push(inert);
                }
            });
        }
    }

    /// Removes one statement; its policy stays present.
    pub fn delete(&mut self, doomed: Place) {
        self.retain(|place, _| *place != doomed);
    }

    /// An id that no policy of the type has.
    pub fn fresh_id(&self, policy_type: PolicyType) -> String {
        let taken = |id: &str| self.levels(policy_type).iter().flatten().any(|sheet| &*sheet.id == id);
        let mut number = 0;
        loop {
            let id = format!("added-{number}");
            if !taken(&id) {
                return id;
            }
            number += 1;
        }
    }

    /// Whose identity-based policy a new one is.
    pub fn own_source(&self) -> IdentitySource {
        match self.request.principal() {
            Principal::RoleSession(_) => IdentitySource::Role,
            Principal::FederatedUser(_) => IdentitySource::Issuer,
            _ => IdentitySource::User,
        }
    }

    // Statements.

    /// A statement that matches every request that the type is consulted for.
    pub fn everything(&self, policy_type: PolicyType, effect: Effect) -> Statement {
        let grammar = self.grammar(policy_type);
        let action = match grammar {
            PolicyType::Trust => "sts:*".to_owned(),
            PolicyType::Rcp => format!("{}:*", self.request.action().vendor()),
            _ => "*".to_owned(),
        };
        statement(grammar, effect, action)
    }

    /// A statement that matches the request's own action on every resource. In a trust policy, which takes actions of `sts` alone,
    /// as [`Self::everything`].
    pub fn own_action(&self, policy_type: PolicyType, effect: Effect) -> Statement {
        match self.grammar(policy_type) {
            PolicyType::Trust => self.everything(policy_type, effect),
            grammar => statement(grammar, effect, self.request.action().as_str().to_owned()),
        }
    }

    /// A statement that applies to no request.
    pub fn inert(&self, policy_type: PolicyType) -> Statement {
        let grammar = self.grammar(policy_type);
        let action = if grammar == PolicyType::Trust { "sts:AssizeNothing" } else { "assize-none:Nothing" };
        statement(grammar, Effect::Deny, action.to_owned())
    }
}

/// Whether identity-based policies can be supplied for a requester (EVAL-006).
fn has_identity(principal: &Principal) -> bool {
    match principal {
        Principal::User(_) | Principal::RoleSession(_) => true,
        Principal::FederatedUser(session) => *session.issuer() != Issuer::Root,
        _ => false,
    }
}

/// Whether an RCP is the vendor's full-access document, the only one that holds an Allow (GRAM-047).
pub fn is_full_access(sheet: &Sheet) -> bool {
    sheet.document.statements.iter().any(|statement| statement.effect == Effect::Allow)
}

/// A statement for everyone on every resource, legal for the grammar.
fn statement(grammar: PolicyType, effect: Effect, action: String) -> Statement {
    let has_principal =
        matches!(grammar, PolicyType::Rcp | PolicyType::Vpce | PolicyType::Resource | PolicyType::Trust);
    let has_resource = !matches!(grammar, PolicyType::Resource | PolicyType::Trust);
    Statement {
        sid: None,
        effect,
        principal: has_principal.then(|| named(PrincipalKey::Aws, "*")),
        action: list(vec![action]),
        resource: has_resource.then(|| list(vec!["*".to_owned()])),
        condition: Vec::new(),
    }
}

/// `Action` or `Resource` with these entries.
pub fn list(entries: Vec<String>) -> Element {
    Element { negated: false, entries }
}

/// `Principal` with one value.
pub fn named(key: PrincipalKey, value: impl Into<String>) -> PrincipalElement {
    let entry = PrincipalEntry { key, values: vec![value.into()] };
    PrincipalElement { negated: false, spec: PrincipalSpec::Map(vec![entry]) }
}
