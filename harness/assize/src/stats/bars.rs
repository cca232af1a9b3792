//! What the measures must reach, so that the scenarios put hard questions.

use assize_model::BaseOperator;

use super::Measures;
use super::met::Meeting;

/// The least share of all condition tests that each operator with each [`Meeting`] must have, in percent.
pub const TEST_SHARE: f64 = 0.2;

/// The measure that [`TEST_SHARE`] is the bar of.
pub const RAREST: &str = "rarest operator with what it meets";

/// A measure and what it must reach.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// What is measured.
    pub name: String,
    /// What it comes to, in percent.
    pub value: f64,
    /// What it must reach at least.
    pub least: Option<f64>,
    /// What it may be at most.
    pub most: Option<f64>,
}

impl Bar {
    /// Whether it is met.
    pub fn met(&self) -> bool {
        self.least.is_none_or(|least| self.value >= least) && self.most.is_none_or(|most| self.value <= most)
    }

    /// The bar in words: `30 to 45 %`.
    pub fn words(&self) -> String {
        match (self.least, self.most) {
            (Some(least), Some(most)) => format!("{least} to {most} %"),
            (Some(least), None) => format!("at least {least} %"),
            (None, Some(most)) => format!("at most {most} %"),
            (None, None) => "any".to_owned(),
        }
    }
}

fn share(part: u64, all: u64) -> f64 {
    part as f64 * 100.0 / all.max(1) as f64
}

impl Measures {
    /// All bars.
    pub fn bars(&self) -> Vec<Bar> {
        let bar = |name: &str, part: u64, all: u64, least: Option<f64>, most: Option<f64>| Bar {
            name: name.to_owned(),
            value: share(part, all),
            least,
            most,
        };
        let requests = self.requests;
        let chosen = self.scenarios + requests + self.impossible;
        let discarded = self.refused + self.impossible;
        vec![
            bar("requests allowed", self.allow, requests, Some(30.0), Some(45.0)),
            bar("requests denied by a Deny", self.explicit_deny, requests, Some(20.0), Some(35.0)),
            bar("requests denied for want of an Allow", self.implicit_deny, requests, Some(25.0), Some(40.0)),
            bar("requests where a Deny overrides an Allow", self.overridden, requests, Some(10.0), None),
            bar(
                "requests that one edit decides otherwise",
                self.flips.flipped,
                self.flips.sampled,
                Some(25.0),
                None,
            ),
            bar("scenarios with several policies", self.several_policies, self.scenarios, Some(70.0), None),
            bar("scenarios with both outcomes", self.both_outcomes, self.scenarios, Some(60.0), None),
            bar("requests identical to another", self.identical, requests, None, Some(1.0)),
            bar("scenarios and requests that are none", discarded, chosen, None, Some(1.0)),
            Bar {
                name: RAREST.to_owned(),
                value: self.tests().map(|(_, _, share)| share).fold(f64::INFINITY, f64::min),
                least: Some(TEST_SHARE),
                most: None,
            },
        ]
    }

    /// Every operator with everything that a test may meet, and its share of all tests in percent.
    pub fn tests(&self) -> impl Iterator<Item = (BaseOperator, Meeting, f64)> {
        let total = self.met.total();
        BaseOperator::ALL.into_iter().flat_map(move |operator| {
            Meeting::ALL
                .into_iter()
                .map(move |meeting| (operator, meeting, share(self.met.count(operator, meeting), total)))
        })
    }
}
