//! Field limits of outgoing messages, as dated data. Everything that checks a length or a count reads this table.
//!
//! Meta counts "characters" and nowhere says whether those are code points or UTF-16 units. UTF-16 units are
//! never fewer than code points, so whoever stays within a limit counted in them is within it either way.

use std::fmt;

/// How much of something a message may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// What is limited, unique in the table.
    pub name: &'static str,
    /// The fewest. For optional fields: the fewest where the field is given at all.
    pub min: usize,
    /// The most.
    pub max: usize,
    /// What is counted.
    pub unit: Unit,
    /// Who says so.
    pub source: &'static str,
    /// As of when, `YYYY-MM`.
    pub date: &'static str,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// UTF-16 units; see the module's words on that.
    Characters,
    /// Things in a list.
    Items,
    /// Line feeds.
    LineBreaks,
    /// Spaces in a row.
    Spaces,
}

impl Limit {
    /// Whether `found` is within the limit; otherwise what is wrong, what would be right, and who says so.
    ///
    /// # Errors
    /// The sentence for the author of the message.
    pub fn check(&self, found: usize) -> Result<(), String> {
        let (bound, word) = match found {
            _ if found > self.max => (self.max, "at most"),
            _ if found < self.min => (self.min, "at least"),
            _ => return Ok(()),
        };
        Err(format!("has {}; {word} {bound} allowed ({})", self.unit.of(found), self.origin()))
    }

    /// Like [`Limit::check`], counting the characters of `text`. White space alone counts as nothing.
    ///
    /// # Errors
    /// The sentence for the author of the message.
    pub fn check_text(&self, text: &str) -> Result<(), String> {
        if self.min > 0 && text.trim().is_empty() {
            return Err(format!("is empty; at least {} needed ({})", self.unit.of(self.min), self.origin()));
        }
        // No string has fewer bytes than UTF-16 units, so most need no counting.
        if text.len() <= self.max && self.min <= 1 { Ok(()) } else { self.check(text.encode_utf16().count()) }
    }

    /// Where the rule is from, for messages: `Meta: text messages, 2025-12`.
    pub fn origin(&self) -> impl fmt::Display {
        let (source, date) = (self.source, self.date);
        fmt::from_fn(move |f| write!(f, "{source}, {date}"))
    }
}

impl Unit {
    fn of(self, count: usize) -> String {
        let word = match self {
            Self::Characters => "character",
            Self::Items => "item",
            Self::LineBreaks => "line break",
            Self::Spaces => "space in a row",
        };
        match (count, self) {
            (1, _) => format!("1 {word}"),
            (_, Self::Spaces) => format!("{count} spaces in a row"),
            _ => format!("{count} {word}s"),
        }
    }
}

