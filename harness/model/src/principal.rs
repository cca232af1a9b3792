//! Requesters: the closed sum of PRIN-001 to PRIN-013.
//!
//! A record states the facts that an evaluator needs; an evaluator never infers them from an ARN. Records are valid by construction
//! and immutable: to change a fact, build a new record.

use crate::verdict::InputError;

/// Who makes a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Principal {
    /// The root user of an account (PRIN-002).
    Root(Root),
    /// An IAM user (PRIN-003).
    User(User),
    /// A session of a role (PRIN-005).
    RoleSession(RoleSession),
    /// A session of GetFederationToken (PRIN-009).
    FederatedUser(FederatedUser),
    /// An AWS service with its own identity (PRIN-010).
    Service(Service),
    /// The caller of an STS federation operation (PRIN-012).
    FederatedCaller(FederatedCaller),
    /// An unsigned caller (PRIN-011).
    Anonymous,
}

impl Principal {
    /// The account, for the kinds that have one.
    #[inline]
    pub fn account(&self) -> Option<&Account> {
        match self {
            Principal::Root(root) => Some(&root.account),
            Principal::User(user) => Some(&user.account),
            Principal::RoleSession(session) => Some(&session.account),
            Principal::FederatedUser(session) => Some(&session.account),
            Principal::Service(_) | Principal::FederatedCaller(_) | Principal::Anonymous => None,
        }
    }

    /// The requester's own ARN, for the kinds that have one: of a session, the session's.
    #[inline]
    pub fn arn(&self) -> Option<&str> {
        match self {
            Principal::Root(root) => Some(&root.arn),
            Principal::User(user) => Some(&user.arn),
            Principal::RoleSession(session) => Some(&session.arn),
            Principal::FederatedUser(session) => Some(&session.arn),
            Principal::Service(_) | Principal::FederatedCaller(_) | Principal::Anonymous => None,
        }
    }

    /// `kind` as written in files.
    pub fn kind(&self) -> &'static str {
        match self {
            Principal::Root(_) => "root",
            Principal::User(_) => "user",
            Principal::RoleSession(_) => "role-session",
            Principal::FederatedUser(_) => "federated-user",
            Principal::Service(_) => "service",
            Principal::FederatedCaller(_) => "federated-caller",
            Principal::Anonymous => "anonymous",
        }
    }
}

/// The account of a requester.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Account {
    /// The partition, such as `aws`.
    pub partition: String,
    /// Twelve digits.
    pub id: String,
    /// A management account of an organization (EVAL-014).
    pub management: bool,
    /// The canonical user id (PRIN-013): 64 lower-case hexadecimal digits.
    pub canonical_user_id: Option<String>,
}

impl Account {
    /// A member account, or one without organization.
    ///
    /// # Errors
    /// `InvalidPrincipal` if `id` is not twelve ASCII digits or `partition` is empty or holds a colon.
    pub fn new(partition: impl Into<String>, id: impl Into<String>) -> Result<Self, InputError> {
        let account = Account {
            partition: partition.into(),
            id: id.into(),
            management: false,
            canonical_user_id: None,
        };
        let twelve_digits = account.id.len() == 12 && account.id.bytes().all(|b| b.is_ascii_digit());
        check(twelve_digits && is_name(&account.partition))?;
        Ok(account)
    }
}

/// A user or role: what can be created, named in policies, and deleted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entity {
    /// The path; begins and ends with `/`.
    pub path: String,
    /// The name, without path.
    pub name: String,
    /// The unique id, `AIDA…` or `AROA…` (PRIN-048).
    pub id: String,
}

impl Entity {
    /// # Errors
    /// `InvalidPrincipal` if the path does not begin and end with `/`, or the name or id is empty or holds a colon or slash.
    pub fn new(
        path: impl Into<String>,
        name: impl Into<String>,
        id: impl Into<String>,
    ) -> Result<Self, InputError> {
        let entity = Entity { path: path.into(), name: name.into(), id: id.into() };
        let path_ok =
            entity.path.starts_with('/') && entity.path.ends_with('/') && !entity.path.contains(':');
        check(path_ok && is_name(&entity.name) && is_name(&entity.id))?;
        Ok(entity)
    }

    /// `arn:P:iam::ACCOUNT:TYPE` + path + name, for `TYPE` `user` or `role`.
    fn arn(&self, account: &Account, entity_type: &str) -> String {
        ["arn:", &account.partition, ":iam::", &account.id, ":", entity_type, &self.path, &self.name].concat()
    }
}

