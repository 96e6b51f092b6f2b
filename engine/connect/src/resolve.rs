//! Names become addresses here and nowhere else: what was judged is what is connected to.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use ipnet::IpNet;

use crate::addresses::{judge, plain};

/// Looks names up.
#[async_trait]
pub trait Resolve: Send + Sync + 'static {
    /// The addresses of a host.
    ///
    /// # Errors
    /// It has none, or nobody answers.
    async fn resolve(&self, host: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// The system's resolver.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, host: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Hosts in the shop's own network, and the addresses that each may have: what the operator allows by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrivateHosts(BTreeMap<String, Vec<IpNet>>);

impl PrivateHosts {
    /// Allows a host to have addresses within these ranges: `192.168.1.20`, `10.1.0.0/16`.
    ///
    /// # Errors
    /// A range that is none, or that nobody's own network has: link-local, metadata, multicast.
    pub fn allow(&mut self, host: &str, ranges: &[String]) -> Result<(), String> {
        let mut nets = Vec::new();
        for text in ranges {
            let net: IpNet = (text.parse().ok())
                .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
                .ok_or_else(|| format!("{text:?} is no address and no range such as 192.168.1.0/24"))?;
            for edge in [net.network(), net.broadcast()] {
                match judge(edge) {
                    Err(no) if no.allowable => {}
                    Err(no) => return Err(format!("{text} cannot be allowed: {edge} is {}", no.what)),
                    Ok(()) => return Err(format!("{text}: {edge} is public and needs no leave")),
                }
            }
            nets.push(net);
        }
        if nets.is_empty() {
            return Err("name at least one address or range that the host may have".to_owned());
        }
        self.0.insert(host.to_owned(), nets);
        Ok(())
    }

    /// Whether the host is one of the shop's own network.
    pub fn has(&self, host: &str) -> bool {
        self.0.contains_key(host)
    }

    fn allows(&self, host: &str, address: IpAddr) -> bool {
        self.0.get(host).is_some_and(|nets| nets.iter().any(|net| net.contains(&plain(address))))
    }

    /// Whether a host may be reached at an address. A host of the shop's own network is reached there and nowhere else.
    pub(crate) fn judge(&self, host: &str, address: IpAddr) -> Result<(), AddressRefused> {
        let refused = |what: &str| Err(AddressRefused(format!("{address}, which {host} leads to, is {what}")));
        match judge(address) {
            // Never, whatever range the operator wrote.
            Err(no) if !no.allowable => refused(no.what),
            _ if self.allows(host, address) => Ok(()),
            _ if self.has(host) => refused("not among the addresses that the operator allows it ([http.private])"),
            Ok(()) => Ok(()),
            Err(no) => refused(no.what),
        }
    }
}

/// Why an address is not connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AddressRefused(pub(crate) String);

impl fmt::Display for AddressRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for AddressRefused {}

/// What the HTTP client asks: every address is judged, and one bad one spoils all, so that nobody can hide one among
/// good ones.
#[derive(Clone)]
pub(crate) struct Guarded {
    pub(crate) resolver: Arc<dyn Resolve>,
    pub(crate) private: Arc<PrivateHosts>,
}

impl reqwest::dns::Resolve for Guarded {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let guarded = self.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let addresses = guarded.resolver.resolve(&host).await?;
            for address in &addresses {
                guarded.private.judge(&host, *address)?;
            }
            // The port is the address's own. These, and no others, are connected to.
            let sockets: Vec<_> = addresses.into_iter().map(|address| SocketAddr::new(address, 0)).collect();
            Ok(Box::new(sockets.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_shops_own_network_can_be_allowed_and_only_by_address() {
        let mut hosts = PrivateHosts::default();
        hosts.allow("erp.loja", &["192.168.1.20".into(), "10.1.0.0/16".into()]).unwrap();
        let judged = |host: &str, address: &str| hosts.judge(host, address.parse().unwrap()).is_ok();
        assert!(judged("erp.loja", "192.168.1.20") && judged("erp.loja", "10.1.2.3"));
        assert!(judged("erp.loja", "::ffff:10.1.2.3"));
        assert!(!judged("erp.loja", "192.168.1.21") && !judged("erp.loja", "169.254.169.254"));
        assert!(!judged("erp.loja", "8.8.8.8"), "its name points elsewhere now");
        assert!(!judged("other.loja", "192.168.1.20") && judged("other.loja", "8.8.8.8"));
        for range in ["169.254.169.254", "0.0.0.0/0", "8.8.8.8", "224.0.0.1", "nonsense", "10.0.0.0/7"] {
            assert!(PrivateHosts::default().allow("x", &[range.to_owned()]).is_err(), "{range}");
        }
    }
}