macro_rules! limits {
    ($($(#[$doc:meta])* $id:ident $name:literal $min:literal..=$max:literal $unit:ident, $source:literal, $date:literal;)+) => {
        $(
            $(#[$doc])*
            pub static $id: Limit =
                Limit { name: $name, min: $min, max: $max, unit: Unit::$unit, source: $source, date: $date };
        )+

        /// The whole table.
        pub static ALL: &[&Limit] = &[$(&$id),+];
    };
}

limits! {
    /// A plain text.
    TEXT_BODY "text body" 1..=4096 Characters, "Meta: text messages", "2025-12";
    /// The words under an image, a video or a document.
    CAPTION "caption" 1..=1024 Characters, "Meta: media messages", "2025-12";
    /// Contact cards in one message.
    CONTACT_CARDS "contact cards" 1..=257 Items, "Meta: contacts messages", "2025-12";

    /// The text of an interactive message other than a list.
    INTERACTIVE_BODY "interactive body" 1..=1024 Characters, "Meta: interactive messages", "2025-12";
    /// The text of a list. Older pages said 1,024.
    LIST_BODY "list body" 1..=4096 Characters, "Meta: interactive list messages", "2025-12";
    /// A header in words.
    HEADER_TEXT "header text" 1..=60 Characters, "Meta: interactive messages", "2025-12";
    /// The small print.
    FOOTER "footer" 1..=60 Characters, "Meta: interactive messages", "2025-12";

    /// Reply buttons of one message.
    BUTTONS "reply buttons" 1..=3 Items, "Meta: interactive reply buttons", "2025-12";
    /// What a reply button brings back.
    BUTTON_ID "reply button id" 1..=256 Characters, "Meta: interactive reply buttons", "2025-12";
    /// The label of a reply button.
    BUTTON_TITLE "reply button title" 1..=20 Characters, "Meta: interactive reply buttons", "2025-12";

    /// The label of the button that opens a list.
    LIST_BUTTON "list button" 1..=20 Characters, "Meta: interactive list messages", "2025-12";
    /// Sections of a list.
    SECTIONS "list sections" 1..=10 Items, "Meta: interactive list messages", "2025-12";
    /// Rows of a list, all sections together.
    ROWS "list rows" 1..=10 Items, "Meta: interactive list messages", "2025-12";
    /// The heading of a section, of rows or of products: the request's section object is the same.
    SECTION_TITLE "section title" 1..=24 Characters, "Meta: interactive list messages", "2025-12";
    /// What a row brings back.
    ROW_ID "row id" 1..=200 Characters, "Meta: interactive list messages", "2025-12";
    /// The label of a row.
    ROW_TITLE "row title" 1..=24 Characters, "Meta: interactive list messages", "2025-12";
    /// The second line of a row.
    ROW_DESCRIPTION "row description" 1..=72 Characters, "Meta: interactive list messages", "2025-12";

    /// The label of a button that opens a page.
    URL_LABEL "URL button label" 1..=20 Characters, "Meta: interactive call-to-action URL buttons", "2025-12";
    /// The label of a button that opens a form. Older texts said 20.
    FORM_LABEL "form button label" 1..=30 Characters, "Meta: sending a flow", "2025-12";
    /// The label of a button that starts a call.
    CALL_LABEL "call button label" 1..=20 Characters, "Meta: template components, voice call buttons", "2025-12";
    /// What a call begun by a button brings back.
    CALL_PAYLOAD "call payload" 1..=512 Characters, "Meta: template components, voice call buttons", "2025-12";

    /// Products of one message, all sections together.
    PRODUCTS "products" 1..=30 Items, "Meta: sharing products", "2026-03";
    /// Sections of products.
    PRODUCT_SECTIONS "product sections" 1..=10 Items, "Meta: sharing products", "2026-03";

    /// Cards of a carousel.
    CARDS "carousel cards" 2..=10 Items, "Meta: interactive carousels", "2025-12";
    /// The words on a card.
    CARD_BODY "carousel card body" 1..=160 Characters, "Meta: interactive carousels", "2025-12";
    /// Line breaks in the words on a card.
    CARD_LINE_BREAKS "carousel card line breaks" 0..=2 LineBreaks, "Meta: interactive carousels", "2025-12";
    /// The label of a card's button.
    CARD_LABEL "carousel card button label" 1..=20 Characters, "Meta: interactive carousels", "2025-12";

    /// The reference of an order.
    ORDER_REFERENCE "order reference" 1..=60 Characters, "Meta: payments in Brazil", "2026-03";
    /// The name of an item of an order.
    ORDER_ITEM_NAME "order item name" 1..=60 Characters, "Meta: payments in Brazil", "2026-03";

    /// The name of a template.
    TEMPLATE_NAME "template name" 1..=512 Characters, "Meta: templates overview", "2025-12";
    /// A value in a header: the filled header may not be longer, so neither may the value.
    TEMPLATE_HEADER_VALUE "template header value" 1..=60 Characters, "Meta: template components", "2025-12";
    /// A value in a body: the filled body may not be longer, so neither may the value.
    TEMPLATE_BODY_VALUE "template body value" 1..=1024 Characters, "Meta: template components", "2025-12";
    /// Spaces in a row in any value.
    TEMPLATE_SPACES "spaces in a template value" 0..=4 Spaces, "several vendors, error details of 132012", "2026-09";
    /// Buttons of a template: positions run from 0 to one less.
    TEMPLATE_BUTTONS "template buttons" 0..=10 Items, "Meta: template components", "2025-12";
    /// Buttons that open a page.
    TEMPLATE_URL_BUTTONS "template URL buttons" 0..=2 Items, "Meta: template components", "2025-12";
    /// Buttons that copy a code.
    TEMPLATE_COPY_BUTTONS "template copy-code buttons" 0..=1 Items, "Meta: template components", "2025-12";
    /// The end of a button's address: the whole may not be longer, so neither may the end.
    TEMPLATE_URL_SUFFIX "template URL suffix" 1..=2000 Characters, "Meta: template components", "2025-12";
    /// A coupon to copy. The general page still says 15.
    COUPON_CODE "coupon code" 1..=20 Characters, "Meta: coupon code templates", "2025-12";
    /// Cards of a template carousel.
    TEMPLATE_CARDS "template cards" 2..=10 Items, "Meta: carousel templates", "2025-12";
    /// A value in the body of a card: the filled body may not be longer, so neither may the value.
    TEMPLATE_CARD_VALUE "template card value" 1..=160 Characters, "Meta: carousel templates", "2025-12";
    /// Buttons of a template card.
    TEMPLATE_CARD_BUTTONS "template card buttons" 0..=2 Items, "Meta: carousel templates", "2025-12";
    /// Products of a template, all sections together.
    TEMPLATE_PRODUCTS "template products" 1..=30 Items, "Meta: multi-product templates", "2025-12";
    /// Sections of products of a template.
    TEMPLATE_PRODUCT_SECTIONS "template product sections" 1..=10 Items, "Meta: multi-product templates", "2025-12";

    /// Our own id on a send, which comes back in statuses.
    CALLBACK_DATA "callback data" 1..=512 Characters, "Meta: changelog of 26 January 2024", "2024-01";
    /// The part of a BSUID after the country.
    USER_ID "user id" 1..=128 Characters, "Meta: business-scoped user ids", "2026-08";
    /// The digits of a phone number.
    PHONE "phone number" 1..=15 Characters, "ITU-T E.164", "2010-11";
}

/// Countries where addresses can be asked for. (Meta: address messages, 2025-12; older pages also name Singapore.)
pub static ADDRESS_COUNTRIES: &[&str] = &["IN"];

/// Amounts in reais count hundredths: what Meta calls the offset. (Meta: payments in Brazil, 2026-03.)
pub const BRL_OFFSET: u64 = 100;
