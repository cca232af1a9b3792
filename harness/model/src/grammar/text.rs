//! The characters and the JSON of a document (GRAM-001 to GRAM-003).

use std::collections::HashMap;
use std::str::Utf8Error;

use crate::diagnostic::{Code, Diagnostic};
use crate::grammar::position::Cursor;
use crate::grammar::report::{Path, Report};
use crate::json::{JsonError, JsonFault};
use crate::source::{Position, Region, Span};

/// GRAM-003: reports every character outside the repertoire once, at its first place.
pub(super) fn check_characters(report: &mut Report<'_>) {
    if report.is_plain() {
        return;
    }
    let text = report.text();
    // The lead bytes C2 and C3 encode U+0080 to U+00FF; larger bytes lead beyond. No early exit: this loop becomes vector code.
    let forbidden =
        |byte: u8| byte >= 0xC4 || (byte < 0x20 && byte != b'\t' && byte != b'\n' && byte != b'\r');
    if !text.bytes().fold(false, |found, byte| found | forbidden(byte)) {
        return;
    }
    let mut found: Vec<(usize, char, usize)> = Vec::new();
    let mut places: HashMap<char, usize> = HashMap::new();
    for (offset, character) in text.char_indices() {
        if matches!(character, '\t' | '\n' | '\r' | ' '..='\u{ff}') {
            continue;
        }
        let place = *places.entry(character).or_insert_with(|| {
            found.push((offset, character, 0));
            found.len() - 1
        });
        found[place].2 += 1;
    }
    for (start, character, count) in found {
        let span = Span { start, end: start + character.len_utf8() };
        report.add(Code::Charset, "GRAM-003", &Path::Root, span, || {
            let escape = character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
            let times = if count == 1 { String::new() } else { format!(", which occurs {count} times,") };
            let instead = match character {
                '\u{201c}' | '\u{201d}' => "write `\"` instead",
                '\u{2018}' | '\u{2019}' => "write `'` instead",
                '\u{2013}' | '\u{2014}' => "write `-` instead",
                _ => "remove it",
            };
            format!(
                "The character U+{:04X}{times} is outside those that a policy document may hold (U+0020 to U+00FF, tab, \
                 LF, CR); {instead}, or `{escape}` to have it in a string.",
                u32::from(character)
            )
        });
    }
}

/// GRAM-001 and GRAM-002: reports why the text is not JSON.
pub(super) fn report_json(report: &mut Report<'_>, error: JsonError) {
    let text = report.text();
    let width = text[error.offset..].chars().next().map_or(0, char::len_utf8);
    let span = Span { start: error.offset, end: error.offset + width };
    if text[error.offset..].starts_with('\u{feff}') && error.offset == 0 {
        // GRAM-002 speaks of it by name.
        report.withdraw_at(0);
    } else if report.has_fault_at(error.offset) {
        // The text is not JSON because of a character that is reported already.
        return;
    }
    let rule = match error.fault {
        JsonFault::Count => "GRAM-001",
        JsonFault::Syntax | JsonFault::Depth => "GRAM-002",
    };
    report.add(Code::Json, rule, &Path::Root, span, || format!("The text is not JSON: {}.", error.message));
}

/// GRAM-002: the fault of bytes that are not UTF-8.
pub(super) fn not_utf8(bytes: &[u8], error: Utf8Error) -> Diagnostic {
    let start = error.valid_up_to();
    let end = start + error.error_len().unwrap_or(bytes.len() - start);
    let valid = std::str::from_utf8(&bytes[..start]).unwrap_or_default();
    let start_position = Cursor::new(valid).position(start);
    // No editor agrees with another on how wide broken bytes are: one column.
    let end_position = Position { column: start_position.column.saturating_add(1), ..start_position };
    Diagnostic {
        code: Code::Json,
        rule: "GRAM-002",
        pointer: String::new(),
        span: Span { start, end },
        region: Region { start: start_position, end: end_position },
        message: format!("The text is not UTF-8 from byte {start} on; save it as UTF-8."),
    }
}
