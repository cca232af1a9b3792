//! What truth tables are about: actions with the resources they fit.

use assize_model::{Capabilities, Principal, ResourceKind};

use crate::cast::{ACCOUNTS, Cast, Role, Target, placed};
use crate::choices::Choices;

/// A subject with its actions, and how the policies about it tend to look. Percentages are out of 100.
#[derive(Debug)]
pub struct Topic {
    /// The kind of the resource-based policy.
    pub kind: ResourceKind,
    /// Whether much of it is decided beside the policies (EVAL-033, EVAL-057, EVAL-058, EVAL-063, EVAL-081).
    beside_policies: bool,
    /// Who asks.
    roles: &'static [(usize, Role)],
    /// How often the requesters are of the owner's account.
    own: usize,
    /// Actions and resources: `P` stands for the partition, `O` for the owner.
    actions: &'static [(&'static str, &'static str)],
    /// How many of the actions a policy allows.
    pub allowed: usize,
    /// How often a policy holds a Deny.
    pub denied: usize,
    /// How many of the actions a Deny covers.
    pub deny: usize,
    /// How often there is a boundary, and session policies; half as often SCPs, and an endpoint's policy.
    pub limits: usize,
    /// How often there are RCPs.
    pub rcp: usize,
    /// How often there is a resource-based policy where none is needed.
    pub resource: usize,
    /// How often there are grants of access control lists.
    pub acl: usize,
}

/// Topics, and how often each is chosen.
const TOPICS: [(usize, &Topic); 9] = [
    (22, &OBJECTS),
    (24, &TRUST),
    (5, &LINKED),
    (16, &KEYS),
    (24, &SHARED),
    (8, &VENDORS),
    (10, &BUCKET_POLICY),
    (18, &CREDENTIALS),
    (6, &OWNED),
];

/// Chooses a topic that is supported.
pub fn choose(choices: &mut dyn Choices, capabilities: &Capabilities) -> Option<&'static Topic> {
    let is_supported = |topic: &&Topic| {
        let kind = topic.kind;
        capabilities.resource_kinds.contains(&kind)
            && (capabilities.beside_policies || !topic.beside_policies)
            && (topic.acl < 100 || capabilities.acl)
    };
    let topics: Vec<_> = TOPICS.into_iter().filter(|(_, topic)| is_supported(topic)).collect();
    (!topics.is_empty()).then(|| choices.weighted(&topics))
}

impl Topic {
    /// Who asks; none if nobody who does is supported.
    pub fn role(&self, choices: &mut dyn Choices, capabilities: &Capabilities) -> Option<Role> {
        let roles: Vec<_> =
            self.roles.iter().copied().filter(|(_, role)| role.is_supported(capabilities)).collect();
        (!roles.is_empty()).then(|| choices.weighted(&roles))
    }

    /// The account of the requesters, as an index of [`ACCOUNTS`].
    pub fn account(&self, choices: &mut dyn Choices) -> usize {
        if choices.chance(self.own) { 0 } else { choices.weighted(&[(9, 1), (1, 2)]) }
    }

