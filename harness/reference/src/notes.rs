//! What the trace learns beside the decisions: which rules the facts of a test, a statement or a request bring in. Nothing here decides
//! anything, and nothing is called while the trace is off.

use std::borrow::Cow;

use assize_model::{
    Action, BaseOperator, ConditionBlock, DecidingType, Decision, Issuer, Literal, MatchClass, Operator,
    PolicyType, Principal, ReportState, Resource, ResourceKind, SetOperator, Version,
};

use crate::condition::is_numeric;
use crate::matcher::Matcher;
use crate::principal::Layer;
use crate::question::Question;
use crate::semantics::{Semantics, Sides};
use crate::variable::{Lookup, Segment, segments};

impl<S: Semantics + ?Sized> Matcher<'_, S> {
    /// Chapter 02, part B.
    #[cold]
    pub(crate) fn note_action(&self, entry: &str, action: &Action) {
        self.rule("MATCH-011", entry == "*");
        let Some((vendor, name)) = entry.split_once(':') else { return };
        let semantics = self.semantics;
        let vendor_matches = semantics.vendor_matches(vendor, action.vendor());
        let matches = vendor_matches && semantics.action_name_matches(name, action.name());
        self.rule("MATCH-012", matches);
        self.rule("MATCH-013", matches && name.contains(['*', '?']));
        self.rule("MATCH-014", vendor_matches && vendor == "*");
        self.rule("MATCH-015", vendor_matches && name.contains(char::is_whitespace));
        self.rule("MATCH-016", vendor_matches && name.is_empty());
        self.rule("MATCH-017", vendor_matches && name.contains(','));
        self.rule("MATCH-019", matches);
        self.note_pattern(name);
    }

    /// Chapter 02, part C.
    #[cold]
    pub(crate) fn note_resource(&self, entry: &str, version: Version, request: &str) {
        self.rule("MATCH-030", true);
        self.rule("MATCH-031", entry == "*" || request == "*");
        self.rule("EVAL-059", request == "*");
        if entry == "*" || request == "*" {
            return;
        }
        let (head, tail) = entry.split_at(self.semantics.head_length(entry, version));
        self.rule("MATCH-033", head.contains('?'));
        self.rule("MATCH-034", tail.contains('/'));
        self.rule("MATCH-035", true);
        self.rule("MATCH-036", !head.ends_with(':'));
        self.rule("MATCH-037", tail.contains(':'));
        self.rule("MATCH-038", true);
        self.rule("MATCH-039", true);
        self.rule("MATCH-040", head.split(':').nth(2).is_some_and(|service| service.contains(['*', '?'])));
        self.rule("MATCH-071", self.semantics.variables_expand(version) && head.contains("${"));
        self.note_pattern(entry);
        self.note_references(entry, version);
    }

    /// Chapter 02, part A.
    fn note_pattern(&self, pattern: &str) {
        self.rule("MATCH-001", pattern.contains(['*', '?']));
        self.rule("MATCH-002", !pattern.is_ascii());
        self.rule("MATCH-003", pattern.contains(['*', '?']));
        self.rule(
            "MATCH-004",
            pattern.contains(['[', ']', '{', '}', '\\', '.', '+', '^', '$', '|', '(', ')']),
        );
        self.rule("MATCH-005", ["**", "*?", "?*"].iter().any(|redundant| pattern.contains(redundant)));
    }

    /// Chapter 02, part D: what stands in the text.
    fn note_references(&self, text: &str, version: Version) {
        let expands = self.semantics.variables_expand(version);
        self.rule("MATCH-061", !expands && text.contains("${"));
        self.rule("MATCH-062", expands && text.contains("${"));
        self.rule("MATCH-070", text.replace("${", "").contains('$'));
        for segment in segments(text).filter(|_| expands) {
            self.rule("MATCH-060", matches!(segment, Segment::Variable { .. }));
            self.rule("MATCH-063", matches!(segment, Segment::Variable { .. }));
            self.rule("MATCH-067", matches!(segment, Segment::Escape(_)));
        }
    }

    /// Chapter 02, part D: what a variable found.
    #[cold]
    pub(crate) fn note_variable(&self, lookup: Lookup<'_>, default: Option<&str>) {
        self.rule("MATCH-064", lookup == Lookup::Several);
        self.rule("MATCH-065", lookup == Lookup::NoValue);
        let resolved = matches!(lookup, Lookup::Value(_)) || (lookup == Lookup::NoValue && default.is_some());
        self.rule("MATCH-066", !resolved);
        self.rule("COND-029", !resolved);
        if let Lookup::Value(value) = lookup {
            self.rule("MATCH-068", value.contains(['*', '?']));
            self.rule("MATCH-069", value.contains("${"));
            self.rule("MATCH-074", value.contains([':', '/']));
        }
    }

    /// Chapter 03, part B: a whole condition.
    #[cold]
    pub(crate) fn note_condition(&self, blocks: &[ConditionBlock]) {
        if blocks.is_empty() {
            return;
        }
        self.rule("COND-000", true);
        self.rule("COND-001", true);
        self.rule("COND-027", blocks.iter().any(|block| block.keys.is_empty()));
        let mut keys = blocks.iter().flat_map(|block| &block.keys);
        let first = keys.next();
        self.rule(
            "COND-032",
            keys.any(|key| first.is_some_and(|first| self.semantics.key_equal(&first.key, &key.key))),
        );
    }

    /// Chapter 03, part B: one test.
    #[cold]
    pub(crate) fn note_test(
        &self,
        operator: Operator,
        negated: bool,
        values: &[Cow<'_, str>],
        policy: &[Literal],
    ) {
        let null = self.semantics.is_null(values);
        let absent = values.is_empty();
        let set = operator.set.is_some();
        let tests_null = operator.base == BaseOperator::Null;
        let compares = !tests_null && !absent;
        self.rule("COND-006", !absent);
        self.rule("COND-007", !absent);
        self.rule("COND-013", tests_null && !set);
        self.rule("COND-014", tests_null && !set);
        self.rule("COND-023", tests_null && set);
        self.rule("COND-015", null && !absent);
        self.rule("COND-026", policy.is_empty());
        self.rule("COND-008", absent);
        self.rule("COND-009", absent && !negated && !set && !operator.if_exists && !tests_null);
        self.rule("COND-010", absent && negated && !set && !operator.if_exists);
        self.rule("COND-011", absent && operator.if_exists);
        self.rule("COND-012", !absent && operator.if_exists);
        self.rule("COND-019", absent && set && !operator.if_exists && !tests_null);
        self.rule("COND-021", set && operator.if_exists);
        self.rule("COND-004", compares && negated);
        self.rule("COND-005", compares && negated && !set);
        self.rule("COND-016", compares && operator.set == Some(SetOperator::ForAllValues));
        self.rule("COND-017", compares && operator.set == Some(SetOperator::ForAnyValue));
        self.rule("COND-018", compares && set && negated);
        self.rule("COND-020", compares && set && null);
        self.rule("COND-022", compares && set && values.len() == 1);
        self.rule("COND-024", compares && !set && values.len() == 1);
        self.rule("COND-025", compares && !set && values.len() > 1);
        self.rule("COND-028", policy.windows(2).any(|pair| pair[0] == pair[1]));
    }

    /// Chapter 03, parts C to I: one comparison of a context value.
    #[cold]
    pub(crate) fn note_comparison(
        &self,
        base: BaseOperator,
        value: &str,
        literal: &Literal,
        version: Version,
    ) {
        use BaseOperator as Op;
        let text = &literal.text;
        let wildcard = text.contains(['*', '?']);
        let takes_wildcards = matches!(base, Op::StringLike | Op::ArnEquals | Op::ArnLike);
        let takes_text = matches!(base, Op::StringEquals | Op::StringEqualsIgnoreCase);
        self.rule("COND-031", text.trim() != text);
        self.rule("COND-033", wildcard && !takes_wildcards && !takes_text);
        if takes_wildcards || takes_text || base == Op::Bool {
            self.note_references(text, version);
        }
        match base {
            Op::StringEquals => {
                self.rule("COND-040", true);
                self.rule("COND-042", wildcard);
            }
            Op::StringEqualsIgnoreCase => {
                self.rule("COND-041", true);
                self.rule("COND-042", wildcard);
            }
            Op::StringLike => {
                self.rule("COND-043", true);
                self.rule("COND-044", text.chars().all(|character| matches!(character, '*' | '?')));
                self.note_pattern(text);
            }
            Op::Bool => {
                self.rule("COND-070", true);
                self.rule("COND-030", self.semantics.boolean(text).is_none());
            }
            Op::BinaryEquals => {
                self.rule("COND-075", true);
                self.rule("COND-030", self.semantics.binary(text).is_none());
            }
            Op::IpAddress => {
                let range = self.semantics.range(text);
                self.rule("COND-030", range.is_none());
                self.rule("COND-080", true);
                self.rule("COND-081", range.is_some_and(|range| range.prefix.is_none()));
                self.rule("COND-082", range.is_some_and(|range| range.prefix.is_some()));
                self.rule("COND-084", range.is_some_and(|range| range.address.is_ipv6()));
                self.rule("COND-085", range.is_some_and(|range| range.prefix == Some(0)));
            }
            Op::ArnEquals | Op::ArnLike => {
                for rule in ["COND-090", "COND-091", "COND-092", "COND-093", "COND-094"] {
                    self.rule(rule, true);
                }
                self.rule("COND-095", text.contains("${"));
                self.rule("COND-096", crate::arn::components(value).is_none());
            }
            base if is_numeric(base) => {
                self.rule("COND-050", true);
                self.rule("COND-051", base == Op::NumericEquals);
                self.rule("COND-052", base != Op::NumericEquals);
                self.rule("COND-030", self.semantics.number(text).is_none());
            }
            _ => {
                let epoch = self.semantics.date_epoch(text).is_some();
                self.rule("COND-060", !epoch);
                self.rule("COND-061", epoch);
                self.rule("COND-062", epoch && text.len() == 4);
                self.rule("COND-063", true);
                self.rule("COND-064", base == Op::DateEquals);
            }
        }
    }
}

