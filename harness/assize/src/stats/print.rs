//! The measures, for people and for programs.

use std::fmt::Write;

use anstyle::Style;
use assize_model::json::Writer;
use assize_model::{BaseOperator, PolicyType};

use crate::catalogue::Catalogue;
use crate::generation::summary::grouped;
use crate::report::{BAD, GOOD};

use super::bars::{Bar, TEST_SHARE};
use super::flips::EDITS;
use super::met::Meeting;
use super::speed::Speed;
use super::{Measures, Sample};

const HEADING: Style = Style::new().bold();

/// Decisions a second and core that generating, deciding twice and comparing must reach.
const SPEED: f64 = 100_000.0;

/// The measures as tables.
pub fn text(catalogue: &Catalogue, sample: &Sample, measures: &Measures, speed: &Speed) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "{} scenarios with {} requests from seed {}\n",
        grouped(measures.scenarios),
        grouped(measures.requests),
        sample.seed
    );
    for bar in measures.bars() {
        let _ = writeln!(out, "{}", bar_line(&bar));
    }
    let _ = writeln!(out, "{}", speed_line(speed));
    operators(&mut out, measures);
    flips(&mut out, measures);
    pairs(&mut out, measures);
    rules(&mut out, catalogue, measures);
    labels(&mut out, measures);
    out
}

fn bar_line(bar: &Bar) -> String {
    let (style, word) = if bar.met() { (GOOD, "met") } else { (BAD, "missed") };
    format!("  {:<44} {:>7.2} %   {:<15} {style}{word}{style:#}", bar.name, bar.value, bar.words())
}

fn speed_line(speed: &Speed) -> String {
    let met = speed.per_second() >= SPEED;
    let (style, word) = if met { (GOOD, "met") } else { (BAD, "missed") };
    let share = |part: std::time::Duration| {
        part.as_secs_f64() * 100.0 / speed.total().as_secs_f64().max(f64::MIN_POSITIVE)
    };
    format!(
        "  {:<44} {:>9}   {:<15} {style}{word}{style:#}\n    of which generating {:.0} %, reference {:.0} %, engine {:.0} %, comparing {:.0} %",
        "decisions a second and core",
        grouped(speed.per_second() as u64),
        "at least 100,000",
        share(speed.generate),
        share(speed.reference),
        share(speed.engine),
        share(speed.compare),
    )
}

fn heading(out: &mut String, text: &str) {
    let _ = writeln!(out, "\n{HEADING}{text}{HEADING:#}");
}

fn operators(out: &mut String, measures: &Measures) {
    heading(out, "Condition tests, in percent of all, by what they met");
    let _ = write!(out, "  {:<28}", "");
    out.extend(Meeting::ALL.iter().map(|meeting| format!("{:>12}", meeting.as_str())));
    out.push('\n');
    let shares: Vec<_> = measures.tests().collect();
    for (operator, row) in BaseOperator::ALL.iter().zip(shares.chunks(Meeting::ALL.len())) {
        let _ = write!(out, "  {:<28}", operator.as_str());
        for (_, _, share) in row {
            let style = if *share < TEST_SHARE { BAD } else { Style::new() };
            let _ = write!(out, "{style}{share:>12.2}{style:#}");
        }
        out.push('\n');
    }
}

fn flips(out: &mut String, measures: &Measures) {
    let flips = &measures.flips;
    heading(out, &format!("Edits that decide otherwise, of {} requests", grouped(flips.sampled)));
    for (edit, count) in EDITS.iter().zip(flips.by_edit) {
        let _ = writeln!(out, "  {edit:<40} {:>6.1} %", count as f64 * 100.0 / flips.sampled.max(1) as f64);
    }
}

fn pairs(out: &mut String, measures: &Measures) {
    heading(out, "Scenarios that hold both of two policy types, in percent");
    let _ = write!(out, "  {:<10}", "");
    out.extend(PolicyType::ALL.iter().map(|column| format!("{:>10}", column.as_str())));
    out.push('\n');
    for row in PolicyType::ALL {
        let _ = write!(out, "  {:<10}", row.as_str());
        for column in PolicyType::ALL {
            let pair = (row.min(column), row.max(column));
            let count = measures.pairs.get(&pair).copied().unwrap_or_default();
            let _ = write!(out, "{:>10.1}", count as f64 * 100.0 / measures.scenarios.max(1) as f64);
        }
        out.push('\n');
    }
}

