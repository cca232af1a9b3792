//! The scenario files of chapters 01 to 04 are those that the one-line cases make, and no rule is without.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use assize::carry::{CARRIED_CHAPTERS, CarryError, CaseProblem, carry, files, is_carried};
use assize::catalogue::{Catalogue, Rule, Status};
use serde_json::Value;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../corpus/cases");

fn standard() -> Catalogue {
    Catalogue::standard().expect("the standard is whole; see the tests of the catalogue")
}

/// The rules of chapters 01 to 04, each with the path of its file.
fn rules(catalogue: &Catalogue) -> Vec<(&Rule, PathBuf)> {
    let early = catalogue.rules.iter().filter(|rule| rule.chapter < CARRIED_CHAPTERS);
    let path =
        |rule: &Rule| Path::new(catalogue.chapters[rule.chapter].slug()).join(format!("{}.json", rule.id));
    early.map(|rule| (rule, path(rule))).collect()
}

/// What stands in the files of chapters 01 to 04.
fn on_disk(catalogue: &Catalogue) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for chapter in catalogue.chapters.iter().take(CARRIED_CHAPTERS) {
        for entry in fs::read_dir(Path::new(CASES).join(chapter.slug())).expect("a folder for each chapter") {
            let path = entry.expect("an entry").path();
            let name = Path::new(chapter.slug()).join(path.file_name().expect("a file name"));
            found.insert(name, fs::read_to_string(path).expect("a readable file"));
        }
    }
    found
}

#[test]
fn carried_files_are_as_the_cases_make_them() {
    let catalogue = standard();
    let disk = on_disk(&catalogue);
    for file in files(&catalogue).expect("every one-line case can be carried over") {
        assert!(
            disk.get(&file.path) == Some(&file.text),
            "run 'assize carry': {} differs",
            file.path.display()
        );
    }
}

#[test]
fn every_rule_has_a_file_and_every_file_a_rule() {
    let catalogue = standard();
    let excused = fs::read_to_string(Path::new(CASES).join("not-executed.md"))
        .expect("the list of rules without a case");
    let disk: BTreeSet<PathBuf> = on_disk(&catalogue).into_keys().collect();
    let rules = rules(&catalogue);
    for (rule, path) in &rules {
        let is_excused = excused.lines().any(|line| line.starts_with(&format!("- {}: ", rule.id)));
        assert!(disk.contains(path) != is_excused, "{}: a file or a reason, and not both", rule.id);
    }
    let known: BTreeSet<PathBuf> = rules.into_iter().map(|(_, path)| path).collect();
    let strays: Vec<&PathBuf> = disk.difference(&known).collect();
    assert!(strays.is_empty(), "files of no rule: {strays:?}");
}

#[test]
fn no_case_line_is_lost() {
    let catalogue = standard();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../corpus/spec");
    let lines_of = |chapter: &str| -> usize {
        let text = fs::read_to_string(format!("{folder}/{chapter}")).expect("a chapter on disk");
        text.lines().filter(|line| line.starts_with("- `{\"") && line.contains("}` → ")).count()
    };
    let lines: usize =
        catalogue.chapters.iter().take(CARRIED_CHAPTERS).map(|chapter| lines_of(chapter.file)).sum();
    let carried = files(&catalogue).expect("every one-line case can be carried over");
    assert_eq!(carried.iter().map(|file| file.cases).sum::<usize>(), lines);
    assert_eq!(carried.len(), rules(&catalogue).iter().filter(|(rule, _)| is_carried(rule)).count());
}

