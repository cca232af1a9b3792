//! The JSON reader and writer: what is accepted, where faults are, and hostile input.

use assize_model::json::{self, JsonFault, Kind, MAX_DEPTH, Writer};
use proptest::prelude::*;

/// The value of `text` as `serde_json` has it, made from our reading.
fn plain(value: &json::Value<'_>) -> serde_json::Value {
    match &value.kind {
        Kind::Null => serde_json::Value::Null,
        Kind::Bool(value) => (*value).into(),
        Kind::Number(spelling) => serde_json::from_str(spelling).expect("a number of the tests"),
        Kind::String(text) => text.as_ref().into(),
        Kind::Array(values) => values.iter().map(plain).collect(),
        Kind::Object(members) => {
            members.iter().map(|member| (member.name.to_string(), plain(&member.value))).collect()
        }
    }
}

#[test]
fn faults_are_placed() {
    let cases: &[(&str, usize, JsonFault)] = &[
        ("", 0, JsonFault::Count),
        (" \n\t\r", 4, JsonFault::Count),
        ("{} {}", 3, JsonFault::Count),
        ("{},", 2, JsonFault::Count),
        ("1 2", 2, JsonFault::Count),
        ("{", 1, JsonFault::Syntax),
        ("{\"a\"", 4, JsonFault::Syntax),
        ("{\"a\":", 5, JsonFault::Syntax),
        ("{\"a\":1", 6, JsonFault::Syntax),
        ("{\"a\":1,}", 7, JsonFault::Syntax),
        ("{\"a\" 1}", 5, JsonFault::Syntax),
        ("{a:1}", 1, JsonFault::Syntax),
        ("{'a':1}", 1, JsonFault::Syntax),
        ("{,}", 1, JsonFault::Syntax),
        ("[1,]", 3, JsonFault::Syntax),
        ("[1 2]", 3, JsonFault::Syntax),
        ("[1}", 2, JsonFault::Syntax),
        ("[,1]", 1, JsonFault::Syntax),
        ("]", 0, JsonFault::Syntax),
        ("/*c*/1", 0, JsonFault::Syntax),
        ("1//c", 1, JsonFault::Count),
        ("\u{feff}1", 0, JsonFault::Syntax),
        ("\u{a0}1", 0, JsonFault::Syntax),
        ("\u{c}1", 0, JsonFault::Syntax),
        ("NaN", 0, JsonFault::Syntax),
        ("Infinity", 0, JsonFault::Syntax),
        ("True", 0, JsonFault::Syntax),
        ("tru", 0, JsonFault::Syntax),
        ("nullx", 4, JsonFault::Count),
        ("01", 0, JsonFault::Syntax),
        ("-", 1, JsonFault::Syntax),
        ("+1", 0, JsonFault::Syntax),
        (".5", 0, JsonFault::Syntax),
        ("1.", 2, JsonFault::Syntax),
        ("1.e1", 2, JsonFault::Syntax),
        ("1e", 2, JsonFault::Syntax),
        ("1e+", 3, JsonFault::Syntax),
        ("0x1", 1, JsonFault::Count),
        ("\"", 1, JsonFault::Syntax),
        ("\"abc", 4, JsonFault::Syntax),
        ("\"abc\\", 4, JsonFault::Syntax),
        ("\"a\nb\"", 2, JsonFault::Syntax),
        ("\"abcdefghijk\tl\"", 12, JsonFault::Syntax),
        ("\"\\x\"", 1, JsonFault::Syntax),
        ("\"\\é\"", 1, JsonFault::Syntax),
        ("\"\\u12\"", 1, JsonFault::Syntax),
        ("\"\\u+123\"", 1, JsonFault::Syntax),
        ("\"\\u12é\"", 1, JsonFault::Syntax),
        ("\"ab\\ud800\"", 3, JsonFault::Syntax),
        ("\"\\ud800x\"", 1, JsonFault::Syntax),
        ("\"\\ud800\\n\"", 1, JsonFault::Syntax),
        ("\"\\ud800\\ud800\"", 1, JsonFault::Syntax),
        ("\"\\udc00\\ud800\"", 1, JsonFault::Syntax),
        ("\"\\ude00\"", 1, JsonFault::Syntax),
    ];
    for &(text, offset, fault) in cases {
        let error = json::parse(text).expect_err(text);
        assert_eq!((error.offset, error.fault), (offset, fault), "{text:?}: {error}");
    }
}

