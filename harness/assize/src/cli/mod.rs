//! The command line: arguments, exit statuses, and where output goes.
//!
//! Exit status 0: all holds. 1: a verdict, a document or a file fell short. 2: bad usage or input, so that nothing was found out.

mod carry;
mod check;
mod explain;
#[cfg(feature = "faults")]
mod faults;
#[cfg(feature = "fetch")]
mod fetch;
mod output;
mod regress;
mod rules;
mod run;
mod stats;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use assize::catalogue::Catalogue;
use assize::corpus::{Corpus, CorpusError};
use clap::{Parser, Subcommand};

use output::Output;

/// The conformance court for IAM policy evaluators.
///
/// Holds policy evaluators against a written standard of rules and against each other, explains decisions, and checks policy
/// documents. `assize run` is the main thing to do.
#[derive(Parser)]
#[command(version, max_term_width = 100, after_help = EXIT_STATUS)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_STATUS: &str =
    "Exit status: 0 if all holds; 1 if a verdict or a document fell short; 2 for bad usage or input.";

#[derive(Subcommand)]
enum Command {
    Run(run::Arguments),
    Explain(explain::Arguments),
    #[cfg(feature = "faults")]
    Faults(faults::Arguments),
    Check(check::Arguments),
    Rules(rules::Arguments),
    Carry(carry::Arguments),
    Regress(regress::Arguments),
    Stats(stats::Arguments),
    #[cfg(feature = "fetch")]
    Fetch(fetch::Arguments),
}

/// How a command ended, unless it could not do its work: then why, and what to do about it.
type Ending = Result<Finding, String>;

/// What a command found.
enum Finding {
    /// All holds.
    Holds,
    /// Something fell short.
    FallsShort,
}

/// Reads the arguments and runs the command.
pub(crate) fn main() -> ExitCode {
    let arguments = Arguments::parse_from(words(std::env::args_os()));
    let mut output = Output::new();
    let ending = match arguments.command {
        Command::Run(arguments) => run::run(&arguments, &mut output),
        Command::Explain(arguments) => explain::run(&arguments, &mut output),
        #[cfg(feature = "faults")]
        Command::Faults(arguments) => faults::run(&arguments, &mut output),
        Command::Check(arguments) => check::run(&arguments, &mut output),
        Command::Rules(arguments) => rules::run(&arguments, &mut output),
        Command::Carry(arguments) => carry::run(&arguments, &mut output),
        Command::Regress(arguments) => regress::run(&arguments, &mut output),
        Command::Stats(arguments) => stats::run(&arguments, &mut output),
        #[cfg(feature = "fetch")]
        Command::Fetch(arguments) => fetch::run(&arguments, &mut output),
    };
    // What was found is worth nothing if nobody could be told.
    let ending = output.finish().map_err(|why| format!("the output could not be written: {why}")).and(ending);
    match ending {
        Ok(Finding::Holds) => ExitCode::SUCCESS,
        Ok(Finding::FallsShort) => ExitCode::from(1),
        Err(message) => {
            anstream::eprintln!("assize: {message}");
            ExitCode::from(2)
        }
    }
}

/// The words of the command line. `assize` alone is `assize run`, the main thing to do.
fn words(given: impl ExactSizeIterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    let command = (given.len() <= 1).then(|| OsString::from("run"));
    given.chain(command)
}

/// The catalogue that this program was built with.
fn catalogue() -> Result<Catalogue, String> {
    Catalogue::standard().map_err(|errors| lines("the rule catalogue is broken", &errors))
}

/// The scenarios of `paths`, or of this repository if there are none, that `filter` selects; one at least.
fn corpus(paths: &[PathBuf], filter: Option<&str>, catalogue: &Catalogue) -> Result<Corpus, String> {
    let mut corpus = match paths {
        [] => Corpus::standard(catalogue),
        paths => Corpus::load(paths, catalogue),
    }
    .map_err(|errors: Vec<CorpusError>| lines("the scenarios cannot be read", &errors))?;
    if corpus.entries.is_empty() {
        return Err("the files hold no scenarios, so there is nothing to try".to_owned());
    }
    if let Some(filter) = filter {
        corpus.entries.retain(|entry| entry.admitted_by(filter));
        if corpus.entries.is_empty() {
            return Err(format!(
                "--filter {filter} selects no scenario; it is part of a name, or a rule or the beginning of one (EVAL-043, EVAL)"
            ));
        }
    }
    Ok(corpus)
}

/// A heading, and the first errors below it.
fn lines<E: std::fmt::Display>(heading: &str, errors: &[E]) -> String {
    const SHOWN: usize = 20;
    let mut text = format!("{heading}:");
    for error in errors.iter().take(SHOWN) {
        text.push_str(&format!("\n{error}"));
    }
    if errors.len() > SHOWN {
        text.push_str(&format!("\nand {} more", errors.len() - SHOWN));
    }
    text
}
