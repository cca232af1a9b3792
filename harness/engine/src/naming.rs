//! Principal elements (chapter 05): whom a statement names, and how strongly.

use assize_model::{MatchClass, Principal};

use crate::document::CompiledDocument;
use crate::frame::Frame;
use crate::text::{List, Span};

/// A compiled `Principal` or `NotPrincipal`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Naming {
    /// The policy type has no such element, or the element names everyone.
    Everyone,
    /// `Principal` with these values, none of which is `*`.
    Among(List),
    /// `NotPrincipal` with these values, none of which is `*`.
    Except(List),
    /// `NotPrincipal` with `*` among its values (PRIN-045).
    ExceptEveryone,
}

/// One value of a principal map other than `*`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Named {
    /// An account (PRIN-020). The short form has no partition; it takes that of the resource, which is the requester's or else the
    /// request never comes this far (EVAL-008).
    Account { id: Span, partition: Option<Span> },
    /// An account by its canonical user id (PRIN-039).
    CanonicalUser(Span),
    /// A user, role, role session or federated session.
    Arn(Span),
    /// A user or role by its unique id (PRIN-025).
    UniqueId(Span),
    /// A service by name.
    Service(Span),
    /// A provider.
    Federated(Span),
}

/// How principal elements are read, besides what the request says.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reading {
    /// The policy is that of a gateway endpoint (EVAL-022).
    pub(crate) gateway: bool,
    /// The requester has a permissions boundary (PRIN-044).
    pub(crate) bounded: bool,
}

impl Naming {
    /// The class of the strongest value that reaches the requester (PRIN-029, PRIN-030). `NotPrincipal` stands in Deny statements
    /// alone, where every class is the same (PRIN-041); it gives `Direct`.
    pub(crate) fn class(
        self,
        document: &CompiledDocument,
        frame: &Frame<'_>,
        reading: Reading,
    ) -> Option<MatchClass> {
        match self {
            Naming::Everyone => Some(MatchClass::Direct),
            Naming::Among(list) => {
                let mut strongest = None;
                for named in document.named(list) {
                    let class = named.reaches(document, frame, reading);
                    if class == Some(MatchClass::Direct) {
                        return class;
                    }
                    strongest = strongest.max(class);
                }
                strongest
            }
            Naming::Except(list) => {
                let applies = limited_by_boundary(frame, reading)
                    || !exempt(document.named(list), document, frame, reading);
                applies.then_some(MatchClass::Direct)
            }
            Naming::ExceptEveryone => limited_by_boundary(frame, reading).then_some(MatchClass::Direct),
        }
    }
}

/// PRIN-044.
fn limited_by_boundary(frame: &Frame<'_>, reading: Reading) -> bool {
    reading.bounded
        && matches!(
            frame.principal,
            Principal::User(_) | Principal::RoleSession(_) | Principal::FederatedUser(_)
        )
}

/// Whether every name of the requester is listed (PRIN-043, PRIN-046).
fn exempt(list: &[Named], document: &CompiledDocument, frame: &Frame<'_>, reading: Reading) -> bool {
    let names = &frame.names;
    let listed = |is_it: &dyn Fn(&Named) -> bool| list.iter().any(is_it);
    if names.account.is_none() {
        return listed(&|named| named.reaches(document, frame, reading).is_some());
    }
    listed(&|named| named.is_account(document, frame, reading))
        && (names.own.is_none() || listed(&|named| named.is(document, names.own, names.own_id, reading)))
        && (names.entity.is_none()
            || listed(&|named| named.is(document, names.entity, names.entity_id, reading)))
}

impl Named {
    /// PRIN-029; for gateway endpoints EVAL-022.
    fn reaches(
        &self,
        document: &CompiledDocument,
        frame: &Frame<'_>,
        reading: Reading,
    ) -> Option<MatchClass> {
        let names = &frame.names;
        if self.is_account(document, frame, reading) {
            Some(if names.is_root { MatchClass::Direct } else { MatchClass::Account })
        } else if self.is(document, names.own, names.own_id, reading)
            || self.is_other(document, frame, reading)
        {
            Some(MatchClass::Direct)
        } else if self.is(document, names.entity, names.entity_id, reading) {
            Some(MatchClass::Entity)
        } else {
            None
        }
    }

    /// Whether it names the requester's account; for a gateway endpoint that reaches the root user alone.
    fn is_account(&self, document: &CompiledDocument, frame: &Frame<'_>, reading: Reading) -> bool {
        let Some(account) = frame.names.account else { return false };
        if reading.gateway && !frame.names.is_root {
            return false;
        }
        match *self {
            Named::Account { id, partition } => {
                document.text(id) == account.id
                    && partition.is_none_or(|partition| document.text(partition) == account.partition)
            }
            Named::CanonicalUser(id) => account.canonical_user_id.as_deref() == Some(document.text(id)),
            _ => false,
        }
    }

    /// Whether it is this ARN or this unique id.
    fn is(
        &self,
        document: &CompiledDocument,
        arn: Option<&str>,
        unique_id: Option<&str>,
        reading: Reading,
    ) -> bool {
        match *self {
            _ if reading.gateway => false,
            Named::Arn(text) => arn == Some(document.text(text)),
            Named::UniqueId(text) => unique_id == Some(document.text(text)),
            _ => false,
        }
    }

    /// Whether it names a requester without account.
    fn is_other(&self, document: &CompiledDocument, frame: &Frame<'_>, reading: Reading) -> bool {
        match (*self, frame.principal) {
            _ if reading.gateway => false,
            (Named::Service(name), Principal::Service(service)) => {
                service.names_list().iter().any(|known| known == document.text(name))
            }
            (Named::Federated(provider), Principal::FederatedCaller(caller)) => {
                caller.provider() == document.text(provider)
            }
            _ => false,
        }
    }
}
