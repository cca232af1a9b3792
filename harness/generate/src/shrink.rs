//! The shrinker: from a case that fails to one that fails and cannot be made simpler by one step.
//!
//! It is the same for a failure under proptest, a fuzz crash, a foreign evaluator and a file of the corpus, because it knows none of
//! them: it edits the JSON of a scenario and asks the caller whether the result still fails. Big steps come first (halves of lists,
//! as in delta debugging), single ones last, and the same case always shrinks the same way.
//!
//! | step | example |
//! |---|---|
//! | leave out | a request, policy, level, policy type, grant, statement, element, operator, key, value, context entry, optional fact |
//! | unwrap | `["*"]` to `"*"`, `{"AWS": "*"}` to `"*"` |
//! | shorten | half of a text, then one unit of it: a character, an account, the first fields of an ARN |
//! | simplify | a text to `a`, a path to `/`, `ForAnyValue:StringEqualsIfExists` to `StringEquals`, an origin to `AssumeRole` |
//! | rename | an account or a name at all places at once |
//! | make users | of role sessions and federated users, with their identity policies |
//!
//! Every step makes the case smaller or its words simpler in a fixed order, so there is an end. Name, rules, note and status of a
//! scenario stay as they are. Expectations are the first thing to go; a caller that needs them says so by not failing without.

mod step;
mod text;
mod tree;

use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use assize_model::InputError;
use assize_model::json::{self, Writer};
use assize_model::scenario::{self, Body, Scenario};

use step::Step;
use tree::{Path, Tree};

/// How long to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// How often the caller is asked at most.
    pub attempts: usize,
}

impl Default for Budget {
    /// Enough for any scenario of the generators to end 1-minimal.
    fn default() -> Self {
        Budget { attempts: 50_000 }
    }
}

/// A scenario that was shrunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shrunk {
    /// The simplest scenario found that fails.
    pub scenario: Scenario,
    /// How often the caller was asked.
    pub attempts: usize,
    /// Whether every single step was tried from it and none failed. Otherwise the budget ended first, or the scenario never failed.
    pub minimal: bool,
}

/// A text that was shrunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShrunkText {
    /// The simplest text found that fails.
    pub text: String,
    /// How often the caller was asked.
    pub attempts: usize,
    /// As [`Shrunk::minimal`].
    pub minimal: bool,
}

/// Makes a failing scenario as simple as it gets.
///
/// `still_fails` says whether a scenario fails in the same way (a crash is no wrong decision, and each wrong decision has a deciding
/// type of its own), and answers the same each time. Scenarios that the reader of scenario files refuses are not tried, nor are
/// those in which a request has an input error that no request had before. Documents may lose what their grammar asks for: whether
/// a malformed one is the same failure is for the caller to say.
///
/// A scenario that does not fail comes back as it is.
pub fn shrink(scenario: &Scenario, still_fails: &mut dyn FnMut(&Scenario) -> bool, budget: Budget) -> Shrunk {
    let format = ScenarioFormat::of(scenario);
    let Some(tree) = scenario_tree(scenario) else {
        return Shrunk { scenario: scenario.clone(), attempts: 0, minimal: false };
    };
    let outcome = Search::run(&format, scenario.clone(), tree, still_fails, budget);
    Shrunk { scenario: outcome.item, attempts: outcome.attempts, minimal: outcome.minimal }
}

/// Makes a failing text as simple as it gets. A text that is JSON is shrunk by its structure, any other by its characters.
///
/// `still_fails` is as for [`shrink`]. A text that does not fail comes back as it is.
pub fn shrink_text(text: &str, still_fails: &mut dyn FnMut(&str) -> bool, budget: Budget) -> ShrunkText {
    let mut still_fails = |text: &String| still_fails(text);
    let tree = Tree::Text(text.to_owned());
    let outcome = Search::run(&TextFormat, text.to_owned(), tree, &mut still_fails, budget);
    ShrunkText { text: outcome.item, attempts: outcome.attempts, minimal: outcome.minimal }
}

/// Every scenario that is one step simpler: none of them fails if [`shrink`] said that this one is minimal.
pub fn one_step_simpler(scenario: &Scenario) -> Vec<Scenario> {
    let Some(mut tree) = scenario_tree(scenario) else { return Vec::new() };
    let format = ScenarioFormat::of(scenario);
    open_compact(&format, &mut tree);
    candidates(&format, scenario, &tree)
}

