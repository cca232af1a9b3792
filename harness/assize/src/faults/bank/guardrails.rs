//! SCPs, RCPs and endpoint policies.

use assize_model::{Effect, EndpointKind, PolicyType, Principal, Resource, Statement};
use assize_reference::principal::Layer;
use assize_reference::{Correct, Semantics, StatementPlace};

faults! { SCP, Evaluation, "scp";
    "scp-not-applied", "EVAL-011", Plausible, OverGrant, "SCPs are not read.":
    fn scp_applies(&self, _principal: &Principal) -> bool { false }

    "scp-spares-root", "EVAL-014", Plausible, OverGrant, "SCPs do not restrict root users.":
    fn scp_applies(&self, principal: &Principal) -> bool { Correct.scp_applies(principal) && !matches!(principal, Principal::Root(_)) }

    "scp-spares-role-sessions", "EVAL-014", Plausible, OverGrant, "SCPs do not restrict role sessions.":
    fn scp_applies(&self, principal: &Principal) -> bool { Correct.scp_applies(principal) && !matches!(principal, Principal::RoleSession(_)) }

    "scp-spares-federated-sessions", "EVAL-014", Plausible, OverGrant, "SCPs do not restrict federated sessions.":
    fn scp_applies(&self, principal: &Principal) -> bool { Correct.scp_applies(principal) && !matches!(principal, Principal::FederatedUser(_)) }

    "scp-restricts-service-linked-roles", "EVAL-014", Real, OverDeny, "SCPs restrict service-linked roles.":
    fn scp_applies(&self, principal: &Principal) -> bool { principal.account().is_some_and(|account| !account.management) }

    "scp-levels-united", "EVAL-012", Real, OverGrant, "An Allow at one level of the SCP path is enough.":
    fn scp_allows(&self, levels: &[bool]) -> bool { levels.is_empty() || levels.contains(&true) }

    "scp-account-level-only", "EVAL-012", Plausible, OverGrant, "Only the last level of the SCP path must allow.":
    fn scp_allows(&self, levels: &[bool]) -> bool { levels.last() != Some(&false) }

    "scp-root-level-only", "EVAL-012", Plausible, OverGrant, "Only the first level of the SCP path must allow.":
    fn scp_allows(&self, levels: &[bool]) -> bool { levels.first() != Some(&false) }

    "scp-middle-levels-need-no-allow", "EVAL-012", Plausible, OverGrant, "Only the two ends of the SCP path must allow.":
    fn scp_allows(&self, levels: &[bool]) -> bool { levels.first() != Some(&false) && levels.last() != Some(&false) }

    "scp-levels-past-five-need-no-allow", "EVAL-012", Plausible, OverGrant, "The first five levels of the SCP path must allow.":
    fn scp_allows(&self, levels: &[bool]) -> bool { levels.iter().take(5).all(|&level| level) }

    "scp-needs-no-allow", "EVAL-012", Plausible, OverGrant, "SCPs only deny.":
    fn scp_allows(&self, _levels: &[bool]) -> bool { true }

    "scp-path-without-levels-denies", "EVAL-011", Plausible, OverDeny, "An SCP path without levels denies.":
    fn scp_allows(&self, levels: &[bool]) -> bool { !levels.is_empty() && Correct.scp_allows(levels) }

    "scp-level-without-policies-absent", "EVAL-013", Plausible, OverGrant, "An SCP level without policies restricts nothing.":
    fn is_present(&self, policy_type: PolicyType, policies: usize) -> bool { policy_type != PolicyType::Scp || policies > 0 }

    "scp-only-account-level-read", "EVAL-013", Real, OverGrant, "Only the SCPs of the account itself are read.":
    fn reads(&self, place: &StatementPlace<'_>, statement: &Statement) -> bool {
        place.policy_type != PolicyType::Scp || place.level + 1 == place.levels || statement.effect == Effect::Allow
    }

    "scp-only-root-level-denies", "EVAL-013", Plausible, OverGrant, "Only the SCPs of the organization's root can deny.":
    fn reads(&self, place: &StatementPlace<'_>, statement: &Statement) -> bool {
        place.policy_type != PolicyType::Scp || place.level == 0 || statement.effect == Effect::Allow
    }

    "scp-middle-levels-not-read", "EVAL-013", Plausible, OverGrant, "A Deny in the middle of the SCP path is not read.":
    fn reads(&self, place: &StatementPlace<'_>, statement: &Statement) -> bool {
        let middle = place.level > 0 && place.level + 1 < place.levels;
        !(place.policy_type == PolicyType::Scp && middle && statement.effect == Effect::Deny)
    }

    "scp-one-policy-a-level", "EVAL-012", Plausible, OverGrant, "Of several SCPs at one level the first is read.":
    fn reads(&self, place: &StatementPlace<'_>, _statement: &Statement) -> bool { place.policy_type != PolicyType::Scp || place.policy == 0 }

    "scp-allow-conditions-not-read", "EVAL-016", Plausible, OverGrant, "An SCP's Allow with NotAction is skipped.":
    fn reads(&self, place: &StatementPlace<'_>, statement: &Statement) -> bool {
        !(place.policy_type == PolicyType::Scp && statement.effect == Effect::Allow && statement.action.negated)
    }

    "scp-levels-past-three-not-read", "EVAL-012", Plausible, OverGrant, "Denies beyond the third level of the SCP path are not read.":
    fn reads(&self, place: &StatementPlace<'_>, statement: &Statement) -> bool {
        place.policy_type != PolicyType::Scp || place.level < 3 || statement.effect == Effect::Allow
    }
}

faults! { RCP, Evaluation, "rcp";
    "rcp-restricts-service-linked-roles", "EVAL-018", Plausible, OverDeny, "RCPs restrict service-linked roles.":
    fn rcp_applies_to(&self, _principal: &Principal) -> bool { true }

    "rcp-spares-root", "EVAL-017", Plausible, OverGrant, "RCPs do not restrict root users.":
    fn rcp_applies_to(&self, principal: &Principal) -> bool { Correct.rcp_applies_to(principal) && !matches!(principal, Principal::Root(_)) }

    "rcp-spares-services", "EVAL-017", Plausible, OverGrant, "RCPs do not restrict services.":
    fn rcp_applies_to(&self, principal: &Principal) -> bool { Correct.rcp_applies_to(principal) && !matches!(principal, Principal::Service(_)) }

    "rcp-spares-anonymous", "EVAL-017", Plausible, OverGrant, "RCPs do not restrict anonymous callers.":
    fn rcp_applies_to(&self, principal: &Principal) -> bool { Correct.rcp_applies_to(principal) && *principal != Principal::Anonymous }

    "rcp-spares-federated-callers", "EVAL-006", Plausible, OverGrant, "RCPs do not restrict federated callers.":
    fn rcp_applies_to(&self, principal: &Principal) -> bool { Correct.rcp_applies_to(principal) && !matches!(principal, Principal::FederatedCaller(_)) }

    "rcp-not-applied", "EVAL-017", Plausible, OverGrant, "RCPs are not read.":
    fn rcp_applies_to(&self, _principal: &Principal) -> bool { false }

    "rcp-stops-service-linked-roles", "EVAL-018", Plausible, OverDeny, "RCPs keep services from assuming their linked roles.":
    fn rcp_exempts_assuming(&self, _principal: &Principal, _action: &str, _resource: &Resource) -> bool { false }

    "rcp-lets-services-assume-any-role", "EVAL-018", Plausible, OverGrant, "RCPs do not restrict services that assume a role.":
    fn rcp_exempts_assuming(&self, principal: &Principal, action: &str, _resource: &Resource) -> bool {
        matches!(principal, Principal::Service(_)) && action.eq_ignore_ascii_case("sts:AssumeRole")
    }

    "rcp-lets-anyone-assume-linked-roles", "EVAL-018", Plausible, OverGrant, "RCPs restrict nobody who assumes a service-linked role.":
    fn rcp_exempts_assuming(&self, _principal: &Principal, action: &str, resource: &Resource) -> bool {
        action.eq_ignore_ascii_case("sts:AssumeRole") && resource.as_str().contains(":role/aws-service-role/")
    }

    "rcp-lets-services-tag-linked-roles", "EVAL-018", Plausible, OverGrant, "RCPs do not restrict services that tag sessions of a service-linked role.":
    fn rcp_exempts_assuming(&self, principal: &Principal, action: &str, resource: &Resource) -> bool {
        let tags = action.eq_ignore_ascii_case("sts:TagSession");
        Correct.rcp_exempts_assuming(principal, if tags { "sts:AssumeRole" } else { action }, resource)
    }

    "rcp-lets-services-assume-service-roles", "EVAL-018", Plausible, OverGrant, "RCPs do not restrict services that assume a service role.":
    fn rcp_exempts_assuming(&self, principal: &Principal, action: &str, resource: &Resource) -> bool {
        let assumes = matches!(principal, Principal::Service(_)) && action.eq_ignore_ascii_case("sts:AssumeRole");
        assumes && ["/service-role/", "/aws-service-role/"].iter().any(|path| resource.as_str().contains(&format!(":role{path}")))
    }

    "rcp-restricts-aws-managed-keys", "EVAL-018", Plausible, OverDeny, "RCPs restrict AWS managed keys.":
    fn rcp_exempts_key(&self, action: &str, _resource: &Resource) -> bool { action.eq_ignore_ascii_case("kms:RetireGrant") }

    "rcp-restricts-retiring-grants", "EVAL-018", Plausible, OverDeny, "RCPs restrict kms:RetireGrant.":
    fn rcp_exempts_key(&self, _action: &str, resource: &Resource) -> bool { matches!(resource, Resource::Arn(arn) if arn.aws_managed()) }

    "rcp-spares-all-keys", "EVAL-018", Plausible, OverGrant, "RCPs do not restrict KMS.":
    fn rcp_exempts_key(&self, action: &str, _resource: &Resource) -> bool { action.to_ascii_lowercase().starts_with("kms:") }

    "rcp-covers-every-service", "EVAL-019", Plausible, OverDeny, "RCPs restrict every service.":
    fn rcp_covers_service(&self, _vendor: &str) -> bool { true }

    "rcp-covers-s3-only", "EVAL-019", Plausible, OverGrant, "RCPs restrict S3 only.":
    fn rcp_covers_service(&self, vendor: &str) -> bool { vendor.eq_ignore_ascii_case("s3") }

    "rcp-does-not-cover-sts", "EVAL-019", Plausible, OverGrant, "RCPs do not restrict STS.":
    fn rcp_covers_service(&self, vendor: &str) -> bool { Correct.rcp_covers_service(vendor) && !vendor.eq_ignore_ascii_case("sts") }

    "rcp-does-not-cover-sqs", "EVAL-019", Plausible, OverGrant, "RCPs do not restrict SQS.":
    fn rcp_covers_service(&self, vendor: &str) -> bool { Correct.rcp_covers_service(vendor) && !vendor.eq_ignore_ascii_case("sqs") }

    "rcp-does-not-cover-the-newest", "EVAL-019", Plausible, OverGrant, "RCPs restrict the first five services only.":
    fn rcp_covers_service(&self, vendor: &str) -> bool {
        Correct.rcp_covers_service(vendor) && !vendor.eq_ignore_ascii_case("ecr") && !vendor.eq_ignore_ascii_case("aoss")
    }

    "rcp-needs-a-resource", "EVAL-019", Plausible, OverGrant, "RCPs do not restrict actions without a resource.":
    fn rcp_applies_without_resource(&self, _principal: &Principal) -> bool { false }

    "rcp-without-resource-for-all", "EVAL-019", Plausible, OverDeny, "RCPs restrict actions without a resource for requesters without account too.":
    fn rcp_applies_without_resource(&self, _principal: &Principal) -> bool { true }

    "rcp-upper-levels-not-read", "EVAL-017", Plausible, OverGrant, "Only the RCPs of the account itself are read.":
    fn reads(&self, place: &StatementPlace<'_>, _statement: &Statement) -> bool { place.policy_type != PolicyType::Rcp || place.level + 1 == place.levels }

    "rcp-first-level-only", "EVAL-017", Plausible, OverGrant, "Only the RCPs of the organization's root are read.":
    fn reads(&self, place: &StatementPlace<'_>, _statement: &Statement) -> bool { place.policy_type != PolicyType::Rcp || place.level == 0 }
}

faults! { ENDPOINT, Evaluation, "endpoint";
    "endpoint-not-applied", "EVAL-021", Plausible, OverGrant, "Endpoint policies are not read.":
    fn endpoint_applies(&self, _principal: &Principal) -> bool { false }

    "endpoint-spares-services", "EVAL-021", Plausible, OverGrant, "Endpoint policies do not restrict services.":
    fn endpoint_applies(&self, principal: &Principal) -> bool { !matches!(principal, Principal::Service(_)) }

    "endpoint-spares-root", "EVAL-021", Plausible, OverGrant, "Endpoint policies do not restrict root users.":
    fn endpoint_applies(&self, principal: &Principal) -> bool { !matches!(principal, Principal::Root(_)) }

    "endpoint-spares-anonymous", "EVAL-055", Plausible, OverGrant, "Endpoint policies do not restrict anonymous callers.":
    fn endpoint_applies(&self, principal: &Principal) -> bool { *principal != Principal::Anonymous }

    "endpoint-spares-service-linked-roles", "EVAL-006", Plausible, OverGrant, "Endpoint policies do not restrict service-linked roles.":
    fn endpoint_applies(&self, principal: &Principal) -> bool { !matches!(principal, Principal::RoleSession(session) if session.service_linked()) }

    "endpoint-needs-no-allow", "EVAL-021", Plausible, OverGrant, "Endpoint policies only deny.":
    fn endpoint_allows(&self, _allows: bool) -> bool { true }

    "endpoint-denies-not-read", "EVAL-021", Plausible, OverGrant, "A Deny of an endpoint policy is not read.":
    fn reads(&self, place: &StatementPlace<'_>, statement: &Statement) -> bool { place.policy_type != PolicyType::Vpce || statement.effect == Effect::Allow }

    "gateway-read-as-interface", "EVAL-022", Plausible, OverGrant, "Principals in the policy of a gateway endpoint are read as usual.":
    fn endpoint_reading(&self, _kind: EndpointKind) -> EndpointKind { EndpointKind::Interface }

    "interface-read-as-gateway", "EVAL-022", Plausible, OverGrant, "Principals in the policy of an interface endpoint are read as in that of a gateway.":
    fn endpoint_reading(&self, _kind: EndpointKind) -> EndpointKind { EndpointKind::Gateway }

    "gateway-accounts-name-everybody", "EVAL-022", Plausible, OverGrant, "An account in the policy of a gateway endpoint names all of its principals.":
    fn gateway_reads(&self, layer: Layer<'_>, _principal: &Principal) -> bool { matches!(layer, Layer::Account(_)) }

    "gateway-knows-users", "EVAL-022", Plausible, OverGrant, "Users in the policy of a gateway endpoint are named.":
    fn gateway_reads(&self, layer: Layer<'_>, principal: &Principal) -> bool {
        Correct.gateway_reads(layer, principal) || matches!((layer, principal), (Layer::Entity { .. }, Principal::User(_)))
    }

    "gateway-knows-star-only", "EVAL-022", Plausible, OverGrant, "In the policy of a gateway endpoint an account does not name its root user.":
    fn gateway_reads(&self, _layer: Layer<'_>, _principal: &Principal) -> bool { false }

    "gateway-knows-services", "EVAL-022", Plausible, OverGrant, "Services in the policy of a gateway endpoint are named.":
    fn gateway_reads(&self, layer: Layer<'_>, principal: &Principal) -> bool {
        Correct.gateway_reads(layer, principal) || matches!(layer, Layer::Service(_))
    }

    "gateway-knows-federated-callers", "EVAL-022", Plausible, OverGrant, "Providers are read in policies of gateway endpoints.":
    fn gateway_reads(&self, layer: Layer<'_>, principal: &Principal) -> bool {
        Correct.gateway_reads(layer, principal) || matches!(layer, Layer::Provider(_))
    }
}
