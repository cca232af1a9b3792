//! Tables of the names of keys: near misses of each other stand in policies and contexts, as keys and as variables (COND-006).

use assize_model::{BaseOperator, Literal, Operator, ResourceKind, Version};

use crate::cast::{ACCOUNTS, Cast};
use crate::choices::Choices;
use crate::table::{Column, Row, Table, dressed, height, shuffle, single};

/// Names that somebody could take for each other.
const NAMES: [&[&str]; 7] = [
    &[
        "aws:PrincipalTag/team",
        "aws:PrincipalTag/other",
        "aws:RequestTag/team",
        "acme:PrincipalTag/team",
        "aws:PrincipalTag/team/x",
        "aws:PrincipalTag",
        "aws:PrincipalTag/",
        "PrincipalTag/team",
        "team",
    ],
    &[
        "acme:Colour",
        "zz:Colour",
        "acme:Colours",
        "Colour",
        "acme:Colou",
        "acme:Colour/x",
        "acme::Colour",
        "acme:Color",
    ],
    &[
        "aws:SourceArn",
        "acme:SourceArn",
        "aws:SourceArns",
        "SourceArn",
        "aws:SourceAccount",
        "aws:Source Arn",
    ],
    // Of what a requester's record yields only the prefix differs (CTX-001).
    &[
        "zz:username",
        "acme:userid",
        "username",
        "zz:PrincipalArn",
        "zz:PrincipalAccount",
        "zz:PrincipalType",
        "aws:usernames",
    ],
    // As long as the name of a tag may be.
    &[
        concat!(
            "aws:RequestTag/team-a_0123456789012345678901234567890123456789012345678901234567890123456789",
            "-1"
        ),
        concat!(
            "aws:RequestTag/team-a_0123456789012345678901234567890123456789012345678901234567890123456789",
            "-2"
        ),
        concat!(
            "aws:RequestTag/team_a-0123456789012345678901234567890123456789012345678901234567890123456789",
            "-1"
        ),
        "aws:RequestTag/team-a_",
        "aws:RequestTag/team-a",
        "aws:RequestTag/team_a",
        "aws:RequestTag/team a",
    ],
    &["acme:\u{c9}", "acme:E", "acme:\u{212a}", "acme:\u{e8}", "acme:E\u{301}", "acme:"],
    &["acme:Ma\u{df}", "acme:MASS", "acme:Mas", "acme:t\u{131}tle", "acme:TITLE"],
];

/// Names of which somebody could work out one from another, from the rest of the request or from a catalogue, although each is there
/// only if it is supplied (CTX-001, CTX-003).
const RELATED: [&[&str]; 8] = [
    &["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast", "aws:ViaAWSService", "kms:ViaService"],
    &[
        "aws:ResourceTag/team",
        "iam:ResourceTag/team",
        "ec2:ResourceTag/team",
        "s3:ExistingObjectTag/team",
        "aws:PrincipalTag/team",
        "aws:RequestTag/team",
        "aws:TagKeys",
    ],
    &["aws:CurrentTime", "aws:EpochTime", "aws:TokenIssueTime"],
    &["aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge", "aws:SecureTransport", "aws:UserAgent"],
    &[
        "aws:SourceIp",
        "aws:VpcSourceIp",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:SourceVpcArn",
        "aws:VpceAccount",
    ],
    &[
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:ResourceOrgID",
        "aws:ResourceOrgPaths",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
    ],
    &["aws:ResourceAccount", "aws:SourceAccount", "aws:SourceArn", "aws:RequestedRegion", "aws:SourceOwner"],
    &[
        "aws:SourceIdentity",
        "sts:SourceIdentity",
        "sts:RoleSessionName",
        "sts:ExternalId",
        "ec2:SourceInstanceArn",
        "aws:SourceInstanceArn",
    ],
];

/// What they all hold, or not.
fn value(choices: &mut dyn Choices) -> &'static str {
    choices.weighted(&[(45, "a"), (45, "b"), (10, "a/")])
}

pub(super) fn table(choices: &mut dyn Choices, cast: &Cast, columns: usize) -> Table {
    choices.label("table of key names");
    let related = choices.chance(45);
    let names = *choices.one_of(if related { &RELATED[..] } else { &NAMES });
    let rows = (0..height(choices)).map(|_| row(choices, names)).collect();
    let columns = (0..columns).map(|_| column(choices, cast, names)).collect();
    Table { version: Version::V2012, rows, columns }
}

fn row(choices: &mut dyn Choices, names: &[&str]) -> Row {
    let key = respelled(choices, names);
    let plain = |base| Operator { set: None, base, if_exists: false };
    let value = value(choices);
    let condition = match choices.pick(8) {
        0..4 => {
            let base = *choices.one_of(&[
                BaseOperator::StringEquals,
                BaseOperator::StringNotEquals,
                BaseOperator::StringLike,
                BaseOperator::StringEqualsIgnoreCase,
            ]);
            single(dressed(choices, base), key, vec![Literal::string(value)])
        }
        4..6 => {
            let wanted = *choices.one_of(&["true", "false"]);
            single(plain(BaseOperator::Null), key, vec![Literal::string(wanted)])
        }
        _ => {
            // Names with a blank or nothing behind the prefix are none of a variable (MATCH-060).
            let name = if key.contains(' ') {
                names[0].to_owned()
            } else {
                respelled(choices, names).replace(' ', "")
            };
            let default = if choices.chance(30) { ", 'b'" } else { "" };
            let operator = dressed(choices, BaseOperator::StringEquals);
            single(operator, names[0], vec![Literal::string(format!("${{{name}{default}}}"))])
        }
    };
    Row { resource: None, condition }
}

fn column(choices: &mut dyn Choices, cast: &Cast, names: &[&str]) -> Column {
    let mut names = names.to_vec();
    shuffle(choices, &mut names);
    names.truncate(choices.weighted(&[(35, 1), (35, 2), (20, 3), (10, 0)]));
    let context = names
        .iter()
        .map(|name| {
            let key = respelled(choices, &[name]);
            (key, vec![Literal::string(value(choices))])
        })
        .collect();
    let regional = cast.kind == ResourceKind::Ordinary && choices.chance(20);
    let resource = regional.then(|| format!("arn:{}:sqs:us-east-1:{}:q", cast.partition, ACCOUNTS[0]));
    Column { resource, context, ..Column::default() }
}

/// One of the names in some letter case.
fn respelled(choices: &mut dyn Choices, names: &[&str]) -> String {
    let name = *choices.one_of(names);
    match choices.weighted(&[(70, 0), (10, 1), (10, 2), (10, 3)]) {
        0 => name.to_owned(),
        // Letter by letter, as keys are compared: a capital that is two letters is none.
        1 => name.chars().map(capital).collect(),
        2 => name.to_lowercase(),
        _ => name
            .char_indices()
            .map(|(at, letter)| if at == name.len() / 2 { capital(letter) } else { letter })
            .collect(),
    }
}

/// The capital of a letter, if lower-casing that leads back to the letter.
fn capital(letter: char) -> char {
    let mut upper = letter.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) if upper.to_lowercase().eq([letter]) => upper,
        _ => letter,
    }
}