/// Credentials of GetSessionToken: they make no new principal, only restrictions (PRIN-003, EVAL-058).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionToken {
    /// Whether the call was made with MFA.
    pub mfa: bool,
}

/// The root user of an account (PRIN-002).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Root {
    account: Account,
    assumed_root: bool,
    session_token: Option<SessionToken>,
    arn: String,
}

impl Root {
    /// Root with long-term credentials.
    pub fn new(account: Account) -> Self {
        let arn = ["arn:", &account.partition, ":iam::", &account.id, ":root"].concat();
        Root { account, assumed_root: false, session_token: None, arn }
    }

    /// A session of `sts:AssumeRoot` (EVAL-064).
    pub fn assumed(account: Account) -> Self {
        Root { assumed_root: true, ..Root::new(account) }
    }

    /// Root with credentials of GetSessionToken.
    pub fn with_session_token(account: Account, token: SessionToken) -> Self {
        Root { session_token: Some(token), ..Root::new(account) }
    }

    /// The account.
    #[inline]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Whether this is a session of `sts:AssumeRoot`.
    #[inline]
    pub fn assumed_root(&self) -> bool {
        self.assumed_root
    }

    /// The credentials of GetSessionToken, if it signed with such.
    #[inline]
    pub fn session_token(&self) -> Option<SessionToken> {
        self.session_token
    }

    /// `arn:P:iam::ACCOUNT:root`.
    #[inline]
    pub fn arn(&self) -> &str {
        &self.arn
    }
}

/// An IAM user (PRIN-003).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct User {
    account: Account,
    user: Entity,
    session_token: Option<SessionToken>,
    arn: String,
}

impl User {
    /// `session_token` tells credentials of GetSessionToken from long-term ones.
    pub fn new(account: Account, user: Entity, session_token: Option<SessionToken>) -> Self {
        let arn = user.arn(&account, "user");
        User { account, user, session_token, arn }
    }

    /// The account.
    #[inline]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The user.
    #[inline]
    pub fn entity(&self) -> &Entity {
        &self.user
    }

    /// The credentials of GetSessionToken, if it signed with such.
    #[inline]
    pub fn session_token(&self) -> Option<SessionToken> {
        self.session_token
    }

    /// `arn:P:iam::ACCOUNT:user` + path + name.
    #[inline]
    pub fn arn(&self) -> &str {
        &self.arn
    }
}

/// A session of a role (PRIN-005).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoleSession {
    account: Account,
    role: Entity,
    session_name: String,
    origin: Origin,
    arn: String,
    role_arn: String,
}

impl RoleSession {
    /// # Errors
    /// `InvalidPrincipal` if the session name is empty or holds a colon or slash.
    pub fn new(
        account: Account,
        role: Entity,
        session_name: impl Into<String>,
        origin: Origin,
    ) -> Result<Self, InputError> {
        let session_name = session_name.into();
        check(is_name(&session_name))?;
        let (partition, id) = (&*account.partition, &*account.id);
        let arn =
            ["arn:", partition, ":sts::", id, ":assumed-role/", &role.name, "/", &session_name].concat();
        let role_arn = role.arn(&account, "role");
        Ok(RoleSession { account, role, session_name, origin, arn, role_arn })
    }

    /// The role's account.
    #[inline]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The role.
    #[inline]
    pub fn role(&self) -> &Entity {
        &self.role
    }

    /// The session's name.
    #[inline]
    pub fn session_name(&self) -> &str {
        &self.session_name
    }

    /// How the session came to be. It changes context keys, never whom a policy names.
    #[inline]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether the role is a service-linked role: its path begins with `/aws-service-role/` (PRIN-008).
    #[inline]
    pub fn service_linked(&self) -> bool {
        self.role.path.starts_with("/aws-service-role/")
    }

    /// `arn:P:sts::ACCOUNT:assumed-role/NAME/SESSION`; the role's path is not part of it.
    #[inline]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// `arn:P:iam::ACCOUNT:role` + path + name.
    #[inline]
    pub fn role_arn(&self) -> &str {
        &self.role_arn
    }
}

