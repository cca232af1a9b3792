//! The steps to a simpler tree.

use std::collections::BTreeMap;
use std::ops::Range;

use super::text;
use super::tree::{Path, Tree};

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Leaves out entries of a list, members of an object, or units of a text.
    Cut(Path, Range<usize>),
    /// Puts the only entry or member in place of the list or object.
    Unwrap(Path),
    /// Lays out a document that is a string, so that its parts can be reached.
    Open(Path),
    /// Makes a text simpler.
    Text(Path, text::Change),
    /// Makes the name of a member simpler.
    Name(Path, usize, text::Change),
    /// Puts a simpler number.
    Number(Path, &'static str),
    /// Renames what occurs in several places.
    Rename(String, &'static str),
    /// Leaves out all expectations.
    Forget,
    /// Makes users of role sessions and federated users, and gives them their identity policies.
    Users,
}

impl Step {
    /// The simpler tree; `None` if the step changes nothing.
    pub(super) fn apply(&self, tree: &Tree) -> Option<Tree> {
        let mut simpler = tree.clone();
        match self {
            Step::Cut(path, range) => cut(simpler.at_mut(path)?, range),
            Step::Unwrap(path) => {
                let place = simpler.at_mut(path)?;
                let only = match place {
                    Tree::List(items) => items.pop(),
                    Tree::Map(members) => members.pop().map(|(_, value)| value),
                    _ => None,
                };
                *place = only?;
            }
            Step::Open(path) => {
                let place = simpler.at_mut(path)?;
                *place = place.opened()?;
            }
            Step::Text(path, change) => {
                if let Tree::Text(text) = simpler.at_mut(path)? {
                    *text = change.apply(text);
                }
            }
            Step::Name(path, at, change) => {
                if let Tree::Map(members) = simpler.at_mut(path)? {
                    let (name, _) = members.get_mut(*at)?;
                    *name = change.apply(name);
                }
            }
            Step::Number(path, number) => *simpler.at_mut(path)? = Tree::Token((*number).to_owned()),
            Step::Rename(from, to) => simpler.texts_mut(&mut |text| *text = text::rename(text, from, to)),
            Step::Forget => forget(&mut simpler),
            Step::Users => users(&mut simpler),
        }
        simpler.close_bare();
        (simpler != *tree).then_some(simpler)
    }
}

/// Every single step from `tree`, those that leave out most first. A tree from which none succeeds is 1-minimal.
pub(super) fn single_steps(tree: &Tree) -> Vec<Step> {
    let mut steps = vec![Step::Forget];
    tree.walk(&mut |path, _, node| {
        if node.is_container() {
            steps.extend((0..node.parts()).map(|at| Step::Cut(path.to_vec(), at..at + 1)));
            if node.parts() == 1 {
                steps.push(Step::Unwrap(path.to_vec()));
            }
        }
    });
    steps.extend(opening_steps(tree));
    steps.push(Step::Users);
    steps.extend(renaming_steps(tree));
    tree.walk(&mut |path, name, node| match node {
        Tree::Text(text) => {
            let changes = text::value_changes(name, text);
            steps.extend(changes.into_iter().map(|change| Step::Text(path.to_vec(), change)));
        }
        Tree::Token(number) if number.starts_with(|first: char| first == '-' || first.is_ascii_digit()) => {
            let simpler =
                ["0", "1"].into_iter().filter(|word| text::is_simpler(word, number) && word != number);
            steps.extend(simpler.map(|word| Step::Number(path.to_vec(), word)));
        }
        Tree::Map(members) => {
            for (at, (name, _)) in members.iter().enumerate() {
                let changes = text::name_changes(name);
                steps.extend(changes.into_iter().map(|change| Step::Name(path.to_vec(), at, change)));
            }
        }
        Tree::Token(_) | Tree::Inner(_) | Tree::List(_) => {}
    });
    steps
}

/// The steps that lay out documents.
pub(super) fn opening_steps(tree: &Tree) -> Vec<Step> {
    let mut steps = Vec::new();
    tree.walk(&mut |path, _, node| {
        if node.opened().is_some() {
            steps.push(Step::Open(path.to_vec()));
        }
    });
    steps
}

/// The steps that rename what occurs in several places: what no step at one place can do without parting what belongs together.
pub(super) fn renaming_steps(tree: &Tree) -> Vec<Step> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut scratch = tree.clone();
    scratch.texts_mut(&mut |text| {
        let mut found: Vec<&str> = text::tokens(text).collect();
        // A document that is kept as text is full of words; they are cut, not renamed.
        if text.len() <= 2_048 {
            found.push(text);
        }
        found.sort_unstable();
        found.dedup();
        for token in found {
            match places.get_mut(token) {
                Some(count) => *count += 1,
                None => {
                    places.insert(token.to_owned(), 1);
                }
            }
        }
    });
    let mut shared: Vec<String> =
        places.into_iter().filter(|&(_, count)| count > 1).map(|(token, _)| token).collect();
    // The longest first: `s3:GetObject` before `s3`.
    shared.sort_by_key(|token| std::cmp::Reverse(token.len()));
    shared
        .into_iter()
        .flat_map(|token| {
            text::renames(&token).map(|word| Step::Rename(token.clone(), word)).collect::<Vec<_>>()
        })
        .collect()
}

fn cut(tree: &mut Tree, range: &Range<usize>) {
    let within = |length: usize| range.start.min(length)..range.end.min(length);
    match tree {
        Tree::List(items) => drop(items.drain(within(items.len()))),
        Tree::Map(members) => drop(members.drain(within(members.len()))),
        Tree::Text(text) => *text = text::Change::Cut(range.clone()).apply(text),
        Tree::Token(_) | Tree::Inner(_) => {}
    }
}

/// Leaves out `expect` of the scenario and of every request.
fn forget(scenario: &mut Tree) {
    // An operation is nothing without its outcome.
    if scenario.get("operation").is_some() {
        return;
    }
    let without = |tree: &mut Tree| {
        if let Tree::Map(members) = tree {
            members.retain(|(name, _)| name != "expect");
        }
    };
    if let Some(requests) = scenario.get_mut("requests") {
        requests.items_mut().iter_mut().for_each(without);
    }
    without(scenario);
}

/// Makes users of sessions, and `user` of the sources of identity policies.
fn users(scenario: &mut Tree) {
    let requests = scenario.get_mut("requests").map(Tree::items_mut).unwrap_or_default();
    for principal in requests.iter_mut().filter_map(|request| request.get_mut("principal")) {
        let behind = match principal.get("kind").and_then(Tree::as_str) {
            Some("role-session") => "role",
            Some("federated-user") => "issuer",
            _ => continue,
        };
        let text = |text: &str| Tree::Text(text.to_owned());
        let fact = |name: &str, otherwise: &str| {
            let found = principal.get(behind).and_then(|entity| entity.get(name));
            (name.to_owned(), found.cloned().unwrap_or_else(|| text(otherwise)))
        };
        let mut members = vec![("kind".to_owned(), text("user"))];
        for name in ["partition", "account"] {
            members.extend(principal.get(name).map(|value| (name.to_owned(), value.clone())));
        }
        members.extend([fact("path", "/"), fact("name", "a"), fact("id", "a")]);
        *principal = Tree::Map(members);
    }
    let identity = scenario.get_mut("policies").and_then(|policies| policies.get_mut("identity"));
    for source in
        identity.map(Tree::items_mut).unwrap_or_default().iter_mut().filter_map(|p| p.get_mut("source"))
    {
        if let Some("role" | "issuer") = source.as_str() {
            *source = Tree::Text("user".to_owned());
        }
    }
}
