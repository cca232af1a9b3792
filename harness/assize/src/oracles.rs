//! The invariants of chapter 08 as functions that know no engine and no test framework.
//!
//! An oracle starts from a situation (policies and a request), transforms it, asks an evaluator and compares. What a transformation
//! needs and does not find, it puts there: a boundary, a grant, a second level. Every transformed policy is legal (chapter 01). A
//! source of choices picks statement, type and variation, so that proptest, libFuzzer, the command line and a macro are drivers around
//! the same functions.
//!
//! | module | invariants |
//! |---|---|
//! | [`deny`] | what a Deny and an Allow do, one at a time |
//! | [`delegation`] | sessions inside roles, accounts inside grants |
//! | [`limits`] | boundaries, session policies, SCPs, RCPs, endpoint policies |
//! | [`accounts`] | same account and cross account |
//! | [`lists`] | lists, complements, wildcards, conditions |
//! | [`syntax`] | what is written in two ways |
//! | [`symmetry`] | names and keys that do not matter |
//! | [`explanation`] | what a record says about its decision |
//! | [`bench`](mod@bench), [`situation`] | what oracles work on |
//!
//! Requests that are decided outside the policies (EVAL-008, EVAL-057, EVAL-058, EVAL-063, EVAL-081) are left out, before and after a
//! transformation, as chapter 08 says.

pub mod accounts;
pub mod bench;
pub mod delegation;
pub mod deny;
pub mod explanation;
pub mod limits;
pub mod lists;
mod making;
mod requester;
pub mod situation;
mod spelling;
pub mod symmetry;
pub mod syntax;

use assize_generate::Choices;
use assize_model::scenario::Body;
use assize_model::{Evaluator, Scenario};

use crate::compare::Strength;

pub use bench::{Answer, Bench, Observed, Outcome, Stop, Violation};
pub use situation::Situation;

