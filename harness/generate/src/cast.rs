//! The cast of a scenario: the few accounts, requesters, actions, resources and context values that its policies and requests are
//! both made of. Everything in it has near misses in it.

use std::borrow::Cow;
use std::sync::Arc;

use assize_model::{
    Account, Capabilities, Entity, FederatedCaller, FederatedUser, Issuer, Literal, Origin, PolicyType,
    Principal, ResourceKind, RoleSession, Root, Service, SessionToken, User,
};

use crate::choices::Choices;
use crate::pattern::split;
use crate::value::{self, Family, Type};

/// The accounts of a scenario: owner, other, third.
pub const ACCOUNTS: [&str; 3] = ["111111111111", "222222222222", "333333333333"];

/// Canonical user ids of [`ACCOUNTS`].
pub const CANONICAL_IDS: [&str; 3] = [
    "1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a",
    "2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b",
    "3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c",
];

/// What a requester is, as far as it decides which policies can be supplied for it (EVAL-006).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the kind of that name")]
pub enum Role {
    User,
    RoleSession,
    ServiceLinked,
    FederatedByUser,
    FederatedByRoot,
    Root,
    AssumedRoot,
    Service,
    FederatedCaller,
    Anonymous,
}

impl Role {
    /// The kind of principal that it is, as `Principal::kind` names it.
    pub fn kind(self) -> &'static str {
        match self {
            Role::User => "user",
            Role::RoleSession | Role::ServiceLinked => "role-session",
            Role::FederatedByUser | Role::FederatedByRoot => "federated-user",
            Role::Root | Role::AssumedRoot => "root",
            Role::Service => "service",
            Role::FederatedCaller => "federated-caller",
            Role::Anonymous => "anonymous",
        }
    }

    /// Whether its kind of principal is supported.
    pub fn is_supported(self, capabilities: &Capabilities) -> bool {
        capabilities.principals.iter().any(|kind| kind == self.kind())
    }

    /// Whether it has an account.
    pub fn has_account(self) -> bool {
        !matches!(self, Role::Service | Role::FederatedCaller | Role::Anonymous)
    }

    /// Whether identity policies can be supplied for it.
    pub fn has_identity(self) -> bool {
        matches!(self, Role::User | Role::RoleSession | Role::ServiceLinked | Role::FederatedByUser)
    }

    /// Whether a boundary can be supplied for it.
    pub fn has_boundary(self) -> bool {
        matches!(self, Role::User | Role::RoleSession | Role::FederatedByUser)
    }

    /// Whether session policies can be supplied for it.
    pub fn has_session(self) -> bool {
        matches!(self, Role::RoleSession | Role::FederatedByUser | Role::FederatedByRoot | Role::AssumedRoot)
    }
}

/// An action with the ARN of a resource it fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// `vendor:Name`.
    pub action: String,
    /// An ARN, or `*`.
    pub resource: String,
    /// The account that owns the resource.
    pub owner: String,
}

/// A context key of the cast.
#[derive(Clone, Debug)]
pub struct Key {
    /// The name.
    pub name: &'static str,
    /// The type of its values.
    pub of: Type,
    /// The family that its value is of.
    pub family: &'static Family,
    /// Whether it usually has several values.
    pub multi: bool,
    /// The values that requests start from; empty for a key that is usually absent.
    pub values: Vec<Literal>,
}

/// Who and what a scenario is about.
#[derive(Clone, Debug)]
pub struct Cast {
    /// What the requesters are. All requests of a scenario share it, because its policies fit no other.
    pub role: Role,
    /// The partition of everything.
    pub partition: &'static str,
    /// The account of the requesters, as an index of [`ACCOUNTS`]; the owner is 0.
    pub account: usize,
    /// The requesters; the first is the usual one, the others are its near misses.
    pub principals: Vec<Arc<Principal>>,
    /// The kind of the resource-based policy.
    pub kind: ResourceKind,
    /// The actions and resources; one at least.
    pub targets: Vec<Target>,
    /// The context keys.
    pub keys: Vec<Key>,
    /// What may be in policies and requests.
    pub capabilities: Arc<Capabilities>,
}

