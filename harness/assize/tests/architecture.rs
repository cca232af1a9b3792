//! Who may know whom (CONTRIBUTING.md). Two evaluators that share a matcher share its bugs, so this is held by a test.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// What each member of the workspace may depend on inside the workspace, in its library and in its tests and benchmarks.
const ALLOWED: [(&str, &[&str]); 8] = [
    ("assize-model", &[]),
    ("assize-reference", &["assize-model"]),
    ("assize-engine", &["assize-model"]),
    // The engine's files once more, with switchable faults.
    ("assize-engine-faulty", &["assize-model"]),
    ("assize-generate", &["assize-model"]),
    (
        "assize",
        &["assize-model", "assize-reference", "assize-engine", "assize-engine-faulty", "assize-generate"],
    ),
    ("porter", &["assize"]),
    ("assize-mutation", &["assize-model", "assize-reference", "assize-engine", "assize-generate"]),
];

/// Crates that would let `model` decide something: patterns, dates, addresses, decimals, base64.
const DECIDING: [&str; 9] =
    ["base64", "bigdecimal", "chrono", "glob", "globset", "ipnet", "jiff", "regex", "time"];

/// Crate name to the names of its dependencies (development ones included), as cargo reads the manifests.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path"])
        .arg(manifest)
        .output()
        .expect("cargo metadata runs");
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let name = |value: &serde_json::Value| value["name"].as_str().expect("a name").to_owned();
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("dependencies");
            (name(package), dependencies.iter().map(name).collect())
        })
        .collect()
}

#[test]
fn crates_know_only_whom_they_may() {
    let dependencies = dependencies();
    let members: BTreeSet<&str> = dependencies.keys().map(String::as_str).collect();
    for (member, known) in &dependencies {
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| name == member) else {
            panic!("{member} is a new member of the workspace: say in this test whom it may know");
        };
        for known in known.iter().filter(|known| members.contains(known.as_str()) && *known != member) {
            assert!(allowed.contains(&known.as_str()), "{member} must not know {known}");
        }
    }
}

#[test]
fn the_model_has_nothing_to_decide_with() {
    let dependencies = dependencies();
    for deciding in DECIDING {
        assert!(
            !dependencies["assize-model"].contains(deciding),
            "the model decides nothing, so why {deciding}?"
        );
    }
}
