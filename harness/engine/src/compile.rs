//! From parsed documents to compiled ones.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::BuildHasherDefault;

use assize_model::source::Span as Bytes;
use assize_model::{
    BaseOperator, Code, ConditionKey, Diagnostic, Document, Element, Operator, Position, PrincipalElement,
    PrincipalEntry, PrincipalKey, PrincipalSpec, Region, Version,
};

use crate::base64;
use crate::condition::{Comparison, Relation, Test};
use crate::decimal::Decimal;
use crate::document::{ActionPattern, Label, ResourceElement, Statement, Tables};
use crate::hash::{self, Beginnings, Hashed};
use crate::instant::Instant;
use crate::key::{Derived, Key, Name};
use crate::naming::{Named, Naming};
use crate::network::Network;
use crate::pattern::{COLONS, Pattern, Reach, Token};
use crate::text::{List, Span};

/// The longest text that is compiled. A compiled document holds its text at most three times, in at most 4 GiB.
pub(crate) const MAX_BYTES: usize = 1 << 30;

/// How many values without variables a `StringEquals` has before they are sorted and searched.
const SEARCH_FROM: usize = 12;

/// What is wrong with a document beyond [`MAX_BYTES`].
pub(crate) fn too_long(length: usize) -> Diagnostic {
    Diagnostic {
        code: Code::Size,
        rule: "GRAM-050",
        pointer: String::new(),
        span: Bytes { start: 0, end: length },
        region: Region { start: Position::START, end: Position::START },
        message: format!(
            "The document has {length} bytes; split it into documents of at most {MAX_BYTES} bytes."
        ),
    }
}

/// Compiles the statements of a document.
pub(crate) fn compile(document: Document) -> Tables {
    let mut compiler = Compiler {
        tables: Tables::default(),
        variables: document.version == Version::V2012 || faulty!(VariablesWhateverTheVersion),
        keys: HashMap::default(),
        #[cfg(feature = "faults")]
        shared: HashMap::new(),
    };
    compiler.reserve(&document.statements);
    for (statement, &region) in document.statements.iter().zip(&document.regions) {
        let compiled = compiler.statement(statement);
        compiler.tables.statements.push(compiled);
        compiler.tables.labels.push(Label { sid: statement.sid.clone(), region });
    }
    compiler.finish()
}

struct Compiler {
    tables: Tables,
    /// Whether `${…}` is special (MATCH-061).
    variables: bool,
    /// The numbers of the keys by hash; a key whose hash is taken by another has the next free one.
    keys: HashMap<u64, u32, BuildHasherDefault<Hashed>>,
    /// The patterns that a fault shares, by text.
    #[cfg(feature = "faults")]
    shared: HashMap<String, Pattern>,
}

/// Which wildcards a pattern may have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wildcards {
    /// None: `*` and `?` are themselves (COND-042).
    None,
    /// All take anything (COND-043).
    Wide,
    /// Those of ARN operators (COND-091 to COND-093).
    Components,
    /// Those of resources (MATCH-032).
    Resource,
}

impl Compiler {
    /// Makes room for these statements, mostly as much as they take: most documents are small, and growing would cost as much as
    /// compiling.
    fn reserve(&mut self, statements: &[assize_model::Statement]) {
        let (mut actions, mut patterns, mut tests, mut text) = (0, 0, 0, 0);
        let length = |entries: &[String]| entries.iter().map(String::len).sum::<usize>();
        for statement in statements {
            actions += statement.action.entries.len();
            text += length(&statement.action.entries);
            if let Some(resource) = &statement.resource {
                patterns += resource.entries.len();
                text += length(&resource.entries);
            }
            for key in statement.condition.iter().flat_map(|block| &block.keys) {
                tests += 1;
                patterns += key.values.len();
                // The name as spelled and folded.
                text += 2 * key.key.len() + key.values.iter().map(|value| value.text.len()).sum::<usize>();
            }
            if let Some(PrincipalElement { spec: PrincipalSpec::Map(entries), .. }) = &statement.principal {
                text += entries.iter().map(|entry| length(&entry.values)).sum::<usize>();
            }
        }
        self.tables.statements.reserve_exact(statements.len());
        self.tables.labels.reserve_exact(statements.len());
        self.tables.actions.reserve_exact(actions);
        self.tables.patterns.reserve_exact(patterns);
        self.tables.tests.reserve_exact(tests);
        self.tables.text.reserve_exact(text);
    }

