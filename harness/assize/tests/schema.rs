//! The JSON Schemas of `corpus/schema` agree with what is read and what is printed.

use std::path::{Path, PathBuf};
use std::process::Command;

use jsonschema::Validator;
use serde_json::{Value, json};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn schema(name: &str) -> Validator {
    let schema = read(&repository().join("corpus/schema").join(name));
    jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn assert_valid(schema: &Validator, value: &Value, what: &str) {
    let faults: Vec<String> = schema
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .take(3)
        .collect();
    assert!(faults.is_empty(), "{what}: {faults:#?}");
}

/// Runs the command and holds every line that it prints against a schema. Returns how many lines there were.
fn assert_lines(name: &str, arguments: &[&str]) -> usize {
    let schema = schema(name);
    let output = Command::new(env!("CARGO_BIN_EXE_assize"))
        .args(arguments)
        .current_dir(repository())
        .output()
        .expect("the command runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    for line in text.lines() {
        let value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_valid(&schema, &value, line);
    }
    text.lines().count()
}

fn json_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            json_files(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension == "json") {
            found.push(entry);
        }
    }
}

#[test]
fn every_case_obeys_the_schema() {
    let schema = schema("scenario.schema.json");
    let mut files = Vec::new();
    json_files(&repository().join("corpus/cases"), &mut files);
    assert!(files.len() > 400, "{} files", files.len());
    for file in files {
        assert_valid(&schema, &read(&file), &file.display().to_string());
    }
}

#[test]
fn the_scenario_schema_refuses_what_the_reader_refuses() {
    let schema = schema("scenario.schema.json");
    let principal = json!({"kind": "anonymous"});
    let request = json!({"principal": principal, "action": "s3:GetObject", "resource": {"arn": "*"}});
    let good = json!({"name": "a", "rules": ["EVAL-001"], "policies": {}, "requests": [request]});
    assert_valid(&schema, &good, "a good scenario");
    let mut changes: Vec<(&str, Value)> = Vec::new();
    let mut change = |what, edit: &dyn Fn(&mut Value)| {
        let mut bad = good.clone();
        edit(&mut bad);
        changes.push((what, bad));
    };
    change("an unknown member", &|bad| bad["polices"] = json!({}));
    change("no rules", &|bad| bad["rules"] = json!([]));
    change("an unknown policy type", &|bad| bad["policies"]["rcp"] = json!([]));
    change("an unknown kind", &|bad| bad["requests"][0]["principal"]["kind"] = json!("group"));
    change("an unknown decision", &|bad| bad["requests"][0]["expect"] = json!({"decision": "Deny"}));
    change("both an operation and requests", &|bad| bad["operation"] = json!({"op": "x"}));
    for (what, bad) in changes {
        assert!(!schema.is_valid(&bad), "the schema takes {what}");
        assert!(assize_model::scenario::read(&bad.to_string()).is_err(), "the reader takes {what}");
    }
}

#[test]
fn results_obey_their_schema() {
    assert!(assert_lines("trial.schema.json", &["run", "--json", "--cases", "300"]) > 3_000);
}

#[test]
fn explanations_obey_their_schema() {
    let chapters = ["corpus/cases/05-principals", "corpus/cases/06-evaluation"];
    for chapter in chapters {
        assert!(assert_lines("explanation.schema.json", &["explain", chapter, "--json", "--trace"]) > 100);
    }
}

#[test]
fn findings_obey_their_schema() {
    let folder = tempfile::tempdir().expect("a folder");
    let document = folder.path().join("bad.json");
    let text = r#"{"Statement": {"Effect": "allow", "Action": "s3", "Resource": "x", "Condition": {"Bool": {"k": "x"}}}}"#;
    std::fs::write(&document, text).expect("a file");
    let document = document.to_str().expect("UTF-8");
    assert_eq!(assert_lines("finding.schema.json", &["check", document, "--type", "identity", "--json"]), 4);
    assert!(assert_lines("finding.schema.json", &["check", document, "--type", "trust", "--json"]) > 4);
}

#[test]
fn rules_obey_their_schema() {
    assert!(assert_lines("rule.schema.json", &["rules", "--json"]) > 700);
}
