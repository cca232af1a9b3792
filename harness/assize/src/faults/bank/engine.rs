//! Faults of the optimized evaluator: of its index, its compiler, what it keeps between requests, and its store. Each is a switch of
//! `assize-engine-faulty` (its `faulty.rs` says how they work).

use assize_engine_faulty::faults::Fault as Switch;

use crate::faults::{Fault, Origin, Severity, Stage, Wrong};

/// Faults of one family: id, rule, origin, severity, what it does wrong, and its switch.
macro_rules! switches {
    ($name:ident, $stage:ident, $family:literal; $(
        $id:literal, $rule:literal, $origin:ident, $severity:ident, $summary:literal: $switch:ident
    )*) => {
        pub(super) const $name: &[Fault] = &[$(
            Fault {
                id: $id,
                family: $family,
                rule: $rule,
                summary: $summary,
                origin: Origin::$origin,
                severity: Severity::$severity,
                stage: Stage::$stage,
                wrong: Wrong::Engine(Switch::$switch),
            }
        ),*];
    };
}

switches! { INDEX, Evaluation, "engine index";
    "index-of-64-bits", "EVAL-003", Plausible, OverGrant,
    "Statements from the 65th of a document on are not found, as the set of them is one word.": StatementsPast64NotIndexed

    "index-scan-off-by-one", "EVAL-003", Plausible, OverGrant,
    "Of exactly as many statements as are read one by one the first is not.": FirstOfAFullScanLost

    "index-prefixes-not-asked", "MATCH-013", Plausible, OverGrant,
    "Statements whose actions end in an asterisk are not found.": PrefixesNotAsked

    "index-shortest-prefix-only", "MATCH-013", Plausible, OverGrant,
    "Once statements for a beginning of the action are found, those for longer beginnings are not.": ShortestPrefixOnly

    "index-exact-action-hides-prefixes", "MATCH-018", Real, OverGrant,
    "Once statements that spell the action out are found, those for its beginnings are not.": ExactActionHidesPrefixes

    "index-whole-action-is-no-prefix", "MATCH-001", Plausible, OverGrant,
    "The trailing asterisk of an action needs a character when statements are looked up.": WholeActionIsNoPrefix

    "index-stem-of-name-not-asked", "MATCH-013", Plausible, OverGrant,
    "Of patterns of actions only those with nothing but an asterisk after the colon are found.": StemOfNameNotAsked

    "index-lengths-of-16-bits", "MATCH-013", Plausible, OverGrant,
    "Beginnings of actions with 16 bytes or more are not found, as the set of their lengths is half a word.": PrefixLengthsInSixteenBits

    "index-every-bucket-not-visited", "MATCH-014", Plausible, OverGrant,
    "Statements without a vendor in their actions are not found.": EveryBucketNotVisited

    "index-not-action-left-out", "MATCH-018", Plausible, OverGrant,
    "Statements with NotAction are not in the index.": NotActionNotIndexed

    "index-not-action-under-its-actions", "MATCH-018", Plausible, OverGrant,
    "Statements with NotAction are found under the actions that they leave out.": NotActionIndexedByItsActions

    "index-any-vendor-left-out", "MATCH-014", Plausible, OverGrant,
    "Statements whose actions have an asterisk for vendor are not in the index.": AnyVendorNotIndexed

    "index-beginning-taken-for-pattern", "MATCH-013", Plausible, OverGrant,
    "What stands after the first wildcard of an action is not looked at when it was found by its beginning.": BeginningTakenForGlob

    "index-hash-taken-for-action", "MATCH-012", Plausible, OverGrant,
    "Entries of the index whose hashes agree in part are taken for equal.": HashTakenForText

    "index-asked-as-spelled", "MATCH-012", Real, OverGrant,
    "The action of a request is looked up as it is spelled, in an index of small letters.": ActionAskedAsSpelled

    "index-nothing-without-resource", "MATCH-031", Plausible, OverGrant,
    "Nothing is found for actions without a resource.": ActionsWithoutResourceFindNothing

    "index-every-resource-beside-sorted", "MATCH-031", Plausible, OverGrant,
    "Where statements are sorted by resource, those for every resource are not visited.": StatementsOnEverythingSkipped

    "index-parents-not-visited", "MATCH-032", Plausible, OverGrant,
    "Of resources that begin one another only the longest is found.": ParentsNotVisited

    "index-heads-taken-for-resources", "MATCH-032", Plausible, OverGrant,
    "Resources are ordered by eight bytes, and whatever stands behind them is not told apart.": HeadsTakenForTexts

    "index-not-resource-sorted", "MATCH-041", Plausible, OverGrant,
    "Statements with NotResource are found under the resources that they leave out.": NotResourceSortedAsResource

    "index-last-policy-left-out", "EVAL-003", Plausible, OverGrant,
    "The last of many policies is not in the index over all of them.": LastPolicyNotMerged

    "index-equal-numbers-are-one", "EVAL-003", Plausible, OverGrant,
    "Statements at the same place of two policies are taken for one in the index over many policies.": EqualNumbersTakenForOne
}