    fn finish(self) -> Tables {
        let mut tables = self.tables;
        tables.text.shrink_to_fit();
        tables.actions.shrink_to_fit();
        tables.patterns.shrink_to_fit();
        tables.tokens.shrink_to_fit();
        tables.named.shrink_to_fit();
        tables.tests.shrink_to_fit();
        tables.decimals.shrink_to_fit();
        tables.instants.shrink_to_fit();
        tables.networks.shrink_to_fit();
        tables.keys.shrink_to_fit();
        tables
    }

    fn statement(&mut self, statement: &assize_model::Statement) -> Statement {
        let actions = self.tables.actions.len();
        for action in &statement.action.entries {
            let action = self.action(action);
            self.tables.actions.push(action);
        }
        let actions = List::new(actions, self.tables.actions.len());
        // Keys count in the order of first use, resources before conditions (EVAL-076).
        let resource = self.resource(statement.resource.as_ref());
        let tests = self.tables.tests.len();
        for block in &statement.condition {
            for key in &block.keys {
                let test = self.test(block.operator, key);
                faulty!(UnreadableTestsFolded {
                    match test.comparison {
                        Comparison::Numeric(_, list) | Comparison::Date(_, list) | Comparison::Ip(list) if list.len() == 0 => continue,
                        _ => {}
                    }
                });
                self.tables.tests.push(test);
            }
        }
        let tests = List::new(tests, self.tables.tests.len());
        let naming = self.naming(statement.principal.as_ref());
        Statement {
            effect: statement.effect,
            action_negated: statement.action.negated,
            resource,
            naming,
            actions,
            tests,
        }
    }

    /// Keeps a text.
    fn keep(&mut self, text: &str) -> Span {
        let start = self.tables.text.len();
        self.tables.text.push_str(text);
        Span::new(start..self.tables.text.len())
    }

    /// Keeps a text with its ASCII letters in lower case.
    fn keep_folded(&mut self, text: &str) -> Span {
        let start = self.tables.text.len();
        self.tables.text.push_str(text);
        self.tables.text[start..].make_ascii_lowercase();
        Span::new(start..self.tables.text.len())
    }

    fn action(&mut self, action: &str) -> ActionPattern {
        if action == "*" || action == "*:*" {
            return ActionPattern::Everything;
        }
        // Actions are short: looking at each byte is faster than setting up searches.
        let (vendor, name) = match action.bytes().position(|byte| byte == b':') {
            Some(colon) => (&action[..colon], &action[colon + 1..]),
            None => ("", action),
        };
        let is_wildcard = |byte: u8| byte == b'*' || (byte == b'?' && !faulty!(QuestionMarkIsLiteral));
        let wildcard = name.bytes().position(is_wildcard);
        match wildcard {
            None if vendor != "*" => {
                let text = self.keep_folded(action);
                ActionPattern::Exact { hash: hash::ascii_folded(action.as_bytes()), text }
            }
            Some(at) if vendor != "*" && (&name[at..] == "*" || faulty!(FirstStarEndsActions)) => {
                let prefix = &action[..vendor.len() + 1 + at];
                let head = Beginnings::new(prefix.as_bytes()).head();
                ActionPattern::Prefix { head, text: self.keep_folded(prefix) }
            }
            _ => {
                // The text before the first wildcard, vendor included, is one stretch, so that the index can find it.
                let first = vendor.len() + 1 + wildcard.unwrap_or(name.len());
                let beginning = self.keep_folded(&action[..first]);
                let start = self.tables.tokens.len();
                if first > vendor.len() + 1 {
                    self.tables.tokens.push(Token::Text(beginning.after(vendor.len() + 1)));
                }
                let mut rest = &action[first..];
                while let Some(&byte @ (b'*' | b'?')) = rest.as_bytes().first() {
                    self.wildcard(byte, Reach::Wide, start);
                    let text = &rest[1..rest[1..].find(['*', '?']).map_or(rest.len(), |at| at + 1)];
                    rest = &rest[1 + text.len()..];
                    if !text.is_empty() {
                        let text = self.keep_folded(text);
                        self.tables.tokens.push(Token::Text(text));
                    }
                }
                let name = List::new(start, self.tables.tokens.len());
                match vendor {
                    "*" => ActionPattern::GlobOfAnyVendor(name),
                    _ => ActionPattern::Glob { beginning, vendor: beginning.first(vendor.len()), name },
                }
            }
        }
    }

