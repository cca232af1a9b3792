//! Tables of the spellings and near misses of one value, under the operators of its type and others.

use assize_model::{BaseOperator, Literal, Version};

use crate::cast::KEYS;
use crate::choices::Choices;
use crate::condition::respell;
use crate::table::{Column, Row, Table, dressed, shuffle, single};
use crate::value::{self, Family, Type};

/// A key and the values that it is about.
struct Subject {
    key: &'static str,
    of: Type,
    family: &'static Family,
}

pub(super) fn table(choices: &mut dyn Choices, columns: usize) -> Table {
    choices.label("table of values");
    // Few rows decide a request alone, and many show in its record: those are shared out among several keys.
    let height: usize = choices.weighted(&[(25, 1), (10, 2), (15, 4), (50, 16)]);
    let mut subjects: Vec<Subject> = Vec::new();
    for _ in 0..height.div_ceil(4) {
        let subject = subject(choices);
        if subjects.iter().all(|known| known.key != subject.key) {
            subjects.push(subject);
        }
    }
    let rows = (0..height).map(|nth| row(choices, &subjects[nth % subjects.len()])).collect();
    let mut columns = vec![Column::default(); columns];
    for subject in &subjects {
        supply(choices, subject, &mut columns);
    }
    let version = if choices.chance(8) { Version::V2008 } else { Version::V2012 };
    Table { version, rows, columns }
}

fn subject(choices: &mut dyn Choices) -> Subject {
    let of = choices.weighted(&[
        (40, Type::String),
        (20, Type::Numeric),
        (20, Type::Date),
        (6, Type::Bool),
        (10, Type::Binary),
        (18, Type::Ip),
        (15, Type::Arn),
    ]);
    let fitting: Vec<&'static str> =
        KEYS.iter().filter(|(_, known, _)| *known == of).map(|(name, ..)| *name).collect();
    let key = *choices.one_of(&fitting);
    Subject { key, of, family: choices.one_of(of.families()) }
}

fn row(choices: &mut dyn Choices, subject: &Subject) -> Row {
    let base = base(choices, subject);
    let dates = Type::of(base) == Some(Type::Date);
    // A date that is none refuses the document (GRAM-039).
    let family = if dates && subject.of != Type::Date { &Type::Date.families()[0] } else { subject.family };
    // Of patterns the near misses tell most.
    let patterns = matches!(base, BaseOperator::StringLike | BaseOperator::StringNotLike);
    let malformed = if dates { 0 } else { 14 + family.malformed.len() };
    let values = if choices.pick(100) >= 100 - malformed {
        // None of them matches anything, so that whoever takes one for a value shows.
        some_of(choices, &[(1, family.malformed)], [30, 25, 25, 20])
    } else if patterns && choices.chance(35) {
        some_of(choices, &[(1, family.near)], [40, 30, 20, 10])
    } else {
        let cover = if family.cover.is_empty() { 0 } else { 17 };
        some_of(choices, &[(60, family.same), (23, family.near), (cover, family.cover)], [78, 18, 4, 0])
    };
    let values = if choices.chance(2) { Vec::new() } else { values };
    let key = respell(choices, subject.key.to_owned());
    Row { resource: None, condition: single(dressed(choices, base), key, values) }
}

/// One to four values, by these weights, each of one of the pools.
fn some_of(
    choices: &mut dyn Choices,
    pools: &[(usize, &[&str])],
    [one, two, three, four]: [usize; 4],
) -> Vec<Literal> {
    let count = choices.weighted(&[(one, 1), (two, 2), (three, 3), (four, 4)]);
    let values = (0..count).map(|_| {
        let pool = choices.weighted(pools);
        let text = *choices.one_of(pool);
        value::literal(choices, text)
    });
    values.collect()
}

/// Mostly an operator of the type; sometimes one that compares the texts, or one that has no business here.
fn base(choices: &mut dyn Choices, subject: &Subject) -> BaseOperator {
    let of = subject.of;
    // What many patterns cover is about patterns, the rest of the texts about letters.
    let patterns = if subject.family.cover.len() > 2 { 55 } else { 15 };
    let kind = match choices.weighted(&[(76, 0), (16, 1), (4, 2), (4, 3)]) {
        0 if of == Type::String => {
            return if choices.chance(patterns) {
                *choices.one_of(&[BaseOperator::StringLike, BaseOperator::StringNotLike])
            } else {
                *choices.one_of(&[
                    BaseOperator::StringEquals,
                    BaseOperator::StringEqualsIgnoreCase,
                    BaseOperator::StringNotEquals,
                    BaseOperator::StringNotEqualsIgnoreCase,
                ])
            };
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

/// Gives each context one of the family's values, none twice, and some several of them or none.
fn supply(choices: &mut dyn Choices, subject: &Subject, columns: &mut [Column]) {
    let family = subject.family;
    // Of what is malformed a part is enough: every value is to meet values that are well-formed.
    let mut malformed = family.malformed.to_vec();
    shuffle(choices, &mut malformed);
    malformed.truncate(6);
    let pools = [family.same, family.near, family.cover, &malformed];
    let mut texts: Vec<&str> = pools.iter().flat_map(|pool| pool.iter().copied()).collect();
    shuffle(choices, &mut texts);
    // Whatever there is not room for, the value itself is there.
    texts.insert(0, family.same[choices.pick(family.same.len())]);
    for (nth, column) in columns.iter_mut().enumerate() {
        let literal = |choices: &mut dyn Choices, at: usize| value::literal(choices, texts[at % texts.len()]);
        let single = vec![literal(choices, nth)];
        let values = match choices.weighted(&[(72, 0), (8, 1), (4, 2), (4, 3), (3, 4), (3, 5), (6, 6)]) {
            0 => single,
            1 => vec![literal(choices, nth), literal(choices, nth + 1)],
            2 => vec![literal(choices, nth), literal(choices, nth)],
            3 => vec![literal(choices, nth), Literal::string("")],
            4 => vec![Literal::string("")],
            5 => Vec::new(),
            _ => continue,
        };
        column.context.push((subject.key.to_owned(), values));
    }
}
