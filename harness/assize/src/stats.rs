//! What is generated, measured: whether the scenarios put hard questions, and reach every corner of the language.
//!
//! | module | holds |
//! |---|---|
//! | [`met`] | what each condition test met |
//! | [`flips`] | requests that one edit decides otherwise |
//! | [`speed`] | how long a decision takes, and where the time goes |
//! | [`bars`] | what the measures must reach |
//! | `print` | the measures as tables and as JSON |

pub mod bars;
pub mod flips;
pub mod met;
mod print;
pub mod speed;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::thread;

use assize_generate::{Labelled, Seeded, Settings, scenario};
use assize_model::scenario::{Body, Case, policies_json, request_json};
use assize_model::{Decision, Policies, PolicyType, Prepared, Verdict};
use assize_reference::Reference;

use flips::Flips;
use met::{Met, Recording};

pub use print::{json, text};

/// One scenario in so many is sampled for what is costly to measure.
const SAMPLED: u64 = 10;

/// Measures of generated scenarios.
#[derive(Debug, Default)]
pub struct Measures {
    /// Scenarios.
    pub scenarios: u64,
    /// Scenarios with two policies or more.
    pub several_policies: u64,
    /// Scenarios in which one request is allowed and another is denied.
    pub both_outcomes: u64,
    /// Scenarios whose policies are refused.
    pub refused: u64,
    /// Requests.
    pub requests: u64,
    /// Allowed.
    pub allow: u64,
    /// Denied by a Deny.
    pub explicit_deny: u64,
    /// Denied for want of an Allow.
    pub implicit_deny: u64,
    /// Input errors.
    pub input_errors: u64,
    /// Denied by a Deny although an Allow of an identity-based, resource-based or trust policy applies.
    pub overridden: u64,
    /// Requests that were chosen and cannot be put together.
    pub impossible: u64,
    /// Pairs of policies and request that occurred before.
    pub identical: u64,
    /// What condition tests met.
    pub met: Met,
    /// Requests of a sample, and which edits decide them otherwise.
    pub flips: Flips,
    /// Of each rule, in how many requests of a sample it applied, and in how many it was asked and did not.
    pub rules: BTreeMap<&'static str, (u64, u64)>,
    /// Requests in the sample of [`Measures::rules`].
    pub traced: u64,
    /// Scenarios that hold both of two policy types; the pair of a type with itself counts scenarios that hold it.
    pub pairs: BTreeMap<(PolicyType, PolicyType), u64>,
    /// How often each feature was generated.
    pub labels: BTreeMap<&'static str, u64>,
    seen: HashSet<u64>,
}

/// What to measure.
#[derive(Clone, Debug)]
pub struct Sample {
    /// What scenarios are like.
    pub settings: Settings,
    /// What they are made from.
    pub seed: u64,
    /// How many.
    pub cases: u64,
    /// How many threads share the work.
    pub jobs: usize,
}