/// One invariant.
#[derive(Clone, Copy, Debug)]
pub struct Oracle {
    /// The invariant's rule.
    pub rule: &'static str,
    /// Its name, which reads as a theorem.
    pub name: &'static str,
    /// What an evaluator must answer so that the oracle can say something of it.
    pub needs: Strength,
    /// Holds an evaluator against it.
    pub check: fn(&mut Bench<'_>) -> Outcome,
}

impl Oracle {
    /// Holds the bench's evaluator against the invariant. The scenarios of a violation are filed under its rule.
    ///
    /// # Errors
    /// Why the claim does not hold, or says nothing here.
    pub fn hold(&self, bench: &mut Bench<'_>) -> Outcome {
        (self.check)(bench).map_err(|stop| match stop {
            Stop::Broken(mut violation) => {
                let after = violation.after.as_mut().map(|observed| &mut observed.scenario);
                for scenario in std::iter::once(&mut violation.before.scenario).chain(after) {
                    scenario.rules = vec![self.rule.to_owned()];
                    scenario.name = format!("{}/{}", self.name, scenario.name);
                }
                Stop::Broken(violation)
            }
            other => other,
        })
    }
}

macro_rules! oracles {
    ($($module:ident { $($rule:literal $needs:ident $name:ident,)+ })+) => {
        /// All oracles; deny precedence and delegation first.
        pub const ORACLES: &[Oracle] = &[$($(
            Oracle { rule: $rule, name: stringify!($name), needs: Strength::$needs, check: $module::$name },
        )+)+];
    };
}

oracles! {
    deny {
        "INV-025" Decision deny_takes_precedence,
        "INV-026" Decision removing_a_deny_never_restricts,
        "INV-027" Decision adding_an_allow_never_restricts,
        "INV-028" Decision removing_an_allow_never_permits,
        "INV-029" Decision allow_cannot_cancel_deny,
        "INV-030" Decision only_a_deny_makes_explicit,
        "INV-031" Decision flipping_an_effect_is_monotone,
        "INV-032" Record universal_deny_denies,
    }
    delegation {
        "INV-055" Decision delegation_is_a_subset,
        "INV-056" Decision full_access_is_bounded_by_the_grant,
        "INV-039" Decision session_is_a_subset_of_its_role,
        "INV-040" Record session_policies_bound_the_session,
        "INV-035" Record boundary_bounds_the_identity,
    }
    deny {
        "INV-033" Decision nothing_is_allowed_by_default,
        "INV-034" Decision absent_and_empty_differ_only_for_limits,
    }
    limits {
        "INV-036" Decision adding_a_limit_never_permits,
        "INV-037" Decision full_limit_is_no_limit,
        "INV-038" Decision limits_never_grant,
        "INV-041" Decision full_session_policy_is_none_but_for_federated_sessions,
        "INV-042" Decision every_scp_level_allows,
        "INV-043" Decision scp_levels_commute_and_are_idempotent,
        "INV-044" Decision merging_scp_levels_never_restricts,
        "INV-045" Decision scps_do_not_reach_service_linked_roles,
        "INV-046" Decision rcps_only_deny,
        "INV-047" Decision rcps_do_not_reach_service_linked_roles,
        "INV-048" Decision endpoint_bounds_what_passes_it,
    }
    accounts {
        "INV-049" Decision same_account_is_a_union,
        "INV-050" Decision grant_to_the_own_account_is_void,
        "INV-051" Decision special_resources_are_stricter,
        "INV-052" Decision class_strength_is_monotone,
        "INV-053" Decision across_accounts_both_sides_are_needed,
        "INV-054" Decision proximity_never_restricts,
        "INV-057" Decision account_denial_cascades,
        "INV-058" Decision what_is_public_is_open_to_the_owners_users,
        "INV-060" Decision identity_policies_do_not_reach_resource_only_requesters,
        "INV-069" Decision not_principal_equals_a_condition_on_the_arn,
    }
    lists {
        "INV-013" Decision action_list_is_a_union,
        "INV-014" Decision resource_list_is_a_union,
        "INV-015" Decision principal_list_is_a_union,
        "INV-016" Decision positive_condition_values_are_a_union,
        "INV-017" Decision not_action_is_the_complement,
        "INV-018" Decision not_resource_is_the_complement,
        "INV-019" Record only_what_applies_matters,
        "INV-020" Decision widening_an_allow_never_restricts,
        "INV-021" Decision widening_a_deny_never_permits,
        "INV-022" Decision growing_a_not_list_narrows,
        "INV-023" Decision dropping_a_condition_widens,
        "INV-024" Decision adding_a_condition_value_is_monotone,
    }
    syntax {
        "INV-001" Decision evaluation_is_deterministic,
        "INV-002" Decision statement_order_is_irrelevant,
        "INV-003" Decision policy_order_is_irrelevant,
        "INV-004" Decision splitting_and_merging_is_irrelevant,
        "INV-005" Decision duplicates_are_idempotent,
        "INV-006" Decision sid_and_id_are_labels,
        "INV-007" Decision single_values_and_lists_of_one_are_equal,
        "INV-008" Decision formatting_is_irrelevant,
        "INV-009" Decision round_trip_is_the_identity,
        "INV-010" Decision case_of_actions_is_irrelevant,
        "INV-011" Decision account_notations_are_equal,
        "INV-012" Decision two_wildcards_are_equal,
        "INV-067" Decision groups_are_irrelevant,
        "INV-068" Decision managed_and_inline_are_equal,
        "INV-092" Decision optimised_equals_reference,
    }
    symmetry {
        "INV-061" Decision unmentioned_keys_are_irrelevant,
        "INV-062" Record what_does_not_apply_is_irrelevant,
        "INV-063" Decision foreign_principals_are_irrelevant,
        "INV-064" Decision account_ids_are_symmetric,
        "INV-065" Decision principal_names_are_symmetric,
        "INV-066" Decision service_names_are_symmetric,
        "INV-070" Decision a_time_window_is_open,
        "INV-079" Record missing_keys_are_all_that_matter,
        "INV-080" Decision sessions_are_caller_independent,
        "INV-081" Decision session_names_are_irrelevant,
        "INV-088" Decision binding_changes_nothing,
        "INV-089" Decision renaming_a_user_changes_nothing_stored,
    }
    explanation {
        "INV-071" Record determining_statements_are_sufficient,
        "INV-072" Record denials_are_necessary,
        "INV-073" Record allows_are_explained,
        "INV-074" Record implicit_denials_are_explained,
        "INV-075" Deciding repair_makes_progress,
        "INV-076" Record reports_are_complete,
        "INV-077" Record messages_agree_with_the_record,
        "INV-078" Record simulator_view_agrees,
    }
}

/// Invariants that one evaluation under given policies cannot show, with the reason.
pub const LEFT_FOR_THE_WORLD: &[(&str, &str)] = &[
    (
        "INV-059",
        "an input holds the policies of the requester's and the owner's account alone; a third account is part of a world",
    ),
    ("INV-082", "transitive tags grow along a chain of sessions, which a world makes"),
    ("INV-083", "durations are bounds on operations that make sessions"),
    ("INV-084", "an operation is a list of authorizations (EVAL-060)"),
    ("INV-085", "a forward access session is a chain of calls (EVAL-056)"),
    ("INV-086", "the policies of a passed role are no part of the input that decides iam:PassRole"),
    ("INV-087", "saving and showing policies needs a directory of entities"),
    ("INV-090", "deleting and recreating an entity needs a directory; an input holds ids, not their history"),
    ("INV-091", "generating a policy from a log of events is an operation"),
];

/// Who is held against the oracles.
#[derive(Clone, Copy)]
pub struct Subject<'s> {
    /// The evaluator.
    pub evaluator: &'s dyn Evaluator,
    /// What it answers. Oracles that need more are skipped.
    pub strength: Strength,
    /// Whom INV-092 holds it against, if anyone.
    pub standard: Option<&'s dyn Evaluator>,
    /// The recogniser of dates (COND-060, COND-061) that documents are read with.
    pub is_date: fn(&str) -> bool,
    /// Whether a violation would accuse somebody else's evaluator.
    pub accusing: bool,
}

