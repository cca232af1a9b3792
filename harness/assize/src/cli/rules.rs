//! `assize rules`.

use assize::catalogue::{Catalogue, Filter, Rule, Status};
use assize::corpus::{Corpus, Entry};
use assize_model::json::Writer;

use super::output::Output;
use super::{Ending, Finding, catalogue};

/// List the rules of the standard, or show one
///
/// With the name of a rule: the whole rule, its cases, and the scenarios that test it. Otherwise one rule a line.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// A rule (EVAL-043), the beginning of rules (EVAL, EVAL-04), or words of their title or text
    what: Option<String>,
    /// Only rules of this chapter
    #[arg(long, value_name = "N")]
    chapter: Option<usize>,
    /// Only rules with this status
    #[arg(long, value_name = "STATUS", value_parser = Status::ALL.map(Status::as_str))]
    status: Option<String>,
    /// Print JSON lines: one rule a line, with all its members
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Ending {
    let catalogue = catalogue()?;
    let mut filter = Filter {
        chapter: arguments.chapter,
        status: arguments.status.as_deref().and_then(Status::from_word),
        ..Filter::default()
    };
    let what = arguments.what.as_deref();
    let named = |rule: &&Rule| what.is_some_and(|what| rule.id.as_str().eq_ignore_ascii_case(what));
    let one = catalogue.rules.iter().find(named);
    let begins = |prefix: &str| {
        catalogue.rules.iter().any(|rule| {
            rule.id.as_str().get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        })
    };
    match what {
        Some(what) if one.is_some() || begins(what) => filter.prefix = Some(what.to_owned()),
        other => filter.word = other.map(str::to_owned),
    }
    let rules: Vec<&Rule> = catalogue.select(&filter).collect();
    if rules.is_empty() {
        return Err("no rule is like that; `assize rules` lists all".to_owned());
    }
    if let (Some(rule), false) = (one, arguments.json) {
        output.text(&rule.render());
        output.text(&tested_by(&catalogue, rule)?);
        return Ok(Finding::Holds);
    }
    for rule in rules {
        if arguments.json {
            output.line(&rule_json(&catalogue, rule));
        } else {
            let status = rule.standing.own().map_or("as the rules", Status::as_str);
            output.line(&format!("{:<10} {status:<20} {}", rule.id.as_str(), rule.title));
        }
    }
    Ok(Finding::Holds)
}

fn tested_by(catalogue: &Catalogue, rule: &Rule) -> Result<String, String> {
    let corpus = Corpus::standard(catalogue)
        .map_err(|errors| super::lines("the scenarios cannot be read", &errors))?;
    let tests = |entry: &&Entry| entry.scenario.rules.iter().any(|id| id == rule.id.as_str());
    let mut text = "\nTested by:\n".to_owned();
    let names: Vec<&Entry> = corpus.entries.iter().filter(tests).collect();
    for entry in &names {
        text.push_str(&format!("- {} ({})\n", entry.scenario.name, entry.place()));
    }
    if names.is_empty() {
        text.push_str("- no scenario of the corpus\n");
    }
    Ok(text)
}

fn rule_json(catalogue: &Catalogue, rule: &Rule) -> String {
    let mut writer = Writer::new();
    writer.open_object();
    writer.name("id").string(rule.id.as_str()).name("title").string(rule.title);
    writer.name("chapter").string(catalogue.chapter_of(rule).map_or("", |chapter| chapter.slug()));
    writer.name("status");
    match rule.standing.own() {
        Some(status) => writer.string(status.as_str()),
        None => writer.null(),
    };
    writer.name("status_text").string(&rule.status_text);
    writer.name("rule").string(&rule.text).name("source").string(&rule.source);
    for (name, text) in [("needs", &rule.needs), ("fails_when", &rule.fails_when), ("setting", &rule.setting)]
    {
        if let Some(text) = text {
            writer.name(name).string(text);
        }
    }
    writer.name("cases").strings(&rule.cases);
    writer.name("references").strings(rule.references.iter().map(|id| id.as_str()));
    writer.close_object();
    writer.finish()
}
