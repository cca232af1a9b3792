//! The evaluation record as JSON, the form in which it leaves the process.
//!
//! ```json
//! {"decision": "Allow", "deciding": null, "relation": "SameAccount",
//!  "determining": [{"type": "identity", "policy": "p1", "statement": 0, "sid": "Read",
//!                   "region": {"start": {"line": 1, "column": 40}, "end": {"line": 1, "column": 99}}}],
//!  "by_type": [{"type": "scp", "state": "Evaluated", "result": "Allow", "levels": ["Allow"], "class": null,
//!               "allow": [{"type": "scp", "policy": "FullAWSAccess", "statement": 0, "level": 0}], "deny": []}],
//!  "missing_context_keys": ["aws:SourceIp"]}
//! ```
//!
//! `by_type` always has seven members in the order of EVAL-066; one whose `state` is not `Evaluated` has no other members than
//! `type` and `state`. A statement has `level` exactly for scp and rcp, `sid` if it has one, and `region` unless it is a grant of an
//! access control list. Lines and columns are those of the document's own text, from 1, the end exclusive (EVAL-075).

use assize_model::json::Writer;
use assize_model::{Decision, Evaluation, Position, ReportState, StatementRef, TypeReport, Verdict};

/// The whole record, compact.
pub fn record_json(evaluation: &Evaluation) -> String {
    let mut writer = Writer::new();
    writer.open_object();
    writer.name("decision").string(evaluation.decision.as_str());
    writer.name("deciding");
    match evaluation.deciding {
        Some(deciding) => writer.string(deciding.as_str()),
        None => writer.null(),
    };
    writer.name("relation").string(evaluation.relation.as_str());
    writer.name("determining");
    statements(&mut writer, &evaluation.determining);
    writer.name("by_type").open_array();
    for of_type in &evaluation.by_type {
        report(&mut writer, of_type);
    }
    writer.close_array();
    writer.name("missing_context_keys").strings(&evaluation.missing_context_keys);
    writer.close_object();
    writer.finish()
}

/// Any verdict: the record, what was decided of it, or `{"error": …}`, `{"unsupported": …}`, `{"failed": …}`.
pub fn verdict_json(verdict: &Verdict) -> String {
    let mut writer = Writer::new();
    let single = |mut writer: Writer, name: &str, text: &str| {
        writer.open_object().name(name).string(text).close_object();
        writer.finish()
    };
    match verdict {
        Verdict::Evaluated(evaluation) => record_json(evaluation),
        Verdict::InputError(error) => single(writer, "error", error.as_str()),
        Verdict::Unsupported(why) => single(writer, "unsupported", why),
        Verdict::Failed(how) => single(writer, "failed", how),
        Verdict::Decided { decision, deciding, determining } => {
            writer.open_object().name("decision").string(decision.as_str());
            match deciding {
                Some(Some(deciding)) => drop(writer.name("deciding").string(deciding.as_str())),
                Some(None) => drop(writer.name("deciding").null()),
                None => {}
            }
            if let Some(determining) = determining {
                writer.name("determining");
                statements(&mut writer, determining);
            }
            writer.close_object();
            writer.finish()
        }
    }
}

fn report(writer: &mut Writer, report: &TypeReport) {
    writer.open_object();
    writer.name("type").string(report.policy_type.as_str());
    writer.name("state").string(report.state.as_str());
    if report.state == ReportState::Evaluated {
        word(writer, "result", report.result.map(Decision::as_str));
        writer.name("levels").strings(report.levels.iter().map(|level| level.as_str()));
        word(writer, "class", report.class.map(|class| class.as_str()));
        writer.name("allow");
        statements(writer, &report.allow);
        writer.name("deny");
        statements(writer, &report.deny);
    }
    writer.close_object();
}

fn word(writer: &mut Writer, name: &str, word: Option<&str>) {
    writer.name(name);
    match word {
        Some(word) => writer.string(word),
        None => writer.null(),
    };
}

fn statements(writer: &mut Writer, statements: &[StatementRef]) {
    writer.open_array();
    for statement in statements {
        writer.open_object();
        writer.name("type").string(statement.policy_type.as_str());
        writer.name("policy").string(&statement.policy);
        writer.name("statement").number(statement.statement as u64);
        if let Some(level) = statement.level {
            writer.name("level").number(level as u64);
        }
        if let Some(sid) = &statement.sid {
            writer.name("sid").string(sid);
        }
        if let Some(region) = statement.region {
            writer.name("region").open_object();
            position(writer.name("start"), region.start);
            position(writer.name("end"), region.end);
            writer.close_object();
        }
        writer.close_object();
    }
    writer.close_array();
}

fn position(writer: &mut Writer, position: Position) {
    writer.open_object();
    writer.name("line").number(position.line.into()).name("column").number(position.column.into());
    writer.close_object();
}
