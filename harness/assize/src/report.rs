//! What a run found, for people and for programs.
//!
//! For programs: JSON lines, one result a line, the last line a summary.
//!
//! ```json
//! {"scenario": "cross-account/identity-side-missing", "file": "corpus/cases/06-evaluation/EVAL-043.json", "line": 2,
//!  "rules": ["EVAL-043"], "status": "documented", "part": "request", "request": 0, "name": "user without identity policy",
//!  "result": "failed", "failures": [{"evaluator": "engine", "against": "expectation",
//!   "differences": [{"field": "decision", "expected": "ImplicitDeny", "actual": "Allow"}], "explanation": ["…"]}]}
//! {"summary": true, "evaluators": ["engine"], "scenarios": 1, "passed": 0, "failed": 1, "diverged": 0, "not_tried": 0,
//!  "chapters": [{"chapter": "06-evaluation", "passed": 0, …}], "rules": [{"rule": "EVAL-043", "passed": 0, …}],
//!  "generated": {"seed": 1, "scenarios": 40000, "requests": 480123, "allow": 206452, …, "failed": 0, "seconds": 9.8}}
//! ```
//!
//! `part` is `acceptance`, `request`, `operation` or `invariant`; `request` and `name` come with requests only. `result` is `passed`, `failed`,
//! `diverged` or `not_tried`; the last has `why`. `silent` lists evaluators that gave no answer although others did.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use assize_model::json::Writer;

use crate::catalogue::Catalogue;
use crate::generation::Summary;
use crate::tally::{Counts, Tally};
use crate::trial::{Failure, Judgement, Part, Tried};

/// How the word for what fell short is shown.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
const OPEN: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const QUIET: Style = Style::new().dimmed();

/// How wide the table of rules may be.
const WIDTH: usize = 100;

/// One result as a line of JSON, without line feed.
pub fn tried_json(tried: &Tried<'_>) -> String {
    let mut writer = Writer::new();
    let scenario = &tried.entry.scenario;
    writer.open_object();
    writer.name("scenario").string(&scenario.name);
    writer.name("file").string(&tried.entry.file.to_string_lossy());
    writer.name("line").number(tried.entry.position.line.into());
    writer.name("rules").strings(&scenario.rules);
    writer.name("status").string(tried.status.as_str());
    writer.name("part");
    match tried.part {
        Part::Acceptance => drop(writer.string("acceptance")),
        Part::Operation => drop(writer.string("operation")),
        Part::Invariant => drop(writer.string("invariant")),
        Part::Request(at) => drop(writer.string("request").name("request").number(at as u64)),
    }
    if let Some(name) = tried.name {
        writer.name("name").string(name);
    }
    writer.name("result").string(tried.judgement.as_str());
    match &tried.judgement {
        Judgement::Passed => {}
        Judgement::NotTried(why) => drop(writer.name("why").string(why)),
        Judgement::Failed(failures) | Judgement::Diverged(failures) => {
            writer.name("failures").open_array();
            for failure in failures {
                failure_json(&mut writer, failure);
            }
            writer.close_array();
        }
    }
    if !tried.silent.is_empty() {
        writer.name("silent").open_array();
        for (evaluator, why) in &tried.silent {
            writer.open_object().name("evaluator").string(evaluator).name("why").string(why).close_object();
        }
        writer.close_array();
    }
    writer.close_object();
    writer.finish()
}

fn failure_json(writer: &mut Writer, failure: &Failure) {
    writer.open_object();
    writer.name("evaluator").string(&failure.evaluator).name("against").string(&failure.against);
    writer.name("differences").open_array();
    for field in &failure.difference.fields {
        writer.open_object().name("field").string(&field.name);
        writer.name("expected").string(&field.expected).name("actual").string(&field.actual).close_object();
    }
    writer.close_array();
    writer.name("explanation").strings(&failure.explanation);
    writer.close_object();
}

/// The summary as a line of JSON, without line feed. `generated` is there if scenarios were generated.
pub fn summary_json(
    catalogue: &Catalogue,
    evaluators: &[String],
    tally: &Tally,
    generated: Option<&Summary<'_>>,
) -> String {
    let mut writer = Writer::new();
    writer.open_object();
    writer.name("summary").bool(true);
    writer.name("evaluators").strings(evaluators);
    writer.name("scenarios").number(tally.scenarios as u64);
    counts_json(&mut writer, &tally.all);
    writer.name("chapters").open_array();
    for (&at, counts) in &tally.chapters {
        writer.open_object().name("chapter").string(catalogue.chapters[at].slug());
        counts_json(&mut writer, counts);
        writer.close_object();
    }
    writer.close_array().name("rules").open_array();
    for (&at, counts) in &tally.rules {
        writer.open_object().name("rule").string(catalogue.rules[at].id.as_str());
        counts_json(&mut writer, counts);
        writer.close_object();
    }
    writer.close_array();
    if let Some(generated) = generated {
        writer.name("generated");
        generated.write_json(&mut writer);
    }
    writer.close_object();
    writer.finish()
}

