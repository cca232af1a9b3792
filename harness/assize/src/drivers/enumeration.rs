//! Every sequence of choices, the simplest first.

use assize_generate::Choices;

/// How far an enumeration came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enumerated {
    /// How many were visited.
    pub visited: u64,
    /// Whether that was all of them; otherwise the cap was reached, or the visitor had enough.
    pub complete: bool,
}

/// Makes everything that `make` can make, and shows it to `visit` until that answers `false` or `cap` were shown.
///
/// The order is by how many choices are not the simplest one: first the thing of no such choice, then all of one, then all of two.
/// So even where the whole space is out of reach, the simple part of it is visited completely. Each sequence of choices is visited
/// once; sequences that lead to equal things are visited each.
///
/// ```
/// use assize::drivers::enumerate;
/// let mut pairs = Vec::new();
/// let all = enumerate(|choices| (choices.pick(2), choices.pick(2)), 100, |pair| { pairs.push(pair); true });
/// assert!(all.complete);
/// assert_eq!(pairs, [(0, 0), (1, 0), (0, 1), (1, 1)]);
/// ```
pub fn enumerate<T>(
    make: impl Fn(&mut dyn Choices) -> T,
    cap: u64,
    visit: impl FnMut(T) -> bool,
) -> Enumerated {
    let mut search = Search { make, visit, cap, visited: 0, stopped: false };
    let mut plan = Vec::new();
    let mut deviations = 0;
    while search.level(&mut plan, 0, deviations) && !search.stopped {
        deviations += 1;
    }
    Enumerated { visited: search.visited, complete: !search.stopped }
}

/// The choices that are not the simplest, by their place; and what each place chose among.
struct Planned<'p> {
    plan: &'p [(usize, usize)],
    alternatives: Vec<usize>,
}

impl Choices for Planned<'_> {
    fn pick(&mut self, n: usize) -> usize {
        let at = self.alternatives.len();
        self.alternatives.push(n);
        match self.plan.binary_search_by_key(&at, |(place, _)| *place) {
            Ok(found) => self.plan[found].1,
            Err(_) => 0,
        }
    }
}

struct Search<M, V> {
    make: M,
    visit: V,
    cap: u64,
    visited: u64,
    stopped: bool,
}

impl<T, M: Fn(&mut dyn Choices) -> T, V: FnMut(T) -> bool> Search<M, V> {
    /// Visits all that extend `plan` by exactly `deviations` choices from place `from` on. Answers whether there is any.
    fn level(&mut self, plan: &mut Vec<(usize, usize)>, from: usize, deviations: usize) -> bool {
        if self.stopped {
            return true;
        }
        let mut choices = Planned { plan, alternatives: Vec::new() };
        let made = (self.make)(&mut choices);
        if deviations == 0 {
            if self.visited == self.cap {
                self.stopped = true;
            } else {
                self.visited += 1;
                self.stopped = !(self.visit)(made);
            }
            return true;
        }
        let alternatives = choices.alternatives;
        let mut any = false;
        for (place, &count) in alternatives.iter().enumerate().skip(from) {
            for value in 1..count {
                plan.push((place, value));
                any |= self.level(plan, place + 1, deviations - 1);
                plan.pop();
                if self.stopped {
                    return true;
                }
            }
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use assize_generate::{Enumerate, Settings, scenario};

    use super::*;

    /// Something whose later choices depend on the earlier ones.
    fn tree(choices: &mut dyn Choices) -> Vec<usize> {
        let count = choices.pick(4);
        (0..count).map(|at| choices.pick(at + 2)).collect()
    }

    #[test]
    fn all_is_visited_once() {
        let mut visited = Vec::new();
        let all = enumerate(tree, 1000, |made| {
            visited.push(made);
            true
        });
        let mut wheels = Enumerate::default();
        let mut expected = BTreeSet::new();
        while wheels.advance() {
            expected.insert(tree(&mut wheels));
        }
        assert_eq!(expected.len(), 1 + 2 + 2 * 3 + 2 * 3 * 4);
        assert_eq!(all, Enumerated { visited: expected.len() as u64, complete: true });
        assert_eq!(visited.iter().cloned().collect::<BTreeSet<_>>(), expected);
        assert_eq!(visited.len(), expected.len());
    }

    #[test]
    fn the_cap_and_the_visitor_end_it() {
        assert_eq!(enumerate(tree, 5, |_| true), Enumerated { visited: 5, complete: false });
        assert_eq!(enumerate(tree, 33, |_| true), Enumerated { visited: 33, complete: true });
        assert_eq!(enumerate(tree, 1000, |made| made.len() < 2), Enumerated { visited: 3, complete: false });
        assert_eq!(enumerate(|_| (), 0, |()| true), Enumerated { visited: 0, complete: false });
    }

    #[test]
    fn one_choice_away_from_the_simplest_scenario() {
        let settings = Settings { requests: 1, policies: 1, statements: 1, large: 0, ..Settings::default() };
        let mut kinds = BTreeSet::new();
        let some = enumerate(
            |choices| scenario(choices, &settings),
            3000,
            |made| {
                kinds.insert(made.to_json());
                true
            },
        );
        assert_eq!(some.visited, 3000);
        assert!(kinds.len() > 20, "{} scenarios", kinds.len());
    }
}
