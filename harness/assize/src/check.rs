//! Validating policy documents as a compiler does: every fault, where it stands, and the rule behind it.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use assize_model::grammar::size;
use assize_model::json::Writer;
use assize_model::{Diagnostic, Grammar, PolicyType, Severity};

use crate::excerpt::excerpt;
use crate::lint::lint;

const BOLD: Style = Style::new().bold();

/// How many findings of one document are shown to people; programs get all.
const SHOWN: usize = 50;

/// How to check.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The type of policy that the documents are read as.
    pub policy_type: PolicyType,
    /// Whether they are stored (managed) policies (GRAM-014).
    pub managed: bool,
    /// Whether to check sizes (GRAM-050).
    pub size: bool,
    /// Whether to give advice (GRAM-053).
    pub lints: bool,
}

/// What was found in one document, in the order of its text. Faults refuse it; without faults there may be advice.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Faults, or advice.
    pub findings: Vec<Diagnostic>,
    /// The text, as far as it can be shown: bytes that are not UTF-8 are replaced.
    pub text: String,
}

impl Checked {
    /// Whether the document is accepted.
    pub fn accepted(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity() == Severity::Warning)
    }

    /// How many pieces of advice there are.
    pub fn warnings(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity() == Severity::Warning).count()
    }
}

/// Checks one document.
pub fn check(document: &[u8], options: Options) -> Checked {
    let Options { policy_type, managed, size, lints } = options;
    let grammar = Grammar { policy_type, managed, is_date: assize_reference::date::is_date };
    let mut findings = grammar.parse_bytes(document).err().unwrap_or_default();
    let text = String::from_utf8_lossy(document).into_owned();
    if size {
        findings.extend(size::check(&text, policy_type, managed).err());
    }
    if findings.is_empty() && lints {
        findings = lint(&text, policy_type);
    }
    Checked { findings, text }
}

/// The findings of a document for people, each with a quotation of its place.
pub fn findings_text(path: &str, checked: &Checked) -> String {
    let mut out = String::new();
    for finding in checked.findings.iter().take(SHOWN) {
        out.push_str(&finding_text(path, &checked.text, finding));
    }
    if let Some(more) = checked.findings.len().checked_sub(SHOWN).filter(|&more| more > 0) {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{path}: {more} more findings; --json lists all\n");
    }
    out
}

fn finding_text(path: &str, text: &str, finding: &Diagnostic) -> String {
    let (word, colour) = match finding.severity() {
        Severity::Error => ("error", AnsiColor::Red),
        Severity::Warning => ("warning", AnsiColor::Yellow),
    };
    let style = colour.on_default().bold();
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{style}{word}[{}]{style:#}{BOLD}: {}{BOLD:#}", finding.code, finding.message);
    let _ = writeln!(out, " --> {path}:{} ({})", finding.region.start, finding.rule);
    let _ = writeln!(out, "{}", excerpt(text, finding.region, 1, style));
    out
}

/// One finding as a line of JSON, without line feed: `file`, `severity`, `code`, `rule`, `pointer`, `start` and `end` with `line` and
/// `column`, `message`.
pub fn finding_json(path: &str, finding: &Diagnostic) -> String {
    let severity = match finding.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut writer = Writer::new();
    writer.open_object();
    writer.name("file").string(path).name("severity").string(severity);
    writer.name("code").string(finding.code.as_str()).name("rule").string(finding.rule);
    writer.name("pointer").string(&finding.pointer);
    for (name, position) in [("start", finding.region.start), ("end", finding.region.end)] {
        writer.name(name).open_object().name("line").number(position.line.into());
        writer.name("column").number(position.column.into()).close_object();
    }
    writer.name("message").string(&finding.message).close_object();
    writer.finish()
}
