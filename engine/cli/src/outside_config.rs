//! `[http]`, `[orders.<name>]` and `[ai]` of the configuration: what flows may reach, beyond what their manifests declare on
//! the public internet.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail, ensure};
use ponte_connect::{AiFile, Chat, ChatSettings, Model, Prices, PrivateHosts, Scripted};
use ponte_model::{Currency, Money, TenantId};
use ponte_runtime::{AiSettings, OrdersSource, OutsideSettings};
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use crate::config::{Environment, read_secret, secret};

/// `[http]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct HttpFile {
    /// Hosts of the shop's own network, and the addresses that each may have.
    private: BTreeMap<String, Vec<String>>,
}

/// `[orders.<name>]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrdersFile {
    tenant: Option<TenantId>,
    find: Option<String>,
    of_contact: Option<String>,
    country: Option<String>,
    key_file: Option<PathBuf>,
}

/// `[ai]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AiSection {
    url: Option<Url>,
    model: Option<String>,
    key_file: Option<PathBuf>,
    #[serde(default = "dollars")]
    currency: String,
    /// For a million tokens.
    input_price: Option<String>,
    output_price: Option<String>,
    /// For each installation.
    daily_budget: Option<String>,
    #[serde(default = "half_a_minute")]
    timeout_seconds: u64,
    script: Option<PathBuf>,
}

fn dollars() -> String {
    "USD".to_owned()
}

fn half_a_minute() -> u64 {
    30
}

/// The way out, as it is written.
#[derive(Debug, Default)]
pub(crate) struct OutsideFile {
    pub(crate) http: HttpFile,
    pub(crate) orders: BTreeMap<String, OrdersFile>,
    pub(crate) ai: Option<AiSection>,
}

/// Everything checked, secrets read. The keys: `PONTE_ORDERS_KEY_<NAME>` and `PONTE_AI_KEY` win over the file.
pub(crate) fn resolve(
    file: OutsideFile,
    folder: &Path,
    data_dir: &Path,
    environment: Environment<'_>,
) -> anyhow::Result<OutsideSettings> {
    let mut private = PrivateHosts::default();
    for (host, ranges) in &file.http.private {
        private.allow(host, ranges).map_err(|why| anyhow!("[http.private] {host:?}: {why}"))?;
    }
    let orders = file.orders.into_iter().map(|(name, one)| source(name, one, folder, environment));
    let mut settings = OutsideSettings { data_dir: Some(data_dir.to_owned()), ..OutsideSettings::default() };
    settings.orders = orders.collect::<anyhow::Result<_>>()?;
    settings.client.private = private;
    settings.ai = file.ai.map(|ai| model(ai, folder, environment).context("[ai]")).transpose()?;
    Ok(settings)
}

fn source(name: String, file: OrdersFile, folder: &Path, environment: Environment<'_>) -> anyhow::Result<OrdersSource> {
    let OrdersFile { tenant, find, of_contact, country, key_file } = file;
    ensure!(find.is_some() || of_contact.is_some(), "[orders.{name}]: set find, of_contact, or both");
    for (key, template, place) in [("find", &find, "{number}"), ("of_contact", &of_contact, "{phone}")] {
        let Some(template) = template else { continue };
        ensure!(template.contains(place), "[orders.{name}] {key}: {place} is missing in the address");
        let url =
            Url::parse(&template.replace(place, "1")).map_err(|error| anyhow!("[orders.{name}] {key}: {error}"))?;
        ensure!(matches!(url.scheme(), "http" | "https"), "[orders.{name}] {key}: an address begins with https://");
        let host = url.host_str().unwrap_or_default();
        ensure!(
            !host.is_empty() && template.split(['/', '?']).nth(2).is_some_and(|part| !part.contains('{')),
            "[orders.{name}] {key}: {place} belongs into the path or the query"
        );
    }
    let variable = format!("PONTE_ORDERS_KEY_{}", name.to_uppercase().replace('-', "_"));
    let key = key(&variable, key_file, folder, environment)?;
    Ok(OrdersSource { name, tenant, find, of_contact, country, key })
}

fn key(
    variable: &str,
    file: Option<PathBuf>,
    folder: &Path,
    environment: Environment<'_>,
) -> anyhow::Result<Option<SecretString>> {
    match secret(environment, variable)? {
        Some(key) => Ok(Some(key)),
        None => file.map(|path| read_secret(&folder.join(path))).transpose(),
    }
}