    /// Adds a wildcard to the tokens from `start` on; a star that follows an equal one adds nothing (MATCH-005).
    fn wildcard(&mut self, byte: u8, reach: Reach, start: usize) {
        let token = if byte == b'*' { Token::Star(reach) } else { Token::One(reach) };
        let repeated = matches!(token, Token::Star(_)) && self.tables.tokens[start..].last() == Some(&token);
        if !repeated {
            self.tables.tokens.push(token);
        }
    }

    fn resource(&mut self, element: Option<&Element>) -> ResourceElement {
        let Some(element) = element else { return ResourceElement::Every };
        if element.entries.iter().any(|entry| entry == "*") {
            // The other entries matter no more, but the keys that they name do (EVAL-076).
            for entry in &element.entries {
                self.pattern(entry, Wildcards::Resource, self.variables);
            }
            return if element.negated { ResourceElement::Nothing } else { ResourceElement::Every };
        }
        let list = self.patterns(&element.entries, Wildcards::Resource);
        if element.negated { ResourceElement::Except(list) } else { ResourceElement::Among(list) }
    }

    fn patterns(&mut self, entries: &[String], wildcards: Wildcards) -> List {
        self.values(entries.iter().map(String::as_str), wildcards, self.variables)
    }

    /// Compiles one pattern. `variables` says whether `${…}` is special.
    fn pattern(&mut self, text: &str, wildcards: Wildcards, variables: bool) -> Pattern {
        if wildcards == Wildcards::Resource && text == "*" {
            return Pattern::Everything;
        }
        let is_wildcard = |byte: &u8| matches!(byte, b'*' | b'?') && wildcards != Wildcards::None;
        let special = text.bytes().position(|byte| is_wildcard(&byte) || (byte == b'$' && variables));
        let Some(special) = special else {
            return self.plain(text, wildcards);
        };
        let is_tail = |text: &str| text.bytes().filter(|&byte| byte == b':').count() >= COLONS;
        let trailing_star =
            &text[special..] == "*" || faulty!(FirstStarEndsResources if text[special..].starts_with('*'));
        if trailing_star && (wildcards != Wildcards::Components || is_tail(text)) {
            return match special {
                0 => Pattern::Everything,
                _ => Pattern::Prefix(self.keep(&text[..special])),
            };
        }
        Tokens::new(self, wildcards).read(text, variables)
    }

    /// A pattern without anything special.
    fn plain(&mut self, text: &str, wildcards: Wildcards) -> Pattern {
        let colons = || text.bytes().filter(|&byte| byte == b':').count();
        if wildcards == Wildcards::Components && colons() < COLONS {
            return Pattern::Nothing;
        }
        Pattern::Text(self.keep(text))
    }

    /// The number of the key with this name.
    fn key(&mut self, name: &str) -> u32 {
        let hash = hash::folded(name);
        let number = self.tables.keys.len() as u32;
        let mut place = faulty!(KeysByHashAlone => hash & 7, else hash);
        loop {
            match self.keys.entry(place) {
                Entry::Vacant(vacant) => {
                    vacant.insert(number);
                    break;
                }
                Entry::Occupied(known) => {
                    let known = *known.get();
                    let spelled = self.tables.keys[known as usize].spelled.of(&self.tables.text);
                    if spelled == name || hash::eq_folding(spelled, name) || faulty!(KeysByHashAlone) {
                        return known;
                    }
                    place = place.wrapping_add(1);
                }
            }
        }
        let spelled = self.keep(name);
        let name = match Derived::parse(name) {
            Some(derived) => Name::Derived(derived),
            None => {
                let start = self.tables.text.len();
                hash::fold_into(&mut self.tables.text, name);
                Name::Supplied { hash, folded: Span::new(start..self.tables.text.len()) }
            }
        };
        self.tables.keys.push(Key { name, spelled });
        number
    }

    fn test(&mut self, operator: Operator, key: &ConditionKey) -> Test {
        let number = self.key(&key.key);
        let (negated, base) = positive(operator.base);
        Test {
            key: number,
            set: faulty!(SetOperatorDropped => None, else operator.set),
            if_exists: operator.if_exists && !faulty!(IfExistsDropped),
            negated: negated && !faulty!(NegationLostWithIfExists if operator.if_exists),
            comparison: self.comparison(base, key),
        }
    }