switches! { COMPILER, Evaluation, "engine compiler";
    "compiled-variables-under-2008", "MATCH-061", Plausible, OverGrant,
    "Variables are compiled whatever the version of the document.": VariablesWhateverTheVersion

    "compiled-question-mark-is-literal", "MATCH-001", Plausible, OverGrant,
    "The question mark of an action is compiled as itself.": QuestionMarkIsLiteral

    "compiled-first-asterisk-ends-action", "MATCH-013", Real, OverGrant,
    "What stands after the first wildcard of an action is dropped, as if it were the last character.": FirstStarEndsActions

    "compiled-first-asterisk-ends-resource", "MATCH-032", Real, OverGrant,
    "What stands after the first asterisk of a pattern is dropped if nothing special stands before it.": FirstStarEndsResources

    "compiled-first-word-is-the-prefix", "MATCH-013", Plausible, OverGrant,
    "Of the beginning of an action eight bytes are compared.": FirstWordTakenForPrefix

    "compiled-hash-is-the-action", "MATCH-012", Plausible, OverGrant,
    "Actions are compared by some bits of their hashes.": HashTakenForAction

    "compiled-keys-share-a-number", "COND-006", Plausible, OverGrant,
    "Condition keys whose hashes agree in part get one number.": KeysByHashAlone

    "compiled-without-if-exists", "COND-011", Plausible, OverGrant,
    "The suffix IfExists is not kept in compiled tests.": IfExistsDropped

    "compiled-without-set-prefix", "COND-016", Plausible, OverGrant,
    "Set prefixes are not kept in compiled tests.": SetOperatorDropped

    "compiled-if-exists-undoes-negation", "COND-004", Plausible, OverGrant,
    "Of a negated operator with the suffix IfExists the negation is not kept.": NegationLostWithIfExists

    "compiled-values-searched-unsorted", "COND-003", Plausible, OverGrant,
    "Long lists of values are searched as if sorted, and are not.": ValuesNotSorted

    "compiled-variables-dropped-from-long-lists", "MATCH-060", Plausible, OverGrant,
    "Values with variables are left out of long lists of values.": VariablesAmongSortedDropped

    "compiled-unreadable-test-folded-away", "COND-030", Plausible, OverGrant,
    "A test none of whose values is of its type is folded to one that holds.": UnreadableTestsFolded

    "compiled-without-defaults", "MATCH-065", Plausible, OverGrant,
    "Defaults of variables are not kept.": DefaultsDropped

    "compiled-escapes-are-wildcards", "MATCH-067", Plausible, OverGrant,
    "An escaped wildcard is compiled as a wildcard.": EscapesAreWildcards

    "compiled-patterns-shared-by-lower-case", "MATCH-035", Real, OverGrant,
    "A pattern takes the compiled form of an earlier one that differs in case.": PatternsSharedByLowerCase

    "compiled-patterns-shared-across-operators", "COND-042", Plausible, OverGrant,
    "A pattern takes the compiled form of an earlier one under an operator with other wildcards.": PatternsSharedByText

    "compiled-variables-frozen", "MATCH-063", Real, OverGrant,
    "A variable keeps the value that it had for the first request.": VariablesFrozen

    "matcher-does-not-return-to-asterisk", "MATCH-001", Real, OverGrant,
    "What follows an asterisk is tried at the first place where it fits, and nowhere else.": StarsNotRetried

    "matcher-search-stops-at-first-byte", "MATCH-001", Plausible, OverGrant,
    "What follows an asterisk is looked for at the first place where its first byte stands.": SearchStopsAtFirstByte

    "matcher-takes-bytes-for-characters", "MATCH-002", Real, OverGrant,
    "A question mark takes one byte.": CharactersAreBytes

    "compiled-ipv6-masks-of-64-bits", "COND-080", Plausible, OverGrant,
    "Prefix lengths of IPv6 beyond 64 count as 64.": LongMasksCut

    "compiled-empty-mask-is-full", "COND-085", Real, OverGrant,
    "A prefix length of zero makes a mask of ones, as shifts by the width of a word do.": EmptyMaskIsFull

    "compiled-host-bits-kept", "COND-082", Real, OverGrant,
    "The bits of a range's address behind its prefix are kept, so that nothing is in the range.": HostBitsKept

    "compiled-dates-to-seconds", "COND-063", Plausible, OverGrant,
    "Fractions of seconds are dropped.": FractionsDropped

    "compiled-offsets-added", "COND-060", Plausible, OverGrant,
    "The offset of a date is added to its time.": OffsetsAdded

    "compiled-numbers-of-15-digits", "COND-051", Real, OverGrant,
    "Numbers keep fifteen digits, as doubles do.": FifteenDigitsKept

    "context-hash-is-the-name", "COND-006", Plausible, OverGrant,
    "In contexts of many keys a key is known by some bits of its hash.": ContextHashTakenForName

    "context-of-64-keys", "COND-008", Plausible, OverGrant,
    "Of a context the first 64 keys are kept.": KeysPast64Dropped
}

