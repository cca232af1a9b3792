//! Tables of what a requester's record yields: keys that it has and keys that it lacks, with the right values and with those that
//! another reading of the record would give (PRIN-015).

use assize_model::request::DERIVED_KEYS;
use assize_model::{
    BaseOperator, Element, Issuer, Literal, Operator, Principal, ResourceKind, SetOperator, Version,
};

use crate::cast::{ACCOUNTS, Cast, PROVIDERS, Role, SERVICES};
use crate::choices::Choices;
use crate::condition::{respell, widen};
use crate::table::{Column, Row, Table, dressed, single};

/// Keys that no record yields, although one could think so: they come with the context or not at all.
const SUPPLIED: [&str; 9] = [
    "aws:MultiFactorAuthPresent",
    "aws:MultiFactorAuthAge",
    "aws:TokenIssueTime",
    "aws:SourceIdentity",
    "aws:PrincipalOrgID",
    "aws:ARN",
    "aws:ResourceAccount",
    "aws:ViaAWSService",
    "sts:RoleSessionName",
];

/// The key of the context that variables are compared with.
const COMPARED: &str = "acme:Colour";

/// What the requester is: all kinds about as often.
pub(super) fn role(choices: &mut dyn Choices) -> Role {
    choices.weighted(&[
        (10, Role::User),
        (16, Role::RoleSession),
        (8, Role::ServiceLinked),
        (11, Role::FederatedByUser),
        (8, Role::FederatedByRoot),
        (11, Role::Root),
        (12, Role::AssumedRoot),
        (12, Role::Service),
        (6, Role::FederatedCaller),
        (6, Role::Anonymous),
    ])
}

pub(super) fn table(choices: &mut dyn Choices, cast: &Cast, columns: usize) -> Table {
    choices.label("table of derived keys");
    let height = choices.weighted(&[(20, 1), (10, 3), (70, 16)]);
    let rows = (0..height).map(|_| row(choices, cast)).collect();
    // There are few requesters, and nothing else makes much difference.
    let columns = (0..columns.div_ceil(2)).map(|nth| column(choices, cast, nth)).collect();
    Table { version: Version::V2012, rows, columns }
}

fn row(choices: &mut dyn Choices, cast: &Cast) -> Row {
    let plain = |base| Operator { set: None, base, if_exists: false };
    if choices.chance(12) {
        let key = *choices.one_of(&SUPPLIED);
        let wanted = *choices.one_of(&["true", "false"]);
        return Row {
            resource: None,
            condition: single(plain(BaseOperator::Null), key, vec![Literal::string(wanted)]),
        };
    }
    let key = key(choices, cast);
    let value = value(choices, cast, key);
    let spelled = respell(choices, key.to_owned());
    let boolean = matches!(key, "aws:PrincipalIsAWSService" | "aws:AssumedRoot");
    let condition = match choices.weighted(&[(20, 0), (10, 1), (48, 2), (10, 3), (12, 4)]) {
        0 => {
            let wanted = *choices.one_of(&["true", "false"]);
            single(plain(BaseOperator::Null), spelled, vec![Literal::string(wanted)])
        }
        1 => {
            let pattern = *choices.one_of(&["*", "?*"]);
            single(dressed(choices, BaseOperator::StringLike), spelled, vec![Literal::string(pattern)])
        }
        2 if boolean => single(dressed(choices, BaseOperator::Bool), spelled, vec![Literal::string(value)]),
        2 | 3 => compared(choices, key, spelled, value),
        _ => {
            // What the record yields is there for variables too.
            let reference = if choices.chance(25) {
                format!("${{{spelled}, '{}'}}", value.replace(['\'', '}'], ""))
            } else {
                format!("${{{spelled}}}")
            };
            if cast.kind == ResourceKind::Ordinary && choices.chance(50) {
                let entries = vec![format!("arn:{}:s3:::bkt/{reference}/k", cast.partition)];
                return Row {
                    resource: Some(Element { negated: choices.chance(15), entries }),
                    condition: Vec::new(),
                };
            }
            let base = *choices.one_of(&[
                BaseOperator::StringEquals,
                BaseOperator::StringLike,
                BaseOperator::StringNotEquals,
            ]);
            single(dressed(choices, base), COMPARED, vec![Literal::string(reference)])
        }
    };
    Row { resource: None, condition }
}

