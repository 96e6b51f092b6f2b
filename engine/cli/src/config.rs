//! Configuration: a TOML file, overridden by the `PONTE_…` environment. Secrets come from files or the environment,
//! never from arguments, which everybody on the machine can see.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use ponte_model::NumberId;
use ponte_model::consent::Category;
use ponte_policy::consent::ConsentRules;
use ponte_policy::money::RateBook;
use ponte_runtime::{Hook, OutsideSettings, RecordingSettings};
use ponte_whatsapp::graph::GraphSettings;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use crate::consent_config::ConsentFile;
use crate::hooks_config::{self, HooksFile};
use crate::outside_config::{self, AiSection, HttpFile, OrdersFile, OutsideFile};
use crate::pace_config::{CeilingsFile, LoopFile, PaceFile};
use crate::recordings_config::RecordingsFile;

/// Looks a variable of the environment up.
pub(crate) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The file that is read where none is named.
const DEFAULT_FILE: &str = "ponte.toml";

/// Everything that can be configured.
#[derive(Debug)]
pub(crate) struct Config {
    /// Where webhooks are taken.
    pub(crate) listen: SocketAddr,
    /// Where the database and the compiled plugins are.
    pub(crate) data_dir: PathBuf,
    pub(crate) graph_url: Url,
    pub(crate) graph_version: String,
    pub(crate) verify_token: Option<SecretString>,
    pub(crate) app_secrets: Vec<SecretString>,
    /// For numbers without a token of their own.
    pub(crate) access_token: Option<SecretString>,
    pub(crate) access_tokens: BTreeMap<NumberId, SecretString>,
    pub(crate) max_pending: Option<usize>,
    /// Our own app at Meta.
    pub(crate) app_id: Option<String>,
    /// Languages that stand in where a template lacks the wanted one.
    pub(crate) template_fallbacks: Vec<String>,
    /// The rate cards; without them prices are unknown.
    pub(crate) rates: Option<PathBuf>,
    /// Consent, frequency caps, quiet hours.
    pub(crate) consent: ConsentRules,
    /// Categories of templates, as the operator declares them.
    pub(crate) templates: BTreeMap<String, Category>,
    /// Stores that tell of orders.
    pub(crate) hooks: Vec<Hook>,
    /// What flows may reach.
    pub(crate) outside: OutsideSettings,
    /// How many messages may leave, and when automation stops because a machine answers it.
    pub(crate) pace: PaceFile,
    /// What is kept of runs.
    pub(crate) recordings: RecordingSettings,
    pub(crate) log: Log,
}

/// How to log.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Log {
    /// `info`, `debug`, `ponte=debug,warn` …
    pub(crate) level: Option<String>,
    /// `text` or `json`.
    pub(crate) format: Option<String>,
}

