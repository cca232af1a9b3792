//! Single things, each drawn evenly from all that it can be.

use std::sync::Arc;

use assize_model::{
    Account, Entity, FederatedCaller, FederatedUser, Issuer, Literal, Origin, Principal, PrincipalKey,
    ResourceKind, RoleSession, Root, Service, SessionToken, User,
};

use crate::cast::{Role, Target};
use crate::choices::Choices;
use crate::naming::Value;
use crate::value::{self, Type};

const PARTITIONS: [&str; 3] = ["aws", "aws-cn", "aws-us-gov"];
const REGIONS: [&str; 4] = ["us-east-1", "eu-west-1", "ap-south-1", "sa-east-1"];
const VENDORS: [&str; 12] =
    ["s3", "ec2", "iam", "kms", "sqs", "sns", "sts", "lambda", "dynamodb", "logs", "ecs", "glue"];
const VERBS: [&str; 8] = ["Get", "List", "Describe", "Put", "Create", "Delete", "Update", "Tag"];
const NOUNS: [&str; 8] = ["Object", "Bucket", "Instance", "Role", "Key", "Message", "Function", "Table"];
const STS: [&str; 6] = [
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "TagSession",
    "SetSourceIdentity",
    "SetContext",
];

/// One to eight letters or digits.
pub(super) fn word(choices: &mut dyn Choices) -> String {
    const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let length = choices.between(1, 8);
    (0..length).map(|_| char::from(*choices.one_of(ALPHABET))).collect()
}

fn digits(choices: &mut dyn Choices, count: usize) -> String {
    (0..count).map(|_| char::from(*choices.one_of(b"0123456789"))).collect()
}

/// A text with a wildcard somewhere, half of the time.
pub(super) fn pattern(choices: &mut dyn Choices, mut text: String) -> String {
    if choices.chance(50) {
        // All texts here are ASCII.
        let at = choices.pick(text.len() + 1);
        text.insert(at, *choices.one_of(&['*', '?']));
    }
    text
}

fn account(choices: &mut dyn Choices, management: bool) -> Option<Account> {
    let mut account = Account::new(*choices.one_of(&PARTITIONS), digits(choices, 12)).ok()?;
    account.management = management;
    account.canonical_user_id = choices.chance(50).then(|| canonical_id(choices));
    Some(account)
}

fn canonical_id(choices: &mut dyn Choices) -> String {
    (0..64).map(|_| char::from(*choices.one_of(b"0123456789abcdef"))).collect()
}

fn entity(choices: &mut dyn Choices, prefix: &str) -> Option<Entity> {
    let path = if choices.chance(50) { "/".to_owned() } else { format!("/{}/", word(choices)) };
    let id: String =
        (0..17).map(|_| char::from(*choices.one_of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))).collect();
    Entity::new(path, word(choices), format!("{prefix}{id}")).ok()
}

fn service_name(choices: &mut dyn Choices) -> String {
    format!("{}.amazonaws.com", choices.one_of(&VENDORS))
}

fn provider(choices: &mut dyn Choices) -> String {
    match choices.pick(3) {
        0 => format!("arn:aws:iam::{}:saml-provider/{}", digits(choices, 12), word(choices)),
        1 => format!("arn:aws:iam::{}:oidc-provider/{}", digits(choices, 12), word(choices)),
        _ => "accounts.google.com".to_owned(),
    }
}

/// A requester of this role; `None` if its names were none.
pub(super) fn principal(choices: &mut dyn Choices, role: Role, management: bool) -> Option<Arc<Principal>> {
    let account = account(choices, management)?;
    let token = *choices.one_of(&[None, Some(SessionToken { mfa: true }), Some(SessionToken { mfa: false })]);
    Some(Arc::new(match role {
        Role::User => Principal::User(User::new(account, entity(choices, "AIDA")?, token)),
        Role::Root => Principal::Root(match token {
            None => Root::new(account),
            Some(token) => Root::with_session_token(account, token),
        }),
        Role::AssumedRoot => Principal::Root(Root::assumed(account)),
        Role::RoleSession | Role::ServiceLinked => {
            let mut of = entity(choices, "AROA")?;
            if role == Role::ServiceLinked {
                of.path = format!("/aws-service-role/{}/", service_name(choices));
            }
            let origin = match choices.pick(5) {
                0 => Origin::AssumeRole,
                1 => Origin::Saml(Some(provider(choices))),
                2 => Origin::WebIdentity(Some(provider(choices))),
                3 => Origin::Service(Some(service_name(choices))),
                _ => Origin::Ec2Instance(Some(format!("i-{}", word(choices)))),
            };
            Principal::RoleSession(
                RoleSession::new(account, of, format!("{}-s", word(choices)), origin).ok()?,
            )
        }
        Role::FederatedByUser | Role::FederatedByRoot => {
            let by_user = role == Role::FederatedByUser;
            let issuer = if by_user { Issuer::User(entity(choices, "AIDA")?) } else { Issuer::Root };
            let name = format!("{}-f", word(choices));
            Principal::FederatedUser(FederatedUser::new(account, name, issuer, choices.chance(50)).ok()?)
        }
        Role::Service => Principal::Service(Service::new(service_name(choices), Vec::new()).ok()?),
        Role::FederatedCaller => Principal::FederatedCaller(FederatedCaller::new(provider(choices)).ok()?),
        Role::Anonymous => Principal::Anonymous,
    }))
}

