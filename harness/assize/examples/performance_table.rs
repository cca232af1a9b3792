//! Prints the performance table of the README from what criterion measured last, as Markdown.
//!
//! ```sh
//! cargo bench -p assize-engine
//! cargo bench -p assize --features peers --bench peers --bench reference
//! cargo run --release -p assize --example performance_table
//! ```
//!
//! It reads `target/criterion`, or the directory given as its argument. It fails if a measure is missing, and if what a row compares
//! was not measured in the same session: a ratio means something only if both sides ran on the same machine in the same mood.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};
use std::{env, fs, thread};

use serde_json::Value;

/// How far apart the two sides of a row may have been measured.
const SESSION: Duration = Duration::from_secs(60 * 60);

/// A benchmark: group, function, parameter, as criterion calls them.
type Name = (&'static str, &'static str, &'static str);

/// One row of the table.
struct Row {
    measure: &'static str,
    subject: Name,
    /// What the subject is held against, and what the table calls it; the fastest of them counts.
    against: &'static [(&'static str, Name)],
    bar: Bar,
}

/// What the ratio of a row has to reach.
enum Bar {
    /// The subject is at least so many times as fast.
    Faster(f64),
    /// The subject takes at most so many times as long.
    Slower(f64),
    /// Shown without a bar: how many times as fast the subject is.
    Shown,
}

const THREE: &str = "3 statements";
const HUNDRED: &str = "100 statements";
const LARGE: &str = "300 statements in ten large policies";

const ROWS: [Row; 10] = [
    Row {
        measure: "Decision under 10 statements",
        subject: ("bars", "10", ""),
        against: &[("hashing the request's strings once", ("bars", "floor", ""))],
        bar: Bar::Slower(3.0),
    },
    Row {
        measure: "Decision under 10,000 statements",
        subject: ("bars", "10000", ""),
        against: &[("under 10", ("bars", "10", ""))],
        bar: Bar::Slower(2.0),
    },
    Row {
        measure: "Decisions of two threads at once",
        subject: ("threads", "two", ""),
        against: &[("one thread", ("threads", "one", ""))],
        bar: Bar::Shown,
    },
    Row {
        measure: "Preparing a document of 10 statements",
        subject: ("prepare", "prepare", "10"),
        against: &[("serde_json reading the same bytes", ("prepare", "serde_json", "10"))],
        bar: Bar::Slower(3.0),
    },
    Row {
        measure: "Preparing a document of 1,000 statements",
        subject: ("prepare", "prepare", "1000"),
        against: &[("serde_json reading the same bytes", ("prepare", "serde_json", "1000"))],
        bar: Bar::Slower(3.0),
    },
    Row {
        measure: "Decision under 1,000 statements",
        subject: ("reference", "engine", "1000"),
        against: &[("reference", ("reference", "reference", "1000"))],
        bar: Bar::Faster(50.0),
    },
    Row {
        measure: "Whole record under 1,000 statements",
        subject: ("reference", "engine with record", "1000"),
        against: &[("reference", ("reference", "reference", "1000"))],
        bar: Bar::Shown,
    },
    Row {
        measure: "Decision under 3 statements",
        subject: ("peers", "engine", THREE),
        against: &[("iam-rs", ("peers", "iam-rs", THREE)), ("Cedar", ("peers", "cedar", THREE))],
        bar: Bar::Faster(30.0),
    },
    Row {
        measure: "Decision under 100 statements",
        subject: ("peers", "engine", HUNDRED),
        against: &[("iam-rs", ("peers", "iam-rs", HUNDRED)), ("Cedar", ("peers", "cedar", HUNDRED))],
        bar: Bar::Faster(500.0),
    },
    Row {
        measure: "Decision under 300 statements in ten large policies",
        subject: ("peers", "engine", LARGE),
        against: &[("iam-rs", ("peers", "iam-rs", LARGE)), ("Cedar", ("peers", "cedar", LARGE))],
        bar: Bar::Faster(5_000.0),
    },
];

/// What criterion measured for one benchmark.
struct Estimate {
    group: String,
    function: String,
    parameter: String,
    /// The median, for one element if the benchmark says how many it has.
    nanoseconds: f64,
    measured: SystemTime,
}