/// One of the keys: as often one that the requester's record yields as one that it does not.
fn key(choices: &mut dyn Choices, cast: &Cast) -> &'static str {
    let derived = cast.derived();
    let yielded = |key: &str| derived.iter().any(|(known, _)| *known == key);
    let wanted = choices.chance(50);
    let keys: Vec<&str> = DERIVED_KEYS.into_iter().filter(|key| yielded(key) == wanted).collect();
    // Nobody has all of them, and some have none.
    if keys.is_empty() {
        return DERIVED_KEYS[0];
    }
    let at = choices.pick(keys.len());
    keys[at]
}

/// A comparison of a key's text.
fn compared(
    choices: &mut dyn Choices,
    key: &str,
    spelled: String,
    value: String,
) -> Vec<assize_model::ConditionBlock> {
    let base = choices.weighted(&[
        (40, BaseOperator::StringEquals),
        (20, BaseOperator::StringNotEquals),
        (8, BaseOperator::StringEqualsIgnoreCase),
        (20, BaseOperator::StringLike),
        (if key == "aws:PrincipalArn" { 40 } else { 0 }, BaseOperator::ArnEquals),
        (if key == "aws:PrincipalArn" { 20 } else { 0 }, BaseOperator::ArnNotLike),
    ]);
    let mut operator = dressed(choices, base);
    if key == "aws:PrincipalServiceNamesList" && choices.chance(60) {
        operator.set = Some(*choices.one_of(&[SetOperator::ForAnyValue, SetOperator::ForAllValues]));
    }
    let value =
        if base == BaseOperator::StringLike && choices.chance(30) { widen(choices, &value) } else { value };
    single(operator, spelled, vec![Literal::string(value)])
}

fn column(choices: &mut dyn Choices, cast: &Cast, nth: usize) -> Column {
    let principal = if nth == 0 { 0 } else { choices.pick(cast.principals.len()) };
    let key = *choices.one_of(&DERIVED_KEYS);
    let text = value(choices, cast, key);
    // The record of the requester is what most columns are about; the first names nothing but it.
    let mut column = Column { principal, ..Column::default() };
    if nth > 0 {
        if cast.kind == ResourceKind::Ordinary && choices.chance(50) {
            column.resource = Some(format!("arn:{}:s3:::bkt/{text}/k", cast.partition));
        }
        column.context.push((COMPARED.to_owned(), vec![Literal::string(text)]));
    }
    column
}

/// A value for a key: often the right one, else what another reading of a requester's record gives.
fn value(choices: &mut dyn Choices, cast: &Cast, key: &str) -> String {
    if choices.chance(40) {
        let mut right = cast.derived();
        right.retain(|(known, _)| *known == key);
        if !right.is_empty() {
            return choices.one_of(&right).1.clone().into_owned();
        }
    }
    let principal = choices.one_of(&cast.principals);
    let readings = match key {
        "aws:PrincipalArn" => return choices.one_of(&arns(principal)).clone(),
        "aws:userid" => return choices.one_of(&ids(principal)).clone(),
        "aws:username" => return choices.one_of(&names(principal)).clone(),
        "aws:PrincipalAccount" => &[ACCOUNTS[0], ACCOUNTS[1], ACCOUNTS[2], "anonymous", "aws"][..],
        "aws:PrincipalType" => &[
            "Account",
            "User",
            "AssumedRole",
            "FederatedUser",
            "Anonymous",
            "Root",
            "Role",
            "Service",
            "AWSService",
            "Federated",
            "user",
        ],
        "aws:PrincipalServiceName" | "aws:PrincipalServiceNamesList" => &SERVICES,
        "aws:FederatedProvider" => &PROVIDERS,
        _ => &["true", "false"],
    };
    (*choices.one_of(readings)).to_owned()
}