impl<S: Semantics + ?Sized> Question<'_, S> {
    /// What the requester and the resource bring in.
    #[cold]
    pub(crate) fn note_facts(&self) {
        self.rule("CTX-001", true);
        self.rule("PRIN-001", true);
        self.rule("PRIN-015", true);
        self.rule("PRIN-016", !self.layers().is_empty());
        match self.principal() {
            Principal::Root(root) => {
                self.rule("PRIN-002", true);
                self.rule("EVAL-064", root.assumed_root());
            }
            Principal::User(_) => {
                self.rule("PRIN-003", true);
                self.rule("EVAL-034", true);
            }
            Principal::RoleSession(session) => {
                self.rule("PRIN-005", true);
                self.rule("EVAL-035", true);
                self.rule("PRIN-008", session.service_linked());
                self.rule("EVAL-054", session.service_linked());
            }
            Principal::FederatedUser(session) => {
                self.rule("PRIN-009", true);
                self.rule("EVAL-042", *session.issuer() == Issuer::Root);
            }
            Principal::Service(_) => {
                self.rule("PRIN-010", true);
            }
            Principal::FederatedCaller(_) => {
                self.rule("PRIN-012", true);
            }
            Principal::Anonymous => {
                self.rule("PRIN-011", true);
                self.rule("EVAL-055", true);
            }
        }
        self.rule("EVAL-009", matches!(self.resource(), Resource::Arn(_)));
        self.rule("EVAL-052", self.action().vendor() == "kms" && self.environment.resource_kind.is_none());
    }

    /// A type's part.
    #[cold]
    pub(crate) fn note_state(&self, policy_type: PolicyType, state: ReportState) {
        let consulted = state == ReportState::Evaluated;
        self.rule("EVAL-006", true);
        match policy_type {
            PolicyType::Rcp => self.rule("EVAL-017", consulted),
            PolicyType::Scp => self.rule("EVAL-015", consulted),
            PolicyType::Vpce => self.rule("EVAL-021", consulted),
            PolicyType::Resource | PolicyType::Trust => self.rule("EVAL-023", !consulted),
            PolicyType::Identity => self.rule("EVAL-003", consulted),
            PolicyType::Boundary => self.rule("EVAL-036", consulted),
            PolicyType::Session => self.rule("EVAL-038", consulted),
        };
        let several =
            policy_type == PolicyType::Session && self.environment.policies(policy_type).nth(1).is_some();
        self.rule("EVAL-039", several);
    }

    /// The class of a Principal element.
    #[cold]
    pub(crate) fn note_class(&self, class: Option<MatchClass>) {
        for rule in ["PRIN-019", "PRIN-028", "PRIN-029", "PRIN-030"] {
            self.rule(rule, class.is_some());
        }
        let root = matches!(self.layers(), [Layer::Account(_)]);
        self.rule("PRIN-033", root && class == Some(MatchClass::Direct));
    }

    /// What the sides of a decision bring in.
    #[cold]
    pub(crate) fn note_sides(&self, sides: &Sides, boundary: Option<bool>, session: Option<bool>) {
        let cross_account = self.cross_account();
        let ordinary = sides.kind == ResourceKind::Ordinary;
        let root = matches!(self.principal(), Principal::Root(_));
        self.rule("EVAL-029", sides.direct);
        self.rule("EVAL-030", sides.account && ordinary && !cross_account);
        self.rule("EVAL-031", root && !cross_account);
        self.rule("EVAL-032", root && cross_account);
        self.rule("EVAL-037", (boundary.is_some() || session.is_some()) && !sides.identity);
        self.rule("EVAL-040", boundary == Some(false) || session == Some(false));
        self.rule("EVAL-041", session.is_none() && !sides.session);
        self.rule("EVAL-044", cross_account && (sides.direct || sides.entity));
        self.rule("EVAL-045", cross_account && sides.resource());
        self.rule("EVAL-046", cross_account && sides.direct && !sides.identity);
        self.rule("EVAL-050", sides.kind == ResourceKind::RoleTrust && sides.direct);
    }

    /// The decision.
    #[cold]
    pub(crate) fn note_outcome(&self, decision: Decision, deciding: Option<DecidingType>) {
        self.rule("EVAL-004", decision == Decision::ImplicitDeny);
        self.rule("EVAL-010", true);
        self.rule("EVAL-047", decision == Decision::ExplicitDeny && self.cross_account());
        self.rule("EVAL-066", deciding.is_some());
        for rule in ["EVAL-067", "EVAL-068", "EVAL-069", "EVAL-080"] {
            self.rule(rule, true);
        }
    }
}
