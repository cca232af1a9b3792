//! Scenario files: found, read, and told apart.

use std::collections::{BTreeSet, HashMap};
use std::fmt::{self, Display};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use assize_model::json::{self, Value};
use assize_model::source::LineIndex;
use assize_model::{Position, Scenario, scenario};

use crate::catalogue::{Catalogue, Status};

/// The folders of this repository that a run reads unless told otherwise: the cases, and the regressions, which may be none.
pub const STANDARD: [&str; 2] = [
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../corpus/cases"),
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../corpus/regressions"),
];

/// Scenarios, each name once.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    /// The scenarios in the order of the files, which are sorted by path below each folder.
    pub entries: Vec<Entry>,
}

/// A scenario and where it stands.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The file.
    pub file: Arc<Path>,
    /// Where it begins in the file.
    pub position: Position,
    /// The scenario.
    pub scenario: Scenario,
}

impl Entry {
    /// `path:line`, for people and editors to follow.
    pub fn place(&self) -> String {
        format!("{}:{}", self.file.display(), self.position.line)
    }

    /// The status that holds for its expectations unless a request states another: its own, or that of the first of its rules that
    /// has one. Where no rule has one, the standard has not spoken.
    pub fn status(&self, catalogue: &Catalogue) -> Status {
        let own = self.scenario.status.as_deref().and_then(Status::from_word);
        let of_rules = || self.scenario.rules.iter().find_map(|id| catalogue.rule(id)?.standing.own());
        own.or_else(of_rules).unwrap_or(Status::Choice)
    }

    /// Whether `filter` selects it: part of its name, or a rule or the beginning of one, in any letter case.
    pub fn admitted_by(&self, filter: &str) -> bool {
        let rule_begins = |rule: &String| {
            rule.get(..filter.len()).is_some_and(|start| start.eq_ignore_ascii_case(filter))
                && !filter.is_empty()
        };
        self.scenario.name.to_lowercase().contains(&filter.to_lowercase())
            || self.scenario.rules.iter().any(rule_begins)
    }
}

/// What keeps a corpus from being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorpusError {
    /// The file or folder.
    pub path: PathBuf,
    /// Where in the file.
    pub position: Option<Position>,
    /// What is wrong and what to do about it.
    pub message: String,
}

impl Display for CorpusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.path.display())?;
        if let Some(position) = self.position {
            write!(f, "{position}:")?;
        }
        write!(f, " {}", self.message)
    }
}

impl std::error::Error for CorpusError {}

impl Corpus {
    /// Reads the corpus of this repository ([`STANDARD`]).
    ///
    /// # Errors
    /// As [`Corpus::load`]; also if the repository is no longer where this program was built.
    pub fn standard(catalogue: &Catalogue) -> Result<Corpus, Vec<CorpusError>> {
        let [cases, regressions] = STANDARD.map(near);
        if !cases.is_dir() {
            let message =
                "the corpus is not there; this program was built in another place: say --corpus PATH"
                    .to_owned();
            return Err(vec![CorpusError { path: cases, position: None, message }]);
        }
        // Git keeps no empty folders: without regressions there is none.
        let paths: Vec<PathBuf> = [cases, regressions].into_iter().filter(|path| path.exists()).collect();
        let files = files_of_all(&paths)?;
        Corpus::read(&files, catalogue)
    }

    /// Reads files, and all `*.json` below folders. A file that is reached twice is read once.
    ///
    /// # Errors
    /// Everything found wrong, file by file: paths that are not there or hold no scenario file, files that are no scenario files,
    /// scenarios that name rules which the catalogue does not have, and names that occur twice.
    pub fn load(paths: &[PathBuf], catalogue: &Catalogue) -> Result<Corpus, Vec<CorpusError>> {
        for path in paths {
            let files = files_below(path).map_err(|error| vec![error])?;
            if files.is_empty() {
                let message = "no *.json file here, so there is nothing to try".to_owned();
                return Err(vec![CorpusError { path: path.clone(), position: None, message }]);
            }
        }
        Corpus::read(&files_of_all(paths)?, catalogue)
    }

    fn read(files: &[PathBuf], catalogue: &Catalogue) -> Result<Corpus, Vec<CorpusError>> {
        let mut corpus = Corpus::default();
        let mut errors = Vec::new();
        let mut names: HashMap<String, (Arc<Path>, Position)> = HashMap::new();
        for file in files {
            match read_file(file) {
                Err(found) => errors.extend(found),
                Ok(entries) => {
                    for (entry, name_at) in entries {
                        errors.extend(unknown_rules(&entry, catalogue));
                        if let Some((other, at)) =
                            names.insert(entry.scenario.name.clone(), (entry.file.clone(), name_at))
                        {
                            errors.push(CorpusError {
                                path: file.clone(),
                                position: Some(name_at),
                                message: format!(
                                    "the name {:?} is taken by {}:{at}; give each scenario its own",
                                    entry.scenario.name,
                                    other.display()
                                ),
                            });
                        }
                        corpus.entries.push(entry);
                    }
                }
            }
        }
        if errors.is_empty() { Ok(corpus) } else { Err(errors) }
    }
}