    /// The comparison of a positive operator.
    fn comparison(&mut self, base: BaseOperator, key: &ConditionKey) -> Comparison {
        let texts = || key.values.iter().map(|value| value.text.as_str());
        let says = |word: &str| texts().any(|text| text.eq_ignore_ascii_case(word));
        match base {
            BaseOperator::Null => Comparison::Null { absent: says("true"), present: says("false") },
            BaseOperator::StringEquals => self.strings(key),
            BaseOperator::StringEqualsIgnoreCase => {
                Comparison::IgnoringCase(self.values(texts(), Wildcards::None, self.variables))
            }
            BaseOperator::StringLike => {
                Comparison::Patterns(self.values(texts(), Wildcards::Wide, self.variables))
            }
            BaseOperator::ArnLike => {
                Comparison::Patterns(self.values(texts(), Wildcards::Components, self.variables))
            }
            BaseOperator::Bool => {
                let variables = self.variables;
                let with_variables = texts().filter(|text| variables && text.contains("${"));
                let templates = self.values(with_variables, Wildcards::None, variables);
                Comparison::Bool { yes: says("true"), no: says("false"), templates }
            }
            BaseOperator::BinaryEquals => {
                let canonical = texts().filter(|text| base64::is_canonical(text));
                Comparison::Binary(self.values(canonical, Wildcards::None, false))
            }
            BaseOperator::IpAddress => {
                let start = self.tables.networks.len();
                self.tables.networks.extend(texts().filter_map(Network::parse));
                Comparison::Ip(List::new(start, self.tables.networks.len()))
            }
            BaseOperator::NumericEquals => self.numeric(Relation::Equal, key),
            BaseOperator::NumericLessThan => self.numeric(Relation::Less, key),
            BaseOperator::NumericLessThanEquals => self.numeric(Relation::LessOrEqual, key),
            BaseOperator::NumericGreaterThan => self.numeric(Relation::Greater, key),
            BaseOperator::NumericGreaterThanEquals => self.numeric(Relation::GreaterOrEqual, key),
            BaseOperator::DateEquals => self.date(Relation::Equal, key),
            BaseOperator::DateLessThan => self.date(Relation::Less, key),
            BaseOperator::DateLessThanEquals => self.date(Relation::LessOrEqual, key),
            BaseOperator::DateGreaterThan => self.date(Relation::Greater, key),
            BaseOperator::DateGreaterThanEquals => self.date(Relation::GreaterOrEqual, key),
            // `positive` gives none of the others.
            _ => Comparison::Patterns(List::default()),
        }
    }

