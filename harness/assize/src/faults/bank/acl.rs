//! Access control lists.

use assize_model::{AclGrant, AclPermission, AclTarget, Grantee, MatchClass, Principal};
use assize_reference::{Correct, Semantics};

faults! { FAULTS, Evaluation, "acl";
    "acl-not-read", "EVAL-062", Plausible, OverDeny, "Access control lists are not read.":
    fn acl_counts(&self, _grant: &AclGrant) -> bool { false }

    "acl-of-groups-not-read", "EVAL-062", Plausible, OverDeny, "Grants to groups are not read.":
    fn acl_counts(&self, grant: &AclGrant) -> bool { !matches!(grant.grantee, Grantee::AllUsers | Grantee::AuthenticatedUsers) }

    "acl-by-canonical-id-not-read", "EVAL-062", Plausible, OverDeny, "Grants to canonical ids are not read.":
    fn acl_counts(&self, grant: &AclGrant) -> bool { !matches!(grant.grantee, Grantee::CanonicalUser(_)) }

    "acl-target-confused", "EVAL-062", Plausible, OverGrant, "Grants on a bucket hold for its objects, and the reverse.":
    fn acl_permits(&self, on: AclTarget, permission: AclPermission, action: &str) -> bool {
        let other = if on == AclTarget::Bucket { AclTarget::Object } else { AclTarget::Bucket };
        Correct.acl_permits(on, permission, action) || Correct.acl_permits(other, permission, action)
    }

    "acl-write-covers-objects", "EVAL-062", Plausible, OverGrant, "WRITE on an object lets it be overwritten.":
    fn acl_permits(&self, on: AclTarget, permission: AclPermission, action: &str) -> bool {
        Correct.acl_permits(on, permission, action) || (permission == AclPermission::Write && action.eq_ignore_ascii_case("s3:PutObject"))
    }

    "acl-read-covers-acl", "EVAL-062", Plausible, OverGrant, "READ covers reading the access control list.":
    fn acl_permits(&self, on: AclTarget, permission: AclPermission, action: &str) -> bool {
        Correct.acl_permits(on, permission, action)
            || (permission == AclPermission::Read && Correct.acl_permits(on, AclPermission::ReadAcp, action))
    }

    "acl-full-control-lacks-acl", "EVAL-062", Plausible, OverDeny, "FULL_CONTROL does not cover the access control list.":
    fn acl_permits(&self, on: AclTarget, permission: AclPermission, action: &str) -> bool {
        let full = permission == AclPermission::FullControl;
        Correct.acl_permits(on, permission, action) && !(full && Correct.acl_permits(on, AclPermission::ReadAcp, action))
    }

    "acl-full-control-is-everything", "EVAL-062", Plausible, OverGrant, "FULL_CONTROL covers every action.":
    fn acl_permits(&self, on: AclTarget, permission: AclPermission, action: &str) -> bool {
        permission == AclPermission::FullControl || Correct.acl_permits(on, permission, action)
    }

    "acl-action-case-counts", "EVAL-062", Plausible, OverDeny, "Actions are compared with the lists' with regard to case.":
    fn acl_permits(&self, on: AclTarget, permission: AclPermission, action: &str) -> bool {
        Correct.acl_permits(on, permission, action) && action != action.to_ascii_lowercase()
    }

    "acl-for-everyone-is-for-anonymous", "EVAL-062", Plausible, OverDeny, "Grants to all users reach anonymous callers only.":
    fn acl_class(&self, grantee: &Grantee, principal: &Principal, owner: &str) -> Option<MatchClass> {
        Correct.acl_class(grantee, principal, owner).filter(|_| *grantee != Grantee::AllUsers || *principal == Principal::Anonymous)
    }

    "acl-for-authenticated-reaches-anonymous", "EVAL-062", Plausible, OverGrant, "Grants to authenticated users reach anonymous callers.":
    fn acl_class(&self, grantee: &Grantee, principal: &Principal, owner: &str) -> Option<MatchClass> {
        let anyone = *principal == Principal::Anonymous && *grantee == Grantee::AuthenticatedUsers;
        if anyone { Some(MatchClass::Direct) } else { Correct.acl_class(grantee, principal, owner) }
    }

    "acl-for-everyone-reaches-services", "EVAL-062", Plausible, OverGrant, "Grants to all users reach services.":
    fn acl_class(&self, grantee: &Grantee, principal: &Principal, owner: &str) -> Option<MatchClass> {
        let service = matches!(principal, Principal::Service(_)) && *grantee == Grantee::AllUsers;
        if service { Some(MatchClass::Direct) } else { Correct.acl_class(grantee, principal, owner) }
    }

    "acl-reaches-owner", "EVAL-062", Plausible, Record, "Grants reach principals of the owner's account.":
    fn acl_class(&self, grantee: &Grantee, principal: &Principal, _owner: &str) -> Option<MatchClass> { Correct.acl_class(grantee, principal, "") }

    "acl-is-direct", "EVAL-062", Plausible, Record, "Grants name their principals directly.":
    fn acl_class(&self, grantee: &Grantee, principal: &Principal, owner: &str) -> Option<MatchClass> {
        Correct.acl_class(grantee, principal, owner).map(|_| MatchClass::Direct)
    }

    "acl-for-an-account-reaches-all", "EVAL-062", Plausible, OverGrant, "A grant to one account reaches every foreign account.":
    fn acl_class(&self, grantee: &Grantee, principal: &Principal, owner: &str) -> Option<MatchClass> {
        let grantee = if let Grantee::Account(_) = grantee { &Grantee::AuthenticatedUsers } else { grantee };
        Correct.acl_class(grantee, principal, owner)
    }

    "acl-does-not-reach-root", "EVAL-062", Plausible, OverDeny, "Grants do not reach root users.":
    fn acl_class(&self, grantee: &Grantee, principal: &Principal, owner: &str) -> Option<MatchClass> {
        Correct.acl_class(grantee, principal, owner).filter(|_| !matches!(principal, Principal::Root(_)))
    }
}
