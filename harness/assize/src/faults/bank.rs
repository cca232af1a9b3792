//! The faults. Each overrides one method of the semantics; `Correct` does what it leaves alone. Those of `engine` are switches.

/// Faults of one family: id, rule, origin, severity, what it does wrong, and the method that makes the decision wrong.
macro_rules! faults {
    ($name:ident, $stage:ident, $family:literal; $(
        $id:literal, $rule:literal, $origin:ident, $severity:ident, $summary:literal:
        fn $decision:ident $(<$lifetime:lifetime>)? (&self $(, $($arguments:tt)*)?) -> $result:ty $body:block
    )*) => {
        pub(super) const $name: &[$crate::faults::Fault] = &[$(
            $crate::faults::Fault {
                id: $id,
                family: $family,
                rule: $rule,
                summary: $summary,
                origin: $crate::faults::Origin::$origin,
                severity: $crate::faults::Severity::$severity,
                stage: $crate::faults::Stage::$stage,
                wrong: $crate::faults::Wrong::Decision {
                    method: stringify!($decision),
                    semantics: {
                        fn decide $(<$lifetime>)? ($($($arguments)*)?) -> $result $body
                        || $crate::faults::switch::$decision(decide)
                    },
                },
            }
        ),*];
    };
}

mod absence;
mod access;
mod acl;
mod actions;
mod comparisons;
mod compiling;
mod context;
mod documents;
mod engine;
mod guardrails;
mod inputs;
mod logic;
mod networks;
mod principals;
mod resources;
mod roles;
mod special;
mod statements;
mod times;
mod variables;
mod wildcards;

use super::Fault;

/// Whether one holds.
fn some(mut tests: impl Iterator<Item = bool>) -> bool {
    tests.any(|holds| holds)
}

/// Whether all hold.
fn every(mut tests: impl Iterator<Item = bool>) -> bool {
    tests.all(|holds| holds)
}

/// All families.
pub(super) const FAMILIES: &[&[Fault]] = &[
    documents::TAKES,
    documents::REFUSES,
    compiling::FAULTS,
    wildcards::FAULTS,
    actions::FAULTS,
    resources::FAULTS,
    variables::FAULTS,
    context::DERIVED,
    context::SUPPLIED,
    logic::FAULTS,
    logic::SETS,
    absence::FAULTS,
    comparisons::STRINGS,
    comparisons::NUMBERS,
    comparisons::BOOLEANS,
    comparisons::ARNS,
    times::FAULTS,
    networks::FAULTS,
    principals::WHO,
    principals::CLASSES,
    principals::NOT_PRINCIPAL,
    statements::FAULTS,
    statements::PRECEDENCE,
    guardrails::SCP,
    guardrails::RCP,
    guardrails::ENDPOINT,
    access::SAME_ACCOUNT,
    access::CROSS_ACCOUNT,
    access::LIMITS,
    access::ACCOUNTLESS,
    roles::TRUST,
    roles::KEYS,
    acl::FAULTS,
    special::FAULTS,
    inputs::FAULTS,
    inputs::RECORD,
    engine::INDEX,
    engine::COMPILER,
    engine::DECISION,
    engine::CACHE,
    engine::STORE_CACHE,
    engine::STORE,
];
