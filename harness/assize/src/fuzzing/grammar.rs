//! The two grammars, and the writer of documents.

use arbitrary::Unstructured;
use assize_generate::{Choices, raw_document};
use assize_model::scenario::Body;
use assize_model::{
    EndpointKind, EndpointPolicy, Grammar, IdentityPolicy, IdentitySource, Policies, PolicySource,
    PolicyType, ResourceKind, ResourcePolicy, Scenario,
};
use assize_reference::{date, grammar};

use super::holding;
use crate::drivers::{Bytes, ScenarioInput};

/// The bytes as the text of a document. Bytes that are not UTF-8 become a character that no document may hold.
pub(super) fn text(bytes: &[u8]) -> ScenarioInput {
    let source = PolicySource::new("text", String::from_utf8_lossy(bytes));
    ScenarioInput { scenario: holding(policies_of(PolicyType::Identity, source)), variation: 0 }
}

/// The document that the generator makes of the bytes, in one of its spellings and perhaps with faults.
pub(super) fn document(bytes: &[u8]) -> ScenarioInput {
    let mut source = Unstructured::new(bytes);
    let mut bytes = Bytes::new(&mut source);
    let policy_type = PolicyType::ALL[bytes.pick(PolicyType::ALL.len())];
    let document = raw_document(&mut bytes, policy_type);
    let source = PolicySource { managed: document.managed, ..PolicySource::new("document", document.text) };
    ScenarioInput { scenario: holding(policies_of(policy_type, source)), variation: 0 }
}

/// Holds the model's grammar against the predicates of the reference: for every document, as each policy type, stored or not.
pub(super) fn grammars_agree(scenario: &Scenario, _variation: u8) -> Result<(), String> {
    for (_, source) in documents(scenario) {
        let text = &source.document.text;
        for policy_type in PolicyType::ALL {
            for managed in [false, true] {
                let read = Grammar { policy_type, managed, is_date: date::is_date }.parse(text);
                if read.is_ok() != grammar::accepts(policy_type, managed, text) {
                    let managed = if managed { ", stored" } else { "" };
                    let read = match read {
                        Ok(_) => "the grammar takes it, the predicates refuse it".to_owned(),
                        Err(faults) => {
                            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
                            format!("the predicates take it, the grammar refuses it: {}", faults.join("; "))
                        }
                    };
                    return Err(format!("{:?} as {policy_type}{managed}: {read}", &**text));
                }
            }
        }
    }
    Ok(())
}

/// Reads, writes and reads every document that is accepted.
pub(super) fn writing_keeps(scenario: &Scenario, _variation: u8) -> Result<(), String> {
    for (policy_type, source) in documents(scenario) {
        let grammar = Grammar { policy_type, managed: source.managed, is_date: date::is_date };
        let Ok(document) = grammar.parse(&source.document.text) else { continue };
        let written = document.to_json();
        let what = match grammar.parse(&written) {
            Err(faults) => format!(
                "is refused: {}",
                faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
            ),
            Ok(again) if again != document => "reads as another document".to_owned(),
            Ok(again) if again.to_json() != written => format!("is then written as {}", again.to_json()),
            Ok(_) if !grammar::accepts(policy_type, source.managed, &written) => {
                "is refused by the predicates".to_owned()
            }
            Ok(_) => continue,
        };
        return Err(format!("{policy_type} {}: what is written {what}\nwritten: {written}", source.id));
    }
    Ok(())
}

/// Every document with the type that it is supplied as.
fn documents(scenario: &Scenario) -> Vec<(PolicyType, &PolicySource)> {
    match &scenario.body {
        Body::Requests { policies, .. } => policies.documents(),
        Body::Operation { .. } => Vec::new(),
    }
}

/// One policy where a policy of its type belongs.
fn policies_of(policy_type: PolicyType, policy: PolicySource) -> Policies {
    let mut policies = Policies::default();
    match policy_type {
        PolicyType::Rcp => policies.rcps = Some(vec![vec![policy]]),
        PolicyType::Scp => policies.scps = Some(vec![vec![policy]]),
        PolicyType::Vpce => {
            policies.endpoint = Some(EndpointPolicy { kind: EndpointKind::Interface, policy })
        }
        PolicyType::Resource => {
            policies.resource = Some(ResourcePolicy { kind: ResourceKind::Ordinary, policy })
        }
        PolicyType::Trust => {
            policies.resource = Some(ResourcePolicy { kind: ResourceKind::RoleTrust, policy })
        }
        PolicyType::Identity => {
            policies.identity = Some(vec![IdentityPolicy { source: IdentitySource::User, policy }]);
        }
        PolicyType::Boundary => policies.boundary = vec![policy],
        PolicyType::Session => policies.session = Some(vec![policy]),
    }
    policies
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_found_where_it_was_put() {
        for policy_type in PolicyType::ALL {
            let source = PolicySource::new("p", "{}");
            let scenario = holding(policies_of(policy_type, source.clone()));
            assert_eq!(documents(&scenario), [(policy_type, &source)]);
        }
    }
}
