//! Generated scenarios: both evaluators answer them alike, they are kept in files without loss, both grammars agree on raw documents,
//! and a faulty evaluator is found, its fault made minimal, kept and replayed.

use std::fs;
use std::process::Command;
use std::thread;

use assize::catalogue::Catalogue;
use assize::compare::Strength;
use assize::corpus::{Corpus, Entry, files_below};
use assize::generation::finding::{Minimal, UNKEPT};
use assize::generation::{Claim, Contest, Finding, Generation, Outcome, SEED};
use assize::regressions::PREFIX;
use assize::stats::bars::{Bar, RAREST, TEST_SHARE};
use assize::stats::met::Meeting;
use assize::stats::{self, Sample};
use assize::trial::{Judgement, Subject};
use assize_engine::Engine;
use assize_generate::{Choices, Seeded, Settings, raw_document, scenario};
use assize_model::json;
use assize_model::scenario::{self as files, Body, Expect};
use assize_model::{
    BaseOperator, Decision, Description, Evaluator, Grammar, Policies, PolicyType, Prepared, Refusal,
    Request, StatementRef, Verdict,
};
use assize_reference::{Reference, Semantics, date, grammar};

/// How many scenarios are generated: `ASSIZE_CASES`, or what takes a few seconds.
fn cases(default: u64) -> u64 {
    std::env::var("ASSIZE_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn own<'e>(name: &str, evaluator: &'e dyn Evaluator) -> Subject<'e> {
    Subject { name: name.to_owned(), evaluator, own: true }
}

fn generation<'e>(tried: Subject<'e>, standard: Option<Subject<'e>>, cases: u64) -> Generation<'e> {
    Generation {
        contest: Contest { tried, standard, strength: Strength::Record },
        settings: Settings::default(),
        seed: SEED,
        cases,
        time: None,
        jobs: thread::available_parallelism().map_or(1, usize::from),
    }
}

fn catalogue() -> Catalogue {
    Catalogue::standard().expect("the standard is whole")
}

#[test]
fn the_engine_answers_as_the_reference_does_and_keeps_the_invariants() {
    let (reference, engine) = (Reference::new(), Engine::new());
    let run = generation(own("engine", &engine), Some(own("reference", &reference)), cases(3_000));
    let Outcome { counts, findings, .. } = run.run(&|_| {});
    if let Some(finding) = findings.first() {
        let Minimal { entry, .. } =
            finding.minimal(&run.contest, &catalogue(), None).expect("nothing is written");
        panic!(
            "{} in case {}: {}\n{}",
            finding.claim.rule(),
            finding.case,
            finding.kind,
            entry.scenario.to_json()
        );
    }
    assert_eq!(counts.failed, 0);
    assert!(counts.requests > 8 * counts.scenarios, "{counts:?}");
    assert!(counts.invariants * 5 > counts.scenarios, "{counts:?}");
    assert_eq!(
        counts.requests,
        counts.allow + counts.explicit_deny + counts.implicit_deny + counts.undecided
    );
}

#[test]
fn what_is_generated_is_kept_without_loss() {
    for case in 0..cases(3_000) / 3 {
        let settings = Settings { large: 0, ..Settings::default() };
        let scenario = scenario(&mut Seeded::case(SEED, case), &settings);
        let read =
            files::read(&scenario.to_json()).unwrap_or_else(|faults| panic!("case {case}: {}", faults[0]));
        let [read] = &read[..] else { panic!("case {case} is {} scenarios", read.len()) };
        let (written, read) = (parts(&scenario), parts(read));
        assert_eq!(written.0, read.0, "policies of case {case}");
        assert_eq!(written.1, read.1, "requests of case {case}");
    }
}

/// Policies, with the white space of their documents laid out alike, and requests.
fn parts(scenario: &assize_model::Scenario) -> (String, &[files::Case]) {
    let Body::Requests { policies, requests, .. } = &scenario.body else { panic!("an operation") };
    (json::pretty(&files::policies_json(policies)).expect("JSON"), requests)
}

#[test]
fn both_grammars_agree_on_raw_documents() {
    let mut taken = 0;
    let cases = cases(3_000);
    for case in 0..cases {
        let mut choices = Seeded::case(SEED, case);
        let choices: &mut dyn Choices = &mut choices;
        let policy_type = *choices.one_of(&PolicyType::ALL);
        let document = raw_document(choices, policy_type);
        let grammar = Grammar { policy_type, managed: document.managed, is_date: date::is_date };
        let parsed = grammar.parse(&document.text);
        let accepted = grammar::accepts(policy_type, document.managed, &document.text);
        assert_eq!(parsed.is_ok(), accepted, "case {case}, {policy_type}: {parsed:?}\n{}", document.text);
        taken += u64::from(accepted);
    }
    assert!((30..=75).contains(&(taken * 100 / cases)), "{taken} of {cases} are accepted");
}

/// An Allow that applies beats a Deny.
struct AllowWins;

impl Semantics for AllowWins {
    fn result(&self, denies: bool, allows: bool) -> Decision {
        match (denies, allows) {
            (_, true) => Decision::Allow,
            (true, false) => Decision::ExplicitDeny,
            (false, false) => Decision::ImplicitDeny,
        }
    }

    fn deny_counts(
        &self,
        _principal: &assize_model::Principal,
        _deny: &StatementRef,
        resource_allows: bool,
    ) -> bool {
        !resource_allows
    }
}

#[test]
fn a_faulty_evaluator_is_found_and_its_fault_kept_and_replayed() {
    let catalogue = catalogue();
    let reference = Reference::new();
    let faulty = Reference::with("faulty", Box::new(AllowWins));
    let run = generation(own("faulty", &faulty), Some(own("reference", &reference)), 300);
    let Outcome { counts, findings, .. } = run.run(&|_| {});
    assert!(counts.failed > 0);
    let decides = |kind: &str| kind.starts_with("Allow instead of ExplicitDeny");
    let finding =
        findings.iter().find(|finding| decides(&finding.kind)).expect("it lets through what is denied");
    assert!(matches!(finding.claim, Claim::Agreement));

    let folder = tempfile::tempdir().expect("a folder");
    let made = finding.minimal(&run.contest, &catalogue, Some(folder.path())).expect("a file");
    assert!(made.kept && made.minimal, "{made:?}");
    let Body::Requests { policies, requests, .. } = &made.entry.scenario.body else { panic!("an operation") };
    assert_eq!(requests.len(), 1);
    let Some(Expect::Decision { decision, determining, .. }) = &requests[0].expect else {
        panic!("{requests:?}")
    };
    assert_eq!(*decision, Decision::ExplicitDeny, "the reference's answer, not that of the accused");
    assert!(determining.as_ref().is_some_and(|statements| !statements.is_empty()));
    let statements = files::policies_json(policies).matches("\"Effect\"").count();
    // Two, or three where the Deny and the Allow that beats it are of two policies and one of these needs an Allow of its own.
    assert!((2..=3).contains(&statements), "{}", made.entry.scenario.to_json());

    // The name tells the content, and nothing else is left in the folder.
    let written = files_below(folder.path()).expect("a folder");
    assert_eq!(written, [made.entry.file.to_path_buf()]);
    let again = finding.minimal(&run.contest, &catalogue, Some(folder.path())).expect("a file");
    assert_eq!(again.entry.file, made.entry.file);

    // A later run reads the file, and what failed fails.
    let corpus = Corpus::load(&[folder.path().to_path_buf()], &catalogue).expect("a corpus");
    let [entry] = &corpus.entries[..] else { panic!("{} scenarios", corpus.entries.len()) };
    assert!(entry.scenario.name.starts_with(&format!("{PREFIX}faulty/")), "{}", entry.scenario.name);
    let replayed = run.contest.replay(entry, &catalogue);
    let failed = replayed.iter().filter(|tried| matches!(tried.judgement, Judgement::Failed(_)));
    assert_eq!(failed.count(), 1, "{replayed:?}");
    let engine = Engine::new();
    let sound = Contest { tried: own("engine", &engine), ..run.contest.clone() };
    assert!(sound.replay(entry, &catalogue).iter().all(|tried| tried.judgement == Judgement::Passed));
}

#[test]
fn a_broken_invariant_is_found_without_a_standard_and_replayed() {
    let catalogue = catalogue();
    let faulty = Reference::with("faulty", Box::new(AllowWins));
    let run = generation(own("faulty", &faulty), None, 1_500);
    let Outcome { counts, findings, .. } = run.run(&|_| {});
    assert!(counts.failed > 0, "{counts:?}");
    let finding = findings.first().expect("a finding");
    assert!(matches!(finding.claim, Claim::Invariant(_)), "{finding:?}");

    let folder = tempfile::tempdir().expect("a folder");
    let made = finding.minimal(&run.contest, &catalogue, Some(folder.path())).expect("a file");
    assert!(made.kept, "{made:?}");
    let Entry { scenario, .. } = &made.entry;
    assert_eq!(scenario.rules, [finding.claim.rule()]);
    let Body::Requests { requests, .. } = &scenario.body else { panic!("an operation") };
    assert!(
        requests.iter().all(|case| case.expect.is_none()),
        "the accused says nothing about what is right"
    );
    let broken = |contest: &Contest<'_>| {
        let replayed =
            contest.replay_invariant(&made.entry, &catalogue).expect("the invariant says something");
        matches!(replayed.judgement, Judgement::Failed(_))
    };
    assert!(broken(&run.contest));
    let reference = Reference::new();
    assert!(!broken(&Contest { tried: own("reference", &reference), ..run.contest.clone() }));
}

