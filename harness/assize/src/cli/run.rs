//! `assize run`.

use std::panic;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use assize::catalogue::Catalogue;
use assize::compare::Strength;
use assize::corpus::{Corpus, Entry, regressions};
use assize::evaluators;
use assize::generation::finding::Minimal;
use assize::generation::{Contest, Generation, Outcome, SEED, Summary};
use assize::report::{BAD, summary_json, summary_text, tried_json, tried_text};
use assize::sequences::minimal::{kept, replay};
use assize::sequences::subject::EngineStore;
use assize::tally::Tally;
use assize::trial::{Judgement, Subject, Trial, Tried};
use assize_generate::Settings;
use assize_model::Evaluator;
use assize_model::json::Writer;
use indicatif::{ProgressBar, ProgressStyle};

use super::output::Output;
use super::{Ending, Finding, catalogue, corpus};

/// How many scenarios are generated unless told otherwise: ten to fifteen seconds on two cores.
const CASES: u64 = 40_000;

/// Hold evaluators against the corpus and against generated scenarios
///
/// Without arguments: the optimized engine against the reference, whole evaluation records compared, and both against what the cases
/// expect; then generated scenarios, on which the engine must answer as the reference does and keep the invariants of chapter 08.
/// Prints what fell short, then what was tried, by chapter and by rule.
///
/// What falls short on a generated scenario is made minimal and kept among the regressions, which every later run replays.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// A scenario file, or a folder of them; again for more [default: the corpus of this repository]
    #[arg(long, value_name = "PATH")]
    corpus: Vec<PathBuf>,
    /// Try this evaluator alone; on generated scenarios against the reference
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
    #[command(flatten)]
    generation: GenerationArguments,
}

/// What is generated.
#[derive(clap::Args)]
#[command(next_help_heading = "Generated scenarios")]
struct GenerationArguments {
    /// How many scenarios to generate; 0 for none [default: 40000; with --corpus or --filter none]
    #[arg(long, value_name = "N")]
    cases: Option<u64>,
    /// What to make them from: equal seeds make equal scenarios
    #[arg(long, value_name = "S", default_value_t = SEED)]
    seed: u64,
    /// Go on for so long, or until --cases are done
    #[arg(long, value_name = "M")]
    minutes: Option<f64>,
    /// How many threads share the work [default: one for each core]
    #[arg(long, value_name = "J")]
    jobs: Option<usize>,
    /// Leave out the corpus and the regressions
    #[arg(long, conflicts_with_all = ["corpus", "filter", "list", "no_generated"])]
    generated_only: bool,
    /// Generate nothing
    #[arg(long, conflicts_with_all = ["cases", "minutes"])]
    no_generated: bool,
    /// Keep no regressions
    #[arg(long)]
    no_save: bool,
}

impl Arguments {
    /// How many scenarios to generate. Who asks for certain cases of a corpus wants those.
    fn cases(&self) -> u64 {
        let generation = &self.generation;
        match (generation.cases, generation.minutes) {
            _ if generation.no_generated => 0,
            (Some(cases), _) => cases,
            (None, Some(_)) => u64::MAX,
            (None, None) if self.is_narrowed() => 0,
            (None, None) => CASES,
        }
    }

    /// Whether certain scenarios are asked for.
    fn is_narrowed(&self) -> bool {
        !self.corpus.is_empty() || self.filter.is_some()
    }

    /// Whether what is kept beside the corpus is tried with it.
    fn replays(&self) -> bool {
        !self.is_narrowed() && !self.generation.generated_only
    }

    fn time(&self) -> Result<Option<Duration>, String> {
        let Some(minutes) = self.generation.minutes else { return Ok(None) };
        let time = Duration::try_from_secs_f64(minutes * 60.0).ok().filter(|time| !time.is_zero());
        time.map(Some).ok_or_else(|| format!("--minutes {minutes} is no time to go on for"))
    }

