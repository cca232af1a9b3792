//! `assize faults`.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use assize::compare::Strength;
use assize::faults::curve::{Line, svg};
use assize::faults::hunt::{Found, Hunt, Size, Source, hunt_all, smallest};
use assize::faults::{self, Fault};
use assize_generate::Budget;
use assize_model::json::Writer;

use super::output::Output;
use super::{Ending, Finding};

/// Try the harness against known kinds of bugs
///
/// Each fault of the bank is a reference with one decision made wrong, or the engine with one part of it. Generated cases, or changes of
/// a policy store with requests between them, are put to it and to the correct reference until they are told apart. Prints after how
/// many requests that was: the median and the 95th percentile over the seeds.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Only this fault, or the faults of this family
    #[arg(long, value_name = "ID|FAMILY")]
    fault: Option<String>,
    /// From how many seeds to try; the first is 1
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    seeds: u64,
    /// How many cases to try at most, for each fault and seed
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    budget: u64,
    /// How much of two verdicts to compare
    #[arg(long, value_name = "STRENGTH", default_value = "record", value_parser = ["decision", "deciding", "record"])]
    strength: String,
    /// Draw faults found against cases tried, beside those of the uniform generator
    #[arg(long, value_name = "FILE.svg")]
    curve: Option<PathBuf>,
    /// Take the uniform generator: each part drawn evenly by itself, no request made from a policy
    #[arg(long)]
    uniform: bool,
    /// Print JSON lines: one fault a line, the last line a summary
    #[arg(long)]
    json: bool,
}

/// What became of one fault.
struct Row {
    fault: &'static Fault,
    /// By seed, in order: after how many cases; `None` where it was not found.
    cases: Vec<Option<u64>>,
    /// The first find, made small.
    found: Option<Smallest>,
}