/// Panics for one action.
struct Fragile(Reference);

struct FragilePrepared<'f>(Box<dyn Prepared + 'f>);

impl Evaluator for Fragile {
    fn describe(&self) -> Description {
        self.0.describe()
    }

    fn prepare<'e>(&'e self, policies: &Policies) -> Result<Box<dyn Prepared + 'e>, Refusal> {
        Ok(Box::new(FragilePrepared(Evaluator::prepare(&self.0, policies)?)))
    }
}

impl Prepared for FragilePrepared<'_> {
    fn evaluate(&self, request: &Request) -> Verdict {
        assert_ne!(request.action().as_str(), "s3:ListBucket", "not this one");
        self.0.evaluate(request)
    }
}

#[test]
fn a_panic_is_a_finding_and_findings_do_not_depend_on_threads() {
    let (reference, fragile) = (Reference::new(), Fragile(Reference::new()));
    let mut run = generation(own("fragile", &fragile), Some(own("reference", &reference)), 100);
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let kinds = [1, 3].map(|jobs| {
        run.jobs = jobs;
        let outcome = run.run(&|_| {});
        let findings: Vec<_> =
            outcome.findings.iter().map(|finding| (finding.case, finding.kind.clone())).collect();
        (outcome.counts, findings)
    });
    let panicked = |finding: &&Finding| finding.kind.starts_with("failed instead of");
    let findings = run.run(&|_| {}).findings;
    let finding = findings.iter().find(panicked).expect("a panic");
    let made = finding.minimal(&run.contest, &catalogue(), None).expect("nothing is written");
    std::panic::set_hook(hook);
    assert_eq!(kinds[0], kinds[1]);
    assert!(!made.kept);
    assert_eq!(*made.entry.file, *std::path::Path::new(UNKEPT));
    assert!(made.entry.scenario.to_json().contains("s3:ListBucket"));
}

