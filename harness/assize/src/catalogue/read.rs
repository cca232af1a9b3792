//! From the Markdown of the chapters to rules.

use std::collections::{BTreeMap, HashMap};

use super::references::{Mention, mentions, name_at};
use super::{Catalogue, CatalogueError, Chapter, Fixture, Member, Problem, Rule, RuleId, Standing, Status};

/// A rule as it is being read.
struct Draft {
    id: RuleId,
    title: &'static str,
    line: usize,
    /// Text before the first member; a table may stand there.
    lead: String,
    members: BTreeMap<Member, String>,
    /// Members that were met twice, with the line.
    repeated: Vec<(Member, usize)>,
    /// What stands in brackets after `Cases`.
    setting: Option<String>,
    current: Option<Member>,
}

/// Reads all chapters; see [`Catalogue::read`].
pub(super) fn chapters(files: &[(&'static str, &'static str)]) -> Result<Catalogue, Vec<CatalogueError>> {
    let mut errors = Vec::new();
    let mut catalogue = Catalogue { chapters: Vec::new(), rules: Vec::new(), fixtures: Vec::new() };
    let mut seen: HashMap<RuleId, usize> = HashMap::new();
    for (chapter, &(file, text)) in files.iter().enumerate() {
        let mut refuse = |line, problem| errors.push(CatalogueError { file, line, problem });
        match text.lines().next().and_then(|first| first.strip_prefix("# ")) {
            Some(title) => catalogue.chapters.push(Chapter { file, title }),
            None => refuse(1, Problem::NoChapterTitle),
        }
        for draft in drafts(text, &mut refuse) {
            if seen.insert(draft.id, draft.line).is_some() {
                refuse(draft.line, Problem::DuplicateId(draft.id));
            } else if is_fixture(draft.id) {
                let text = draft.lead.trim().to_string();
                catalogue.fixtures.push(Fixture { id: draft.id, title: draft.title, text });
            } else if let Some(rule) = finish(draft, chapter, &mut refuse) {
                catalogue.rules.push(rule);
            }
        }
    }
    resolve_references(files, &mut catalogue, &mut errors);
    if errors.is_empty() { Ok(catalogue) } else { Err(errors) }
}

/// A worked scenario has a number that begins with `S`.
fn is_fixture(id: RuleId) -> bool {
    id.as_str().contains("-S")
}

/// Splits a chapter at its headings and its rules at their members.
fn drafts(text: &'static str, refuse: &mut impl FnMut(usize, Problem)) -> Vec<Draft> {
    let mut done = Vec::new();
    let mut open: Option<Draft> = None;
    let mut fenced = false;
    // Up to the first rule across the page a chapter introduces itself, under headings of its own.
    let mut introduction = true;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if line.starts_with("```") {
            fenced = !fenced;
        }
        introduction &= line != "---";
        if !fenced && (line.starts_with('#') || line == "---") {
            done.extend(open.take());
            if let Some(heading) = line.strip_prefix("### ") {
                open = heading_of(heading, number);
                if open.is_none() && !introduction {
                    refuse(number, Problem::NotARule(heading.to_string()));
                }
            }
        } else if let Some(draft) = &mut open {
            draft.take(line, number, fenced);
        }
    }
    done.extend(open);
    done
}

fn heading_of(heading: &'static str, line: usize) -> Option<Draft> {
    let (name, rest) = name_at(heading)?;
    let id = RuleId(&heading[..name.family.len() + 1 + name.number.len()]);
    Some(Draft {
        id,
        title: rest.trim(),
        line,
        lead: String::new(),
        members: BTreeMap::new(),
        repeated: Vec::new(),
        setting: None,
        current: None,
    })
}

impl Draft {
    /// Takes one line of the rule's body.
    fn take(&mut self, line: &str, number: usize, fenced: bool) {
        match member_at(line).filter(|_| !fenced && !is_fixture(self.id)) {
            Some((member, setting, text)) => {
                if let Some(setting) = setting.filter(|_| member == Member::Cases) {
                    self.setting = Some(setting.to_string());
                }
                let text = match setting.filter(|_| member == Member::FailsWhen) {
                    Some(setting) => format!("({setting}) {text}"),
                    None => text.to_string(),
                };
                self.begin(member, number, &text);
            }
            None => self.append(line),
        }
    }

    /// Begins a member. The chapter on invariants writes `Source` and `Status` on one line, and may put `Needs` and
    /// `Fails when` at the end of the rule's own line.
    fn begin(&mut self, member: Member, number: usize, text: &str) {
        let inline: &[Member] = match member {
            Member::Rule => &[Member::Needs, Member::FailsWhen],
            Member::Source => &[Member::Status],
            _ => &[],
        };
        let (text, follower) = inline
            .iter()
            .find_map(|&next| {
                let mark = format!(" {}: ", next.as_str());
                text.split_once(&mark).map(|(text, rest)| (text, Some((next, rest))))
            })
            .unwrap_or((text, None));
        if self.members.insert(member, text.to_string()).is_some() {
            self.repeated.push((member, number));
        }
        self.current = Some(member);
        if let Some((next, rest)) = follower {
            self.begin(next, number, rest);
        }
    }

    fn append(&mut self, line: &str) {
        let text = match self.current {
            Some(member) => self.members.entry(member).or_default(),
            None => &mut self.lead,
        };
        text.push('\n');
        text.push_str(line);
    }
}

