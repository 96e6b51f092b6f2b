//! The words of the languages, as dated tables.
//!
//! Each table was put together from how people write to shops, and tried on the labelled sentences of
//! `tests/wishes.rs`. `STOP`, `UNSUBSCRIBE` and `START` are the words of CTIA's Messaging Principles (2023); the
//! labels of Meta's own opt-out button ("Stop promotions" and its translations; Meta: marketing templates, 2025) are
//! among the phrases. `CANCEL`, `END` and their like are left out on purpose: in a chat with a shop they mean an order.

mod en;
mod es;
mod pt;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::pattern::Pattern;
use super::wish::Wish;

/// The words of a language.
pub(super) struct Words {
    /// `pt-BR`, `es` or `en`.
    pub(super) language: &'static str,
    /// The day from which they hold.
    pub(super) since: &'static str,
    /// Words that stand for each other: name, words.
    pub(super) classes: &'static [(&'static str, &'static str)],
    /// Words beside a command that change nothing: greetings, please.
    pub(super) fillers: &'static str,
    /// Turns of phrase that are a wish only if they are the whole message.
    pub(super) commands: &'static [(Wish, &'static str)],
    /// Turns of phrase that are a wish wherever they stand.
    pub(super) phrases: &'static [(Wish, &'static str)],
    /// Before a phrase they turn it around, or make it a question about something else: "não", "se", "por que".
    pub(super) blockers: &'static str,
    /// Words that may stand between those and the phrase: "não *quero* parar de receber".
    pub(super) carriers: &'static str,
    /// After a phrase that says no ("não me mande mensagem …") they make it a matter of time: "… agora".
    pub(super) times: &'static str,
    /// After any phrase they make it about something else: "me tira da lista *de espera*".
    pub(super) others: &'static str,
}

/// A table, read.
pub(super) struct Table {
    pub(super) language: &'static str,
    pub(super) since: &'static str,
    pub(super) fillers: Vec<&'static str>,
    pub(super) commands: Vec<(Wish, Pattern)>,
    pub(super) phrases: Vec<Phrase>,
    pub(super) blockers: Vec<&'static str>,
    pub(super) carriers: Vec<&'static str>,
    pub(super) times: Vec<&'static str>,
    pub(super) others: Vec<&'static str>,
}

pub(super) struct Phrase {
    pub(super) wish: Wish,
    pub(super) pattern: Pattern,
    /// Whether it begins with a no of its own.
    pub(super) says_no: bool,
}

/// All languages.
pub(super) static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| [&pt::PT, &es::ES, &en::EN].map(read).into());

fn list(words: &'static str) -> Vec<&'static str> {
    words.split_whitespace().collect()
}

fn read(words: &'static Words) -> Table {
    let classes: HashMap<_, _> = words.classes.iter().map(|(name, words)| (*name, list(words))).collect();
    let phrases = words.phrases.iter().map(|(wish, text)| Phrase {
        wish: *wish,
        pattern: Pattern::read(text, &classes),
        says_no: text.starts_with("@no"),
    });
    Table {
        language: words.language,
        since: words.since,
        fillers: list(words.fillers),
        commands: words.commands.iter().map(|(wish, text)| (*wish, Pattern::read(text, &classes))).collect(),
        phrases: phrases.collect(),
        blockers: list(words.blockers),
        carriers: list(words.carriers),
        times: list(words.times),
        others: list(words.others),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_dated_and_plain() {
        for words in [&pt::PT, &es::ES, &en::EN] {
            assert!(words.since.starts_with("2026-"), "{}", words.language);
            let phrases = words.commands.iter().chain(words.phrases).map(|(_, text)| *text);
            let classes = words.classes.iter().map(|(_, words)| *words);
            let lists = [words.fillers, words.blockers, words.carriers, words.times, words.others];
            for text in phrases.chain(classes).chain(lists) {
                assert!(text.is_ascii() && text.to_lowercase() == text, "{text:?} would never be found");
            }
        }
        assert_eq!(TABLES.len(), 3);
    }
}
