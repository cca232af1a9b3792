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
    /// The statements that apply, by level and in order.
    pub(crate) levels: Vec<Vec<Applicable>>,
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
}

impl Finding {
    /// The statements that apply, all levels together.
    pub(crate) fn statements(&self) -> impl Iterator<Item = &Applicable> {
        self.levels.iter().flatten()
    }

    pub(crate) fn allows(&self) -> bool {
        self.statements().any(Applicable::allows)
    }

    pub(crate) fn denies(&self) -> bool {
        self.statements().any(|statement| !statement.allows())
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
        for level in self.types.iter().flat_map(|finding| &finding.levels) {
            let wanted = level.iter().filter(|applicable| wanted(applicable));
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
        resource.statements().any(|statement| statement.allows() && statement.class == Some(class))
    }
}

impl<S: Semantics + ?Sized> Question<'_, S> {
    fn finding(&self, policy_type: PolicyType, kind: ResourceKind) -> Finding {
        let shown = if policy_type == PolicyType::Resource { resource_or_trust(kind) } else { policy_type };
        let state = self.state(policy_type);
        if state != ReportState::Evaluated {
            return Finding { policy_type: shown, state, levels: Vec::new() };
        }
        let supplied = self.environment.types[policy_type.place()].as_deref().unwrap_or_default();
        let has_levels = matches!(policy_type, PolicyType::Rcp | PolicyType::Scp);
        let mut levels = Vec::with_capacity(supplied.len() + 1);
        for level in 0..supplied.len() {
            let applicable = self.applicable(shown, supplied, level, has_levels);
            levels.push(self.standing(shown, applicable));
        }
        if policy_type == PolicyType::Resource {
            levels.push(self.acl_grants(shown));
        }
        Finding { policy_type: shown, state, levels }
    }

    /// The statements of a level that apply (EVAL-003), less the Deny statements that EVAL-033 sets aside.
    fn applicable(
        &self,
        policy_type: PolicyType,
        levels: &[Vec<Policy>],
        level: usize,
        has_levels: bool,
    ) -> Vec<Applicable> {
        let endpoint = self.endpoint_of(policy_type);
        let lockout_exempt = policy_type == PolicyType::Resource && self.lockout_exempt();
        let mut applicable = Vec::new();
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
        applicable
    }

    fn deny_reaches(&self, policy_type: PolicyType, class: Option<MatchClass>) -> bool {
        self.rule("PRIN-041", self.semantics().deny_reaches(policy_type, class))
    }

    /// Those of a level's applicable statements that stand beside each other: all (EVAL-003).
    fn standing(&self, policy_type: PolicyType, mut applicable: Vec<Applicable>) -> Vec<Applicable> {
        let effects: Vec<Effect> = applicable.iter().map(|statement| statement.effect).collect();
        let mut places = 0..effects.len();
        applicable
            .retain(|_| places.next().is_some_and(|at| self.semantics().stands(policy_type, &effects, at)));
        applicable
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
