//! What every policy type has to say about a request: which types are consulted (EVAL-006), and which of their statements apply.

use std::sync::Arc;

use assize_model::{Effect, EndpointKind, MatchClass, PolicyType, ReportState, ResourceKind, StatementRef};

use crate::environment::Policy;
use crate::question::Question;
use crate::semantics::{Semantics, StatementPlace};

/// The findings of all types.
#[derive(Clone, Debug)]
pub(crate) struct Findings {
    /// The effective kind of the resource (EVAL-049, EVAL-059).
    pub(crate) kind: ResourceKind,
    /// In the order of [`PolicyType::REPORTED`].
    pub(crate) types: [Finding; 7],
}

/// The findings of one type.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    /// The type; `Trust` for a role's trust policy.
    pub(crate) policy_type: PolicyType,
    pub(crate) state: ReportState,
    /// How many levels were read.
    pub(crate) levels: usize,
    /// The statements that apply, by level and in order.
    pub(crate) statements: Vec<Applicable>,
}

/// A statement that applies, or a grant of an access control list.
#[derive(Clone, Debug)]
pub(crate) struct Applicable {
    pub(crate) effect: Effect,
    /// The class of its principal element, where it has one (PRIN-028).
    pub(crate) class: Option<MatchClass>,
    pub(crate) statement: StatementRef,
}

impl Applicable {
    pub(crate) fn allows(&self) -> bool {
        self.effect == Effect::Allow
    }

    /// The level that it stands at; 0 for types without levels.
    fn level(&self) -> usize {
        self.statement.level.unwrap_or_default()
    }
}

impl Finding {
    pub(crate) fn allows(&self) -> bool {
        self.statements.iter().any(Applicable::allows)
    }

    pub(crate) fn denies(&self) -> bool {
        self.statements.iter().any(|statement| !statement.allows())
    }

    /// The statements of each level that apply, root first.
    pub(crate) fn by_level(&self) -> impl Iterator<Item = &[Applicable]> {
        let mut rest = self.statements.as_slice();
        (0..self.levels).map(move |level| {
            let (of_level, after) =
                rest.split_at(rest.partition_point(|applicable| applicable.level() <= level));
            rest = after;
            of_level
        })
    }

    /// Whether it allows, if it was consulted and supplied.
    pub(crate) fn allows_if_evaluated(&self) -> Option<bool> {
        (self.state == ReportState::Evaluated).then(|| self.allows())
    }
}

impl Findings {
    /// Reads every consulted policy.
    pub(crate) fn of<S: Semantics + ?Sized>(question: &Question<'_, S>) -> Self {
        let kind = question.effective_kind();
        Findings { kind, types: PolicyType::REPORTED.map(|policy_type| question.finding(policy_type, kind)) }
    }

    /// The statements that apply and are `wanted`, in order (EVAL-066).
    pub(crate) fn statements(&self, wanted: impl Fn(&Applicable) -> bool) -> Vec<StatementRef> {
        let mut statements = Vec::new();
        for finding in &self.types {
            let wanted = finding.statements.iter().filter(|applicable| wanted(applicable));
            statements.extend(wanted.map(|applicable| applicable.statement.clone()));
        }
        statements
    }

    pub(crate) fn of_type(&self, policy_type: PolicyType) -> &Finding {
        &self.types[policy_type.place()]
    }

    /// Whether the resource side grants with this class (EVAL-010, step 5).
    pub(crate) fn grants(&self, class: MatchClass) -> bool {
        let resource = self.of_type(PolicyType::Resource);
        resource.statements.iter().any(|statement| statement.allows() && statement.class == Some(class))
    }
}

