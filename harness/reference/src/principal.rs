//! Whom a principal element names (chapter 05, parts C and D).

use assize_model::{
    Account, EndpointKind, Issuer, MatchClass, Principal, PrincipalElement, PrincipalEntry, PrincipalKey,
    PrincipalSpec, Service,
};

use crate::question::Question;
use crate::semantics::Semantics;

/// A name under which a requester can be addressed (PRIN-016).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer<'p> {
    /// The requester's account.
    Account(&'p Account),
    /// The user, the role behind a session, or the user behind a federated session.
    Entity {
        /// Its ARN, with path.
        arn: &'p str,
        /// Its unique id.
        id: &'p str,
    },
    /// A role session or federated session, by ARN.
    Session(&'p str),
    /// A service.
    Service(&'p Service),
    /// The provider behind a federated caller.
    Provider(&'p str),
}

/// `layers(p)`, outermost first; the last is the requester's own name (PRIN-016).
pub(crate) fn layers(principal: &Principal) -> Vec<Layer<'_>> {
    match principal {
        Principal::Root(root) => vec![Layer::Account(root.account())],
        Principal::User(user) => {
            let own = Layer::Entity { arn: user.arn(), id: &user.entity().id };
            vec![Layer::Account(user.account()), own]
        }
        Principal::RoleSession(session) => {
            let role = Layer::Entity { arn: session.role_arn(), id: &session.role().id };
            vec![Layer::Account(session.account()), role, Layer::Session(session.arn())]
        }
        Principal::FederatedUser(session) => {
            let mut layers = vec![Layer::Account(session.account())];
            if let (Issuer::User(issuer), Some(arn)) = (session.issuer(), session.issuer_arn()) {
                layers.push(Layer::Entity { arn, id: &issuer.id });
            }
            layers.push(Layer::Session(session.arn()));
            layers
        }
        Principal::Service(service) => vec![Layer::Service(service)],
        Principal::FederatedCaller(caller) => vec![Layer::Provider(caller.provider())],
        Principal::Anonymous => vec![],
    }
}

/// A value that names an account (PRIN-020).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountValue<'v> {
    /// The partition of the root ARN form; the short form has none.
    pub partition: Option<&'v str>,
    /// The account's id.
    pub id: &'v str,
}

/// Reads an account's id, or the ARN of its root user (PRIN-020). The grammar lets no digits through but those of an id (GRAM-027).
pub(crate) fn account_value(value: &str) -> Option<AccountValue<'_>> {
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(AccountValue { partition: None, id: value });
    }
    match crate::arn::components(value)? {
        ["arn", partition, "iam", "", id, "root"] => Some(AccountValue { partition: Some(partition), id }),
        _ => None,
    }
}

