//! What is wrong with a document, and where.

use std::fmt;

use crate::source::{Region, Span};

/// One finding about a policy document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of finding.
    pub code: Code,
    /// The rule of the catalogue that it rests on, such as `GRAM-022`.
    pub rule: &'static str,
    /// Where in the document's structure: a JSON pointer (RFC 6901). Empty for the whole document.
    pub pointer: String,
    /// Where in the text, in bytes.
    pub span: Span,
    /// Where in the text, in lines and columns.
    pub region: Region,
    /// What is wrong and what to do about it: one sentence for the author.
    pub message: String,
}

impl Diagnostic {
    /// Whether the document is refused for it.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} [{}] at {:?}: {}",
            self.region.start, self.code, self.rule, self.pointer, self.message
        )
    }
}

/// What a finding does to the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Advice; the document is accepted (GRAM-053).
    Warning,
    /// The document is refused.
    Error,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal),* $(,)?) => {
        /// The codes of chapter 01: `E_…` refuse a document, `W_…` are advice.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[doc = $doc])+ $name),* }

        impl Code {
            /// All codes.
            pub const ALL: &[Code] = &[$(Code::$name),*];

            /// As written in the catalogue.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text),* }
            }
        }
    };
}

codes! {
    /// Not JSON.
    Json = "E_JSON",
    /// A character outside the repertoire (GRAM-003).
    Charset = "E_CHARSET",
    /// Too long (GRAM-050).
    Size = "E_SIZE",
    /// A repeated member name (GRAM-004).
    DupKey = "E_DUP_KEY",
    /// A wrong JSON type.
    Type = "E_TYPE",
    /// An unknown element (GRAM-010).
    Element = "E_ELEMENT",
    /// A required element is absent.
    Missing = "E_MISSING",
    /// An empty list or map where a value is required (GRAM-009).
    Empty = "E_EMPTY",
    /// An element or value that the policy type does not allow.
    Forbidden = "E_FORBIDDEN",
    /// Mutually exclusive elements (GRAM-020).
    Conflict = "E_CONFLICT",
    /// A wrong or missing `Version`.
    Version = "E_VERSION",
    /// A wrong or repeated `Sid`.
    Sid = "E_SID",
    /// An `Effect` that is neither `Allow` nor `Deny`.
    Effect = "E_EFFECT",
    /// A malformed action.
    Action = "E_ACTION",
    /// A malformed resource.
    Resource = "E_RESOURCE",
    /// A malformed principal.
    Principal = "E_PRINCIPAL",
    /// An unknown condition operator.
    Operator = "E_OPERATOR",
    /// A malformed condition key.
    ConditionKey = "E_CONDITION_KEY",
    /// A condition value that its operator cannot have.
    ConditionValue = "E_CONDITION_VALUE",
    /// A malformed policy variable.
    Variable = "E_VARIABLE",
    /// A wildcard in the service field of a resource (GRAM-025).
    ServiceWildcard = "W_SERVICE_WILDCARD",
    /// A wildcard in the resource type part (MATCH-040).
    TypeWildcard = "W_TYPE_WILDCARD",
    /// `NotPrincipal` (GRAM-029).
    NotPrincipal = "W_NOTPRINCIPAL",
    /// A condition key without a colon (GRAM-034).
    KeyFormat = "W_KEY_FORMAT",
    /// Values of several JSON types in one list (GRAM-035).
    MixedTypes = "W_MIXED_TYPES",
    /// Two keys of one operator that differ only in case (GRAM-038).
    DupKeyCase = "W_DUP_KEY_CASE",
    /// A value that is not of its operator's type (GRAM-040).
    TypeMismatch = "W_TYPE_MISMATCH",
    /// A policy variable where it is ordinary text (GRAM-042).
    VariablePlace = "W_VARIABLE_PLACE",
    /// A trust policy open to everyone (GRAM-045).
    TrustEveryone = "W_TRUST_EVERYONE",
    /// `Federated` outside a trust policy (GRAM-049).
    FederatedPlace = "W_FEDERATED_PLACE",
    /// `CanonicalUser` outside a resource policy (GRAM-049).
    CanonicalPlace = "W_CANONICAL_PLACE",
    /// A tag key without tag name (CTX-011).
    TagKeyMissing = "W_TAG_KEY_MISSING",
    /// A wildcard in the value of a sensitive key (CTX-012).
    SensitiveWildcard = "W_SENSITIVE_WILDCARD",
    /// An operator of another family than the key's (CTX-004).
    Family = "W_FAMILY",
    /// A private address under `aws:SourceIp` (CTX-050).
    PrivateSourceIp = "W_PRIVATE_SOURCEIP",
    /// A wildcard or a number where an endpoint policy compares a generated identifier (GRAM-048).
    VpceIdentifier = "W_VPCE_IDENTIFIER",
    /// A wildcard beside fewer than six characters in an endpoint policy (GRAM-048).
    VpceShortPattern = "W_VPCE_SHORT_PATTERN",
    /// An account field of characters and wildcards in an endpoint policy (GRAM-048).
    VpceAccount = "W_VPCE_ACCOUNT",
    /// A named principal, which the policy of a gateway endpoint cannot have (GRAM-048).
    VpceGatewayPrincipal = "W_VPCE_GATEWAY_PRINCIPAL",
}

impl Code {
    /// Whether it refuses a document.
    pub fn severity(self) -> Severity {
        if self.as_str().starts_with("E_") { Severity::Error } else { Severity::Warning }
    }

    /// The code with this spelling.
    pub fn parse(text: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.as_str() == text)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
