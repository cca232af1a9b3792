//! The conformance court for IAM policy evaluators.

pub mod catalogue;