/// A find that was made small.
struct Smallest {
    found: Found,
    size: Size,
    /// How long that took.
    took: Duration,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Ending {
    let chosen = match &arguments.fault {
        None => faults::all(),
        Some(name) => faults::named(name),
    };
    if chosen.is_empty() {
        return Err(
            "no fault and no family has this name; `assize faults --json --budget 0` lists all".to_owned()
        );
    }
    let source = if arguments.uniform { Source::Uniform } else { Source::Policies };
    let strength = match arguments.strength.as_str() {
        "decision" => Strength::Decision,
        "deciding" => Strength::Deciding,
        _ => Strength::Record,
    };
    let how = Hunt { seed: 1, budget: arguments.budget, strength, source };
    let rows = rows(&chosen, arguments.seeds, how);
    for row in &rows {
        output.line(&if arguments.json { row.json() } else { row.text(arguments.budget) });
    }
    output.line(&summary(&rows, arguments));
    if let Some(path) = &arguments.curve {
        let uniform = hunts(&chosen, arguments.seeds, Hunt { source: Source::Uniform, ..how });
        let ours: Vec<Option<u64>> = rows.iter().flat_map(|row| row.cases.clone()).collect();
        let theirs: Vec<Option<u64>> = uniform.iter().flatten().map(cases_of).collect();
        if !arguments.json {
            output.line(&beside(&ours, &theirs));
        }
        let line = |name: &str, cases| Line { name: name.to_owned(), cases };
        let lines =
            [line("requests made from policies", ours), line("everything drawn evenly by itself", theirs)];
        fs::write(path, svg(&lines, arguments.budget))
            .map_err(|why| format!("{} cannot be written: {why}", path.display()))?;
    }
    let found = |row: &Row| row.cases.iter().any(Option::is_some);
    Ok(if rows.iter().all(found) { Finding::Holds } else { Finding::FallsShort })
}

fn cases_of(found: &Option<Found>) -> Option<u64> {
    found.as_ref().map(|found| found.cases)
}

fn rows(chosen: &[&'static Fault], seeds: u64, how: Hunt) -> Vec<Row> {
    let by_seed = hunts(chosen, seeds, how);
    let row = |(at, fault): (usize, &&'static Fault)| {
        let first = by_seed.iter().find_map(|found| found[at].as_ref());
        let found = first.map(|found| {
            let started = Instant::now();
            let found = smallest(fault, found, Budget::default());
            Smallest { took: started.elapsed(), size: found.witness.size(), found }
        });
        Row { fault, cases: by_seed.iter().map(|found| cases_of(&found[at])).collect(), found }
    };
    chosen.iter().enumerate().map(row).collect()
}

/// What each seed finds, in the order of the seeds.
fn hunts(chosen: &[&'static Fault], seeds: u64, how: Hunt) -> Vec<Vec<Option<Found>>> {
    (1..=seeds).map(|seed| hunt_all(chosen, Hunt { seed, ..how })).collect()
}

/// The value below which so many of 100 lie; what was not found lies above all.
fn percentile(cases: &[Option<u64>], percent: usize) -> Option<u64> {
    let mut sorted: Vec<u64> = cases.iter().map(|cases| cases.unwrap_or(u64::MAX)).collect();
    sorted.sort_unstable();
    let at = (sorted.len() * percent).div_ceil(100).clamp(1, sorted.len().max(1)) - 1;
    sorted.get(at).copied().filter(|cases| *cases != u64::MAX)
}

impl Row {
    fn text(&self, budget: u64) -> String {
        let Fault { id, family, rule, severity, .. } = self.fault;
        let what = format!("{id}  ({family}, {rule}, {})", severity.as_str());
        let Some(Smallest { found, size, .. }) = &self.found else {
            return format!("missed  {what}: not within {budget} cases");
        };
        let times = self.cases.iter().flatten().count();
        let members: Vec<&str> =
            found.difference.fields.iter().map(|field| field.name.as_str()).take(2).collect();
        let shown =
            |cases: Option<u64>| cases.map_or("more than tried".to_owned(), |cases| cases.to_string());
        format!(
            "found   {what}: by its {} in {}, after {} cases (95th percentile: {}), {times} of {} seeds; smallest {} statements, {} conditions",
            found.strength.as_str(),
            members.join(", "),
            shown(percentile(&self.cases, 50)),
            shown(percentile(&self.cases, 95)),
            self.cases.len(),
            size.statements,
            size.conditions,
        )
    }

    fn json(&self) -> String {
        let mut writer = Writer::new();
        writer.open_object();
        let Fault { id, family, rule, summary, origin, severity, stage, wrong } = self.fault;
        for (name, text) in [
            ("fault", *id),
            ("family", family),
            ("rule", rule),
            ("summary", summary),
            ("origin", origin.as_str()),
            ("severity", severity.as_str()),
            ("stage", stage.as_str()),
            ("decision", &wrong.name()),
        ] {
            writer.name(name).string(text);
        }
        writer.name("cases").open_array();
        for cases in &self.cases {
            match cases {
                Some(cases) => writer.number(*cases),
                None => writer.null(),
            };
        }
        writer.close_array();
        for (name, percent) in [("median", 50), ("p95", 95)] {
            writer.name(name);
            match percentile(&self.cases, percent) {
                Some(cases) => writer.number(cases),
                None => writer.null(),
            };
        }
        if let Some(Smallest { found, size, took }) = &self.found {
            writer.name("strength").string(found.strength.as_str());
            writer.name("difference").string(&found.difference.to_string());
            writer.name("statements").number(size.statements as u64);
            writer.name("conditions").number(size.conditions as u64);
            writer.name("shrink_ms").number(milliseconds(*took));
            writer.name("witness").string(&found.witness.text());
        }
        writer.close_object();
        writer.finish()
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The middle one and the largest; 0 of none.
fn middle_and_most(numbers: impl Iterator<Item = u64>) -> (u64, u64) {
    let numbers: Vec<Option<u64>> = numbers.map(Some).collect();
    let below = |percent| percentile(&numbers, percent).unwrap_or_default();
    (below(50), below(100))
}

/// The medians of both generators.
fn beside(ours: &[Option<u64>], uniform: &[Option<u64>]) -> String {
    let missed = uniform.iter().filter(|cases| cases.is_none()).count();
    match (percentile(ours, 50), percentile(uniform, 50)) {
        (Some(ours), Some(uniform)) => format!(
            "uniform generator: median {uniform} cases, {:.1} times as many; {missed} hunts found nothing",
            uniform as f64 / ours as f64
        ),
        _ => format!("uniform generator: no median, as {missed} of {} hunts found nothing", uniform.len()),
    }
}

/// How many were found, and after how many cases, over all faults and seeds; how small the witnesses are.
fn summary(rows: &[Row], arguments: &Arguments) -> String {
    let cases: Vec<Option<u64>> = rows.iter().flat_map(|row| row.cases.clone()).collect();
    let found = rows.iter().filter(|row| row.found.is_some()).count();
    let (median, p95) = (percentile(&cases, 50), percentile(&cases, 95));
    let smallest = || rows.iter().filter_map(|row| row.found.as_ref());
    let (statements, most_statements) = middle_and_most(smallest().map(|small| small.size.statements as u64));
    let (conditions, most_conditions) = middle_and_most(smallest().map(|small| small.size.conditions as u64));
    let (took, longest) = middle_and_most(smallest().map(|small| milliseconds(small.took)));
    if !arguments.json {
        let shown =
            |cases: Option<u64>| cases.map_or("more than tried".to_owned(), |cases| cases.to_string());
        return format!(
            "{found} of {} faults found; median {} cases, 95th percentile {}, over {} seeds\n\
             smallest: median {statements} statements (most {most_statements}), {conditions} conditions (most {most_conditions}); \
             making one small took {took} ms (median), {longest} ms (longest)",
            rows.len(),
            shown(median),
            shown(p95),
            arguments.seeds
        );
    }
    let mut writer = Writer::new();
    writer.open_object().name("summary").bool(true);
    writer.name("faults").number(rows.len() as u64).name("found").number(found as u64);
    writer.name("seeds").number(arguments.seeds).name("budget").number(arguments.budget);
    for (name, cases) in [("median", median), ("p95", p95)] {
        writer.name(name);
        match cases {
            Some(cases) => writer.number(cases),
            None => writer.null(),
        };
    }
    for (name, number) in [
        ("statements_median", statements),
        ("statements_most", most_statements),
        ("conditions_median", conditions),
        ("conditions_most", most_conditions),
        ("shrink_ms_median", took),
        ("shrink_ms_longest", longest),
    ] {
        writer.name(name).number(number);
    }
    writer.close_object();
    writer.finish()
}
