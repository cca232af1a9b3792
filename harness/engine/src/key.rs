//! Condition keys as a document names them.

use crate::hash;
use crate::text::Span;

/// A key that a document's conditions or variables name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// Which key.
    pub(crate) name: Name,
    /// Its spelling where the document first uses it (EVAL-076).
    pub(crate) spelled: Span,
}

/// How a key's values are found.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Name {
    /// In the principal record.
    Derived(Derived),
    /// In the supplied context, by name without case.
    Supplied {
        /// The hash of the folded name.
        hash: u64,
        /// The folded name.
        folded: Span,
    },
}

/// The keys that the principal record yields (PRIN-015, EVAL-064). Nobody may supply them, so the context is never asked for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Derived {
    PrincipalArn,
    PrincipalAccount,
    PrincipalType,
    UserId,
    UserName,
    PrincipalIsAwsService,
    PrincipalServiceName,
    PrincipalServiceNamesList,
    FederatedProvider,
    AssumedRoot,
}

impl Derived {
    /// The derived key with this name, if it is one.
    pub(crate) fn parse(name: &str) -> Option<Derived> {
        const KEYS: [(&str, Derived); 10] = [
            ("aws:principalarn", Derived::PrincipalArn),
            ("aws:principalaccount", Derived::PrincipalAccount),
            ("aws:principaltype", Derived::PrincipalType),
            ("aws:userid", Derived::UserId),
            ("aws:username", Derived::UserName),
            ("aws:principalisawsservice", Derived::PrincipalIsAwsService),
            ("aws:principalservicename", Derived::PrincipalServiceName),
            ("aws:principalservicenameslist", Derived::PrincipalServiceNamesList),
            ("aws:federatedprovider", Derived::FederatedProvider),
            ("aws:assumedroot", Derived::AssumedRoot),
        ];
        let is_ascii = name.is_ascii();
        let is_it = |folded: &str| match is_ascii {
            true => hash::eq_ignoring_ascii_case(folded.as_bytes(), name.as_bytes()),
            false => hash::eq_folded(folded, name),
        };
        KEYS.iter().find(|(folded, _)| is_it(folded)).map(|&(_, key)| key)
    }
}