    /// Five to nine of the topic's actions.
    pub fn targets(&self, choices: &mut dyn Choices, cast: &Cast) -> Vec<Target> {
        let partition = if choices.chance(2) { "aws-us-gov" } else { cast.partition };
        let count = choices.between(5, 9);
        let mut targets: Vec<Target> = Vec::with_capacity(count);
        // One role, key or alias at a time: its policy is that of all requests.
        let same = matches!(self.kind, ResourceKind::RoleTrust | ResourceKind::KmsKey) && self.rcp > 0;
        for _ in 0..count {
            let &(action, resource) = choices.one_of(self.actions);
            let resource = match targets.first() {
                Some(first) if same && resource != "*" && first.resource != "*" => first.resource.clone(),
                _ => placed(resource, partition, ACCOUNTS[0]),
            };
            let action = match (self.kind, cast.principals.first().map(|principal| &**principal)) {
                (ResourceKind::RoleTrust, Some(Principal::FederatedCaller(caller))) => match action {
                    "sts:TagSession" | "sts:SetSourceIdentity" => action,
                    _ if caller.is_saml() => "sts:AssumeRoleWithSAML",
                    _ => "sts:AssumeRoleWithWebIdentity",
                },
                _ => action,
            };
            let owner = if resource.contains(":iam::aws:") { "aws" } else { ACCOUNTS[0] };
            let target = Target { action: action.to_owned(), resource, owner: owner.to_owned() };
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
        targets
    }
}

const EVERYBODY: &[(usize, Role)] = &[
    (36, Role::RoleSession),
    (22, Role::User),
    (18, Role::FederatedByUser),
    (4, Role::FederatedByRoot),
    (8, Role::Root),
    (4, Role::AssumedRoot),
    (4, Role::ServiceLinked),
    (5, Role::Service),
    (3, Role::Anonymous),
];

static OBJECTS: Topic = Topic {
    kind: ResourceKind::Ordinary,
    beside_policies: false,
    roles: EVERYBODY,
    own: 66,
    actions: &[
        ("s3:GetObject", "arn:P:s3:::bkt/k"),
        ("s3:PutObject", "arn:P:s3:::bkt/k"),
        ("s3:DeleteObject", "arn:P:s3:::bkt/k"),
        ("s3:GetObjectTagging", "arn:P:s3:::bkt/k"),
        ("s3:ListBucket", "arn:P:s3:::bkt"),
        ("s3:RestoreObject", "arn:P:s3:::bkt/k"),
        ("sqs:SendMessage", "arn:P:sqs:us-east-1:O:q"),
        ("sqs:ReceiveMessage", "arn:P:sqs:us-east-1:O:q"),
        ("sqs:PurgeQueue", "arn:P:sqs:us-east-1:O:q"),
    ],
    allowed: 66,
    denied: 16,
    deny: 18,
    limits: 60,
    rcp: 15,
    resource: 75,
    acl: 3,
};

/// Objects with access control lists, asked for from outside.
static SHARED: Topic = Topic {
    kind: ResourceKind::Ordinary,
    beside_policies: false,
    roles: &[
        (36, Role::User),
        (22, Role::RoleSession),
        (12, Role::Root),
        (24, Role::Anonymous),
        (14, Role::Service),
        (4, Role::FederatedByUser),
        (3, Role::ServiceLinked),
    ],
    own: 20,
    actions: &[
        ("s3:GetObject", "arn:P:s3:::bkt/k"),
        ("s3:GetObjectVersion", "arn:P:s3:::bkt/k"),
        ("s3:GetObjectAcl", "arn:P:s3:::bkt/k"),
        ("s3:PutObjectAcl", "arn:P:s3:::bkt/k"),
        ("s3:GetObjectVersionAcl", "arn:P:s3:::bkt/k"),
        ("s3:PutObjectVersionAcl", "arn:P:s3:::bkt/k"),
        ("s3:PutObject", "arn:P:s3:::bkt/k"),
        ("s3:DeleteObject", "arn:P:s3:::bkt/k"),
        ("s3:ListBucket", "arn:P:s3:::bkt"),
        ("s3:ListBucketVersions", "arn:P:s3:::bkt"),
        ("s3:ListBucketMultipartUploads", "arn:P:s3:::bkt"),
        ("s3:GetBucketPolicy", "arn:P:s3:::bkt"),
        ("s3:GetBucketAcl", "arn:P:s3:::bkt"),
        ("s3:PutBucketAcl", "arn:P:s3:::bkt"),
    ],
    allowed: 66,
    denied: 8,
    deny: 18,
    limits: 12,
    rcp: 5,
    resource: 30,
    acl: 100,
};

static TRUST: Topic = Topic {
    kind: ResourceKind::RoleTrust,
    beside_policies: false,
    roles: &[
        (44, Role::RoleSession),
        (28, Role::User),
        (5, Role::Root),
        (5, Role::FederatedByUser),
        (8, Role::FederatedCaller),
        (10, Role::Service),
        (4, Role::ServiceLinked),
        (2, Role::Anonymous),
    ],
    own: 72,
    actions: &[
        ("sts:AssumeRole", "arn:P:iam::O:role/T"),
        ("sts:AssumeRole", "arn:P:iam::O:role/team/T"),
        ("sts:TagSession", "arn:P:iam::O:role/T"),
        ("sts:SetSourceIdentity", "arn:P:iam::O:role/T"),
        ("sts:SetContext", "arn:P:iam::O:role/t"),
        ("sts:AssumeRole", "arn:P:iam::O:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"),
        ("sts:TagSession", "arn:P:iam::O:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"),
        ("iam:GetRole", "arn:P:iam::O:role/T"),
        ("iam:PassRole", "arn:P:iam::O:role/T"),
        ("iam:DeleteRole", "arn:P:iam::O:role/T"),
    ],
    allowed: 66,
    denied: 10,
    deny: 18,
    limits: 60,
    rcp: 25,
    resource: 100,
    acl: 0,
};

/// Services and others that assume the roles made for services, under RCPs (EVAL-018).
static LINKED: Topic = Topic {
    kind: ResourceKind::RoleTrust,
    beside_policies: false,
    roles: &[(70, Role::Service), (15, Role::RoleSession), (15, Role::User)],
    own: 90,
    actions: &[
        ("sts:AssumeRole", "arn:P:iam::O:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"),
        ("sts:TagSession", "arn:P:iam::O:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"),
        (
            "sts:SetSourceIdentity",
            "arn:P:iam::O:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        ),
        ("sts:AssumeRole", "arn:P:iam::O:role/service-role/T"),
        ("sts:TagSession", "arn:P:iam::O:role/service-role/T"),
    ],
    allowed: 90,
    denied: 4,
    deny: 30,
    limits: 5,
    rcp: 90,
    resource: 100,
    acl: 0,
};

static KEYS: Topic = Topic {
    kind: ResourceKind::KmsKey,
    beside_policies: false,
    roles: EVERYBODY,
    own: 66,
    actions: &[
        ("kms:Decrypt", "arn:P:kms:us-east-1:O:key/k1"),
        ("kms:Encrypt", "arn:P:kms:us-east-1:O:key/k1"),
        ("kms:DescribeKey", "arn:P:kms:us-east-1:O:key/k1"),
        ("kms:RetireGrant", "arn:P:kms:us-east-1:O:key/k1"),
        ("kms:GenerateDataKey", "arn:P:kms:us-east-1:O:key/k1"),
        ("kms:RevokeGrant", "arn:P:kms:us-east-1:O:key/k1"),
        ("kms:RetireGrant", "*"),
        ("kms:PutKeyPolicy", "arn:P:kms:us-east-1:O:key/k1"),
        ("kms:CreateGrant", "arn:P:kms:us-east-1:O:key/k2"),
        ("kms:ListKeys", "*"),
    ],
    allowed: 66,
    denied: 10,
    deny: 18,
    limits: 60,
    rcp: 25,
    resource: 100,
    acl: 0,
};

/// Services that RCPs restrict, and some that they do not; actions without a resource.
static VENDORS: Topic = Topic {
    kind: ResourceKind::Ordinary,
    beside_policies: false,
    roles: EVERYBODY,
    own: 60,
    actions: &[
        ("s3:GetObject", "arn:P:s3:::bkt/k"),
        ("sqs:SendMessage", "arn:P:sqs:us-east-1:O:q"),
        ("secretsmanager:GetSecretValue", "arn:P:secretsmanager:us-east-1:O:secret:s"),
        ("ecr:PutImage", "arn:P:ecr:us-east-1:O:repository/r"),
        ("aoss:APIAccessAll", "arn:P:aoss:us-east-1:O:collection/c"),
        ("kms:UpdateAlias", "arn:P:kms:us-east-1:O:alias/mine"),
        ("dynamodb:GetItem", "arn:P:dynamodb:us-east-1:O:table/t"),
        ("sns:Publish", "arn:P:sns:us-east-1:O:topic"),
        ("ec2:RunInstances", "arn:P:ec2:us-east-1:O:instance/i-1"),
        ("s3express:CreateSession", "arn:P:s3express:us-east-1:O:bucket/b"),
        ("ecr-public:PutImage", "arn:P:ecr-public:us-east-1:O:repository/r"),
        ("s3-object-lambda:GetObject", "arn:P:s3-object-lambda:us-east-1:O:accesspoint/a"),
        ("s3:ListAllMyBuckets", "*"),
        ("sqs:ListQueues", "*"),
        ("kms:ListKeys", "*"),
        ("sts:GetServiceBearerToken", "*"),
        ("ec2:DescribeInstances", "*"),
    ],
    allowed: 88,
    denied: 10,
    deny: 18,
    limits: 15,
    rcp: 85,
    resource: 60,
    acl: 0,
};

/// Operations on the policy of a bucket, which are the owner's alone, and its root user's always (EVAL-033, EVAL-063).
static BUCKET_POLICY: Topic = Topic {
    kind: ResourceKind::Ordinary,
    beside_policies: true,
    roles: &[
        (55, Role::Root),
        (20, Role::AssumedRoot),
        (20, Role::User),
        (10, Role::RoleSession),
        (5, Role::Service),
        (6, Role::FederatedByRoot),
    ],
    own: 80,
    actions: &[
        ("s3:PutBucketAcl", "arn:P:s3:::bkt"),
        ("s3:GetBucketPolicy", "arn:P:s3:::bkt"),
        ("s3:PutBucketPolicy", "arn:P:s3:::bkt"),
        ("s3:DeleteBucketPolicy", "arn:P:s3:::bkt"),
        ("s3:GetBucketPolicyStatus", "arn:P:s3:::bkt"),
        ("s3:ListBucket", "arn:P:s3:::bkt"),
        ("s3:GetObject", "arn:P:s3:::bkt/k"),
    ],
    allowed: 80,
    denied: 85,
    deny: 60,
    limits: 24,
    rcp: 12,
    resource: 95,
    acl: 0,
};

/// Operations that some credentials may not call, or need no permission for (EVAL-057, EVAL-058).
static CREDENTIALS: Topic = Topic {
    kind: ResourceKind::RoleTrust,
    beside_policies: true,
    roles: &[
        (26, Role::User),
        (18, Role::RoleSession),
        (18, Role::Root),
        (6, Role::AssumedRoot),
        (14, Role::FederatedByUser),
        (4, Role::FederatedByRoot),
        (9, Role::Service),
        (4, Role::Anonymous),
        (3, Role::ServiceLinked),
    ],
    own: 75,
    actions: &[
        ("sts:GetCallerIdentity", "*"),
        ("sts:GetSessionToken", "*"),
        ("sts:GetFederationToken", "arn:P:sts::O:federated-user/carol"),
        ("sts:TagSession", "arn:P:sts::O:federated-user/carol"),
        ("sts:SetSourceIdentity", "arn:P:sts::O:federated-user/carol"),
        ("sts:SetContext", "arn:P:sts::O:federated-user/carol"),
        ("sts:AssumeRole", "arn:P:iam::O:role/T"),
        ("sts:TagSession", "arn:P:iam::O:role/T"),
        ("sts:SetSourceIdentity", "arn:P:iam::O:role/T"),
        ("sts:SetContext", "arn:P:iam::O:role/T"),
        ("sts:AssumeRoot", "arn:P:iam::O:root"),
        ("sts:AssumeRoleWithSAML", "arn:P:iam::O:role/T"),
        ("sts:AssumeRoleWithWebIdentity", "arn:P:iam::O:role/T"),
        ("sts:DecodeAuthorizationMessage", "*"),
        ("sts:GetAccessKeyInfo", "*"),
        ("sns:Publish", "arn:P:sns:us-east-1:O:topic"),
        ("lambda:InvokeFunction", "arn:P:lambda:us-east-1:O:function:f"),
        ("iam:GetUser", "arn:P:iam::O:user/bob"),
        ("iam:ListUsers", "*"),
    ],
    allowed: 94,
    denied: 12,
    deny: 18,
    limits: 24,
    rcp: 8,
    resource: 90,
    acl: 0,
};

/// What AWS owns and nobody changes, with what looks like it (EVAL-081); roles handed to services (EVAL-063).
static OWNED: Topic = Topic {
    kind: ResourceKind::Ordinary,
    beside_policies: true,
    roles: &[(50, Role::User), (30, Role::RoleSession), (15, Role::Root), (4, Role::AssumedRoot)],
    own: 75,
    actions: &[
        ("iam:CreatePolicyVersion", "arn:P:iam::aws:policy/ReadOnlyAccess"),
        ("iam:DeletePolicy", "arn:P:iam::aws:policy/ReadOnlyAccess"),
        ("iam:DeletePolicyVersion", "arn:P:iam::aws:policy/ReadOnlyAccess"),
        ("iam:SetDefaultPolicyVersion", "arn:P:iam::aws:policy/job-function/X"),
        ("iam:TagPolicy", "arn:P:iam::aws:policy/ReadOnlyAccess"),
        ("iam:UntagPolicy", "arn:P:iam::aws:policy/ReadOnlyAccess"),
        ("iam:GetPolicy", "arn:P:iam::aws:policy/ReadOnlyAccess"),
        ("iam:DeletePolicy", "arn:P:iam::O:policy/ReadOnlyAccess"),
        ("iam:AttachRolePolicy", "arn:P:iam::O:role/aws-reserved/sso.amazonaws.com/X"),
        ("iam:DeleteRole", "arn:P:iam::O:role/aws-reserved/sso.amazonaws.com/X"),
        ("iam:DeleteRolePermissionsBoundary", "arn:P:iam::O:role/aws-reserved/sso.amazonaws.com/X"),
        ("iam:DeleteRolePolicy", "arn:P:iam::O:role/aws-reserved/sso.amazonaws.com/X"),
        ("iam:DetachRolePolicy", "arn:P:iam::O:role/aws-reserved/sso.amazonaws.com/X"),
        ("iam:PutRolePermissionsBoundary", "arn:P:iam::O:role/aws-reserved/sso.amazonaws.com/X"),
        ("iam:PutRolePolicy", "arn:P:iam::O:role/aws-reserved/sso.amazonaws.com/X"),
        ("iam:TagRole", "arn:P:iam::O:role/aws-reserved/X"),
        ("iam:UntagRole", "arn:P:iam::O:role/aws-reserved/X"),
        ("iam:UpdateAssumeRolePolicy", "arn:P:iam::O:role/aws-reserved/X"),
        ("iam:UpdateRole", "arn:P:iam::O:role/aws-reserved/X"),
        ("iam:UpdateRoleDescription", "arn:P:iam::O:role/aws-reserved/X"),
        ("iam:GetRole", "arn:P:iam::O:role/aws-reserved/X"),
        ("iam:PassRole", "arn:P:iam::O:role/aws-reserved/X"),
        ("iam:UpdateUser", "arn:P:iam::O:user/aws-reserved/X"),
        ("iam:AttachUserPolicy", "arn:P:iam::aws:policy/ReadOnlyAccess"),
        ("iam:DeleteRole", "arn:P:iam::O:role/team/aws-reserved/X"),
        ("iam:DeleteRole", "arn:P:iam::O:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"),
        ("iam:PassRole", "arn:P:iam::O:role/T"),
        ("iam:GetRole", "arn:P:iam::O:role/T"),
        ("kms:CreateAlias", "arn:P:kms:us-east-1:O:alias/aws/s3"),
        ("kms:DeleteAlias", "arn:P:kms:us-east-1:O:alias/aws/s3"),
        ("kms:UpdateAlias", "arn:P:kms:us-east-1:O:alias/aws/s3"),
        ("kms:ListAliases", "arn:P:kms:us-east-1:O:alias/aws/s3"),
        ("kms:DeleteAlias", "arn:P:kms:us-east-1:O:alias/awsome"),
    ],
    allowed: 96,
    denied: 10,
    deny: 18,
    limits: 12,
    rcp: 5,
    resource: 20,
    acl: 0,
};
