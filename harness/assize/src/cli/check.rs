//! `assize check`.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use assize::check::{Options, check, finding_json, findings_text};
use assize::corpus::files_below;
use assize_model::PolicyType;
use assize_model::json::Writer;

use super::output::Output;
use super::{Ending, Finding};

/// Check policy documents
///
/// Reports every fault with its place and the rule behind it, and gives advice (W_…) about documents that have none. Advice never
/// changes the exit status.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Documents; `-` is standard input, of a folder all *.json below it
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What the documents are attached to
    #[arg(long = "type", value_name = "TYPE", value_parser = policy_type_argument)]
    policy_type: PolicyType,
    /// They are stored (managed) policies, which must name their version
    #[arg(long)]
    managed: bool,
    /// Also check how long they are
    #[arg(long)]
    size: bool,
    /// Give no advice
    #[arg(long)]
    no_lints: bool,
    /// Print JSON lines: one finding a line, the last line a summary
    #[arg(long)]
    json: bool,
}

fn policy_type_argument(token: &str) -> Result<PolicyType, String> {
    PolicyType::parse(token)
        .ok_or_else(|| format!("one of {}", PolicyType::ALL.map(PolicyType::as_str).join(", ")))
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Ending {
    let identity_based = [PolicyType::Identity, PolicyType::Boundary, PolicyType::Session];
    if arguments.managed && !identity_based.contains(&arguments.policy_type) {
        return Err(format!(
            "--managed goes with identity, boundary or session, not with {}",
            arguments.policy_type
        ));
    }
    let options = Options {
        policy_type: arguments.policy_type,
        managed: arguments.managed,
        size: arguments.size,
        lints: !arguments.no_lints,
    };
    let (mut documents, mut refused, mut warnings) = (0_u64, 0_u64, 0_u64);
    for path in &arguments.files {
        for file in documents_of(path)? {
            let (name, bytes) = read(&file)?;
            let checked = check(&bytes, options);
            documents += 1;
            refused += u64::from(!checked.accepted());
            warnings += checked.warnings() as u64;
            if arguments.json {
                checked.findings.iter().for_each(|finding| output.line(&finding_json(&name, finding)));
            } else {
                output.text(&findings_text(&name, &checked));
            }
        }
    }
    let accepted = documents - refused;
    if arguments.json {
        let mut writer = Writer::new();
        writer.open_object().name("summary").bool(true);
        for (name, count) in
            [("documents", documents), ("accepted", accepted), ("refused", refused), ("warnings", warnings)]
        {
            writer.name(name).number(count);
        }
        writer.close_object();
        output.line(&writer.finish());
    } else {
        output.line(&format!(
            "{documents} checked as {}: {accepted} accepted, {refused} refused, {warnings} warnings",
            arguments.policy_type
        ));
    }
    Ok(if refused == 0 { Finding::Holds } else { Finding::FallsShort })
}

/// The documents that `path` stands for; one at least.
fn documents_of(path: &Path) -> Result<Vec<PathBuf>, String> {
    if path == Path::new("-") {
        return Ok(vec![path.to_path_buf()]);
    }
    let files = files_below(path).map_err(|error| error.to_string())?;
    if files.is_empty() {
        Err(format!("{}: no *.json file here, so there is nothing to check", path.display()))
    } else {
        Ok(files)
    }
}

/// The name for the reader, and the content.
fn read(path: &Path) -> Result<(String, Vec<u8>), String> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin()
            .read_to_end(&mut bytes)
            .map_err(|why| format!("standard input cannot be read: {why}"))?;
        return Ok(("<stdin>".to_owned(), bytes));
    }
    let bytes = fs::read(path).map_err(|why| format!("{} cannot be read: {why}", path.display()))?;
    Ok((path.display().to_string(), bytes))
}
