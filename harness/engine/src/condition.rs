//! Conditions (chapter 03): tests whose policy values were read when their document was compiled.

use std::cmp::Ordering;
use std::net::IpAddr;

use assize_model::SetOperator;

use crate::decimal::Decimal;
use crate::document::CompiledDocument;
use crate::frame::{Frame, Values};
use crate::instant::Instant;
use crate::text::List;

/// One operator with one key and its values: `test` of COND-000.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Test {
    /// An index into the document's keys.
    pub(crate) key: u32,
    pub(crate) set: Option<SetOperator>,
    pub(crate) if_exists: bool,
    pub(crate) negated: bool,
    pub(crate) comparison: Comparison,
}

/// How context values are compared with the policy's. Values of the policy that are not of the operator's type match nothing
/// (COND-030) and are not kept.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Comparison {
    /// `Null`: whether `true` and whether `false` is among the values.
    Null {
        /// Holds for a key that is null.
        absent: bool,
        /// Holds for a key that is not.
        present: bool,
    },
    /// Patterns: `StringLike`, the ARN operators, and `StringEquals`, whose patterns have no wildcards.
    Patterns(List),
    /// `StringEquals` with so many values without variables that these are searched: patterns of texts in order, and the others.
    Sorted {
        /// Patterns that are texts, in ascending order of these.
        texts: List,
        /// The others.
        rest: List,
    },
    /// `StringEqualsIgnoreCase`: patterns without wildcards.
    IgnoringCase(List),
    /// `Bool`: whether `true` and whether `false` is among the values, and patterns with variables.
    Bool {
        /// A value says `true`.
        yes: bool,
        /// A value says `false`.
        no: bool,
        /// Values with variables.
        templates: List,
    },
    /// Numbers.
    Numeric(Relation, List),
    /// Dates.
    Date(Relation, List),
    /// `BinaryEquals`: texts that are canonical base64.
    Binary(List),
    /// Address ranges.
    Ip(List),
}

/// How the context's value must stand to the policy's (COND-052).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Relation {
    fn admits(self, ordering: Ordering) -> bool {
        match self {
            Relation::Equal => ordering.is_eq(),
            Relation::Less => ordering.is_lt(),
            Relation::LessOrEqual => ordering.is_le(),
            Relation::Greater => ordering.is_gt(),
            Relation::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

impl Test {
    /// Whether the test holds (COND-000).
    pub(crate) fn holds(&self, document: &CompiledDocument, frame: &Frame<'_>) -> bool {
        let values = frame.values(document, self.key);
        if let Comparison::Null { absent, present } = self.comparison {
            return match self.set {
                Some(SetOperator::ForAllValues) => true,
                Some(SetOperator::ForAnyValue) => false,
                None => (absent && values.is_null()) || (present && !values.is_null()),
            };
        }
        if values.len() == 0 {
            return self.if_exists
                || match self.set {
                    Some(SetOperator::ForAllValues) => true,
                    Some(SetOperator::ForAnyValue) => false,
                    None => self.negated,
                };
        }
        let passes = |value| self.comparison.hits(document, frame, value) != self.negated;
        match self.set {
            Some(SetOperator::ForAllValues) => values.is_null() || values.iter().all(passes),
            Some(SetOperator::ForAnyValue) => !values.is_null() && values.iter().any(passes),
            None => self.holds_plainly(document, frame, values),
        }
    }

    /// Without set prefix, a key with several values matches nothing (COND-025).
    fn holds_plainly(&self, document: &CompiledDocument, frame: &Frame<'_>, values: Values<'_>) -> bool {
        values.single().is_some_and(|value| self.comparison.hits(document, frame, value)) != self.negated
    }
}

impl Comparison {
    /// Whether `value` matches one of the policy's values.
    fn hits(&self, document: &CompiledDocument, frame: &Frame<'_>, value: &str) -> bool {
        let matches =
            |list| document.patterns(list).iter().any(|pattern| pattern.matches(document, frame, value));
        match *self {
            Comparison::Null { .. } => false,
            Comparison::Patterns(list) => matches(list),
            Comparison::Sorted { texts, rest } => {
                let texts = document.patterns(texts);
                let order = |pattern: &crate::pattern::Pattern| {
                    document.text(pattern.literal_prefix(document)).cmp(value)
                };
                texts.binary_search_by(order).is_ok() || matches(rest)
            }
            Comparison::IgnoringCase(list) => document.patterns(list).iter().any(|pattern| {
                pattern.spells(document, frame, value, |text, value| {
                    text.flat_map(char::to_lowercase).eq(value.chars().flat_map(char::to_lowercase))
                })
            }),
            Comparison::Bool { yes, no, templates } => {
                let (is_yes, is_no) =
                    (value.eq_ignore_ascii_case("true"), value.eq_ignore_ascii_case("false"));
                (yes && is_yes)
                    || (no && is_no)
                    || ((is_yes || is_no)
                        && document.patterns(templates).iter().any(|pattern| {
                            pattern.spells(document, frame, value, |text, value| {
                                text.map(|c| c.to_ascii_lowercase())
                                    .eq(value.chars().map(|c| c.to_ascii_lowercase()))
                            })
                        }))
            }
            Comparison::Numeric(relation, list) => Decimal::parse(value).is_some_and(|value| {
                document.decimals(list).iter().any(|known| relation.admits(value.cmp(known)))
            }),
            Comparison::Date(relation, list) => Instant::parse(value).is_some_and(|value| {
                document.instants(list).iter().any(|known| relation.admits(value.cmp(known)))
            }),
            // The policy's values are canonical, so an equal text is, too.
            Comparison::Binary(list) => matches(list),
            Comparison::Ip(list) => value
                .parse::<IpAddr>()
                .is_ok_and(|address| document.networks(list).iter().any(|known| known.contains(address))),
        }
    }
}
