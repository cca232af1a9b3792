//! Tables of condition blocks: operators, keys, values, set prefixes, absent keys and lists, over alphabets of three values.

use assize_model::{BaseOperator, ConditionBlock, ConditionKey, Literal, Version};

use crate::choices::Choices;
use crate::condition::respell;
use crate::table::{Column, Row, Table, dressed, height};
use crate::value::{self, Type};

const KEYS: [&str; 3] = ["acme:Colour", "aws:TagKeys", "s3:prefix"];

pub(super) fn table(choices: &mut dyn Choices, columns: usize) -> Table {
    choices.label("table of condition logic");
    let of = choices.weighted(&[
        (40, Type::String),
        (14, Type::Numeric),
        (12, Type::Date),
        (8, Type::Bool),
        (6, Type::Binary),
        (10, Type::Ip),
        (10, Type::Arn),
    ]);
    let keys = choices.weighted(&[(30, 1), (40, 2), (30, 3)]);
    let keys = &KEYS[..keys];
    let rows = (0..height(choices)).map(|_| row(choices, of, keys)).collect();
    let columns = (0..columns).map(|_| column(choices, of, keys)).collect();
    Table { version: Version::V2012, rows, columns }
}

/// Three values of a type.
fn alphabet(of: Type) -> [&'static str; 3] {
    match of {
        Type::String => ["a", "b", "A"],
        Type::Numeric => ["1", "2", "3"],
        Type::Date => ["2024-01-01", "2024-01-02", "2024-01-03"],
        Type::Bool => ["true", "false", "TRUE"],
        Type::Binary => ["QQ==", "Qg==", "Qw=="],
        Type::Ip => ["10.0.0.1", "10.0.0.2", "2001:db8::1"],
        Type::Arn => ["arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:sns:::a"],
    }
}

fn row(choices: &mut dyn Choices, of: Type, keys: &[&str]) -> Row {
    let fitting: Vec<BaseOperator> =
        BaseOperator::ALL.into_iter().filter(|base| Type::of(*base) == Some(of)).collect();
    let mut condition: Vec<ConditionBlock> = Vec::new();
    for _ in 0..choices.weighted(&[(52, 1), (32, 2), (14, 3), (2, 6)]) {
        let base = if choices.chance(15) { BaseOperator::Null } else { *choices.one_of(&fitting) };
        let operator = dressed(choices, base);
        if condition.iter().any(|block| block.operator == operator) {
            continue;
        }
        let mut tested: Vec<ConditionKey> = Vec::new();
        for _ in 0..choices.weighted(&[(56, 1), (29, 2), (8, 3), (6, 0), (1, 6)]) {
            // Two keys that differ in case alone are two tests of one key (GRAM-038).
            let key = *choices.one_of(keys);
            let key = respell(choices, key.to_owned());
            if tested.iter().all(|known| known.key != key) {
                tested.push(ConditionKey { key, values: values(choices, of, base) });
            }
        }
        condition.push(ConditionBlock { operator, keys: tested });
    }
    Row { resource: None, condition }
}

/// A value beside the alphabet.
fn filler(of: Type, nth: usize) -> String {
    match of {
        Type::String | Type::Bool | Type::Binary => ["f", &nth.to_string()].concat(),
        Type::Numeric | Type::Date => (100 + nth).to_string(),
        Type::Ip => ["10.1.0.", &nth.to_string()].concat(),
        Type::Arn => ["arn:aws:s3:::f", &nth.to_string()].concat(),
    }
}

fn values(choices: &mut dyn Choices, of: Type, base: BaseOperator) -> Vec<Literal> {
    if base != BaseOperator::Null && choices.chance(2) {
        choices.label("many values");
        let count = choices.between(8, 70);
        let last = *choices.one_of(&alphabet(of));
        let mut values: Vec<Literal> = (0..count).map(|nth| Literal::string(filler(of, nth))).collect();
        values.push(Literal::string(last));
        return values;
    }
    let count = choices.weighted(&[(46, 1), (36, 2), (12, 3), (6, 0)]);
    let values = (0..count).map(|_| {
        let text = match base {
            BaseOperator::Null => choices.weighted(&[
                (30, "true"),
                (30, "false"),
                (6, "True"),
                (6, "FALSE"),
                (4, "1"),
                (4, "0"),
                (3, "yes"),
                (3, ""),
                (3, "null"),
                (3, "*"),
            ]),
            // A date that is none refuses the document (GRAM-039).
            _ if of != Type::Date && choices.chance(8) => "",
            _ => *choices.one_of(&alphabet(of)),
        };
        value::literal(choices, text)
    });
    values.collect()
}

fn column(choices: &mut dyn Choices, of: Type, keys: &[&str]) -> Column {
    let mut context = Vec::new();
    for key in keys {
        let count = choices.weighted(&[(52, 1), (20, 2), (9, 3), (4, 0), (15, usize::MAX)]);
        if count == usize::MAX {
            continue;
        }
        let values = (0..count).map(|_| {
            let text = if choices.chance(12) { "" } else { *choices.one_of(&alphabet(of)) };
            value::literal(choices, text)
        });
        let mut values: Vec<Literal> = values.collect();
        if choices.chance(2) {
            // The last of many is the one that counts.
            values.splice(0..0, (0..20).map(|nth| Literal::string(filler(of, nth))));
        }
        context.push(((*key).to_owned(), values));
    }
    if choices.chance(2) {
        let count = choices.between(8, 70);
        let others = (0..count).map(|nth| (format!("zz:Key{nth}"), vec![Literal::string("x")]));
        context.splice(0..0, others);
    }
    Column { context, ..Column::default() }
}
