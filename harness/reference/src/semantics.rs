//! The small decisions that evaluation is made of.
//!
//! Every default method is the correct decision, and says which rule makes it. The rest of this crate is written against the trait,
//! so that a fault is exactly one decision made differently: implement the trait for a type of its own, override one method, and
//! evaluate with [`Reference::with`](crate::Reference::with).

use std::borrow::Cow;
use std::cmp::Ordering;
use std::net::IpAddr;

use assize_model::request::ResourceArn;
use assize_model::{
    Account, AclGrant, AclPermission, AclTarget, BaseOperator, Decision, Diagnostic, Document, Effect,
    EndpointKind, Grammar, Grantee, IdentitySource, InputError, Issuer, Literal, MatchClass, Operator,
    PolicyType, Principal, PrincipalKey, Resource, ResourceKind, Service, SetOperator, Statement,
    StatementRef, Version,
};
use base64::Engine as _;

use crate::address::{self, Range};
use crate::arn;
use crate::context;
use crate::date::{self, Instant};
use crate::numeric::Decimal;
use crate::pattern::{self, Piece, Place, Reach};
use crate::principal::{AccountValue, Layer};
use crate::resource;
use crate::restrictions;
use crate::variable::{Glyph, Lookup, written};

/// What the policies allow, by side (EVAL-010, steps 5 and 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sides {
    /// The kind of resource.
    pub kind: ResourceKind,
    /// Whether a resource-based policy was supplied.
    pub policy: bool,
    /// `D`: a grant of class Direct on the resource side.
    pub direct: bool,
    /// `E`: a grant of class Entity.
    pub entity: bool,
    /// `A`: a grant of class Account.
    pub account: bool,
    /// `I`: the identity policies allow, or the requester has full access.
    pub identity: bool,
    /// `B`: no boundary was consulted, or it allows.
    pub boundary: bool,
    /// `S`: the session policies allow, or none were passed and none are needed.
    pub session: bool,
}

impl Sides {
    /// Whether the resource side grants anything.
    pub fn resource(&self) -> bool {
        self.direct || self.entity || self.account
    }
}

/// Where a statement stands among the policies of its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementPlace<'p> {
    /// The type.
    pub policy_type: PolicyType,
    /// The level, from 0 at the root; 0 for types without levels.
    pub level: usize,
    /// How many levels the type has.
    pub levels: usize,
    /// The index of the policy in its level.
    pub policy: usize,
    /// Whose identity policy it is.
    pub source: Option<&'p IdentitySource>,
    /// The index of the statement in its document.
    pub statement: usize,
}

/// The correct decisions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Correct;

impl Semantics for Correct {}

/// The decisions of the rule catalogue.
pub trait Semantics: Send + Sync {
    // ---------------------------------------------------------------------------------------------------- documents

