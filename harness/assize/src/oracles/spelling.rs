//! Other texts of the same document: single values for lists of one, members in another order, white space, escapes.

use assize_generate::Choices;
use assize_model::json::{Writer, write_string};
use assize_model::{Document, LiteralKind, PrincipalSpec, Statement};

/// What may differ from [`Document::to_json`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// A list of one is written as its one member (INV-007).
    Single,
    /// White space, the order of members, escapes in strings (INV-008).
    Formatting,
}

/// The document in another spelling.
pub fn spell(choices: &mut dyn Choices, document: &Document, spelling: Spelling) -> String {
    let mut speller = Speller { choices, spelling };
    let statements: Vec<String> =
        document.statements.iter().map(|statement| speller.statement(statement)).collect();
    let mut members = vec![speller.member("Version", None, |s| s.string(document.version.as_str()))];
    if let Some(id) = &document.id {
        members.push(speller.member("Id", None, |s| s.string(id)));
    }
    members.push(speller.member("Statement", None, |s| s.list(statements)));
    speller.object(members)
}

struct Speller<'c> {
    choices: &'c mut dyn Choices,
    spelling: Spelling,
}

impl Speller<'_> {
    fn statement(&mut self, statement: &Statement) -> String {
        let mut members = Vec::new();
        if let Some(sid) = &statement.sid {
            members.push(self.member("Sid", None, |s| s.string(sid)));
        }
        members.push(self.member("Effect", None, |s| s.string(statement.effect.as_str())));
        if let Some(principal) = &statement.principal {
            members.push(self.member("Principal", Some(principal.negated), |s| match &principal.spec {
                PrincipalSpec::Everyone => s.string("*"),
                PrincipalSpec::Map(entries) => {
                    let entries: Vec<String> = entries
                        .iter()
                        .map(|entry| s.member(entry.key.as_str(), None, |s| s.strings(&entry.values)))
                        .collect();
                    s.object(entries)
                }
            }));
        }
        let action = &statement.action;
        members.push(self.member("Action", Some(action.negated), |s| s.strings(&action.entries)));
        if let Some(resource) = &statement.resource {
            members.push(self.member("Resource", Some(resource.negated), |s| s.strings(&resource.entries)));
        }
        if !statement.condition.is_empty() {
            let blocks = statement
                .condition
                .iter()
                .map(|block| {
                    let keys: Vec<String> = block
                        .keys
                        .iter()
                        .map(|key| {
                            let values = key.values.iter().map(|value| match value.kind {
                                LiteralKind::String => self.string(&value.text),
                                LiteralKind::Number | LiteralKind::Bool => value.text.clone(),
                            });
                            let values = values.collect();
                            self.member(&key.key, None, |s| s.list(values))
                        })
                        .collect();
                    let keys = self.object(keys);
                    self.member(&block.operator.to_string(), None, |_| keys)
                })
                .collect();
            let blocks = self.object(blocks);
            members.push(self.member("Condition", None, |_| blocks));
        }
        self.object(members)
    }

    /// `"Name": value`, where `negated` puts `Not` before the name.
    fn member(
        &mut self,
        name: &str,
        negated: Option<bool>,
        value: impl FnOnce(&mut Self) -> String,
    ) -> String {
        let name = if negated == Some(true) { format!("Not{name}") } else { name.to_owned() };
        let name = self.string(&name);
        let (before, after) = (self.space(), self.space());
        let value = value(self);
        format!("{name}{before}:{after}{value}")
    }

    fn object(&mut self, mut members: Vec<String>) -> String {
        if self.spelling == Spelling::Formatting {
            for last in (1..members.len()).rev() {
                members.swap(last, self.choices.pick(last + 1));
            }
        }
        self.joined('{', members, '}')
    }

    fn list(&mut self, mut values: Vec<String>) -> String {
        match (self.spelling, values.len()) {
            (Spelling::Single, 1) => values.remove(0),
            _ => self.joined('[', values, ']'),
        }
    }

    fn joined(&mut self, open: char, parts: Vec<String>, close: char) -> String {
        let mut text = String::from(open);
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            text += self.space();
            text += part;
        }
        text += self.space();
        text.push(close);
        text
    }

    fn strings(&mut self, texts: &[String]) -> String {
        let texts = texts.iter().map(|text| self.string(text)).collect();
        self.list(texts)
    }

    fn string(&mut self, text: &str) -> String {
        if self.spelling == Spelling::Formatting && self.choices.chance(25) {
            let mut escaped = String::from("\"");
            for unit in text.encode_utf16() {
                escaped += &format!("\\u{unit:04x}");
            }
            return escaped + "\"";
        }
        // As `Document::to_json` writes strings: documents hold characters up to U+00FF (GRAM-003).
        if text.chars().any(|c| c > '\u{ff}') {
            let mut writer = Writer::latin1();
            writer.string(text);
            return writer.finish();
        }
        let mut plain = String::new();
        write_string(&mut plain, text);
        plain
    }

    fn space(&mut self) -> &'static str {
        match self.spelling {
            Spelling::Single => "",
            Spelling::Formatting => self.choices.one_of::<&str>(&["", " ", "\n", "\t", "\r\n  "]),
        }
    }
}
