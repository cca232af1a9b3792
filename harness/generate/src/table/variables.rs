//! Tables of policy variables: how a reference is written, what its key holds, and every text that some reading puts in its place.

use std::borrow::Cow;

use assize_model::{BaseOperator, Element, Literal, LiteralKind, ResourceKind, Version};

use crate::cast::{ACCOUNTS, Cast};
use crate::choices::Choices;
use crate::table::{Column, Row, Table, dressed, height, single};

/// The key whose value is compared with what a variable stands for.
const COMPARED: &str = "acme:Text";

/// A text with one reference in it.
#[derive(Clone)]
struct Form {
    before: &'static str,
    /// As written.
    reference: String,
    /// What it stands for where the key has no value.
    default: Option<&'static str>,
    after: &'static str,
}

impl Form {
    fn text(&self) -> String {
        [self.before, &self.reference, self.after].concat()
    }
}

/// Where a table's forms stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In condition values, under the operators of this kind.
    Condition(&'static [BaseOperator]),
    /// Behind the fifth colon of a resource.
    Tail,
    /// Before it.
    Head,
}

const STRINGS: &[BaseOperator] = &[
    BaseOperator::StringEquals,
    BaseOperator::StringLike,
    BaseOperator::StringNotEquals,
    BaseOperator::StringEqualsIgnoreCase,
    BaseOperator::StringNotLike,
    BaseOperator::StringNotEqualsIgnoreCase,
];
const ARNS: &[BaseOperator] =
    &[BaseOperator::ArnLike, BaseOperator::ArnEquals, BaseOperator::ArnNotLike, BaseOperator::ArnNotEquals];
/// Operators whose values take no variables, but for the first.
const OTHERS: &[BaseOperator] = &[
    BaseOperator::Bool,
    BaseOperator::NumericEquals,
    BaseOperator::NumericNotEquals,
    BaseOperator::NumericLessThanEquals,
    BaseOperator::BinaryEquals,
    BaseOperator::IpAddress,
    BaseOperator::NotIpAddress,
    BaseOperator::Null,
];

pub(super) fn table(choices: &mut dyn Choices, cast: &Cast, columns: usize) -> Table {
    choices.label("table of variables");
    let ordinary = cast.kind == ResourceKind::Ordinary;
    let place = choices.weighted(&[
        (34, Place::Condition(STRINGS)),
        (10, Place::Condition(ARNS)),
        (10, Place::Condition(OTHERS)),
        (if ordinary { 36 } else { 0 }, Place::Tail),
        (if ordinary { 14 } else { 0 }, Place::Head),
    ]);
    let name = *choices.one_of(&[
        "acme:Colour",
        "aws:PrincipalTag/team",
        "s3:prefix",
        "aws:RequestTag/Team",
        "aws:TagKeys",
    ]);
    let forms: Vec<Form> = (0..height(choices)).map(|_| form(choices, name)).collect();
    let rows = forms.iter().map(|form| row(choices, cast, place, form)).collect();
    let columns = (0..columns).map(|_| column(choices, cast, place, name, &forms)).collect();
    let version = if choices.chance(20) { Version::V2008 } else { Version::V2012 };
    Table { version, rows, columns }
}

/// A text with a reference to the key, to something near it, or to nothing.
fn form(choices: &mut dyn Choices, name: &str) -> Form {
    let (before, after) = choices.weighted(&[
        (50, ("", "")),
        (8, ("x", "")),
        (8, ("", "x")),
        (5, ("", "*")),
        (4, ("", "?")),
        (4, ("*", "")),
        (5, ("$", "")),
        (4, ("r", "d")),
        (3, ("{", "}")),
        (8, ("", "${acme:Absent}")),
        (5, ("", "${acme:Absent, 'd'}")),
    ]);
    let bare = name.split_once(':').map_or(name, |(_, bare)| bare);
    let named = choices.weighted(&[(72, 0), (8, 1), (6, 2), (5, 3), (4, 4), (5, 5)]);
    let named = match named {
        0 => name.to_owned(),
        1 => name.to_ascii_uppercase(),
        2 => name.to_ascii_lowercase(),
        3 => format!("zz:{bare}"),
        4 => format!("{name}x"),
        _ => "acme:Absent".to_owned(),
    };
    let default = choices.weighted(&[
        (58, None),
        (16, Some("red")),
        (6, Some("blue")),
        (8, Some("")),
        (4, Some("r*")),
        (2, Some("r?d")),
        (3, Some("*")),
        (3, Some("undefined")),
        (5, Some("red, blue")),
    ]);
    let escape = choices.weighted(&[(86, ""), (5, "${*}"), (5, "${?}"), (4, "${$}")]);
    let reference = match (escape, default) {
        ("", None) => ["${", &named, "}"].concat(),
        ("", Some(default)) => ["${", &named, ", '", default, "'}"].concat(),
        _ => escape.to_owned(),
    };
    Form { before, reference, default, after }
}

fn row(choices: &mut dyn Choices, cast: &Cast, place: Place, form: &Form) -> Row {
    let text = form.text();
    let resource = |choices: &mut dyn Choices, mut entries: Vec<String>| {
        // Beside an entry without value the others still count (MATCH-066).
        if choices.chance(15) {
            entries.push(format!("arn:{}:s3:::bkt/red/k", cast.partition));
        }
        Row { resource: Some(Element { negated: choices.chance(20), entries }), condition: Vec::new() }
    };
    match place {
        Place::Tail => resource(choices, vec![tail(cast, &text)]),
        Place::Head => {
            let head = head(choices, cast, &text);
            resource(choices, vec![head])
        }
        Place::Condition(operators) => {
            let base = *choices.one_of(operators);
            let text = if operators == ARNS { arn(choices, &text) } else { text };
            let mut values = vec![Literal::string(text)];
            if choices.chance(10) {
                values.push(Literal::string("blue"));
            }
            Row { resource: None, condition: single(dressed(choices, base), COMPARED, values) }
        }
    }
}