/// What requesters are, and how often.
pub(crate) const ROLES: [(usize, Role); 10] = [
    (34, Role::User),
    (26, Role::RoleSession),
    (8, Role::FederatedByUser),
    (3, Role::FederatedByRoot),
    (8, Role::Root),
    (2, Role::AssumedRoot),
    (4, Role::ServiceLinked),
    (6, Role::Service),
    (4, Role::FederatedCaller),
    (5, Role::Anonymous),
];

/// Kinds of resource, and how often.
const KINDS: [(usize, ResourceKind); 3] =
    [(72, ResourceKind::Ordinary), (12, ResourceKind::KmsKey), (16, ResourceKind::RoleTrust)];

/// One of those that are supported; `otherwise` if none is.
pub(crate) fn supported<T: Copy>(
    choices: &mut dyn Choices,
    all: &[(usize, T)],
    is_supported: impl Fn(T) -> bool,
    otherwise: T,
) -> T {
    let some: Vec<(usize, T)> = all.iter().copied().filter(|(_, item)| is_supported(*item)).collect();
    if some.is_empty() { otherwise } else { choices.weighted(&some) }
}

/// Names that differ in case, in one character, or in their ends.
const NAMES: [[&str; 4]; 3] =
    [["bob", "Bob", "bobby", "eve"], ["app", "App", "app-1", "ap"], ["R", "r", "RR", "Q"]];

const PATHS: [&str; 4] = ["/", "/team/", "/Team/", "/team/sub/"];

/// Service principals with near misses.
pub const SERVICES: [&str; 6] = [
    "logs.amazonaws.com",
    "logs.us-east-1.amazonaws.com",
    "ec2.amazonaws.com",
    "ecs.amazonaws.com",
    "sns.amazonaws.com",
    "logs.amazonaws.com.cn",
];

/// Federation providers with near misses.
pub const PROVIDERS: [&str; 4] = [
    "arn:aws:iam::111111111111:saml-provider/ADFS",
    "arn:aws:iam::111111111111:saml-provider/adfs",
    "accounts.google.com",
    "arn:aws:iam::111111111111:oidc-provider/accounts.google.com",
];

impl Cast {
    /// Chooses a cast of everything.
    pub fn generate(choices: &mut dyn Choices) -> Cast {
        Cast::within(choices, &Arc::new(Capabilities::full()))
    }

    /// Chooses a cast of what is supported.
    pub fn within(choices: &mut dyn Choices, capabilities: &Arc<Capabilities>) -> Cast {
        let role = supported(choices, &ROLES, |role| role.is_supported(capabilities), Role::User);
        Cast::of(choices, role, capabilities)
    }

    /// Chooses a cast whose requesters are of one role, of what else is supported.
    pub fn of(choices: &mut dyn Choices, role: Role, capabilities: &Arc<Capabilities>) -> Cast {
        let has = |kind| capabilities.resource_kinds.contains(&kind);
        let kind = match role {
            Role::FederatedCaller => ResourceKind::RoleTrust,
            // What their credentials forbid (EVAL-058) no policy decides: a little of it is enough.
            Role::Anonymous
            | Role::Root
            | Role::AssumedRoot
            | Role::FederatedByUser
            | Role::FederatedByRoot
                if choices.chance(88) =>
            {
                if role != Role::Anonymous && choices.chance(20) && has(ResourceKind::KmsKey) {
                    ResourceKind::KmsKey
                } else {
                    ResourceKind::Ordinary
                }
            }
            _ => supported(choices, &KINDS, has, ResourceKind::Ordinary),
        };
        let account = account(choices);
        let mut cast = Cast::about(choices, role, kind, account, capabilities);
        cast.choose_targets(choices);
        cast
    }

    /// Chooses a cast of requesters of this kind and account, and of context keys; what they ask for is left open.
    pub fn about(
        choices: &mut dyn Choices,
        role: Role,
        kind: ResourceKind,
        account: usize,
        capabilities: &Arc<Capabilities>,
    ) -> Cast {
        let partition = choices.weighted(&[(96, "aws"), (4, "aws-cn")]);
        let mut cast = Cast {
            role,
            partition,
            account,
            principals: Vec::new(),
            kind,
            targets: Vec::new(),
            keys: Vec::new(),
            capabilities: capabilities.clone(),
        };
        let count = choices.between(1, 4);
        for nth in 0..count {
            let principal = cast.principal(choices, nth).map(Arc::new);
            cast.principals.extend(principal.filter(|principal| !cast.principals.contains(principal)));
        }
        if cast.principals.is_empty() {
            cast.role = Role::Anonymous;
            cast.principals.push(Arc::new(Principal::Anonymous));
        }
        cast.choose_keys(choices);
        cast
    }

