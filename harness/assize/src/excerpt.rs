//! Quoting a text: the lines of a region with their numbers, and the region underlined.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use assize_model::Region;

/// The colour of line numbers and bars.
const FRAME: Style = AnsiColor::BrightBlue.on_default().bold();

/// How many characters of one line are shown.
const LINE_WIDTH: usize = 160;

/// How many lines of one region are shown: the first ones, and the last.
const LINES: usize = 12;

/// The text that `region` covers, one line a line: number, bar, text. A region within one line is underlined in `style`; of a longer
/// one all lines are shown, or the first and the last with a gap. Long lines are cut around the region. `first` is the number that
/// the first line of `text` has for the reader, who may know the text as part of a larger one.
pub fn excerpt(text: &str, region: Region, first: u32, style: Style) -> String {
    let (start, end) = (region.start, region.end);
    // An end at the first column covers nothing of its line.
    let last = if end.column == 1 && end.line > start.line { end.line - 1 } else { end.line };
    let from = start.line.saturating_sub(1) as usize;
    let count = (last.saturating_sub(start.line) as usize) + 1;
    let number = |line: usize| line + first as usize;
    let gutter = number(from + count - 1).to_string().len();
    // Writing to a String cannot fail.
    let mut out = String::new();
    let _ = writeln!(out, "{FRAME}{:gutter$} |{FRAME:#}", "");
    for (at, line) in text.split('\n').enumerate().skip(from).take(count) {
        let shown = at - from;
        if count > LINES && shown >= LINES - 2 && shown + 1 < count {
            if shown == LINES - 2 {
                let _ = writeln!(out, "{FRAME}{:gutter$} |{FRAME:#} …", "");
            }
            continue;
        }
        let line = line.trim_end_matches('\r');
        let focus = if shown == 0 { start.column as usize - 1 } else { 0 };
        let window = Window::of(line, focus);
        let _ = writeln!(out, "{FRAME}{:>gutter$} |{FRAME:#} {}", number(at), window.text);
        if count == 1 {
            let width = (end.column.saturating_sub(start.column) as usize).max(1);
            let room = window.characters.saturating_sub(window.column).max(1);
            let marks = "^".repeat(width.min(room));
            let _ = writeln!(
                out,
                "{FRAME}{:gutter$} |{FRAME:#} {:pad$}{style}{marks}{style:#}",
                "",
                "",
                pad = window.column
            );
        }
    }
    out
}

/// The part of a line that is shown.
struct Window {
    text: String,
    /// The column of the focus in `text`, from 0.
    column: usize,
    /// The length of `text`.
    characters: usize,
}

impl Window {
    /// The part of `line` around the character at `focus`. Characters that would move the cursor or say nothing are replaced, one by
    /// one, so that columns stay.
    fn of(line: &str, focus: usize) -> Window {
        let length = line.chars().count();
        let skip = if length <= LINE_WIDTH || focus < LINE_WIDTH / 2 { 0 } else { focus - LINE_WIDTH / 4 };
        let visible = |character: char| match character {
            '\t' => ' ',
            character if character.is_control() => '\u{fffd}',
            character => character,
        };
        let mut text: String = line.chars().skip(skip).take(LINE_WIDTH).map(visible).collect();
        let mut column = focus.saturating_sub(skip);
        if skip > 0 {
            text.insert_str(0, "… ");
            column += 2;
        }
        if skip + LINE_WIDTH < length {
            text.push_str(" …");
        }
        let characters = text.chars().count();
        Window { text, column, characters }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use assize_model::Position;

    fn region(start: (u32, u32), end: (u32, u32)) -> Region {
        let position = |(line, column)| Position { line, column };
        Region { start: position(start), end: position(end) }
    }

    fn plain(text: &str, region: Region, first: u32) -> String {
        anstream::adapter::strip_str(&excerpt(text, region, first, BARE)).to_string()
    }

    const BARE: Style = Style::new();

    #[test]
    fn a_region_within_a_line_is_underlined() {
        let shown = plain("ab\n  \"é\": 1\n", region((2, 3), (2, 6)), 1);
        assert_eq!(shown, "  |\n2 |   \"é\": 1\n  |   ^^^\n");
    }

    #[test]
    fn an_empty_region_at_the_end_still_has_a_mark() {
        assert_eq!(plain("{", region((1, 2), (1, 2)), 1), "  |\n1 | {\n  |  ^\n");
        assert_eq!(plain("", region((1, 1), (1, 1)), 1), "  |\n1 | \n  | ^\n");
    }

    #[test]
    fn line_numbers_follow_the_larger_text() {
        let shown = plain("{\n1\n}", region((1, 1), (3, 2)), 99);
        assert_eq!(shown, "    |\n 99 | {\n100 | 1\n101 | }\n");
    }

    #[test]
    fn a_long_region_has_a_gap() {
        let text = (1..=40).map(|line| line.to_string()).collect::<Vec<_>>().join("\n");
        let shown = plain(&text, region((1, 1), (40, 3)), 1);
        assert!(shown.contains(" 10 | 10\n   | …\n40 | 40\n".trim_start()), "{shown}");
    }

    #[test]
    fn a_long_line_is_cut_around_the_region() {
        let text = format!("{}X{}", "a".repeat(1_000), "b".repeat(1_000));
        let shown = plain(&text, region((1, 1_001), (1, 1_002)), 1);
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[1].chars().count() < LINE_WIDTH + 20);
        let mark = lines[2].chars().position(|character| character == '^').unwrap();
        assert_eq!(lines[1].chars().nth(mark), Some('X'));
    }
}
