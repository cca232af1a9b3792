//! The optional size stage (GRAM-050, GRAM-051). Parsing never looks at length.

use crate::diagnostic::{Code, Diagnostic};
use crate::grammar::position;
use crate::policies::PolicyType;
use crate::source::Span;

/// A managed identity policy or a permissions boundary.
pub const MANAGED: Limit = Limit { characters: 6_144, white_space: false };
/// All inline policies of one user.
pub const INLINE_USER: Limit = Limit { characters: 2_048, white_space: false };
/// All inline policies of one group.
pub const INLINE_GROUP: Limit = Limit { characters: 5_120, white_space: false };
/// All inline policies of one role.
pub const INLINE_ROLE: Limit = Limit { characters: 10_240, white_space: false };
/// A trust policy. An account may have it raised to 4,096.
pub const TRUST: Limit = Limit { characters: 2_048, white_space: false };
/// A session policy passed as text.
pub const SESSION: Limit = Limit { characters: 2_048, white_space: true };
/// A service control policy (5,120 until 2026-05-15).
pub const SCP: Limit = Limit { characters: 10_240, white_space: true };
/// A resource control policy.
pub const RCP: Limit = Limit { characters: 5_120, white_space: true };
/// A VPC endpoint policy.
pub const VPCE: Limit = Limit { characters: 20_480, white_space: true };

/// How long a document, or several together, may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The greatest number of Unicode characters.
    pub characters: usize,
    /// Whether white space counts.
    pub white_space: bool,
}

impl Limit {
    /// The limit of one document. `None` where there is none for a document alone: inline identity policies, which
    /// [`check_inline`] counts together, and resource-based policies, whose services set it.
    pub fn of(policy_type: PolicyType, managed: bool) -> Option<Limit> {
        match policy_type {
            PolicyType::Boundary => Some(MANAGED),
            PolicyType::Identity => managed.then_some(MANAGED),
            PolicyType::Session => Some(if managed { MANAGED } else { SESSION }),
            PolicyType::Trust => Some(TRUST),
            PolicyType::Scp => Some(SCP),
            PolicyType::Rcp => Some(RCP),
            PolicyType::Vpce => Some(VPCE),
            PolicyType::Resource => None,
        }
    }

    /// How long `text` is by this limit's way of counting. White space is space, tab, LF and CR, inside strings too (GRAM-051).
    pub fn count(self, text: &str) -> usize {
        let blank = |character: &char| matches!(character, ' ' | '\t' | '\n' | '\r');
        text.chars().filter(|character| self.white_space || !blank(character)).count()
    }
}

/// Whose inline policies share a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A user.
    User,
    /// A group.
    Group,
    /// A role.
    Role,
}

impl Holder {
    /// The limit of its inline policies together.
    pub fn limit(self) -> Limit {
        match self {
            Holder::User => INLINE_USER,
            Holder::Group => INLINE_GROUP,
            Holder::Role => INLINE_ROLE,
        }
    }
}

/// Checks one document against the limit of its type (GRAM-050).
///
/// # Errors
///
/// `E_SIZE`, over the whole text.
pub fn check(text: &str, policy_type: PolicyType, managed: bool) -> Result<(), Diagnostic> {
    let Some(limit) = Limit::of(policy_type, managed) else {
        return Ok(());
    };
    let count = limit.count(text);
    if count <= limit.characters {
        return Ok(());
    }
    Err(too_long(text, limit, count, &format!("a policy of type `{policy_type}`")))
}

/// Checks the inline policies of one user, group or role together (GRAM-050).
///
/// # Errors
///
/// The index of the first text with which the limit is passed, and `E_SIZE` over that text.
pub fn check_inline(holder: Holder, texts: &[&str]) -> Result<(), (usize, Diagnostic)> {
    let limit = holder.limit();
    let mut total = 0;
    let mut passed = None;
    for (index, text) in texts.iter().enumerate() {
        total += limit.count(text);
        if total > limit.characters {
            passed.get_or_insert((index, *text));
        }
    }
    let Some((index, text)) = passed else {
        return Ok(());
    };
    let holder = match holder {
        Holder::User => "user",
        Holder::Group => "group",
        Holder::Role => "role",
    };
    Err((index, too_long(text, limit, total, &format!("the inline policies of one {holder} together"))))
}

fn too_long(text: &str, limit: Limit, count: usize, what: &str) -> Diagnostic {
    let span = Span { start: 0, end: text.len() };
    let white_space = if limit.white_space { "" } else { " without white space" };
    Diagnostic {
        code: Code::Size,
        rule: "GRAM-050",
        pointer: String::new(),
        span,
        region: position::Cursor::new(text).region(span),
        message: format!(
            "The limit of {what} is {} characters{white_space}, but there are {count}; shorten or split.",
            limit.characters
        ),
    }
}
