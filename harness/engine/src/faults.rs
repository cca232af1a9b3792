//! The faults that `assize-engine-faulty` can be given, and what some of them remember.
//!
//! What each does wrong, and which rule it breaks, is told by the fault bank of `assize`.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use assize_model::{Decision, Request};

use crate::decide::Outcome;
use crate::store::Via;

macro_rules! faults {
    ($($fault:ident),* $(,)?) => {
        /// A fault, named after what goes wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "the fault bank says what each does")]
        pub enum Fault { $($fault),* }

        impl Fault {
            /// All faults.
            pub const ALL: &[Fault] = &[$(Fault::$fault),*];
        }
    };
}

faults! {
    // The index.
    StatementsPast64NotIndexed,
    FirstOfAFullScanLost,
    PrefixesNotAsked,
    ShortestPrefixOnly,
    ExactActionHidesPrefixes,
    WholeActionIsNoPrefix,
    StemOfNameNotAsked,
    PrefixLengthsInSixteenBits,
    EveryBucketNotVisited,
    NotActionNotIndexed,
    NotActionIndexedByItsActions,
    AnyVendorNotIndexed,
    BeginningTakenForGlob,
    HashTakenForText,
    ActionAskedAsSpelled,
    ActionsWithoutResourceFindNothing,
    StatementsOnEverythingSkipped,
    ParentsNotVisited,
    HeadsTakenForTexts,
    NotResourceSortedAsResource,
    LastPolicyNotMerged,
    EqualNumbersTakenForOne,

    // The compiler and the matchers.
    VariablesWhateverTheVersion,
    QuestionMarkIsLiteral,
    FirstStarEndsActions,
    FirstStarEndsResources,
    FirstWordTakenForPrefix,
    HashTakenForAction,
    KeysByHashAlone,
    IfExistsDropped,
    SetOperatorDropped,
    NegationLostWithIfExists,
    ValuesNotSorted,
    VariablesAmongSortedDropped,
    UnreadableTestsFolded,
    DefaultsDropped,
    EscapesAreWildcards,
    PatternsSharedByLowerCase,
    PatternsSharedByText,
    VariablesFrozen,
    StarsNotRetried,
    SearchStopsAtFirstByte,
    CharactersAreBytes,
    LongMasksCut,
    EmptyMaskIsFull,
    HostBitsKept,
    FractionsDropped,
    OffsetsAdded,
    FifteenDigitsKept,
    ContextHashTakenForName,
    KeysPast64Dropped,

    // The decision.
    AllowEndsTheSearch,
    PrincipalDeniesNotRead,
    SessionDeniesNotRead,
    FirstLevelDeniesOnly,
    OneLevelIsEnough,
    GatewaysReadAsInterfaces,
    FirstGrantDecides,
    ScpsBeforeRcps,
    FirstDenyDeterminesAlone,
    PlacesOfTheFirstStatement,
    MissingKeysRepeated,

    // Decisions kept for the next request.
    KeptWithoutContext,
    KeptByContextNames,
    KeptWithoutPrincipal,
    KeptWithoutResource,
    KeptByHash,

    // Decisions kept by a store.
    StoreKeepsForever,
    StoreKeepsDenials,
    StoreKeepsWithoutContext,
    StoreKeepsWithoutPrincipal,
    StoreKeepsByRole,
    StoreKeepsWithoutSessionPolicies,
    StoreKeepsWithoutEndpoint,
    StoreKeepsOnReplace,
    StoreKeepsOnAttach,
    StoreKeepsOnDetach,
    StoreKeepsOnTake,
    StoreKeepsOnJoin,
    StoreKeepsOnLeave,
    StoreKeepsOnAcl,
    StoreKeepsOnPath,
    GenerationsWrap,

    // The store.
    ReadersLagBehind,
    RefusedChangesHalfMade,
    AttachedDocumentsStay,
    ReplacedForgetsUses,
    RemovedWhileAttached,
    IdsKeepTheirDocument,
    AttachedInFront,
    UsesAreAFlag,
    SecondOnlyDocumentTaken,
    DetachTakesAll,
    DetachTakesFirst,
    DetachRemovesDocument,
    TakenKeepsItsUses,
    GroupsTakenFromMembers,
    JoinReplaces,
    LeaveEndsAll,
    GrantsAdded,
    FirstPathStays,
    LastPathStays,
    ScpsStayOn,
    LevelsStayInUse,
    LevelsRunTogether,
    RcpsOfTheRequester,
    BucketStandsInForPolicy,
    TwoPoliciesGathered,
    NamesByHashAlone,
}

thread_local! {
    static ON: Cell<Option<Fault>> = const { Cell::new(None) };
}

/// Whether a fault is on, on this thread.
pub(crate) fn on(fault: Fault) -> bool {
    ON.get() == Some(fault)
}

/// Does something with a fault on, on this thread. What was prepared or put into a store with a fault on is to be asked with it on.
pub fn with<T>(fault: Fault, act: impl FnOnce() -> T) -> T {
    /// Switches back, after a panic too.
    struct Back(Option<Fault>);
    impl Drop for Back {
        fn drop(&mut self) {
            ON.set(self.0);
        }
    }
    let _back = Back(ON.replace(Some(fault)));
    act()
}