fn model(file: AiSection, folder: &Path, environment: Environment<'_>) -> anyhow::Result<AiSettings> {
    ensure!(
        Currency::parse(&file.currency).is_some(),
        "currency: {:?} is none; write three letters such as USD",
        file.currency
    );
    let money = |name: &str, text: &Option<String>| -> anyhow::Result<i64> {
        let text = text.as_deref().with_context(|| format!("{name} is missing: write an amount such as \"0.15\""))?;
        let micros = Money::parse_micros(text).map_err(|error| anyhow!("{name}: {error}"))?;
        ensure!(micros >= 0, "{name}: is below zero");
        Ok(micros)
    };
    let most_a_day = money("daily_budget", &file.daily_budget)?;
    let prices =
        Prices { input: money("input_price", &file.input_price)?, output: money("output_price", &file.output_price)? };
    let model: Arc<dyn Model> = match (file.script, file.url) {
        (Some(script), None) => {
            let path = folder.join(script);
            let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let script: AiFile =
                serde_yaml_ng::from_str(&text).with_context(|| format!("{} is no script", path.display()))?;
            Arc::new(Scripted::new(script))
        }
        (None, Some(url)) => {
            let model = file.model.context("model is missing: the name that the server knows it by")?;
            let key = key("PONTE_AI_KEY", file.key_file, folder, environment)?;
            let settings = ChatSettings { url, model, key, timeout: Duration::from_secs(file.timeout_seconds) };
            Arc::new(Chat::new(settings).map_err(|why| anyhow!("the client cannot be set up: {why}"))?)
        }
        _ => bail!("set url (the whole address of chat completions), or script (answers for tests), and not both"),
    };
    Ok(AiSettings { model, prices, most_a_day })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct All {
        http: HttpFile,
        orders: BTreeMap<String, OrdersFile>,
        ai: Option<AiSection>,
    }

    fn read(toml: &str) -> anyhow::Result<OutsideSettings> {
        let All { http, orders, ai } = toml::from_str(toml)?;
        let environment = |name: &str| (name == "PONTE_AI_KEY").then(|| "hush-hush-key".to_owned());
        resolve(OutsideFile { http, orders, ai }, Path::new(""), Path::new("data"), &environment)
    }

    const AI: &str = "[ai]\nurl = \"https://api.example/v1/chat/completions\"\nmodel = \"small\"\ninput_price = \"0.15\"\n\
                      output_price = \"0.60\"\ndaily_budget = \"2.00\"\n";

    #[test]
    fn what_is_right_is_read_and_no_key_is_printed() {
        let orders = "[orders.erp]\nfind = \"http://erp.loja/orders?number={number}\"\ncountry = \"BR\"\n";
        let settings = read(&format!("[http.private]\n\"erp.loja\" = [\"192.168.1.20\"]\n{orders}{AI}")).unwrap();
        assert!(settings.client.private.has("erp.loja"));
        let ai = settings.ai.as_ref().unwrap();
        assert_eq!((ai.prices.input, ai.most_a_day), (150_000, 2_000_000));
        assert!(!format!("{settings:?}").contains("hush"));
        assert!(read("").unwrap().ai.is_none());
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (toml, words) in [
            ("[http.private]\n\"x\" = [\"169.254.169.254\"]\n".to_owned(), "metadata"),
            ("[http.private]\n\"x\" = []\n".to_owned(), "at least one address"),
            ("[http]\nproxy = \"x\"\n".to_owned(), "proxy"),
            ("[orders.erp]\n".to_owned(), "set find, of_contact"),
            ("[orders.erp]\nfind = \"https://erp/orders\"\n".to_owned(), "{number} is missing"),
            ("[orders.erp]\nfind = \"https://{number}.erp/\"\n".to_owned(), "path or the query"),
            (AI.replace("daily_budget = \"2.00\"\n", ""), "daily_budget is missing"),
            (AI.replace("model = \"small\"\n", ""), "model is missing"),
            (AI.replace("url", "script").replace("https://api.example/v1/chat/completions", "gone.yaml"), "gone.yaml"),
            (AI.replace("0.15", "cheap"), "input_price"),
        ] {
            let error = format!("{:#}", read(&toml).unwrap_err());
            assert!(error.contains(words), "{error:?} should name {words:?}");
        }
    }
}
