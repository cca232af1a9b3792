//! Semantics with one decision made by a function.
//!
//! A type of its own for every fault would have the compiler make the whole reference over for each. So faults share types: one for all
//! decisions that ask for no other decision, and one for each that does, because what it asks for must be left as it is.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::net::IpAddr;
use std::sync::atomic::{self, AtomicBool};

use assize_model::request::ResourceArn;
use assize_model::{
    Account, AclGrant, AclPermission, AclTarget, BaseOperator, Decision, Diagnostic, Document, Effect,
    EndpointKind, Grammar, Grantee, InputError, Literal, MatchClass, Operator, PolicyType, Principal,
    PrincipalKey, Resource, Service, SetOperator, Statement, StatementRef, Version,
};
use assize_reference::address::Range;
use assize_reference::date::Instant;
use assize_reference::numeric::Decimal;
use assize_reference::pattern::{Piece, Place, Reach};
use assize_reference::principal::{AccountValue, Layer};
use assize_reference::variable::{Glyph, Lookup};
use assize_reference::{Correct, Semantics, Sides, StatementPlace};

/// A type that makes one of these decisions by a function, and for each a way to make one.
macro_rules! switches {
    ($name:ident; $(
        fn $decision:ident $(<$($lifetime:lifetime),*>)? ($($argument:ident : $type:ty),*) -> $result:ty;
    )*) => {
        #[allow(non_camel_case_types, reason = "each is named after its decision")]
        enum $name { $($decision($(for<$($lifetime),*>)? fn($($type),*) -> $result)),* }

        impl Semantics for $name {
            $(
                fn $decision $(<$($lifetime),*>)? (&self, $($argument: $type),*) -> $result {
                    match self {
                        $name::$decision(decide) => decide($($argument),*),
                        #[allow(unreachable_patterns, reason = "where there is one decision only")]
                        _ => Correct.$decision($($argument),*),
                    }
                }
            )*
        }

        $(
            pub(in crate::faults) fn $decision(
                decide: $(for<$($lifetime),*>)? fn($($type),*) -> $result,
            ) -> Box<dyn Semantics> {
                Box::new($name::$decision(decide))
            }
        )*
    };
}

/// The same for decisions that ask for no other; and correct semantics that note which of these are asked.
macro_rules! simple_switches {
    ($(
        fn $decision:ident $(<$($lifetime:lifetime),*>)? ($($argument:ident : $type:ty),*) -> $result:ty;
    )*) => {
        switches! { Simple; $(fn $decision $(<$($lifetime),*>)? ($($argument : $type),*) -> $result;)* }

        #[allow(non_camel_case_types, reason = "each is named after its decision")]
        enum Simply { $($decision),* }

        const SIMPLE: &[&str] = &[$(stringify!($decision)),*];

        impl Semantics for Asking {
            $(
                fn $decision $(<$($lifetime),*>)? (&self, $($argument: $type),*) -> $result {
                    self.0[Simply::$decision as usize].store(true, atomic::Ordering::Relaxed);
                    Correct.$decision($($argument),*)
                }
            )*
        }
    };
}

/// Correct semantics that note which decisions are asked. What is not asked may as well be wrong: it makes no difference.
pub(super) struct Asking([AtomicBool; SIMPLE.len()]);

/// Decisions that were asked.
pub(super) struct Asked([bool; SIMPLE.len()]);

impl Asking {
    pub(super) fn new() -> Self {
        Asking([const { AtomicBool::new(false) }; SIMPLE.len()])
    }

    /// What was asked since the last time.
    pub(super) fn take(&self) -> Asked {
        Asked(std::array::from_fn(|at| self.0[at].swap(false, atomic::Ordering::Relaxed)))
    }
}

impl Asked {
    /// Whether a decision was asked, or may have been: one that asks for others is not noted.
    pub(super) fn holds(&self, decision: Decided) -> bool {
        decision.0.is_none_or(|at| self.0[at])
    }
}

