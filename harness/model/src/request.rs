//! Requests: who asks for what, with which context.
//!
//! What can be wrong with a request alone is refused when it is built; what is wrong with a request under certain policies
//! (EVAL-006) is for evaluators to refuse.

use std::collections::HashSet;
use std::sync::Arc;

use crate::document::Literal;
use crate::principal::Principal;
use crate::verdict::InputError;

/// One request (EVAL-001).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    principal: Arc<Principal>,
    action: Action,
    resource: Resource,
    context: Context,
}

impl Request {
    /// Puts a request together. Requests of one principal can share its record.
    ///
    /// # Errors
    /// * `FederatedCallerOnlyForSts` if a federated caller asks for anything but its operation (PRIN-012): AssumeRoleWithSAML or
    ///   AssumeRoleWithWebIdentity after its provider, or the `sts:TagSession` and `sts:SetSourceIdentity` that belong to the call.
    /// * `OwnerMismatch` if the action has no resource and the owner stated is not the principal's account (EVAL-009).
    pub fn new(
        principal: impl Into<Arc<Principal>>,
        action: Action,
        resource: Resource,
        context: Context,
    ) -> Result<Self, InputError> {
        let principal = principal.into();
        if let Principal::FederatedCaller(caller) = &*principal {
            let operation =
                if caller.is_saml() { "sts:AssumeRoleWithSAML" } else { "sts:AssumeRoleWithWebIdentity" };
            let own = [operation, "sts:TagSession", "sts:SetSourceIdentity"];
            if !own.iter().any(|own| action.as_str().eq_ignore_ascii_case(own)) {
                return Err(InputError::FederatedCallerOnlyForSts);
            }
        }
        if let (Resource::None { owner: Some(owner) }, Some(account)) = (&resource, principal.account())
            && *owner != account.id
        {
            return Err(InputError::OwnerMismatch);
        }
        Ok(Request { principal, action, resource, context })
    }

    /// Who asks.
    #[inline]
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// For what.
    #[inline]
    pub fn action(&self) -> &Action {
        &self.action
    }

    /// On which resource.
    #[inline]
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// The context that was supplied; keys that the principal record yields (PRIN-015) are not in it.
    #[inline]
    pub fn context(&self) -> &Context {
        &self.context
    }
}

/// The action of a request: `vendor:name` (MATCH-010). Clones share their text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Action {
    text: Arc<str>,
    colon: usize,
}

impl Action {
    /// # Errors
    /// `InvalidAction` unless there is exactly one colon, a vendor of ASCII letters, digits, `.` and `-`, and a name without white
    /// space and wildcards.
    pub fn new(text: impl Into<Arc<str>>) -> Result<Self, InputError> {
        let text = text.into();
        let colon = text.bytes().position(|byte| byte == b':').ok_or(InputError::InvalidAction)?;
        let (vendor, name) = (&text[..colon], &text[colon + 1..]);
        let vendor_ok =
            !vendor.is_empty() && vendor.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-');
        let plain = |c: char| !c.is_whitespace() && !matches!(c, ':' | '*' | '?');
        let name_ok = !name.is_empty() && name.chars().all(plain);
        if vendor_ok && name_ok { Ok(Action { text, colon }) } else { Err(InputError::InvalidAction) }
    }

    /// The whole text, as given.
    #[inline]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The part before the colon.
    #[inline]
    pub fn vendor(&self) -> &str {
        &self.text[..self.colon]
    }

    /// The part after the colon.
    #[inline]
    pub fn name(&self) -> &str {
        &self.text[self.colon + 1..]
    }
}

/// The resource of a request (MATCH-030).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Resource {
    /// The action has no resource; files write `*` (EVAL-059). The owner, if stated, is the principal's account.
    None {
        /// The owner as stated.
        owner: Option<String>,
    },
    /// One resource.
    Arn(ResourceArn),
}

impl Resource {
    /// `text` is an ARN of six fields or more, or `*`. `owner` is the account that owns the resource.
    ///
    /// # Errors
    /// * `InvalidResource` if the text is neither.
    /// * `MissingOwner` if it is an ARN and no owner is stated.
    /// * `OwnerMismatch` if the ARN carries an account and it is not the owner (EVAL-009).
    pub fn new(text: impl Into<Arc<str>>, owner: Option<String>) -> Result<Self, InputError> {
        let text = text.into();
        if &*text == "*" {
            return Ok(Resource::None { owner });
        }
        // What is split here is short: looking at each byte is faster than setting up a search.
        let mut places = text.bytes().enumerate().filter(|(_, byte)| *byte == b':').map(|(at, _)| at);
        let mut colons = [0; 5];
        for colon in &mut colons {
            *colon = places.next().ok_or(InputError::InvalidResource)?;
        }
        if &text[..colons[0]] != "arn" {
            return Err(InputError::InvalidResource);
        }
        let owner = owner.filter(|owner| !owner.is_empty()).ok_or(InputError::MissingOwner)?;
        let owner = Arc::from(owner);
        let arn = ResourceArn { text, colons, owner, management: false, aws_managed: false };
        if !arn.account().is_empty() && arn.account() != arn.owner() {
            return Err(InputError::OwnerMismatch);
        }
        Ok(Resource::Arn(arn))
    }

