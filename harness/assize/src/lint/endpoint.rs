//! Advice about the policies of VPC endpoints: what the service refuses although the grammar takes it (GRAM-048).
//!
//! | code | about |
//! |---|---|
//! | `W_VPCE_IDENTIFIER` | a wildcard or a numeric operator on a key that holds a generated identifier |
//! | `W_VPCE_SHORT_PATTERN` | a wildcard with fewer than six literal characters on either side |
//! | `W_VPCE_ACCOUNT` | an account field of characters and wildcards |
//! | `W_VPCE_GATEWAY_PRINCIPAL` | a principal other than everyone |

use assize_model::json::Value;
use assize_model::source::Span;
use assize_model::{Code, PolicyType};

use super::types::is_arn;
use super::{Lints, WILDCARDS, has_wildcard};

const RULE: &str = "GRAM-048";

/// How many literal characters in a row a wildcard needs on one of its sides.
const LITERAL_RUN: usize = 6;

/// A value of a condition: where it stands, and what its operator and key make of it.
pub(super) struct Compared<'v> {
    pub(super) key: &'v str,
    pub(super) text: &'v str,
    pub(super) pointer: &'v str,
    pub(super) span: Span,
    /// Whether the key holds an identifier that a service made up.
    pub(super) identifier: bool,
    /// Whether the operator compares numbers.
    pub(super) numeric: bool,
    /// Whether the operator takes `*` and `?` for wildcards.
    pub(super) pattern: bool,
    /// Whether the operator compares ARNs.
    pub(super) arn: bool,
}

impl Lints<'_> {
    pub(super) fn endpoint_principal(&mut self, principal: &Value<'_>, pointer: &str) {
        let everyone = |value: &Value<'_>| {
            value.as_str() == Some("*")
                || matches!(value.as_array(), Some([one]) if one.as_str() == Some("*"))
        };
        let only_everyone = everyone(principal)
            || matches!(principal.as_object(), Some([member]) if member.name == "AWS" && everyone(&member.value));
        if self.policy_type == PolicyType::Vpce && !only_everyone {
            let message = "A gateway endpoint takes no named principals (an interface endpoint does); write `\"Principal\": \"*\"` \
                           with a condition on `aws:PrincipalArn`."
                .to_owned();
            self.add(Code::VpceGatewayPrincipal, RULE, pointer, principal.span, message);
        }
    }

    pub(super) fn endpoint_arn(&mut self, text: &str, pointer: &str, span: Span) {
        let account = text.split(':').nth(4).unwrap_or("");
        let mixed = has_wildcard(account) && !account.trim_matches(WILDCARDS).is_empty();
        if self.policy_type == PolicyType::Vpce && is_arn(text) && mixed && !self.has_variable(account) {
            let message = format!(
                "The service refuses the account field `{account}`; write an account, or a wildcard and nothing else."
            );
            self.add(Code::VpceAccount, RULE, pointer, span, message);
        }
    }

    pub(super) fn endpoint_value(&mut self, compared: &Compared<'_>) {
        if self.policy_type != PolicyType::Vpce {
            return;
        }
        let Compared { key, text, pointer, span, .. } = *compared;
        let wildcard = compared.pattern && has_wildcard(text);
        if compared.identifier && (wildcard || compared.numeric) {
            let message = format!(
                "`{key}` holds an identifier that a service made up; the service takes no {} for it, so write it out under StringEquals.",
                if wildcard { "wildcards" } else { "numeric operators" }
            );
            self.add(Code::VpceIdentifier, RULE, pointer, span, message);
        }
        // How long the value of a variable is, only a request can say.
        if wildcard && !compared.arn && !self.has_variable(text) && has_lone_wildcard(text) {
            let message = format!(
                "The service refuses `{text}`: on one side of each wildcard there must be {LITERAL_RUN} characters in a row."
            );
            self.add(Code::VpceShortPattern, RULE, pointer, span, message);
        }
        if compared.arn {
            self.endpoint_arn(text, pointer, span);
        }
    }
}

/// Whether there is a wildcard with fewer than [`LITERAL_RUN`] literal characters before it and after it.
fn has_lone_wildcard(text: &str) -> bool {
    let runs: Vec<usize> = text.split(WILDCARDS).map(|literal| literal.chars().count()).collect();
    runs.windows(2).any(|sides| sides.iter().all(|&run| run < LITERAL_RUN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_needs_six_characters_on_one_side() {
        for text in ["*", "abcde*", "*abcde", "abcde*fghij", "abcdef**", "abcdef*?ghijk"] {
            assert!(has_lone_wildcard(text), "{text}");
        }
        for text in ["abcdef", "abcdef*", "?abcdef", "a*abcdef*b", "äöüäöü*"] {
            assert!(!has_lone_wildcard(text), "{text}");
        }
    }
}