fn rules(out: &mut String, catalogue: &Catalogue, measures: &Measures) {
    heading(out, &format!("Rules, of {} requests: applied, asked and not applied", grouped(measures.traced)));
    for (at, chapter) in catalogue.chapters.iter().enumerate() {
        let ids = catalogue.rules.iter().filter(|rule| rule.chapter == at).map(|rule| rule.id.as_str());
        let cells: Vec<String> = ids
            .filter_map(|id| measures.rules.get(id).map(|(applied, not)| format!("{id} {applied}/{not}")))
            .collect();
        if cells.is_empty() {
            continue;
        }
        let _ = writeln!(out, "  {}", chapter.slug());
        for row in cells.chunks(5) {
            out.push_str("   ");
            out.extend(row.iter().map(|cell| format!(" {cell:<21}")));
            out.truncate(out.trim_end().len());
            out.push('\n');
        }
    }
}

fn labels(out: &mut String, measures: &Measures) {
    heading(out, "Features, how often generated");
    for (label, count) in &measures.labels {
        let _ = writeln!(out, "  {label:<52} {:>12}", grouped(*count));
    }
}

/// The measures as one JSON object, without line feed.
pub fn json(sample: &Sample, measures: &Measures, speed: &Speed) -> String {
    let mut writer = Writer::new();
    writer.open_object();
    writer.name("seed").number(sample.seed);
    writer.name("scenarios").number(measures.scenarios).name("requests").number(measures.requests);
    writer.name("bars").open_array();
    for bar in measures.bars() {
        writer.open_object().name("name").string(&bar.name).name("percent").raw(&format!("{:.4}", bar.value));
        for (name, limit) in [("least", bar.least), ("most", bar.most)] {
            if let Some(limit) = limit {
                writer.name(name).raw(&format!("{limit}"));
            }
        }
        writer.name("met").bool(bar.met()).close_object();
    }
    writer.close_array();
    writer.name("decisions_per_second").number(speed.per_second() as u64);
    writer.name("nanoseconds_per_decision").open_object();
    let parts = [
        ("generate", speed.generate),
        ("reference", speed.reference),
        ("engine", speed.engine),
        ("compare", speed.compare),
    ];
    for (name, spent) in parts {
        writer.name(name).number(spent.as_nanos() as u64 / speed.decisions.max(1));
    }
    writer.close_object();
    writer.name("conditions").open_array();
    for operator in BaseOperator::ALL {
        writer.open_object().name("operator").string(operator.as_str());
        for meeting in Meeting::ALL {
            writer.name(&meeting.as_str().replace(' ', "_")).number(measures.met.count(operator, meeting));
        }
        writer.close_object();
    }
    writer.close_array();
    writer.name("flips").open_object().name("sampled").number(measures.flips.sampled);
    writer.name("flipped").number(measures.flips.flipped).name("by_edit").open_object();
    for (edit, count) in EDITS.iter().zip(measures.flips.by_edit) {
        writer.name(edit).number(count);
    }
    writer.close_object().close_object();
    writer.name("policy_types").open_array();
    for ((one, other), count) in &measures.pairs {
        writer.open_object().name("one").string(one.as_str()).name("other").string(other.as_str());
        writer.name("scenarios").number(*count).close_object();
    }
    writer.close_array();
    writer.name("rules").open_array();
    for (rule, (applied, not)) in &measures.rules {
        writer.open_object().name("rule").string(rule).name("applied").number(*applied);
        writer.name("not_applied").number(*not).close_object();
    }
    writer.close_array();
    writer.name("labels").open_object();
    for (label, count) in &measures.labels {
        writer.name(label).number(*count);
    }
    writer.close_object().close_object();
    writer.finish()
}
