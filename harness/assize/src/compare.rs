//! Comparing verdicts: with each other at a stated strength, and with what a case expects.

use std::fmt::{self, Display};

use assize_model::scenario::{Expect, ExpectedStatement};
use assize_model::{DecidingType, Decision, Evaluation, ReportState, StatementRef, TypeReport, Verdict};

/// How much of two verdicts must agree. Each strength includes the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// The decision; where there is none, the input error.
    Decision,
    /// Also the deciding type (EVAL-066).
    Deciding,
    /// The whole evaluation record (EVAL-067).
    Record,
}

impl Strength {
    /// As written on the command line and in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Strength::Decision => "decision",
            Strength::Deciding => "deciding",
            Strength::Record => "record",
        }
    }
}

/// Where two verdicts, or a verdict and an expectation, say different things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The members that differ; one at least.
    pub fields: Vec<Field>,
}

/// One member that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name, such as `decision` or `by_type.scp.state`.
    pub name: String,
    /// What the first verdict, or the case, says.
    pub expected: String,
    /// What the second verdict says.
    pub actual: String,
}

impl Difference {
    /// A difference in one member.
    pub fn of(name: &str, expected: impl Into<String>, actual: impl Into<String>) -> Difference {
        Difference {
            fields: vec![Field { name: name.to_owned(), expected: expected.into(), actual: actual.into() }],
        }
    }
}

impl Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, field) in self.fields.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            write!(f, "{}: expected {}, actual {}", field.name, field.expected, field.actual)?;
        }
        Ok(())
    }
}

/// Collects the members that differ.
#[derive(Default)]
struct Fields(Vec<Field>);

impl Fields {
    fn texts(&mut self, name: &str, expected: String, actual: String) {
        if expected != actual {
            self.0.push(Field { name: name.to_owned(), expected, actual });
        }
    }

    fn finish(self) -> Option<Difference> {
        (!self.0.is_empty()).then_some(Difference { fields: self.0 })
    }
}

/// What tells `expected` and `actual` apart at `strength`, if anything.
///
/// A verdict that does not state a member does not differ in it; one that is [`Verdict::Unsupported`] differs from none; one that is
/// [`Verdict::Failed`] differs from all.
pub fn compare(expected: &Verdict, actual: &Verdict, strength: Strength) -> Option<Difference> {
    if matches!(expected, Verdict::Unsupported(_)) || matches!(actual, Verdict::Unsupported(_)) {
        return None;
    }
    if matches!(expected, Verdict::Failed(_)) || matches!(actual, Verdict::Failed(_)) {
        return Some(Difference::of("verdict", verdict_text(expected), verdict_text(actual)));
    }
    // Equal records are what a sound evaluator gives all the time.
    if let (Verdict::Evaluated(one), Verdict::Evaluated(other)) = (expected, actual)
        && one == other
    {
        return None;
    }
    let (Some(one), Some(other)) = (expected.decision(), actual.decision()) else {
        let mut fields = Fields::default();
        fields.texts("verdict", verdict_text(expected), verdict_text(actual));
        return fields.finish();
    };
    let mut fields = Fields::default();
    fields.texts("decision", one.to_string(), other.to_string());
    if strength >= Strength::Deciding
        && let (Some(one), Some(other)) = (deciding(expected), deciding(actual))
    {
        fields.texts("deciding", deciding_text(one), deciding_text(other));
    }
    if strength >= Strength::Record {
        match (expected, actual) {
            (Verdict::Evaluated(one), Verdict::Evaluated(other)) => records(&mut fields, one, other),
            _ => {
                if let (Some(one), Some(other)) = (determining(expected), determining(actual)) {
                    fields.texts("determining", list(one, statement_text), list(other, statement_text));
                }
            }
        }
    }
    fields.finish()
}

/// The members of the record beside decision and deciding type.
fn records(fields: &mut Fields, one: &Evaluation, other: &Evaluation) {
    fields.texts("determining", list(&one.determining, full_text), list(&other.determining, full_text));
    for (one, other) in one.by_type.iter().zip(&other.by_type) {
        report(fields, one, other);
    }
    fields.texts("relation", one.relation.as_str().to_owned(), other.relation.as_str().to_owned());
    let keys = |keys: &[String]| format!("[{}]", keys.join(", "));
    fields.texts("missing_context_keys", keys(&one.missing_context_keys), keys(&other.missing_context_keys));
}

fn report(fields: &mut Fields, one: &TypeReport, other: &TypeReport) {
    let name = |member: &str| format!("by_type.{}.{member}", one.policy_type);
    let optional = |text: Option<&'static str>| text.unwrap_or("none").to_owned();
    fields.texts(&name("type"), one.policy_type.to_string(), other.policy_type.to_string());
    fields.texts(&name("state"), one.state.as_str().to_owned(), other.state.as_str().to_owned());
    fields.texts(
        &name("result"),
        optional(one.result.map(Decision::as_str)),
        optional(other.result.map(Decision::as_str)),
    );
    fields.texts(
        &name("levels"),
        list(&one.levels, Decision::to_string),
        list(&other.levels, Decision::to_string),
    );
    let class = |report: &TypeReport| optional(report.class.map(|class| class.as_str()));
    fields.texts(&name("class"), class(one), class(other));
    fields.texts(&name("allow"), list(&one.allow, full_text), list(&other.allow, full_text));
    fields.texts(&name("deny"), list(&one.deny, full_text), list(&other.deny, full_text));
}

