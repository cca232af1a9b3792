//! The explanations of the documents of two pages of the vendor, kept as snapshots: what stands in them is what users read.

use std::path::{Path, PathBuf};

use assize::catalogue::Catalogue;
use assize::corpus::Corpus;
use assize::explain::Explainer;
use assize_reference::Reference;

fn explanations(page: &str) -> String {
    let catalogue = Catalogue::standard().unwrap();
    let file = format!("corpus/cases/pages/{page}.json");
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(&file);
    let corpus = Corpus::load(&[path], &catalogue).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let reference = Reference::new();
    let explainer =
        Explainer { evaluator: &reference, catalogue: &catalogue, trace: false, extra: Vec::new() };
    let mut shown = String::new();
    for mut entry in corpus.entries {
        entry.file = Path::new(&file).into();
        shown.push_str(&format!("{}\n\n", entry.scenario.name));
        for explanation in explainer.requests(&entry) {
            shown.push_str(&explanation.text(&catalogue));
            shown.push('\n');
        }
    }
    anstream::adapter::strip_str(&shown).to_string()
}

#[track_caller]
fn holds(page: &str) {
    let shown = explanations(page);
    assert!(!shown.contains("not what the scenario expects"), "{shown}");
    insta::with_settings!({
        snapshot_path => "../../../snapshots/explain",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(page, shown);
    });
}

#[test]
fn roles_for_ec2() {
    holds("ec2-roles");
}

#[test]
fn delegating_access() {
    holds("delegation");
}
