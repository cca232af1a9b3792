//! The fault bank: switchable bugs that show how strong the harness is.
//!
//! The reference is written against a trait of small decisions ([`Semantics`]); a fault makes exactly one of them wrong. Faults of the
//! engine's index, compiler, caches and store are switches of a second build of it. The harness is strong if
//! it tells every fault from the truth by generation alone, without a case written for it. [`hunt`] tries that, and says after how many
//! cases.
//!
//! | module | holds |
//! |---|---|
//! | `bank`, `switch` | the faults, by family, and what makes one of each |
//! | [`hunt`](mod@hunt) | looking for one fault, or for all in one pass |
//! | [`curve`] | faults found against cases tried, drawn |
//!
//! Many faults are real: bugs that evaluators had or have, known from public issues, fixes and advisories ([`Origin::Real`]). The
//! others are of the same kinds.

mod bank;
pub mod curve;
pub mod hunt;
mod switch;

use assize_reference::Semantics;

/// One wrong decision.
#[derive(Clone, Copy)]
pub struct Fault {
    /// Its name, unique.
    pub id: &'static str,
    /// What it is about; faults of a family are alike.
    pub family: &'static str,
    /// The rule that it breaks first.
    pub rule: &'static str,
    /// What it does wrong, in one sentence.
    pub summary: &'static str,
    /// Where it is known from.
    pub origin: Origin,
    /// The worst that it does.
    pub severity: Severity,
    /// Where it shows.
    pub stage: Stage,
    /// What it makes wrong.
    pub wrong: Wrong,
}

/// What a fault makes wrong.
#[derive(Clone, Copy)]
pub enum Wrong {
    /// A decision of the reference.
    Decision {
        /// The method of [`Semantics`] that is overridden.
        method: &'static str,
        /// The decisions with this one made wrong.
        semantics: fn() -> Box<dyn Semantics>,
    },
    /// A part of the engine.
    Engine(assize_engine_faulty::faults::Fault),
}

impl Wrong {
    /// The name of the decision or of the switch.
    pub fn name(&self) -> String {
        match self {
            Wrong::Decision { method, .. } => (*method).to_owned(),
            Wrong::Engine(switch) => format!("{switch:?}"),
        }
    }
}

/// Where a fault is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// An evaluator had it, or has it.
    Real,
    /// Nobody is known to have it, but it is easily made.
    Plausible,
}

/// The worst that a fault does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// It lets through what must be denied.
    OverGrant,
    /// It denies or refuses what must be let through, and no more than that.
    OverDeny,
    /// Decisions stay; what is said about them is wrong.
    Record,
}

/// Where a fault shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Documents are taken or refused wrongly.
    Acceptance,
    /// Requests are decided wrongly.
    Evaluation,
    /// Requests are decided wrongly after changes of a store.
    Sequence,
}

impl Origin {
    /// As written in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Real => "real",
            Origin::Plausible => "plausible",
        }
    }
}

impl Severity {
    /// As written in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::OverGrant => "over-grant",
            Severity::OverDeny => "over-deny",
            Severity::Record => "record",
        }
    }
}

impl Stage {
    /// As written in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Acceptance => "acceptance",
            Stage::Evaluation => "evaluation",
            Stage::Sequence => "sequence",
        }
    }
}

/// All faults, family by family.
pub fn all() -> Vec<&'static Fault> {
    bank::FAMILIES.iter().copied().flatten().collect()
}

/// The faults with this id, or of this family.
pub fn named(name: &str) -> Vec<&'static Fault> {
    all().into_iter().filter(|fault| fault.id == name || fault.family == name).collect()
}

/// Known bugs of real evaluators that the bank does not hold under their names, and why not.
pub const NOT_HELD: &[(&str, &str)] = &[
    ("wildcard-exponential-backtracking", "about time, not decisions; the benchmarks and MATCH-005 hold it"),
    ("fractional-epoch-rejected", "a crash; the semantics cannot crash, and the fuzz targets look for it"),
    (
        "secondary-action-skips-deny",
        "an operation of several authorizations, of which the trait decides one at a time (EVAL-060)",
    ),
    ("list-prefix-promoted-into-resource", "made before evaluation: the service builds another request"),
    (
        "self-service-credential-action-skips-resource",
        "made before evaluation: the service asks about another resource",
    ),
    ("import-authorised-by-export-action", "made before evaluation: the service asks about another action"),
    ("batch-delete-evaluated-on-bucket", "made before evaluation: the service asks about another resource"),
    ("negative-decision-cached", "held as a fault of the engine: store-keeps-denials"),
    ("decision-cache-omits-context", "held as a fault of the engine: store-keeps-without-context"),
    (
        "decision-cache-omits-session-policy",
        "held as a fault of the engine: store-keeps-without-session-policies",
    ),
    ("variable-expansion-cached-across-requests", "held as a fault of the engine: compiled-variables-frozen"),
    ("scp-set-cached-per-account", "held as a fault of the engine: store-first-path-stays"),
    (
        "pattern-cache-keyed-lowercase",
        "held as a fault of the engine: compiled-patterns-shared-by-lower-case",
    ),
    ("unresolved-attached-policy-skipped", "a scenario holds documents, so none can fail to load"),
    ("admin-claim-survives-assume-role", "the claim is no fact of a principal record"),
    (
        "rcp-applied-to-management-account",
        "such an input is an error here (EVAL-006), before any policy is read",
    ),
];
