//! `assize carry`.

use std::fs;
use std::path::PathBuf;

use assize::carry::{carry, files};
use assize::corpus::STANDARD;

use super::output::Output;
use super::{Ending, Finding, catalogue};

/// Make the scenario files of chapters 01 to 04 from the cases of the standard
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Write nothing; say which files are not as they would be written
    #[arg(long)]
    check: bool,
    /// The folder of all cases [default: that of this repository]
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Ending {
    let catalogue = catalogue()?;
    let folder = arguments.cases.clone().unwrap_or_else(|| PathBuf::from(STANDARD[0]));
    if !folder.is_dir() {
        return Err(format!("{} is no folder; say --cases DIR", folder.display()));
    }
    if !arguments.check {
        let written = carry(&catalogue, &folder).map_err(|error| error.to_string())?;
        let cases: usize = written.iter().map(|file| file.cases).sum();
        output.line(&format!("{} files written from {cases} cases", written.len()));
        return Ok(Finding::Holds);
    }
    let files = files(&catalogue).map_err(|error| error.to_string())?;
    let mut stale = 0;
    for file in &files {
        let path = folder.join(&file.path);
        if fs::read(&path).ok().as_deref() != Some(file.text.as_bytes()) {
            stale += 1;
            output.line(&format!("{} is not as the standard says; run `assize carry`", path.display()));
        }
    }
    output.line(&format!("{} of {} files are as the standard says", files.len() - stale, files.len()));
    Ok(if stale == 0 { Finding::Holds } else { Finding::FallsShort })
}
