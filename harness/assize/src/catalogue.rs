//! The rule catalogue at run time: the chapters of `corpus/spec`, read into [`Rule`]s.
//!
//! A chapter is Markdown. A rule is a heading `### FAMILY-NNN Title` followed by its members, each at the start of
//! a line: `Rule:`, `Source:`, `Status:`, `Cases:`, and in the chapter on invariants `Needs:` and `Fails when:`.
//! Everything else in a chapter is for the reader and is not kept.

mod read;
mod references;

use std::fmt::{self, Display, Write};

/// The standard, chapter by chapter: file name and text.
const STANDARD: [(&str, &str); 9] = [
    ("01-grammar.md", include_str!("../../../corpus/spec/01-grammar.md")),
    ("02-matching.md", include_str!("../../../corpus/spec/02-matching.md")),
    ("03-conditions.md", include_str!("../../../corpus/spec/03-conditions.md")),
    ("04-context-keys.md", include_str!("../../../corpus/spec/04-context-keys.md")),
    ("05-principals.md", include_str!("../../../corpus/spec/05-principals.md")),
    ("06-evaluation.md", include_str!("../../../corpus/spec/06-evaluation.md")),
    ("07-delegation.md", include_str!("../../../corpus/spec/07-delegation.md")),
    ("08-invariants.md", include_str!("../../../corpus/spec/08-invariants.md")),
    ("09-world.md", include_str!("../../../corpus/spec/09-world.md")),
];

/// Every rule of the standard, in the order of the chapters.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// The chapters, in order.
    pub chapters: Vec<Chapter>,
    /// The rules, in the order in which they are written.
    pub rules: Vec<Rule>,
    /// The worked scenarios of the chapter on the world (`WORLD-S01` and so on), which are fixtures, not rules.
    pub fixtures: Vec<Fixture>,
}

/// One file of the standard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    /// The file name, such as `06-evaluation.md`.
    pub file: &'static str,
    /// The heading of the file.
    pub title: &'static str,
}

impl Chapter {
    /// The file name without its extension, which is also the name of the folder of its cases: `06-evaluation`.
    pub fn slug(&self) -> &'static str {
        self.file.strip_suffix(".md").unwrap_or(self.file)
    }
}

/// The name of a rule, such as `EVAL-043`. It never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(&'static str);

impl RuleId {
    /// The name as written.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// The part before the hyphen, such as `EVAL`.
    pub fn family(self) -> &'static str {
        self.0.split('-').next().unwrap_or(self.0)
    }
}

impl Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// How much a statement of the standard is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// The vendor's documentation states it.
    Documented,
    /// The documentation states it, but contradicts itself or can be read in two ways.
    DocumentedAmbiguous,
    /// Stated by people who tested against the service, not by documentation.
    CommunityObserved,
    /// The documentation is silent; the behaviour is ours.
    Choice,
}

impl Status {
    /// All four, in the order of the standard.
    pub const ALL: [Status; 4] =
        [Status::Documented, Status::DocumentedAmbiguous, Status::CommunityObserved, Status::Choice];

    /// The status called `word`, exactly.
    pub fn from_word(word: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// The word that stands in the chapters and in case files.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Documented => "documented",
            Status::DocumentedAmbiguous => "documented-ambiguous",
            Status::CommunityObserved => "community-observed",
            Status::Choice => "choice",
        }
    }

    /// Whether a foreign evaluator that does otherwise falls short. With the other two it merely diverges: there the
    /// standard itself is open.
    pub fn accuses(self) -> bool {
        matches!(self, Status::Documented | Status::CommunityObserved)
    }
}

impl Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where the status of a rule comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The rule has a status of its own; where it names several, this is the first, which holds for its cases.
    Own(Status),
    /// The rule only draws consequences ("as the rules"): each of its cases says which status it has.
    OfItsRules,
}

impl Standing {
    /// The status of the rule itself, if it has one.
    pub fn own(self) -> Option<Status> {
        match self {
            Standing::Own(status) => Some(status),
            Standing::OfItsRules => None,
        }
    }

    /// Whether the rule by itself accuses a foreign evaluator ([`Status::accuses`]).
    pub fn accuses(self) -> bool {
        self.own().is_some_and(Status::accuses)
    }
}

/// One rule of the standard.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name.
    pub id: RuleId,
    /// The rest of its heading.
    pub title: &'static str,
    /// The index of its chapter in [`Catalogue::chapters`].
    pub chapter: usize,
    /// The line of its heading, from 1.
    pub line: usize,
    /// What it demands, tables included.
    pub text: String,
    /// Preconditions of an invariant.
    pub needs: Option<String>,
    /// Situations in which an invariant does not hold.
    pub fails_when: Option<String>,
    /// The public pages and observations that it rests on.
    pub source: String,
    /// The status that holds for its cases.
    pub standing: Standing,
    /// The whole status line: which part of the rule has which status, and why.
    pub status_text: String,
    /// What all cases have in common, where the chapter says it once.
    pub setting: Option<String>,
    /// The case lines as they are written, without the list mark.
    pub cases: Vec<String>,
    /// The rules that it mentions, each once, in the order of mention; ranges are written out.
    pub references: Vec<RuleId>,
}

/// A worked scenario of the chapter on the world.
#[derive(Debug, Clone)]
pub struct Fixture {
    /// Its name, such as `WORLD-S01`.
    pub id: RuleId,
    /// The rest of its heading.
    pub title: &'static str,
    /// Command lines and expectations, as written.
    pub text: String,
}