#[test]
fn the_measures_of_generation_reach_their_bars() {
    let sample = Sample { settings: Settings::default(), seed: SEED, cases: cases(2_000), jobs: 2 };
    let measures = stats::measure(&sample);
    assert_eq!(measures.scenarios, sample.cases);
    assert_eq!(
        measures.requests,
        measures.allow + measures.explicit_deny + measures.implicit_deny + measures.input_errors
    );
    // Of what is rare a small sample tells little: half of the bar is enough.
    let meets = |bar: &Bar| bar.met() || (bar.name == RAREST && 2.0 * bar.value >= TEST_SHARE);
    let missed: Vec<String> = measures
        .bars()
        .iter()
        .filter(|bar| !meets(bar))
        .map(|bar| format!("{}: {:.2} %, {}", bar.name, bar.value, bar.words()))
        .collect();
    let rare: Vec<String> = measures
        .tests()
        .filter(|(_, _, share)| *share < TEST_SHARE)
        .map(|(operator, meeting, share)| format!("{} {}: {share:.2} %", operator.as_str(), meeting.as_str()))
        .collect();
    assert!(missed.is_empty(), "{missed:#?}\n{rare:#?}");
    for policy_type in PolicyType::ALL {
        assert!(measures.pairs.contains_key(&(policy_type, policy_type)), "no {policy_type} policy");
    }
    let counted: u64 = BaseOperator::ALL
        .iter()
        .flat_map(|operator| Meeting::ALL.map(|meeting| measures.met.count(*operator, meeting)))
        .sum();
    assert_eq!(counted, measures.met.total());

    // However many threads: the same.
    let alone = stats::measure(&Sample { cases: 200, jobs: 1, ..sample.clone() });
    let shared = stats::measure(&Sample { cases: 200, jobs: 3, ..sample });
    assert_eq!(alone.bars(), shared.bars());
    assert_eq!(alone.rules, shared.rules);
}

