//! Strict JSON (RFC 8259 without extensions) with positions, and a writer.
//!
//! [`parse`] keeps what policy documents need and common readers lose: where each value stands, how each number is spelled, and
//! members whose name is repeated. Text without escapes is borrowed. Reading is linear in the text, and nesting is bounded by
//! [`MAX_DEPTH`], so hostile input costs time and memory in proportion to its length and nothing else.

use std::borrow::Cow;
use std::fmt;

use crate::source::Span;

/// How many objects and lists may lie in one another. GRAM-002 asks for 64 at least.
pub const MAX_DEPTH: usize = 128;

/// A JSON value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value<'a> {
    /// What it is.
    pub kind: Kind<'a>,
    /// From its first byte to after its last, quotation marks and brackets included.
    pub span: Span,
}

/// The JSON types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as spelled.
    Number(&'a str),
    /// A string without its quotation marks, unescaped.
    String(Cow<'a, str>),
    /// A list.
    Array(Vec<Value<'a>>),
    /// An object. Members stand in the order of the text; a name may occur several times.
    Object(Vec<Member<'a>>),
}

/// One member of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// The name, unescaped.
    pub name: Cow<'a, str>,
    /// Where the name stands, quotation marks included.
    pub name_span: Span,
    /// The value.
    pub value: Value<'a>,
}

impl<'a> Value<'a> {
    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The spelling of a number.
    pub fn as_number(&self) -> Option<&'a str> {
        match self.kind {
            Kind::Number(spelling) => Some(spelling),
            _ => None,
        }
    }

    /// The values of a list.
    pub fn as_array(&self) -> Option<&[Value<'a>]> {
        match &self.kind {
            Kind::Array(values) => Some(values),
            _ => None,
        }
    }

    /// The members of an object.
    pub fn as_object(&self) -> Option<&[Member<'a>]> {
        match &self.kind {
            Kind::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The value of the first member with this name, if this is an object that has one.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.as_object()?.iter().find(|member| member.name == name).map(|member| &member.value)
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        self.kind == Kind::Null
    }

    /// The JSON type with its article, for messages: `a string`, `an object`, `null`.
    pub fn type_name(&self) -> &'static str {
        match self.kind {
            Kind::Null => "null",
            Kind::Bool(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::String(_) => "a string",
            Kind::Array(_) => "a list",
            Kind::Object(_) => "an object",
        }
    }
}

/// Why a text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// The byte at which reading stopped; the length of the text if it ended too early.
    pub offset: usize,
    /// What kind of fault.
    pub fault: JsonFault,
    /// What stands there and what should: a clause without capital and full stop.
    pub message: String,
}

/// The kinds of JSON faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JsonFault {
    /// No value at all, or something after the value.
    Count,
    /// Against the syntax of RFC 8259; lone surrogates included.
    Syntax,
    /// Nested deeper than [`MAX_DEPTH`].
    Depth,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not JSON at byte {}: {}", self.offset, self.message)
    }
}

impl std::error::Error for JsonError {}

/// Reads the one JSON value that `text` holds.
///
/// # Errors
///
/// The first fault: anything that RFC 8259 does not allow (a byte-order mark included), lone surrogate escapes, nesting beyond
/// [`MAX_DEPTH`], no value or more than one. Repeated member names are kept for the caller to judge.
pub fn parse(text: &str) -> Result<Value<'_>, JsonError> {
    Parser { text, bytes: text.as_bytes(), at: 0 }.document().map_err(|error| *error)
}

/// What was read, or why it cannot be: in a box, since what every value passes through must be small.
type Parsed<T> = Result<T, Box<JsonError>>;

/// How many values a list has room for at first. Most have no more.
const VALUES: usize = 4;

