//! The conformance court for IAM policy evaluators.

pub mod carry;
pub mod catalogue;