impl<S: Semantics + ?Sized> Question<'_, S> {
    /// How a `Principal` element reaches the requester: by the strongest class of its values (PRIN-019, PRIN-030).
    pub(crate) fn principal_class(
        &self,
        spec: &PrincipalSpec,
        endpoint: Option<EndpointKind>,
    ) -> Option<MatchClass> {
        let everyone = self.rule("PRIN-031", self.names_everyone(spec)).then_some(MatchClass::Direct);
        let layers = self.layers();
        let by_name = layers.iter().enumerate().filter(|(_, layer)| self.lists(spec, **layer, endpoint));
        let classes =
            by_name.map(|(at, layer)| self.semantics().class_of_layer(*layer, at + 1 == layers.len()));
        let class = self.semantics().strongest(&mut everyone.into_iter().chain(classes));
        if self.is_traced() {
            self.note_class(class);
        }
        class
    }

    /// Whether a `NotPrincipal` statement reaches the requester (PRIN-043 to PRIN-046).
    pub(crate) fn not_principal_reaches(&self, spec: &PrincipalSpec, endpoint: Option<EndpointKind>) -> bool {
        let semantics = self.semantics();
        if self.rule("PRIN-044", semantics.boundary_defeats_exemption(self.has_boundary())) {
            return true;
        }
        if self.rule("PRIN-045", self.names_everyone(spec)) {
            return semantics.not_everyone_reaches();
        }
        let layers = self.layers();
        self.rule("PRIN-046", !matches!(layers.first(), Some(Layer::Account(_))));
        let mut listed = layers.iter().map(|layer| self.lists(spec, *layer, endpoint));
        !self.rule("PRIN-043", semantics.layers_exempt(layers.len(), &mut listed))
    }

    /// The class with which a statement's principal element reaches the requester; `None` if it does not.
    pub(crate) fn principal_element(
        &self,
        element: &PrincipalElement,
        endpoint: Option<EndpointKind>,
    ) -> Option<MatchClass> {
        if element.negated {
            self.not_principal_reaches(&element.spec, endpoint).then_some(MatchClass::Direct)
        } else {
            self.principal_class(&element.spec, endpoint)
        }
    }

    /// `"*"` or `{"AWS": "*"}` (PRIN-031).
    fn names_everyone(&self, spec: &PrincipalSpec) -> bool {
        match spec {
            PrincipalSpec::Everyone => self.semantics().star_names(self.request().principal()),
            PrincipalSpec::Map(entries) => entries.iter().any(|entry| {
                let mut values = entry.values.iter();
                values.any(|value| {
                    self.semantics().value_is_everyone(entry.key, value, self.request().principal())
                })
            }),
        }
    }

    /// Whether some value of the element names this layer.
    fn lists(&self, spec: &PrincipalSpec, layer: Layer<'_>, endpoint: Option<EndpointKind>) -> bool {
        let PrincipalSpec::Map(entries) = spec else { return false };
        if endpoint == Some(EndpointKind::Gateway) {
            let readable = self.semantics().gateway_reads(layer, self.request().principal());
            if !self.rule("EVAL-022", readable) {
                return false;
            }
        }
        entries.iter().any(|entry| self.entry_names(entry, layer))
    }

    fn entry_names(&self, entry: &PrincipalEntry, layer: Layer<'_>) -> bool {
        let semantics = self.semantics();
        self.rule("MATCH-098", entry.values.len() > 1);
        semantics.principal_values(&mut entry.values.iter().map(|value| match (entry.key, layer) {
            (PrincipalKey::Aws, Layer::Account(account)) => {
                let named = account_value(value)
                    .is_some_and(|named| semantics.names_account(named, account, self.resource_partition()));
                self.rule("PRIN-020", named);
                self.rule("PRIN-032", named)
            }
            (PrincipalKey::Aws, Layer::Entity { arn, id }) => {
                let by_id = semantics.names_unique_id(value, id);
                let by_arn = semantics.names_arn(value, arn);
                self.rule("PRIN-025", by_id);
                self.rule("PRIN-040", by_arn);
                let role = matches!(self.principal(), Principal::RoleSession(_));
                self.rule(if role { "PRIN-035" } else { "PRIN-034" }, by_id || by_arn)
            }
            (PrincipalKey::Aws, Layer::Session(arn)) => {
                let federated = matches!(self.principal(), Principal::FederatedUser(_));
                let rule = if federated { "PRIN-037" } else { "PRIN-036" };
                self.rule(rule, semantics.names_session(value, arn))
            }
            (PrincipalKey::CanonicalUser, Layer::Account(account)) => self.rule(
                "PRIN-039",
                semantics.names_canonical_user(value, account.canonical_user_id.as_deref()),
            ),
            (PrincipalKey::Service, Layer::Service(service)) => {
                self.rule("PRIN-026", semantics.names_service(value, service))
            }
            (PrincipalKey::Federated, Layer::Provider(provider)) => {
                self.rule("PRIN-038", semantics.names_provider(value, provider))
            }
            (key, layer) => semantics.names_across(key, value, layer),
        }))
    }
}
