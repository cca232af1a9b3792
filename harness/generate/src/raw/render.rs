//! From a draft to text, spelled one way or another.

use crate::choices::Choices;

use super::draft::Json;

/// How a document is spelled. None of it means anything (GRAM-006).
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    space: Space,
    /// How often a character is escaped without need, out of 100.
    escapes: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Space {
    None,
    Single,
    Lines,
    Wild,
}

impl Style {
    /// Chooses a style.
    pub(super) fn generate(choices: &mut dyn Choices) -> Style {
        let space = choices.weighted(&[
            (45, Space::None),
            (20, Space::Single),
            (20, Space::Lines),
            (15, Space::Wild),
        ]);
        let escapes = choices.weighted(&[(75, 0), (20, 6), (5, 100)]);
        if escapes > 0 {
            choices.label("needless escapes");
        }
        Style { space, escapes }
    }
}

/// The text of a document.
pub(super) fn render(choices: &mut dyn Choices, style: Style, json: &Json) -> String {
    let mut renderer = Renderer { choices, style, out: String::new(), depth: 0 };
    renderer.edge();
    renderer.value(json);
    renderer.edge();
    renderer.out
}

struct Renderer<'c> {
    choices: &'c mut dyn Choices,
    style: Style,
    out: String,
    depth: usize,
}

impl Renderer<'_> {
    fn value(&mut self, json: &Json) {
        match json {
            Json::Verbatim(text) => self.out.push_str(text),
            Json::Text(text) => self.string(text),
            Json::List(items) => self.enclosed('[', ']', items, |renderer, item| renderer.value(item)),
            Json::Map(members) => self.enclosed('{', '}', members, |renderer, (name, value)| {
                renderer.value(name);
                if renderer.style.space == Space::Wild {
                    renderer.space();
                }
                renderer.out.push(':');
                if renderer.style.space != Space::None {
                    renderer.space();
                }
                renderer.value(value);
            }),
        }
    }

    fn enclosed<T>(&mut self, open: char, close: char, parts: &[T], each: impl Fn(&mut Self, &T)) {
        self.out.push(open);
        self.depth += 1;
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            self.line(at > 0);
            each(self, part);
        }
        self.depth -= 1;
        self.line(false);
        self.out.push(close);
    }

    /// White space after a bracket or, if `comma`, after a comma.
    fn line(&mut self, comma: bool) {
        match self.style.space {
            Space::None => {}
            Space::Single if comma => self.out.push(' '),
            Space::Single => {}
            Space::Lines => {
                self.out.push('\n');
                self.out.extend(std::iter::repeat_n("  ", self.depth));
            }
            Space::Wild => self.space(),
        }
    }

    /// White space beside a colon.
    fn space(&mut self) {
        match self.style.space {
            Space::Wild => {
                let space = *self.choices.one_of(&["", " ", "\t", "\n", "\r\n", "\r", " \t \n"]);
                self.out.push_str(space);
            }
            _ => self.out.push(' '),
        }
    }

    /// White space around the document.
    fn edge(&mut self) {
        if self.style.space == Space::Wild {
            self.space();
        }
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        for character in text.chars() {
            let needless = self.style.escapes > 0 && self.choices.chance(self.style.escapes);
            match character {
                '/' if needless && self.choices.chance(50) => self.out.push_str("\\/"),
                '"' if !needless => self.out.push_str("\\\""),
                '\\' if !needless => self.out.push_str("\\\\"),
                '\n' if !needless => self.out.push_str("\\n"),
                '\t' if !needless => self.out.push_str("\\t"),
                ' '..='\u{ff}' if !needless => self.out.push(character),
                _ => self.escape(character),
            }
        }
        self.out.push('"');
    }

    fn escape(&mut self, character: char) {
        let capitals = self.choices.chance(30);
        for unit in character.encode_utf16(&mut [0; 2]) {
            let digits = if capitals { format!("{unit:04X}") } else { format!("{unit:04x}") };
            self.out.push_str("\\u");
            self.out.push_str(&digits);
        }
    }
}