switches! { DECISION, Evaluation, "engine decision";
    "decided-at-first-allow", "EVAL-005", Real, OverGrant,
    "The search ends once everything that must allow allows.": AllowEndsTheSearch

    "denies-of-the-principal-not-read", "EVAL-005", Plausible, OverGrant,
    "The search for a Deny ends with the policy of the resource.": PrincipalDeniesNotRead

    "denies-of-the-session-not-read", "EVAL-005", Plausible, OverGrant,
    "The search for a Deny ends before the session policies.": SessionDeniesNotRead

    "denies-of-the-first-level-only", "EVAL-013", Plausible, OverGrant,
    "The search for a Deny reads the first level of an organization path.": FirstLevelDeniesOnly

    "one-level-that-allows-is-enough", "EVAL-012", Real, OverGrant,
    "One level with an Allow stands for the whole organization path.": OneLevelIsEnough

    "gateways-read-as-interfaces", "EVAL-022", Plausible, OverGrant,
    "Principals in policies of gateway endpoints are read as in those of interface endpoints.": GatewaysReadAsInterfaces

    "first-grant-decides-the-class", "PRIN-029", Plausible, OverDeny,
    "The first statement of a resource policy that allows decides how directly it does.": FirstGrantDecides

    "scps-read-before-rcps", "EVAL-066", Plausible, Record,
    "Where SCPs and RCPs both deny, the SCPs are named.": ScpsBeforeRcps

    "first-deny-determines-alone", "EVAL-067", Plausible, Record,
    "Of several statements that deny only the first is reported.": FirstDenyDeterminesAlone

    "places-of-the-first-statement", "EVAL-067", Plausible, Record,
    "Every statement is reported under the name and place of the first.": PlacesOfTheFirstStatement

    "missing-keys-repeated", "EVAL-076", Plausible, Record,
    "A missing key is reported once for each document that names it.": MissingKeysRepeated
}

