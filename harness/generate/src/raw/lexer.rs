//! Where the parts of a JSON-like text stand. Faults are put between and into them, so the text may be broken already.

/// A string with its quotation marks, a bracket, comma or colon, or a run of other characters.
pub(super) struct Piece<'t> {
    pub(super) start: usize,
    pub(super) text: &'t str,
}

/// The pieces of a text; white space is none.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    while let Some(first) = text[start..].chars().next() {
        let rest = &text[start..];
        let length = match first {
            '"' => string_length(rest),
            '{' | '}' | '[' | ']' | ',' | ':' => 1,
            _ if first.is_whitespace() => {
                start += first.len_utf8();
                continue;
            }
            _ => rest.find(|c: char| c.is_whitespace() || "\"{}[],:".contains(c)).unwrap_or(rest.len()),
        };
        pieces.push(Piece { start, text: &rest[..length] });
        start += length;
    }
    pieces
}

/// The length of the string that `text` begins with; without end, that of the text.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}