/// Generates and measures.
pub fn measure(sample: &Sample) -> Measures {
    let jobs = sample.jobs.max(1) as u64;
    let parts: Vec<Measures> = thread::scope(|scope| {
        let part = |nth: u64| move || Measures::of((nth..sample.cases).step_by(jobs as usize), sample);
        let threads: Vec<_> = (0..jobs).map(|nth| scope.spawn(part(nth))).collect();
        let joined = threads.into_iter().map(|thread| thread.join());
        joined.map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    let mut all = Measures::default();
    parts.into_iter().for_each(|part| all.add(part));
    all
}

impl Measures {
    fn of(cases: impl Iterator<Item = u64>, sample: &Sample) -> Measures {
        let mut measures = Measures::default();
        let notes = Recording::default();
        let recording = Reference::with("recording", Box::new(notes.clone()));
        let reference = Reference::new();
        for case in cases {
            let mut source = Seeded::case(sample.seed, case);
            let mut labelled = Labelled::new(&mut source);
            let scenario = scenario(&mut labelled, &sample.settings);
            for (label, count) in labelled.counts {
                *measures.labels.entry(label).or_default() += count;
            }
            let Body::Requests { policies, requests, .. } = &scenario.body else { continue };
            measures.scenario(&recording, policies, requests);
            // What goes on when a scenario ends would be taken for a part of the next one.
            measures.met.add(&notes.take());
            if case % SAMPLED == 0 {
                let nth = (case / SAMPLED) as usize % requests.len().max(1);
                if let Some(Ok(request)) = requests.get(nth).map(|case| case.request.as_ref()) {
                    measures.trace(&reference, policies, request);
                    measures.flips.add(&Flips::of(&reference, policies, request, requests));
                }
            }
        }
        let impossible = measures.labels.get("request that cannot be put together").copied();
        measures.impossible = impossible.unwrap_or_default();
        measures
    }

    fn scenario(&mut self, reference: &Reference<Recording>, policies: &Policies, requests: &[Case]) {
        self.scenarios += 1;
        let documents = policies.documents();
        self.several_policies += u64::from(documents.len() >= 2);
        let types: BTreeSet<PolicyType> = documents.iter().map(|(policy_type, _)| *policy_type).collect();
        for &one in &types {
            for &other in types.range(one..) {
                *self.pairs.entry((one, other)).or_default() += 1;
            }
        }
        let Ok(prepared) = reference.prepare(policies) else {
            self.refused += 1;
            return;
        };
        let policies = policies_json(policies);
        let (mut allowed, mut denied) = (false, false);
        for request in requests.iter().filter_map(|case| case.request.as_ref().ok()) {
            self.requests += 1;
            let mut hasher = DefaultHasher::new();
            (&policies, request_json(request)).hash(&mut hasher);
            self.identical += u64::from(!self.seen.insert(hasher.finish()));
            let verdict = Prepared::evaluate(&prepared, request);
            let Verdict::Evaluated(evaluation) = verdict else {
                self.input_errors += 1;
                continue;
            };
            match evaluation.decision {
                Decision::Allow => self.allow += 1,
                Decision::ImplicitDeny => self.implicit_deny += 1,
                Decision::ExplicitDeny => {
                    self.explicit_deny += 1;
                    let granted = |types: [PolicyType; 3]| {
                        let reports = evaluation.by_type.iter();
                        reports.filter(|r| types.contains(&r.policy_type)).any(|r| !r.allow.is_empty())
                    };
                    let grants = [PolicyType::Identity, PolicyType::Resource, PolicyType::Trust];
                    self.overridden += u64::from(granted(grants));
                }
            }
            allowed |= evaluation.decision == Decision::Allow;
            denied |= evaluation.decision != Decision::Allow;
        }
        self.both_outcomes += u64::from(allowed && denied);
    }

    fn trace(&mut self, reference: &Reference, policies: &Policies, request: &assize_model::Request) {
        let Ok(prepared) = reference.prepare(policies) else { return };
        self.traced += 1;
        for part in prepared.trace(request) {
            let (applied, not) = self.rules.entry(part.rule).or_default();
            *if part.applied { applied } else { not } += 1;
        }
    }

    fn add(&mut self, other: Measures) {
        self.scenarios += other.scenarios;
        self.several_policies += other.several_policies;
        self.both_outcomes += other.both_outcomes;
        self.refused += other.refused;
        self.requests += other.requests;
        self.allow += other.allow;
        self.explicit_deny += other.explicit_deny;
        self.implicit_deny += other.implicit_deny;
        self.input_errors += other.input_errors;
        self.overridden += other.overridden;
        self.impossible += other.impossible;
        self.identical += other.identical;
        self.met.add(&other.met);
        self.flips.add(&other.flips);
        self.traced += other.traced;
        for (rule, (applied, not)) in other.rules {
            let known = self.rules.entry(rule).or_default();
            *known = (known.0 + applied, known.1 + not);
        }
        for (pair, count) in other.pairs {
            *self.pairs.entry(pair).or_default() += count;
        }
        for (label, count) in other.labels {
            *self.labels.entry(label).or_default() += count;
        }
        for seen in other.seen {
            self.identical += u64::from(!self.seen.insert(seen));
        }
    }
}
