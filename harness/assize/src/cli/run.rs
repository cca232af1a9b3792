//! `assize run`.

use std::path::PathBuf;

use assize::compare::Strength;
use assize::evaluators;
use assize::report::{summary_json, summary_text, tried_json, tried_text};
use assize::tally::Tally;
use assize::trial::{Subject, Trial};
use indicatif::{ProgressBar, ProgressStyle};

use super::output::Output;
use super::{Ending, Finding, catalogue, corpus};

/// Hold evaluators against the corpus
///
/// Without arguments: the optimized engine against the reference, whole evaluation records compared, and both against what the cases
/// expect. Prints what fell short, then what was tried, by chapter and by rule.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// A scenario file, or a folder of them; again for more [default: the corpus of this repository]
    #[arg(long, value_name = "PATH")]
    corpus: Vec<PathBuf>,
    /// Try this evaluator alone
    #[arg(long, value_name = "NAME", value_parser = evaluators::NAMES)]
    evaluator: Option<String>,
    /// Try only scenarios with TEXT in their name, or that test the rule TEXT or rules that begin with it
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Print the names of the scenarios and what they test, and try nothing
    #[arg(long, conflicts_with = "json")]
    list: bool,
    /// Print JSON lines: one result a line, the last line a summary
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Ending {
    let catalogue = catalogue()?;
    let corpus = corpus(&arguments.corpus, arguments.filter.as_deref(), &catalogue)?;
    if arguments.list {
        for entry in &corpus.entries {
            output.line(&format!(
                "{}  [{}]  {}",
                entry.scenario.name,
                entry.scenario.rules.join(", "),
                entry.place()
            ));
        }
        return Ok(Finding::Holds);
    }

    let names: Vec<String> = match &arguments.evaluator {
        Some(name) => vec![name.clone()],
        None => evaluators::NAMES.map(str::to_owned).to_vec(),
    };
    let chosen: Vec<_> = names.iter().filter_map(|name| Some((name, evaluators::named(name)?))).collect();
    let subjects = chosen
        .iter()
        .map(|(name, evaluator)| Subject { name: (*name).clone(), evaluator: &**evaluator, own: true })
        .collect();
    let trial = Trial { subjects, strength: Strength::Record, catalogue: &catalogue };

    let mut tally = Tally::default();
    let bar = progress(corpus.entries.len(), arguments.json);
    for entry in &corpus.entries {
        for tried in trial.scenario(entry) {
            tally.add(&catalogue, &tried);
            let text = if arguments.json { tried_json(&tried) + "\n" } else { tried_text(&tried) };
            if !text.is_empty() {
                bar.suspend(|| {
                    output.text(&text);
                    output.flush();
                });
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();

    if arguments.json {
        output.line(&summary_json(&catalogue, &names, &tally));
    } else {
        output.text(&summary_text(&catalogue, &names, &tally));
    }
    if tally.all.passed + tally.all.failed + tally.all.diverged == 0 {
        return Err("nothing could be tried, so nothing is known".to_owned());
    }
    Ok(if tally.all.failed == 0 { Finding::Holds } else { Finding::FallsShort })
}

/// A bar on standard error; nothing if that is no terminal, or a program reads along.
fn progress(scenarios: usize, json: bool) -> ProgressBar {
    if json {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} scenarios, {elapsed}");
    ProgressBar::new(scenarios as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