switches! { CACHE, Evaluation, "engine cache";
    "kept-without-context", "INV-092", Real, OverGrant,
    "A decision is kept for the next request that differs in its context.": KeptWithoutContext

    "kept-by-names-of-keys", "INV-092", Plausible, OverGrant,
    "A decision is kept for the next request whose context has the same keys.": KeptByContextNames

    "kept-without-principal", "INV-092", Plausible, OverGrant,
    "A decision is kept for the next request of another requester.": KeptWithoutPrincipal

    "kept-without-resource", "INV-092", Plausible, OverGrant,
    "A decision is kept for the next request on another resource.": KeptWithoutResource

    "kept-by-hash", "INV-092", Plausible, OverGrant,
    "A decision is kept under a short hash of the request.": KeptByHash
}

switches! { STORE_CACHE, Sequence, "store cache";
    "store-keeps-decisions-forever", "INV-092", Plausible, OverGrant,
    "A decision is kept whatever changes.": StoreKeepsForever

    "store-keeps-denials", "INV-092", Real, OverDeny,
    "A denial is kept whatever changes.": StoreKeepsDenials

    "store-keeps-without-context", "INV-092", Real, OverGrant,
    "A decision is kept until the next change for requests that differ in their context.": StoreKeepsWithoutContext

    "store-keeps-without-principal", "INV-092", Plausible, OverGrant,
    "A decision is kept until the next change for requests of other requesters.": StoreKeepsWithoutPrincipal

    "store-keeps-by-role", "INV-092", Plausible, OverGrant,
    "A decision is kept until the next change for all sessions of a role.": StoreKeepsByRole

    "store-keeps-without-session-policies", "INV-092", Real, OverGrant,
    "A decision is kept until the next change for sessions with other session policies.": StoreKeepsWithoutSessionPolicies

    "store-keeps-without-endpoint", "INV-092", Plausible, OverGrant,
    "A decision is kept until the next change whatever endpoint the request passes.": StoreKeepsWithoutEndpoint

    "store-keeps-on-replace", "INV-092", Plausible, OverGrant,
    "Decisions are kept when a document is replaced.": StoreKeepsOnReplace

    "store-keeps-on-attach", "INV-092", Plausible, OverGrant,
    "Decisions are kept when a document is attached.": StoreKeepsOnAttach

    "store-keeps-on-detach", "INV-092", Plausible, OverGrant,
    "Decisions are kept when a document is detached.": StoreKeepsOnDetach

    "store-keeps-on-removal", "INV-092", Plausible, OverGrant,
    "Decisions are kept when something goes away that documents are attached to.": StoreKeepsOnTake

    "store-keeps-on-joining", "INV-092", Plausible, OverGrant,
    "Decisions are kept when a user joins a group.": StoreKeepsOnJoin

    "store-keeps-on-leaving", "INV-092", Plausible, OverGrant,
    "Decisions are kept when a user leaves a group.": StoreKeepsOnLeave

    "store-keeps-on-grants", "INV-092", Plausible, OverGrant,
    "Decisions are kept when the grants on a resource change.": StoreKeepsOnAcl

    "store-keeps-on-moving", "INV-092", Real, OverGrant,
    "Decisions are kept when an account moves in its organization.": StoreKeepsOnPath

    "store-generations-wrap", "INV-092", Plausible, OverGrant,
    "Decisions are kept under a counter of versions that begins again after four.": GenerationsWrap
}