/// The features that the generator of scenarios names, as its sources spell them.
fn named_features() -> Vec<String> {
    let sources = concat!(env!("CARGO_MANIFEST_DIR"), "/../generate/src");
    let mut features = Vec::new();
    for name in ["scenario", "policy", "naming", "pattern", "truth", "experiment", "misfit", "condition"] {
        let source = fs::read_to_string(format!("{sources}/{name}.rs")).expect("a source file");
        for after in source.split("choices.label(").skip(1) {
            let argument = after.split(");").next().unwrap_or_default();
            features.extend(argument.split('"').skip(1).step_by(2).map(str::to_owned));
        }
    }
    features.extend(BaseOperator::ALL.iter().map(|operator| operator.as_str().to_owned()));
    features
}

#[test]
fn every_feature_of_the_generator_is_reached() {
    let sample = Sample { settings: Settings::default(), seed: SEED, cases: 1_500, jobs: 2 };
    let measures = stats::measure(&sample);
    let features = named_features();
    assert!(features.len() > 50, "{features:?}");
    let idle: Vec<&String> =
        features.iter().filter(|feature| !measures.labels.contains_key(feature.as_str())).collect();
    assert!(idle.is_empty(), "never generated: {idle:?}");
}

/// What the command prints and its exit status.
fn assize(arguments: &[&str]) -> (String, Option<i32>) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_assize")).args(arguments).output().expect("the command runs");
    (String::from_utf8(output.stdout).expect("UTF-8"), output.status.code())
}

#[test]
fn the_command_generates_and_says_how_to_repeat_it() {
    let (text, status) = assize(&["run", "--generated-only", "--cases", "60", "--seed", "7"]);
    assert_eq!(status, Some(0), "{text}");
    for part in ["60 generated scenarios", "% allowed", "all hold", "--generated-only --seed 7 --cases 60"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let (json, status) =
        assize(&["run", "--generated-only", "--cases", "60", "--json", "--evaluator", "reference"]);
    assert_eq!(status, Some(0), "{json}");
    let summary: serde_json::Value = serde_json::from_str(json.trim_end()).expect("one line");
    assert_eq!(summary["generated"]["scenarios"], 60);
    assert_eq!(summary["generated"]["evaluator"], "reference");
    assert_eq!(summary["generated"].get("standard"), None);
    assert_eq!(summary["failed"], 0);

    // Who names cases of the corpus wants those and no others.
    let (json, _) = assize(&["run", "--filter", "EVAL-043", "--json"]);
    assert!(!json.contains("\"generated\""), "{json}");
    let (_, status) = assize(&["run", "--generated-only", "--cases", "0"]);
    assert_eq!(status, Some(2), "nothing was tried");
}

#[test]
fn the_command_measures() {
    let (text, _) = assize(&["stats", "--cases", "200"]);
    for part in ["requests allowed", "30 to 45 %", "decisions a second and core", "StringNotLike", "EVAL-010"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let (json, _) = assize(&["stats", "--cases", "200", "--json"]);
    let measures: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(measures["scenarios"], 200);
    assert_eq!(measures["conditions"].as_array().map(Vec::len), Some(BaseOperator::ALL.len()));
}
