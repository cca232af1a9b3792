//! JSON as a person would write it: what fits on a line stays on a line.

use serde_json::Value;

/// How long a line may become; text that cannot be broken may be longer.
const WIDTH: usize = 110;

/// The whole file, ending in a line feed.
pub(super) fn page(value: &Value) -> String {
    let mut out = String::new();
    broken(value, 0, &mut out);
    out.push('\n');
    out
}

/// Writes `value` where `used` characters of the line are taken and `indent` is that of the line.
fn write(value: &Value, indent: usize, used: usize, out: &mut String) {
    let line = on_one_line(value);
    if used + line.chars().count() <= WIDTH {
        out.push_str(&line);
    } else {
        broken(value, indent, out);
    }
}

/// Writes a list or an object with one entry per line; a scalar as it is.
fn broken(value: &Value, indent: usize, out: &mut String) {
    let inner = indent + 2;
    let entry = |first: bool, name: &str, value: &Value, out: &mut String| {
        out.push_str(if first { "\n" } else { ",\n" });
        out.push_str(&" ".repeat(inner));
        out.push_str(name);
        // One character for the comma that may follow.
        write(value, inner, inner + name.chars().count() + 1, out);
    };
    match value {
        Value::Array(items) if !items.is_empty() => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                entry(index == 0, "", item, out);
            }
            out.push_str(&format!("\n{}]", " ".repeat(indent)));
        }
        Value::Object(members) if !members.is_empty() => {
            out.push('{');
            for (index, (name, value)) in members.iter().enumerate() {
                entry(index == 0, &format!("{}: ", string(name)), value, out);
            }
            out.push_str(&format!("\n{}}}", " ".repeat(indent)));
        }
        other => out.push_str(&on_one_line(other)),
    }
}

fn on_one_line(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(on_one_line).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{}: {}", string(name), on_one_line(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::String(text) => string(text),
        other => other.to_string(),
    }
}

/// Escapes what a policy document may not hold as text (GRAM-003), so that a document is accepted or refused for what
/// its case is about and not for how this file spells it.
fn string(text: &str) -> String {
    let mut out = String::new();
    for c in Value::from(text).to_string().chars() {
        if c <= '\u{ff}' && !('\u{7f}'..='\u{9f}').contains(&c) {
            out.push(c);
        } else {
            let mut units = [0; 2];
            out.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::page;
    use serde_json::json;

    #[test]
    fn short_values_share_a_line_and_long_ones_do_not() {
        let long = "x".repeat(100);
        let text = page(&json!([{"a": 1, "b": [true, null]}, {"a": long, "b": {}}]));
        assert_eq!(
            text,
            format!(
                "[\n  {{\"a\": 1, \"b\": [true, null]}},\n  {{\n    \"a\": \"{long}\",\n    \"b\": {{}}\n  }}\n]\n"
            )
        );
        assert_eq!(page(&json!([])), "[]\n");
    }

    #[test]
    fn characters_that_a_document_may_not_hold_are_escaped() {
        assert_eq!(
            page(&json!(["é", "中", "😀", "\n"])),
            "[\n  \"é\",\n  \"\\u4e2d\",\n  \"\\ud83d\\ude00\",\n  \"\\n\"\n]\n"
        );
    }
}
