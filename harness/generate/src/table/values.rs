//! Tables of the spellings and near misses of one value, under the operators of its type and others.

use assize_model::{BaseOperator, Literal, Version};

use crate::cast::KEYS;
use crate::choices::Choices;
use crate::condition::respell;
use crate::table::{Column, Row, Table, dressed, height, shuffle, single};
use crate::value::{self, Family, Type};

pub(super) fn table(choices: &mut dyn Choices, columns: usize) -> Table {
    choices.label("table of values");
    let of = choices.weighted(&[
        (28, Type::String),
        (17, Type::Numeric),
        (18, Type::Date),
        (7, Type::Bool),
        (8, Type::Binary),
        (16, Type::Ip),
        (16, Type::Arn),
    ]);
    let family = choices.one_of(of.families());
    let fitting: Vec<&str> =
        KEYS.iter().filter(|(_, known, _)| *known == of).map(|(name, ..)| *name).collect();
    let key = *choices.one_of(&fitting);
    let rows = (0..height(choices)).map(|_| row(choices, of, family, key)).collect();
    let version = if choices.chance(8) { Version::V2008 } else { Version::V2012 };
    Table { version, rows, columns: contexts(choices, family, key, columns) }
}

fn row(choices: &mut dyn Choices, of: Type, family: &Family, key: &str) -> Row {
    let base = base(choices, of);
    let dates = Type::of(base) == Some(Type::Date);
    // A date that is none refuses the document (GRAM-039).
    let family = if dates && of != Type::Date { &Type::Date.families()[0] } else { family };
    let count = choices.weighted(&[(74, 1), (20, 2), (4, 3), (2, 0)]);
    let values = (0..count).map(|_| {
        let pool = choices.weighted(&[
            (44, family.same),
            (18, family.near),
            (if family.cover.is_empty() { 0 } else { 14 }, family.cover),
            (if dates { 0 } else { 20 }, family.malformed),
        ]);
        let text = *choices.one_of(pool);
        value::literal(choices, text)
    });
    let values = values.collect();
    Row {
        resource: None,
        condition: single(dressed(choices, base), respell(choices, key.to_owned()), values),
    }
}

/// Mostly an operator of the type; sometimes one that compares the texts, or one that has no business here.
fn base(choices: &mut dyn Choices, of: Type) -> BaseOperator {
    let kind = match choices.weighted(&[(80, 0), (12, 1), (4, 2), (4, 3)]) {
        // Of the operators on texts those that take patterns have most to tell.
        0 if of == Type::String && choices.chance(40) => {
            return *choices.one_of(&[BaseOperator::StringLike, BaseOperator::StringNotLike]);
        }
        0 => of,
        1 => Type::String,
        // Seconds since the epoch are numbers too (COND-055).
        2 if of == Type::Date => Type::Numeric,
        2 if of == Type::Numeric => Type::Date,
        _ => return *choices.one_of(&BaseOperator::ALL),
    };
    let fitting: Vec<BaseOperator> =
        BaseOperator::ALL.into_iter().filter(|base| Type::of(*base) == Some(kind)).collect();
    *choices.one_of(&fitting)
}

/// A context for each of the family's values, none twice, and some with several of them or none.
fn contexts(choices: &mut dyn Choices, family: &Family, key: &str, count: usize) -> Vec<Column> {
    // Of what is malformed a part is enough: every value is to meet values that are well-formed.
    let mut malformed = family.malformed.to_vec();
    shuffle(choices, &mut malformed);
    malformed.truncate(6);
    let pools = [family.same, family.near, family.cover, &malformed];
    let mut texts: Vec<&str> = pools.iter().flat_map(|pool| pool.iter().copied()).collect();
    shuffle(choices, &mut texts);
    (0..count)
        .map(|nth| {
            let literal =
                |choices: &mut dyn Choices, at: usize| value::literal(choices, texts[at % texts.len()]);
            let single = vec![literal(choices, nth)];
            let values = match choices.weighted(&[(72, 0), (8, 1), (4, 2), (4, 3), (3, 4), (4, 5), (5, 6)]) {
                0 => single,
                1 => vec![literal(choices, nth), literal(choices, nth + 1)],
                2 => vec![literal(choices, nth), literal(choices, nth)],
                3 => vec![literal(choices, nth), Literal::string("")],
                4 => vec![Literal::string("")],
                5 => Vec::new(),
                _ => return Column::default(),
            };
            Column { context: vec![(key.to_owned(), values)], ..Column::default() }
        })
        .collect()
}
