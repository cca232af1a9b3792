//! What a run over generated scenarios comes to, for people and for programs.

use std::fmt::Write;

use assize_model::json::Writer;

use crate::oracles::ORACLES;
use crate::report::{BAD, GOOD};

use super::{Generation, Outcome};

/// A run and its outcome.
pub struct Summary<'o> {
    /// What was to be done.
    pub run: &'o Generation<'o>,
    /// What was found.
    pub outcome: &'o Outcome,
}

impl Summary<'_> {
    /// Appends an object.
    pub fn write_json(&self, writer: &mut Writer) {
        let counts = &self.outcome.counts;
        writer.open_object();
        writer.name("evaluator").string(&self.run.contest.tried.name);
        if let Some(standard) = &self.run.contest.standard {
            writer.name("standard").string(&standard.name);
        }
        writer.name("seed").number(self.run.seed);
        let members = [
            ("scenarios", counts.scenarios),
            ("requests", counts.requests),
            ("allow", counts.allow),
            ("explicit_deny", counts.explicit_deny),
            ("implicit_deny", counts.implicit_deny),
            ("undecided", counts.undecided),
            ("invariants", counts.invariants),
            ("failed", counts.failed),
        ];
        for (name, count) in members {
            writer.name(name).number(count);
        }
        writer.name("seconds").raw(&format!("{:.3}", self.outcome.elapsed.as_secs_f64()));
        writer.close_object();
    }

    /// A few lines for people.
    pub fn text(&self) -> String {
        let Outcome { counts, findings, elapsed } = self.outcome;
        let tried = &self.run.contest.tried.name;
        // Writing to a String cannot fail.
        let mut out = String::new();
        let _ = writeln!(
            out,
            "{} generated scenarios with {} requests: {} allowed, {} denied by a Deny, {} denied for want of an Allow, {} not decided (input errors)",
            grouped(counts.scenarios),
            grouped(counts.requests),
            percent(counts.allow, counts.requests),
            percent(counts.explicit_deny, counts.requests),
            percent(counts.implicit_deny, counts.requests),
            percent(counts.undecided, counts.requests),
        );
        match (&self.run.contest.standard, counts.failed) {
            (Some(standard), 0) => {
                let (standard, strength) = (&standard.name, self.run.contest.strength.as_str());
                let _ = writeln!(
                    out,
                    "  {GOOD}{tried} answers all of them as {standard} does{GOOD:#} (compared: {strength})"
                );
            }
            (_, 0) => {}
            (_, failed) => {
                let _ = writeln!(
                    out,
                    "  {BAD}{tried} falls short in {}{BAD:#} of them, in {} different ways at least (above, each with its simplest case)",
                    grouped(failed),
                    findings.len()
                );
            }
        }
        let _ = writeln!(
            out,
            "  {} checks of the {} invariants of chapter 08 on {tried}{}",
            grouped(counts.invariants),
            ORACLES.len(),
            if counts.failed == 0 { ": all hold" } else { "" }
        );
        let seconds = elapsed.as_secs_f64().max(1e-9);
        let _ = writeln!(
            out,
            "  {seconds:.1} s with {} threads: {} decisions a second",
            self.run.jobs,
            grouped((counts.requests as f64 / seconds) as u64)
        );
        let evaluator = match &self.run.contest.standard {
            Some(standard) if standard.name != "reference" || tried != "engine" => {
                format!(" --evaluator {tried}")
            }
            Some(_) => String::new(),
            None => format!(" --evaluator {tried}"),
        };
        let _ = writeln!(
            out,
            "  again: assize run --generated-only{evaluator} --seed {} --cases {}",
            self.run.seed, counts.scenarios
        );
        out
    }
}

/// `part` of `all` in percent.
fn percent(part: u64, all: u64) -> String {
    format!("{:.1} %", part as f64 * 100.0 / all.max(1) as f64)
}

/// A number with its thousands apart: `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        let texts = [0, 12, 999, 1000, 65_536, 1_234_567].map(grouped);
        assert_eq!(texts, ["0", "12", "999", "1,000", "65,536", "1,234,567"]);
    }
}