/// How a role session came to be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// `sts:AssumeRole`.
    AssumeRole,
    /// `sts:AssumeRoleWithSAML`, with the provider.
    Saml(Option<String>),
    /// `sts:AssumeRoleWithWebIdentity`, with the provider.
    WebIdentity(Option<String>),
    /// A service assumed a service role; its name.
    Service(Option<String>),
    /// Credentials of instance metadata; the instance's id.
    Ec2Instance(Option<String>),
}

impl Origin {
    /// `kind` as written in files.
    pub fn kind(&self) -> &'static str {
        match self {
            Origin::AssumeRole => "AssumeRole",
            Origin::Saml(_) => "SAML",
            Origin::WebIdentity(_) => "WebIdentity",
            Origin::Service(_) => "Service",
            Origin::Ec2Instance(_) => "Ec2Instance",
        }
    }

    /// The provider, service or instance, if stated.
    #[inline]
    pub fn provider(&self) -> Option<&str> {
        match self {
            Origin::AssumeRole => None,
            Origin::Saml(provider)
            | Origin::WebIdentity(provider)
            | Origin::Service(provider)
            | Origin::Ec2Instance(provider) => provider.as_deref(),
        }
    }
}

/// A session of GetFederationToken (PRIN-009).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FederatedUser {
    account: Account,
    name: String,
    issuer: Issuer,
    console: bool,
    arn: String,
    issuer_arn: Option<String>,
}

impl FederatedUser {
    /// `console` marks a console session (EVAL-058).
    ///
    /// # Errors
    /// `InvalidPrincipal` if the name is empty or holds a colon or slash.
    pub fn new(
        account: Account,
        name: impl Into<String>,
        issuer: Issuer,
        console: bool,
    ) -> Result<Self, InputError> {
        let name = name.into();
        check(is_name(&name))?;
        let arn = ["arn:", &account.partition, ":sts::", &account.id, ":federated-user/", &name].concat();
        let issuer_arn = match &issuer {
            Issuer::User(user) => Some(user.arn(&account, "user")),
            Issuer::Root => None,
        };
        Ok(FederatedUser { account, name, issuer, console, arn, issuer_arn })
    }

    /// The account.
    #[inline]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The name that the caller chose; unrelated to the issuer's.
    #[inline]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who issued the session.
    #[inline]
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// Whether this is a console session.
    #[inline]
    pub fn console(&self) -> bool {
        self.console
    }

    /// `arn:P:sts::ACCOUNT:federated-user/NAME`.
    #[inline]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The ARN of the user who issued the session; `None` if root did.
    #[inline]
    pub fn issuer_arn(&self) -> Option<&str> {
        self.issuer_arn.as_deref()
    }
}

/// Who issued a federated session.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Issuer {
    /// A user of the same account.
    User(Entity),
    /// The root user of the account.
    Root,
}

/// An AWS service with its own identity (PRIN-010).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Service {
    name: String,
    names_list: Vec<String>,
}

impl Service {
    /// A service that answers to `names_list`; empty stands for `name` alone.
    ///
    /// # Errors
    /// `InvalidPrincipal` if the name is empty or not in the list.
    pub fn new(name: impl Into<String>, names_list: Vec<String>) -> Result<Self, InputError> {
        let name = name.into();
        let names_list = if names_list.is_empty() { vec![name.clone()] } else { names_list };
        check(!name.is_empty() && names_list.contains(&name))?;
        Ok(Service { name, names_list })
    }

    /// The service principal's name.
    #[inline]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Every name it answers to, its own included.
    #[inline]
    pub fn names_list(&self) -> &[String] {
        &self.names_list
    }
}

/// The caller of `sts:AssumeRoleWithSAML` or `sts:AssumeRoleWithWebIdentity` (PRIN-012).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FederatedCaller {
    provider: String,
}

impl FederatedCaller {
    /// # Errors
    /// `InvalidPrincipal` if the provider is empty.
    pub fn new(provider: impl Into<String>) -> Result<Self, InputError> {
        let provider = provider.into();
        check(!provider.is_empty())?;
        Ok(FederatedCaller { provider })
    }

    /// The provider: a SAML or OIDC provider ARN, or a well-known name.
    #[inline]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// Whether the provider is a SAML provider; otherwise it is a web identity provider.
    #[inline]
    pub fn is_saml(&self) -> bool {
        self.provider.starts_with("arn:") && self.provider.contains(":saml-provider/")
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains([':', '/'])
}

fn check(valid: bool) -> Result<(), InputError> {
    if valid { Ok(()) } else { Err(InputError::InvalidPrincipal) }
}
