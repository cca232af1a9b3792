//! Positions of ascending offsets, in one pass over the text.

use crate::source::{Position, Region, Span};

/// Walks forward through a text, counting lines and columns.
pub(crate) struct Cursor<'t> {
    text: &'t str,
    /// Whether the text is one line of ASCII.
    plain: bool,
    offset: usize,
    line: usize,
    column: usize,
}

impl<'t> Cursor<'t> {
    /// At the first character of `text`.
    pub(crate) fn new(text: &'t str) -> Self {
        Cursor { text, plain: false, offset: 0, line: 1, column: 1 }
    }

    /// At the first character of `text`, of which is known whether it is one line of ASCII.
    pub(crate) fn knowing(text: &'t str, plain: bool) -> Self {
        Cursor { plain, ..Cursor::new(text) }
    }

    /// The position of the byte at `offset`, which is not before the last one asked for; beyond the text, its end.
    pub(crate) fn position(&mut self, offset: usize) -> Position {
        let offset = offset.clamp(self.offset, self.text.len());
        if self.plain {
            return Position { line: 1, column: saturate(offset + 1) };
        }
        let passed = &self.text.as_bytes()[self.offset..offset];
        let newlines = count(passed, |byte| byte == b'\n');
        let mut in_line = passed;
        // Counting is vector code and searching is not: most documents have one line.
        if newlines > 0 {
            self.line += newlines;
            self.column = 1;
            in_line = passed.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
        }
        // Every character has one byte that does not continue another.
        self.column += count(in_line, |byte| byte & 0xC0 != 0x80);
        self.offset = offset;
        Position { line: saturate(self.line), column: saturate(self.column) }
    }

    /// The region of `span`, which does not begin before the last offset asked for.
    pub(crate) fn region(&mut self, span: Span) -> Region {
        Region { start: self.position(span.start), end: self.position(span.end) }
    }
}

/// The regions of `spans`, whatever their order.
pub(crate) fn regions(text: &str, spans: &[Span]) -> Vec<Region> {
    let mut offsets: Vec<usize> = spans.iter().flat_map(|span| [span.start, span.end]).collect();
    offsets.sort_unstable();
    offsets.dedup();
    let mut cursor = Cursor::new(text);
    let positions: Vec<Position> = offsets.iter().map(|&offset| cursor.position(offset)).collect();
    let position = |offset| positions[offsets.partition_point(|&known| known < offset)];
    spans.iter().map(|span| Region { start: position(span.start), end: position(span.end) }).collect()
}

/// How many bytes `counts` holds for. Sums of at most 255 fit a byte, which makes vector code of the inner loop.
fn count(bytes: &[u8], counts: impl Fn(u8) -> bool) -> usize {
    let sums = bytes.chunks(255).map(|chunk| chunk.iter().map(|&byte| u8::from(counts(byte))).sum::<u8>());
    sums.map(usize::from).sum()
}

fn saturate(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