/// The file. Paths in it are relative to its folder.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    listen: Option<SocketAddr>,
    data_dir: Option<PathBuf>,
    database_url: Option<String>,
    graph_url: Option<Url>,
    graph_version: Option<String>,
    verify_token: Option<SecretString>,
    verify_token_file: Option<PathBuf>,
    app_secrets: Vec<SecretString>,
    app_secret_files: Vec<PathBuf>,
    access_token: Option<SecretString>,
    access_token_file: Option<PathBuf>,
    numbers: BTreeMap<NumberId, NumberFile>,
    max_pending: Option<usize>,
    app_id: Option<String>,
    template_fallbacks: Vec<String>,
    money: MoneyFile,
    consent: ConsentFile,
    templates: BTreeMap<String, Category>,
    hooks: HooksFile,
    http: HttpFile,
    orders: BTreeMap<String, OrdersFile>,
    ai: Option<AiSection>,
    ceilings: CeilingsFile,
    #[serde(rename = "loop")]
    loops: LoopFile,
    recordings: RecordingsFile,
    log: Log,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct MoneyFile {
    rates: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct NumberFile {
    access_token: Option<SecretString>,
    access_token_file: Option<PathBuf>,
}

impl Config {
    /// Reads the file (if one is named, or `ponte.toml` is here) and the environment, which wins.
    pub(crate) fn load(file: Option<&Path>, environment: Environment<'_>) -> anyhow::Result<Self> {
        let default = Path::new(DEFAULT_FILE);
        let path = file.or_else(|| default.is_file().then_some(default));
        let (parsed, folder) = match path {
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read the configuration {}", path.display()))?;
                let parsed = toml::from_str(&text).map_err(|error| anyhow!("{}: {error}", path.display()))?;
                (parsed, path.parent().unwrap_or(Path::new("")).to_owned())
            }
            None => (File::default(), PathBuf::new()),
        };
        Self::resolve(parsed, &folder, environment)
    }

    fn resolve(file: File, folder: &Path, environment: Environment<'_>) -> anyhow::Result<Self> {
        let graph = GraphSettings::default();
        if let Some(url) = variable(environment, "PONTE_DATABASE_URL")?.or(file.database_url) {
            let scheme = url.split(':').next().unwrap_or_default();
            bail!(
                "database_url: this version keeps its data in SQLite only, and {scheme:?} is another database; \
                 set data_dir instead"
            );
        }
        let app_secrets = match secret(environment, "PONTE_APP_SECRET")? {
            Some(secrets) => several(&secrets),
            None => {
                let mut secrets = file.app_secrets;
                for path in &file.app_secret_files {
                    secrets.push(read_secret(&folder.join(path))?);
                }
                secrets
            }
        };
        let mut access_tokens = BTreeMap::new();
        for (number, entry) in file.numbers {
            if let Some(token) = one_of(folder, entry.access_token, entry.access_token_file)? {
                access_tokens.insert(number, token);
            }
        }
        let data_dir = variable(environment, "PONTE_DATA_DIR")?
            .map(PathBuf::from)
            .or_else(|| file.data_dir.map(|dir| folder.join(dir)))
            .unwrap_or_else(|| PathBuf::from("data"));
        let outside = OutsideFile { http: file.http, orders: file.orders, ai: file.ai };
        Ok(Self {
            listen: parsed(environment, "PONTE_LISTEN")?
                .or(file.listen)
                .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            outside: outside_config::resolve(outside, folder, &data_dir, environment)?,
            data_dir,
            graph_url: parsed(environment, "PONTE_GRAPH_URL")?.or(file.graph_url).unwrap_or(graph.graph_url),
            graph_version: variable(environment, "PONTE_GRAPH_VERSION")?
                .or(file.graph_version)
                .unwrap_or(graph.graph_version),
            verify_token: match secret(environment, "PONTE_VERIFY_TOKEN")? {
                Some(token) => Some(token),
                None => one_of(folder, file.verify_token, file.verify_token_file)?,
            },
            app_secrets,
            access_token: match secret(environment, "PONTE_ACCESS_TOKEN")? {
                Some(token) => Some(token),
                None => one_of(folder, file.access_token, file.access_token_file)?,
            },
            access_tokens,
            max_pending: parsed(environment, "PONTE_MAX_PENDING")?.or(file.max_pending),
            app_id: variable(environment, "PONTE_APP_ID")?.or(file.app_id),
            template_fallbacks: file.template_fallbacks,
            rates: variable(environment, "PONTE_RATES")?
                .map(PathBuf::from)
                .or_else(|| file.money.rates.map(|path| folder.join(path))),
            consent: file.consent.rules()?,
            templates: file.templates,
            hooks: hooks_config::resolve(file.hooks, folder, environment)?,
            pace: PaceFile::new(file.ceilings, &file.loops)?,
            recordings: file.recordings.settings()?,
            log: Log {
                level: variable(environment, "PONTE_LOG")?.or(file.log.level),
                format: variable(environment, "PONTE_LOG_FORMAT")?.or(file.log.format),
            },
        })
    }

    /// What messages cost: the operator's file, or the rules alone.
    pub(crate) fn rates(&self) -> anyhow::Result<RateBook> {
        let Some(path) = &self.rates else { return Ok(RateBook::default()) };
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read the rates {}", path.display()))?;
        RateBook::parse(&text).with_context(|| format!("the rates {} cannot be used", path.display()))
    }

    /// The token of a number: its own from the environment (`PONTE_ACCESS_TOKEN_<number>`), its own from the file, or
    /// the one for all.
    pub(crate) fn token_of(
        &self,
        number: &NumberId,
        environment: Environment<'_>,
    ) -> anyhow::Result<Option<SecretString>> {
        if let Some(own) = secret(environment, &format!("PONTE_ACCESS_TOKEN_{number}"))? {
            return Ok(Some(own));
        }
        Ok(self.access_tokens.get(number).or(self.access_token.as_ref()).cloned())
    }
}

fn variable(environment: Environment<'_>, name: &str) -> anyhow::Result<Option<String>> {
    Ok(environment(name).filter(|value| !value.is_empty()))
}