    fn jobs(&self) -> usize {
        let cores = || thread::available_parallelism().map_or(1, usize::from);
        self.generation.jobs.unwrap_or_else(cores).max(1)
    }
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Ending {
    let catalogue = catalogue()?;
    let time = arguments.time()?;
    let corpus = match arguments.generation.generated_only {
        true => Corpus::default(),
        false => corpus(&arguments.corpus, arguments.filter.as_deref(), &catalogue)?,
    };
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
    let evaluators: Vec<Box<dyn Evaluator>> =
        names.iter().filter_map(|name| evaluators::named(name)).collect();
    let subjects: Vec<Subject<'_>> = names
        .iter()
        .zip(&evaluators)
        .map(|(name, evaluator)| Subject { name: name.clone(), evaluator: &**evaluator, own: true })
        .collect();
    let [standard_name, ..] = evaluators::NAMES;
    let reference = evaluators::named(standard_name);
    let tried = subjects.last().cloned().ok_or("there is no evaluator to try")?;
    let standard = reference.as_deref().filter(|_| tried.name != standard_name).map(|evaluator| Subject {
        name: standard_name.to_owned(),
        evaluator,
        own: true,
    });
    let contest = Contest { tried, standard, strength: Strength::Record };

    let mut report = Report { json: arguments.json, catalogue: &catalogue, tally: Tally::default(), output };
    let trial = Trial { subjects, strength: Strength::Record, catalogue: &catalogue };
    report.corpus(&corpus, &trial, &contest);
    // Sequences are kept of the engine's store, and of no other.
    let replays = arguments.replays() && names.iter().any(|name| name == "engine");
    let sequences = match regressions().filter(|_| replays) {
        Some(folder) => kept(&folder).map_err(|why| format!("{} cannot be read: {why}", folder.display()))?,
        None => Vec::new(),
    };
    let broken = report.sequences(&sequences);

    let generation = Generation {
        contest,
        settings: Settings::default(),
        seed: arguments.generation.seed,
        cases: arguments.cases(),
        time,
        jobs: arguments.jobs(),
    };
    let outcome = (generation.cases > 0).then(|| generate(&generation, arguments.json));
    if let Some(outcome) = &outcome {
        let regressions = if arguments.generation.no_save { None } else { regressions() };
        report.findings(&generation, outcome, regressions.as_deref())?;
    }

    let summary = outcome.as_ref().map(|outcome| Summary { run: &generation, outcome });
    let tally = &report.tally;
    if arguments.json {
        report.output.line(&summary_json(&catalogue, &names, tally, summary.as_ref()));
    } else {
        if !corpus.entries.is_empty() {
            report.output.text(&summary_text(&catalogue, &names, tally));
        }
        if !sequences.is_empty() {
            let (held, of) = (sequences.len() - broken, sequences.len());
            report
                .output
                .line(&format!("\n{held} of {of} kept sequences of changes to the engine's store hold"));
        }
        if let Some(summary) = &summary {
            report.output.text(&format!("\n{}", summary.text()));
        }
    }
    let generated = outcome.as_ref().map(|outcome| outcome.counts).unwrap_or_default();
    if tally.all.passed + tally.all.failed + tally.all.diverged == 0 && generated.requests == 0 {
        return Err("nothing could be tried, so nothing is known".to_owned());
    }
    let holds = tally.all.failed == 0 && broken == 0 && generated.failed == 0;
    Ok(if holds { Finding::Holds } else { Finding::FallsShort })
}

/// Tells and counts what was tried.
struct Report<'r> {
    json: bool,
    catalogue: &'r Catalogue,
    tally: Tally,
    output: &'r mut Output,
}

impl Report<'_> {
    fn corpus(&mut self, corpus: &Corpus, trial: &Trial<'_>, contest: &Contest<'_>) {
        let bar =
            progress(corpus.entries.len() as u64, "{bar:40} {pos}/{len} scenarios, {elapsed}", self.json);
        for entry in &corpus.entries {
            let invariant = contest.replay_invariant(entry, self.catalogue);
            for tried in trial.scenario(entry).iter().chain(&invariant) {
                self.tried(tried, &bar);
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
    }

    /// Tells which sequences no longer hold, and how many those are.
    fn sequences(&mut self, files: &[PathBuf]) -> usize {
        let mut broken = 0;
        for file in files {
            let Err(why) = quietly(|| replay::<EngineStore>(file)) else { continue };
            broken += 1;
            let mut line = Writer::new();
            line.open_object().name("sequence").string(&file.display().to_string());
            line.name("result").string("failed").name("why").string(&why).close_object();
            self.output.line(&if self.json { line.finish() } else { format!("{BAD}FAILED{BAD:#} {why}") });
        }
        broken
    }

    fn tried(&mut self, tried: &Tried<'_>, bar: &ProgressBar) {
        self.tally.add(self.catalogue, tried);
        let text = if self.json { tried_json(tried) + "\n" } else { tried_text(tried) };
        if !text.is_empty() {
            bar.suspend(|| {
                self.output.text(&text);
                self.output.flush();
            });
        }
    }

    /// Tells what fell short on generated scenarios, each finding as small as it gets.
    fn findings(
        &mut self,
        generation: &Generation<'_>,
        outcome: &Outcome,
        folder: Option<&Path>,
    ) -> Result<(), String> {
        let mut told: Vec<Entry> = Vec::new();
        for finding in &outcome.findings {
            let made = quietly(|| finding.minimal(&generation.contest, self.catalogue, folder));
            let Minimal { entry, kept, minimal } =
                made.map_err(|error| format!("{} cannot be written: {}", error.path.display(), error.why))?;
            // Two findings may come down to one.
            if told.iter().any(|known| known.scenario == entry.scenario) {
                continue;
            }
            let tried = quietly(|| generation.contest.replay(&entry, self.catalogue));
            for tried in tried.iter().filter(|tried| !matches!(tried.judgement, Judgement::Passed)) {
                self.tried(tried, &ProgressBar::hidden());
            }
            if !self.json {
                if !kept {
                    self.output.line(&entry.scenario.to_json());
                }
                let how = if minimal { "" } else { ", which may not be the simplest" };
                self.output.line(&format!("  made from case {}{how}\n", finding.case));
            }
            told.push(entry);
        }
        Ok(())
    }
}

fn generate(generation: &Generation<'_>, json: bool) -> Outcome {
    let template = match generation.cases {
        u64::MAX => "{spinner} {pos} generated scenarios, {per_sec}, {elapsed}",
        _ => "{bar:40} {pos}/{len} generated scenarios, {per_sec}, {elapsed}",
    };
    let bar = progress(generation.cases, template, json);
    let outcome = quietly(|| generation.run(&|done| bar.inc(done)));
    bar.finish_and_clear();
    outcome
}

/// Panics of what is tried are findings and are told as such; while shrinking there are hundreds of them.
fn quietly<T>(work: impl FnOnce() -> T) -> T {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let result = work();
    panic::set_hook(hook);
    result
}

/// A bar on standard error; nothing if that is no terminal, or a program reads along.
fn progress(length: u64, template: &str, json: bool) -> ProgressBar {
    if json {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(template);
    ProgressBar::new(length).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