/// Every text that is one step simpler, as [`one_step_simpler`].
pub fn one_step_simpler_text(text: &str) -> Vec<String> {
    let mut tree = Tree::Text(text.to_owned());
    open_compact(&TextFormat, &mut tree);
    candidates(&TextFormat, &text.to_owned(), &tree)
}

fn candidates<T: PartialEq>(format: &dyn Format<T>, item: &T, tree: &Tree) -> Vec<T> {
    let trees = step::single_steps(tree).into_iter().filter_map(|step| step.apply(tree));
    trees.filter_map(|tree| format.read(&format.write(&tree))).filter(|simpler| simpler != item).collect()
}

/// Lays out the documents that are laid out in this way already.
fn open_compact<T>(format: &dyn Format<T>, tree: &mut Tree) {
    let text = format.write(tree);
    for step in step::opening_steps(tree) {
        if let Some(opened) = step.apply(tree).filter(|opened| format.write(opened) == text) {
            *tree = opened;
        }
    }
}

/// Between trees and what the caller looks at.
trait Format<T> {
    /// The text of a candidate.
    fn write(&self, tree: &Tree) -> String;

    /// The candidate; `None` if it is none.
    fn read(&self, text: &str) -> Option<T>;
}

struct TextFormat;

impl Format<String> for TextFormat {
    fn write(&self, tree: &Tree) -> String {
        match tree {
            Tree::Text(text) => text.clone(),
            Tree::Inner(inner) => inner.document(),
            other => other.document(),
        }
    }

    fn read(&self, text: &str) -> Option<String> {
        Some(text.to_owned())
    }
}

/// Scenarios with the header of one of them.
struct ScenarioFormat {
    header: Scenario,
    /// The input errors that requests may have.
    errors: BTreeSet<InputError>,
}

impl ScenarioFormat {
    fn of(scenario: &Scenario) -> Self {
        let body = Body::Operation { operation: "".into(), expect: "".into() };
        let header = Scenario {
            name: scenario.name.clone(),
            rules: scenario.rules.clone(),
            note: scenario.note.clone(),
            status: scenario.status.clone(),
            body,
        };
        ScenarioFormat { header, errors: input_errors(scenario).collect() }
    }
}

impl Format<Scenario> for ScenarioFormat {
    fn write(&self, tree: &Tree) -> String {
        let mut writer = Writer::new();
        writer.open_object();
        // Stand-ins: the caller's header need not be one that a file may have.
        writer.name("name").string("a").name("rules").strings(["a"]);
        if let Tree::Map(members) = tree {
            for (name, value) in members {
                writer.name(name);
                value.write(&mut writer);
            }
        }
        writer.close_object();
        writer.finish()
    }

    fn read(&self, text: &str) -> Option<Scenario> {
        let body = scenario::read(text).ok()?.pop()?.body;
        let scenario = Scenario { body, ..self.header.clone() };
        let known = input_errors(&scenario).all(|error| self.errors.contains(&error));
        known.then_some(scenario)
    }
}

fn input_errors(scenario: &Scenario) -> impl Iterator<Item = InputError> {
    let requests = match &scenario.body {
        Body::Requests { requests, .. } => requests.as_slice(),
        Body::Operation { .. } => &[],
    };
    requests.iter().filter_map(|case| case.request.as_ref().err().map(|invalid| invalid.error))
}

/// The members of a scenario but those of its header. Every document is a string with its text as it is.
fn scenario_tree(scenario: &Scenario) -> Option<Tree> {
    let mut verbatim = scenario.clone();
    let mut added = false;
    if let Body::Requests { policies, .. } = &mut verbatim.body {
        // Where sizes are checked, documents are written as they are.
        added = !std::mem::replace(&mut policies.check_size, true);
    }
    let text = verbatim.to_json();
    let mut tree = Tree::of(&json::parse(&text).ok()?);
    if let Tree::Map(members) = &mut tree {
        members.retain(|(name, _)| !["name", "rules", "note", "status"].contains(&name.as_str()));
    }
    if added && let Some(Tree::Map(policies)) = tree.get_mut("policies") {
        policies.retain(|(name, _)| name != "check_size");
    }
    Some(tree)
}

struct Outcome<T> {
    item: T,
    attempts: usize,
    minimal: bool,
}

