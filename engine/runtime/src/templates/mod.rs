//! Templates in memory: what a message that uses one is judged by, without a question to the store.
//!
//! Of an account whose templates were never listed, and of a number without account, nothing is known: messages pass,
//! and Meta judges.

mod news;
mod sync;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use ponte_model::send::{Outbound, Payload, Template};
use ponte_model::template::{self, Registered};
use ponte_model::{NumberId, Refusal, Timestamp, WabaId};
use ponte_policy::template::{at_leaving, check, check_recipient, variant};
use ponte_policy::{Category, No};
use ponte_store::{OutboxItem, Store, TemplateBook};
use tokio::sync::Notify;

use crate::registry::Snapshot;
use crate::verdict::Asking;

pub(crate) use news::hear;
pub use sync::{SyncedAccount, sync_templates};
pub(crate) use sync::{run, sync_all, sync_one};

/// An account's templates by name, each in its languages.
pub(crate) type Book = HashMap<String, Vec<Registered>>;

/// The templates of all accounts. Behind the store only while a change is on its way into memory.
#[derive(Default)]
pub(crate) struct Templates {
    books: RwLock<HashMap<WabaId, Arc<Book>>>,
    /// Languages that stand in where a template has neither the wanted one nor its base.
    fallbacks: Vec<String>,
    /// Held from the write to the store until memory has it: changes become known in the order in which they are
    /// stored.
    changing: tokio::sync::Mutex<()>,
    /// Held by a sync: an older list must not replace a newer one.
    syncing: tokio::sync::Mutex<()>,
    /// Accounts to be listed again now.
    asked: Mutex<HashSet<WabaId>>,
    asking: Notify,
}

impl Templates {
    pub(crate) fn new(fallbacks: Vec<String>) -> Self {
        Self { fallbacks, ..Self::default() }
    }

    /// Reads all accounts from the store.
    pub(crate) async fn reload(&self, store: &dyn Store) -> ponte_store::Result<()> {
        let _changing = self.changing.lock().await;
        let books = store.templates(None).await?.into_iter().map(|book| (book.waba.clone(), Arc::new(by_name(book))));
        *self.books.write().unwrap_or_else(PoisonError::into_inner) = books.collect();
        Ok(())
    }

    /// Reads one account from the store.
    async fn reload_account(&self, store: &dyn Store, waba: &WabaId) -> ponte_store::Result<()> {
        for book in store.templates(Some(waba)).await? {
            self.put(book.waba.clone(), by_name(book));
        }
        Ok(())
    }

    fn put(&self, waba: WabaId, book: Book) {
        self.books.write().unwrap_or_else(PoisonError::into_inner).insert(waba, Arc::new(book));
    }

    /// An account's templates; `None` if they were never listed.
    pub(crate) fn book(&self, waba: &WabaId) -> Option<Arc<Book>> {
        self.books.read().unwrap_or_else(PoisonError::into_inner).get(waba).cloned()
    }

    /// Whether an account has a template in a language.
    pub(crate) fn has(&self, waba: &WabaId, name: &str, language: &str) -> bool {
        let book = self.book(waba);
        book.and_then(|book| book.get(name).map(|all| all.iter().any(|one| one.definition.language == language)))
            .unwrap_or(false)
    }

    /// What is wrong with the template that a message uses, if it uses one.
    pub(crate) fn objection_to(&self, registry: &Snapshot, asking: &Asking<'_>, now: Timestamp) -> Option<No> {
        let OutboxItem::Message { message } = asking.item else { return None };
        let Payload::Template(send) = &message.payload else { return None };
        let book = self.book_of(registry, &asking.conversation.number)?;
        let found = match self.variant(&book, send) {
            Ok(found) => found,
            Err(refusal) => return Some(refusal.into()),
        };
        let refusal = check(send, found).and_then(|()| check_recipient(&message.to, found)).err()?;
        // A flow that asks can choose another; what waits already waits on.
        Some(if asking.leaving { at_leaving(refusal, found, now) } else { refusal.into() })
    }

    /// The category of a template by its name, in whatever account it is.
    pub(crate) fn category_named(&self, name: &str) -> Option<Category> {
        let books = self.books.read().unwrap_or_else(PoisonError::into_inner);
        books.values().find_map(|book| category(book.get(name)?.first()?))
    }

    /// The category of the template that an item uses, if it uses one that is known.
    pub(crate) fn category_of(&self, registry: &Snapshot, number: &NumberId, item: &OutboxItem) -> Option<Category> {
        let OutboxItem::Message { message } = item else { return None };
        let Payload::Template(send) = &message.payload else { return None };
        let book = self.book_of(registry, number)?;
        category(self.variant(&book, send).ok()?)
    }

    /// The message in the language that the template has for it.
    pub(crate) fn in_language<'a>(
        &self,
        registry: &Snapshot,
        number: &NumberId,
        message: &'a Outbound,
    ) -> Cow<'a, Outbound> {
        if let Payload::Template(send) = &message.payload
            && let Some(book) = self.book_of(registry, number)
            && let Ok(found) = self.variant(&book, send)
            && found.definition.language != send.language
        {
            let language = found.definition.language.clone();
            tracing::info!(template = send.name, asked = send.language, language, "a template stands in for another");
            let template = Template { language, ..send.clone() };
            return Cow::Owned(Outbound { payload: Payload::Template(template), ..message.clone() });
        }
        Cow::Borrowed(message)
    }

    fn book_of(&self, registry: &Snapshot, number: &NumberId) -> Option<Arc<Book>> {
        self.book(registry.number(number)?.row.waba_id.as_ref()?)
    }

    fn variant<'a>(&self, book: &'a Book, send: &Template) -> Result<&'a Registered, Refusal> {
        let variants: Vec<_> = book.get(&send.name).into_iter().flatten().collect();
        variant(send, &variants, &self.fallbacks)
    }

    /// Asks for an account to be listed again.
    fn ask(&self, waba: &WabaId) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(waba.clone());
        self.asking.notify_one();
    }

    /// Asks for the account of a number to be listed again.
    pub(crate) fn ask_about(&self, registry: &Snapshot, number: &NumberId) {
        registry
            .number(number)
            .and_then(|number| number.row.waba_id.as_ref())
            .into_iter()
            .for_each(|waba| self.ask(waba));
    }

    /// Asks for the accounts of numbers that were registered since the last list.
    pub(crate) fn ask_for_new(&self, registry: &Snapshot) {
        let accounts: HashSet<_> = registry.numbers().filter_map(|number| number.row.waba_id.as_ref()).collect();
        accounts.into_iter().filter(|waba| self.book(waba).is_none()).for_each(|waba| self.ask(waba));
    }

    fn take_asked(&self) -> HashSet<WabaId> {
        std::mem::take(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn category(template: &Registered) -> Option<Category> {
    match template.definition.category {
        template::Category::Marketing => Some(Category::Marketing),
        template::Category::Utility => Some(Category::Utility),
        template::Category::Authentication => Some(Category::Authentication),
        template::Category::Other(_) => None,
    }
}

fn by_name(book: TemplateBook) -> Book {
    let mut names = Book::new();
    for template in book.templates {
        names.entry(template.definition.name.clone()).or_default().push(template);
    }
    names
}
