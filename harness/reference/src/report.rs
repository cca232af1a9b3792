//! The evaluation record (EVAL-067 to EVAL-069).

use assize_model::{Decision, Evaluation, PolicyType, Relation, ReportState, TypeReport};

use crate::findings::{Applicable, Finding, resource_or_trust};
use crate::question::Question;
use crate::semantics::Semantics;

impl<S: Semantics + ?Sized> Question<'_, S> {
    /// Decides, and records everything that the rules ask for.
    pub(crate) fn evaluate(mut self) -> Evaluation {
        let outcome = self.decide();
        self.note_outcome(outcome.decision, outcome.deciding);
        Evaluation {
            decision: outcome.decision,
            deciding: outcome.deciding,
            determining: outcome.determining,
            by_type: self.by_type(),
            relation: self.relation(),
            missing_context_keys: self.missing_context_keys(),
        }
    }

    /// EVAL-069. If the request was decided without reading a policy, no type was applicable.
    fn by_type(&mut self) -> [TypeReport; 7] {
        match self.take_findings() {
            Some(found) => found.types.map(|finding| self.report(finding)),
            None => PolicyType::REPORTED.map(|listed| {
                let resource = listed == PolicyType::Resource;
                let shown = if resource { resource_or_trust(self.effective_kind()) } else { listed };
                TypeReport::unevaluated(shown, ReportState::NotApplicable)
            }),
        }
    }

    fn report(&self, finding: Finding) -> TypeReport {
        let mut report = TypeReport::unevaluated(finding.policy_type, finding.state);
        if finding.state != ReportState::Evaluated {
            return report;
        }
        let level_result = |level: &Vec<Applicable>| {
            let denies = level.iter().any(|statement| !statement.allows());
            self.semantics().result(denies, level.iter().any(Applicable::allows))
        };
        let allows = match finding.policy_type {
            PolicyType::Rcp => true,
            PolicyType::Scp => {
                report.levels = finding.levels.iter().map(level_result).collect();
                finding.levels.iter().all(|level| level.iter().any(Applicable::allows))
            }
            PolicyType::Resource | PolicyType::Trust => {
                report.class = finding.statements().filter(|s| s.allows()).filter_map(|s| s.class).max();
                finding.allows()
            }
            _ => finding.allows(),
        };
        report.result = Some(self.semantics().result(finding.denies(), allows));
        self.rule("EVAL-003", report.result != Some(Decision::ImplicitDeny));
        for level in finding.levels {
            for applicable in level {
                let list = if applicable.allows() { &mut report.allow } else { &mut report.deny };
                list.push(applicable.statement);
            }
        }
        report
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
