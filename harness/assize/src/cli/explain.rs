//! `assize explain`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use assize::corpus::read_text;
use assize::evaluators;
use assize::explain::{Explainer, ExtraPolicy};
use assize_model::json::{self, Writer};
use assize_model::scenario::Body;
use assize_model::{PolicySource, PolicyType, Scenario};

use super::output::Output;
use super::{Ending, Finding, catalogue, corpus};

/// Explain the decisions of a scenario file
///
/// For each request: the verdict, the message that AWS would give, the statements that made the decision with their places, what
/// every policy type had to say, and the context keys that policies name and the request lacks. Exit status 1 if a request cannot be
/// decided, because its policies are refused or it does not fit them.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The scenario file, or a folder of them
    file: PathBuf,
    /// Also list the rules that took part
    #[arg(long)]
    trace: bool,
    /// Print JSON lines: the whole record of one request a line
    #[arg(long)]
    json: bool,
    /// Who decides
    #[arg(long, value_name = "NAME", value_parser = evaluators::NAMES, default_value = evaluators::NAMES[0])]
    evaluator: String,
    /// Explain only scenarios with TEXT in their name, or that test the rule TEXT or rules that begin with it
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Add the policy document in PATH to the policies of every scenario; again for more
    ///
    /// TYPE is identity, boundary, session, scp, rcp, vpce, resource or trust. An identity policy becomes one of the requester's own,
    /// a scp or rcp joins the level nearest to the account, and a boundary, an endpoint policy or a resource-based policy takes the
    /// place of the one that the scenario has. The name of the file without its extension is the policy's id.
    #[arg(long, value_name = "TYPE=PATH", value_parser = policy_argument)]
    policy: Vec<(PolicyType, PathBuf)>,
}

fn policy_argument(text: &str) -> Result<(PolicyType, PathBuf), String> {
    let (token, path) = text.split_once('=').ok_or("expected TYPE=PATH")?;
    let policy_type = PolicyType::parse(token).ok_or_else(|| {
        let known = PolicyType::ALL.map(PolicyType::as_str).join(", ");
        format!("{token:?} is no policy type; one of {known}")
    })?;
    Ok((policy_type, PathBuf::from(path)))
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Ending {
    let catalogue = catalogue()?;
    let corpus = corpus(std::slice::from_ref(&arguments.file), arguments.filter.as_deref(), &catalogue)?;
    let evaluator = evaluators::named(&arguments.evaluator).ok_or("no such evaluator")?;
    let extra = arguments
        .policy
        .iter()
        .map(|(policy_type, path)| extra(*policy_type, path))
        .collect::<Result<_, _>>()?;
    let explainer =
        Explainer { evaluator: &*evaluator, catalogue: &catalogue, trace: arguments.trace, extra };

    let mut finding = Finding::Holds;
    for entry in &corpus.entries {
        if !arguments.json {
            let scenario = &entry.scenario;
            output.line(&format!("{} [{}] {}", scenario.name, scenario.rules.join(", "), entry.place()));
            if let Some(note) = &scenario.note {
                output.line(note);
            }
            if matches!(&scenario.body, Body::Requests { requests, .. } if requests.is_empty()) {
                output.line("The scenario asks whether the policies are accepted and has no requests; see `assize check`.");
            }
            output.line("");
        }
        if let Some(outcome) = explainer.operation(entry) {
            finding = if outcome.is_err() { Finding::FallsShort } else { finding };
            output.line(&operation_text(&entry.scenario, outcome, arguments.json));
        }
        for explanation in explainer.requests(entry) {
            if arguments.json {
                output.line(&explanation.json());
            } else {
                output.line(&explanation.text(&catalogue));
            }
            if !explanation.decided() {
                finding = Finding::FallsShort;
            }
        }
    }
    Ok(finding)
}

/// The outcome of an operation, or why there is none: for people, or as a line of JSON.
fn operation_text(scenario: &Scenario, outcome: Result<String, String>, as_json: bool) -> String {
    if as_json {
        let mut writer = Writer::new();
        writer.open_object().name("scenario").string(&scenario.name);
        match outcome {
            Ok(outcome) => writer.name("outcome").raw(&outcome),
            Err(why) => writer.name("failed").string(&why),
        };
        writer.close_object();
        return writer.finish();
    }
    let asked = match &scenario.body {
        Body::Operation { operation, .. } => json::pretty(operation).unwrap_or_default(),
        Body::Requests { .. } => String::new(),
    };
    let outcome = outcome
        .map_or_else(|why| format!("failed: {why}\n"), |outcome| json::pretty(&outcome).unwrap_or(outcome));
    format!("operation\n{asked}outcome\n{outcome}")
}

fn extra(policy_type: PolicyType, path: &Path) -> Result<ExtraPolicy, String> {
    let text = read_text(path).map_err(|error| error.to_string())?;
    let id: Arc<str> = path.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default().into();
    Ok(ExtraPolicy { policy_type, policy: PolicySource::new(id, text) })
}