/// The search for a simpler case.
struct Search<'f, T> {
    format: &'f dyn Format<T>,
    still_fails: &'f mut dyn FnMut(&T) -> bool,
    budget: Budget,
    /// The simplest case so far, as the caller saw it, as text and as tree.
    item: T,
    text: String,
    tree: Tree,
    attempts: usize,
    /// Hashes of the texts that were tried.
    tried: HashSet<u64>,
    /// Whether a candidate was left untried because the budget had ended.
    exhausted: bool,
}

impl<'f, T: PartialEq> Search<'f, T> {
    fn run(
        format: &'f dyn Format<T>,
        item: T,
        tree: Tree,
        still_fails: &'f mut dyn FnMut(&T) -> bool,
        budget: Budget,
    ) -> Outcome<T> {
        if budget.attempts == 0 || !still_fails(&item) {
            return Outcome { item, attempts: budget.attempts.min(1), minimal: false };
        }
        let text = format.write(&tree);
        let mut search = Search {
            format,
            still_fails,
            budget,
            item,
            text,
            tree,
            attempts: 1,
            tried: HashSet::new(),
            exhausted: false,
        };
        while !search.exhausted {
            search.each(&|_| vec![Step::Forget]);
            search.each(&step::opening_steps);
            search.chunks(&Tree::is_container, 1);
            search.each(&step::renaming_steps);
            search.chunks(&|tree| matches!(tree, Tree::Text(_)), 2);
            if !search.each(&step::single_steps) {
                break;
            }
        }
        Outcome { item: search.item, attempts: search.attempts, minimal: !search.exhausted }
    }

    /// Tries the steps one after the other, each from the simplest tree so far; whether one succeeded.
    fn each(&mut self, steps: &dyn Fn(&Tree) -> Vec<Step>) -> bool {
        let mut succeeded = false;
        let mut list = steps(&self.tree);
        let mut at = 0;
        while at < list.len() && !self.exhausted {
            if self.attempt(&list[at]) {
                succeeded = true;
                // What stands here now is what came next.
                list = steps(&self.tree);
            } else {
                at += 1;
            }
        }
        succeeded
    }

    /// Cuts ever smaller chunks, down to `smallest` parts, out of the trees that `of` picks, the outer ones first.
    fn chunks(&mut self, of: &dyn Fn(&Tree) -> bool, smallest: usize) {
        let mut nth = 0;
        while let Some(path) = self.nth_place(of, nth) {
            let parts = |search: &Self| search.tree.at(&path).map_or(0, Tree::parts);
            let mut size = parts(self);
            while size >= smallest && !self.exhausted {
                let mut from = 0;
                while from < parts(self) && !self.exhausted {
                    let to = (from + size).min(parts(self));
                    if !self.attempt(&Step::Cut(path.clone(), from..to)) {
                        from = to;
                    }
                }
                size = (size / 2).min(parts(self));
            }
            nth += 1;
        }
    }

    /// The place of the nth tree that `of` picks.
    fn nth_place(&self, of: &dyn Fn(&Tree) -> bool, nth: usize) -> Option<Path> {
        let (mut seen, mut found) = (0, None);
        self.tree.walk(&mut |path, name, tree| {
            let fixed = matches!(tree, Tree::Text(text) if text::is_fixed_value(name, text));
            if found.is_none() && of(tree) && !fixed {
                if seen == nth {
                    found = Some(path.to_vec());
                }
                seen += 1;
            }
        });
        found
    }

    /// Tries one step; whether the result is the new simplest case.
    fn attempt(&mut self, step: &Step) -> bool {
        let Some(tree) = step.apply(&self.tree) else { return false };
        let text = self.format.write(&tree);
        if text == self.text {
            // The same case, seen as another tree.
            self.tree = tree;
            return true;
        }
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        if self.tried.contains(&hasher.finish()) {
            return false;
        }
        let Some(item) = self.format.read(&text) else {
            self.tried.insert(hasher.finish());
            return false;
        };
        // Some of a text means nothing, such as an empty context: without it the case is the same.
        if item != self.item {
            if self.attempts >= self.budget.attempts {
                self.exhausted = true;
                return false;
            }
            self.tried.insert(hasher.finish());
            self.attempts += 1;
            if !(self.still_fails)(&item) {
                return false;
            }
            self.item = item;
        }
        (self.text, self.tree) = (text, tree);
        true
    }
}