    /// Whether an element that not everybody reads may be written.
    pub(crate) fn reads(&self, element: &str) -> bool {
        self.capabilities.elements.iter().any(|known| known == element)
    }

    /// Whether policies of this type may be supplied.
    pub(crate) fn has(&self, policy_type: PolicyType) -> bool {
        self.capabilities.policies.contains(&policy_type)
    }

    /// Makes the requesters principals of a management account.
    pub fn manage(&mut self, choices: &mut dyn Choices) {
        for nth in 0..self.principals.len() {
            if let Some(principal) = self.principal_of(choices, nth, true) {
                self.principals[nth] = Arc::new(principal);
            }
        }
    }

    /// The nth requester. All are of the cast's role; the first lives in the cast's account.
    fn principal(&self, choices: &mut dyn Choices, nth: usize) -> Option<Principal> {
        let management = choices.chance(4);
        self.principal_of(choices, nth, management)
    }

    fn principal_of(&self, choices: &mut dyn Choices, nth: usize, management: bool) -> Option<Principal> {
        let at = if nth > 0 && choices.chance(20) { choices.pick(ACCOUNTS.len()) } else { self.account };
        let partition = if nth > 0 && choices.chance(4) { "aws-us-gov" } else { self.partition };
        let mut account = Account::new(partition, ACCOUNTS[at]).ok()?;
        account.management = management;
        account.canonical_user_id = choices.chance(60).then(|| CANONICAL_IDS[at].to_owned());
        let names = choices.one_of(&NAMES[..2]);
        let pick_name = |choices: &mut dyn Choices| names[if nth == 0 { 0 } else { choices.pick(4) }];
        let user = |choices: &mut dyn Choices| {
            let name = pick_name(choices);
            let path = PATHS[choices.weighted(&[(7, 0), (2, 1), (1, 2), (1, 3)])];
            let id = if choices.chance(10) { unique_id("AIDA", "gone") } else { unique_id("AIDA", name) };
            Entity::new(path, name, id).ok()
        };
        let token = match choices.weighted(&[(76, 0), (12, 1), (12, 2)]) {
            0 => None,
            1 => Some(SessionToken { mfa: true }),
            _ => Some(SessionToken { mfa: false }),
        };
        Some(match self.role {
            Role::User => Principal::User(User::new(account, user(choices)?, token)),
            Role::Root => match token {
                None => Principal::Root(Root::new(account)),
                Some(token) => Principal::Root(Root::with_session_token(account, token)),
            },
            Role::AssumedRoot => Principal::Root(Root::assumed(account)),
            Role::RoleSession | Role::ServiceLinked => {
                let name = NAMES[2][if nth == 0 { 0 } else { choices.pick(4) }];
                let path = match self.role {
                    Role::ServiceLinked => "/aws-service-role/ecs.amazonaws.com/",
                    _ => PATHS[choices.weighted(&[(7, 0), (2, 1), (1, 2), (1, 3)])],
                };
                let id = if choices.chance(10) { unique_id("AROA", "gone") } else { unique_id("AROA", name) };
                let role = Entity::new(path, name, id).ok()?;
                let session = choices.weighted(&[
                    (8, "s1"),
                    (2, "S1"),
                    (2, "s2"),
                    (1, "i-0abc"),
                    (1, "bob"),
                    (1, "bob@x.y"),
                ]);
                let origin = match choices.weighted(&[(5, 0), (2, 1), (2, 2), (1, 3), (1, 4)]) {
                    0 => Origin::AssumeRole,
                    1 => Origin::Saml(Some(PROVIDERS[0].to_owned())),
                    2 => Origin::WebIdentity(Some(PROVIDERS[2].to_owned())),
                    3 => Origin::Service(Some(SERVICES[3].to_owned())),
                    _ => Origin::Ec2Instance(Some("i-0abc".to_owned())),
                };
                Principal::RoleSession(RoleSession::new(account, role, session, origin).ok()?)
            }
            Role::FederatedByUser => {
                let issuer = Issuer::User(user(choices)?);
                let name = choices.weighted(&[(6, "carol"), (2, "Carol"), (2, "bob")]);
                let console = choices.chance(35);
                Principal::FederatedUser(FederatedUser::new(account, name, issuer, console).ok()?)
            }
            Role::FederatedByRoot => {
                let name = choices.weighted(&[(6, "carol"), (2, "Carol"), (2, "bob")]);
                Principal::FederatedUser(
                    FederatedUser::new(account, name, Issuer::Root, choices.chance(35)).ok()?,
                )
            }
            Role::Service => {
                let name = *choices.one_of(&SERVICES);
                let mut names = vec![name.to_owned()];
                for _ in 0..choices.weighted(&[(40, 0), (40, 1), (20, 3)]) {
                    let other = *choices.one_of(&SERVICES);
                    if names.iter().all(|known| known != other) {
                        names.insert(choices.pick(names.len() + 1), other.to_owned());
                    }
                }
                Principal::Service(Service::new(name, names).ok()?)
            }
            Role::FederatedCaller => {
                Principal::FederatedCaller(FederatedCaller::new(*choices.one_of(&PROVIDERS)).ok()?)
            }
            Role::Anonymous => Principal::Anonymous,
        })
    }

