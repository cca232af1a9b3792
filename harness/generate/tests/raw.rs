//! Raw documents: valid and invalid of every type, every kind of fault, nothing that breaks the grammar.

use std::collections::BTreeMap;

use assize_generate::value::Type;
use assize_generate::{Choices, Labelled, RawDocument, Seeded, raw, raw_document};
use assize_model::{Code, Diagnostic, Document, Grammar, PolicyType};

const SEED: u64 = 7;
const CASES: u64 = 2_000;

/// The dates that documents without fault hold: those of the generator's vocabulary that are no malformed ones.
fn is_date(text: &str) -> bool {
    const ODD: [&str; 5] = ["2024-03", "1704067200", "0", "2024-02-29t00:00z", "2024-03-01T00:00:00.5+01:00"];
    let known =
        |text: &str| Type::Date.families().iter().any(|f| f.same.contains(&text) || f.near.contains(&text));
    ODD.contains(&text) || known(text)
}

fn parse(document: &RawDocument) -> Result<Document, Vec<Diagnostic>> {
    let grammar = Grammar { policy_type: document.policy_type, managed: document.managed, is_date };
    grammar.parse(&document.text)
}

/// The documents of one type and the labels of each.
fn documents(policy_type: PolicyType) -> Vec<(RawDocument, BTreeMap<&'static str, u64>)> {
    (0..CASES)
        .map(|index| {
            let mut source = Seeded::case(SEED, index);
            let mut labelled = Labelled::new(&mut source);
            let document = raw_document(&mut labelled, policy_type);
            (document, labelled.counts)
        })
        .collect()
}

#[test]
fn half_of_the_documents_of_every_type_are_valid() {
    for policy_type in PolicyType::ALL {
        let documents = documents(policy_type);
        let valid = documents.iter().filter(|(document, _)| parse(document).is_ok()).count();
        let share = valid * 100 / documents.len();
        assert!((45..=70).contains(&share), "{share} % of the {policy_type} documents are valid");
    }
}

#[test]
fn a_document_without_fault_is_valid() {
    for policy_type in PolicyType::ALL {
        for (document, labels) in documents(policy_type) {
            if labels.contains_key("document without fault") {
                let faults = parse(&document).err().unwrap_or_default();
                assert_eq!(faults, [], "{policy_type}, managed {}: {}", document.managed, document.text);
            }
        }
    }
}

/// Whether documents of a type have a place for a kind of fault.
fn has_place(policy_type: PolicyType, label: &str) -> bool {
    use PolicyType as Type;
    match label {
        "fault: principal shape" | "fault: principal value" => {
            matches!(policy_type, Type::Resource | Type::Trust | Type::Vpce | Type::Rcp)
        }
        "fault: full access of an RCP" => policy_type == Type::Rcp,
        _ => true,
    }
}

#[test]
fn every_kind_of_fault_is_reached_and_found() {
    for policy_type in PolicyType::ALL {
        let mut reached: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for (document, labels) in documents(policy_type) {
            let faults: Vec<&&str> = labels.keys().filter(|label| label.starts_with("fault: ")).collect();
            // Only where it stands alone is it known that the grammar found this one.
            if let [fault] = faults[..] {
                let count = reached.entry(fault).or_default();
                count.0 += 1;
                count.1 += u64::from(parse(&document).is_err());
            }
        }
        let labels = raw::labels().filter(|label| label.starts_with("fault: "));
        for label in labels.filter(|label| has_place(policy_type, label)) {
            let (made, refused) = reached.get(label).copied().unwrap_or_default();
            assert!(made > 0, "no {policy_type} document has the {label}");
            assert!(refused > 0, "no {policy_type} document with the {label} is refused ({made} are made)");
        }
    }
}

#[test]
fn every_code_that_refuses_a_document_occurs() {
    let mut seen = std::collections::BTreeSet::new();
    for policy_type in PolicyType::ALL {
        for (document, _) in documents(policy_type) {
            seen.extend(parse(&document).err().unwrap_or_default().into_iter().map(|fault| fault.code));
        }
    }
    // Sizes are a stage of their own (GRAM-050); the other codes are advice.
    let refusing = Code::ALL.iter().filter(|code| code.as_str().starts_with("E_") && **code != Code::Size);
    let missing: Vec<&Code> = refusing.filter(|code| !seen.contains(code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn equal_choices_make_equal_texts() {
    let text = |index| raw_document(&mut Seeded::case(SEED, index), PolicyType::Resource);
    assert!((0..200).all(|index| text(index) == text(index)));
    assert!((0..200).any(|index| text(index) != text(index + 1)));
}

#[test]
fn a_dry_source_makes_a_valid_document() {
    struct Dry;
    impl Choices for Dry {
        fn pick(&mut self, _: usize) -> usize {
            0
        }
    }
    for policy_type in PolicyType::ALL {
        let document = raw_document(&mut Dry, policy_type);
        assert_eq!(parse(&document).err(), None, "{}", document.text);
    }
}
