//! The conformance court for IAM policy evaluators.
