//! Every knob of the generators, with what it does.

use std::sync::Arc;

use assize_model::Capabilities;

/// How scenarios are generated. Percentages are out of 100.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Requests a scenario, at most.
    pub requests: usize,
    /// Policies of one type and level, at most.
    pub policies: usize,
    /// Statements a policy, at most.
    pub statements: usize,
    /// How often a scenario holds one feature alone (breadth) instead of many that interact (depth).
    pub breadth: usize,
    /// How often a scenario is a table of conditions and contexts.
    pub tables: usize,
    /// How often the policies of a scenario let the usual requester have most targets, so that one difference decides.
    pub open: usize,
    /// How often a targeted Deny is put beside a broad Allow.
    pub deny_beside_allow: usize,
    /// How often a statement carries a condition.
    pub conditions: usize,
    /// How often an element of a statement is aimed at the cast; otherwise it is a near miss.
    pub aim: usize,
    /// How often a request differs from its statement in one dimension.
    pub perturb: usize,
    /// How often a scenario holds a request for what none of its policies is about.
    pub stray: usize,
    /// How often a scenario is a truth table.
    pub truth: usize,
    /// How often a scenario is an experiment on one element.
    pub experiment: usize,
    /// How often a scenario holds a policy that the requester cannot have (EVAL-006).
    pub misfit: usize,
    /// How often a scenario holds a document that is refused (EVAL-065).
    pub refused: usize,
    /// How often a policy holds hundreds of statements, out of 1000: such a scenario takes as long as fifty others.
    pub large: usize,
    /// What may be in a scenario: nothing that an evaluator does not support is made for it.
    pub capabilities: Arc<Capabilities>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            requests: 16,
            policies: 3,
            statements: 3,
            breadth: 25,
            tables: 28,
            open: 67,
            deny_beside_allow: 40,
            conditions: 40,
            aim: 88,
            perturb: 55,
            stray: 85,
            truth: 20,
            experiment: 22,
            misfit: 7,
            refused: 2,
            large: 2,
            capabilities: Arc::new(Capabilities::full()),
        }
    }
}