fn main() -> ExitCode {
    match table(&directory()) {
        Ok(table) => {
            print!("{table}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn directory() -> PathBuf {
    let target = || env::var_os("CARGO_TARGET_DIR").map(|target| Path::new(&target).join("criterion"));
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/criterion");
    env::args_os().nth(1).map(PathBuf::from).or_else(target).unwrap_or_else(own)
}

fn table(directory: &Path) -> Result<String, Box<dyn Error>> {
    let mut estimates = Vec::new();
    if directory.is_dir() {
        collect(directory, &mut estimates)?;
    }
    let missing: BTreeSet<String> = ROWS
        .iter()
        .flat_map(|row| row.against.iter().map(|(_, name)| name).chain([&row.subject]))
        .filter(|name| find(&estimates, name).is_none())
        .map(|(group, function, parameter)| {
            format!("\n  {group} {function} {parameter}").trim_end().to_owned()
        })
        .collect();
    if !missing.is_empty() {
        let directory = directory.display();
        return Err(format!(
            "{directory} has no estimates for{}\nrun the benchmarks first",
            missing.into_iter().collect::<String>()
        )
        .into());
    }

    let mut lines = String::new();
    let mut times = Vec::new();
    for row in &ROWS {
        let subject = find(&estimates, &row.subject).expect("not missing");
        let against = row.against.iter().filter_map(|(label, name)| Some((*label, find(&estimates, name)?)));
        let fastest = against.min_by(|(_, a), (_, b)| a.nanoseconds.total_cmp(&b.nanoseconds));
        let (label, against) = fastest.expect("not missing");
        let apart =
            subject.measured.max(against.measured).duration_since(subject.measured.min(against.measured))?;
        if apart > SESSION {
            let (group, minutes) = (row.subject.0, apart.as_secs() / 60);
            return Err(format!(
                "the two sides of {group:?} were measured {minutes} minutes apart: run them again together"
            )
            .into());
        }
        times.extend([subject.measured, against.measured]);
        writeln!(lines, "{}", line(row, subject, label, against))?;
    }
    let date = date(&times)?;
    let cores = thread::available_parallelism()?;
    Ok(format!(
        "Measured on {date}, {}, {cores} cores.\n\n\
         | Measure | Engine | Held against | Ratio | Bar | |\n|---|---:|---:|---:|---:|---|\n{lines}\n\
         Times are medians for one decision (or one document prepared); a ratio compares two benchmarks of the same run, so it \
         holds on other machines where the times do not.\n",
        processor(),
    ))
}

fn line(row: &Row, subject: &Estimate, label: &str, against: &Estimate) -> String {
    let faster = against.nanoseconds / subject.nanoseconds;
    let slower = subject.nanoseconds / against.nanoseconds;
    let verdict = |met: bool| if met { "met" } else { "missed" };
    let (ratio, bar, met) = match row.bar {
        Bar::Faster(bar) => {
            (format!("{} × as fast", figures(faster)), format!("≥ {}", figures(bar)), verdict(faster >= bar))
        }
        Bar::Slower(bar) => {
            (format!("{} × the time", figures(slower)), format!("≤ {}", figures(bar)), verdict(slower <= bar))
        }
        Bar::Shown => (format!("{} × as fast", figures(faster)), String::new(), ""),
    };
    let (measure, value, held) = (row.measure, Time(subject.nanoseconds), Time(against.nanoseconds));
    format!("| {measure} | {value} | {label}: {held} | {ratio} | {bar} | {met} |")
}

/// The day of all these times, or the first and the last.
fn date(times: &[SystemTime]) -> Result<String, jiff::Error> {
    let days =
        times.iter().map(|&time| Ok(jiff::Timestamp::try_from(time)?.strftime("%Y-%m-%d").to_string()));
    let days = days.collect::<Result<BTreeSet<String>, jiff::Error>>()?;
    let ends: BTreeSet<&String> = days.first().into_iter().chain(days.last()).collect();
    Ok(ends.into_iter().map(String::as_str).collect::<Vec<_>>().join(" to "))
}

/// Every benchmark below a directory.
fn collect(directory: &Path, estimates: &mut Vec<Estimate>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name == "new") {
            estimates.push(estimate(&path).map_err(|error| format!("{}: {error}", path.display()))?);
        } else if path.is_dir() {
            collect(&path, estimates)?;
        }
    }
    Ok(())
}

fn estimate(directory: &Path) -> Result<Estimate, Box<dyn Error>> {
    let path = directory.join("estimates.json");
    let benchmark: Value = serde_json::from_slice(&fs::read(directory.join("benchmark.json"))?)?;
    let estimates: Value = serde_json::from_slice(&fs::read(&path)?)?;
    let text = |name: &str| benchmark[name].as_str().unwrap_or_default().to_owned();
    let median = estimates["median"]["point_estimate"].as_f64().ok_or("no median")?;
    Ok(Estimate {
        group: text("group_id"),
        function: text("function_id"),
        parameter: text("value_str"),
        nanoseconds: median / benchmark["throughput"]["Elements"].as_f64().unwrap_or(1.0),
        measured: fs::metadata(&path)?.modified()?,
    })
}

fn find<'e>(estimates: &'e [Estimate], &(group, function, parameter): &Name) -> Option<&'e Estimate> {
    estimates
        .iter()
        .find(|known| known.group == group && known.function == function && known.parameter == parameter)
}

/// A time in the unit that suits it.
struct Time(f64);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Time(nanoseconds) = self;
        let units = [(1e9, "s"), (1e6, "ms"), (1e3, "µs")];
        let (unit, name) = units.into_iter().find(|(unit, _)| nanoseconds >= *unit).unwrap_or((1.0, "ns"));
        write!(f, "{} {name}", figures(nanoseconds / unit))
    }
}

/// Three significant figures; whole numbers, with separators, from a hundred on.
fn figures(number: f64) -> String {
    if number < 100.0 {
        let decimals = if number < 10.0 { 2 } else { 1 };
        let text = format!("{number:.decimals$}");
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    let digits = format!("{number:.0}");
    let grouped: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|chunk| std::str::from_utf8(chunk).expect("digits")).collect();
    grouped.join(",")
}

/// The processor's name, where the system tells it.
fn processor() -> String {
    let facts = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = facts.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or_else(
        || format!("an unnamed {} processor", env::consts::ARCH),
        |(_, name)| name.trim().to_owned(),
    )
}
