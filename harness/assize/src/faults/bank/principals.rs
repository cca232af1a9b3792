//! Whom a policy names, and with which class.

use assize_model::{Account, MatchClass, PolicyType, Principal, PrincipalKey, Service};
use assize_reference::principal::{AccountValue, Layer};
use assize_reference::{Correct, Semantics};

use super::{every, some};

/// An ARN without the path before the name.
fn without_path(arn: &str) -> Option<(&str, &str)> {
    let (head, rest) = arn.split_once('/')?;
    Some((head, rest.rsplit('/').next().unwrap_or(rest)))
}

/// An ARN without its account.
fn without_account(arn: &str) -> Vec<&str> {
    arn.splitn(6, ':').enumerate().filter(|(at, _)| *at != 4).map(|(_, field)| field).collect()
}

/// A service name without its region.
fn without_region(name: &str) -> String {
    name.split('.').filter(|part| !part.contains('-')).collect::<Vec<_>>().join(".")
}

faults! { WHO, Evaluation, "principals";
    "star-means-anonymous", "PRIN-031", Real, OverGrant, "The principal * names anonymous callers only.":
    fn star_names(&self, principal: &Principal) -> bool { *principal == Principal::Anonymous }

    "star-excludes-anonymous", "PRIN-031", Plausible, OverGrant, "The principal * does not name anonymous callers.":
    fn star_names(&self, principal: &Principal) -> bool { *principal != Principal::Anonymous }

    "star-excludes-services", "PRIN-031", Plausible, OverGrant, "The principal * does not name services.":
    fn star_names(&self, principal: &Principal) -> bool { !matches!(principal, Principal::Service(_)) }

    "star-excludes-root", "PRIN-031", Plausible, OverGrant, "The principal * does not name root.":
    fn star_names(&self, principal: &Principal) -> bool { !matches!(principal, Principal::Root(_)) }

    "star-excludes-sessions", "PRIN-031", Plausible, OverGrant, "The principal * does not name role sessions.":
    fn star_names(&self, principal: &Principal) -> bool { !matches!(principal, Principal::RoleSession(_)) }

    "star-excludes-federated-callers", "PRIN-031", Plausible, OverGrant, "The principal * does not name federated callers.":
    fn star_names(&self, principal: &Principal) -> bool { !matches!(principal, Principal::FederatedCaller(_)) }

    "star-names-nobody", "PRIN-031", Plausible, OverGrant, "The principal * names nobody.":
    fn star_names(&self, _principal: &Principal) -> bool { false }

    "aws-star-excludes-anonymous", "PRIN-031", Real, OverGrant, "* under AWS does not name anonymous callers.":
    fn value_is_everyone(&self, key: PrincipalKey, value: &str, principal: &Principal) -> bool {
        Correct.value_is_everyone(key, value, principal) && *principal != Principal::Anonymous
    }

    "aws-star-excludes-services", "PRIN-031", Plausible, OverGrant, "* under AWS does not name services.":
    fn value_is_everyone(&self, key: PrincipalKey, value: &str, principal: &Principal) -> bool {
        Correct.value_is_everyone(key, value, principal) && !matches!(principal, Principal::Service(_))
    }

    "aws-star-names-nobody", "PRIN-031", Plausible, OverGrant, "* under AWS names nobody.":
    fn value_is_everyone(&self, _key: PrincipalKey, _value: &str, _principal: &Principal) -> bool { false }

    "first-principal-only", "PRIN-019", Real, OverGrant, "Only the first value of a principal list is read.":
    fn principal_values(&self, names: &mut dyn Iterator<Item = bool>) -> bool { names.next() == Some(true) }

    "last-principal-only", "PRIN-019", Plausible, OverGrant, "Only the last value of a principal list is read.":
    fn principal_values(&self, names: &mut dyn Iterator<Item = bool>) -> bool { names.last() == Some(true) }

    "every-principal-must-match", "PRIN-019", Plausible, OverGrant, "All values of a principal list must name the requester.":
    fn principal_values(&self, names: &mut dyn Iterator<Item = bool>) -> bool { every(names) }

    "account-id-not-understood", "PRIN-020", Real, OverGrant, "An account is named by its root ARN only.":
    fn names_account(&self, value: AccountValue<'_>, account: &Account, resource_partition: Option<&str>) -> bool {
        value.partition.is_some() && Correct.names_account(value, account, resource_partition)
    }

    "root-arn-not-understood", "PRIN-020", Plausible, OverGrant, "An account is named by its id only.":
    fn names_account(&self, value: AccountValue<'_>, account: &Account, resource_partition: Option<&str>) -> bool {
        value.partition.is_none() && Correct.names_account(value, account, resource_partition)
    }

    "account-partition-ignored", "PRIN-020", Plausible, OverGrant, "The partition of a root ARN is not compared.":
    fn names_account(&self, value: AccountValue<'_>, account: &Account, _resource_partition: Option<&str>) -> bool { value.id == account.id }

    "accounts-name-everyone", "PRIN-032", Plausible, OverGrant, "Every account value names every account.":
    fn names_account(&self, _value: AccountValue<'_>, _account: &Account, _resource_partition: Option<&str>) -> bool { true }

    "accounts-name-nobody", "PRIN-032", Real, OverGrant, "Account values name nobody.":
    fn names_account(&self, _value: AccountValue<'_>, _account: &Account, _resource_partition: Option<&str>) -> bool { false }

    "principal-case-ignored", "PRIN-040", Plausible, OverGrant, "User and role ARNs are compared without regard to case.":
    fn names_arn(&self, value: &str, arn: &str) -> bool { value.eq_ignore_ascii_case(arn) }

    "principal-path-ignored", "PRIN-040", Real, OverGrant, "The path of user and role ARNs is not compared.":
    fn names_arn(&self, value: &str, arn: &str) -> bool { value == arn || without_path(value).is_some_and(|bare| Some(bare) == without_path(arn)) }

    "principal-with-path-not-found", "PRIN-040", Real, OverGrant, "A user or role with a path is never named by its ARN.":
    fn names_arn(&self, value: &str, arn: &str) -> bool { value == arn && arn.matches('/').count() == 1 }

    "principal-as-prefix", "MATCH-090", Plausible, OverGrant, "A user or role ARN names whoever's ARN begins with it.":
    fn names_arn(&self, value: &str, arn: &str) -> bool { arn.starts_with(value) }

    "principal-account-ignored", "PRIN-034", Plausible, OverGrant, "The account of user and role ARNs is not compared.":
    fn names_arn(&self, value: &str, arn: &str) -> bool { without_account(value) == without_account(arn) }

    "principal-by-name-alone", "PRIN-034", Plausible, OverGrant, "Users and roles of one name are taken for each other.":
    fn names_arn(&self, value: &str, arn: &str) -> bool {
        let name = |arn: &str| arn.rsplit('/').next().map(str::to_owned);
        value.contains(":iam:") && name(value) == name(arn)
    }

    "specific-principals-not-read", "PRIN-034", Real, OverGrant, "User and role ARNs name nobody.":
    fn names_arn(&self, _value: &str, _arn: &str) -> bool { false }

    "role-arns-not-read", "PRIN-035", Plausible, OverGrant, "Role ARNs name nobody.":
    fn names_arn(&self, value: &str, arn: &str) -> bool { value == arn && !arn.contains(":role/") }

    "unique-ids-not-read", "PRIN-025", Plausible, OverGrant, "Unique ids name nobody.":
    fn names_unique_id(&self, _value: &str, _id: &str) -> bool { false }

    "unique-ids-by-kind", "PRIN-054", Plausible, OverGrant, "A unique id names everybody of its kind.":
    fn names_unique_id(&self, value: &str, id: &str) -> bool { value.get(..4) == id.get(..4) && !value.contains(':') }

    "unique-ids-as-prefix", "PRIN-025", Plausible, OverGrant, "The beginning of a unique id names its entity.":
    fn names_unique_id(&self, value: &str, id: &str) -> bool { value.starts_with('A') && id.starts_with(value) }

    "role-ids-not-read", "PRIN-025", Plausible, OverGrant, "The unique ids of roles name nobody.":
    fn names_unique_id(&self, value: &str, id: &str) -> bool { value == id && !id.starts_with("AROA") }

    "session-name-ignored", "PRIN-036", Plausible, OverGrant, "The ARN of one session names all sessions of the role.":
    fn names_session(&self, value: &str, arn: &str) -> bool {
        let role = |arn: &str| arn.rsplit_once('/').map(|(role, _)| role.to_owned());
        value == arn || (arn.contains(":assumed-role/") && role(value) == role(arn))
    }

    "session-case-ignored", "PRIN-040", Real, OverGrant, "Session ARNs are compared without regard to case.":
    fn names_session(&self, value: &str, arn: &str) -> bool { value.eq_ignore_ascii_case(arn) }

    "session-account-ignored", "PRIN-036", Plausible, OverGrant, "The account of session ARNs is not compared.":
    fn names_session(&self, value: &str, arn: &str) -> bool { without_account(value) == without_account(arn) }

    "sessions-not-read", "PRIN-036", Plausible, OverGrant, "The ARNs of role sessions name nobody.":
    fn names_session(&self, value: &str, arn: &str) -> bool { value == arn && !arn.contains(":assumed-role/") }

    "federated-sessions-not-read", "PRIN-037", Plausible, OverGrant, "The ARNs of federated sessions name nobody.":
    fn names_session(&self, value: &str, arn: &str) -> bool { value == arn && !arn.contains(":federated-user/") }

    "federated-session-is-the-user-of-its-name", "PRIN-009", Real, OverGrant, "A user's ARN names the federated session that bears the user's name.":
    fn names_session(&self, value: &str, arn: &str) -> bool {
        let user = |arn: &str| arn.replace(":sts:", ":iam:").replace(":federated-user/", ":user/");
        value == arn || (arn.contains(":federated-user/") && value == user(arn))
    }

    "canonical-users-not-read", "PRIN-039", Plausible, OverGrant, "Canonical user ids name nobody.":
    fn names_canonical_user(&self, _value: &str, _own: Option<&str>) -> bool { false }

    "canonical-users-name-everyone-with-one", "PRIN-039", Plausible, OverGrant, "A canonical user id names every account that has one.":
    fn names_canonical_user(&self, _value: &str, own: Option<&str>) -> bool { own.is_some() }

    "canonical-user-unknown-account-matches", "PRIN-039", Plausible, OverGrant, "A canonical user id names accounts whose own id is not known.":
    fn names_canonical_user(&self, value: &str, own: Option<&str>) -> bool { own.is_none_or(|own| own == value) }

    "canonical-users-by-half", "PRIN-039", Plausible, OverGrant, "Half of a canonical user id is compared.":
    fn names_canonical_user(&self, value: &str, own: Option<&str>) -> bool { own.and_then(|own| own.get(..32)) == value.get(..32) }

    "service-by-first-name-only", "PRIN-026", Plausible, OverGrant, "A service is known by its main name only.":
    fn names_service(&self, value: &str, service: &Service) -> bool { value == service.name() }

    "service-by-two-names", "PRIN-026", Plausible, OverGrant, "Of the names of a service the first two are read.":
    fn names_service(&self, value: &str, service: &Service) -> bool { service.names_list().iter().take(2).any(|name| name == value) }

    "service-region-ignored", "PRIN-026", Plausible, OverGrant, "The region in a service's name is not compared.":
    fn names_service(&self, value: &str, service: &Service) -> bool { service.names_list().iter().any(|name| without_region(name) == without_region(value)) }

    "service-values-name-all-services", "PRIN-026", Plausible, OverGrant, "Every service value names every service.":
    fn names_service(&self, _value: &str, _service: &Service) -> bool { true }

    "service-values-not-read", "PRIN-026", Plausible, OverGrant, "Service values name nobody.":
    fn names_service(&self, _value: &str, _service: &Service) -> bool { false }

    "provider-case-ignored", "PRIN-038", Plausible, OverGrant, "Providers are compared without regard to case.":
    fn names_provider(&self, value: &str, provider: &str) -> bool { value.eq_ignore_ascii_case(provider) }

    "provider-by-its-end", "MATCH-096", Plausible, OverGrant, "A provider is known by what its ARN ends with.":
    fn names_provider(&self, value: &str, provider: &str) -> bool { value.ends_with(provider) || provider.ends_with(value) }

    "providers-name-all-federated-callers", "PRIN-038", Plausible, OverGrant, "Every federated value names every federated caller.":
    fn names_provider(&self, _value: &str, _provider: &str) -> bool { true }

    "federated-values-name-sessions", "PRIN-006", Real, OverGrant, "A federated value names role sessions.":
    fn names_across(&self, key: PrincipalKey, _value: &str, layer: Layer<'_>) -> bool {
        key == PrincipalKey::Federated && matches!(layer, Layer::Session(_))
    }

    "federated-values-name-accounts", "PRIN-038", Real, OverGrant, "A federated value names the principals of the account in its ARN.":
    fn names_across(&self, key: PrincipalKey, value: &str, layer: Layer<'_>) -> bool {
        key == PrincipalKey::Federated && matches!(layer, Layer::Account(account) if value.contains(&account.id))
    }

    "account-values-name-federated-callers", "PRIN-029", Plausible, OverGrant, "An account value names callers whose provider is in the account.":
    fn names_across(&self, key: PrincipalKey, value: &str, layer: Layer<'_>) -> bool {
        key == PrincipalKey::Aws && matches!(layer, Layer::Provider(provider) if provider.contains(value))
    }

    "service-values-name-service-linked-roles", "PRIN-026", Plausible, OverGrant, "A service value names the sessions of the service's linked roles.":
    fn names_across(&self, key: PrincipalKey, value: &str, layer: Layer<'_>) -> bool {
        key == PrincipalKey::Service && matches!(layer, Layer::Entity { arn, .. } if arn.contains(value))
    }

    "canonical-users-name-entities", "PRIN-039", Plausible, OverGrant, "A canonical user id names users and roles directly.":
    fn names_across(&self, key: PrincipalKey, _value: &str, layer: Layer<'_>) -> bool {
        key == PrincipalKey::CanonicalUser && matches!(layer, Layer::Entity { .. })
    }
}

faults! { CLASSES, Evaluation, "match classes";
    "account-grant-is-direct", "PRIN-028", Real, OverGrant, "A grant to the account is one to each of its principals.":
    fn class_of_layer(&self, layer: Layer<'_>, own_name: bool) -> MatchClass {
        if let Layer::Account(_) = layer { MatchClass::Direct } else { Correct.class_of_layer(layer, own_name) }
    }

    "account-grant-is-to-the-entity", "PRIN-028", Plausible, OverGrant, "A grant to the account is one to each of its users and roles.":
    fn class_of_layer(&self, layer: Layer<'_>, own_name: bool) -> MatchClass {
        if matches!(layer, Layer::Account(_)) && !own_name { MatchClass::Entity } else { Correct.class_of_layer(layer, own_name) }
    }

    "role-grant-is-direct", "PRIN-035", Real, OverGrant, "A grant to a role is one to each of its sessions.":
    fn class_of_layer(&self, layer: Layer<'_>, own_name: bool) -> MatchClass {
        if let Layer::Entity { .. } = layer { MatchClass::Direct } else { Correct.class_of_layer(layer, own_name) }
    }

    "session-grant-is-to-the-role", "PRIN-036", Real, OverDeny, "A grant to a session is one to its role.":
    fn class_of_layer(&self, layer: Layer<'_>, own_name: bool) -> MatchClass {
        if let Layer::Session(_) = layer { MatchClass::Entity } else { Correct.class_of_layer(layer, own_name) }
    }

    "user-grant-is-limited", "PRIN-034", Plausible, OverDeny, "A grant to a user is limited by the user's boundary.":
    fn class_of_layer(&self, layer: Layer<'_>, own_name: bool) -> MatchClass {
        if let Layer::Entity { .. } = layer { MatchClass::Entity } else { Correct.class_of_layer(layer, own_name) }
    }

    "root-is-named-by-account", "PRIN-033", Plausible, OverDeny, "A grant to the account does not name its root user directly.":
    fn class_of_layer(&self, layer: Layer<'_>, own_name: bool) -> MatchClass {
        if let Layer::Account(_) = layer { MatchClass::Account } else { Correct.class_of_layer(layer, own_name) }
    }

    "weakest-class-counts", "PRIN-030", Plausible, OverDeny, "Of several ways in which an element names the requester the weakest counts.":
    fn strongest(&self, classes: &mut dyn Iterator<Item = MatchClass>) -> Option<MatchClass> { classes.min() }

    "outermost-class-counts", "PRIN-030", Plausible, OverDeny, "Of several ways in which an element names the requester the outermost counts, but for *.":
    fn strongest(&self, classes: &mut dyn Iterator<Item = MatchClass>) -> Option<MatchClass> { classes.next() }

    "classes-not-told-apart", "PRIN-028", Plausible, OverGrant, "Whoever is named at all is named directly.":
    fn strongest(&self, classes: &mut dyn Iterator<Item = MatchClass>) -> Option<MatchClass> { classes.max().map(|_| MatchClass::Direct) }

    "deny-needs-the-own-name", "PRIN-041", Plausible, OverGrant, "A Deny reaches only whom it names directly.":
    fn deny_reaches(&self, _policy_type: PolicyType, class: Option<MatchClass>) -> bool { class.is_none_or(|class| class == MatchClass::Direct) }

    "deny-of-an-account-is-lost", "PRIN-041", Real, OverGrant, "A Deny that names the account does not reach its principals.":
    fn deny_reaches(&self, _policy_type: PolicyType, class: Option<MatchClass>) -> bool { class != Some(MatchClass::Account) }

    "deny-of-a-role-misses-sessions", "PRIN-041", Real, OverGrant, "A Deny that names a role does not reach its sessions.":
    fn deny_reaches(&self, _policy_type: PolicyType, class: Option<MatchClass>) -> bool { class != Some(MatchClass::Entity) }

    "trust-deny-needs-the-own-name", "PRIN-041", Plausible, OverGrant, "A Deny of a trust policy reaches only whom it names directly.":
    fn deny_reaches(&self, policy_type: PolicyType, class: Option<MatchClass>) -> bool {
        policy_type != PolicyType::Trust || class == Some(MatchClass::Direct)
    }

    "endpoint-deny-needs-the-own-name", "PRIN-041", Plausible, OverGrant, "A Deny of an endpoint policy reaches only whom it names directly.":
    fn deny_reaches(&self, policy_type: PolicyType, class: Option<MatchClass>) -> bool {
        policy_type != PolicyType::Vpce || class == Some(MatchClass::Direct)
    }
}

faults! { NOT_PRINCIPAL, Evaluation, "not principal";
    "one-layer-exempts", "PRIN-043", Real, OverGrant, "One listed name of the requester is enough for NotPrincipal to spare it.":
    fn layers_exempt(&self, _layers: usize, listed: &mut dyn Iterator<Item = bool>) -> bool { some(listed) }

    "own-name-exempts", "PRIN-043", Plausible, OverGrant, "NotPrincipal spares whose own name it lists.":
    fn layers_exempt(&self, _layers: usize, listed: &mut dyn Iterator<Item = bool>) -> bool { listed.last() == Some(true) }

    "account-exempts", "PRIN-043", Plausible, OverGrant, "NotPrincipal spares everybody of an account that it lists.":
    fn layers_exempt(&self, _layers: usize, listed: &mut dyn Iterator<Item = bool>) -> bool { listed.next() == Some(true) }

    "account-need-not-be-listed", "PRIN-043", Plausible, OverGrant, "NotPrincipal spares users and sessions without listing their account.":
    fn layers_exempt(&self, layers: usize, listed: &mut dyn Iterator<Item = bool>) -> bool {
        layers > 0 && listed.skip(usize::from(layers > 1)).all(|listed| listed)
    }

    "role-exempts-its-sessions", "PRIN-043", Real, OverGrant, "NotPrincipal spares all sessions of a role that it lists with its account.":
    fn layers_exempt(&self, layers: usize, listed: &mut dyn Iterator<Item = bool>) -> bool {
        layers > 0 && listed.take(2).all(|listed| listed)
    }

    "anonymous-is-exempt", "PRIN-046", Plausible, OverGrant, "NotPrincipal spares anonymous callers.":
    fn layers_exempt(&self, _layers: usize, listed: &mut dyn Iterator<Item = bool>) -> bool { every(listed) }

    "not-principal-spares-nobody", "PRIN-043", Plausible, OverDeny, "NotPrincipal spares nobody.":
    fn layers_exempt(&self, _layers: usize, _listed: &mut dyn Iterator<Item = bool>) -> bool { false }

    "not-principal-spares-everybody", "PRIN-043", Real, OverGrant, "NotPrincipal spares everybody.":
    fn layers_exempt(&self, _layers: usize, _listed: &mut dyn Iterator<Item = bool>) -> bool { true }

    "not-principal-read-as-principal", "PRIN-043", Plausible, OverGrant, "NotPrincipal is read as Principal.":
    fn layers_exempt(&self, _layers: usize, listed: &mut dyn Iterator<Item = bool>) -> bool { !some(listed) }

    "boundary-keeps-exemption", "PRIN-044", Plausible, OverGrant, "NotPrincipal spares requesters with a boundary too.":
    fn boundary_defeats_exemption(&self, _has_boundary: bool) -> bool { false }

    "not-everyone-reaches-everyone", "PRIN-045", Plausible, OverDeny, "NotPrincipal with * reaches everybody.":
    fn not_everyone_reaches(&self) -> bool { true }
}
