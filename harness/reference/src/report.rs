//! The evaluation record (EVAL-067 to EVAL-069).

use assize_model::{Decision, Evaluation, PolicyType, Relation, ReportState, TypeReport};

use crate::findings::{Applicable, Finding, resource_or_trust};
use crate::question::Question;
use crate::semantics::Semantics;

impl<S: Semantics + ?Sized> Question<'_, S> {
    /// Decides, and records everything that the rules ask for.
    pub(crate) fn evaluate(mut self) -> Box<Evaluation> {
        let outcome = self.decide();
        if self.is_traced() {
            self.note_outcome(outcome.decision, outcome.deciding);
        }
        Box::new(Evaluation {
            decision: outcome.decision,
            deciding: outcome.deciding,
            determining: outcome.determining,
            by_type: self.by_type(),
            relation: self.relation(),
            missing_context_keys: self.missing_context_keys(),
        })
    }

    /// EVAL-069. If the request was decided without reading a policy, no type was applicable.
    fn by_type(&mut self) -> [TypeReport; 7] {
        let mut reports =
            PolicyType::REPORTED.map(|listed| TypeReport::unevaluated(listed, ReportState::NotApplicable));
        match self.take_findings() {
            Some(found) => {
                for (report, finding) in reports.iter_mut().zip(found.types) {
                    self.report(report, finding);
                }
            }
            None => {
                reports[PolicyType::Resource.place()].policy_type = resource_or_trust(self.effective_kind());
            }
        }
        reports
    }

    /// What one type had to say.
    fn report(&self, report: &mut TypeReport, finding: Finding) {
        report.policy_type = finding.policy_type;
        report.state = finding.state;
        if finding.state != ReportState::Evaluated {
            return;
        }
        let level_result = |level: &[Applicable]| {
            let denies = level.iter().any(|statement| !statement.allows());
            self.semantics().result(denies, level.iter().any(Applicable::allows))
        };
        let allows = match finding.policy_type {
            PolicyType::Rcp => true,
            PolicyType::Scp => {
                report.levels = finding.by_level().map(level_result).collect();
                finding.by_level().all(|level| level.iter().any(Applicable::allows))
            }
            PolicyType::Resource | PolicyType::Trust => {
                report.class = finding.statements.iter().filter(|s| s.allows()).filter_map(|s| s.class).max();
                finding.allows()
            }
            _ => finding.allows(),
        };
        report.result = Some(self.semantics().result(finding.denies(), allows));
        self.rule("EVAL-003", report.result != Some(Decision::ImplicitDeny));
        let allowing = finding.statements.iter().filter(|statement| statement.allows()).count();
        report.allow.reserve_exact(allowing);
        report.deny.reserve_exact(finding.statements.len() - allowing);
        for applicable in finding.statements {
            let list = if applicable.allows() { &mut report.allow } else { &mut report.deny };
            list.push(applicable.statement);
        }
    }

    /// EVAL-007.
    fn relation(&self) -> Relation {
        match self.principal().account() {
            None => Relation::ResourceOnly,
            Some(_) if self.cross_account() => Relation::CrossAccount,
            Some(_) => Relation::SameAccount,
        }
    }
}
