//! The matcher against the definition of matching, on patterns that get in its way.

mod common;

use common::{Choices, allows, context, document, identity, request, statement, user};

/// What a wildcard may take.
#[derive(Clone, Copy, PartialEq)]
enum Piece {
    Character(char),
    One { colon: bool },
    Star { colon: bool },
}

/// Whether pieces cover a text, by the definition: whether they cover a beginning of it is asked for every piece and every length.
fn covers(pieces: &[Piece], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for &piece in pieces {
        let mut next = vec![false; text.len() + 1];
        for start in (0..=text.len()).filter(|&start| reached[start]) {
            match piece {
                Piece::Character(character) if text.get(start) == Some(&character) => next[start + 1] = true,
                Piece::One { colon } if text.get(start).is_some_and(|&taken| colon || taken != ':') => {
                    next[start + 1] = true;
                }
                Piece::Star { colon } => {
                    next[start] = true;
                    for (end, &taken) in text.iter().enumerate().skip(start) {
                        if taken == ':' && !colon {
                            break;
                        }
                        next[end + 1] = true;
                    }
                }
                _ => {}
            }
        }
        reached = next;
    }
    reached[text.len()]
}

/// MATCH-032, read off the rule.
fn resource_pieces(pattern: &str) -> Vec<Piece> {
    let characters: Vec<char> = pattern.chars().collect();
    let mut colons = 0;
    let mut pieces = Vec::new();
    for (at, &character) in characters.iter().enumerate() {
        let tail = colons >= 5;
        let ends_field = matches!(characters.get(at + 1), None | Some(':'));
        pieces.push(match character {
            '*' => Piece::Star { colon: tail || ends_field },
            '?' => Piece::One { colon: tail },
            _ => Piece::Character(character),
        });
        colons += usize::from(character == ':');
    }
    pieces
}

fn wide_pieces(pattern: &str) -> Vec<Piece> {
    let piece = |character| match character {
        '*' => Piece::Star { colon: true },
        '?' => Piece::One { colon: true },
        _ => Piece::Character(character),
    };
    pattern.chars().map(piece).collect()
}

/// COND-091, read off the rule.
fn arn_covers(pattern: &str, text: &str) -> bool {
    let split = |text: &'_ str| text.splitn(6, ':').map(str::to_owned).collect::<Vec<_>>();
    let (pattern, text) = (split(pattern), split(text));
    pattern.len() == 6
        && text.len() == 6
        && pattern.iter().zip(&text).all(|(pattern, text)| covers(&wide_pieces(pattern), text))
}

fn text(choices: &mut Choices, alphabet: &[&str], most: usize) -> String {
    (0..choices.below(most)).map(|_| *choices.of(alphabet)).collect()
}

/// A text that the pattern covers, or almost: stars and question marks are filled in, and sometimes one character goes astray.
fn near_miss(choices: &mut Choices, pattern: &str, alphabet: &[&str]) -> String {
    let mut near = String::new();
    for character in pattern.chars() {
        match character {
            '*' => near += &text(choices, alphabet, 4),
            '?' => near += *choices.of(alphabet),
            _ if choices.below(30) == 0 => near += *choices.of(alphabet),
            _ => near.push(character),
        }
    }
    near
}

/// Six fields, most of the time.
fn arn_pattern(choices: &mut Choices, pieces: &[&str]) -> String {
    let fields = if choices.below(8) == 0 { choices.below(6) } else { 6 };
    let fields: Vec<String> = (0..fields).map(|_| text(choices, pieces, 5)).collect();
    fields.join(":")
}

const ACTION: &str = r#""*""#;

#[test]
fn resources() {
    let mut choices = Choices(1);
    let (mut tried, mut matched) = (0, 0);
    for _ in 0..60_000 {
        let pieces = ["a", "b", "ab", "*", "*", "?", "é", "aa"];
        let pattern = format!("arn:a{}", arn_pattern(&mut choices, &pieces));
        let arn = near_miss(&mut choices, &pattern, &[":", "a", "b", "ab", "é"]);
        // The account field stays empty, for it would have to be the owner; the partition is the requester's.
        let mut fields: Vec<&str> = arn.splitn(6, ':').collect();
        if fields.len() < 6
            || fields[0] != "arn"
            || fields[1].is_empty()
            || pattern.split(':').nth(2).is_none_or(str::is_empty)
        {
            continue;
        }
        fields[4] = "";
        let arn = fields.join(":");
        let account = assize_model::Account::new(fields[1], common::A).expect("an account");
        let entity = assize_model::Entity::new("/", "u", "AIDAU").expect("a user");
        let principal = assize_model::Principal::User(assize_model::User::new(account, entity, None));
        let policies = identity(&[document(&[statement("Allow", ACTION, &format!("{pattern:?}"), "{}")])]);
        let expected = covers(&resource_pieces(&pattern), &arn);
        let request = request(principal, "s3:GetObject", &arn, context(&[]));
        assert_eq!(allows(&policies, &request), expected, "{pattern} {arn}");
        matched += usize::from(expected);
        tried += 1;
    }
    assert!(matched > 1_000 && tried > 5 * matched / 4, "{matched} of {tried} patterns matched");
}

