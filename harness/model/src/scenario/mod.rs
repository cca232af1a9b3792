//! The case format: policies, requests, expectations. `corpus/cases/README.md` describes the file.

mod read;
mod write;

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::Code;
use crate::policies::{Policies, PolicyType};
use crate::request::Request;
use crate::source::Position;
use crate::verdict::{DecidingType, Decision, InputError, StatementRef};

pub use read::{read, read_policies, read_request};
pub use write::{policies_json, principal_json, request_json};

/// One set of policies and many requests, or one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Unique over all files of a run.
    pub name: String,
    /// The rules that it tests, the one it is filed under first; one at least.
    pub rules: Vec<String>,
    /// A sentence for the reader.
    pub note: Option<String>,
    /// The status that its expectations have, if not that of the first rule.
    pub status: Option<String>,
    /// What is asked.
    pub body: Body,
}

impl Scenario {
    /// The scenario with those of its requests that stand at these places.
    pub fn with_requests(&self, wanted: Range<usize>) -> Scenario {
        let mut scenario = self.clone();
        if let Body::Requests { requests, .. } = &mut scenario.body {
            *requests = requests.drain(..).skip(wanted.start).take(wanted.len()).collect();
        }
        scenario
    }
}

/// What a scenario asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Requests under policies.
    Requests {
        /// The policies, for every request.
        policies: Box<Policies>,
        /// The requests.
        requests: Vec<Case>,
        /// Whether the policies must be taken or refused, if that is what the scenario asks.
        expect: Option<Acceptance>,
    },
    /// An operation of chapters 05 to 07.
    Operation {
        /// The JSON text of the operation: an object with the member `op`.
        operation: Arc<str>,
        /// The JSON text of an object: members that the outcome must have; `null` for those that it must not have.
        expect: Arc<str>,
    },
}

/// Whether policies must be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// They are accepted.
    Accepted,
    /// They are refused. The code is advisory: a foreign evaluator may refuse for another reason.
    Rejected(Code),
}

/// One request and what is expected of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// A name for the reader.
    pub name: Option<String>,
    /// The status that its expectation has, if not the scenario's.
    pub status: Option<String>,
    /// The request, or why it is none.
    pub request: Result<Request, InvalidRequest>,
    /// What is expected. Without it the request is only for comparing evaluators.
    pub expect: Option<Expect>,
}

/// A request that cannot be put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidRequest {
    /// Why.
    pub error: InputError,
    /// The JSON text of an object with the members `principal`, `action`, `resource` and `context` as written.
    pub written: Arc<str>,
}

/// What is expected of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// A decision.
    Decision {
        /// The decision.
        decision: Decision,
        /// The deciding type; the outer `None` means that it is not compared.
        deciding: Option<Option<DecidingType>>,
        /// The determining statements, if compared.
        determining: Option<Vec<ExpectedStatement>>,
    },
    /// An input error.
    Error(InputError),
}

/// A determining statement as a case names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedStatement {
    /// The policy type.
    pub policy_type: PolicyType,
    /// The policy's id.
    pub policy: String,
    /// The index of the statement, from 0.
    pub statement: usize,
    /// The level, from 0; for scp and rcp.
    pub level: Option<usize>,
}

impl From<&StatementRef> for ExpectedStatement {
    fn from(found: &StatementRef) -> Self {
        ExpectedStatement {
            policy_type: found.policy_type,
            policy: found.policy.to_string(),
            statement: found.statement,
            level: found.level,
        }
    }
}

/// What is wrong with a scenario file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub position: Position,
    /// Where in the structure: a JSON pointer.
    pub pointer: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.position, self.message)?;
        if self.pointer.is_empty() { Ok(()) } else { write!(f, " (at {})", self.pointer) }
    }
}
