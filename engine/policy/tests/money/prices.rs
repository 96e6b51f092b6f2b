use ponte_model::Timestamp;
use ponte_policy::money::{Category, Estimate, Free, Price, Question, RateBook, Unknown, Zone, day_of};

use super::{at, book, brl, sao_paulo};

const SPENT: u64 = 1_000;

fn question(category: Option<Category>, at: Timestamp) -> Question<'static> {
    Question {
        at,
        zone: sao_paulo(),
        currency: Some(brl()),
        phone: Some("5511955550100"),
        category,
        window_open: false,
        entry_point: false,
        by_app: false,
        covered: SPENT,
    }
}

fn estimate(question: &Question<'_>) -> Estimate {
    book().estimate(question, &|_, _| 0)
}

fn cost(estimate: &Estimate) -> Result<i64, &'static str> {
    match estimate.price {
        Price::Charged(money) => Ok(money.micros),
        Price::Free(why) => Err(why.as_str()),
        Price::Unknown(_) => Err("unknown"),
    }
}

/// The fact sheet's table 16.2, and 16.1's periods. Columns: window open; window closed and free entry point open; both
/// closed; both open. Service messages outside the window are refused before they cost anything.
#[test]
fn free_or_paid_by_category_window_entry_point_and_period_as_in_table_16_2() {
    use Category::{Authentication, Marketing, Service, Utility};
    let (summer, winter) = ("2026-09-30T23:59:59", "2026-10-01T00:00:00");
    let (window, entry) = (Err("window"), Err("entry-point"));
    for (day, category, open, entry_only, closed, both) in [
        (summer, Service, window, entry, window, entry),
        (winter, Service, Ok(50_000), entry, Ok(50_000), entry),
        (summer, Utility, window, entry, Ok(50_000), entry),
        (winter, Utility, Ok(50_000), entry, Ok(50_000), entry),
        (summer, Marketing, Ok(400_000), entry, Ok(400_000), entry),
        (winter, Marketing, Ok(400_000), entry, Ok(400_000), entry),
        (summer, Authentication, Ok(60_000), entry, Ok(60_000), entry),
        (winter, Authentication, Ok(60_000), entry, Ok(60_000), entry),
    ] {
        let columns = [(true, false, open), (false, true, entry_only), (false, false, closed), (true, true, both)];
        for (window_open, entry_point, expected) in columns {
            let asked = Question { window_open, entry_point, ..question(Some(category), at(day)) };
            assert_eq!(cost(&estimate(&asked)), expected, "{category} at {day}, {window_open}, {entry_point}");
            let app = Question { by_app: true, ..asked };
            assert_eq!(cost(&estimate(&app)), Err("app"), "what is written in the app costs nothing");
        }
    }
}

#[test]
fn requirement_3_6_a_service_reply_costs_nothing_before_october_2026_and_the_utility_rate_after() {
    let reply = |day| Question { window_open: true, ..question(Some(Category::Service), at(day)) };
    assert_eq!(estimate(&reply("2026-09-30T12:00:00")).price, Price::Free(Free::Window));
    assert_eq!(cost(&estimate(&reply("2026-10-01T12:00:00"))), Ok(50_000));
    let first = Question { covered: SPENT - 1, ..reply("2026-10-01T12:00:00") };
    assert_eq!(estimate(&first).price, Price::Free(Free::Allowance), "1,000 a number and month are free");
    let india = Question { phone: Some("919812345678"), ..reply("2026-10-01T12:00:00") };
    assert_eq!(cost(&estimate(&india)), Ok(10_000), "where the card has a service price, that one");
}

#[test]
fn a_period_begins_at_midnight_of_the_accounts_zone() {
    // Midnight in São Paulo is three in the morning by UTC.
    let moment = at("2026-09-30T22:00:00");
    let asked = Question { window_open: true, ..question(Some(Category::Service), moment) };
    assert_eq!(cost(&estimate(&asked)), Err("window"));
    assert_eq!(cost(&estimate(&Question { zone: Zone::default(), ..asked })), Ok(50_000));
    assert_eq!(
        (day_of(sao_paulo(), moment), day_of(Zone::default(), moment)),
        ("2026-09-30".into(), "2026-10-01".into())
    );
}

#[test]
fn volume_tiers_lower_utility_and_authentication_and_nothing_else() {
    for (category, before, expected) in [
        (Category::Utility, 99, 50_000),
        (Category::Utility, 100, 40_000),
        (Category::Utility, 999, 40_000),
        (Category::Utility, 1_000, 30_000),
        (Category::Authentication, 100, 20_000),
        (Category::Marketing, 5_000, 400_000),
        // "Without volume tiers."
        (Category::Service, 5_000, 50_000),
    ] {
        let asked = question(Some(category), at("2026-11-23T10:00:00"));
        let told = book().estimate(&asked, &|market, of| {
            assert_eq!(market, "Brazil");
            if of == category { before } else { 0 }
        });
        assert_eq!(cost(&told), Ok(expected), "{category} after {before}");
    }
}

#[test]
fn an_unknown_price_is_unknown_and_never_zero() {
    let now = at("2026-11-23T10:00:00");
    let marketing = question(Some(Category::Marketing), now);
    let euro = ponte_model::Currency::parse("EUR");
    for (asked, expected) in [
        (Question { phone: Some("4915112345678"), ..marketing }, Unknown::Rate),
        (Question { phone: None, ..marketing }, Unknown::Market),
        (Question { currency: euro, ..marketing }, Unknown::Card),
        (Question { at: at("2025-06-30T10:00:00"), ..marketing }, Unknown::Period),
        (Question { at: at("2024-10-31T10:00:00"), ..marketing }, Unknown::Period),
        (question(Some(Category::AuthenticationInternational), now), Unknown::Rate),
    ] {
        let told = estimate(&asked);
        assert_eq!((told.price, told.hold), (Price::Unknown(expected), None), "{asked:?}");
    }
    let nowhere = Question { currency: None, ..marketing };
    assert_eq!(RateBook::default().estimate(&nowhere, &|_, _| 0).price, Price::Unknown(Unknown::Card));
    let two = RateBook::parse(&[super::CARD, &super::CARD.replace("BRL", "EUR")].concat()).unwrap();
    assert_eq!(two.estimate(&nowhere, &|_, _| 0).price, Price::Unknown(Unknown::Currency));
    assert_eq!(cost(&estimate(&nowhere)), Ok(400_000), "all cards are in one currency");
}

#[test]
fn for_a_template_of_unknown_category_the_dearest_is_set_aside() {
    let now = at("2026-11-23T10:00:00");
    let told = estimate(&question(None, now));
    assert_eq!((told.price, told.hold.unwrap().micros), (Price::Unknown(Unknown::Category), 400_000));
    // India's card has no utility price: it might be the dearest.
    let told = estimate(&Question { phone: Some("919812345678"), ..question(None, now) });
    assert_eq!(told.hold, None);
}

#[test]
fn the_example_card_is_read_and_says_that_it_is_one() {
    let book = RateBook::parse(include_str!("../../../../examples/rates.toml")).unwrap();
    assert!(book.has_prices() && book.is_example());
    assert!(!super::book().is_example());
}
