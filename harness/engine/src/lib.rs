//! The optimized evaluator: policies are compiled once, and a decision costs little more than reading the request.
//!
//! | module | holds |
//! |---|---|
//! | [`document`] | compiled documents, shared between all that they are attached to |
//! | [`list`] | bags of policies, put together cheaply |
//! | [`engine`] | prepared policies, and the [`Evaluator`](assize_model::Evaluator) |
//! | [`store`] | the policies of many principals and resources, changed while others decide |
//!
//! Two ways lead in. [`PreparedPolicies::decide`] and [`PolicyStore::authorize`] give the decision and its deciding type and allocate
//! nothing; [`PreparedPolicies::explain`] and [`PolicyStore::explain`] give the whole evaluation record. They share how a statement
//! is matched, but neither how statements are found nor how their effects are combined, so each checks the other.
//!
//! "Allocates nothing" has three limits, all beyond what IAM issues or stores keep: a context of more than 64 keys uses a table that
//! the thread keeps; `aws:userid` is put together on the heap if it is longer than 200 bytes; and a store gathers more than 32 policies
//! of one type in a list.
//!
//! `faulty!` marks places where optimized evaluators go wrong. It is the constant `false` here; a second package, compiled from these
//! files, has a switch for each, so that the harness can show that it would notice (`faulty.rs`).

#![allow(clippy::redundant_locals, reason = "`faulty!` is the right value where there are no faults")]

#[macro_use]
mod faulty;

mod base64;
mod compile;
mod condition;
mod decide;
mod decimal;
pub mod document;
pub mod engine;
mod explain;
#[cfg(feature = "faults")]
pub mod faults;
mod frame;
mod hash;
mod index;
mod instant;
mod key;
pub mod list;
mod naming;
mod network;
mod pattern;
mod rules;
mod service;
pub mod store;
mod text;
mod trie;

pub use decide::Outcome;
pub use document::CompiledDocument;
pub use engine::{Engine, PreparedPolicies};
pub use list::{Attached, PolicyList};
pub use store::{Place, PolicyStore, StoreError, Via};