    pub(crate) fn choose_targets(&mut self, choices: &mut dyn Choices) {
        let count = choices.weighted(&[(15, 1), (40, 2), (30, 3), (15, 4)]);
        for _ in 0..count {
            let target = self.target(choices);
            if !self.targets.contains(&target) {
                self.targets.push(target);
            }
        }
    }

    fn target(&self, choices: &mut dyn Choices) -> Target {
        let partition = if choices.chance(1) { "aws-us-gov" } else { self.partition };
        let owner = ACCOUNTS[0];
        let (action, resource): (String, String) = match self.kind {
            ResourceKind::KmsKey => {
                let action = *choices.one_of(&[
                    "kms:Decrypt",
                    "kms:DescribeKey",
                    "kms:RetireGrant",
                    "kms:GenerateDataKey",
                    "kms:PutKeyPolicy",
                ]);
                let key = choices.weighted(&[(5, "key/k1"), (2, "key/k2"), (1, "key/K1")]);
                (action.to_owned(), ["arn:", partition, ":kms:us-east-1:", owner, ":", key].concat())
            }
            ResourceKind::RoleTrust => {
                let federated = match self.principals.first().map(AsRef::as_ref) {
                    Some(Principal::FederatedCaller(caller)) if caller.is_saml() => {
                        Some("sts:AssumeRoleWithSAML")
                    }
                    Some(Principal::FederatedCaller(_)) => Some("sts:AssumeRoleWithWebIdentity"),
                    _ => None,
                };
                let action = match federated {
                    Some(own) => {
                        choices.weighted(&[(6, own), (2, "sts:TagSession"), (1, "sts:SetSourceIdentity")])
                    }
                    None => choices.weighted(&[
                        (10, "sts:AssumeRole"),
                        (3, "sts:TagSession"),
                        (1, "sts:SetSourceIdentity"),
                        (1, "sts:SetContext"),
                        (1, "iam:GetRole"),
                        (1, "iam:PassRole"),
                        (1, "iam:DeleteRole"),
                    ]),
                };
                let role = choices.weighted(&[
                    (8, "role/T"),
                    (2, "role/team/T"),
                    (2, "role/t"),
                    (1, "role/R"),
                    (2, "role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"),
                    (1, "role/aws-reserved/sso.amazonaws.com/X"),
                ]);
                (action.to_owned(), ["arn:", partition, ":iam::", owner, ":", role].concat())
            }
            ResourceKind::Ordinary => self.ordinary(choices, partition, owner),
        };
        // What AWS owns says so in its ARN, and no other owner can be stated for it (EVAL-009).
        let owner = if resource.contains(":iam::aws:") { "aws" } else { owner };
        Target { action, resource, owner: owner.to_owned() }
    }

