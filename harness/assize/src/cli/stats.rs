//! `assize stats`.

use std::thread;

use assize::generation::SEED;
use assize::stats::{self, Sample, speed};
use assize_generate::Settings;

use super::output::Output;
use super::{Ending, Finding, catalogue};

/// How many scenarios are timed.
const TIMED: u64 = 4_000;

/// Measure what is generated
///
/// Whether generated scenarios put hard questions and reach every corner of the language: decisions, operators, policy types, rules.
/// Exit status 1 if a bar is missed.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// How many scenarios to generate
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    cases: u64,
    /// What to make them from
    #[arg(long, value_name = "S", default_value_t = SEED)]
    seed: u64,
    /// How many threads share the work [default: one for each core]
    #[arg(long, value_name = "J")]
    jobs: Option<usize>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Ending {
    let catalogue = catalogue()?;
    if arguments.cases == 0 {
        return Err("--cases 0 leaves nothing to measure".to_owned());
    }
    let jobs = arguments.jobs.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from));
    let sample = Sample { settings: Settings::default(), seed: arguments.seed, cases: arguments.cases, jobs };
    let measures = stats::measure(&sample);
    let speed = speed::time(&Sample { cases: sample.cases.min(TIMED), ..sample.clone() });
    if arguments.json {
        output.line(&stats::json(&sample, &measures, &speed));
    } else {
        output.text(&stats::text(&catalogue, &sample, &measures, &speed));
    }
    // How fast it is says something about the machine too, so it is told and not held.
    let met = measures.bars().iter().all(stats::bars::Bar::met);
    Ok(if met { Finding::Holds } else { Finding::FallsShort })
}