/// ARNs that belong to a requester or to what stands behind it.
fn arns(principal: &Principal) -> Vec<String> {
    let mut arns: Vec<String> = principal.arn().map(str::to_owned).into_iter().collect();
    if let Some(account) = principal.account() {
        arns.push(format!("arn:{}:iam::{}:root", account.partition, account.id));
        let of_issuer = |path: &str| format!("arn:{}:iam::{}:{path}", account.partition, account.id);
        match principal {
            Principal::User(user) => arns.push(of_issuer(&format!("user/{}", user.entity().name))),
            Principal::RoleSession(session) => {
                arns.push(session.role_arn().to_owned());
                arns.push(of_issuer(&format!("role/{}", session.role().name)));
            }
            Principal::FederatedUser(session) => {
                arns.extend(session.issuer_arn().map(str::to_owned));
                arns.push(of_issuer(&format!("user/{}", session.name())));
            }
            _ => {}
        }
    }
    match principal {
        Principal::FederatedCaller(caller) => arns.push(caller.provider().to_owned()),
        Principal::Service(service) => arns.push(service.name().to_owned()),
        _ => {}
    }
    arns.push("anonymous".to_owned());
    arns
}

/// What could be the unique id of a requester.
fn ids(principal: &Principal) -> Vec<String> {
    let mut ids: Vec<String> = principal.account().map(|account| account.id.clone()).into_iter().collect();
    match principal {
        Principal::User(user) => {
            ids.push(user.entity().id.clone());
            ids.push(format!("{}:{}", user.account().id, user.entity().name));
        }
        Principal::RoleSession(session) => {
            ids.push(session.role().id.clone());
            ids.push(format!("{}:{}", session.role().id, session.session_name()));
            ids.push(format!("{}:{}", session.account().id, session.session_name()));
            ids.push(session.session_name().to_owned());
        }
        Principal::FederatedUser(session) => {
            ids.push(format!("{}:{}", session.account().id, session.name()));
            if let Issuer::User(user) = session.issuer() {
                ids.push(user.id.clone());
                ids.push(format!("{}:{}", user.id, session.name()));
                ids.push(format!("{}:{}", session.account().id, user.name));
            }
        }
        Principal::Root(root) => ids.push(format!("{}:root", root.account().id)),
        Principal::Service(service) => ids.push(service.name().to_owned()),
        Principal::FederatedCaller(caller) => ids.push(caller.provider().to_owned()),
        Principal::Anonymous => {}
    }
    ids.push("anonymous".to_owned());
    ids
}

/// What could be the name of a requester.
fn names(principal: &Principal) -> Vec<String> {
    let mut names = match principal {
        Principal::User(user) => {
            let user = user.entity();
            vec![
                user.name.clone(),
                format!("{}{}", user.path.trim_start_matches('/'), user.name),
                user.id.clone(),
            ]
        }
        Principal::RoleSession(session) => {
            vec![session.session_name().to_owned(), session.role().name.clone()]
        }
        Principal::FederatedUser(session) => {
            let mut names = vec![session.name().to_owned()];
            if let Issuer::User(user) = session.issuer() {
                names.push(user.name.clone());
            }
            names
        }
        Principal::Root(root) => vec!["root".to_owned(), root.account().id.clone()],
        Principal::Service(service) => vec![service.name().to_owned()],
        Principal::FederatedCaller(caller) => vec![caller.provider().to_owned()],
        Principal::Anonymous => Vec::new(),
    };
    names.push("anonymous".to_owned());
    names
}
