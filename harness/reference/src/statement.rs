//! When a statement applies (EVAL-002).

use std::cell::Cell;

use assize_model::{Effect, EndpointKind, MatchClass, Statement, Version};

use crate::question::Question;
use crate::semantics::Semantics;

impl<S: Semantics + ?Sized> Question<'_, S> {
    /// With which effect a statement applies, and with which class where it has a principal; `None` if it does not apply. `endpoint` is
    /// the kind of endpoint whose policy it stands in.
    pub(crate) fn applies(
        &self,
        statement: &Statement,
        version: Version,
        endpoint: Option<EndpointKind>,
    ) -> Option<(Effect, Option<MatchClass>)> {
        let class = Cell::new(None);
        let effect = self.semantics().effect_of(
            statement,
            self.matcher.action_element(&statement.action, self.action()),
            &|| self.resource_matches(statement, version),
            &|| {
                let Some(element) = &statement.principal else { return true };
                class.set(self.principal_element(element, endpoint));
                class.get().is_some()
            },
            &|| self.matcher.condition_holds(&statement.condition, version),
        );
        self.rule("EVAL-002", effect.is_some());
        effect.map(|effect| (effect, class.get()))
    }

    fn resource_matches(&self, statement: &Statement, version: Version) -> bool {
        match &statement.resource {
            Some(element) => self.matcher.resource_element(element, version, self.resource().as_str()),
            None => self.rule("EVAL-024", self.semantics().absent_resource_element()),
        }
    }
}