/// How many members an object has room for at first. Most statements have no more.
const MEMBERS: usize = 6;

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Parser<'a> {
    fn document(&mut self) -> Parsed<Value<'a>> {
        if self.text.starts_with('\u{feff}') {
            return Err(self.error(JsonFault::Syntax, "a byte-order mark before the first value; remove it"));
        }
        self.skip_white_space();
        if self.at == self.text.len() {
            return Err(self.error(JsonFault::Count, "the text is empty"));
        }
        let value = self.value(0)?;
        self.skip_white_space();
        if self.at < self.text.len() {
            let found = self.found();
            return Err(self.error(JsonFault::Count, format!("{found} after the end of the JSON value")));
        }
        Ok(value)
    }

    fn value(&mut self, depth: usize) -> Parsed<Value<'a>> {
        let start = self.at;
        let kind = match self.peek() {
            Some(b'"') => Kind::String(self.string()?),
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'-' | b'0'..=b'9') => Kind::Number(self.number()?),
            Some(b't') => self.word("true", Kind::Bool(true))?,
            Some(b'f') => self.word("false", Kind::Bool(false))?,
            Some(b'n') => self.word("null", Kind::Null)?,
            _ => return Err(self.expected("a JSON value")),
        };
        Ok(Value { kind, span: Span { start, end: self.at } })
    }

    fn object(&mut self, depth: usize) -> Parsed<Kind<'a>> {
        self.enter(depth)?;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Kind::Object(Vec::new()));
        }
        let mut members = Vec::with_capacity(MEMBERS);
        loop {
            let start = self.at;
            if self.peek() != Some(b'"') {
                let what = if members.is_empty() {
                    "a member name in double quotes or `}`"
                } else {
                    "a member name in double quotes"
                };
                return Err(self.expected(what));
            }
            let name = self.string()?;
            let name_span = Span { start, end: self.at };
            self.skip_white_space();
            if self.peek() != Some(b':') {
                return Err(self.expected("`:` after the member name"));
            }
            self.at += 1;
            self.skip_white_space();
            let value = self.value(depth + 1)?;
            members.push(Member { name, name_span, value });
            if self.closes(b'}', "`,` or `}` after the member")? {
                return Ok(Kind::Object(members));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Parsed<Kind<'a>> {
        self.enter(depth)?;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Kind::Array(Vec::new()));
        }
        let mut values = Vec::with_capacity(VALUES);
        loop {
            values.push(self.value(depth + 1)?);
            if self.closes(b']', "`,` or `]` after the value")? {
                return Ok(Kind::Array(values));
            }
        }
    }

    /// Steps over an opening bracket and the white space after it.
    fn enter(&mut self, depth: usize) -> Parsed<()> {
        if depth >= MAX_DEPTH {
            return Err(self.error(JsonFault::Depth, format!("nesting deeper than {MAX_DEPTH} levels")));
        }
        self.at += 1;
        self.skip_white_space();
        Ok(())
    }

    /// After a member or value: steps over a comma (`false`) or the closing bracket (`true`), and white space around.
    #[inline]
    fn closes(&mut self, bracket: u8, expected: &str) -> Parsed<bool> {
        self.skip_white_space();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.skip_white_space();
                if self.peek() == Some(bracket) {
                    return Err(self.trailing_comma(bracket));
                }
                Ok(false)
            }
            Some(byte) if byte == bracket => {
                self.at += 1;
                Ok(true)
            }
            _ => Err(self.expected(expected)),
        }
    }

    /// Reads a string; `at` is at its opening quotation mark.
    #[inline]
    fn string(&mut self) -> Parsed<Cow<'a, str>> {
        let start = self.at + 1;
        let end = plain_end(self.bytes, start);
        if self.bytes.get(end) == Some(&b'"') {
            self.at = end + 1;
            return Ok(Cow::Borrowed(&self.text[start..end]));
        }
        self.unescaped(start).map(Cow::Owned)
    }

    /// Reads a string that holds escapes, from its first character on.
    #[cold]
    fn unescaped(&mut self, start: usize) -> Parsed<String> {
        let mut unescaped = String::new();
        let mut from = start;
        loop {
            // Runs end at ASCII bytes or at the end of the text: character boundaries.
            self.at = plain_end(self.bytes, from);
            unescaped.push_str(&self.text[from..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(unescaped);
                }
                Some(b'\\') => unescaped.push(self.escape()?),
                Some(control) => {
                    let message =
                        format!("control character U+{control:04X} in a string; write it as an escape");
                    return Err(self.error(JsonFault::Syntax, message));
                }
                None => return Err(self.error(JsonFault::Syntax, "the text ends inside a string")),
            }
            from = self.at;
        }
    }

    /// Reads an escape; `at` is at its backslash.
    fn escape(&mut self) -> Parsed<char> {
        let start = self.at;
        self.at += 2;
        let plain = match self.bytes.get(start + 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(start),
            _ => {
                self.at = start;
                return Err(
                    self.error(JsonFault::Syntax, "a backslash that begins no JSON escape; write `\\\\`")
                );
            }
        };
        Ok(plain)
    }

    /// Reads the digits of a `\u` escape and, after a high surrogate, the second escape; `at` is after the `u`.
    fn unicode_escape(&mut self, start: usize) -> Parsed<char> {
        let first = self.four_digits(start)?;
        let code = match first {
            0xD800..=0xDBFF => {
                let low = match self.bytes.get(self.at..self.at + 2) {
                    Some(b"\\u") => {
                        self.at += 2;
                        Some(self.four_digits(start)?)
                    }
                    _ => None,
                };
                match low {
                    Some(low @ 0xDC00..=0xDFFF) => 0x10000 + ((first - 0xD800) << 10) + (low - 0xDC00),
                    _ => first,
                }
            }
            _ => first,
        };
        // What is left without a character is a surrogate without its other half.
        char::from_u32(code).ok_or_else(|| {
            self.at = start;
            self.error(
                JsonFault::Syntax,
                format!("`\\u{first:04x}` is half of a surrogate pair without the other half"),
            )
        })
    }

    fn four_digits(&mut self, start: usize) -> Parsed<u32> {
        let digits = self.bytes.get(self.at..self.at + 4).and_then(|digits| {
            digits.iter().try_fold(0, |code, &digit| Some(code << 4 | (digit as char).to_digit(16)?))
        });
        match digits {
            Some(code) => {
                self.at += 4;
                Ok(code)
            }
            None => {
                self.at = start;
                Err(self.error(JsonFault::Syntax, "`\\u` without four hexadecimal digits"))
            }
        }
    }

    fn number(&mut self) -> Parsed<&'a str> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
            if matches!(self.peek(), Some(b'0'..=b'9')) {
                self.at = start;
                return Err(self.error(JsonFault::Syntax, "a number with a leading zero"));
            }
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    fn digits(&mut self) -> Parsed<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start { Err(self.expected("a digit")) } else { Ok(()) }
    }

    fn word(&mut self, word: &str, kind: Kind<'a>) -> Parsed<Kind<'a>> {
        if self.bytes[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(kind);
        }
        Err(self.expected("a JSON value"))
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn skip_white_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    #[cold]
    fn trailing_comma(&self, bracket: u8) -> Box<JsonError> {
        let message = format!("`{}` after a comma; remove the trailing comma", bracket as char);
        self.error(JsonFault::Syntax, message)
    }

    #[cold]
    fn expected(&self, what: &str) -> Box<JsonError> {
        self.error(JsonFault::Syntax, format!("{} where {what} should stand", self.found()))
    }

    /// What stands here, for messages.
    fn found(&self) -> String {
        match self.text[self.at..].chars().next() {
            Some(found) if found.is_ascii_graphic() => format!("`{found}`"),
            Some(found) => format!("the character U+{:04X}", u32::from(found)),
            None => "the end of the text".to_owned(),
        }
    }

    #[cold]
    fn error(&self, fault: JsonFault, message: impl Into<String>) -> Box<JsonError> {
        Box::new(JsonError { offset: self.at, fault, message: message.into() })
    }
}

/// The first byte at or after `from` that is a quotation mark, a backslash or a control character; the length if none is.
fn plain_end(bytes: &[u8], from: usize) -> usize {
    const ONES: u64 = u64::MAX / 0xFF;
    const HIGH: u64 = ONES << 7;
    // Eight bytes at a time. Taking `limit` from every byte sets the high bit of those below it; of the bytes that had that bit before,
    // none is looked for. The lowest byte marked is the first that is below; marks above it may be wrong, which does not matter.
    let less = |word: u64, limit: u64| word.wrapping_sub(ONES * limit);
    let mut at = from;
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*eight);
        let quote = less(word ^ (ONES * u64::from(b'"')), 1);
        let backslash = less(word ^ (ONES * u64::from(b'\\')), 1);
        let marks = (quote | backslash | less(word, 0x20)) & !word & HIGH;
        if marks != 0 {
            return at + marks.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|&byte| byte == b'"' || byte == b'\\' || byte < 0x20).unwrap_or(rest.len())
}