    /// The same resource with the facts `management` (its account is a management account, EVAL-018) and `aws_managed` (it is an AWS
    /// managed KMS key, EVAL-018). Without effect where there is no resource.
    pub fn with_facts(mut self, management: bool, aws_managed: bool) -> Self {
        if let Resource::Arn(arn) = &mut self {
            arn.management = management;
            arn.aws_managed = aws_managed;
        }
        self
    }

    /// The ARN, or `*`.
    #[inline]
    pub fn as_str(&self) -> &str {
        match self {
            Resource::None { .. } => "*",
            Resource::Arn(arn) => arn.as_str(),
        }
    }
}

/// The ARN of a resource, and facts that the ARN does not carry. Clones share their texts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ResourceArn {
    text: Arc<str>,
    /// Where the first five colons stand.
    colons: [usize; 5],
    owner: Arc<str>,
    management: bool,
    aws_managed: bool,
}

impl ResourceArn {
    /// The whole text.
    #[inline]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The second field.
    #[inline]
    pub fn partition(&self) -> &str {
        &self.text[self.colons[0] + 1..self.colons[1]]
    }

    /// The third field.
    #[inline]
    pub fn service(&self) -> &str {
        &self.text[self.colons[1] + 1..self.colons[2]]
    }

    /// The fourth field, which may be empty.
    #[inline]
    pub fn region(&self) -> &str {
        &self.text[self.colons[2] + 1..self.colons[3]]
    }

    /// The fifth field, which may be empty: the account that the ARN carries.
    #[inline]
    pub fn account(&self) -> &str {
        &self.text[self.colons[3] + 1..self.colons[4]]
    }

    /// The sixth field: everything behind the fifth colon.
    #[inline]
    pub fn name(&self) -> &str {
        &self.text[self.colons[4] + 1..]
    }

    /// The account that owns the resource (EVAL-009).
    #[inline]
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Whether the owner is a management account (EVAL-018).
    #[inline]
    pub fn management(&self) -> bool {
        self.management
    }

    /// Whether it is an AWS managed KMS key (EVAL-018).
    #[inline]
    pub fn aws_managed(&self) -> bool {
        self.aws_managed
    }
}

/// The context that a caller supplies: key names with lists of texts (CTX-001, COND-007). Clones share their entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    entries: Arc<[ContextEntry]>,
    /// A name has characters beyond ASCII.
    beyond_ascii: bool,
}

/// One context key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextEntry {
    /// The name as given; compared without regard to case (COND-006).
    pub key: String,
    /// The values; an empty list is the same as no key (COND-008).
    pub values: Vec<Literal>,
}

/// Up to here, comparing each name with those before it is faster than a set.
const FEW: usize = 16;

/// The keys that a principal record yields (PRIN-015; the last by EVAL-064). Nobody may supply them.
pub const DERIVED_KEYS: [&str; 10] = [
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalType",
    "aws:userid",
    "aws:username",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:FederatedProvider",
    "aws:AssumedRoot",
];

impl Context {
    /// # Errors
    /// * `InvalidContext` if a name is empty (CTX-002).
    /// * `DuplicateContextKey` if two names are equal but for case (COND-006).
    /// * `DerivedContextKey` if a name is one of [`DERIVED_KEYS`] (PRIN-015).
    pub fn new(entries: Vec<ContextEntry>) -> Result<Self, InputError> {
        let many = entries.len() > FEW;
        let mut seen = HashSet::with_capacity(if many { entries.len() } else { 0 });
        for (at, ContextEntry { key, .. }) in entries.iter().enumerate() {
            if key.is_empty() {
                return Err(InputError::InvalidContext);
            }
            if DERIVED_KEYS.iter().any(|derived| derived.eq_ignore_ascii_case(key)) {
                return Err(InputError::DerivedContextKey);
            }
            let repeated = match many {
                true => !seen.insert(lower_case(key).collect::<String>()),
                false => entries[..at].iter().any(|earlier| same_name(&earlier.key, key)),
            };
            if repeated {
                return Err(InputError::DuplicateContextKey);
            }
        }
        let beyond_ascii = !entries.iter().all(|entry| entry.key.is_ascii());
        Ok(Context { entries: entries.into(), beyond_ascii })
    }

    /// The entries in the order given.
    #[inline]
    pub fn entries(&self) -> &[ContextEntry] {
        &self.entries
    }

    /// Whether all names are ASCII, so that comparing them without regard to case needs no more than ASCII does.
    #[inline]
    pub fn is_ascii(&self) -> bool {
        !self.beyond_ascii
    }
}

/// One character at a time, as COND-041 says.
fn lower_case(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

fn same_name(one: &str, other: &str) -> bool {
    match one.is_ascii() && other.is_ascii() {
        true => one.eq_ignore_ascii_case(other),
        false => lower_case(one).eq(lower_case(other)),
    }
}
