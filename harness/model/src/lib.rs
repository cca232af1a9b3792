//! The words of Assize: policy documents, principals, requests, scenarios, verdicts, and the [`Evaluator`] trait.
//!
//! This crate parses and validates; it decides nothing. No wildcard is matched here, no date, number or address is read, no
//! variable substituted, no effect combined: two evaluators that share a matcher share its bugs. What little a document's
//! grammar needs beyond its own syntax (is this text a date?) the evaluator that parses passes in, see [`Grammar`].
//!
//! | module | holds |
//! |---|---|
//! | [`source`] | positions in a text |
//! | [`json`] | strict JSON with positions, and a writer |
//! | [`diagnostic`] | what is wrong with a document, and where |
//! | [`document`] | parsed policy documents |
//! | [`grammar`] | chapter 01: from text to [`Document`], or to every fault in it |
//! | [`principal`], [`request`] | who asks for what |
//! | [`policies`] | the policies that apply to a request |
//! | [`verdict`] | decisions, the evaluation record of EVAL-067 to EVAL-069, input errors |
//! | [`evaluator`] | the trait that every evaluator implements, and what it says it supports |
//! | [`scenario`] | the case format: policies, requests, expectations |

pub mod diagnostic;
pub mod document;
pub mod evaluator;
pub mod grammar;
pub mod json;
pub mod policies;
pub mod principal;
pub mod request;
pub mod scenario;
pub mod source;
pub mod verdict;

pub use diagnostic::{Code, Diagnostic, Severity};
pub use document::{
    BaseOperator, ConditionBlock, ConditionKey, Document, Effect, Element, Literal, LiteralKind, Operator,
    PrincipalElement, PrincipalEntry, PrincipalKey, PrincipalSpec, SetOperator, Statement, Version,
};
pub use evaluator::{Capabilities, Description, Evaluator, Participation, Prepared, Refusal};
pub use grammar::Grammar;
pub use policies::{
    AclGrant, AclPermission, AclTarget, DocumentSource, EndpointKind, EndpointPolicy, Grantee,
    IdentityPolicy, IdentitySource, Policies, PolicySource, PolicyType, ResourceKind, ResourcePolicy,
};
pub use principal::{
    Account, Entity, FederatedCaller, FederatedUser, Issuer, Origin, Principal, RoleSession, Root, Service,
    SessionToken, User,
};
pub use request::{Action, Context, ContextEntry, Request, Resource};
pub use scenario::Scenario;
pub use source::{Position, Region};
pub use verdict::{
    DecidingType, Decision, Evaluation, InputError, MatchClass, Relation, ReportState, StatementRef,
    TypeReport, Verdict,
};
