//! What an oracle works on: a situation, an evaluator, and a source of choices.

use assize_generate::Choices;
use assize_model::{
    DecidingType, Decision, Evaluation, Evaluator, PolicyType, ReportState, Scenario, TypeReport, Verdict,
};

use super::situation::Situation;

/// What an oracle says: `Ok` if its claim holds.
pub type Outcome = Result<(), Stop>;

/// Why an oracle's claim does not hold, or says nothing.
#[derive(Clone, Debug)]
pub enum Stop {
    /// A precondition failed: which.
    NotApplicable(&'static str),
    /// The claim does not hold.
    Broken(Box<Violation>),
}

/// An invariant that an evaluator breaks.
#[derive(Clone, Debug)]
pub struct Violation {
    /// The claim that does not hold.
    pub claim: String,
    /// What was asked and answered.
    pub before: Observed,
    /// What was asked after the transformation and answered; `None` if the claim is about one answer.
    pub after: Option<Observed>,
}

/// A question and its answer.
#[derive(Clone, Debug)]
pub struct Observed {
    /// The policies and the one request.
    pub scenario: Scenario,
    /// The answer.
    pub verdict: Verdict,
}

/// The precondition that fails if an evaluator refuses the policies.
pub const REFUSED: &str = "the evaluator takes the policies";
/// The precondition that fails if an evaluator answers an input error.
pub const INPUT_ERROR: &str = "the request fits the policies";
/// The precondition that fails for requests that are decided outside the policies.
pub const OUTSIDE: &str =
    "the policies decide the request (not EVAL-008, EVAL-057, EVAL-058, EVAL-063, EVAL-081)";
const NO_ANSWER: &str = "the evaluator answers";
const NO_RECORD: &str = "the evaluator answers with a record";

/// A situation, an evaluator, and a source of choices.
pub struct Bench<'b> {
    /// Who answers.
    pub evaluator: &'b dyn Evaluator,
    /// Whom INV-092 holds it against, if anyone.
    pub standard: Option<&'b dyn Evaluator>,
    /// The recogniser of dates (COND-060, COND-061) that documents are read with.
    pub is_date: fn(&str) -> bool,
    /// Whether a violation would accuse somebody else's evaluator: what is disputed is left out (INV-012).
    pub accusing: bool,
    /// The policies and the request that oracles start from.
    pub situation: Situation,
    /// Chooses statements, types and variations.
    pub choices: &'b mut dyn Choices,
}

/// An answer that holds a decision.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The decision.
    pub decision: Decision,
    /// The deciding type, if the evaluator says.
    pub deciding: Option<Option<DecidingType>>,
    verdict: Verdict,
}

impl Answer {
    /// The record.
    ///
    /// # Errors
    /// Not applicable if the evaluator gives none.
    pub fn record(&self) -> Result<&Evaluation, Stop> {
        match &self.verdict {
            Verdict::Evaluated(evaluation) => Ok(evaluation),
            _ => Err(Stop::NotApplicable(NO_RECORD)),
        }
    }

    /// The verdict that it was read from.
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// `SAME` of chapter 08: the decision, and the deciding type as far as both are known.
    pub fn is_same(&self, other: &Answer) -> bool {
        self.decision == other.decision
            && match (self.deciding, other.deciding) {
                (Some(one), Some(other)) => one == other,
                _ => true,
            }
    }

    /// The deciding policy type of an implicit denial.
    pub fn lacking(&self) -> Option<PolicyType> {
        match (self.decision, self.deciding) {
            (Decision::ImplicitDeny, Some(Some(DecidingType::Policy(policy_type)))) => Some(policy_type),
            _ => None,
        }
    }
}

/// The report of a type, the trust policy being the resource-based policy of a role.
pub fn report(evaluation: &Evaluation, policy_type: PolicyType) -> &TypeReport {
    &evaluation.by_type[policy_type.place()]
}

/// Whether a type was consulted, by the evaluator's own record.
pub fn consulted(evaluation: &Evaluation, policy_type: PolicyType) -> bool {
    report(evaluation, policy_type).state == ReportState::Evaluated
}

/// Stops unless a precondition holds.
pub fn needs(holds: bool, precondition: &'static str) -> Outcome {
    if holds { Ok(()) } else { Err(Stop::NotApplicable(precondition)) }
}