/// The values of variables as they first were, by the number of their key.
#[derive(Debug, Default)]
pub(crate) struct Frozen(Mutex<HashMap<u32, Option<&'static str>>>);

impl Frozen {
    /// The first value that this was ever asked with.
    pub(crate) fn value(&self, key: u32, value: Option<&str>) -> Option<&'static str> {
        // The few short texts of a hunt stay in memory until the end.
        *lock(&self.0).entry(key).or_insert_with(|| value.map(|value| &*String::leak(value.to_owned())))
    }
}

/// Decisions kept for later. Copies share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept(Arc<Mutex<Decisions>>);

#[derive(Debug, Default)]
struct Decisions {
    by_key: HashMap<String, Outcome>,
    /// How often the policies have changed.
    changes: u32,
}

impl Kept {
    /// The decision that is kept for a request under one set of policies, if a fault keeps any; else this one, which is kept then.
    pub(crate) fn under_policies(&self, request: &Request, fresh: Outcome) -> Outcome {
        let Some(
            fault @ (Fault::KeptWithoutContext
            | Fault::KeptByContextNames
            | Fault::KeptWithoutPrincipal
            | Fault::KeptWithoutResource
            | Fault::KeptByHash),
        ) = ON.get()
        else {
            return fresh;
        };
        let mut key = key(
            request,
            fault != Fault::KeptWithoutPrincipal,
            fault != Fault::KeptWithoutResource,
            !matches!(fault, Fault::KeptWithoutContext | Fault::KeptByContextNames),
        );
        if fault == Fault::KeptByContextNames {
            let names = request.context().entries().iter().map(|entry| entry.key.as_str());
            key.extend(names);
        }
        if fault == Fault::KeptByHash {
            key = (crate::hash::exact(key.as_bytes()) & 7).to_string();
        }
        *lock(&self.0).by_key.entry(key).or_insert(fresh)
    }

    /// The decision that a store keeps for a request, if a fault keeps any; else this one, which is kept then.
    pub(crate) fn in_store(&self, request: &Request, via: Via<'_>, fresh: Outcome) -> Outcome {
        let Some(fault) = ON.get().filter(|fault| KEEPING.contains(fault)) else { return fresh };
        let mut key = key(
            request,
            !matches!(fault, Fault::StoreKeepsWithoutPrincipal | Fault::StoreKeepsByRole),
            true,
            fault != Fault::StoreKeepsWithoutContext,
        );
        if fault == Fault::StoreKeepsByRole {
            match request.principal() {
                assize_model::Principal::RoleSession(session) => key.push_str(session.role_arn()),
                other => _ = write!(key, "{other:?}"),
            }
        }
        if fault != Fault::StoreKeepsWithoutEndpoint {
            _ = write!(key, "{:?}", via.endpoint);
        }
        if fault != Fault::StoreKeepsWithoutSessionPolicies {
            let ids = via
                .session
                .map(|list| list.attached().iter().map(|attached| &*attached.id).collect::<Vec<_>>());
            _ = write!(key, "{ids:?}");
        }
        let mut kept = lock(&self.0);
        if fault == Fault::GenerationsWrap {
            // Two bits tell the versions of the store apart.
            _ = write!(key, "{}", kept.changes % 4);
        }
        if fault == Fault::StoreKeepsDenials && fresh.decision == Decision::Allow {
            return kept.by_key.get(&key).copied().unwrap_or(fresh);
        }
        *kept.by_key.entry(key).or_insert(fresh)
    }

    /// A store has changed. Decisions are forgotten, unless the fault is that they are not, or not after such a change.
    pub(crate) fn changed(&self, kept_after_it: bool) {
        let mut kept = lock(&self.0);
        kept.changes += 1;
        let forever = [Fault::StoreKeepsForever, Fault::StoreKeepsDenials, Fault::GenerationsWrap];
        if !kept_after_it && !ON.get().is_some_and(|fault| forever.contains(&fault)) {
            kept.by_key.clear();
        }
    }
}

/// The faults of stores that keep decisions.
const KEEPING: [Fault; 16] = [
    Fault::StoreKeepsForever,
    Fault::StoreKeepsDenials,
    Fault::StoreKeepsWithoutContext,
    Fault::StoreKeepsWithoutPrincipal,
    Fault::StoreKeepsByRole,
    Fault::StoreKeepsWithoutSessionPolicies,
    Fault::StoreKeepsWithoutEndpoint,
    Fault::StoreKeepsOnReplace,
    Fault::StoreKeepsOnAttach,
    Fault::StoreKeepsOnDetach,
    Fault::StoreKeepsOnTake,
    Fault::StoreKeepsOnJoin,
    Fault::StoreKeepsOnLeave,
    Fault::StoreKeepsOnAcl,
    Fault::StoreKeepsOnPath,
    Fault::GenerationsWrap,
];

/// What a decision is kept under: the action, and these parts of the request.
fn key(request: &Request, principal: bool, resource: bool, context: bool) -> String {
    let mut key = request.action().as_str().to_owned();
    if principal {
        _ = write!(key, "{:?}", request.principal());
    }
    if resource {
        _ = write!(key, "{:?}", request.resource());
    }
    if context {
        _ = write!(key, "{:?}", request.context());
    }
    key
}

/// What these locks protect is complete whenever it can be seen, even after a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
