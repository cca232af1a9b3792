//! What each condition test met: a value that matches, one that does not, no key, a value that is none of the operator's type.
//!
//! It is measured where it happens: the reference decides with semantics that are correct and take notes.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use assize_model::{BaseOperator, SetOperator};
use assize_reference::numeric::Decimal;
use assize_reference::variable::Glyph;
use assize_reference::{Correct, Semantics};

/// What a test met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// The test holds.
    Match,
    /// It does not hold.
    Miss,
    /// The key is absent.
    Absent,
    /// A value, the policy's or the request's, is none of the operator's type. For texts: it is empty, or a variable without value.
    Malformed,
}

impl Meeting {
    /// All of them.
    pub const ALL: [Meeting; 4] = [Meeting::Match, Meeting::Miss, Meeting::Absent, Meeting::Malformed];

    /// As written in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Meeting::Match => "match",
            Meeting::Miss => "miss",
            Meeting::Absent => "absent key",
            Meeting::Malformed => "malformed",
        }
    }
}

/// How often each operator met what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Met([[u64; 4]; BaseOperator::ALL.len()]);

impl Met {
    /// How often this operator met this.
    pub fn count(&self, operator: BaseOperator, meeting: Meeting) -> u64 {
        self.0[operator as usize][meeting as usize]
    }

    /// All tests.
    pub fn total(&self) -> u64 {
        self.0.iter().flatten().sum()
    }

    pub(super) fn add(&mut self, other: &Met) {
        for (mine, theirs) in self.0.iter_mut().flatten().zip(other.0.iter().flatten()) {
            *mine += theirs;
        }
    }
}

/// Correct semantics that note what condition tests meet. Clones share their notes.
#[derive(Clone, Debug, Default)]
pub struct Recording(Arc<Mutex<Notes>>);

#[derive(Debug, Default)]
struct Notes {
    met: Met,
    current: Option<Test>,
}

/// A test that is going on.
#[derive(Debug)]
struct Test {
    operator: BaseOperator,
    /// Known as soon as the key was looked up.
    absent: Option<bool>,
    malformed: bool,
    holds: bool,
}

impl Notes {
    /// The test that went on is over.
    fn close(&mut self) {
        let Some(test) = self.current.take() else { return };
        // An operator is looked up for other reasons too; no test follows then.
        let Some(absent) = test.absent else { return };
        let meeting = match test {
            _ if absent => Meeting::Absent,
            Test { malformed: true, .. } => Meeting::Malformed,
            Test { holds: true, .. } => Meeting::Match,
            Test { .. } => Meeting::Miss,
        };
        self.met.0[test.operator as usize][meeting as usize] += 1;
    }
}

impl Recording {
    /// What was noted so far; starts anew.
    pub fn take(&self) -> Met {
        self.with(|notes| {
            notes.close();
            std::mem::take(&mut notes.met)
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut Notes) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn test(&self, note: impl FnOnce(&mut Test)) {
        self.with(|notes| notes.current.as_mut().map(note));
    }

    fn holds(&self, holds: bool) -> bool {
        self.test(|test| test.holds |= holds);
        holds
    }

    /// Notes a value that is none of the type.
    fn typed<T>(&self, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.test(|test| test.malformed = true);
        }
        value
    }

    fn text(&self, text: &str) {
        if text.is_empty() {
            self.test(|test| test.malformed = true);
        }
    }
}

impl Semantics for Recording {
    // Asked first of each test, and of each operator when policies are prepared.
    fn positive_of(&self, base: BaseOperator) -> Option<BaseOperator> {
        self.with(|notes| {
            notes.close();
            notes.current = Some(Test { operator: base, absent: None, malformed: false, holds: false });
        });
        Correct.positive_of(base)
    }

    // Asked of the test's key before anything else, then perhaps of variables.
    fn is_null(&self, values: &[Cow<'_, str>]) -> bool {
        let null = Correct.is_null(values);
        self.test(|test| {
            test.absent.get_or_insert(values.is_empty());
            if null && !values.is_empty() {
                test.malformed = true;
            }
        });
        null
    }

    fn null_value(&self, text: &str) -> Option<bool> {
        self.typed(Correct.null_value(text))
    }

    fn null_test(&self, wanted: bool, null: bool) -> bool {
        self.holds(Correct.null_test(wanted, null))
    }

    fn null_under_set(&self, set: SetOperator) -> bool {
        self.holds(Correct.null_under_set(set))
    }

    fn null_in_set(&self, set: SetOperator) -> bool {
        self.holds(Correct.null_in_set(set))
    }

    fn set_test(
        &self,
        set: SetOperator,
        negated: bool,
        values: usize,
        policy: usize,
        hit: &dyn Fn(usize, usize) -> bool,
    ) -> bool {
        self.holds(Correct.set_test(set, negated, values, policy, hit))
    }

    fn plain_test(
        &self,
        base: BaseOperator,
        negated: bool,
        values: usize,
        policy: usize,
        hit: &dyn Fn(usize, usize) -> bool,
    ) -> bool {
        self.holds(Correct.plain_test(base, negated, values, policy, hit))
    }

    fn unresolved_text(&self) -> Option<&str> {
        self.typed(Correct.unresolved_text())
    }

    fn string_equals(&self, value: &str, policy: &str) -> bool {
        self.text(policy);
        Correct.string_equals(value, policy)
    }

    fn string_equals_ignore_case(&self, value: &str, policy: &str) -> bool {
        self.text(policy);
        Correct.string_equals_ignore_case(value, policy)
    }

    fn string_like(&self, value: &str, policy: Vec<Glyph>) -> bool {
        if policy.is_empty() {
            self.text("");
        }
        Correct.string_like(value, policy)
    }

    fn number(&self, text: &str) -> Option<Decimal> {
        self.typed(Correct.number(text))
    }

    fn date(&self, text: &str) -> Option<assize_reference::date::Instant> {
        self.typed(Correct.date(text))
    }

    fn boolean(&self, text: &str) -> Option<bool> {
        self.typed(Correct.boolean(text))
    }

    fn binary(&self, text: &str) -> Option<Vec<u8>> {
        self.typed(Correct.binary(text))
    }

    fn address(&self, text: &str) -> Option<IpAddr> {
        self.typed(Correct.address(text))
    }

    fn range(&self, text: &str) -> Option<assize_reference::address::Range> {
        self.typed(Correct.range(text))
    }

    // Both sides of an ARN test that is none of two ARNs.
    fn incomparable(&self, base: BaseOperator) -> bool {
        self.test(|test| test.malformed = true);
        Correct.incomparable(base)
    }
}