    /// GRAM-052: a document is read as a whole or refused as a whole.
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        grammar.parse(text)
    }

    /// EVAL-065: a refused document refuses the whole set; it is never left out.
    fn leaves_out_refused(&self) -> bool {
        false
    }

    // ---------------------------------------------------------------------------------------------------- wildcards

    /// MATCH-001, MATCH-013: `*` is a wildcard wherever a pattern stands.
    fn star_is_wildcard(&self, _place: Place) -> bool {
        true
    }

    /// MATCH-001, MATCH-013: `?` is a wildcard wherever a pattern stands.
    fn question_is_wildcard(&self, _place: Place) -> bool {
        true
    }

    /// MATCH-001: `*` may stand for no character at all.
    fn star_may_be_empty(&self, _place: Place) -> bool {
        true
    }

    /// MATCH-003: `*` takes every character, except as MATCH-032 says.
    fn star_takes(&self, _place: Place, reach: Reach, character: char) -> bool {
        reach == Reach::Anything || character != ':'
    }

    /// MATCH-003, MATCH-033: `?` takes every character, except as MATCH-032 says.
    fn question_takes(&self, _place: Place, reach: Reach, character: char) -> bool {
        reach == Reach::Anything || character != ':'
    }

    /// MATCH-002, MATCH-035: a character stands for itself, case included; the name of an action ignores ASCII case (MATCH-012).
    fn same_character(&self, place: Place, own: char, other: char) -> bool {
        match place {
            Place::Action => own == other || own.eq_ignore_ascii_case(&other),
            Place::Resource | Place::String | Place::Arn => own == other,
        }
    }

    /// MATCH-001: a pattern matches a text only if it covers the whole of it.
    #[inline(always)]
    fn covers(&self, place: Place, pattern: &mut dyn Iterator<Item = Piece>, text: &str) -> bool {
        pattern::covers(self, place, pattern, text)
    }

    // ------------------------------------------------------------------------------------------------------ actions

    /// MATCH-011: the action `*` is everything.
    fn action_is_everything(&self, entry: &str) -> bool {
        entry == "*"
    }

    /// MATCH-012, MATCH-014: the vendor is `*` or a name; it holds no other wildcard (GRAM-022).
    fn vendor_matches(&self, entry: &str, vendor: &str) -> bool {
        entry == "*" || entry == vendor || entry.eq_ignore_ascii_case(vendor)
    }

    /// MATCH-012, MATCH-013: the name is a pattern of its own; nothing is trimmed (MATCH-015), split (MATCH-017) or looked up (MATCH-019).
    fn action_name_matches(&self, entry: &str, name: &str) -> bool {
        let mut pattern = pattern::pieces(self, Place::Action, written(entry), 0);
        self.covers(Place::Action, &mut pattern, name)
    }

    /// MATCH-018: `Action` is satisfied if any entry matches.
    fn action_list(&self, matches: &mut dyn Iterator<Item = bool>) -> bool {
        some(matches)
    }

    /// MATCH-018: `NotAction` is satisfied if no entry matches.
    fn not_action_list(&self, matches: &mut dyn Iterator<Item = bool>) -> bool {
        !some(matches)
    }

    // ---------------------------------------------------------------------------------------------------- resources

    /// MATCH-031: the resource `*` is everything.
    fn resource_is_everything(&self, entry: &str) -> bool {
        entry == "*"
    }

    /// MATCH-031, EVAL-059: no ARN pattern matches the request resource `*`.
    fn arn_matches_no_resource(&self, _entry: &str) -> bool {
        false
    }

    /// MATCH-032: the head ends with the fifth colon; colons inside `${…}` do not count.
    fn head_length(&self, entry: &str, version: Version) -> usize {
        resource::head_length(entry, self.variables_expand(version))
    }

    /// MATCH-032 (3, 4): a `*` that ends its field takes colons, any other does not.
    fn head_star_reach(&self, next: Option<char>) -> Reach {
        if matches!(next, None | Some(':')) { Reach::Anything } else { Reach::Field }
    }

    /// MATCH-032 (2), MATCH-033: a `?` in the head takes no colon.
    fn head_question_reach(&self) -> Reach {
        Reach::Field
    }

    /// MATCH-071: variables work in the tail only; a resource with one in its head matches nothing.
    fn head_takes_variables(&self) -> bool {
        false
    }

    /// MATCH-041: `Resource` is satisfied if any entry matches.
    fn resource_list(&self, matches: &mut dyn Iterator<Item = bool>) -> bool {
        some(matches)
    }

    /// MATCH-041, MATCH-072: `NotResource` is satisfied if no entry matches.
    fn not_resource_list(&self, matches: &mut dyn Iterator<Item = bool>) -> bool {
        !some(matches)
    }

    /// EVAL-024: a statement without resource element covers the resource that it is attached to.
    fn absent_resource_element(&self) -> bool {
        true
    }

    // ---------------------------------------------------------------------------------------------------- variables

    /// MATCH-061: variables exist under `2012-10-17` alone.
    fn variables_expand(&self, version: Version) -> bool {
        version == Version::V2012
    }

    /// MATCH-062: the operators whose values take variables.
    fn operator_takes_variables(&self, base: BaseOperator) -> bool {
        let name = base.as_str();
        name.starts_with("String") || name.starts_with("Arn") || name == "Bool"
    }

    /// MATCH-063: a variable's name is a key name.
    fn variable_name_equal(&self, name: &str, key: &str) -> bool {
        self.key_equal(name, key)
    }

    /// MATCH-064, MATCH-065: exactly one value, which may not be empty.
    fn variable_value<'c>(&self, _name: &str, values: &'c [Cow<'_, str>]) -> Lookup<'c> {
        match values {
            values if self.is_null(values) => Lookup::NoValue,
            [value] => Lookup::Value(value),
            _ => Lookup::Several,
        }
    }

    /// MATCH-065: a default replaces a value that is not there, and nothing else (MATCH-064).
    fn default_for<'t>(&self, default: Option<&'t str>, lookup: Lookup<'_>) -> Option<&'t str> {
        default.filter(|_| lookup == Lookup::NoValue)
    }

    /// MATCH-066: an unresolved variable has no text; what holds it matches nothing.
    fn unresolved_text(&self) -> Option<&str> {
        None
    }

    /// MATCH-067: an escaped character has no special meaning.
    fn escape_is_literal(&self, _character: char) -> bool {
        true
    }

    /// MATCH-068: wildcards that come from a context value are literal.
    fn value_is_literal(&self) -> bool {
        true
    }

    /// MATCH-068: wildcards that come from a default are literal.
    fn default_is_literal(&self) -> bool {
        true
    }

    // -------------------------------------------------------------------------------------------------- context

    /// PRIN-015: the keys that the principal record yields; a key with several values occurs once for each.
    fn principal_keys<'p>(&self, principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)> {
        context::principal_keys(principal)
    }

    /// COND-007: the texts of a supplied key: a boolean as `true` or `false`, a number as spelled (GRAM-037).
    fn context_values<'v>(&self, _key: &str, values: &'v [Literal]) -> Vec<Cow<'v, str>> {
        values.iter().map(|value| Cow::Borrowed(value.text.as_str())).collect()
    }

    /// COND-006: key names are equal if they are, character by character, in lower case.
    fn key_equal(&self, one: &str, other: &str) -> bool {
        equal_ignoring_case(one, other)
    }

    // -------------------------------------------------------------------------------------------- condition blocks

    /// COND-001: all operators must hold.
    fn operators_combine(&self, tests: &mut dyn Iterator<Item = bool>) -> bool {
        every(tests)
    }

    /// COND-001: all keys of an operator must hold.
    fn keys_combine(&self, tests: &mut dyn Iterator<Item = bool>) -> bool {
        every(tests)
    }

    /// COND-003: the policy's values are alternatives; none of none matches (COND-026).
    fn policy_values_combine(&self, hits: &mut dyn Iterator<Item = bool>) -> bool {
        some(hits)
    }

    /// COND-004: the positive operator of a negated one; `None` for the others.
    fn positive_of(&self, base: BaseOperator) -> Option<BaseOperator> {
        use BaseOperator as Op;
        match base {
            Op::StringNotEquals => Some(Op::StringEquals),
            Op::StringNotEqualsIgnoreCase => Some(Op::StringEqualsIgnoreCase),
            Op::StringNotLike => Some(Op::StringLike),
            Op::NumericNotEquals => Some(Op::NumericEquals),
            Op::DateNotEquals => Some(Op::DateEquals),
            Op::NotIpAddress => Some(Op::IpAddress),
            Op::ArnNotEquals => Some(Op::ArnEquals),
            Op::ArnNotLike => Some(Op::ArnLike),
            _ => None,
        }
    }

    /// COND-015: a key is null if it has no values but empty ones.
    fn is_null(&self, values: &[Cow<'_, str>]) -> bool {
        values.iter().all(|value| value.is_empty())
    }

    /// COND-014: `true` or `false` in any ASCII case; any other value never holds.
    fn null_value(&self, text: &str) -> Option<bool> {
        self.boolean(text)
    }

    /// COND-013: `Null` holds if it wants what is.
    fn null_test(&self, wanted: bool, null: bool) -> bool {
        wanted == null
    }

    /// COND-023: `ForAllValues:Null` is always true, `ForAnyValue:Null` always false.
    fn null_under_set(&self, set: SetOperator) -> bool {
        set == SetOperator::ForAllValues
    }

    /// COND-011: with `IfExists` a test on an absent key is true.
    fn absent_if_exists(&self, _operator: Operator) -> bool {
        true
    }

    /// COND-019: on an absent key `ForAllValues:` is true and `ForAnyValue:` false, negated or not.
    fn absent_under_set(&self, set: SetOperator, _negated: bool) -> bool {
        set == SetOperator::ForAllValues
    }

    /// COND-009, COND-010: on an absent key a positive operator is false and a negated one true.
    fn absent_plain(&self, _base: BaseOperator, negated: bool) -> bool {
        negated
    }

    /// COND-012: with the key present, `IfExists` changes nothing.
    fn present_if_exists(&self, holds: bool) -> bool {
        holds
    }

    /// COND-020: over nothing but empty strings `ForAllValues:` is true and `ForAnyValue:` false.
    fn null_in_set(&self, set: SetOperator) -> bool {
        set == SetOperator::ForAllValues
    }

    /// COND-016 to COND-018: every value, or some value, matches a policy value; a negation applies to each value. `hit(v, p)` tells
    /// whether context value `v` matches policy value `p`.
    fn set_test(
        &self,
        set: SetOperator,
        negated: bool,
        values: usize,
        policy: usize,
        hit: &dyn Fn(usize, usize) -> bool,
    ) -> bool {
        let mut passes =
            (0..values).map(|v| self.policy_values_combine(&mut (0..policy).map(|p| hit(v, p))) != negated);
        match set {
            SetOperator::ForAllValues => passes.all(|passes| passes),
            SetOperator::ForAnyValue => passes.any(|passes| passes),
        }
    }

    /// COND-024, COND-025: without set prefix the one value counts, and several match nothing; negation is the complement (COND-005).
    fn plain_test(
        &self,
        _base: BaseOperator,
        negated: bool,
        values: usize,
        policy: usize,
        hit: &dyn Fn(usize, usize) -> bool,
    ) -> bool {
        let hits = values == 1 && self.policy_values_combine(&mut (0..policy).map(|p| hit(0, p)));
        hits != negated
    }

    // ---------------------------------------------------------------------------------------------- comparisons

    /// COND-031: neither side is trimmed.
    fn operand<'t>(&self, text: &'t str) -> &'t str {
        text
    }

    /// COND-030: what is not of the operator's type matches nothing.
    fn incomparable(&self, _base: BaseOperator) -> bool {
        false
    }

    /// COND-040, COND-042: identical, character for character; `*` and `?` are ordinary.
    fn string_equals(&self, value: &str, policy: &str) -> bool {
        value == policy
    }

    /// COND-041: identical after lower-casing one character at a time.
    fn string_equals_ignore_case(&self, value: &str, policy: &str) -> bool {
        equal_ignoring_case(value, policy)
    }

    /// COND-043 to COND-045: the policy value is a pattern, the context value is not.
    fn string_like(&self, value: &str, policy: Vec<Glyph>) -> bool {
        let mut pattern = pattern::pieces(self, Place::String, policy.iter().copied().enumerate(), 0);
        self.covers(Place::String, &mut pattern, value)
    }

    /// COND-050: a number, or nothing.
    fn number(&self, text: &str) -> Option<Decimal> {
        Decimal::parse(text)
    }

    /// COND-051: exact decimals.
    fn compare_numbers(&self, value: &Decimal, policy: &Decimal) -> Ordering {
        value.compare(policy)
    }

    /// COND-052: the context value stands on the left.
    fn numeric_holds(&self, base: BaseOperator, order: Ordering) -> bool {
        use BaseOperator as Op;
        match base {
            Op::NumericLessThan => order.is_lt(),
            Op::NumericLessThanEquals => order.is_le(),
            Op::NumericGreaterThan => order.is_gt(),
            Op::NumericGreaterThanEquals => order.is_ge(),
            _ => order.is_eq(),
        }
    }

    /// COND-060, COND-061: a date in either form, or nothing. Digits alone are seconds, never a year (COND-062).
    fn date(&self, text: &str) -> Option<Instant> {
        self.date_epoch(text).or_else(|| self.date_iso(text))
    }

    /// COND-060, COND-065: the ISO forms.
    fn date_iso(&self, text: &str) -> Option<Instant> {
        date::parse_iso(text)
    }

    /// COND-061: seconds since the epoch.
    fn date_epoch(&self, text: &str) -> Option<Instant> {
        date::parse_epoch(text)
    }

    /// COND-063, COND-064: both sides are instants.
    fn compare_dates(&self, value: Instant, policy: Instant) -> Ordering {
        value.cmp(&policy)
    }

    /// COND-063: the context value stands on the left.
    fn date_holds(&self, base: BaseOperator, order: Ordering) -> bool {
        use BaseOperator as Op;
        match base {
            Op::DateLessThan => order.is_lt(),
            Op::DateLessThanEquals => order.is_le(),
            Op::DateGreaterThan => order.is_gt(),
            Op::DateGreaterThanEquals => order.is_ge(),
            _ => order.is_eq(),
        }
    }

    /// COND-070: `true` or `false` in any ASCII case.
    fn boolean(&self, text: &str) -> Option<bool> {
        let spelled = [("true", true), ("false", false)];
        spelled.into_iter().find(|(known, _)| text.eq_ignore_ascii_case(known)).map(|(_, value)| value)
    }

    /// COND-070, COND-071: both sides are booleans, and equal.
    fn bool_equals(&self, value: Option<bool>, policy: Option<bool>) -> bool {
        value.is_some() && value == policy
    }

    /// COND-075: canonical standard base64 with padding.
    fn binary(&self, text: &str) -> Option<Vec<u8>> {
        base64::engine::general_purpose::STANDARD.decode(text).ok()
    }

    /// COND-075: both sides decode, to equal bytes.
    fn binary_equals(&self, value: Option<Vec<u8>>, policy: Option<Vec<u8>>) -> bool {
        value.is_some() && value == policy
    }

    /// COND-080, COND-086: a context value is a plain address.
    fn address(&self, text: &str) -> Option<IpAddr> {
        address::parse_address(text)
    }

    /// COND-080: a policy value is an address with or without prefix length.
    fn range(&self, text: &str) -> Option<Range> {
        address::parse_range(text)
    }

    /// COND-081: without prefix length a range is a single address.
    fn default_prefix(&self, address: IpAddr) -> u32 {
        address::width(address)
    }

    /// COND-082, COND-083, COND-085: the first bits are equal; families do not mix.
    fn address_in_range(&self, value: IpAddr, range: Range) -> bool {
        let prefix = range.prefix.unwrap_or_else(|| self.default_prefix(range.address));
        address::same_prefix(value, range.address, prefix)
    }

    /// COND-091, COND-096: the six components of a context value.
    fn arn_components<'t>(&self, value: &'t str) -> Option<[&'t str; 6]> {
        arn::components(value)
    }

    /// COND-090: `ArnEquals` is `ArnLike`.
    fn arn_equals(&self, value: [&str; 6], policy: &[&[Glyph]]) -> bool {
        self.arn_like(value, policy)
    }

    /// COND-091, COND-092, COND-093: each component matches its pattern.
    fn arn_like(&self, value: [&str; 6], policy: &[&[Glyph]]) -> bool {
        policy.iter().zip(value).all(|(policy, value)| self.arn_component_matches(policy, value))
    }

    /// COND-094: a component is a pattern of its own, case-sensitive.
    fn arn_component_matches(&self, policy: &[Glyph], value: &str) -> bool {
        let mut pattern = pattern::pieces(self, Place::Arn, policy.iter().copied().enumerate(), 0);
        self.covers(Place::Arn, &mut pattern, value)
    }

    // --------------------------------------------------------------------------------------------------- principals

    /// PRIN-031: the bare `*` names every requester.
    fn star_names(&self, _principal: &Principal) -> bool {
        true
    }

    /// PRIN-031: `*` under `AWS` names every requester.
    fn value_is_everyone(&self, key: PrincipalKey, value: &str, _principal: &Principal) -> bool {
        key == PrincipalKey::Aws && value == "*"
    }

    /// PRIN-019: the values under a key are alternatives.
    fn principal_values(&self, names: &mut dyn Iterator<Item = bool>) -> bool {
        some(names)
    }

    /// PRIN-020, PRIN-032: an account value names its account. The short form takes the partition of the resource.
    fn names_account(
        &self,
        value: AccountValue<'_>,
        account: &Account,
        resource_partition: Option<&str>,
    ) -> bool {
        let partition = value.partition.or(resource_partition).unwrap_or(&account.partition);
        value.id == account.id && partition == account.partition
    }

    /// PRIN-034, PRIN-035, PRIN-040: a user or role ARN, path and case included.
    fn names_arn(&self, value: &str, arn: &str) -> bool {
        value == arn
    }

    /// PRIN-025, PRIN-054: a unique id.
    fn names_unique_id(&self, value: &str, id: &str) -> bool {
        value == id
    }

    /// PRIN-036, PRIN-037: the ARN of the one session.
    fn names_session(&self, value: &str, arn: &str) -> bool {
        value == arn
    }

    /// PRIN-039: a canonical user id names the account that has it.
    fn names_canonical_user(&self, value: &str, own: Option<&str>) -> bool {
        own == Some(value)
    }

    /// PRIN-026: a service value is one of the service's names, byte for byte.
    fn names_service(&self, value: &str, service: &Service) -> bool {
        service.names_list().iter().any(|name| name == value)
    }

    /// PRIN-038: a federated value is the provider's exact string.
    fn names_provider(&self, value: &str, provider: &str) -> bool {
        value == provider
    }

    /// PRIN-029: a value of one kind never names a layer of another.
    fn names_across(&self, _key: PrincipalKey, _value: &str, _layer: Layer<'_>) -> bool {
        false
    }

    /// PRIN-028, PRIN-029: one's own name is Direct, the account's Account, and what lies between Entity.
    fn class_of_layer(&self, layer: Layer<'_>, own_name: bool) -> MatchClass {
        match layer {
            _ if own_name => MatchClass::Direct,
            Layer::Account(_) => MatchClass::Account,
            _ => MatchClass::Entity,
        }
    }

    /// PRIN-030: the class of an element is the strongest over its values.
    fn strongest(&self, classes: &mut dyn Iterator<Item = MatchClass>) -> Option<MatchClass> {
        classes.max()
    }

    /// EVAL-022: in a gateway endpoint's policy only an account value is read, and only for its root user.
    fn gateway_reads(&self, layer: Layer<'_>, principal: &Principal) -> bool {
        matches!((layer, principal), (Layer::Account(_), Principal::Root(_)))
    }

    /// PRIN-043: every layer must be listed to be exempt; who has no layers is not (PRIN-046).
    fn layers_exempt(&self, layers: usize, listed: &mut dyn Iterator<Item = bool>) -> bool {
        layers > 0 && every(listed)
    }

    /// PRIN-044: a boundary defeats every exemption.
    fn boundary_defeats_exemption(&self, has_boundary: bool) -> bool {
        has_boundary
    }

    /// PRIN-045: a `NotPrincipal` that contains `*` reaches nobody.
    fn not_everyone_reaches(&self) -> bool {
        false
    }

    // ------------------------------------------------------------------------------------------------- statements

    /// EVAL-002, COND-102: a statement has its effect if action, resource, principal and condition all match; otherwise it has none.
    fn effect_of(
        &self,
        statement: &Statement,
        action: bool,
        resource: &dyn Fn() -> bool,
        principal: &dyn Fn() -> bool,
        condition: &dyn Fn() -> bool,
    ) -> Option<Effect> {
        (action && resource() && principal() && condition()).then_some(statement.effect)
    }

    /// PRIN-041: for a Deny every class is a match.
    fn deny_reaches(&self, _policy_type: PolicyType, _class: Option<MatchClass>) -> bool {
        true
    }

    /// EVAL-003, EVAL-012, EVAL-034, EVAL-039: every statement of every policy at every level is read, whatever stands beside it.
    fn reads(&self, _place: &StatementPlace<'_>, _statement: &Statement) -> bool {
        true
    }

    /// EVAL-003, EVAL-005: a statement that applies stands, whatever applies before or after it. `effects` are those of all that apply in
    /// its policy type at its level, in order.
    fn stands(&self, _policy_type: PolicyType, _effects: &[Effect], _at: usize) -> bool {
        true
    }

    /// EVAL-003: the result of a set of statements.
    fn result(&self, denies: bool, allows: bool) -> Decision {
        match (denies, allows) {
            (true, _) => Decision::ExplicitDeny,
            (false, true) => Decision::Allow,
            (false, false) => Decision::ImplicitDeny,
        }
    }

    // ---------------------------------------------------------------------------------------------- who has which

    /// EVAL-013, EVAL-040: what was supplied is present, also an SCP level or a list of session policies that holds none.
    fn is_present(&self, _policy_type: PolicyType, _policies: usize) -> bool {
        true
    }

    /// EVAL-014: SCPs restrict the principals of member accounts, but not service-linked roles.
    fn scp_applies(&self, principal: &Principal) -> bool {
        principal.account().is_some_and(|account| !account.management) && !is_service_linked(principal)
    }

    /// EVAL-018: RCPs do not restrict service-linked roles.
    fn rcp_applies_to(&self, principal: &Principal) -> bool {
        !is_service_linked(principal)
    }

    /// EVAL-018: a service may assume a service-linked role, whatever the RCPs say.
    fn rcp_exempts_assuming(&self, principal: &Principal, action: &str, resource: &Resource) -> bool {
        matches!(principal, Principal::Service(_))
            && action.eq_ignore_ascii_case("sts:AssumeRole")
            && arn::is_role(resource, "/aws-service-role/")
    }

    /// EVAL-018: AWS managed keys and `kms:RetireGrant` are exempt from RCPs.
    fn rcp_exempts_key(&self, action: &str, resource: &Resource) -> bool {
        matches!(resource, Resource::Arn(arn) if arn.aws_managed())
            || action.eq_ignore_ascii_case("kms:RetireGrant")
    }

    /// EVAL-019: the services whose actions RCPs restrict.
    fn rcp_covers_service(&self, vendor: &str) -> bool {
        let services = ["s3", "sts", "kms", "sqs", "secretsmanager", "ecr", "aoss"];
        services.iter().any(|service| service.eq_ignore_ascii_case(vendor))
    }

    /// EVAL-019: for an action without resource the RCPs are those of the principal's account, if it has one.
    fn rcp_applies_without_resource(&self, principal: &Principal) -> bool {
        principal.account().is_some()
    }

    /// EVAL-021: whatever passes an endpoint is subject to its policy.
    fn endpoint_applies(&self, _principal: &Principal) -> bool {
        true
    }

    /// EVAL-006: identity policies are read for users, role sessions, and federated sessions that a user issued.
    fn identity_applies(&self, principal: &Principal) -> bool {
        match principal {
            Principal::User(_) | Principal::RoleSession(_) => true,
            Principal::FederatedUser(session) => matches!(session.issuer(), Issuer::User(_)),
            Principal::Root(_)
            | Principal::Service(_)
            | Principal::FederatedCaller(_)
            | Principal::Anonymous => false,
        }
    }

    /// EVAL-036: who has identity policies may have a boundary, but for service-linked roles.
    fn boundary_applies(&self, principal: &Principal) -> bool {
        self.identity_applies(principal) && !is_service_linked(principal)
    }

    /// EVAL-038, EVAL-064: role sessions, federated sessions and sessions of AssumeRoot may have session policies.
    fn session_applies(&self, principal: &Principal) -> bool {
        match principal {
            Principal::RoleSession(session) => !session.service_linked(),
            Principal::FederatedUser(_) => true,
            Principal::Root(root) => root.assumed_root(),
            Principal::User(_)
            | Principal::Service(_)
            | Principal::FederatedCaller(_)
            | Principal::Anonymous => false,
        }
    }

    /// EVAL-006: a policy that a requester cannot have is an input error, never ignored.
    fn reports(&self, _error: InputError) -> bool {
        true
    }

    // ------------------------------------------------------------------------------------------- kinds of resource

    /// EVAL-049: the actions for which a role's policy is its trust policy.
    fn is_trust_action(&self, action: &str) -> bool {
        restrictions::is_one_of(action, &restrictions::TRUST_ACTIONS)
    }

    /// EVAL-049: a role, by its ARN.
    fn is_role(&self, resource: &Resource) -> bool {
        arn::is_role(resource, "/")
    }

    // --------------------------------------------------------------------------------------- outside the policies

    /// EVAL-057: GetCallerIdentity is allowed for every signed requester, GetSessionToken for long-term credentials.
    fn needs_no_permission(&self, principal: &Principal, action: &str) -> bool {
        restrictions::needs_no_permission(principal, action)
    }

    /// EVAL-058, EVAL-061: the operation that a permission-only action belongs to; otherwise the action itself.
    fn operation_of<'a>(&self, action: &'a str, resource: &Resource) -> &'a str {
        restrictions::operation_of(action, resource)
    }

    /// EVAL-058: root cannot assume roles, nor root.
    fn root_forbidden(&self, operation: &str) -> bool {
        restrictions::is_one_of(operation, &["sts:AssumeRole", "sts:AssumeRoot"])
    }

    /// EVAL-058: a role session cannot call GetFederationToken or GetSessionToken.
    fn role_session_forbidden(&self, operation: &str) -> bool {
        restrictions::is_one_of(operation, &["sts:GetFederationToken", "sts:GetSessionToken"])
    }

    /// EVAL-058: a session of GetFederationToken cannot call STS but for GetCallerIdentity, nor IAM but from the console.
    fn federated_user_forbidden(&self, vendor: &str, operation: &str, console: bool) -> bool {
        let sts = vendor.eq_ignore_ascii_case("sts")
            && !restrictions::is_one_of(operation, &["sts:GetCallerIdentity"]);
        sts || (vendor.eq_ignore_ascii_case("iam") && !console)
    }

    /// EVAL-058: a session of GetSessionToken cannot call STS but for AssumeRole and GetCallerIdentity, nor IAM but with MFA.
    fn session_token_forbidden(&self, vendor: &str, operation: &str, mfa: bool) -> bool {
        let sts = vendor.eq_ignore_ascii_case("sts")
            && !restrictions::is_one_of(operation, &["sts:AssumeRole", "sts:GetCallerIdentity"]);
        sts || (vendor.eq_ignore_ascii_case("iam") && !mfa)
    }

    /// EVAL-055: the services that accept anonymous requests.
    fn anonymous_forbidden(&self, vendor: &str) -> bool {
        !["s3", "sqs", "sns"].iter().any(|service| service.eq_ignore_ascii_case(vendor))
    }

    /// EVAL-008: access does not cross partitions.
    fn partitions_differ(&self, account: &Account, resource: &ResourceArn) -> bool {
        account.partition != resource.partition()
    }

    /// EVAL-063: operations that only the owner's account may perform.
    fn bound_to_owner(&self, action: &str) -> bool {
        restrictions::is_one_of(action, &restrictions::BUCKET_POLICY_ACTIONS)
            || restrictions::is_one_of(action, &["iam:PassRole"])
    }

    /// EVAL-081: mutating what AWS owns.
    fn mutates_aws_owned(&self, action: &str, resource: &ResourceArn) -> bool {
        restrictions::mutates_aws_owned(action, resource)
    }

    /// EVAL-033: Deny statements of a bucket policy do not lock the owner's root user out of that policy.
    fn lockout_exempt(&self, principal: &Principal, action: &str, resource: &Resource) -> bool {
        matches!((principal, resource), (Principal::Root(root), Resource::Arn(arn)) if root.account().id == arn.owner())
            && restrictions::is_one_of(action, &restrictions::BUCKET_POLICY_ACTIONS)
    }

    // --------------------------------------------------------------------------------------- access control lists

    /// EVAL-062: the actions that a permission stands for.
    fn acl_permits(&self, on: AclTarget, permission: AclPermission, action: &str) -> bool {
        restrictions::is_one_of(action, &crate::acl::actions(on, permission))
    }

    /// EVAL-062: how a grant reaches the requester.
    fn acl_class(&self, grantee: &Grantee, principal: &Principal, owner: &str) -> Option<MatchClass> {
        crate::acl::class(grantee, principal, owner)
    }

    /// EVAL-062: a grant counts beside the resource-based policy.
    fn acl_counts(&self, _grant: &AclGrant) -> bool {
        true
    }

    // -------------------------------------------------------------------------------------------------- combining

    /// EVAL-005: a Deny that applies counts, whatever its type, whoever asks and whatever the resource side allows.
    fn deny_counts(&self, _principal: &Principal, _deny: &StatementRef, _resource_allows: bool) -> bool {
        true
    }

    /// EVAL-012, EVAL-013: every level must allow; a path without levels restricts nothing (EVAL-011).
    fn scp_allows(&self, levels: &[bool]) -> bool {
        levels.iter().all(|allows| *allows)
    }

    /// EVAL-021: the endpoint's policy must allow.
    fn endpoint_allows(&self, allows: bool) -> bool {
        allows
    }

    /// EVAL-007: another account owns the resource.
    fn cross_account(&self, account: &Account, resource: &ResourceArn) -> bool {
        account.id != resource.owner()
    }

    /// EVAL-053, EVAL-055: for a requester without account a Direct grant is needed, and enough.
    fn resource_side_allows(&self, sides: &Sides) -> bool {
        sides.direct
    }

    /// EVAL-031, EVAL-042: root, and federated sessions that root issued, need no identity policy.
    fn full_access(&self, principal: &Principal) -> bool {
        match principal {
            Principal::Root(_) => true,
            Principal::FederatedUser(session) => *session.issuer() == Issuer::Root,
            _ => false,
        }
    }

    /// EVAL-004, EVAL-037: only identity policies and full access make `I`. `allows` tells whether a type has an Allow that applies.
    fn identity_side(&self, full_access: bool, allows: &dyn Fn(PolicyType) -> bool) -> bool {
        full_access || allows(PolicyType::Identity)
    }

    /// EVAL-036, EVAL-040: a boundary that is present must allow. `None`: none is present.
    fn boundary_side(&self, allows: Option<bool>) -> bool {
        allows.unwrap_or(true)
    }

    /// EVAL-038, EVAL-040, EVAL-041: session policies that were passed must allow; a federated session without any has nothing.
    fn session_side(&self, allows: Option<bool>, principal: &Principal) -> bool {
        allows.unwrap_or(!matches!(principal, Principal::FederatedUser(_)))
    }

    /// EVAL-043, EVAL-044: across accounts everything must allow; the first side that does not. `Resource` stands for trust too.
    fn cross_account_lacks(&self, sides: &Sides) -> Option<PolicyType> {
        let needed = [
            (PolicyType::Identity, sides.identity),
            (PolicyType::Boundary, sides.boundary),
            (PolicyType::Session, sides.session),
            (PolicyType::Resource, sides.resource()),
        ];
        needed.into_iter().find(|(_, allows)| !allows).map(|(policy_type, _)| policy_type)
    }

    /// EVAL-026, EVAL-028, EVAL-050: a Direct grant passes the boundary and the session policies, but not where a role is handed over.
    fn direct_path(&self, sides: &Sides) -> bool {
        sides.direct && (sides.kind != ResourceKind::RoleTrust || (sides.boundary && sides.session))
    }

    /// EVAL-027: an Entity grant is limited by the boundary and the session policies.
    fn entity_path(&self, sides: &Sides) -> bool {
        sides.entity && sides.boundary && sides.session
    }

    /// EVAL-025, EVAL-049, EVAL-051: identity policies grant within their limits; on roles and keys only if the resource's policy lets them.
    fn identity_path(&self, sides: &Sides) -> bool {
        let delegated = sides.kind == ResourceKind::Ordinary || sides.account;
        sides.identity && sides.boundary && sides.session && delegated
    }

    /// EVAL-066: what is missing in the same account. `Resource` stands for trust too.
    fn same_account_lacks(&self, sides: &Sides) -> PolicyType {
        let trusted = sides.kind == ResourceKind::RoleTrust && sides.direct;
        match sides {
            _ if sides.kind != ResourceKind::Ordinary && !sides.resource() => PolicyType::Resource,
            _ if !sides.identity && !sides.entity && !trusted => PolicyType::Identity,
            _ if !sides.boundary => PolicyType::Boundary,
            _ => PolicyType::Session,
        }
    }

    /// EVAL-022: the kind of endpoint as principals in its policy are read.
    fn endpoint_reading(&self, kind: EndpointKind) -> EndpointKind {
        kind
    }
}