fn counts_json(writer: &mut Writer, counts: &Counts) {
    let members = [
        ("passed", counts.passed),
        ("failed", counts.failed),
        ("diverged", counts.diverged),
        ("not_tried", counts.not_tried),
    ];
    for (name, count) in members {
        writer.name(name).number(count as u64);
    }
}

/// A result that somebody should look at, for people: rule, place, expected, actual, explanation. Empty for what passed or was not
/// tried.
pub fn tried_text(tried: &Tried<'_>) -> String {
    let (word, style, failures) = match &tried.judgement {
        Judgement::Failed(failures) => ("FAILED", BAD, failures),
        Judgement::Diverged(failures) => ("diverged", OPEN, failures),
        Judgement::Passed | Judgement::NotTried(_) => return String::new(),
    };
    let scenario = &tried.entry.scenario;
    let part = match tried.part {
        Part::Acceptance => "the policies".to_owned(),
        Part::Operation => "the operation".to_owned(),
        Part::Invariant => "the invariant".to_owned(),
        Part::Request(at) => match tried.name {
            Some(name) => format!("request {at} ({name})"),
            None => format!("request {at}"),
        },
    };
    // Writing to a String cannot fail.
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{style}{word}{style:#} {} [{}, {}]",
        scenario.name,
        scenario.rules.join(", "),
        tried.status
    );
    let _ = writeln!(out, "  {part} in {}", tried.entry.place());
    for failure in failures {
        let against = match failure.against.as_str() {
            "expectation" => "what the case expects".to_owned(),
            invariant if tried.part == Part::Invariant => format!("the invariant {invariant}"),
            other => format!("the {other} evaluator"),
        };
        let _ = writeln!(out, "  {} against {against}:", failure.evaluator);
        for field in &failure.difference.fields {
            let _ = writeln!(out, "    {}", field.name);
            let _ = writeln!(out, "      expected {}", field.expected);
            let _ = writeln!(out, "      actual   {}", field.actual);
        }
        for line in &failure.explanation {
            let _ = writeln!(out, "    {QUIET}| {line}{QUIET:#}");
        }
    }
    out
}

/// The tables and the last word, for people.
pub fn summary_text(catalogue: &Catalogue, evaluators: &[String], tally: &Tally) -> String {
    let mut out = String::new();
    for (at, chapter) in catalogue.chapters.iter().enumerate() {
        let of_chapter = tally.rules.iter().filter(|&(&rule, _)| catalogue.rules[rule].chapter == at);
        let rules: Vec<(&str, &Counts)> =
            of_chapter.map(|(&rule, counts)| (catalogue.rules[rule].id.as_str(), counts)).collect();
        if rules.is_empty() {
            continue;
        }
        let in_all = catalogue.rules.iter().filter(|rule| rule.chapter == at).count();
        let counts = tally.chapters.get(&at).copied().unwrap_or_default();
        let _ =
            writeln!(out, "{}  {} of {in_all} rules, {}", chapter.slug(), rules.len(), counts_text(&counts));
        out.push_str(&rule_table(&rules));
    }
    let _ = writeln!(
        out,
        "\n{} scenarios tried with {}: {}",
        tally.scenarios,
        evaluators.join(" and "),
        counts_text(&tally.all)
    );
    for ((evaluator, why), count) in &tally.silent {
        let _ = writeln!(out, "{evaluator} gave no answer in {count} of these: {why}");
    }
    out
}

fn counts_text(counts: &Counts) -> String {
    let mut text = match counts.passed {
        0 => "0 passed".to_owned(),
        passed => format!("{GOOD}{passed} passed{GOOD:#}"),
    };
    for (count, word, style) in [
        (counts.failed, "failed", BAD),
        (counts.diverged, "diverged", OPEN),
        (counts.not_tried, "not tried", QUIET),
    ] {
        match count {
            0 => text.push_str(&format!(", 0 {word}")),
            _ => text.push_str(&format!(", {style}{count} {word}{style:#}")),
        }
    }
    text
}

/// Rules in columns, each with the number of its results; `passed/all` where not all passed.
fn rule_table(rules: &[(&str, &Counts)]) -> String {
    let cells: Vec<(String, bool)> = rules
        .iter()
        .map(|(id, counts)| {
            let short = counts.failed + counts.diverged + counts.not_tried;
            let numbers = match short {
                0 => counts.passed.to_string(),
                _ => format!("{}/{}", counts.passed, counts.total()),
            };
            (format!("{id} {numbers}"), counts.failed > 0)
        })
        .collect();
    let width = cells.iter().map(|(cell, _)| cell.len()).max().unwrap_or(0) + 2;
    let columns = (WIDTH / width).max(1);
    let mut out = String::new();
    for row in cells.chunks(columns) {
        out.push_str("  ");
        for (at, (cell, failed)) in row.iter().enumerate() {
            let style = if *failed { BAD } else { QUIET };
            let gap = if at + 1 < row.len() { width - cell.len() } else { 0 };
            let _ = write!(out, "{style}{cell}{style:#}{:gap$}", "");
        }
        out.push('\n');
    }
    out
}
