//! Versions of the contract between host and plugins.

use std::fmt;
use std::str::FromStr;

use semver::Version;
use serde::{Deserialize, Serialize};

/// The contract that this host serves: the package of `wit/`.
pub const HOST_CONTRACT: &str = "ponte:flow@0.1.1";

const PACKAGE: &str = "ponte:flow@";

/// A version of the contract, written `ponte:flow@0.1.0`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Contract(Version);

impl Contract {
    /// Whether a host that serves `host` can run plugins built for this version: the same major version (before
    /// 1.0 the same minor), and nothing newer than the host, because that may call functions it does not have.
    pub fn is_served_by(&self, host: &Self) -> bool {
        let (wanted, served) = (&self.0, &host.0);
        let line = |version: &Version| (version.major, if version.major == 0 { version.minor } else { 0 });
        line(wanted) == line(served) && wanted <= served
    }
}

impl FromStr for Contract {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let version = text.strip_prefix(PACKAGE).ok_or_else(|| format!("`{text}` is not a version of ponte:flow"))?;
        version.parse().map(Self).map_err(|error| format!("`{version}` is not a version: {error}"))
    }
}

impl TryFrom<String> for Contract {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Contract> for String {
    fn from(contract: Contract) -> Self {
        contract.to_string()
    }
}

impl fmt::Display for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PACKAGE}{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_serves_whom() {
        let contract = |version: &str| format!("{PACKAGE}{version}").parse::<Contract>().unwrap();
        let table = [
            ("0.1.0", "0.1.0", true),
            ("0.1.0", "0.1.4", true),
            ("0.1.5", "0.1.4", false),
            ("0.1.0", "0.2.0", false),
            ("0.2.0", "0.1.0", false),
            ("0.1.0-rc.1", "0.1.0", true),
            ("1.2.3", "1.4.0", true),
            ("1.5.0", "1.4.0", false),
            ("0.1.0", "1.0.0", false),
        ];
        for (wanted, host, served) in table {
            assert_eq!(contract(wanted).is_served_by(&contract(host)), served, "{wanted} by {host}");
        }
        for wrong in ["0.1.0", "wasi:http@0.1.0", "ponte:flow", "ponte:flow@0.1", "ponte:flow@latest"] {
            assert!(wrong.parse::<Contract>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_host_serves_the_contract_in_the_repository() {
        let text = std::fs::read_to_string("../../wit/flow.wit").unwrap();
        let package = text.lines().find_map(|line| line.strip_prefix("package ")?.strip_suffix(';'));
        assert_eq!(package, Some(HOST_CONTRACT));
    }
}