    fn ordinary(&self, choices: &mut dyn Choices, partition: &str, owner: &str) -> (String, String) {
        // Resources that a variable of the requester or of the context can name are among them.
        let (action, resource) = choices.weighted(&[
            (16, ("s3:GetObject", "arn:P:s3:::bkt/k")),
            (6, ("s3:GetObject", "arn:P:s3:::bkt/home/bob/k")),
            (3, ("s3:GetObject", "arn:P:s3:::bkt/red/k")),
            (5, ("s3:PutObject", "arn:P:s3:::bkt/k/2")),
            (3, ("s3:GetObjectAcl", "arn:P:s3:::bkt/k")),
            (4, ("s3:ListBucket", "arn:P:s3:::bkt")),
            (2, ("s3:GetObject", "arn:P:s3:::bkt/a-prefix-that-two-objects-share-and-that-is-longer-than-sixty-four-bytes-1")),
            (2, ("s3:GetObject", "arn:P:s3:::bkt/*")),
            (1, ("s3:GetObject", "arn:P:s3:::bkt/${aws:username}")),
            (3, ("s3:DeleteBucketPolicy", "arn:P:s3:::bkt")),
            (2, ("s3:GetAnObjectByANameThatTwoActionsShareAndThatIsLongerThanSixtyFourBytes1", "arn:P:s3:::bkt/k")),
            (5, ("sqs:SendMessage", "arn:P:sqs:us-east-1:O:q")),
            (2, ("sqs:SendMessage", "arn:P:sqs:us-east-2:O:q")),
            (4, ("ec2:RunInstances", "arn:P:ec2:us-east-1:O:instance/i-1")),
            (3, ("lambda:InvokeFunction", "arn:P:lambda:us-east-1:O:function:f:PROD")),
            (2, ("dynamodb:GetItem", "arn:P:dynamodb:us-east-1:O:table/prod-x")),
            (2, ("iam:CreateUser", "arn:P:iam::O:user/bob")),
            (1, ("iam:AddRoleToInstanceProfile", "arn:P:iam::O:instance-profile/p")),
            (2, ("iam:CreatePolicyVersion", "arn:P:iam::aws:policy/ReadOnlyAccess")),
            (1, ("kms:UpdateAlias", "arn:P:kms:us-east-1:O:alias/aws/s3")),
            (1, ("sts:GetFederationToken", "arn:P:sts::O:federated-user/carol")),
            (1, ("sts:TagSession", "arn:P:sts::O:federated-user/carol")),
            (1, ("execute-api:Invoke", "arn:P:execute-api:us-east-1:O:api/x/GET/y")),
            (5, ("s3:ListAllMyBuckets", "*")),
            (2, ("ec2:DescribeInstances", "*")),
            (2, ("sts:GetCallerIdentity", "*")),
            (1, ("sts:GetSessionToken", "*")),
            (1, ("kms:ListKeys", "*")),
        ]);
        (action.to_owned(), placed(resource, partition, owner))
    }

    fn choose_keys(&mut self, choices: &mut dyn Choices) {
        let count = choices.between(2, 6);
        for _ in 0..count {
            // By type, so that the operators of each type have a key to work on as often as any other.
            let of = *choices.one_of(&Type::ALL);
            let fitting = || KEYS.iter().filter(|(_, known, _)| *known == of);
            let Some(&(name, of, multi)) = fitting().nth(choices.pick(fitting().count())) else { continue };
            if self.keys.iter().any(|key| key.name.eq_ignore_ascii_case(name)) {
                continue;
            }
            let family = choices.one_of(of.families());
            let mut values = Vec::new();
            if !choices.chance(15) {
                let count = if multi { choices.between(1, 3) } else { 1 };
                for _ in 0..count {
                    let pool = if choices.chance(70) { family.same } else { family.near };
                    let text = *choices.one_of(pool);
                    values.push(value::literal(choices, text));
                }
            }
            self.keys.push(Key { name, of, family, multi, values });
        }
    }