fn parsed<T: std::str::FromStr>(environment: Environment<'_>, name: &str) -> anyhow::Result<Option<T>>
where
    T::Err: std::fmt::Display,
{
    let Some(value) = variable(environment, name)? else { return Ok(None) };
    value.parse().map(Some).map_err(|error| anyhow!("{name}: {value:?} does not fit: {error}"))
}

/// A secret from `NAME`, or from the file that `NAME_FILE` names.
pub(crate) fn secret(environment: Environment<'_>, name: &str) -> anyhow::Result<Option<SecretString>> {
    if let Some(value) = variable(environment, name)? {
        return Ok(Some(value.into()));
    }
    variable(environment, &format!("{name}_FILE"))?.map(|path| read_secret(Path::new(&path))).transpose()
}

fn one_of(folder: &Path, inline: Option<SecretString>, file: Option<PathBuf>) -> anyhow::Result<Option<SecretString>> {
    match (inline, file) {
        (Some(inline), _) => Ok(Some(inline)),
        (None, Some(path)) => read_secret(&folder.join(path)).map(Some),
        (None, None) => Ok(None),
    }
}

pub(crate) fn read_secret(path: &Path) -> anyhow::Result<SecretString> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read the secret in {}", path.display()))?;
    let text = text.trim();
    if text.is_empty() {
        bail!("the secret in {} is empty", path.display());
    }
    Ok(text.into())
}

/// Several secrets in one variable, between commas: the new one and the old one while they are rotated.
pub(crate) fn several(secrets: &SecretString) -> Vec<SecretString> {
    use secrecy::ExposeSecret as _;
    secrets.expose_secret().split(',').map(str::trim).filter(|secret| !secret.is_empty()).map(Into::into).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn with(file: &str, environment: &[(&str, &str)]) -> anyhow::Result<Config> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("app-secret"), "from-file\n").unwrap();
        let path = dir.path().join("ponte.toml");
        std::fs::write(&path, file).unwrap();
        let lookup =
            |name: &str| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Config::load(Some(&path), &lookup)
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_defaults() {
        let file = "listen = \"127.0.0.1:1\"\ngraph_version = \"v24.0\"\napp_secret_files = [\"app-secret\"]\n";
        let config = with(file, &[("PONTE_LISTEN", "127.0.0.1:2")]).unwrap();
        assert_eq!(config.listen.port(), 2);
        assert_eq!(config.graph_version, "v24.0");
        assert_eq!(config.graph_url.as_str(), "https://graph.facebook.com/");
        assert_eq!(config.app_secrets[0].expose_secret(), "from-file");
        let config = with(file, &[("PONTE_APP_SECRET", "new, old")]).unwrap();
        assert_eq!(config.app_secrets.iter().map(|s| s.expose_secret()).collect::<Vec<_>>(), ["new", "old"]);
    }

    #[test]
    fn a_number_has_its_own_token_or_the_one_for_all() {
        let config = with("access_token = \"all\"\n[numbers.1]\naccess_token = \"one\"\n", &[]).unwrap();
        let token = |number: &str, env: &dyn Fn(&str) -> Option<String>| {
            config.token_of(&number.into(), env).unwrap().unwrap().expose_secret().to_owned()
        };
        assert_eq!(token("1", &|_| None), "one");
        assert_eq!(token("2", &|_| None), "all");
        assert_eq!(token("2", &|name| (name == "PONTE_ACCESS_TOKEN_2").then(|| "env".to_owned())), "env");
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        for (file, environment, expected) in [
            ("listne = \"x\"", ("", ""), "listne"),
            ("listen = 3", ("", ""), "line 1"),
            ("", ("PONTE_LISTEN", "here"), "PONTE_LISTEN"),
            ("", ("PONTE_DATABASE_URL", "postgres://x"), "data_dir"),
            ("verify_token_file = \"gone\"", ("", ""), "gone"),
        ] {
            let error = format!("{:#}", with(file, &[environment]).unwrap_err());
            assert!(error.contains(expected), "{error:?} should name {expected:?}");
        }
    }

    #[test]
    fn secrets_do_not_print_themselves() {
        let config = with("verify_token = \"hush-1\"\naccess_token = \"hush-2\"\n", &[("PONTE_APP_SECRET", "hush-3")]);
        assert!(!format!("{config:?}").contains("hush"));
    }
}
