//! What a customer asks for: to be left alone, or to hear again.

use ponte_model::{Content, Message};

use super::plain::{Clauses, clauses};
use super::words::{Phrase, TABLES, Table};

/// So much of a text is read, in characters: who wants to be left alone does not wait longer to say so.
const READ: usize = 1_000;

/// A wish about what the business sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wish {
    /// No more promotion. What concerns an order or a code goes on.
    Stop,
    /// Nothing more at all.
    StopAll,
    /// To hear again.
    Start,
}

/// A wish, and the languages in which it was said. A word may be of several: "parar".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What is asked for.
    pub wish: Wish,
    /// `pt-BR`, `es`, `en`; at least one.
    pub languages: Vec<&'static str>,
    /// The date of the table of words by which it was understood.
    pub words: &'static str,
}

/// Whether a text asks to stop, or to begin again.
///
/// It understands a sentence rather than looking for a word: "não pare", "quero parar na loja" and "cancelar meu
/// pedido" ask for nothing. Where a sentence can be read both ways it is no wish: then a flow or a person answers,
/// and nothing is lost. Case, accents, emoji and punctuation around it change nothing.
pub fn wish(text: &str) -> Option<Wish> {
    read(text).map(|reading| reading.wish)
}

/// As [`wish`], with the languages.
pub fn read(text: &str) -> Option<Reading> {
    let end = text.char_indices().nth(READ).map_or(text.len(), |(end, _)| end);
    let clauses = clauses(&text[..end]);
    // Of two that contradict each other, the one that leaves the person alone.
    [Wish::StopAll, Wish::Stop, Wish::Start].into_iter().find_map(|wish| {
        let says = |table: &&Table| commands(table, &clauses, wish) || phrases(table, &clauses, wish);
        let said: Vec<_> = TABLES.iter().filter(says).collect();
        let languages = said.iter().map(|table| table.language).collect();
        said.first().map(|first| Reading { wish, languages, words: first.since })
    })
}

/// The wish in a customer's message: its text or caption, or a template's quick reply by label or payload.
///
/// A flow's own buttons and lists belong to the flow ("Sair" leaves its menu), unless the label is more than a word.
/// What was forwarded is not the customer's own word; what was said in a group is said to the group.
pub fn wish_in(message: &Message) -> Option<Reading> {
    let forwarded = message.context.as_ref().is_some_and(|context| context.forwarded);
    if forwarded || message.group_id.is_some() {
        return None;
    }
    match &message.content {
        Content::Text { body } => read(body),
        Content::Media(media) => read(media.caption.as_deref()?),
        Content::TemplateReply { payload, text } => [text, payload].into_iter().flatten().find_map(|words| read(words)),
        Content::ButtonReply(choice) | Content::ListReply(choice) => {
            let several = choice.title.split_whitespace().nth(1).is_some();
            several.then(|| read(&choice.title)).flatten()
        }
        _ => None,
    }
}

/// Whether the message is a command and nothing else.
fn commands(table: &Table, clauses: &Clauses, wish: Wish) -> bool {
    let mut words: Vec<String> = Vec::new();
    for word in clauses.iter().flatten().filter(|word| !table.fillers.contains(&word.as_str())) {
        if words.last() != Some(word) {
            words.push(word.clone());
        }
    }
    !words.is_empty() && table.commands.iter().any(|(kind, command)| *kind == wish && command.is(&words))
}

fn phrases(table: &Table, clauses: &Clauses, wish: Wish) -> bool {
    let mut phrases = table.phrases.iter().filter(|phrase| phrase.wish == wish);
    phrases.any(|phrase| clauses.iter().any(|clause| stands(table, phrase, clause)))
}

/// Whether a phrase stands in a clause and means what it says there.
fn stands(table: &Table, phrase: &Phrase, clause: &[String]) -> bool {
    let Some(found) = phrase.pattern.find(clause) else { return false };
    let before = clause[..found.start].iter().rev();
    let first_other = before.map(String::as_str).find(|word| {
        let blocks = table.blockers.contains(word);
        blocks || !table.carriers.contains(word)
    });
    if first_other.is_some_and(|word| table.blockers.contains(&word)) {
        return false;
    }
    let mut next = clause[found.end..].iter().take(3).map(String::as_str);
    !next.any(|word| table.others.contains(&word) || (phrase.says_no && table.times.contains(&word)))
}