/// A value of a principal element, of any of its forms (GRAM-027).
pub(super) fn principal_value(choices: &mut dyn Choices) -> Value {
    let (partition, account) = (*choices.one_of(&PARTITIONS), digits(choices, 12));
    let aws = |text: String| (PrincipalKey::Aws, text);
    match choices.pick(9) {
        0 => aws(account),
        1 => aws(format!("arn:{partition}:iam::{account}:root")),
        2 => aws(format!("arn:{partition}:iam::{account}:user/{}", word(choices))),
        3 => aws(format!("arn:{partition}:iam::{account}:role/{}", word(choices))),
        4 => {
            aws(format!("arn:{partition}:sts::{account}:assumed-role/{}/{}-s", word(choices), word(choices)))
        }
        5 => aws(format!("arn:{partition}:sts::{account}:federated-user/{}-f", word(choices))),
        6 => (PrincipalKey::Service, service_name(choices)),
        7 => (PrincipalKey::Federated, provider(choices)),
        _ => (PrincipalKey::CanonicalUser, canonical_id(choices)),
    }
}

/// An action, a resource that a policy of this kind can be attached to, and its owner.
pub(super) fn target(choices: &mut dyn Choices, kind: ResourceKind) -> Target {
    let (partition, owner) = (*choices.one_of(&PARTITIONS), digits(choices, 12));
    let (vendor, resource) = match kind {
        ResourceKind::RoleTrust => ("sts", format!("arn:{partition}:iam::{owner}:role/{}", word(choices))),
        ResourceKind::KmsKey => {
            let region = choices.one_of(&REGIONS);
            ("kms", format!("arn:{partition}:kms:{region}:{owner}:key/{}", word(choices)))
        }
        ResourceKind::Ordinary => {
            let (vendor, region) = (*choices.one_of(&VENDORS), choices.one_of(&REGIONS));
            let resource = match vendor {
                _ if choices.chance(25) => "*".to_owned(),
                "s3" => format!("arn:{partition}:s3:::{}/{}", word(choices), word(choices)),
                _ => format!("arn:{partition}:{vendor}:{region}:{owner}:{}/{}", word(choices), word(choices)),
            };
            (vendor, resource)
        }
    };
    let name = if vendor == "sts" {
        (*choices.one_of(&STS)).to_owned()
    } else {
        format!("{}{}", choices.one_of(&VERBS), choices.one_of(&NOUNS))
    };
    Target { action: format!("{vendor}:{name}"), resource, owner }
}

/// A value of a type.
pub(super) fn literal(choices: &mut dyn Choices, of: Type) -> Literal {
    let text = match of {
        Type::String => word(choices),
        Type::Numeric => {
            let number = choices.pick(2_000_001) as i64 - 1_000_000;
            if choices.chance(50) { number.to_string() } else { format!("{number}.{}", digits(choices, 2)) }
        }
        Type::Date => {
            let (year, month, day) =
                (choices.between(1970, 2069), choices.between(1, 12), choices.between(1, 28));
            let (hour, minute) = (choices.pick(24), choices.pick(60));
            format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:00Z")
        }
        Type::Bool => choices.one_of(&["true", "false"]).to_string(),
        // Four letters or digits are three bytes.
        Type::Binary => (0..4).map(|_| char::from(*choices.one_of(b"ABCDabcd0123"))).collect(),
        Type::Ip => {
            let [a, b, c, d] = [0; 4].map(|_| choices.pick(256));
            if choices.chance(50) { format!("{a}.{b}.{c}.{d}") } else { format!("{a}.{b}.{c}.0/24") }
        }
        Type::Arn => target(choices, ResourceKind::KmsKey).resource,
    };
    value::literal(choices, &text)
}