impl Bench<'_> {
    /// A copy of the situation that the oracle starts from.
    pub fn start(&self) -> Situation {
        self.situation.clone()
    }

    /// The answer to a situation.
    ///
    /// # Errors
    /// Not applicable if the policies do not decide the request, or if there is no decision.
    pub fn decide(&self, situation: &Situation) -> Result<Answer, Stop> {
        needs(!situation.is_outside_policies(), OUTSIDE)?;
        let verdict = self.verdict(situation)?;
        let decision = match &verdict {
            Verdict::InputError(_) => return Err(Stop::NotApplicable(INPUT_ERROR)),
            other => other.decision().ok_or(Stop::NotApplicable(NO_ANSWER))?,
        };
        let deciding = match &verdict {
            Verdict::Evaluated(evaluation) => Some(evaluation.deciding),
            Verdict::Decided { deciding, .. } => *deciding,
            _ => None,
        };
        Ok(Answer { decision, deciding, verdict })
    }

    /// The verdict on a situation, whatever it is.
    ///
    /// # Errors
    /// Not applicable if the policies are refused.
    pub fn verdict(&self, situation: &Situation) -> Result<Verdict, Stop> {
        ask(self.evaluator, situation)
    }

    /// One of `items`.
    ///
    /// # Errors
    /// Not applicable for want of `what`, if there are none.
    pub fn choose<'i, T>(&mut self, items: &'i [T], what: &'static str) -> Result<&'i T, Stop> {
        if items.is_empty() { Err(Stop::NotApplicable(what)) } else { Ok(self.choices.one_of(items)) }
    }

    /// `true` in `percent` of 100 cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.choices.chance(percent)
    }

    /// A number below `n`.
    pub fn pick(&mut self, n: usize) -> usize {
        self.choices.pick(n)
    }

    /// Asks both and holds their answers against `claim`.
    ///
    /// # Errors
    /// Broken if `holds` says no.
    pub fn compare(
        &self,
        before: &Situation,
        after: &Situation,
        claim: &str,
        holds: impl FnOnce(&Answer, &Answer) -> bool,
    ) -> Outcome {
        let first = self.decide(before)?;
        let second = self.decide(after)?;
        if holds(&first, &second) {
            Ok(())
        } else {
            Err(broken(claim, (before, &first), Some((after, &second))))
        }
    }

    /// `SAME`: equal decisions and deciding types.
    ///
    /// # Errors
    /// Broken if they differ.
    pub fn same(&self, before: &Situation, after: &Situation, claim: &str) -> Outcome {
        self.compare(before, after, claim, Answer::is_same)
    }

    /// `same`: equal decisions.
    ///
    /// # Errors
    /// Broken if they differ.
    pub fn same_decision(&self, before: &Situation, after: &Situation, claim: &str) -> Outcome {
        self.compare(before, after, claim, |first, second| first.decision == second.decision)
    }

    /// `d' >= d`: the second decision is at least as restrictive.
    ///
    /// # Errors
    /// Broken if it is less restrictive.
    pub fn narrows(&self, before: &Situation, after: &Situation, claim: &str) -> Outcome {
        self.compare(before, after, claim, |first, second| second.decision >= first.decision)
    }

    /// `d' <= d`: the second decision is at most as restrictive.
    ///
    /// # Errors
    /// Broken if it is more restrictive.
    pub fn widens(&self, before: &Situation, after: &Situation, claim: &str) -> Outcome {
        self.compare(before, after, claim, |first, second| second.decision <= first.decision)
    }

    /// Asks once and holds the answer against `claim`.
    ///
    /// # Errors
    /// Broken if `holds` says no.
    pub fn claim(&self, situation: &Situation, claim: &str, holds: impl FnOnce(&Answer) -> bool) -> Outcome {
        let answer = self.decide(situation)?;
        check(holds(&answer), claim, situation, &answer)
    }
}

/// Asks an evaluator.
///
/// # Errors
/// Not applicable if it refuses the policies.
pub fn ask(evaluator: &dyn Evaluator, situation: &Situation) -> Result<Verdict, Stop> {
    match evaluator.prepare(&situation.policies()) {
        Ok(prepared) => Ok(prepared.evaluate(&situation.request)),
        Err(_) => Err(Stop::NotApplicable(REFUSED)),
    }
}

/// Breaks unless `holds`: a claim about one answer.
///
/// # Errors
/// Broken.
pub fn check(holds: bool, claim: &str, situation: &Situation, answer: &Answer) -> Outcome {
    if holds { Ok(()) } else { Err(broken(claim, (situation, answer), None)) }
}

/// A violation of `claim`.
pub fn broken(claim: &str, before: (&Situation, &Answer), after: Option<(&Situation, &Answer)>) -> Stop {
    broken_verdicts(
        claim,
        (before.0, before.1.verdict.clone()),
        after.map(|(situation, answer)| (situation, answer.verdict.clone())),
    )
}

/// A violation of `claim`, of answers that need not be decisions.
pub fn broken_verdicts(
    claim: &str,
    before: (&Situation, Verdict),
    after: Option<(&Situation, Verdict)>,
) -> Stop {
    // The runner files the scenarios under the oracle's rule.
    let observed = |name: &str, (situation, verdict): (&Situation, Verdict)| Observed {
        scenario: situation.scenario(name, "INV-001"),
        verdict,
    };
    Stop::Broken(Box::new(Violation {
        claim: claim.to_owned(),
        before: observed("before", before),
        after: after.map(|after| observed("after", after)),
    }))
}