fn tail(cast: &Cast, text: &str) -> String {
    ["arn:", cast.partition, ":s3:::bkt/", text, "/k"].concat()
}

/// The text in the place of the region or, in a short ARN, of more: whatever it is, the request's ARN keeps its account.
fn head(choices: &mut dyn Choices, cast: &Cast, text: &str) -> String {
    if choices.chance(50) {
        ["arn:", cast.partition, ":sqs:", text, ":", ACCOUNTS[0], ":q"].concat()
    } else {
        ["arn:", cast.partition, ":sqs:*:", text].concat()
    }
}

/// The text as the resource of an ARN, mostly.
fn arn(choices: &mut dyn Choices, text: &str) -> String {
    match choices.pick(8) {
        6 => ["arn:aws:", text, ":::red"].concat(),
        7 => text.to_owned(),
        _ => ["arn:aws:s3:::", text].concat(),
    }
}

/// A state of the key, and a text that one of the forms stands for in some reading.
fn column(choices: &mut dyn Choices, cast: &Cast, place: Place, name: &str, forms: &[Form]) -> Column {
    let others = place == Place::Condition(OTHERS);
    let held: &[&str] = if others {
        choices.weighted(&[
            (30, &["true"][..]),
            (20, &["10"]),
            (10, &["false"]),
            (10, &["QQ=="]),
            (10, &["10.0.0.1"]),
            (10, &[]),
            (10, &["true", "false"]),
        ])
    } else {
        choices.weighted(&[
            (30, &["red"][..]),
            (8, &["Red"]),
            (8, &[""]),
            (8, &[]),
            (8, &["red", "blue"]),
            (5, &["blue", "red"]),
            (3, &["red", "red"]),
            (4, &["red", ""]),
            (3, &["", ""]),
            (8, &["r*"]),
            (5, &["r?d"]),
            (4, &["*"]),
            (3, &["?"]),
            (4, &["${acme:Size}"]),
            (3, &["a/b"]),
            (3, &["a:b"]),
            (3, &["7"]),
            (3, &["true"]),
        ])
    };
    let form = choices.one_of(forms);
    let reading = reading(choices, form, held);
    let filled = |pattern: &'static str, choices: &mut dyn Choices| match pattern {
        "*" => *choices.one_of(&["", "zz", "*"]),
        "?" => *choices.one_of(&["z", "", "?"]),
        "${acme:Absent}" => "",
        other => other,
    };
    let text = [filled(form.before, choices), &reading, filled(form.after, choices)].concat();
    let mut column = Column::default();
    if !held.is_empty() || choices.chance(30) {
        column.context.push((name.to_owned(), held.iter().map(|text| literal(choices, text)).collect()));
    }
    if choices.chance(25) {
        let bare = name.split_once(':').map_or(name, |(_, bare)| bare);
        column.context.push((["zz:", bare].concat(), vec![Literal::string("red")]));
    }
    column.context.push(("acme:Size".to_owned(), vec![Literal::string("5")]));
    match place {
        Place::Tail => column.resource = Some(tail(cast, &text)),
        Place::Head => {
            let (partition, account) = (cast.partition, ACCOUNTS[0]);
            column.resource = Some(if choices.chance(50) {
                // A colon would move the account.
                ["arn:", partition, ":sqs:", &text.replace(':', ""), ":", account, ":q"].concat()
            } else {
                ["arn:", partition, ":sqs:us-east-1:", account, ":", &text].concat()
            });
        }
        Place::Condition(operators) => {
            let text = if operators == ARNS { arn(choices, &text) } else { text };
            column.context.push((COMPARED.to_owned(), vec![literal(choices, &text)]));
        }
    }
    column
}

/// What the reference could stand for.
fn reading<'f>(choices: &mut dyn Choices, form: &'f Form, held: &[&'f str]) -> Cow<'f, str> {
    match choices.weighted(&[
        (36, 0),
        (8, 1),
        (10, 2),
        (12, 3),
        (6, 4),
        (8, 5),
        (8, 6),
        (4, 7),
        (4, 8),
        (4, 9),
    ]) {
        0 => held.first().copied().unwrap_or_default().into(),
        1 => held.last().copied().unwrap_or_default().into(),
        2 => "".into(),
        3 => form.default.unwrap_or("red").into(),
        4 => "undefined".into(),
        5 => Cow::from(&form.reference),
        // What a wildcard in the value or the default would match.
        6 => "red".into(),
        7 => (*choices.one_of(&["x", "*", "?", "$"])).into(),
        8 => (*choices.one_of(&["5", "rad", "null"])).into(),
        _ => held.join(",").into(),
    }
}

/// Numbers and booleans are substituted as their text (MATCH-073).
fn literal(choices: &mut dyn Choices, text: &str) -> Literal {
    match text {
        "7" | "10" if choices.chance(50) => Literal { text: text.to_owned(), kind: LiteralKind::Number },
        "true" if choices.chance(50) => Literal::bool(true),
        _ => Literal::string(text),
    }
}
