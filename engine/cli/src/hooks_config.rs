//! `[hooks.<name>]` of the configuration: stores that tell of orders.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use ponte_hooks::{Kind, Settings, Source};
use ponte_model::{NumberId, TenantId};
use ponte_runtime::Hook;
use secrecy::SecretString;
use serde::Deserialize;

use crate::config::{Environment, read_secret, secret, several};

/// All of them, by name.
pub(crate) type HooksFile = BTreeMap<String, HookFile>;

/// One, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HookFile {
    kind: Kind,
    number: NumberId,
    tenant: Option<TenantId>,
    #[serde(default)]
    secrets: Vec<SecretString>,
    #[serde(default)]
    secret_files: Vec<PathBuf>,
    country: Option<String>,
    #[serde(default)]
    test_orders: bool,
}

/// The sources, their secrets read. `PONTE_HOOK_SECRET_<NAME>` (in capitals, with _ for -) wins over the file.
pub(crate) fn resolve(file: HooksFile, folder: &Path, environment: Environment<'_>) -> anyhow::Result<Vec<Hook>> {
    file.into_iter().map(|(name, hook)| one(name, hook, folder, environment)).collect()
}

fn one(name: String, file: HookFile, folder: &Path, environment: Environment<'_>) -> anyhow::Result<Hook> {
    let variable = format!("PONTE_HOOK_SECRET_{}", name.to_uppercase().replace('-', "_"));
    let secrets = match secret(environment, &variable)? {
        Some(secrets) => several(&secrets),
        None => {
            let mut secrets = file.secrets;
            for path in &file.secret_files {
                secrets.push(read_secret(&folder.join(path))?);
            }
            secrets
        }
    };
    let settings = Settings {
        name: name.clone(),
        kind: file.kind,
        secrets,
        number: file.number,
        country: file.country,
        test_orders: file.test_orders,
    };
    let source = Source::new(settings)
        .with_context(|| format!("[hooks.{name}]: set secret_files, secrets or {variable} and see docs/hooks.md"))?;
    Ok(Hook { source, tenant: file.tenant })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str, environment: &[(&str, &str)]) -> anyhow::Result<Vec<Hook>> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("shop-secret"), "from-file\n").unwrap();
        let lookup =
            |name: &str| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        resolve(toml::from_str(toml)?, dir.path(), &lookup)
    }

    const SHOP: &str = "[minha-loja]\nkind = \"shopify\"\nnumber = \"1\"\n";

    #[test]
    fn a_secret_comes_from_the_file_or_the_environment_and_is_never_printed() {
        let hooks = read(&format!("{SHOP}secret_files = [\"shop-secret\"]\ncountry = \"BR\"\n"), &[]).unwrap();
        assert_eq!((hooks[0].source.name(), hooks[0].source.number().as_str()), ("minha-loja", "1"));
        assert!(!format!("{hooks:?}").contains("from-file"));
        let hooks = read(SHOP, &[("PONTE_HOOK_SECRET_MINHA_LOJA", "new,old")]).unwrap();
        assert!(format!("{hooks:?}").contains("Secrets(2)"), "{hooks:?}");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_source() {
        for (toml, words) in [
            (SHOP.to_owned(), &["[hooks.minha-loja]", "PONTE_HOOK_SECRET_MINHA_LOJA", "no secret"][..]),
            (format!("{SHOP}secrets = [\"\"]\n"), &["[hooks.minha-loja]", "empty"]),
            (format!("{SHOP}secrets = [\"x\"]\ncountry = \"Brasil\"\n"), &["Brasil", "two letters"]),
            (SHOP.replace("minha-loja", "Minha Loja"), &["TOML"]),
            (SHOP.replace("minha-loja", "LOJA") + "secrets = [\"x\"]\n", &["LOJA", "a-z"]),
            (format!("{SHOP}secret = \"x\"\n"), &["unknown field `secret`"]),
            (SHOP.replace("shopify", "magento"), &["magento", "signed-json"]),
        ] {
            let error = format!("{:#}", read(&toml, &[]).unwrap_err());
            for word in words {
                assert!(error.contains(word), "{error:?} should name {word:?}");
            }
        }
    }
}