    /// The keys that the first requester's record yields, with their value (PRIN-015).
    pub fn derived(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let mut keys = Vec::new();
        let Some(principal) = self.principals.first().map(AsRef::as_ref) else { return keys };
        if let Some(account) = principal.account() {
            keys.push(("aws:PrincipalAccount", Cow::from(&account.id)));
            keys.push(("aws:PrincipalIsAWSService", "false".into()));
        }
        match principal {
            Principal::User(user) => {
                keys.push(("aws:username", Cow::from(&user.entity().name)));
                keys.push(("aws:userid", Cow::from(&user.entity().id)));
                keys.push(("aws:PrincipalArn", user.arn().into()));
                keys.push(("aws:PrincipalType", "User".into()));
            }
            Principal::RoleSession(session) => {
                keys.push(("aws:PrincipalArn", session.role_arn().into()));
                keys.push(("aws:userid", [&session.role().id, ":", session.session_name()].concat().into()));
                keys.push(("aws:PrincipalType", "AssumedRole".into()));
                if let Origin::WebIdentity(Some(provider)) = session.origin() {
                    keys.push(("aws:FederatedProvider", provider.into()));
                }
            }
            Principal::FederatedUser(session) => {
                keys.push(("aws:PrincipalArn", session.arn().into()));
                keys.push(("aws:userid", [&session.account().id, ":", session.name()].concat().into()));
                keys.push(("aws:PrincipalType", "FederatedUser".into()));
            }
            Principal::Root(root) => {
                keys.push(("aws:PrincipalArn", root.arn().into()));
                keys.push(("aws:userid", Cow::from(&root.account().id)));
                keys.push(("aws:PrincipalType", "Account".into()));
                if root.assumed_root() {
                    keys.push(("aws:AssumedRoot", "true".into()));
                }
            }
            Principal::Service(service) => {
                keys.push(("aws:PrincipalIsAWSService", "true".into()));
                keys.push(("aws:PrincipalServiceName", service.name().into()));
                let names = service.names_list().iter();
                keys.extend(names.map(|name| ("aws:PrincipalServiceNamesList", name.into())));
            }
            Principal::FederatedCaller(caller) if !caller.is_saml() => {
                keys.push(("aws:FederatedProvider", caller.provider().into()))
            }
            Principal::FederatedCaller(_) => {}
            Principal::Anonymous => {
                keys.push(("aws:PrincipalAccount", "anonymous".into()));
                keys.push(("aws:userid", "anonymous".into()));
                keys.push(("aws:PrincipalType", "Anonymous".into()));
            }
        }
        keys
    }
}

/// An ARN with the partition where `P` stands and the owner where `O` does.
pub(crate) fn placed(arn: &str, partition: &str, owner: &str) -> String {
    let Some((head, tail)) = split(arn) else { return arn.to_owned() };
    let mut placed = String::with_capacity(arn.len() + partition.len() + owner.len());
    for field in head {
        placed.push_str(match field {
            "P" => partition,
            "O" => owner,
            other => other,
        });
        placed.push(':');
    }
    placed.push_str(tail);
    placed
}

/// The account of requesters, as an index of [`ACCOUNTS`].
pub fn account(choices: &mut dyn Choices) -> usize {
    choices.weighted(&[(62, 0), (34, 1), (4, 2)])
}

/// Context keys of every type: name, type, usually several values.
pub(crate) const KEYS: &[(&str, Type, bool)] = &[
    ("aws:PrincipalTag/team", Type::String, false),
    ("aws:RequestTag/Team", Type::String, false),
    ("s3:prefix", Type::String, false),
    ("acme:Colour", Type::String, false),
    ("aws:SourceVpce", Type::String, false),
    ("aws:TagKeys", Type::String, true),
    ("aws:CalledVia", Type::String, true),
    ("s3:max-keys", Type::Numeric, false),
    ("aws:MultiFactorAuthAge", Type::Numeric, false),
    ("acme:Sizes", Type::Numeric, true),
    ("aws:CurrentTime", Type::Date, false),
    ("aws:TokenIssueTime", Type::Date, false),
    ("aws:EpochTime", Type::Date, false),
    ("aws:SecureTransport", Type::Bool, false),
    ("aws:MultiFactorAuthPresent", Type::Bool, false),
    ("acme:Flags", Type::Bool, true),
    ("acme:Blob", Type::Binary, false),
    ("aws:SourceIp", Type::Ip, false),
    ("aws:VpcSourceIp", Type::Ip, false),
    ("acme:Addresses", Type::Ip, true),
    ("aws:SourceArn", Type::Arn, false),
    ("logs:LogGeneratingResourceArns", Type::Arn, true),
];

/// The unique id of the entity with this name: a function of it, so that policies can name it (PRIN-048).
pub fn unique_id(prefix: &str, name: &str) -> String {
    let mut id = String::with_capacity(32);
    id.push_str(prefix);
    // Letter case tells names apart, ids have capitals only.
    for letter in name.bytes().filter(u8::is_ascii_alphanumeric) {
        id.push(if letter.is_ascii_uppercase() { 'U' } else { 'L' });
        id.push(letter.to_ascii_uppercase().into());
    }
    while id.len() < 21 {
        id.push('X');
    }
    id
}