/// Appends `text` as a JSON string: quotation marks, backslashes and control characters escaped, the rest as it is.
pub fn write_string(out: &mut String, text: &str) {
    write_escaped(out, text, Repertoire::Unicode);
}

/// Which characters a [`Writer`] writes as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Repertoire {
    /// All that JSON allows.
    #[default]
    Unicode,
    /// Those to U+00FF, as policy documents require (GRAM-003). The others become `\u` escapes.
    Latin1,
}

fn write_escaped(out: &mut String, text: &str, repertoire: Repertoire) {
    out.reserve(text.len() + 2);
    out.push('"');
    let is_plain = plain_end(text.as_bytes(), 0) == text.len();
    if is_plain && (repertoire == Repertoire::Unicode || text.is_ascii()) {
        out.push_str(text);
        out.push('"');
        return;
    }
    let mut rest = text;
    let plain = |character: char| match character {
        '"' | '\\' | '\0'..='\x1f' => false,
        _ => repertoire == Repertoire::Unicode || character <= '\u{ff}',
    };
    while let Some(at) = rest.find(|character| !plain(character)) {
        out.push_str(&rest[..at]);
        let mut after = rest[at..].chars();
        match after.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some(other) => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            None => break,
        }
        rest = after.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

/// Writes compact JSON, value after value; commas and colons come by themselves.
///
/// The caller opens and closes in balance and gives every member of an object a name.
///
/// ```
/// use assize_model::json::Writer;
/// let mut writer = Writer::new();
/// writer.open_object();
/// writer.name("ids").open_array().number(1).number(2).close_array();
/// writer.name("label").string("a \"b\"");
/// writer.close_object();
/// assert_eq!(writer.finish(), r#"{"ids":[1,2],"label":"a \"b\""}"#);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Writer {
    out: String,
    repertoire: Repertoire,
    /// Whether a comma is due before what comes next.
    comma: bool,
}

