//! Generated scenarios on which an evaluator answers otherwise than the standard: told apart by the rule that is broken, made minimal.

use assize_generate::{Seeded, Settings, scenario, shrink};
use assize_model::scenario::Body;
use assize_model::{Evaluator, Scenario, Verdict};
use assize_reference::Reference;

use crate::catalogue::Catalogue;
use crate::compare::{Strength, compare, least_strength, verdict_text};
use crate::generation::Contest;
use crate::generation::finding::BUDGET;

use super::diagnosis::{Diagnosis, Heard, Suspect, diagnose, suspects};

/// How many different findings are looked for.
const MOST: usize = 10;

/// How many requests that are answered otherwise are remembered to find different ones among.
const REMEMBERED: usize = 500;

/// How many scenarios are evidence for what explains a finding: of those with another answer, and of the others.
const EVIDENCE: usize = 150;

/// What was generated and how much of it was answered otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Scenarios.
    pub scenarios: u64,
    /// Requests that were asked.
    pub asked: u64,
    /// Requests that were not, for want of support.
    pub unasked: u64,
    /// Requests answered otherwise.
    pub differing: u64,
}

/// One way to answer otherwise than the standard.
pub struct Finding {
    /// The simplest scenario found, with one request.
    pub scenario: Scenario,
    /// The standard's answer.
    pub expected: Verdict,
    /// The evaluator's.
    pub actual: Verdict,
    /// The rule that it breaks, if one fault of the bank explains it, and that fault in words.
    pub rule: Option<(&'static str, &'static str)>,
    /// The rules that took part beyond those that take part in every decision.
    pub at_work: Vec<&'static str>,
    /// Whether it accuses: no rule behind it is open ([`Status::accuses`](crate::catalogue::Status::accuses)).
    pub accuses: bool,
}

/// What stays the same while a scenario is made simpler: both decisions. Whoever gives no answer may fail at any.
fn kind(expected: &Verdict, actual: &Verdict) -> (String, String) {
    let word = |verdict: &Verdict| match verdict.decision() {
        Some(decision) => decision.to_string(),
        None => verdict_text(verdict),
    };
    match actual {
        Verdict::Failed(_) => (String::new(), "failed".to_owned()),
        _ => (word(expected), word(actual)),
    }
}

/// Whether two verdicts differ at this strength, and at no lower one: each difference is told once.
fn differs(expected: &Verdict, actual: &Verdict, strength: Strength) -> bool {
    // Most agree, and are not compared again.
    compare(expected, actual, strength).is_some() && least_strength(expected, actual) == Some(strength)
}

/// Puts `cases` generated scenarios to the evaluator, and tells apart what it answers otherwise.
pub fn look(
    contest: &Contest<'_>,
    catalogue: &Catalogue,
    settings: &Settings,
    seed: u64,
    cases: u64,
) -> (Counts, Vec<Finding>) {
    let strength = contest.strength;
    let Some(standard) = &contest.standard else { return (Counts::default(), Vec::new()) };
    let mut counts = Counts::default();
    let mut differing: Vec<Heard> = Vec::new();
    let (mut bad, mut good): (Vec<Heard>, Vec<Heard>) = (Vec::new(), Vec::new());
    for case in 0..cases {
        let scenario = scenario(&mut Seeded::case(seed, case), settings);
        let heard = Heard::of(scenario, standard, &contest.tried);
        counts.scenarios += 1;
        let mut differ = 0;
        for (at, expected, actual) in heard.answers() {
            match actual {
                Verdict::Unsupported(_) => counts.unasked += 1,
                _ => counts.asked += 1,
            }
            if differs(expected, actual, strength) {
                differ += 1;
                if differing.len() < REMEMBERED {
                    differing.push(heard.alone(at));
                }
            }
        }
        counts.differing += differ;
        let evidence = if differ > 0 { &mut bad } else { &mut good };
        if evidence.len() < EVIDENCE {
            evidence.push(heard);
        }
    }
    if differing.is_empty() {
        return (counts, Vec::new());
    }
    bad.append(&mut good);
    let mut search = Search { contest, evidence: bad, plain: plain() };
    (counts, search.different(catalogue, &differing))
}

struct Search<'c, 'e> {
    contest: &'c Contest<'e>,
    evidence: Vec<Heard>,
    /// The rules that take part in every decision.
    plain: Vec<&'static str>,
}