/// What tells `verdict` from what a case expects, if anything. Members that the case or the evaluator does not state are not
/// compared; [`Verdict::Unsupported`] falls short of nothing, it is no answer.
pub fn against_expectation(expect: &Expect, verdict: &Verdict) -> Option<Difference> {
    let mut fields = Fields::default();
    match (expect, verdict) {
        (_, Verdict::Unsupported(_)) => {}
        (Expect::Error(expected), _) => {
            fields.texts("verdict", format!("input error {expected}"), verdict_text(verdict));
        }
        (Expect::Decision { decision, deciding: expected, determining: statements }, _) => {
            match verdict.decision() {
                Some(actual) => fields.texts("decision", decision.to_string(), actual.to_string()),
                None => fields.texts("verdict", decision.to_string(), verdict_text(verdict)),
            }
            if let (Some(expected), Some(actual)) = (expected, deciding(verdict)) {
                fields.texts("deciding", deciding_text(*expected), deciding_text(actual));
            }
            if let (Some(expected), Some(actual)) = (statements, determining(verdict)) {
                fields.texts("determining", list(expected, expected_text), list(actual, statement_text));
            }
        }
    }
    fields.finish()
}

/// The deciding type, if the verdict states it; `Some(None)` says that there is none.
fn deciding(verdict: &Verdict) -> Option<Option<DecidingType>> {
    match verdict {
        Verdict::Evaluated(evaluation) => Some(evaluation.deciding),
        Verdict::Decided { deciding, .. } => *deciding,
        _ => None,
    }
}

/// The determining statements, if the verdict states them.
fn determining(verdict: &Verdict) -> Option<&[StatementRef]> {
    match verdict {
        Verdict::Evaluated(evaluation) => Some(&evaluation.determining),
        Verdict::Decided { determining, .. } => determining.as_deref(),
        _ => None,
    }
}

/// A verdict in a few words: `ImplicitDeny (identity)`, `input error MissingOwner`.
pub fn verdict_text(verdict: &Verdict) -> String {
    match verdict {
        Verdict::InputError(error) => format!("input error {error}"),
        Verdict::Unsupported(why) => format!("not supported: {why}"),
        Verdict::Failed(how) => format!("failed: {how}"),
        Verdict::Evaluated(evaluation) => match evaluation.deciding {
            Some(deciding) => format!("{} ({deciding})", evaluation.decision),
            None => evaluation.decision.to_string(),
        },
        Verdict::Decided { decision, deciding: Some(Some(deciding)), .. } => {
            format!("{decision} ({deciding})")
        }
        Verdict::Decided { decision, .. } => decision.to_string(),
    }
}

/// The least strength that tells two verdicts apart, if any does.
pub fn least_strength(expected: &Verdict, actual: &Verdict) -> Option<Strength> {
    [Strength::Decision, Strength::Deciding, Strength::Record]
        .into_iter()
        .find(|strength| compare(expected, actual, *strength).is_some())
}

fn deciding_text(deciding: Option<DecidingType>) -> String {
    deciding.map_or("none", DecidingType::as_str).to_owned()
}

fn list<T>(items: &[T], text: impl Fn(&T) -> String) -> String {
    let texts: Vec<String> = items.iter().map(text).collect();
    format!("[{}]", texts.join(", "))
}

/// A statement by its place: `identity p1#0`, `scp/1 FullAWSAccess#0` with the level after the type.
pub fn statement_text(statement: &StatementRef) -> String {
    place(statement.policy_type.as_str(), statement.level, &statement.policy, statement.statement)
}

fn expected_text(statement: &ExpectedStatement) -> String {
    place(statement.policy_type.as_str(), statement.level, &statement.policy, statement.statement)
}

fn place(policy_type: &str, level: Option<usize>, policy: &str, statement: usize) -> String {
    let level = level.map(|level| format!("/{level}")).unwrap_or_default();
    format!("{policy_type}{level} {policy}#{statement}")
}

/// A statement with all that a record says of it.
fn full_text(statement: &StatementRef) -> String {
    let mut text = statement_text(statement);
    if let Some(sid) = &statement.sid {
        text.push_str(&format!(" {sid:?}"));
    }
    if let Some(region) = statement.region {
        text.push_str(&format!(" at {}-{}", region.start, region.end));
    }
    text
}

/// What one policy type had to say, in one line without its name.
pub fn report_text(report: &TypeReport) -> String {
    let state = match report.state {
        ReportState::NotApplicable => return "does not apply".to_owned(),
        ReportState::Absent => return "absent".to_owned(),
        ReportState::Evaluated => report.result.map_or("no result", Decision::as_str),
    };
    let mut text = state.to_owned();
    if !report.levels.is_empty() {
        text.push_str(&format!(", by level {}", list(&report.levels, Decision::to_string)));
    }
    if let Some(class) = report.class {
        text.push_str(&format!(", reaches the requester as {}", class.as_str()));
    }
    for (word, statements) in [("deny", &report.deny), ("allow", &report.allow)] {
        if !statements.is_empty() {
            text.push_str(&format!("; {word} {}", list(statements, statement_text)));
        }
    }
    text
}
