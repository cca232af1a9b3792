//! Generators of policies, principals, requests and documents.
//!
//! Everything is written once over [`Choices`], a source of choices, and knows no evaluator and no test framework: proptest, libFuzzer,
//! the command line and the enumerator are drivers around it.
//!
//! Requests are made from policies. A scenario has a small cast (requesters, actions, resources, context values that are near misses
//! of each other) that feeds policies and requests alike, so that they hit each other; see [`Cast`].

pub mod cast;
pub mod choices;
pub mod condition;
pub mod crowd;
mod experiment;
mod misfit;
pub mod naming;
pub mod pattern;
pub mod policy;
pub mod raw;
pub mod scenario;
pub mod settings;
pub mod shrink;
mod table;
mod topic;
mod truth;
pub mod uniform;
pub mod value;

pub use cast::Cast;
pub use choices::{Choices, Enumerate, Labelled, Seeded};
pub use crowd::crowd;
pub use raw::{RawDocument, raw_document};
pub use scenario::scenario;
pub use settings::Settings;
pub use shrink::{Budget, Shrunk, ShrunkText, shrink, shrink_text};
pub use uniform::uniform;
