//! Holding an evaluator against generated scenarios: against the standard, and against the invariants of chapter 08.
//!
//! | module | holds |
//! |---|---|
//! | [`contest`] | one evaluator, one scenario: what is wrong |
//! | [`finding`] | what was found, made minimal and kept |
//! | [`summary`] | what a run comes to |
//!
//! A case is made from the seed and its own number alone, so that a run finds the same whatever the number of threads.

pub mod contest;
pub mod finding;
pub mod summary;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use assize_generate::{Choices, Seeded, Settings, crowd, scenario};
use assize_model::Decision;
use assize_model::scenario::Body;

use crate::oracles::ORACLES;

pub use contest::{Claim, Contest};
pub use finding::Finding;
pub use summary::Summary;

/// The seed of a run that names none.
pub const SEED: u64 = 1;

/// How many invariants each scenario is held against, taking turns. An invariant asks several times what a comparison asks once.
const INVARIANTS: u64 = 1;

/// One of so many scenarios is crowded, which takes as long as several others.
const CROWDED: u64 = 32;

/// How many scenarios a thread takes at a time.
const CHUNK: u64 = 32;

/// How many different findings are remembered; of the others only their number.
const REMEMBERED: usize = 10;

/// A run over generated scenarios.
pub struct Generation<'e> {
    /// Who is held against what.
    pub contest: Contest<'e>,
    /// What scenarios are like.
    pub settings: Settings,
    /// What they are made from.
    pub seed: u64,
    /// How many at most.
    pub cases: u64,
    /// For how long at most.
    pub time: Option<Duration>,
    /// How many threads share the work.
    pub jobs: usize,
}

/// What was generated, and what became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Scenarios.
    pub scenarios: u64,
    /// Requests in them.
    pub requests: u64,
    /// Allowed, by the standard if there is one.
    pub allow: u64,
    /// Denied by a Deny.
    pub explicit_deny: u64,
    /// Denied for want of an Allow.
    pub implicit_deny: u64,
    /// Requests that end in an input error, or under policies that are refused.
    pub undecided: u64,
    /// Invariants that were asked and said something.
    pub invariants: u64,
    /// Requests answered otherwise than by the standard, and invariants broken.
    pub failed: u64,
}

impl Counts {
    fn add(&mut self, other: &Counts) {
        self.scenarios += other.scenarios;
        self.requests += other.requests;
        self.allow += other.allow;
        self.explicit_deny += other.explicit_deny;
        self.implicit_deny += other.implicit_deny;
        self.undecided += other.undecided;
        self.invariants += other.invariants;
        self.failed += other.failed;
    }

    fn decided(&mut self, decision: Option<Decision>) {
        self.requests += 1;
        *match decision {
            Some(Decision::Allow) => &mut self.allow,
            Some(Decision::ExplicitDeny) => &mut self.explicit_deny,
            Some(Decision::ImplicitDeny) => &mut self.implicit_deny,
            None => &mut self.undecided,
        } += 1;
    }
}

/// What a run found.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How much was tried.
    pub counts: Counts,
    /// The first finding of each kind, in the order of the cases.
    pub findings: Vec<Finding>,
    /// How long it took.
    pub elapsed: Duration,
}

/// What one thread found: by kind, the first of each.
#[derive(Default)]
struct Found {
    counts: Counts,
    kinds: BTreeMap<String, Finding>,
}

impl Found {
    fn note(&mut self, finding: Finding) {
        match self.kinds.get_mut(&finding.kind) {
            Some(known) if known.case <= finding.case => {}
            Some(known) => *known = finding,
            None => drop(self.kinds.insert(finding.kind.clone(), finding)),
        }
    }
}

impl Generation<'_> {
    /// Generates and tries. `done` is told now and then how many more scenarios were tried, from any thread.
    pub fn run(&self, done: &(dyn Fn(u64) + Sync)) -> Outcome {
        let started = Instant::now();
        let next = AtomicU64::new(0);
        let work = || {
            let mut found = Found::default();
            loop {
                let from = next.fetch_add(CHUNK, Ordering::Relaxed);
                if from >= self.cases || self.time.is_some_and(|time| started.elapsed() >= time) {
                    return found;
                }
                let to = self.cases.min(from + CHUNK);
                (from..to).for_each(|case| self.case(case, &mut found));
                done(to - from);
            }
        };
        let parts: Vec<Found> = thread::scope(|scope| {
            let threads: Vec<_> = (0..self.jobs.max(1)).map(|_| scope.spawn(work)).collect();
            let joined = threads.into_iter().map(|thread| thread.join());
            joined.map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        let mut all = Found::default();
        for part in parts {
            all.counts.add(&part.counts);
            part.kinds.into_values().for_each(|finding| all.note(finding));
        }
        let mut findings: Vec<Finding> = all.kinds.into_values().collect();
        findings.sort_by_key(|finding| finding.case);
        findings.truncate(REMEMBERED);
        Outcome { counts: all.counts, findings, elapsed: started.elapsed() }
    }

    fn case(&self, case: u64, found: &mut Found) {
        let mut choices = Seeded::case(self.seed, case);
        let choices: &mut dyn Choices = &mut choices;
        let mut scenario = scenario(choices, &self.settings);
        if case % CROWDED == CROWDED - 1 {
            crowd(choices, &mut scenario);
        }
        found.counts.scenarios += 1;
        self.contest.requests(&scenario, &mut |request, decision, wrong| {
            found.counts.decided(decision);
            if let Some(kind) = wrong {
                found.counts.failed += 1;
                found.note(Finding::new(case, &scenario, request, Claim::Agreement, kind));
            }
        });
        let Body::Requests { requests, .. } = &scenario.body else { return };
        if requests.is_empty() {
            return;
        }
        for turn in 0..INVARIANTS {
            let nth = (case * INVARIANTS + turn) % ORACLES.len() as u64;
            let oracle = &ORACLES[nth as usize];
            let request = choices.pick(requests.len());
            match self.contest.invariant(oracle, &scenario, request, choices) {
                None => {}
                Some(Ok(())) => found.counts.invariants += 1,
                Some(Err(_)) => {
                    found.counts.invariants += 1;
                    found.counts.failed += 1;
                    let claim = Claim::Invariant(oracle);
                    found.note(Finding::new(case, &scenario, request, claim, oracle.rule.to_owned()));
                }
            }
        }
    }
}