impl<'s> Subject<'s> {
    /// The bench of each request of a scenario; none if its policies are refused.
    pub fn situations(&self, scenario: &Scenario) -> Vec<Situation> {
        let Body::Requests { policies, requests, .. } = &scenario.body else { return Vec::new() };
        let mut requests = requests.iter().filter_map(|case| case.request.as_ref().ok());
        // Policies are read once.
        let Some(first) =
            requests.next().and_then(|request| Situation::read(policies, request.clone(), self.is_date))
        else {
            return Vec::new();
        };
        let others: Vec<Situation> = requests.map(|request| first.asked(request.clone())).collect();
        std::iter::once(first).chain(others).collect()
    }

    /// Holds the subject against one oracle in one situation.
    ///
    /// # Errors
    /// As [`Oracle::hold`].
    pub fn hold(&self, oracle: &Oracle, situation: Situation, choices: &mut dyn Choices) -> Outcome {
        bench::needs(self.strength >= oracle.needs, "the evaluator answers enough")?;
        oracle.hold(&mut Bench {
            evaluator: self.evaluator,
            standard: self.standard,
            is_date: self.is_date,
            accusing: self.accusing,
            situation,
            choices,
        })
    }
}

/// The first oracle that `subject` breaks, over all requests of a scenario, and how.
///
/// Cheap enough to run beside every generated scenario: each oracle is asked of one request that the choices pick.
pub fn first_violation(
    subject: &Subject<'_>,
    scenario: &Scenario,
    choices: &mut dyn Choices,
) -> Option<(&'static Oracle, Box<Violation>)> {
    let situations = subject.situations(scenario);
    if situations.is_empty() {
        return None;
    }
    ORACLES.iter().find_map(|oracle| {
        let situation = choices.one_of(&situations).clone();
        match subject.hold(oracle, situation, choices) {
            Err(Stop::Broken(violation)) => Some((oracle, violation)),
            Ok(()) | Err(Stop::NotApplicable(_)) => None,
        }
    })
}