impl<S: Semantics + ?Sized> Question<'_, S> {
    fn finding(&self, policy_type: PolicyType, kind: ResourceKind) -> Finding {
        let shown = if policy_type == PolicyType::Resource { resource_or_trust(kind) } else { policy_type };
        let state = self.state(policy_type);
        if state != ReportState::Evaluated {
            return Finding { policy_type: shown, state, levels: 0, statements: Vec::new() };
        }
        let supplied = self.environment.types[policy_type.place()].as_deref().unwrap_or_default();
        let has_levels = matches!(policy_type, PolicyType::Rcp | PolicyType::Scp);
        let mut statements = Vec::new();
        for level in 0..supplied.len() {
            let before = statements.len();
            self.add_applicable(&mut statements, shown, supplied, level, has_levels);
            self.leave_standing(&mut statements, before, shown);
        }
        if policy_type == PolicyType::Resource {
            statements.extend(self.acl_grants(shown));
        }
        Finding { policy_type: shown, state, levels: supplied.len(), statements }
    }

    /// Adds the statements of a level that apply (EVAL-003), less the Deny statements that EVAL-033 sets aside.
    fn add_applicable(
        &self,
        applicable: &mut Vec<Applicable>,
        policy_type: PolicyType,
        levels: &[Vec<Policy>],
        level: usize,
        has_levels: bool,
    ) {
        let endpoint = self.endpoint_of(policy_type);
        let lockout_exempt = policy_type == PolicyType::Resource && self.lockout_exempt();
        for (index, policy) in levels[level].iter().enumerate() {
            let document = &policy.document;
            for (at, statement) in document.statements.iter().enumerate() {
                let place = StatementPlace {
                    policy_type,
                    level,
                    levels: levels.len(),
                    policy: index,
                    source: policy.source.as_ref(),
                    statement: at,
                };
                if !self.semantics().reads(&place, statement) {
                    continue;
                }
                let Some((effect, class)) = self.applies(statement, document.version, endpoint) else {
                    continue;
                };
                let denies = effect == Effect::Deny;
                if denies && (lockout_exempt || !self.deny_reaches(policy_type, class)) {
                    continue;
                }
                let statement_ref = StatementRef {
                    policy_type,
                    level: has_levels.then_some(level),
                    policy: Arc::clone(&policy.id),
                    statement: at,
                    sid: statement.sid.clone(),
                    region: document.regions.get(at).copied(),
                };
                applicable.push(Applicable { effect, class, statement: statement_ref });
            }
        }
    }

    fn deny_reaches(&self, policy_type: PolicyType, class: Option<MatchClass>) -> bool {
        self.rule("PRIN-041", self.semantics().deny_reaches(policy_type, class))
    }

    /// Leaves those of a level's applicable statements, which begin at `first`, that stand beside each other: all (EVAL-003).
    fn leave_standing(&self, applicable: &mut Vec<Applicable>, first: usize, policy_type: PolicyType) {
        let effects: Vec<Effect> = applicable[first..].iter().map(|statement| statement.effect).collect();
        let mut places = 0..applicable.len();
        let stands = |at: usize| at < first || self.semantics().stands(policy_type, &effects, at - first);
        applicable.retain(|_| places.next().is_some_and(stands));
    }

    /// The kind of endpoint as whose policy principals are read (EVAL-022).
    fn endpoint_of(&self, policy_type: PolicyType) -> Option<EndpointKind> {
        let endpoint = self.environment.endpoint.filter(|_| policy_type == PolicyType::Vpce);
        endpoint.map(|kind| self.semantics().endpoint_reading(kind))
    }
}

/// `Trust` for roles, else `Resource` (EVAL-066).
pub(crate) fn resource_or_trust(kind: ResourceKind) -> PolicyType {
    if kind == ResourceKind::RoleTrust { PolicyType::Trust } else { PolicyType::Resource }
}

#[cfg(test)]
mod tests {
    use assize_model::{Decision, Effect, Evaluator, PolicyType, Scenario, scenario};

    use crate::{Reference, Semantics};

    /// Of what applies at a level the last statement stands alone.
    #[derive(Debug)]
    struct LastOfALevel;

    impl Semantics for LastOfALevel {
        fn stands(&self, _policy_type: PolicyType, effects: &[Effect], at: usize) -> bool {
            at + 1 == effects.len()
        }
    }

    /// EVAL-003 is one decision, asked level by level: whoever makes it otherwise changes what each level comes to, and no more.
    #[test]
    fn what_stands_is_asked_of_each_level() {
        const LEVELS: &str = r#"{"name": "levels", "rules": ["EVAL-003"],
            "policies": {"scps": [
                [{"id": "root", "document": {"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Action": "*", "Resource": "*"}]}}],
                [{"id": "unit", "document": {"Version": "2012-10-17", "Statement": [
                    {"Effect": "Deny", "Action": "*", "Resource": "*"},
                    {"Effect": "Allow", "Action": "*", "Resource": "*"}]}}]],
              "identity": [{"id": "own", "source": "user", "document": {"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Action": "*", "Resource": "*"}]}}]},
            "requests": [{"principal": {"kind": "user", "partition": "aws", "account": "111111111111", "path": "/", "name": "u",
                "id": "AIDAEXAMPLEU"}, "action": "s3:GetObject",
                "resource": {"arn": "arn:aws:s3:::b/k", "account": "111111111111"}}]}"#;
        let scenarios: Vec<Scenario> = scenario::read(LEVELS).expect("a scenario");
        let decision = |evaluator: &dyn Evaluator| {
            let scenario::Body::Requests { policies, requests, .. } = &scenarios[0].body else {
                panic!("it has requests")
            };
            let prepared = evaluator.prepare(policies).expect("policies that are taken");
            prepared.evaluate(requests[0].request.as_ref().expect("a request")).decision()
        };
        assert_eq!(decision(&Reference::new()), Some(Decision::ExplicitDeny));
        assert_eq!(decision(&Reference::with("last", Box::new(LastOfALevel))), Some(Decision::Allow));
    }
}