/// Whether one holds; asks no further than needed.
fn some(mut tests: impl Iterator<Item = bool>) -> bool {
    tests.any(|holds| holds)
}

/// Whether all hold; asks no further than needed.
fn every(mut tests: impl Iterator<Item = bool>) -> bool {
    tests.all(|holds| holds)
}

fn is_service_linked(principal: &Principal) -> bool {
    matches!(principal, Principal::RoleSession(session) if session.service_linked())
}

/// COND-041: equal after lower-casing one character at a time.
#[inline]
fn equal_ignoring_case(one: &str, other: &str) -> bool {
    // Most names begin alike and end differently. Equal letters of ASCII differ in one bit, if at all.
    match (one.as_bytes(), other.as_bytes()) {
        ([.., one], [.., other]) if (one | other).is_ascii() && (one ^ other) & !0x20 != 0 => false,
        _ => equal_in_lower_case(one, other),
    }
}

#[inline(never)]
fn equal_in_lower_case(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    if one.is_ascii() && other.is_ascii() {
        return one.eq_ignore_ascii_case(other);
    }
    let [one, other] = [one, other].map(|text| text.chars().flat_map(char::to_lowercase).rev());
    one.eq(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_equal_by_their_characters_in_lower_case() {
        for (one, other) in [
            ("", ""),
            ("aws:Key", "AWS:kEY"),
            ("aws:K", "aws:\u{212a}"),
            ("\u{c4}b", "\u{e4}B"),
            ("\u{178}", "\u{ff}"),
        ] {
            assert!(equal_ignoring_case(one, other) && equal_ignoring_case(other, one), "{one} {other}");
        }
        for (one, other) in [("", "a"), ("aws:key", "aws:keys"), ("s3:key", "aws:key"), ("a\u{df}", "ass")] {
            assert!(!equal_ignoring_case(one, other) && !equal_ignoring_case(other, one), "{one} {other}");
        }
    }
}
