//! The templates, and since when Ponte surely knows how Meta has them.

use std::collections::HashMap;

use ponte_model::Timestamp;
use ponte_model::consent::Category;
use ponte_simulator::What;
use ponte_tests::{Stage, WABA};

use crate::rig::TEMPLATES;

pub(crate) struct Listed {
    categories: HashMap<&'static str, &'static str>,
    /// The last change is known since.
    known: Option<Timestamp>,
}

impl Default for Listed {
    fn default() -> Self {
        let categories = TEMPLATES.iter().map(|(name, category, _)| (*name, *category)).collect();
        Self { categories, known: Some(Timestamp::EPOCH) }
    }
}

impl Listed {
    /// Meta judged one anew.
    pub(crate) fn changed(&mut self) {
        self.known = None;
    }

    /// Meta moved one into another category.
    pub(crate) fn moved(&mut self, name: &'static str, category: &'static str) {
        self.categories.insert(name, category);
        self.known = None;
    }

    /// Compares what the store has with what Meta says.
    pub(super) async fn learn(&mut self, stage: &Stage) {
        if self.known.is_some() {
            return;
        }
        let Ok(books) = stage.store().templates(Some(&WABA.into())).await else { return };
        let listed: Vec<_> = books.into_iter().flat_map(|book| book.templates).collect();
        let same = stage.simulator.templates(WABA).iter().all(|meant| {
            listed.iter().any(|known| {
                let what = (&*known.definition.name, known.status.as_str(), known.definition.category.as_str());
                what == (&*meant.name, &*meant.status, &*meant.category)
            })
        });
        if same {
            self.known = Some(stage.runtime.now());
        }
    }

    /// Whether Ponte knew by `at` how Meta has them all.
    pub(super) fn known_by(&self, at: Timestamp) -> bool {
        self.known.is_some_and(|known| known < at)
    }

    /// The category in which Meta has the template of a message.
    pub(super) fn category(&self, what: &What) -> Option<Category> {
        let What::Sent { kind, text, .. } = what else { return None };
        let (name, ..) = TEMPLATES.iter().find(|(.., words)| kind == "template" && text.starts_with(words))?;
        match self.categories[name] {
            "MARKETING" => Some(Category::Marketing),
            _ => Some(Category::Utility),
        }
    }
}
