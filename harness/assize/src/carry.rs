//! Carries the one-line cases of chapters 01 to 04 over into scenario files, so that any evaluator can be held
//! against them, not only one that can be asked about a single element.
//!
//! A case about a document becomes a scenario that asks whether the policies are accepted. A case about one element
//! is asked twice: with the element in the only `Allow`, and in a `Deny` beside an `Allow` of everything. So an
//! evaluator that gets the element wrong is caught whichever way it errs, and effects cannot hide a mistake.
//!
//! Files belong to `carry` if the rule has one-line cases, and are written by hand if its cases are prose; no rule has
//! both.

mod line;
mod print;
mod requester;
mod wrap;

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde_json::Value;

use crate::catalogue::{Catalogue, Rule, RuleId};

/// The number of chapters, from the first, whose cases are one line each.
pub const CARRIED_CHAPTERS: usize = 4;

/// A file of scenarios, made from the cases of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFile {
    /// The rule whose cases it holds.
    pub rule: RuleId,
    /// Where it belongs, below the folder of all cases: `02-matching/MATCH-001.json`.
    pub path: PathBuf,
    /// How many case lines it was made from.
    pub cases: usize,
    /// What stands in it.
    pub text: String,
}

/// Why cases could not be carried over.
#[derive(Debug)]
pub enum CarryError {
    /// A case line is not what the chapters promise.
    Case {
        /// The rule.
        rule: RuleId,
        /// The line.
        case: String,
        /// What is wrong with it.
        problem: CaseProblem,
    },
    /// A file could not be written.
    Write(PathBuf, io::Error),
}

/// What is wrong with a case line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseProblem {
    /// The rule has one-line cases, but this is prose.
    Prose,
    /// The part between the backticks is not JSON.
    Json(String),
    /// A member is repeated, or a number would change its spelling: the text must be given as `raw`.
    Unfaithful,
    /// A member is missing or has the wrong type.
    Member(&'static str),
    /// The members are those of no known form.
    Form,
    /// The result is not one that this form has.
    Result(String),
    /// The word after the dash is not a status.
    Status(String),
    /// The finished context puts the requester into another account than the resource, so that the decision would not
    /// depend on the element alone.
    Accounts,
}

impl Display for CarryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CarryError::Case { rule, case, problem } => write!(f, "{rule}: {problem}: {case}"),
            CarryError::Write(path, error) => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl Display for CaseProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CaseProblem::Prose => write!(f, "a rule has one-line cases or prose, not both"),
            CaseProblem::Json(error) => write!(f, "not JSON ({error})"),
            CaseProblem::Unfaithful => write!(f, "a JSON value cannot hold this text; give it as 'raw'"),
            CaseProblem::Member(name) => write!(f, "'{name}' is missing or has the wrong type"),
            CaseProblem::Form => write!(f, "no known form of case"),
            CaseProblem::Result(text) => write!(f, "'{text}' is no result of such a case"),
            CaseProblem::Status(word) => write!(f, "'{word}' is no status"),
            CaseProblem::Accounts => write!(f, "the requester and the resource are in different accounts"),
        }
    }
}

impl std::error::Error for CarryError {}

/// Writes the files of all rules that have one-line cases below `cases`, the folder of all cases, and returns them.
/// No other file is touched.
///
/// # Errors
/// The first case line that cannot be carried over; nothing is written then. Or the first file that cannot be written.
pub fn carry(catalogue: &Catalogue, cases: &Path) -> Result<Vec<CaseFile>, CarryError> {
    let files = files(catalogue)?;
    for file in &files {
        let path = cases.join(&file.path);
        let write = || {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::write(&path, &file.text)
        };
        write().map_err(|error| CarryError::Write(path.clone(), error))?;
    }
    Ok(files)
}

/// The files that [`carry`] writes.
///
/// # Errors
/// The first case line that cannot be carried over.
pub fn files(catalogue: &Catalogue) -> Result<Vec<CaseFile>, CarryError> {
    let carried = catalogue.rules.iter().filter(|rule| is_carried(rule));
    carried.map(|rule| file_of(catalogue, rule)).collect()
}

/// Whether the rule's file of scenarios is made from its case lines. Of the other rules it is written by hand.
pub fn is_carried(rule: &Rule) -> bool {
    rule.chapter < CARRIED_CHAPTERS && rule.cases.iter().any(|case| line::is_one_line(case))
}

fn file_of(catalogue: &Catalogue, rule: &Rule) -> Result<CaseFile, CarryError> {
    let mut scenarios = Vec::new();
    for (index, text) in rule.cases.iter().enumerate() {
        let carried = line::read(text).and_then(|case| wrap::scenarios(rule.id, index + 1, case));
        let refuse = |problem| CarryError::Case { rule: rule.id, case: text.clone(), problem };
        scenarios.extend(carried.map_err(refuse)?);
    }
    let folder = catalogue.chapter_of(rule).map_or("", |chapter| chapter.slug());
    Ok(CaseFile {
        rule: rule.id,
        path: Path::new(folder).join(format!("{}.json", rule.id)),
        cases: rule.cases.len(),
        text: print::page(&Value::Array(scenarios)),
    })
}