    fn values<'t>(
        &mut self,
        texts: impl Iterator<Item = &'t str>,
        wildcards: Wildcards,
        variables: bool,
    ) -> List {
        let start = self.tables.patterns.len();
        for text in texts {
            let pattern = self.pattern(text, wildcards, variables);
            let pattern = faulty!(PatternsSharedByText => self.share(text.to_owned(), pattern), else pattern);
            let pattern =
                faulty!(PatternsSharedByLowerCase => self.share(text.to_lowercase(), pattern), else pattern);
            self.tables.patterns.push(pattern);
        }
        List::new(start, self.tables.patterns.len())
    }

    /// The first pattern that was compiled for a text.
    #[cfg(feature = "faults")]
    fn share(&mut self, text: String, pattern: Pattern) -> Pattern {
        *self.shared.entry(text).or_insert(pattern)
    }

    fn strings(&mut self, key: &ConditionKey) -> Comparison {
        let texts = key.values.iter().map(|value| value.text.as_str());
        let list = self.values(texts, Wildcards::None, self.variables);
        if list.len() < SEARCH_FROM {
            return Comparison::Patterns(list);
        }
        let start = self.tables.patterns.len() - list.len();
        let Tables { text, patterns, .. } = &mut self.tables;
        let spelled = |pattern: &Pattern| match *pattern {
            Pattern::Text(span) => (false, span.of(text)),
            _ => (true, ""),
        };
        if !faulty!(ValuesNotSorted) {
            patterns[start..].sort_unstable_by(|one, other| spelled(one).cmp(&spelled(other)));
        }
        let plain = start + patterns[start..].partition_point(|pattern| matches!(pattern, Pattern::Text(_)));
        let rest = List::new(plain, patterns.len());
        let rest = faulty!(VariablesAmongSortedDropped => List::default(), else rest);
        Comparison::Sorted { texts: List::new(start, plain), rest }
    }

    fn numeric(&mut self, relation: Relation, key: &ConditionKey) -> Comparison {
        let start = self.tables.decimals.len();
        self.tables.decimals.extend(key.values.iter().filter_map(|value| Decimal::parse(&value.text)));
        Comparison::Numeric(relation, List::new(start, self.tables.decimals.len()))
    }

    fn date(&mut self, relation: Relation, key: &ConditionKey) -> Comparison {
        let start = self.tables.instants.len();
        self.tables.instants.extend(key.values.iter().filter_map(|value| Instant::parse(&value.text)));
        Comparison::Date(relation, List::new(start, self.tables.instants.len()))
    }

    fn naming(&mut self, element: Option<&PrincipalElement>) -> Naming {
        let Some(element) = element else { return Naming::Everyone };
        let everyone = match &element.spec {
            PrincipalSpec::Everyone => true,
            PrincipalSpec::Map(entries) => entries
                .iter()
                .any(|entry| entry.key == PrincipalKey::Aws && entry.values.iter().any(|value| value == "*")),
        };
        match (&element.spec, element.negated) {
            (_, false) if everyone => Naming::Everyone,
            (_, true) if everyone => Naming::ExceptEveryone,
            (PrincipalSpec::Map(entries), false) => Naming::Among(self.named(entries)),
            (PrincipalSpec::Map(entries), true) => Naming::Except(self.named(entries)),
            (PrincipalSpec::Everyone, _) => Naming::Everyone,
        }
    }

    fn named(&mut self, entries: &[PrincipalEntry]) -> List {
        let start = self.tables.named.len();
        for entry in entries {
            for value in &entry.values {
                let named = match entry.key {
                    PrincipalKey::Aws => self.aws(value),
                    PrincipalKey::Service => Named::Service(self.keep(value)),
                    PrincipalKey::Federated => Named::Federated(self.keep(value)),
                    PrincipalKey::CanonicalUser => Named::CanonicalUser(self.keep(value)),
                };
                self.tables.named.push(named);
            }
        }
        List::new(start, self.tables.named.len())
    }

    /// A value under `AWS` other than `*` (PRIN-020, PRIN-021, PRIN-025).
    fn aws(&mut self, value: &str) -> Named {
        let is_account = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_account(value) {
            return Named::Account { id: self.keep(value), partition: None };
        }
        let mut fields = value.splitn(6, ':');
        let fields: [&str; 6] = std::array::from_fn(|_| fields.next().unwrap_or_default());
        match fields {
            // The grammar lets through no `root` of anything but an account (GRAM-027).
            ["arn", partition, "iam", "", account, "root"] => {
                Named::Account { id: self.keep(account), partition: Some(self.keep(partition)) }
            }
            ["arn", ..] => Named::Arn(self.keep(value)),
            _ => Named::UniqueId(self.keep(value)),
        }
    }
}

/// Whether an operator is negated (COND-004), and its positive counterpart. Of equal operators (COND-090) it gives one.
fn positive(base: BaseOperator) -> (bool, BaseOperator) {
    match base {
        BaseOperator::StringNotEquals => (true, BaseOperator::StringEquals),
        BaseOperator::StringNotEqualsIgnoreCase => (true, BaseOperator::StringEqualsIgnoreCase),
        BaseOperator::StringNotLike => (true, BaseOperator::StringLike),
        BaseOperator::NumericNotEquals => (true, BaseOperator::NumericEquals),
        BaseOperator::DateNotEquals => (true, BaseOperator::DateEquals),
        BaseOperator::NotIpAddress => (true, BaseOperator::IpAddress),
        BaseOperator::ArnNotEquals | BaseOperator::ArnNotLike => (true, BaseOperator::ArnLike),
        BaseOperator::ArnEquals => (false, BaseOperator::ArnLike),
        _ => (false, base),
    }
}

/// Reads one pattern into tokens.
struct Tokens<'c> {
    compiler: &'c mut Compiler,
    wildcards: Wildcards,
    /// Where the pattern's tokens begin.
    start: usize,
    /// Where the text begins that is not yet a token.
    pending: usize,
    /// The colons read that separate fields.
    colons: usize,
    variables: u32,
    /// A variable stands before the fifth colon.
    variable_in_head: bool,
    /// It can cover nothing (MATCH-071).
    nothing: bool,
}

impl<'c> Tokens<'c> {
    fn new(compiler: &'c mut Compiler, wildcards: Wildcards) -> Self {
        let (start, pending) = (compiler.tables.tokens.len(), compiler.tables.text.len());
        Tokens {
            compiler,
            wildcards,
            start,
            pending,
            colons: 0,
            variables: 0,
            variable_in_head: false,
            nothing: false,
        }
    }

