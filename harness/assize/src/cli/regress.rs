//! `assize regress`.

use std::fs;
use std::panic;
use std::path::PathBuf;

use assize::corpus::STANDARD;
use assize::fuzzing::regress::{NotKept, regress};
use assize::fuzzing::{TARGETS, target};

use super::output::Output;
use super::{Ending, Finding};

/// Make a minimal scenario, or minimal steps, of an input that a fuzz target failed on
///
/// Reads the input as the target does, shrinks the scenario, and keeps it as `TARGET/NAME.json` among the regressions, which every
/// `assize run` and `cargo test` replays; of `store_sequences` it keeps the steps, as `sequences/NAME.jsonl`. Exit status 1: it fails and
/// was kept; 0: the input does not fail (any more).
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The input, as the fuzzer left it: fuzz/artifacts/TARGET/crash-…
    artifact: PathBuf,
    /// The fuzz target
    #[arg(long, value_name = "NAME", value_parser = TARGETS.map(|target| target.name))]
    target: String,
    /// The folder of regressions [default: that of this repository]
    #[arg(long, value_name = "DIR")]
    regressions: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Ending {
    let target =
        target(&arguments.target).ok_or_else(|| format!("there is no target {}", arguments.target))?;
    let bytes = fs::read(&arguments.artifact)
        .map_err(|why| format!("{} cannot be read: {why}", arguments.artifact.display()))?;
    let folder = arguments.regressions.clone().unwrap_or_else(|| PathBuf::from(STANDARD[1]));

    // Panics of what is tried are findings and are told as such, hundreds of them while shrinking.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let kept = regress(target, &bytes, &folder);
    panic::set_hook(hook);
    match kept {
        Ok(kept) => {
            output.line(&kept.finding);
            let minimal = if kept.minimal { "minimal" } else { "not minimal: the search took too long" };
            output.line(&format!("\nkept as {} ({minimal})", kept.path.display()));
            Ok(Finding::FallsShort)
        }
        Err(NotKept::Holds) => {
            output.line(&format!("{} holds for this input; nothing is kept", target.name));
            Ok(Finding::Holds)
        }
        Err(NotKept::NotReproduced(finding)) => Err(format!(
            "what was found does not fail any more once it is written to a file and read back; nothing is kept\n{finding}"
        )),
        Err(NotKept::Unwritable(file)) => {
            Err(format!("{} cannot be written: {}", file.path.display(), file.why))
        }
    }
}
