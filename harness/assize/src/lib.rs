//! The conformance court for IAM policy evaluators.
//!
//! | module | holds |
//! |---|---|
//! | [`catalogue`] | the rules of `corpus/spec` |
//! | [`carry`] | scenario files made from the one-line cases of the rules |
//! | `conformance` | libtest tests for an evaluator of yours, by one macro (feature `conformance`) |
//! | [`capability`] | what an evaluator is asked |
//! | [`corpus`] | scenario files, found and read |
//! | [`evaluators`] | the evaluators of this repository, by name |
//! | [`trial`] | holding evaluators against scenarios and against each other |
//! | [`compare`] | what tells two verdicts apart |
//! | [`tally`], [`report`] | counting and showing what was found |
//! | [`explain`], [`record`] | why a request is decided as it is; the record as JSON |
//! | [`mod@check`], [`mod@lint`], [`mod@excerpt`] | validating documents, advice about them, quoting them |
//! | [`oracles`] | the invariants of chapter 08 |
//! | [`generation`] | holding an evaluator against generated scenarios |
//! | [`stats`] | what is generated, measured |
//! | [`regressions`] | scenarios that failed once, kept as files |
//! | [`drivers`] | what makes the choices of the one generator |
//! | [`fuzzing`] | what the fuzz targets try, and regressions made of what they find |
//! | [`sequences`] | changes to a store of policies with questions between them |
//! | `faults` | the fault bank: switchable bugs that show how strong the harness is (feature `faults`) |
//! | `fetch` | the managed policies of AWS (feature `fetch`) |

pub mod capability;
pub mod carry;
pub mod catalogue;
pub mod check;
pub mod compare;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod corpus;
pub mod drivers;
pub mod evaluators;
pub mod excerpt;
pub mod explain;
#[cfg(feature = "faults")]
pub mod faults;
#[cfg(feature = "fetch")]
pub mod fetch;
pub mod fuzzing;
pub mod generation;
pub mod lint;
pub mod oracles;
pub mod record;
pub mod regressions;
pub mod report;
pub mod sequences;
pub mod stats;
pub mod tally;
pub mod trial;

/// The words of the standard, among them the trait that evaluators implement.
pub use assize_model as model;
