//! Access control lists (EVAL-062).

use std::sync::Arc;

use assize_model::{
    AclPermission, AclTarget, Effect, Grantee, MatchClass, PolicyType, Principal, StatementRef,
};

use crate::findings::Applicable;
use crate::question::Question;
use crate::semantics::Semantics;

/// The actions that a permission stands for.
pub(crate) fn actions(on: AclTarget, permission: AclPermission) -> Vec<&'static str> {
    use AclPermission as Permission;
    match (on, permission) {
        (AclTarget::Bucket, Permission::Read) => {
            vec!["s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"]
        }
        (AclTarget::Bucket, Permission::Write) => vec!["s3:PutObject"],
        (AclTarget::Bucket, Permission::ReadAcp) => vec!["s3:GetBucketAcl"],
        (AclTarget::Bucket, Permission::WriteAcp) => vec!["s3:PutBucketAcl"],
        (AclTarget::Object, Permission::Read) => vec!["s3:GetObject", "s3:GetObjectVersion"],
        (AclTarget::Object, Permission::Write) => vec![],
        (AclTarget::Object, Permission::ReadAcp) => vec!["s3:GetObjectAcl", "s3:GetObjectVersionAcl"],
        (AclTarget::Object, Permission::WriteAcp) => vec!["s3:PutObjectAcl", "s3:PutObjectVersionAcl"],
        (on, Permission::FullControl) => {
            let others = [Permission::Read, Permission::Write, Permission::ReadAcp, Permission::WriteAcp];
            others.into_iter().flat_map(|permission| actions(on, permission)).collect()
        }
    }
}

/// How a grant reaches a requester: Direct for anonymous callers, Account for the principals of other accounts than the owner's.
pub(crate) fn class(grantee: &Grantee, principal: &Principal, owner: &str) -> Option<MatchClass> {
    let Some(account) = principal.account() else {
        let everybody = *principal == Principal::Anonymous && *grantee == Grantee::AllUsers;
        return everybody.then_some(MatchClass::Direct);
    };
    let granted = match grantee {
        Grantee::Account(id) => *id == account.id,
        Grantee::CanonicalUser(id) => account.canonical_user_id.as_ref() == Some(id),
        Grantee::AllUsers | Grantee::AuthenticatedUsers => true,
    };
    (granted && account.id != owner).then_some(MatchClass::Account)
}

impl<S: Semantics + ?Sized> Question<'_, S> {
    /// The grants that apply, listed as statements of policy `acl`.
    pub(crate) fn acl_grants(&self, policy_type: PolicyType) -> impl Iterator<Item = Applicable> {
        let semantics = self.semantics();
        let numbered = self.environment.acl.iter().enumerate();
        numbered.filter_map(move |(index, grant)| {
            let arn = self.resource_arn()?;
            let permits = semantics.acl_permits(grant.on, grant.permission, self.action().as_str());
            let class =
                semantics.acl_class(&grant.grantee, self.principal(), arn.owner()).filter(|_| permits);
            self.rule("EVAL-062", class.is_some());
            let statement = StatementRef {
                policy_type,
                level: None,
                policy: Arc::from("acl"),
                statement: index,
                sid: None,
                region: None,
            };
            let counts = class.is_some() && semantics.acl_counts(grant);
            counts.then_some(Applicable { effect: Effect::Allow, class, statement })
        })
    }
}
