//! The tests of one evaluator, and what becomes of each.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use assize_generate::{Choices, Seeded, Settings, scenario, shrink};
use assize_model::scenario::Body;
use assize_model::{Capabilities, Description, Evaluator, Scenario, Verdict};
use assize_reference::Reference;

use crate::capability::{Within, unasked};
use crate::catalogue::Catalogue;
use crate::compare::{Strength, verdict_text};
use crate::corpus::{self, Corpus, Entry};
use crate::generation::Contest;
use crate::generation::contest::Breach;
use crate::generation::finding::{BUDGET, keep, keep_if};
use crate::oracles::{ORACLES, Oracle};
use crate::regressions::Unwritable;
use crate::tally::Counts;
use crate::trial::{Failure, Judgement, Part, Subject, Trial, Tried};

use super::generated::{self, Finding};
use super::patience::Question;
use super::{Conformance, words};

/// How many failures of a chapter are told in full.
const TOLD: usize = 3;

/// How many reasons are listed in the last lines.
const LISTED: usize = 12;

/// How many requests of a generated scenario an invariant starts from.
const STARTS: usize = 4;

/// The invariant that the generated tests are: the evaluator answers as the reference does.
const AGREEMENT: &str = "INV-092";

/// One test.
#[derive(Clone, Debug)]
pub struct Test {
    what: What,
    name: String,
}

#[derive(Clone, Debug)]
enum What {
    /// The cases of the chapter with this index.
    Chapter(usize),
    Generated(Strength),
    Oracle(&'static Oracle),
    Regression(PathBuf),
}

impl Test {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// How a test ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All that was asked is as it must be, or diverges where the standard is open.
    Held,
    /// Nothing could be asked, and why.
    NotTried(String),
    /// Something is not as it must be.
    Failed(String),
}

/// The tests of one evaluator.
pub struct Suite {
    given: Conformance,
    description: Description,
    /// The most that the evaluator answers.
    strength: Strength,
    catalogue: Catalogue,
    corpus: OnceLock<Result<Corpus, String>>,
    seen: Mutex<Seen>,
}

/// What the tests have seen so far.
#[derive(Default)]
struct Seen {
    /// By chapter.
    cases: BTreeMap<usize, Counts>,
    /// What was not asked, and how often.
    unasked: BTreeMap<String, usize>,
    generated: Vec<(Strength, generated::Counts)>,
    /// Invariants that held, each time.
    invariants: u64,
    /// Where the evaluator does otherwise and nobody is accused, a line each, and how often.
    diverged: BTreeMap<String, usize>,
}

impl Suite {
    /// The tests of what is given.
    ///
    /// # Errors
    /// If the standard cannot be read.
    pub fn new(given: Conformance) -> Result<Suite, String> {
        let catalogue = Catalogue::standard()
            .map_err(|errors| errors.iter().map(|error| format!("{error}\n")).collect::<String>())?;
        let description = given.evaluator.describe();
        let strength = strength(&description.capabilities);
        let (corpus, seen) = (OnceLock::new(), Mutex::default());
        Ok(Suite { given, description, strength, catalogue, corpus, seen })
    }

    /// All tests: chapters, strengths, invariants, regressions.
    pub fn tests(&self) -> Vec<Test> {
        let chapters = self.catalogue.chapters.iter().enumerate();
        // The last two hold no cases: invariants are tests of their own, and the world is no evaluator's.
        let with_cases =
            chapters.filter(|(_, chapter)| !["08-invariants", "09-world"].contains(&chapter.slug()));
        let chapters = with_cases.map(|(at, chapter)| {
            let name = format!("chapter_{}", chapter.slug().replace('-', "_"));
            Test { what: What::Chapter(at), name }
        });
        let strengths = [Strength::Decision, Strength::Deciding, Strength::Record];
        let generated = strengths.into_iter().filter(|strength| *strength <= self.strength);
        let generated = generated.map(|strength| Test {
            what: What::Generated(strength),
            name: format!("generated::{}", strength.as_str()),
        });
        let oracles = ORACLES.iter().filter(|oracle| oracle.rule != AGREEMENT).map(|oracle| {
            let rule = oracle.rule.to_lowercase().replace('-', "_");
            Test { what: What::Oracle(oracle), name: format!("oracle::{rule}_{}", oracle.name) }
        });
        chapters.chain(generated).chain(oracles).chain(self.regressions()).collect()
    }

