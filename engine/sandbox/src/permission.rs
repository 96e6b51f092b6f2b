//! What an operator can grant to a flow.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Something that a flow may only do if the operator granted it: the interface of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Permission {
    /// Propose messages, mark messages as read.
    Send,
    /// Keep keys and values.
    State,
    /// Set timers.
    Schedule,
    /// Read people and tag them.
    Contacts,
    /// Hand conversations to people, and release them.
    Conversation,
    /// Ask web services.
    Http,
    /// Have secrets filled in on the wire.
    Secrets,
    /// Look orders up.
    Orders,
    /// Ask the operator's language model.
    Ai,
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Send,
        Self::State,
        Self::Schedule,
        Self::Contacts,
        Self::Conversation,
        Self::Http,
        Self::Secrets,
        Self::Orders,
        Self::Ai,
    ];

    /// Those whose functions make a run wait for somebody outside.
    pub const OUTSIDE: [Self; 3] = [Self::Http, Self::Orders, Self::Ai];

    /// Its word: the name of the interface.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::State => "state",
            Self::Schedule => "schedule",
            Self::Contacts => "contacts",
            Self::Conversation => "conversation",
            Self::Http => "http",
            Self::Secrets => "secrets",
            Self::Orders => "orders",
            Self::Ai => "ai",
        }
    }

    /// Reads [`Permission::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.as_str() == word)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of permissions. Written as a list of words.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PermissionSet(u16);

impl PermissionSet {
    /// Nothing at all.
    pub const NONE: Self = Self(0);

    /// Everything there is.
    pub fn all() -> Self {
        Permission::ALL.into_iter().collect()
    }

    /// The set of the given words.
    ///
    /// # Errors
    /// The first word that is no permission.
    pub fn from_words<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> Result<Self, UnknownPermission> {
        let known = |word: S| Permission::parse(word.as_ref()).ok_or_else(|| UnknownPermission(word.as_ref().into()));
        words.into_iter().map(known).collect()
    }

    /// Whether it is in the set.
    pub const fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u8) != 0
    }

    /// Whether a run with them may wait for somebody outside.
    pub fn reaches_outside(self) -> bool {
        Permission::OUTSIDE.into_iter().any(|permission| self.has(permission))
    }

    /// The permissions in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The permissions in it.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.has(*permission))
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |set, permission| set | 1 << permission as u8))
    }
}

impl fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for PermissionSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Permission::as_str))
    }
}

impl<'de> Deserialize<'de> for PermissionSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_words(Vec::<String>::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// A word that is no permission.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no permission; there are send, state, schedule, contacts, conversation, http, secrets, orders and ai"
)]
pub struct UnknownPermission(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_round_trip_and_strangers_are_named() {
        let set = PermissionSet::from_words(["state", "send"]).unwrap();
        let json = serde_json::to_string(&set).unwrap();
        assert_eq!(json, r#"["send","state"]"#);
        assert_eq!(serde_json::from_str::<PermissionSet>(&json).unwrap(), set);
        assert!(set.has(Permission::State) && !set.has(Permission::Contacts));
        assert_eq!(set.and(PermissionSet::NONE), PermissionSet::NONE);
        let error = PermissionSet::from_words(["sockets"]).unwrap_err();
        assert!(error.to_string().contains("`sockets`"));
    }
}