/// Something in a chapter that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueError {
    /// The chapter's file name.
    pub file: &'static str,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong in a chapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The file does not begin with a heading.
    NoChapterTitle,
    /// A heading of the third level that is not `FAMILY-NNN Title`.
    NotARule(String),
    /// A name that another rule has already.
    DuplicateId(RuleId),
    /// A rule without a title.
    NoTitle(RuleId),
    /// A rule without a member, or with an empty one.
    Missing(RuleId, Member),
    /// A rule that has a member twice.
    Repeated(RuleId, Member),
    /// A status line that begins with none of the known words.
    UnknownStatus(RuleId, String),
    /// A mention of a rule that does not exist.
    UnknownReference(RuleId, String),
}

/// The members of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Member {
    /// What the rule demands.
    Rule,
    /// Preconditions of an invariant.
    Needs,
    /// Situations in which an invariant does not hold.
    FailsWhen,
    /// What the rule rests on.
    Source,
    /// What the rule is worth.
    Status,
    /// Its cases.
    Cases,
}

impl Member {
    /// The word that begins the member.
    pub fn as_str(self) -> &'static str {
        match self {
            Member::Rule => "Rule",
            Member::Needs => "Needs",
            Member::FailsWhen => "Fails when",
            Member::Source => "Source",
            Member::Status => "Status",
            Member::Cases => "Cases",
        }
    }
}

impl Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        match &self.problem {
            Problem::NoChapterTitle => write!(f, "the chapter does not begin with a heading"),
            Problem::NotARule(heading) => write!(f, "'{heading}' is not a rule name and a title"),
            Problem::DuplicateId(id) => write!(f, "{id} is already the name of another rule"),
            Problem::NoTitle(id) => write!(f, "{id} has no title"),
            Problem::Missing(id, member) => write!(f, "{id} has no '{}:'", member.as_str()),
            Problem::Repeated(id, member) => write!(f, "{id} has '{}:' twice", member.as_str()),
            Problem::UnknownStatus(id, text) => write!(f, "{id} has the unknown status '{text}'"),
            Problem::UnknownReference(id, name) => write!(f, "{id} mentions {name}, which does not exist"),
        }
    }
}

impl std::error::Error for CatalogueError {}

impl Catalogue {
    /// The standard that this program was built with.
    ///
    /// # Errors
    /// Everything in the chapters that is not as it must be; a test keeps the list empty.
    pub fn standard() -> Result<Catalogue, Vec<CatalogueError>> {
        Catalogue::read(&STANDARD)
    }

    /// Reads chapters, given as file names and texts.
    ///
    /// # Errors
    /// Every problem found, in the order of the text: repeated rule names, missing or repeated members, unknown
    /// statuses, and mentions of rules that none of the chapters holds.
    pub fn read(files: &[(&'static str, &'static str)]) -> Result<Catalogue, Vec<CatalogueError>> {
        read::chapters(files)
    }

    /// The rule called `id`.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id.as_str() == id)
    }

    /// The chapter that holds `rule`.
    pub fn chapter_of(&self, rule: &Rule) -> Option<&Chapter> {
        self.chapters.get(rule.chapter)
    }

    /// The rules that `filter` lets through, in the order of the standard.
    pub fn select<'a>(&'a self, filter: &'a Filter) -> impl Iterator<Item = &'a Rule> {
        self.rules.iter().filter(move |rule| filter.admits(rule))
    }
}

/// Which rules to show. Every part that is set must hold; without any, all rules pass.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// The number of the chapter, from 1.
    pub chapter: Option<usize>,
    /// The family, such as `EVAL`, in any letter case.
    pub family: Option<String>,
    /// The beginning of the name, such as `EVAL-04`, in any letter case.
    pub prefix: Option<String>,
    /// The status that holds for the rule's cases.
    pub status: Option<Status>,
    /// A word or phrase of the title or the text, in any letter case.
    pub word: Option<String>,
}

impl Filter {
    /// Whether `rule` passes.
    pub fn admits(&self, rule: &Rule) -> bool {
        let id = rule.id.as_str();
        let says = |word: &String| {
            let word = word.to_lowercase();
            rule.title.to_lowercase().contains(&word) || rule.text.to_lowercase().contains(&word)
        };
        self.chapter.is_none_or(|number| rule.chapter + 1 == number)
            && self.family.as_ref().is_none_or(|family| rule.id.family().eq_ignore_ascii_case(family))
            && self.prefix.as_ref().is_none_or(|prefix| {
                id.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
            })
            && self.status.is_none_or(|status| rule.standing == Standing::Own(status))
            && self.word.as_ref().is_none_or(says)
    }
}

impl Rule {
    /// The rule as plain text for a reader, with its cases.
    pub fn render(&self) -> String {
        let mut out = format!("{} {}\n\n{}\n", self.id, self.title, self.text);
        let mut member = |word: &str, text: &str| {
            // Writing to a String cannot fail.
            let _ = write!(out, "\n{word}: {text}\n");
        };
        if let Some(needs) = &self.needs {
            member("Needs", needs);
        }
        if let Some(fails_when) = &self.fails_when {
            member("Fails when", fails_when);
        }
        member("Source", &self.source);
        member("Status", &self.status_text);
        member("Cases", self.setting.as_deref().unwrap_or_default());
        for case in &self.cases {
            let _ = writeln!(out, "- {case}");
        }
        if !self.references.is_empty() {
            let names: Vec<&str> = self.references.iter().map(|id| id.as_str()).collect();
            let _ = write!(out, "\nSee also: {}\n", names.join(", "));
        }
        out
    }
}
