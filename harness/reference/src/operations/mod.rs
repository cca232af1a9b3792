//! The operations of chapters 05 and 07, as pure functions over the state they are given.
//!
//! An operation is a list of authorizations (EVAL-060), which an [`Evaluator`](assize_model::Evaluator) decides, and checks of
//! parameters and states around them. Nothing is remembered between calls, and ids come from the caller, so equal inputs give equal
//! outcomes. Checks come in the order of WORLD-005: parameters, authorizations, existence, `iam:PassRole`, state, quotas.
//!
//! | module | rules |
//! |---|---|
//! | [`authorization`] | EVAL-060, EVAL-061, and the both-sides reading of DELEG-027 |
//! | [`session`] | what every way to a session shares: tags, durations, source identity, session policies (DELEG-023 to DELEG-030) |
//! | [`assume`] | AssumeRole and its federated kin (DELEG-018 to DELEG-035, DELEG-064) |
//! | [`token`] | GetFederationToken, GetSessionToken, AssumeRoot (DELEG-042, DELEG-043, DELEG-023) |
//! | [`passing`] | handing a role to a service, delegated administration (DELEG-036 to DELEG-041, DELEG-046) |
//! | [`account`] | roles, instance profiles and instances of one account as data |
//! | [`instances`] | operations on these (DELEG-045, DELEG-048 to DELEG-054, DELEG-057, DELEG-063) |
//! | [`metadata`] | what an instance reads about itself (DELEG-054 to DELEG-056, DELEG-062) |
//! | [`generate`] | policies from recorded activity (DELEG-060) |
//! | [`binding`] | stored principals (PRIN-049 to PRIN-059) |
//! | [`perform`] | all of these from and to the JSON of operation cases |

pub mod account;
pub mod assume;
pub mod authorization;
pub mod binding;
pub mod generate;
pub mod instances;
pub mod metadata;
pub mod passing;
mod perform;
pub mod session;
pub mod token;

use assize_model::{DecidingType, Decision, InputError, Refusal};

pub use perform::perform;

/// Why an operation did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// An authorization was denied.
    Denied(Denial),
    /// A rule of parameters, existence, state or quota failed: the word that names it.
    Rejected(&'static str),
    /// Of several operations in a row, the one with this index, from 0, stopped; why.
    AtStep(usize, Box<Stop>),
    /// The operation as given makes no sense, or an evaluator could not decide: no outcome at all (EVAL-065).
    Failed(String),
}

/// The authorization that was denied: the first with the combined decision (EVAL-060).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// Its index among the authorizations.
    pub index: usize,
    /// Its action.
    pub action: String,
    /// Its decision, which is that of the whole operation.
    pub decision: Decision,
    /// What decided.
    pub deciding: Option<DecidingType>,
}

impl From<InputError> for Stop {
    fn from(error: InputError) -> Self {
        Stop::Failed(format!("input error {error}"))
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        let faults = refusal.documents.iter().flat_map(|document| {
            let name = format!("{} policy {:?}", document.policy_type, document.policy);
            document.faults.iter().map(move |fault| format!("{name}: {fault}"))
        });
        let reasons: Vec<String> = refusal.reason.iter().cloned().chain(faults).collect();
        Stop::Failed(format!("policies refused: {}", reasons.join("; ")))
    }
}