/// Reads `Word: text` or `Word (setting): text` at the start of a line.
fn member_at(line: &str) -> Option<(Member, Option<&str>, &str)> {
    use Member::{Cases, FailsWhen, Needs, Rule, Source, Status};
    [Rule, Needs, FailsWhen, Source, Status, Cases].into_iter().find_map(|member| {
        let rest = line.strip_prefix(member.as_str())?;
        if let Some(text) = rest.strip_prefix(':') {
            return Some((member, None, text.trim()));
        }
        let (setting, text) = rest.strip_prefix(" (")?.split_once("):")?;
        Some((member, Some(setting), text.trim()))
    })
}

/// Checks that a draft is whole and turns it into a rule; references come later.
fn finish(draft: Draft, chapter: usize, refuse: &mut impl FnMut(usize, Problem)) -> Option<Rule> {
    let Draft { id, title, line, lead, mut members, repeated, setting, .. } = draft;
    let mut whole = true;
    let mut fail = |line, problem| {
        whole = false;
        refuse(line, problem);
    };
    if title.is_empty() {
        fail(line, Problem::NoTitle(id));
    }
    for (member, line) in repeated {
        fail(line, Problem::Repeated(id, member));
    }
    let mut optional = |member| {
        let text = members.remove(&member)?;
        Some(text.trim().to_string()).filter(|text| !text.is_empty())
    };
    let mut required = |member| {
        optional(member).unwrap_or_else(|| {
            fail(line, Problem::Missing(id, member));
            String::new()
        })
    };
    let text = format!("{lead}\n\n{}", required(Member::Rule)).trim().to_string();
    let source = required(Member::Source);
    let status_text = required(Member::Status);
    let cases = case_lines(&required(Member::Cases));
    let needs = optional(Member::Needs);
    let fails_when = optional(Member::FailsWhen);
    let standing = standing_of(&status_text);
    if standing.is_none() && !status_text.is_empty() {
        fail(line, Problem::UnknownStatus(id, status_text.clone()));
    }
    let standing = standing.filter(|_| whole)?;
    let references = Vec::new();
    Some(Rule {
        id,
        title,
        chapter,
        line,
        text,
        needs,
        fails_when,
        source,
        standing,
        status_text,
        setting,
        cases,
        references,
    })
}

/// The status that a status line begins with.
fn standing_of(text: &str) -> Option<Standing> {
    if text == "as the rules" {
        return Some(Standing::OfItsRules);
    }
    let end = text.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(text.len());
    Status::from_word(&text[..end]).map(Standing::Own)
}

/// One case per list item; text without a list is one case.
fn case_lines(text: &str) -> Vec<String> {
    let mut cases: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match line.strip_prefix("- ") {
            Some(case) => cases.push(case.to_string()),
            None => match cases.last_mut() {
                Some(last) => {
                    last.push('\n');
                    last.push_str(line);
                }
                None => cases.push(line.to_string()),
            },
        }
    }
    cases
}

/// Looks up every rule that a rule mentions.
fn resolve_references(
    files: &[(&'static str, &'static str)],
    catalogue: &mut Catalogue,
    errors: &mut Vec<CatalogueError>,
) {
    let known: HashMap<&str, RuleId> = catalogue
        .rules
        .iter()
        .map(|rule| rule.id)
        .chain(catalogue.fixtures.iter().map(|fixture| fixture.id))
        .map(|id| (id.as_str(), id))
        .collect();
    let order: Vec<RuleId> = catalogue.rules.iter().map(|rule| rule.id).collect();
    for rule in &mut catalogue.rules {
        let file = files.get(rule.chapter).map_or("", |&(file, _)| file);
        let mut unknown = |name: String| {
            let problem = Problem::UnknownReference(rule.id, name);
            errors.push(CatalogueError { file, line: rule.line, problem });
        };
        let mut found = Vec::new();
        for mention in mentions_of(rule) {
            match mention {
                Mention::One(name) => match known.get(name.as_str()) {
                    Some(&id) => found.push(id),
                    None => unknown(name),
                },
                Mention::Range(from, to) => match (known.get(from.as_str()), known.get(to.as_str())) {
                    (Some(&from), Some(&to)) => found.extend(
                        order.iter().filter(|id| id.family() == from.family() && (from..=to).contains(id)),
                    ),
                    (from_id, to_id) => {
                        let missing = [(from_id, &from), (to_id, &to)];
                        missing
                            .into_iter()
                            .filter(|(id, _)| id.is_none())
                            .for_each(|(_, name)| unknown(name.clone()));
                    }
                },
            }
        }
        for id in found {
            if id != rule.id && !rule.references.contains(&id) {
                rule.references.push(id);
            }
        }
    }
}

fn mentions_of(rule: &Rule) -> Vec<Mention> {
    let prose = [Some(&rule.text), rule.needs.as_ref(), rule.fails_when.as_ref(), Some(&rule.status_text)];
    let mut found: Vec<Mention> =
        prose.into_iter().flatten().flat_map(|text| mentions(text, false)).collect();
    found.extend(mentions(&rule.source, true));
    found.extend(rule.setting.iter().chain(&rule.cases).flat_map(|text| mentions(text, false)));
    found
}
