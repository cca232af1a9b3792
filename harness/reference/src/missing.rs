//! The context keys that policies name (EVAL-076).

use assize_model::request::DERIVED_KEYS;
use assize_model::{Statement, Version};

use crate::environment::Policy;
use crate::question::Question;
use crate::semantics::Semantics;
use crate::variable::{Segment, has_reference, segments};

/// Every key that a condition or a policy variable names, each in the spelling of its first use, without those that every principal
/// record yields (PRIN-015).
pub(crate) fn named_keys<'p, S: Semantics + ?Sized>(
    semantics: &S,
    policies: impl Iterator<Item = &'p Policy>,
) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    let mut name = |key: &str| {
        let known =
            keys.iter().map(String::as_str).chain(DERIVED_KEYS).any(|known| semantics.key_equal(known, key));
        if !known {
            keys.push(key.to_owned());
        }
    };
    for policy in policies {
        for statement in &policy.document.statements {
            keys_of_statement(semantics, statement, policy.document.version, &mut name);
        }
    }
    keys
}

fn keys_of_statement<S: Semantics + ?Sized>(
    semantics: &S,
    statement: &Statement,
    version: Version,
    name: &mut impl FnMut(&str),
) {
    let variables = semantics.variables_expand(version);
    let entries = statement.resource.iter().flat_map(|resource| &resource.entries);
    for entry in entries.filter(|entry| variables && has_reference(entry)) {
        let tail = &entry[semantics.head_length(entry, version)..];
        variable_names(tail).for_each(&mut *name);
    }
    for block in &statement.condition {
        let positive = semantics.positive_of(block.operator.base).unwrap_or(block.operator.base);
        let takes_variables = variables && semantics.operator_takes_variables(positive);
        for key in &block.keys {
            name(&key.key);
            for value in key.values.iter().filter(|_| takes_variables) {
                variable_names(&value.text).for_each(&mut *name);
            }
        }
    }
}

fn variable_names(text: &str) -> impl Iterator<Item = &str> {
    segments(text).filter_map(|segment| match segment {
        Segment::Variable { name, .. } => Some(name),
        _ => None,
    })
}

impl<S: Semantics + ?Sized> Question<'_, S> {
    /// The keys that the policies name and the request does not have; one without values is absent (COND-008).
    pub(crate) fn missing_context_keys(&self) -> Vec<String> {
        let absent = |key: &&String| {
            self.matcher.context().find(|known| self.semantics().key_equal(known, key)).is_empty()
        };
        let missing: Vec<String> = self.environment.named_keys.iter().filter(absent).cloned().collect();
        self.rule("EVAL-076", !missing.is_empty());
        missing
    }
}