#[test]
fn strings_and_arns() {
    let mut choices = Choices(2);
    let (mut liked, mut arns) = (0, 0);
    for _ in 0..20_000 {
        let pattern = arn_pattern(&mut choices, &["a", "b", "aa", "*", "?", "é", ":"]);
        let value = near_miss(&mut choices, &pattern, &[":", "a", "b", "é"]);
        for (operator, expected) in [
            ("StringLike", covers(&wide_pieces(&pattern), &value)),
            ("ArnLike", arn_covers(&pattern, &value)),
        ] {
            let condition = format!(r#"{{"{operator}":{{"k":{pattern:?}}}}}"#);
            let policies = identity(&[document(&[statement("Allow", ACTION, r#""*""#, &condition)])]);
            let context = context(&[("k", &[&value])]);
            let request = request(user(common::A, "u"), "s3:GetObject", "arn:aws:s3:::b", context);
            assert_eq!(allows(&policies, &request), expected, "{operator} {pattern} {value}");
            *(if operator == "ArnLike" { &mut arns } else { &mut liked }) += usize::from(expected);
        }
    }
    assert!(liked > 2_000 && arns > 1_000, "only {liked} strings and {arns} ARNs matched");
}

/// Wildcards beside variables, whose values may hold colons: substitution comes first (COND-091).
#[test]
fn arns_with_variables() {
    let mut choices = Choices(3);
    let (mut tried, mut matched) = (0, 0);
    for _ in 0..30_000 {
        let pieces = ["${v}", ":", "a", "*", "?", "${w, 'a:'}", "${*}"];
        let pattern = arn_pattern(&mut choices, &pieces);
        let variable = ["a", ":", "a:a", "::", "*:"][choices.below(5)];
        // Characters that are no wildcards are hidden from the definition's reading of wildcards.
        let hide = |text: &str| text.replace('*', "\u{1}");
        let marked =
            pattern.replace("${*}", "\u{1}").replace("${w, 'a:'}", "a:").replace("${v}", &hide(variable));
        let value = near_miss(&mut choices, &marked, &[":", "a", "\u{1}"]);
        let expected = arn_covers(&marked, &value);
        let condition = format!(r#"{{"ArnLike":{{"k":{pattern:?}}}}}"#);
        let policies = identity(&[document(&[statement("Allow", ACTION, r#""*""#, &condition)])]);
        let context = context(&[("k", &[&value.replace('\u{1}', "*")]), ("v", &[variable])]);
        let request = request(user(common::A, "u"), "s3:GetObject", "arn:aws:s3:::b", context);
        assert_eq!(allows(&policies, &request), expected, "{pattern} {value} v={variable}");
        matched += usize::from(expected);
        tried += 1;
    }
    assert!(matched > 1_000 && tried > 5 * matched / 4, "{matched} of {tried} patterns matched");
}

/// MATCH-012: what is compared by words is compared to its last letter, whatever its length.
#[test]
fn actions_of_every_length() {
    let covers = |pattern: &str, name: &str| {
        let policies =
            identity(&[document(&[statement("Allow", &format!("\"s3:{pattern}\""), r#""*""#, "{}")])]);
        let asked = request(user("111111111111", "u"), &format!("s3:{name}"), "arn:aws:s3:::b", context(&[]));
        allows(&policies, &asked)
    };
    for length in 1..=60 {
        let name: String = (0..length).map(|at| char::from(b'a' + (at * 7 % 26) as u8)).collect();
        let (capitals, longer) = (name.to_uppercase(), format!("{name}x"));
        assert!(covers(&name, &capitals), "{name}");
        assert!(covers(&format!("{name}*"), &format!("{capitals}X")), "{name}*");
        assert!(!covers(&name, &longer), "{name}");
        assert!(!covers(&longer, &name), "{longer}");
        assert!(!covers(&format!("{longer}*"), &name), "{longer}*");
        for at in 0..length {
            let other = format!("{}-{}", &name[..at], &name[at + 1..]);
            assert!(!covers(&name, &other), "{name} {other}");
            assert!(!covers(&format!("{name}*"), &other), "{name}* {other}");
        }
    }
}

/// COND-041: one of the two may be ASCII and the other not.
#[test]
fn letters_beyond_ascii_fold_into_ascii() {
    for (value, held, expected) in
        [(r"\u212a", "k", true), ("k", "\u{212a}", true), ("K", "\u{212a}", true), ("s", "\u{17f}", false)]
    {
        let condition = format!(r#"{{"StringEqualsIgnoreCase":{{"acme:k":"{value}"}}}}"#);
        let policies = identity(&[document(&[statement("Allow", r#""*""#, r#""*""#, &condition)])]);
        let supplied = context(&[("acme:k", &[held])]);
        let asked = request(user("111111111111", "u"), "s3:GetObject", "arn:aws:s3:::b", supplied);
        assert_eq!(allows(&policies, &asked), expected, "{value} {held}");
    }
}