#[test]
fn values_keep_spelling_and_place() {
    let text = " {\"n\" : [1.0, -0, 1e3, 1E+2],\r\n\"s\":\"a\\u00e9\\ud83d\\ude00\\/\\\"\", \"s\":true}\n";
    let value = json::parse(text).unwrap();
    assert_eq!(value.span.of(text), text.trim());
    let members = value.as_object().unwrap();
    assert_eq!(members.len(), 3, "repeated names are kept");
    assert_eq!(members[0].name_span.of(text), "\"n\"");
    let numbers: Vec<_> =
        members[0].value.as_array().unwrap().iter().map(|number| number.as_number().unwrap()).collect();
    assert_eq!(numbers, ["1.0", "-0", "1e3", "1E+2"]);
    assert_eq!(members[0].value.span.of(text), "[1.0, -0, 1e3, 1E+2]");
    assert_eq!(value.get("s").and_then(|value| value.as_str()), Some("aé😀/\""));
    assert_eq!(members[2].value.as_bool(), Some(true));
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(json::parse(&nested(64)).is_ok(), "GRAM-002");
    assert!(json::parse(&nested(MAX_DEPTH)).is_ok());
    for hostile in [nested(MAX_DEPTH + 1), nested(100_000), "[".repeat(100_000), "{\"a\":".repeat(100_000)] {
        assert_eq!(json::parse(&hostile).unwrap_err().fault, JsonFault::Depth);
    }
}

#[test]
fn long_texts_are_read_in_one_pass() {
    const LENGTH: usize = 50 << 20;
    let long = format!("\"{}\"", "x".repeat(LENGTH));
    assert_eq!(json::parse(&long).unwrap().as_str().map(str::len), Some(LENGTH));
    let escaped = format!("\"{}\"", "\\n".repeat(LENGTH / 2));
    assert_eq!(json::parse(&escaped).unwrap().as_str().map(str::len), Some(LENGTH / 2));
    let blank = format!("{}1", " ".repeat(LENGTH));
    assert_eq!(json::parse(&blank).unwrap().as_number(), Some("1"));
    let open = format!("\"{}", "é".repeat(LENGTH / 2));
    assert_eq!(json::parse(&open).unwrap_err().offset, open.len());
}

#[test]
fn pretty_keeps_spelling() {
    let text = "{\"a\":[1.0,{},[ ],{\"b\" : \"x\\u00e9 , : { \\\" \\\\\"}],\"c\":true}";
    let pretty = json::pretty(text).unwrap();
    let expected = "{\n  \"a\": [\n    1.0,\n    {},\n    [],\n    {\n      \"b\": \"x\\u00e9 , : { \\\" \\\\\"\n    }\n  ],\n  \"c\": true\n}\n";
    assert_eq!(pretty, expected);
    assert_eq!(json::pretty(&pretty).unwrap(), pretty);
    assert!(json::pretty("{").is_err());
}

#[test]
fn latin1_writer_escapes_what_documents_may_not_hold() {
    let mut writer = Writer::latin1();
    writer.strings(["é\u{7f}\u{80}\u{ff}", "\u{100}中😀", "\0\u{1f}\"\\\n\r\t/"]);
    assert_eq!(
        writer.finish(),
        "[\"é\u{7f}\u{80}\u{ff}\",\"\\u0100\\u4e2d\\ud83d\\ude00\",\"\\u0000\\u001f\\\"\\\\\\n\\r\\t/\"]"
    );
}

proptest! {
    /// Texts made of JSON's own pieces are often nearly JSON.
    #[test]
    fn agrees_with_serde_json(pieces in prop::collection::vec(prop::sample::select(vec![
        "{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "\"\\u00e9\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\", "\"", "é",
        "0", "1", "-", ".5", "12.5e1", "e2", "true", "false", "null", "nul", " ", "\n", "\u{c}", "\u{feff}",
    ]), 0..12)) {
        let text = pieces.concat();
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        match json::parse(&text) {
            Ok(value) => prop_assert_eq!(plain(&value), theirs.expect("accepted by us")),
            Err(error) => {
                prop_assert!(theirs.is_err(), "{text:?}: {error}");
                prop_assert!(text.is_char_boundary(error.offset));
            }
        }
    }

    #[test]
    fn strings_read_back(text in any::<String>()) {
        let mut written = String::new();
        json::write_string(&mut written, &text);
        let read = json::parse(&written).unwrap();
        prop_assert_eq!(read.as_str(), Some(text.as_str()));
        let mut writer = Writer::latin1();
        writer.string(&text);
        let written = writer.finish();
        prop_assert!(written.chars().all(|character| u32::from(character) <= 0xff), "beyond Latin-1");
        let read = json::parse(&written).unwrap();
        prop_assert_eq!(read.as_str(), Some(text.as_str()));
    }

    #[test]
    fn pretty_means_the_same(pieces in prop::collection::vec(prop::sample::select(vec![
        "[1,2.50]", "{}", "[]", "\"a,:{}\\\"\"", "{\"k\":[[],{\"l\":null}]}", "true",
    ]), 0..6)) {
        let text = format!("[{}]", pieces.join(" ,"));
        let pretty = json::pretty(&text).unwrap();
        prop_assert_eq!(plain(&json::parse(&pretty).unwrap()), plain(&json::parse(&text).unwrap()));
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        prop_assert_eq!(bare(&pretty), bare(&text));
    }
}