impl Writer {
    /// A writer with nothing written.
    pub fn new() -> Self {
        Writer::default()
    }

    /// A writer for texts that hold characters to U+00FF only (GRAM-003).
    pub fn latin1() -> Self {
        // Most documents fit.
        let out = String::with_capacity(512);
        Writer { out, repertoire: Repertoire::Latin1, ..Writer::default() }
    }

    /// `{`.
    pub fn open_object(&mut self) -> &mut Self {
        self.open('{')
    }

    /// `}`.
    pub fn close_object(&mut self) -> &mut Self {
        self.close('}')
    }

    /// `[`.
    pub fn open_array(&mut self) -> &mut Self {
        self.open('[')
    }

    /// `]`.
    pub fn close_array(&mut self) -> &mut Self {
        self.close(']')
    }

    /// The name of the member that comes next.
    pub fn name(&mut self, name: &str) -> &mut Self {
        self.separate();
        write_escaped(&mut self.out, name, self.repertoire);
        self.out.push(':');
        self.comma = false;
        self
    }

    /// The name of the member that comes next, in which there is nothing to escape.
    pub(crate) fn plain_name(&mut self, name: &str) -> &mut Self {
        self.plain_string(name);
        self.out.push(':');
        self.comma = false;
        self
    }

    /// A string in which there is nothing to escape.
    pub(crate) fn plain_string(&mut self, text: &str) -> &mut Self {
        self.separate();
        self.out.reserve(text.len() + 3);
        self.out.push('"');
        self.out.push_str(text);
        self.out.push('"');
        self
    }

    /// A string.
    pub fn string(&mut self, text: &str) -> &mut Self {
        self.separate();
        write_escaped(&mut self.out, text, self.repertoire);
        self
    }

    /// A list of strings.
    pub fn strings<T: AsRef<str>>(&mut self, texts: impl IntoIterator<Item = T>) -> &mut Self {
        self.open_array();
        for text in texts {
            self.string(text.as_ref());
        }
        self.close_array()
    }

    /// A whole number.
    pub fn number(&mut self, number: u64) -> &mut Self {
        self.raw(&number.to_string())
    }

    /// `true` or `false`.
    pub fn bool(&mut self, value: bool) -> &mut Self {
        self.raw(if value { "true" } else { "false" })
    }

    /// `null`.
    pub fn null(&mut self) -> &mut Self {
        self.raw("null")
    }

    /// A value that is JSON text already.
    pub fn raw(&mut self, json: &str) -> &mut Self {
        self.separate();
        self.out.push_str(json);
        self
    }

    /// The text.
    pub fn finish(self) -> String {
        self.out
    }

    fn open(&mut self, bracket: char) -> &mut Self {
        self.separate();
        self.out.push(bracket);
        self.comma = false;
        self
    }

    fn close(&mut self, bracket: char) -> &mut Self {
        self.out.push(bracket);
        self.comma = true;
        self
    }

    fn separate(&mut self) {
        if self.comma {
            self.out.push(',');
        }
        self.comma = true;
    }
}

/// Indents JSON by two spaces per level and ends it with a line feed. Numbers and strings keep their spelling.
///
/// # Errors
///
/// As [`parse`].
pub fn pretty(text: &str) -> Result<String, JsonError> {
    parse(text)?;
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b' ' | b'\n' | b'\r' | b'\t' => {}
            b'"' => {
                at = string_end(bytes, at);
                out.push_str(&text[start..at]);
            }
            b'{' | b'[' => {
                out.push(byte as char);
                let next = bytes[at..]
                    .iter()
                    .position(|byte| !byte.is_ascii_whitespace())
                    .map_or(at, |skip| at + skip);
                if let Some(b'}' | b']') = bytes.get(next) {
                    out.push(bytes[next] as char);
                    at = next + 1;
                } else {
                    depth += 1;
                    break_line(&mut out, depth);
                }
            }
            b'}' | b']' => {
                depth -= 1;
                break_line(&mut out, depth);
                out.push(byte as char);
            }
            b',' => {
                out.push(',');
                break_line(&mut out, depth);
            }
            b':' => out.push_str(": "),
            _ => out.push(byte as char),
        }
    }
    out.push('\n');
    Ok(out)
}

/// The offset after the closing quotation mark of the string whose content begins at `at`, in well-formed JSON.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    loop {
        at = plain_end(bytes, at);
        match bytes.get(at) {
            Some(b'\\') => at += 2,
            _ => return (at + 1).min(bytes.len()),
        }
    }
}

fn break_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}