/// The folder of the regressions of this repository, which need not be there yet; `None` if the repository is no longer where this
/// program was built.
pub fn regressions() -> Option<PathBuf> {
    let cases = near(STANDARD[0]);
    cases.is_dir().then(|| cases.with_file_name("regressions"))
}

/// A path as short as it can be: from the working directory, if it is below it.
fn near(path: &str) -> PathBuf {
    let full = fs::canonicalize(path).unwrap_or_else(|_| PathBuf::from(path));
    let here = std::env::current_dir().and_then(fs::canonicalize);
    let below = here.ok().and_then(|here| full.strip_prefix(here).map(Path::to_path_buf).ok());
    below.filter(|path| !path.as_os_str().is_empty()).unwrap_or(full)
}

fn unknown_rules(entry: &Entry, catalogue: &Catalogue) -> Vec<CorpusError> {
    let unknown = entry.scenario.rules.iter().filter(|id| catalogue.rule(id).is_none());
    unknown
        .map(|id| CorpusError {
            path: entry.file.to_path_buf(),
            position: Some(entry.position),
            message: format!(
                "{:?} names the rule {id:?}, which the catalogue does not have",
                entry.scenario.name
            ),
        })
        .collect()
}

/// The scenarios of one file, each with the place of its name.
fn read_file(path: &Path) -> Result<Vec<(Entry, Position)>, Vec<CorpusError>> {
    let error = |position, message| CorpusError { path: path.to_path_buf(), position, message };
    let text = read_text(path).map_err(|error| vec![error])?;
    let scenarios = scenario::read(&text).map_err(|faults| {
        let place = |fault: &scenario::Fault| match fault.pointer.as_str() {
            "" => fault.message.clone(),
            pointer => format!("{} (at {pointer})", fault.message),
        };
        faults.iter().map(|fault| error(Some(fault.position), place(fault))).collect::<Vec<_>>()
    })?;
    // The file is sound, so it can be read again for the places alone.
    let places = json::parse(&text).map(|root| places(&root, &LineIndex::new(&text))).unwrap_or_default();
    let file: Arc<Path> = path.into();
    let with_place = scenarios.into_iter().zip(places);
    Ok(with_place
        .map(|(scenario, (position, name))| (Entry { file: file.clone(), position, scenario }, name))
        .collect())
}

/// Where each scenario of a file and its name stand.
fn places(root: &Value<'_>, lines: &LineIndex<'_>) -> Vec<(Position, Position)> {
    let scenarios = root.as_array().unwrap_or(std::slice::from_ref(root));
    let start = |value: &Value<'_>| lines.position(value.span.start);
    scenarios
        .iter()
        .map(|scenario| (start(scenario), start(scenario.get("name").unwrap_or(scenario))))
        .collect()
}

/// The text of a file.
///
/// # Errors
/// If it cannot be read or is not UTF-8.
pub fn read_text(path: &Path) -> Result<String, CorpusError> {
    let error = |message| CorpusError { path: path.to_path_buf(), position: None, message };
    let bytes = fs::read(path).map_err(|why| error(format!("cannot be read: {why}")))?;
    String::from_utf8(bytes).map_err(|why| {
        let at = why.utf8_error().valid_up_to();
        let sound = String::from_utf8_lossy(&why.as_bytes()[..at]).into_owned();
        CorpusError {
            position: Some(LineIndex::new(&sound).position(at)),
            ..error(format!("not UTF-8 from byte {at} on; save it as UTF-8"))
        }
    })
}

fn files_of_all(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Vec<CorpusError>> {
    let mut files = Vec::new();
    let mut seen = BTreeSet::new();
    for path in paths {
        for file in files_below(path).map_err(|error| vec![error])? {
            if seen.insert(fs::canonicalize(&file).unwrap_or_else(|_| file.clone())) {
                files.push(file);
            }
        }
    }
    Ok(files)
}

/// `path` itself, if it is a file; the `*.json` below it, sorted, if it is a folder. Links to folders are not followed, so that no
/// circle of links can hold a run up.
///
/// # Errors
/// If there is no such path, or a folder cannot be read.
pub fn files_below(path: &Path) -> Result<Vec<PathBuf>, CorpusError> {
    let unreadable = |path: &Path, why: std::io::Error| CorpusError {
        path: path.to_path_buf(),
        position: None,
        message: format!("cannot be read: {why}"),
    };
    if !fs::metadata(path).map_err(|why| unreadable(path, why))?.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut files = Vec::new();
    let mut folders = vec![path.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(&folder).map_err(|why| unreadable(&folder, why))? {
            let item = item.map_err(|why| unreadable(&folder, why))?;
            let kind = item.file_type().map_err(|why| unreadable(&item.path(), why))?;
            if kind.is_dir() {
                folders.push(item.path());
            } else if item.path().extension().is_some_and(|extension| extension == "json") {
                files.push(item.path());
            }
        }
    }
    files.sort();
    Ok(files)
}