    fn read(mut self, text: &str, variables: bool) -> Pattern {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let reference = if variables { Reference::at(&text[at..]) } else { None };
            if let Some((reference, length)) = reference {
                self.reference(reference);
                at += length;
                continue;
            }
            if matches!(bytes[at], b'*' | b'?') && self.wildcards != Wildcards::None {
                let field_ends = matches!(bytes.get(at + 1), None | Some(b':'));
                self.wildcard(bytes[at], field_ends);
                at += 1;
                continue;
            }
            let special = |byte: &u8| matches!(byte, b'*' | b'?' | b'$');
            let plain = 1 + bytes[at + 1..].iter().position(special).unwrap_or(bytes.len() - at - 1);
            let run = &text[at..at + plain];
            self.colons += run.bytes().filter(|&byte| byte == b':').count();
            self.compiler.tables.text.push_str(run);
            at += plain;
        }
        self.flush();
        self.finish()
    }

    /// Makes a token of the text read since the last one.
    fn flush(&mut self) {
        let end = self.compiler.tables.text.len();
        if end != self.pending {
            self.compiler.tables.tokens.push(Token::Text(Span::new(self.pending..end)));
        }
        self.pending = end;
    }

    fn wildcard(&mut self, byte: u8, field_ends: bool) {
        self.flush();
        let in_head = self.colons < COLONS;
        let reach = match self.wildcards {
            Wildcards::None | Wildcards::Wide => Reach::Wide,
            Wildcards::Components if self.variable_in_head => Reach::Component,
            Wildcards::Components if in_head => Reach::Narrow,
            Wildcards::Components => Reach::Wide,
            Wildcards::Resource if in_head && !(byte == b'*' && field_ends) => Reach::Narrow,
            Wildcards::Resource => Reach::Wide,
        };
        self.compiler.wildcard(byte, reach, self.start);
    }

    fn reference(&mut self, reference: Reference<'_>) {
        let in_head = self.colons < COLONS;
        if in_head && self.wildcards == Wildcards::Resource {
            self.nothing = true;
            return;
        }
        faulty!(EscapesAreWildcards {
            if let Reference::Escape(character @ ('*' | '?')) = reference && self.wildcards != Wildcards::None {
                self.wildcard(character as u8, false);
                return;
            }
        });
        match reference {
            Reference::Escape(character) => self.compiler.tables.text.push(character),
            Reference::Variable { name, default } => {
                self.flush();
                self.variable_in_head |= in_head;
                let key = self.compiler.key(name);
                let default = default.map(|default| self.compiler.keep(default));
                let default = faulty!(DefaultsDropped => None, else default);
                self.pending = self.compiler.tables.text.len();
                let ordinal = self.variables;
                self.variables += 1;
                self.compiler.tables.tokens.push(Token::Variable { key, default, ordinal });
            }
        }
    }

    fn finish(self) -> Pattern {
        let tokens = &self.compiler.tables.tokens;
        let list = List::new(self.start, tokens.len());
        let too_few = self.wildcards == Wildcards::Components && self.colons < COLONS;
        if self.nothing || (too_few && self.variables == 0) {
            return Pattern::Nothing;
        }
        match &tokens[self.start..] {
            _ if self.wildcards == Wildcards::Components && self.variable_in_head => {
                Pattern::ArnTemplate(list)
            }
            _ if self.variables != 0 => Pattern::Template(list),
            &[Token::Text(text)] => Pattern::Text(text),
            &[Token::Text(text), Token::Star(Reach::Wide)] => Pattern::Prefix(text),
            [Token::Star(Reach::Wide)] => Pattern::Everything,
            _ => Pattern::Glob(list),
        }
    }
}

/// What a `${…}` means (MATCH-060).
enum Reference<'t> {
    Escape(char),
    Variable { name: &'t str, default: Option<&'t str> },
}

impl<'t> Reference<'t> {
    /// The reference that `text` begins with, and its length. The grammar lets no malformed one through (GRAM-041).
    fn at(text: &'t str) -> Option<(Reference<'t>, usize)> {
        let inner = text.strip_prefix("${")?;
        let inner = &inner[..inner.find('}')?];
        let reference = match inner {
            "*" => Reference::Escape('*'),
            "?" => Reference::Escape('?'),
            "$" => Reference::Escape('$'),
            _ => match inner.split_once(", '") {
                Some((name, default)) => {
                    Reference::Variable { name, default: Some(default.strip_suffix('\'')?) }
                }
                None => Reference::Variable { name: inner, default: None },
            },
        };
        Some((reference, "${}".len() + inner.len()))
    }
}