switches! { STORE, Sequence, "store";
    "store-readers-lag-behind", "INV-092", Plausible, OverGrant,
    "Readers see the version before the last change.": ReadersLagBehind

    "store-refused-change-half-made", "INV-092", Plausible, OverGrant,
    "What a change has done before it is refused stays.": RefusedChangesHalfMade

    "store-attached-document-stays", "INV-092", Real, OverGrant,
    "A document is not replaced while it is attached to something.": AttachedDocumentsStay

    "store-replaced-forgets-uses", "INV-092", Plausible, OverGrant,
    "A document that is replaced counts as attached once at most.": ReplacedForgetsUses

    "store-removed-while-attached", "INV-092", Plausible, OverGrant,
    "A document can be removed while it is attached to something.": RemovedWhileAttached

    "store-ids-keep-their-document", "INV-092", Plausible, OverGrant,
    "A document that is put in under the id of a removed one has the text of that.": IdsKeepTheirDocument

    "store-attached-in-front", "EVAL-067", Plausible, Record,
    "A document is attached before those that are attached already.": AttachedInFront

    "store-uses-are-a-flag", "INV-092", Plausible, OverGrant,
    "A document that is attached to several things counts as attached to none once it is detached from one.": UsesAreAFlag

    "store-second-only-document-taken", "INV-092", Plausible, OverGrant,
    "A second document is attached where only one can be.": SecondOnlyDocumentTaken

    "store-detach-takes-all", "INV-092", Plausible, OverGrant,
    "Detaching one document detaches all.": DetachTakesAll

    "store-detach-takes-first", "INV-092", Plausible, OverGrant,
    "Detaching a document detaches the first one there.": DetachTakesFirst

    "store-detach-removes-document", "INV-092", Plausible, OverGrant,
    "Detaching a document from one thing removes it altogether.": DetachRemovesDocument

    "store-taken-keeps-its-uses", "INV-092", Plausible, OverDeny,
    "Documents stay in use by what was taken away.": TakenKeepsItsUses

    "store-groups-taken-from-members", "INV-092", Plausible, OverGrant,
    "A group can be taken away while it has members.": GroupsTakenFromMembers

    "store-join-replaces", "INV-092", Plausible, OverGrant,
    "Joining a group ends all other memberships.": JoinReplaces

    "store-leave-ends-all", "INV-092", Plausible, OverGrant,
    "Leaving one group ends all memberships.": LeaveEndsAll

    "store-grants-added", "INV-092", Plausible, OverGrant,
    "Grants are added to those before instead of taking their place.": GrantsAdded

    "store-first-path-stays", "INV-092", Real, OverGrant,
    "An account keeps the organization path that it was given first.": FirstPathStays

    "store-last-path-stays", "INV-092", Plausible, OverDeny,
    "An account that leaves its organization keeps its path.": LastPathStays

    "store-scps-stay-on", "INV-092", Plausible, OverDeny,
    "Service control policies cannot be switched off again.": ScpsStayOn

    "store-levels-stay-in-use", "INV-092", Plausible, OverDeny,
    "A level that an account has left stays in use.": LevelsStayInUse

    "store-levels-run-together", "EVAL-013", Plausible, OverGrant,
    "The policies of a level count for the levels below it, too.": LevelsRunTogether

    "store-rcps-of-the-requester", "EVAL-017", Plausible, OverGrant,
    "The RCPs above the requester's account are read in place of those above the resource's.": RcpsOfTheRequester

    "store-bucket-stands-in", "INV-092", Plausible, OverGrant,
    "An object without a policy of its own has that of its bucket, even if it is known by itself.": BucketStandsInForPolicy

    "store-two-policies-gathered", "EVAL-003", Plausible, OverGrant,
    "Of the policies of one type two are gathered.": TwoPoliciesGathered

    "store-names-by-hash", "INV-092", Plausible, OverGrant,
    "Names whose hashes agree in part are taken for one.": NamesByHashAlone
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_switch_is_a_fault_of_the_bank() {
        let families = [INDEX, COMPILER, DECISION, CACHE, STORE_CACHE, STORE];
        let held = families.into_iter().flatten().map(|fault| match fault.wrong {
            Wrong::Engine(switch) => switch,
            Wrong::Decision { .. } => panic!("{} is no switch", fault.id),
        });
        let held: Vec<Switch> = held.collect();
        assert_eq!(held.iter().collect::<BTreeSet<_>>().len(), held.len(), "a switch is held twice");
        assert_eq!(held.iter().collect::<BTreeSet<_>>(), Switch::ALL.iter().collect());
    }
}
