//! The executable specification of IAM policy evaluation: slow, short, obvious.
//!
//! Every function cites the rules of the catalogue (`corpus/spec`) that it carries out. The two algorithms that win over all prose are
//! `Question::decide` (EVAL-010, in `decide`) and `Matcher::test` (COND-000, in `condition`). What they are made of, the small
//! decisions, is the trait [`Semantics`]; [`Correct`] makes them as the rules say, and a fault makes exactly one of them otherwise.
//!
//! | module | rules |
//! |---|---|
//! | [`grammar`] | chapter 01: which documents are accepted |
//! | `pattern`, `action`, `resource`, `variable` | chapter 02 |
//! | `condition`, [`numeric`], [`date`], [`address`], `arn` | chapter 03 |
//! | [`context`] | CTX-001, PRIN-015: what conditions see |
//! | [`principal`] | chapter 05, parts C and D: whom a policy names |
//! | `environment`, `consulted` | EVAL-001, EVAL-006: the policies, who has which, input errors |
//! | `restrictions` | what is decided without policies, or against them |
//! | `statement`, `findings`, `acl` | EVAL-002, EVAL-003, EVAL-062: what applies |
//! | `decide` | EVAL-010 |
//! | `report`, `missing` | EVAL-067 to EVAL-069, EVAL-076 |
//! | [`trace`], `notes` | which rules took part; decides nothing |
//!
//! This crate shares nothing with the optimized evaluator but the words of [`assize_model`].

mod acl;
mod action;
pub mod address;
mod arn;
mod condition;
mod consulted;
pub mod context;
pub mod date;
mod decide;
mod environment;
mod findings;
pub mod grammar;
pub mod matcher;
mod missing;
mod notes;
pub mod numeric;
pub mod operations;
pub mod pattern;
pub mod presentation;
pub mod principal;
mod question;
mod report;
mod resource;
mod restrictions;
pub mod semantics;
mod statement;
pub mod trace;
pub mod variable;

use assize_model::json::Value;
use assize_model::{
    Capabilities, Description, Evaluation, Evaluator, InputError, Participation, Policies, Refusal, Request,
    Verdict,
};

use environment::Environment;
use question::Question;

pub use context::FinishedContext;
pub use matcher::Matcher;
pub use semantics::{Correct, Semantics, Sides, StatementPlace};
pub use trace::Trace;

/// The reference evaluator: correct by default, or with the semantics that it is given.
#[derive(Debug)]
pub struct Reference<S: ?Sized = Correct> {
    name: String,
    semantics: Box<S>,
}

impl Reference {
    /// The correct reference.
    pub fn new() -> Self {
        Reference::with("reference", Box::new(Correct))
    }
}

impl Default for Reference {
    fn default() -> Self {
        Reference::new()
    }
}

impl<S: Semantics + ?Sized> Reference<S> {
    /// An evaluator that decides as `semantics` says; `name` is what reports call it.
    pub fn with(name: impl Into<String>, semantics: Box<S>) -> Self {
        Reference { name: name.into(), semantics }
    }

    /// How it decides.
    pub fn semantics(&self) -> &S {
        &self.semantics
    }

    /// Reads policies.
    ///
    /// # Errors
    /// Every document that is refused (GRAM-052).
    pub fn prepare(&self, policies: &Policies) -> Result<Prepared<'_, S>, Refusal> {
        let environment = Environment::prepare(&*self.semantics, policies)?;
        Ok(Prepared { semantics: &self.semantics, environment })
    }
}

/// Prepared policies; see [`Reference::prepare`].
#[derive(Debug)]
pub struct Prepared<'s, S: ?Sized = Correct> {
    semantics: &'s S,
    environment: Environment,
}

impl<S: Semantics + ?Sized> Prepared<'_, S> {
    /// Decides a request and records how (EVAL-067).
    ///
    /// # Errors
    /// An input error if a policy was supplied that the requester cannot have (EVAL-006).
    pub fn evaluate(&self, request: &Request) -> Result<Evaluation, InputError> {
        self.evaluate_traced(request, &Trace::off())
    }

    /// As [`Self::evaluate`]; `trace` learns which rules took part.
    ///
    /// # Errors
    /// As [`Self::evaluate`].
    pub fn evaluate_traced(&self, request: &Request, trace: &Trace) -> Result<Evaluation, InputError> {
        self.answer(request, trace).map(|evaluation| *evaluation)
    }

    fn answer(&self, request: &Request, trace: &Trace) -> Result<Box<Evaluation>, InputError> {
        let question = Question::new(self.semantics, &self.environment, request, trace);
        match question.input_error() {
            Some(error) => Err(error),
            None => Ok(question.evaluate()),
        }
    }
}

impl<S: Semantics + ?Sized> Evaluator for Reference<S> {
    fn describe(&self) -> Description {
        Description {
            name: self.name.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            language: "Rust".to_owned(),
            capabilities: Capabilities { operations: true, ..Capabilities::full() },
        }
    }

    fn prepare<'e>(&'e self, policies: &Policies) -> Result<Box<dyn assize_model::Prepared + 'e>, Refusal> {
        Ok(Box::new(Reference::prepare(self, policies)?))
    }

    fn perform(&self, operation: &Value<'_>) -> Option<Result<String, String>> {
        Some(operations::perform(self, operation))
    }
}

impl<S: Semantics + ?Sized> assize_model::Prepared for Prepared<'_, S> {
    fn evaluate(&self, request: &Request) -> Verdict {
        match self.answer(request, &Trace::off()) {
            Ok(evaluation) => Verdict::Evaluated(evaluation),
            Err(error) => Verdict::InputError(error),
        }
    }

    fn trace(&self, request: &Request) -> Vec<Participation> {
        let trace = Trace::on();
        // An input error is part of the trace as much as a decision is.
        let _ = self.answer(request, &trace);
        trace.into_parts()
    }
}