/// The place of a decision among those that are noted; `None` if it is not.
#[derive(Clone, Copy)]
pub(super) struct Decided(Option<usize>);

impl Decided {
    /// By the name of its method.
    pub(super) fn named(decision: &str) -> Self {
        Decided(SIMPLE.iter().position(|known| *known == decision))
    }
}

simple_switches! {
    fn read_document(grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>>;
    fn leaves_out_refused() -> bool;
    fn star_is_wildcard(place: Place) -> bool;
    fn question_is_wildcard(place: Place) -> bool;
    fn star_may_be_empty(place: Place) -> bool;
    fn star_takes(place: Place, reach: Reach, character: char) -> bool;
    fn question_takes(place: Place, reach: Reach, character: char) -> bool;
    fn same_character(place: Place, own: char, other: char) -> bool;
    fn action_is_everything(entry: &str) -> bool;
    fn vendor_matches(entry: &str, vendor: &str) -> bool;
    fn action_list(matches: &mut dyn Iterator<Item = bool>) -> bool;
    fn not_action_list(matches: &mut dyn Iterator<Item = bool>) -> bool;
    fn resource_is_everything(entry: &str) -> bool;
    fn arn_matches_no_resource(entry: &str) -> bool;
    fn head_star_reach(next: Option<char>) -> Reach;
    fn head_question_reach() -> Reach;
    fn head_takes_variables() -> bool;
    fn resource_list(matches: &mut dyn Iterator<Item = bool>) -> bool;
    fn not_resource_list(matches: &mut dyn Iterator<Item = bool>) -> bool;
    fn absent_resource_element() -> bool;
    fn variables_expand(version: Version) -> bool;
    fn operator_takes_variables(base: BaseOperator) -> bool;
    fn default_for<'t>(default: Option<&'t str>, lookup: Lookup<'_>) -> Option<&'t str>;
    fn unresolved_text() -> Option<&'static str>;
    fn escape_is_literal(character: char) -> bool;
    fn value_is_literal() -> bool;
    fn default_is_literal() -> bool;
    fn principal_keys<'p>(principal: &'p Principal) -> Vec<(&'static str, Cow<'p, str>)>;
    fn context_values<'v>(key: &str, values: &'v [Literal]) -> Vec<Cow<'v, str>>;
    fn key_equal(one: &str, other: &str) -> bool;
    fn operators_combine(tests: &mut dyn Iterator<Item = bool>) -> bool;
    fn keys_combine(tests: &mut dyn Iterator<Item = bool>) -> bool;
    fn policy_values_combine(hits: &mut dyn Iterator<Item = bool>) -> bool;
    fn positive_of(base: BaseOperator) -> Option<BaseOperator>;
    fn is_null(values: &[Cow<'_, str>]) -> bool;
    fn null_test(wanted: bool, null: bool) -> bool;
    fn null_under_set(set: SetOperator) -> bool;
    fn absent_if_exists(operator: Operator) -> bool;
    fn absent_under_set(set: SetOperator, negated: bool) -> bool;
    fn absent_plain(base: BaseOperator, negated: bool) -> bool;
    fn present_if_exists(holds: bool) -> bool;
    fn null_in_set(set: SetOperator) -> bool;
    fn operand<'t>(text: &'t str) -> &'t str;
    fn incomparable(base: BaseOperator) -> bool;
    fn string_equals(value: &str, policy: &str) -> bool;
    fn string_equals_ignore_case(value: &str, policy: &str) -> bool;
    fn number(text: &str) -> Option<Decimal>;
    fn compare_numbers(value: &Decimal, policy: &Decimal) -> Ordering;
    fn numeric_holds(base: BaseOperator, order: Ordering) -> bool;
    fn date_iso(text: &str) -> Option<Instant>;
    fn date_epoch(text: &str) -> Option<Instant>;
    fn compare_dates(value: Instant, policy: Instant) -> Ordering;
    fn date_holds(base: BaseOperator, order: Ordering) -> bool;
    fn boolean(text: &str) -> Option<bool>;
    fn bool_equals(value: Option<bool>, policy: Option<bool>) -> bool;
    fn binary(text: &str) -> Option<Vec<u8>>;
    fn binary_equals(value: Option<Vec<u8>>, policy: Option<Vec<u8>>) -> bool;
    fn address(text: &str) -> Option<IpAddr>;
    fn range(text: &str) -> Option<Range>;
    fn default_prefix(address: IpAddr) -> u32;
    fn arn_components<'t>(value: &'t str) -> Option<[&'t str; 6]>;
    fn star_names(principal: &Principal) -> bool;
    fn value_is_everyone(key: PrincipalKey, value: &str, principal: &Principal) -> bool;
    fn principal_values(names: &mut dyn Iterator<Item = bool>) -> bool;
    fn names_account(value: AccountValue<'_>, account: &Account, resource_partition: Option<&str>) -> bool;
    fn names_arn(value: &str, arn: &str) -> bool;
    fn names_unique_id(value: &str, id: &str) -> bool;
    fn names_session(value: &str, arn: &str) -> bool;
    fn names_canonical_user(value: &str, own: Option<&str>) -> bool;
    fn names_service(value: &str, service: &Service) -> bool;
    fn names_provider(value: &str, provider: &str) -> bool;
    fn names_across(key: PrincipalKey, value: &str, layer: Layer<'_>) -> bool;
    fn class_of_layer(layer: Layer<'_>, own_name: bool) -> MatchClass;
    fn strongest(classes: &mut dyn Iterator<Item = MatchClass>) -> Option<MatchClass>;
    fn gateway_reads(layer: Layer<'_>, principal: &Principal) -> bool;
    fn layers_exempt(layers: usize, listed: &mut dyn Iterator<Item = bool>) -> bool;
    fn boundary_defeats_exemption(has_boundary: bool) -> bool;
    fn not_everyone_reaches() -> bool;
    fn effect_of(
        statement: &Statement,
        action: bool,
        resource: &dyn Fn() -> bool,
        principal: &dyn Fn() -> bool,
        condition: &dyn Fn() -> bool
    ) -> Option<Effect>;
    fn deny_reaches(policy_type: PolicyType, class: Option<MatchClass>) -> bool;
    fn reads(place: &StatementPlace<'_>, statement: &Statement) -> bool;
    fn stands(policy_type: PolicyType, effects: &[Effect], at: usize) -> bool;
    fn result(denies: bool, allows: bool) -> Decision;
    fn is_present(policy_type: PolicyType, policies: usize) -> bool;
    fn scp_applies(principal: &Principal) -> bool;
    fn rcp_applies_to(principal: &Principal) -> bool;
    fn rcp_exempts_assuming(principal: &Principal, action: &str, resource: &Resource) -> bool;
    fn rcp_exempts_key(action: &str, resource: &Resource) -> bool;
    fn rcp_covers_service(vendor: &str) -> bool;
    fn rcp_applies_without_resource(principal: &Principal) -> bool;
    fn endpoint_applies(principal: &Principal) -> bool;
    fn identity_applies(principal: &Principal) -> bool;
    fn session_applies(principal: &Principal) -> bool;
    fn reports(error: InputError) -> bool;
    fn is_trust_action(action: &str) -> bool;
    fn is_role(resource: &Resource) -> bool;
    fn needs_no_permission(principal: &Principal, action: &str) -> bool;
    fn operation_of<'a>(action: &'a str, resource: &Resource) -> &'a str;
    fn root_forbidden(operation: &str) -> bool;
    fn role_session_forbidden(operation: &str) -> bool;
    fn federated_user_forbidden(vendor: &str, operation: &str, console: bool) -> bool;
    fn session_token_forbidden(vendor: &str, operation: &str, mfa: bool) -> bool;
    fn anonymous_forbidden(vendor: &str) -> bool;
    fn partitions_differ(account: &Account, resource: &ResourceArn) -> bool;
    fn bound_to_owner(action: &str) -> bool;
    fn mutates_aws_owned(action: &str, resource: &ResourceArn) -> bool;
    fn lockout_exempt(principal: &Principal, action: &str, resource: &Resource) -> bool;
    fn acl_permits(on: AclTarget, permission: AclPermission, action: &str) -> bool;
    fn acl_class(grantee: &Grantee, principal: &Principal, owner: &str) -> Option<MatchClass>;
    fn acl_counts(grant: &AclGrant) -> bool;
    fn deny_counts(principal: &Principal, deny: &StatementRef, resource_allows: bool) -> bool;
    fn scp_allows(levels: &[bool]) -> bool;
    fn endpoint_allows(allows: bool) -> bool;
    fn cross_account(account: &Account, resource: &ResourceArn) -> bool;
    fn resource_side_allows(sides: &Sides) -> bool;
    fn full_access(principal: &Principal) -> bool;
    fn identity_side(full_access: bool, allows: &dyn Fn(PolicyType) -> bool) -> bool;
    fn boundary_side(allows: Option<bool>) -> bool;
    fn session_side(allows: Option<bool>, principal: &Principal) -> bool;
    fn cross_account_lacks(sides: &Sides) -> Option<PolicyType>;
    fn direct_path(sides: &Sides) -> bool;
    fn entity_path(sides: &Sides) -> bool;
    fn identity_path(sides: &Sides) -> bool;
    fn same_account_lacks(sides: &Sides) -> PolicyType;
    fn endpoint_reading(kind: EndpointKind) -> EndpointKind;
}

/// A fault sees a pattern as a whole, which the reference reads piece by piece.
struct Covers(fn(Place, &[Piece], &str) -> bool);

impl Semantics for Covers {
    fn covers(&self, place: Place, pattern: &mut dyn Iterator<Item = Piece>, text: &str) -> bool {
        (self.0)(place, &pattern.collect::<Vec<Piece>>(), text)
    }
}

pub(in crate::faults) fn covers(decide: fn(Place, &[Piece], &str) -> bool) -> Box<dyn Semantics> {
    Box::new(Covers(decide))
}

/// Whether a whole pattern covers a text as the rules say.
pub(in crate::faults) fn covers_correctly(place: Place, pattern: &[Piece], text: &str) -> bool {
    Correct.covers(place, &mut pattern.iter().copied(), text)
}

switches! { ActionNameMatches;
    fn action_name_matches(entry: &str, name: &str) -> bool;
}

switches! { HeadLength;
    fn head_length(entry: &str, version: Version) -> usize;
}

switches! { VariableNameEqual;
    fn variable_name_equal(name: &str, key: &str) -> bool;
}

switches! { VariableValue;
    fn variable_value<'c>(name: &str, values: &'c [Cow<'_, str>]) -> Lookup<'c>;
}

switches! { NullValue;
    fn null_value(text: &str) -> Option<bool>;
}

switches! { SetTest;
    fn set_test(set: SetOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool;
}

switches! { PlainTest;
    fn plain_test(base: BaseOperator, negated: bool, values: usize, policy: usize, hit: &dyn Fn(usize, usize) -> bool) -> bool;
}

switches! { StringLike;
    fn string_like(value: &str, policy: Vec<Glyph>) -> bool;
}

switches! { AddressInRange;
    fn address_in_range(value: IpAddr, range: Range) -> bool;
}

switches! { ArnEquals;
    fn arn_equals(value: [&str; 6], policy: &[&[Glyph]]) -> bool;
}

switches! { ArnLike;
    fn arn_like(value: [&str; 6], policy: &[&[Glyph]]) -> bool;
}

switches! { ArnComponentMatches;
    fn arn_component_matches(policy: &[Glyph], value: &str) -> bool;
}

switches! { BoundaryApplies;
    fn boundary_applies(principal: &Principal) -> bool;
}