    /// The regressions of this project, and those of the crate that is tested.
    fn regressions(&self) -> impl Iterator<Item = Test> {
        let folders = corpus::regressions().into_iter().chain([self.given.regressions.clone()]);
        folders.filter(|folder| folder.is_dir()).flat_map(|folder| {
            let files = corpus::files_below(&folder).unwrap_or_default();
            files.into_iter().map(move |file| {
                let below = file.strip_prefix(&folder).unwrap_or(&file).with_extension("");
                let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
                Test { what: What::Regression(file), name: format!("regression::{}", parts.join("::")) }
            })
        })
    }

    /// Runs one test.
    pub fn run(&self, test: &Test) -> Ended {
        let (within, reference) = (Within::new(&self.given.evaluator), Reference::new());
        let contest = |strength| self.contest(&within, &reference, strength);
        match &test.what {
            What::Chapter(chapter) => self.chapter(*chapter, &contest(self.strength)),
            What::Generated(strength) => self.generated(&contest(*strength)),
            What::Oracle(oracle) => self.oracle(oracle, &contest(self.strength)),
            What::Regression(file) => self.regression(file, &contest(self.strength)),
        }
    }

    fn contest<'e>(
        &self,
        within: &'e Within<'_>,
        reference: &'e Reference,
        strength: Strength,
    ) -> Contest<'e> {
        Contest {
            tried: Subject { name: self.description.name.clone(), evaluator: within, own: false },
            standard: Some(Subject { name: "reference".to_owned(), evaluator: reference, own: true }),
            strength,
        }
    }

    fn corpus(&self) -> Result<&Corpus, String> {
        let read = || Corpus::standard(&self.catalogue).map_err(|errors| lines(&errors));
        self.corpus.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    fn seen<T>(&self, see: impl FnOnce(&mut Seen) -> T) -> T {
        see(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn settings(&self) -> Settings {
        let capabilities = self.description.capabilities.clone().into();
        Settings { capabilities, ..Settings::default() }
    }

    fn chapter(&self, chapter: usize, contest: &Contest<'_>) -> Ended {
        let corpus = match self.corpus() {
            Ok(corpus) => corpus,
            Err(why) => return Ended::Failed(why),
        };
        let of_chapter = |entry: &&Entry| {
            let first = entry.scenario.rules.first().and_then(|id| self.catalogue.rule(id));
            first.is_some_and(|rule| rule.chapter == chapter)
                && !entry.scenario.name.starts_with(crate::regressions::PREFIX)
        };
        let results = self.results(corpus.entries.iter().filter(of_chapter), contest);
        let mut counts = Counts::default();
        for tried in &results {
            counts.add(&tried.judgement);
        }
        self.seen(|seen| seen.cases.insert(chapter, counts));
        self.conclude(&results, contest)
    }

    fn regression(&self, file: &std::path::Path, contest: &Contest<'_>) -> Ended {
        let corpus = match Corpus::load(&[file.to_path_buf()], &self.catalogue) {
            Ok(corpus) => corpus,
            Err(errors) => return Ended::Failed(lines(&errors)),
        };
        let results = self.results(corpus.entries.iter(), contest);
        self.conclude(&results, contest)
    }

    /// Holds the evaluator against what scenarios expect, and against the invariants that they are filed under.
    fn results<'c>(&self, entries: impl Iterator<Item = &'c Entry>, contest: &Contest<'_>) -> Vec<Tried<'c>> {
        let subjects = vec![contest.tried.clone()];
        let trial = Trial { subjects, strength: contest.strength, catalogue: &self.catalogue };
        let of_entry = |entry: &'c Entry| match unasked(&self.description.capabilities, &entry.scenario) {
            None => {
                let mut tried = trial.scenario(entry);
                tried.extend(contest.replay_invariant(entry, &self.catalogue));
                tried
            }
            Some(why) => {
                let status = entry.status(&self.catalogue);
                let judgement = Judgement::NotTried(format!("{}: {why}", self.description.name));
                vec![Tried {
                    entry,
                    part: Part::Acceptance,
                    name: None,
                    status,
                    judgement,
                    silent: Vec::new(),
                }]
            }
        };
        entries.flat_map(of_entry).collect()
    }

    /// What results come to, failures in words.
    fn conclude(&self, results: &[Tried<'_>], contest: &Contest<'_>) -> Ended {
        let mut failed: Vec<(&Tried<'_>, &[Failure])> = Vec::new();
        let mut tried_any = false;
        let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
        for tried in results {
            match &tried.judgement {
                Judgement::Passed => tried_any = true,
                Judgement::Failed(failures) => failed.push((tried, failures)),
                Judgement::Diverged(failures) => {
                    tried_any = true;
                    self.seen(|seen| diverged(seen, tried, failures));
                }
                Judgement::NotTried(why) => {
                    let why = why.strip_prefix(&format!("{}: ", contest.tried.name)).unwrap_or(why);
                    *reasons.entry(why.to_owned()).or_default() += 1;
                }
            }
        }
        let most = reasons.iter().max_by_key(|(_, count)| **count).map(|(why, _)| why.clone());
        self.seen(|seen| {
            reasons.into_iter().for_each(|(why, count)| *seen.unasked.entry(why).or_default() += count)
        });
        if failed.is_empty() {
            return match most {
                Some(why) if !tried_any => Ended::NotTried(format!("not supported: {why}")),
                _ => Ended::Held,
            };
        }
        let judged =
            results.iter().filter(|tried| !matches!(tried.judgement, Judgement::NotTried(_))).count();
        Ended::Failed(self.cases_in_words(&failed, judged, contest))
    }

    fn cases_in_words(
        &self,
        failed: &[(&Tried<'_>, &[Failure])],
        judged: usize,
        contest: &Contest<'_>,
    ) -> String {
        let mut by_rule: BTreeMap<&str, Vec<&(&Tried<'_>, &[Failure])>> = BTreeMap::new();
        for failure in failed {
            let rule = failure.0.entry.scenario.rules.first().map_or("", String::as_str);
            by_rule.entry(rule).or_default().push(failure);
        }
        // The rule that most cases of fall short is likely the cause, and told first.
        let mut rules: Vec<_> = by_rule.into_iter().collect();
        rules.sort_by_key(|(_, failures)| std::cmp::Reverse(failures.len()));
        let name = &self.description.name;
        let mut out = format!("{name} falls short in {} of {judged}", count(failed.len(), "result"));
        let by_rule: Vec<String> =
            rules.iter().map(|(rule, failures)| format!("{rule} ({})", failures.len())).collect();
        let _ = writeln!(out, ": {}", by_rule.join(", "));
        for (rule, failures) in rules.iter().take(TOLD) {
            let Some((tried, reasons)) = failures.first() else { continue };
            let _ = write!(out, "\n{}\n", words::rule(&self.catalogue, rule));
            let scenario = &tried.entry.scenario;
            let oracle = ORACLES.iter().find(|oracle| tried.part == Part::Invariant && oracle.rule == *rule);
            match oracle.and_then(|oracle| contest.invariant_from(oracle, scenario)) {
                Some(Err(breach)) => {
                    out.push_str(&words::breach(scenario, &breach));
                    out.push_str(&words::indented(&words::follow_up(tried.entry, &self.given.folder, None)));
                    continue;
                }
                _ => {
                    let request = if let Part::Request(at) = tried.part { at } else { 0 };
                    out.push_str(&words::indented(&words::case(scenario, request)));
                }
            }
            for failure in *reasons {
                for field in &failure.difference.fields {
                    let _ = writeln!(
                        out,
                        "  {:<10} expected {}, actual {}",
                        field.name, field.expected, field.actual
                    );
                }
            }
            let follow_up = words::follow_up(tried.entry, &self.given.folder, None);
            out.push_str(&words::indented(&follow_up));
        }
        out
    }

    fn generated(&self, contest: &Contest<'_>) -> Ended {
        let (seed, cases) = (self.given.seed, self.given.cases);
        let (counts, findings) = generated::look(contest, &self.catalogue, &self.settings(), seed, cases);
        self.seen(|seen| {
            seen.generated.push((contest.strength, counts));
            for finding in findings.iter().filter(|finding| !finding.accuses) {
                let rules =
                    finding.rule.map_or_else(|| finding.at_work.join(", "), |(rule, _)| rule.to_owned());
                *seen.diverged.entry(rules).or_default() += 1;
            }
        });
        if counts.asked == 0 {
            return Ended::NotTried("nothing that is generated is supported".to_owned());
        }
        let accusing: Vec<&Finding> = findings.iter().filter(|finding| finding.accuses).collect();
        if accusing.is_empty() {
            return Ended::Held;
        }
        let mut out = format!(
            "{} answers {} of {} otherwise than the standard, in {}:\n",
            self.description.name,
            counts.differing,
            count(counts.asked as usize, "request"),
            if accusing.len() == 1 { "one way".to_owned() } else { format!("{} ways", accusing.len()) },
        );
        for finding in accusing {
            out.push('\n');
            out.push_str(&self.finding_in_words(finding, contest));
        }
        Ended::Failed(out)
    }

    fn finding_in_words(&self, finding: &Finding, contest: &Contest<'_>) -> String {
        let mut out = String::new();
        let rules: Vec<&str> = match finding.rule {
            Some((rule, summary)) => {
                let _ = writeln!(out, "{}", words::rule(&self.catalogue, rule));
                let _ = writeln!(out, "  {:<10} {summary}", "likely");
                vec![rule]
            }
            None if matches!(finding.actual, Verdict::Failed(_)) => {
                out.push_str("There is no answer.\n");
                Vec::new()
            }
            None => {
                let _ = writeln!(out, "No single rule that is broken explains this. Rules at work:");
                for id in &finding.at_work {
                    let Some(rule) = self.catalogue.rule(id) else { continue };
                    let status = rule.standing.own().map_or("", |status| status.as_str());
                    let _ = writeln!(out, "  {id} {} [{status}]", rule.title);
                }
                finding.at_work.clone()
            }
        };
        out.push_str(&words::indented(&words::case(&finding.scenario, 0)));
        let _ = writeln!(out, "  {:<10} {}", "expected", verdict_text(&finding.expected));
        let _ = writeln!(out, "  {:<10} {}", "actual", verdict_text(&finding.actual));
        let mut scenario = finding.scenario.clone();
        scenario.rules = rules.iter().map(|rule| (*rule).to_owned()).collect();
        if scenario.rules.is_empty() {
            scenario.rules = vec![AGREEMENT.to_owned()];
        }
        // What was found accuses: on its own the first of several rules might not.
        scenario.status = finding.rule.is_none().then(|| "documented".to_owned());
        scenario.note = Some(format!(
            "{} answered {} instead of {}.",
            self.description.name,
            verdict_text(&finding.actual),
            verdict_text(&finding.expected)
        ));
        out.push_str(&words::indented(&self.kept(scenario, contest)));
        out
    }

    /// Keeps a scenario that fails, and says where.
    fn kept(&self, scenario: Scenario, contest: &Contest<'_>) -> String {
        self.kept_where(keep(contest, &self.catalogue, scenario, Some(&self.given.regressions)))
    }

    fn kept_where(&self, kept: Result<(Entry, bool), Unwritable>) -> String {
        match kept {
            Ok((entry, _)) => {
                let name = entry.file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
                words::follow_up(&entry, &self.given.folder, name.as_deref())
            }
            Err(error) => {
                format!("kept       nowhere: {} cannot be written: {}\n", error.path.display(), error.why)
            }
        }
    }

    /// Calls `tell` with a question that is not answered in time, on a thread of its own; once at most.
    pub(super) fn watch(&self, tell: impl FnOnce(Question) + Send + 'static) {
        self.given.evaluator.open().watch(self.given.patience, tell);
    }

    /// A question that is not answered in time, in words. It is kept: whether it is answered then is a test of its own.
    pub(super) fn unanswered(&self, question: &Question) -> String {
        let (name, patience) = (&self.description.name, self.given.patience);
        let mut out =
            format!("{name} has not answered for {patience:?} and cannot be stopped: the tests end here.\n");
        let mut scenario = match question.scenario(AGREEMENT) {
            Ok(scenario) => scenario,
            Err(operation) => return out + &format!("  operation  {operation}\n"),
        };
        out.push_str(&words::indented(&words::case(&scenario, 0)));
        scenario.status = Some("documented".to_owned());
        scenario.note = Some(format!("{name} did not answer."));
        let (within, reference) = (Within::new(&self.given.evaluator), Reference::new());
        let contest = self.contest(&within, &reference, self.strength);
        // Asking again would be waited for in vain.
        let kept = keep_if(&contest, scenario, Some(&self.given.regressions), &|_| true);
        out + &words::indented(&self.kept_where(kept))
    }

    fn oracle(&self, oracle: &'static Oracle, contest: &Contest<'_>) -> Ended {
        if self.strength < oracle.needs {
            return Ended::NotTried(format!("needs an evaluator that answers the {}", oracle.needs.as_str()));
        }
        let settings = self.settings();
        let mut held = 0;
        for case in 0..self.given.cases.div_ceil(10) {
            // Each invariant has cases of its own.
            let mut choices = Seeded::case(self.given.seed, number(oracle.rule) << 32 | case);
            let choices: &mut dyn Choices = &mut choices;
            let scenario = scenario(choices, &settings);
            let Body::Requests { requests, .. } = &scenario.body else { continue };
            for _ in 0..STARTS.min(requests.len()) {
                let request = choices.pick(requests.len());
                match contest.invariant(oracle, &scenario, request, choices) {
                    None => {}
                    Some(Ok(())) => held += 1,
                    Some(Err(breach)) => {
                        let alone = scenario.with_requests(request..request + 1);
                        return self.broken(oracle, &alone, breach, contest);
                    }
                }
            }
        }
        self.seen(|seen| seen.invariants += held);
        match held {
            0 => Ended::NotTried("says nothing about what the evaluator supports".to_owned()),
            _ => Ended::Held,
        }
    }

    fn broken(
        &self,
        oracle: &'static Oracle,
        scenario: &Scenario,
        first: Breach,
        contest: &Contest<'_>,
    ) -> Ended {
        if !self.catalogue.rule(oracle.rule).is_some_and(|rule| rule.standing.accuses()) {
            self.seen(|seen| *seen.diverged.entry(oracle.rule.to_owned()).or_default() += 1);
            return Ended::Held;
        }
        let breach = |scenario: &Scenario| match contest.invariant_from(oracle, scenario) {
            Some(Err(breach)) => Some(breach),
            _ => None,
        };
        let mut scenario = shrink(scenario, &mut |scenario| breach(scenario).is_some(), BUDGET).scenario;
        scenario.rules = vec![oracle.rule.to_owned()];
        scenario.note = Some(format!("{} broke {}.", self.description.name, oracle.name));
        let mut out = format!("{}\n", words::rule(&self.catalogue, oracle.rule));
        match breach(&scenario) {
            Some(breach) => {
                out.push_str(&words::breach(&scenario, &breach));
                out.push_str(&words::indented(&self.kept(scenario, contest)));
            }
            // What an invariant changes is chosen anew each time, and is no part of a scenario.
            None => out.push_str(&words::breach(&scenario, &first)),
        }
        Ended::Failed(out)
    }

    /// What was held against what, and what was left out, in a few lines.
    pub fn summary(&self) -> String {
        self.seen(|seen| {
            let Description { name, version, .. } = &self.description;
            let mut out = String::new();
            let mut all = Counts::default();
            for counts in seen.cases.values() {
                all.passed += counts.passed;
                all.failed += counts.failed;
                all.diverged += counts.diverged;
                all.not_tried += counts.not_tried;
            }
            if all.total() > 0 {
                let _ = writeln!(
                    out,
                    "{name} {version}, cases of the standard: {} passed, {} failed, {} diverged, {} not tried",
                    all.passed, all.failed, all.diverged, all.not_tried
                );
            }
            for (strength, counts) in &seen.generated {
                let _ = writeln!(
                    out,
                    "{name} {version}, {} generated scenarios, {} compared: {} asked, {} of them answered otherwise, {} not asked",
                    counts.scenarios,
                    strength.as_str(),
                    count(counts.asked as usize, "request"),
                    counts.differing,
                    counts.unasked
                );
            }
            if seen.invariants > 0 {
                let _ = writeln!(out, "{name} {version}, invariants: held {} times", seen.invariants);
            }
            for (title, counts) in [
                ("not supported, by the evaluator's capabilities", &seen.unasked),
                ("does otherwise where the standard is open, which fails no test", &seen.diverged),
            ] {
                if counts.is_empty() {
                    continue;
                }
                let mut counts: Vec<_> = counts.iter().collect();
                counts.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
                let told = counts.iter().take(LISTED).map(|(what, count)| format!("{what} ({count})"));
                let list: Vec<String> = told.collect();
                let more = match counts.len().saturating_sub(LISTED) {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                let _ = writeln!(out, "{title}: {}{more}", list.join(", "));
            }
            out
        })
    }
}

/// The most that is answered.
fn strength(capabilities: &Capabilities) -> Strength {
    let answers = |word: &str| capabilities.answers.iter().any(|answer| answer == word);
    match (answers("record"), answers("deciding")) {
        (true, _) => Strength::Record,
        (_, true) => Strength::Deciding,
        _ => Strength::Decision,
    }
}

/// The number of a rule.
fn number(rule: &str) -> u64 {
    rule.rsplit('-').next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

fn lines(errors: &[corpus::CorpusError]) -> String {
    errors.iter().map(|error| format!("{error}\n")).collect()
}

fn diverged(seen: &mut Seen, tried: &Tried<'_>, failures: &[Failure]) {
    if !failures.is_empty() {
        let rule = tried.entry.scenario.rules.first().cloned().unwrap_or_default();
        *seen.diverged.entry(rule).or_default() += 1;
    }
}