#[test]
fn scenarios_name_their_rules_and_no_name_is_used_twice() {
    let catalogue = standard();
    let mut names = BTreeSet::new();
    for (path, text) in on_disk(&catalogue) {
        let place = path.display();
        let scenarios: Vec<Value> =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{place}: {error}"));
        assert!(!scenarios.is_empty(), "{place} is empty");
        for scenario in scenarios {
            let name = scenario["name"].as_str().unwrap_or_default().to_string();
            let rules: Vec<&str> =
                scenario["rules"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let filed_under = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            assert_eq!(rules.first(), Some(&filed_under), "{place}: {name}");
            assert!(
                rules.iter().all(|rule| catalogue.rule(rule).is_some()),
                "{place}: {name} names an unknown rule"
            );
            assert!(name.starts_with(&format!("{}/", filed_under.to_lowercase())), "{place}: {name}");
            let rule = catalogue.rule(filed_under).expect("checked above");
            let status = scenario["status"].as_str().map(Status::from_word);
            assert_ne!(status, Some(None), "{place}: {name} has an unknown status");
            assert!(status.is_some() || rule.standing.own().is_some(), "{place}: {name} has no status");
            assert!(names.insert(name.clone()), "{name} is used twice");
        }
    }
}

/// A chapter with one rule that has this case line.
fn with_case(case: &str) -> Catalogue {
    let text = format!("# C\n---\n### AAA-001 T\nRule: r\nSource: s\nStatus: documented\nCases:\n- {case}\n");
    Catalogue::read(&[("01-small.md", text.leak())]).expect("a whole rule")
}

fn carried(case: &str) -> Vec<Value> {
    let files = files(&with_case(case)).expect("a case that can be carried over");
    serde_json::from_str(&files[0].text).expect("a list of scenarios")
}

#[test]
fn an_element_is_asked_both_ways() {
    let scenarios = carried(r#"`{"pat":"s3:Get*","action":"s3:GetObject"}` → true — choice"#);
    let [allow, deny] = &scenarios[..] else { panic!("two scenarios, not {}", scenarios.len()) };
    assert_eq!(
        (allow["name"].as_str(), deny["name"].as_str()),
        (Some("aaa-001/01-allow"), Some("aaa-001/01-deny"))
    );
    assert_eq!(allow["status"], "choice");
    assert_eq!(allow["policies"]["identity"][0]["document"]["Statement"]["Action"], "s3:Get*");
    assert_eq!(allow["requests"][0]["expect"]["decision"], "Allow");
    assert_eq!(deny["requests"][0]["expect"]["decision"], "ExplicitDeny");

    let scenarios = carried(r#"`{"pat":"s3:Get*","not":true,"action":"s3:GetObject"}` → false"#);
    assert_eq!(scenarios[0]["policies"]["identity"][0]["document"]["Statement"]["NotAction"], "s3:Get*");
    assert_eq!(scenarios[0]["requests"][0]["expect"]["decision"], "ImplicitDeny");
    assert_eq!(scenarios[1]["requests"][0]["expect"]["determining"][0]["policy"], "broad");
}

#[test]
fn a_document_stands_in_the_place_of_its_type() {
    let document = r#""doc":{"Statement":[]}"#;
    for (policy_type, place) in [
        ("identity", "/policies/identity/0/document"),
        ("boundary", "/policies/boundary/document"),
        ("session", "/policies/session/0/document"),
        ("resource", "/policies/resource/document"),
        ("trust", "/policies/resource/document"),
        ("scp", "/policies/scps/0/0/document"),
        ("rcp", "/policies/rcps/0/0/document"),
        ("vpce", "/policies/endpoint/document"),
    ] {
        let scenarios = carried(&format!("`{{\"type\":\"{policy_type}\",{document}}}` → reject E_EMPTY"));
        assert!(scenarios[0].pointer(place).is_some_and(Value::is_object), "{policy_type}: {}", scenarios[0]);
        assert_eq!(scenarios[0]["expect"]["rejected"], "E_EMPTY");
        assert_eq!(scenarios[0]["requests"], Value::Array(Vec::new()));
    }
}

#[test]
fn a_request_supplies_no_key_that_its_principal_yields() {
    let scenarios = carried(
        r#"`{"cond":{"StringEquals":{"aws:username":"bob"}},"ctx":{"aws:username":"bob","k":"v"}}` → true"#,
    );
    let request = &scenarios[0]["requests"][0];
    assert_eq!(request["context"], serde_json::json!({"k": "v"}));
    assert_eq!(request["principal"]["name"], "bob");
}

#[test]
fn cases_that_nobody_can_be_asked_are_refused() {
    let problem = |case: &str| match files(&with_case(case)) {
        Err(CarryError::Case { problem, .. }) => Some(problem),
        _ => None,
    };
    let elsewhere = r#"`{"res":"*","req":"arn:aws:sqs:us-east-1:123456789012:q","ctx":{"aws:PrincipalAccount":"222222222222"}}` → true"#;
    assert_eq!(problem(elsewhere), Some(CaseProblem::Accounts));
    let mixed = "`{\"glob\":\"*\",\"s\":\"a\"}` → true\n- and so on";
    assert_eq!(problem(mixed), Some(CaseProblem::Prose));
    assert!(files(&with_case("prose alone is written by hand")).expect("nothing to carry").is_empty());
}

#[test]
fn only_its_own_files_are_written() {
    let folder = std::env::temp_dir().join(format!("assize-carry-{}", std::process::id()));
    let by_hand = folder.join("01-small/BBB-001.json");
    fs::create_dir_all(folder.join("01-small")).expect("a folder for the test");
    fs::write(&by_hand, "[]").expect("a file for the test");
    let catalogue = with_case(r#"`{"glob":"*","s":"a"}` → true"#);
    let written = carry(&catalogue, &folder).expect("a writable folder");
    let on_disk = fs::read_to_string(folder.join("01-small/AAA-001.json"));
    let untouched = fs::read_to_string(&by_hand);
    fs::remove_dir_all(&folder).expect("the folder of the test");
    assert_eq!(on_disk.ok(), Some(written[0].text.clone()));
    assert_eq!(untouched.ok().as_deref(), Some("[]"));
}
