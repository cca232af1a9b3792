//! Policy variables.

use std::borrow::Cow;

use assize_model::{BaseOperator, Version};
use assize_reference::variable::Lookup;
use assize_reference::{Correct, Semantics};

faults! { FAULTS, Evaluation, "variables";
    "variables-under-2008", "MATCH-061", Real, OverGrant, "Variables are substituted under version 2008-10-17 too.":
    fn variables_expand(&self, _version: Version) -> bool { true }

    "variables-never", "MATCH-061", Plausible, OverGrant, "Variables are not substituted.":
    fn variables_expand(&self, _version: Version) -> bool { false }

    "variables-in-numbers-named", "MATCH-062", Plausible, Record, "A variable under a numeric operator counts as a key that the policy names.":
    fn operator_takes_variables(&self, base: BaseOperator) -> bool {
        Correct.operator_takes_variables(base) || base.as_str().starts_with("Numeric")
    }

    "no-variables-in-arn-conditions", "MATCH-062", Plausible, OverGrant, "The ARN operators take no variables.":
    fn operator_takes_variables(&self, base: BaseOperator) -> bool {
        Correct.operator_takes_variables(base) && !base.as_str().starts_with("Arn")
    }

    "no-variables-in-bool", "MATCH-062", Plausible, OverGrant, "Bool takes no variables.":
    fn operator_takes_variables(&self, base: BaseOperator) -> bool {
        Correct.operator_takes_variables(base) && base != BaseOperator::Bool
    }

    "variables-only-under-like", "MATCH-062", Plausible, OverGrant, "Of the string operators only the Like ones take variables.":
    fn operator_takes_variables(&self, base: BaseOperator) -> bool {
        Correct.operator_takes_variables(base) && !base.as_str().starts_with("StringEquals")
    }

    "variable-name-case-counts", "MATCH-063", Real, OverGrant, "Variable names are looked up with regard to case.":
    fn variable_name_equal(&self, name: &str, key: &str) -> bool { name == key }

    "variable-name-without-prefix", "MATCH-063", Real, OverGrant, "Variable names are looked up without their service prefix.":
    fn variable_name_equal(&self, name: &str, key: &str) -> bool {
        let bare = |name: &str| name.split_once(':').map_or(name, |(_, rest)| rest).to_ascii_lowercase();
        bare(name) == bare(key)
    }

    "first-of-several-values-substituted", "MATCH-064", Real, OverGrant, "Of a key with several values the first is substituted.":
    fn variable_value<'c>(&self, _name: &str, values: &'c [Cow<'_, str>]) -> Lookup<'c> {
        match values { values if Correct.is_null(values) => Lookup::NoValue, values => Lookup::Value(&values[0]) }
    }

    "last-of-several-values-substituted", "MATCH-064", Plausible, OverGrant, "Of a key with several values the last is substituted.":
    fn variable_value<'c>(&self, _name: &str, values: &'c [Cow<'_, str>]) -> Lookup<'c> {
        match values { values if Correct.is_null(values) => Lookup::NoValue, values => Lookup::Value(&values[values.len() - 1]) }
    }

    "empty-value-substituted", "MATCH-065", Plausible, OverGrant, "An empty value is substituted as it is.":
    fn variable_value<'c>(&self, name: &str, values: &'c [Cow<'_, str>]) -> Lookup<'c> {
        match values { [value] => Lookup::Value(value), values => Correct.variable_value(name, values) }
    }

    "several-values-count-as-none", "MATCH-064", Plausible, OverGrant, "A key with several values has none, so that a default takes its place.":
    fn variable_value<'c>(&self, name: &str, values: &'c [Cow<'_, str>]) -> Lookup<'c> {
        match Correct.variable_value(name, values) { Lookup::Several => Lookup::NoValue, found => found }
    }

    "well-known-variables-only", "MATCH-063", Real, OverGrant, "Only a short list of variables is substituted.":
    fn variable_value<'c>(&self, name: &str, values: &'c [Cow<'_, str>]) -> Lookup<'c> {
        let known = ["aws:username", "aws:userid", "aws:principalaccount", "aws:sourceip"];
        if known.contains(&name.to_ascii_lowercase().as_str()) { Correct.variable_value(name, values) } else { Lookup::NoValue }
    }

    "tag-variables-not-substituted", "MATCH-063", Plausible, OverGrant, "Variables that name a tag have no value.":
    fn variable_value<'c>(&self, name: &str, values: &'c [Cow<'_, str>]) -> Lookup<'c> {
        if name.contains('/') { Lookup::NoValue } else { Correct.variable_value(name, values) }
    }

    "service-variables-not-substituted", "MATCH-063", Plausible, OverGrant, "Only variables with the prefix aws: have a value.":
    fn variable_value<'c>(&self, name: &str, values: &'c [Cow<'_, str>]) -> Lookup<'c> {
        if name.to_ascii_lowercase().starts_with("aws:") { Correct.variable_value(name, values) } else { Lookup::NoValue }
    }

    "default-ignored", "MATCH-065", Real, OverGrant, "The default of a variable is not used.":
    fn default_for<'t>(&self, _default: Option<&'t str>, _lookup: Lookup<'_>) -> Option<&'t str> { None }

    "default-wins", "MATCH-065", Plausible, OverGrant, "The default of a variable takes the place of its value.":
    fn default_for<'t>(&self, default: Option<&'t str>, _lookup: Lookup<'_>) -> Option<&'t str> { default }

    "default-for-several-values", "MATCH-064", Plausible, OverGrant, "A default takes the place of several values.":
    fn default_for<'t>(&self, default: Option<&'t str>, lookup: Lookup<'_>) -> Option<&'t str> {
        default.filter(|_| !matches!(lookup, Lookup::Value(_)))
    }

    "default-ends-at-comma", "MATCH-060", Plausible, OverGrant, "The default of a variable ends at its first comma.":
    fn default_for<'t>(&self, default: Option<&'t str>, lookup: Lookup<'_>) -> Option<&'t str> {
        Correct.default_for(default, lookup).and_then(|default| default.split(',').next())
    }

    "empty-default-ignored", "MATCH-060", Plausible, OverGrant, "An empty default is none.":
    fn default_for<'t>(&self, default: Option<&'t str>, lookup: Lookup<'_>) -> Option<&'t str> {
        Correct.default_for(default, lookup).filter(|default| !default.is_empty())
    }

    "unresolved-variable-is-empty", "MATCH-066", Real, OverGrant, "A variable without value stands for the empty text.":
    fn unresolved_text(&self) -> Option<&'static str> { Some("") }

    "unresolved-variable-is-a-word", "MATCH-066", Plausible, OverGrant, "A variable without value stands for the word undefined.":
    fn unresolved_text(&self) -> Option<&'static str> { Some("undefined") }

    "escaped-star-is-a-wildcard", "MATCH-067", Plausible, OverGrant, "An escaped asterisk is a wildcard.":
    fn escape_is_literal(&self, character: char) -> bool { character != '*' }

    "escaped-question-mark-is-a-wildcard", "MATCH-067", Plausible, OverGrant, "An escaped question mark is a wildcard.":
    fn escape_is_literal(&self, character: char) -> bool { character != '?' }

    "value-wildcards-live", "MATCH-068", Real, OverGrant, "Wildcards that come from a context value work.":
    fn value_is_literal(&self) -> bool { false }

    "default-wildcards-live", "MATCH-068", Plausible, OverGrant, "Wildcards that come from a default work.":
    fn default_is_literal(&self) -> bool { false }

    "variables-in-head", "MATCH-071", Real, OverGrant, "Variables are substituted in the head of a resource.":
    fn head_takes_variables(&self) -> bool { true }

    "colons-in-variables-separate-fields", "MATCH-071", Plausible, OverGrant, "The colon in a variable's name ends a field of the resource.":
    fn head_length(&self, entry: &str, _version: Version) -> usize { Correct.head_length(entry, Version::V2008) }
}