impl Search<'_, '_> {
    fn different(&mut self, catalogue: &Catalogue, differing: &[Heard]) -> Vec<Finding> {
        let (suspects, mut known) = (suspects(), Vec::new());
        let mut unexplained: Vec<(String, String)> = Vec::new();
        let mut findings = Vec::new();
        let mut attempts = 0;
        for heard in differing {
            let Some(kind) = self.kind(heard) else { continue };
            if attempts == 2 * MOST || findings.len() == MOST {
                break;
            }
            if unexplained.contains(&kind) || self.is_known(heard, &known) {
                continue;
            }
            attempts += 1;
            // While it is made simpler it must not turn into something that is known already.
            let minimal = self.simplest(heard, &kind, &known);
            let strength = self.contest.strength;
            let diagnosis = diagnose(&suspects, &minimal, &self.evidence, strength);
            // What takes two bugs that are known to show is none of its own.
            let tangled = || self.is_known(&self.simplest(heard, &kind, &[]), &known);
            match diagnosis.suspect {
                _ if diagnosis.support < 2 && tangled() => continue,
                Some(suspect) => {
                    self.evidence.iter_mut().for_each(|heard| heard.forget(suspect, strength));
                    known.push(suspect);
                }
                None => unexplained.push(kind),
            }
            findings.extend(self.finding(catalogue, &minimal, &diagnosis));
        }
        findings
    }

    fn simplest(&self, heard: &Heard, kind: &(String, String), known: &[&Suspect]) -> Heard {
        let mut still = |scenario: &Scenario| {
            let heard = self.hear(scenario.clone());
            self.kind(&heard).as_ref() == Some(kind) && !self.is_known(&heard, known)
        };
        self.hear(shrink(heard.scenario(), &mut still, BUDGET).scenario)
    }

    /// Of what kind the difference in the one request of a scenario is, if there is one.
    fn kind(&self, heard: &Heard) -> Option<(String, String)> {
        let (_, expected, actual) = heard.answers().next()?;
        differs(expected, actual, self.contest.strength).then(|| kind(expected, actual))
    }

    /// Whether a known bug shows: what else is wrong does not show by itself there.
    fn is_known(&self, heard: &Heard, known: &[&Suspect]) -> bool {
        known.iter().any(|suspect| suspect.strays(heard, self.contest.strength))
    }

    fn hear(&self, scenario: Scenario) -> Heard {
        let tried = &self.contest.tried;
        Heard::of(scenario, self.contest.standard.as_ref().unwrap_or(tried), tried)
    }

    fn finding(&self, catalogue: &Catalogue, heard: &Heard, diagnosis: &Diagnosis<'_>) -> Option<Finding> {
        let (_, expected, actual) = heard.answers().next()?;
        let applied = applied(heard.scenario());
        let at_work = applied.into_iter().filter(|rule| !self.plain.contains(rule)).collect();
        let open = |rule: &&str| catalogue.rule(rule).is_some_and(|rule| !rule.standing.accuses());
        let rule = diagnosis.suspect.map(|suspect| (suspect.fault.rule, suspect.fault.summary));
        // Where nobody fits, what every explanation rests on must be open.
        let rests_on = rule.map_or(diagnosis.rules.clone(), |(rule, _)| vec![rule]);
        let accuses = rests_on.is_empty() || !rests_on.iter().all(open);
        let scenario = heard.scenario().clone();
        Some(Finding { scenario, expected: expected.clone(), actual: actual.clone(), rule, at_work, accuses })
    }
}

/// The rules that apply to the first request of a scenario, each once.
fn applied(scenario: &Scenario) -> Vec<&'static str> {
    let Body::Requests { policies, requests, .. } = &scenario.body else { return Vec::new() };
    let reference = Reference::new();
    let Ok(prepared) = Evaluator::prepare(&reference, policies) else { return Vec::new() };
    let request = requests.first().and_then(|case| case.request.as_ref().ok());
    let parts = request.map(|request| prepared.trace(request)).unwrap_or_default();
    parts.into_iter().filter(|part| part.applied).map(|part| part.rule).collect()
}

/// The rules that apply in the plainest decision there is.
fn plain() -> Vec<&'static str> {
    const PLAIN: &str = r#"{"name": "plain", "rules": ["EVAL-010"],
        "policies": {"identity": [{"id": "p", "source": "user", "document":
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}}]},
        "requests": [{"principal": {"kind": "user", "partition": "aws", "account": "111111111111", "path": "/", "name": "bob",
            "id": "AIDAEXAMPLEBOB"}, "action": "s3:GetObject",
            "resource": {"arn": "arn:aws:s3:::bkt/k", "account": "111111111111"}, "context": {}}]}"#;
    assize_model::scenario::read(PLAIN).iter().flatten().flat_map(applied).collect()
}
