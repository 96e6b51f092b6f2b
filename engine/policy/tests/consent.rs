//! The rules of consent, frequency and quiet hours, as tables.

use std::time::Duration;

use chrono_tz::Tz;
use ponte_model::consent::{Category, Change, Purpose as For, Source, Statement};
use ponte_model::{Preference, Refusal, RunId, Timestamp};
use ponte_policy::consent::{
    Addressee, Consent, ConsentRules, Reach, Wish, of_preference, of_refused_send, of_wish, read, standing,
};
use ponte_policy::lifecycle::Sending;
use ponte_policy::{Echo, Facts, No, PhoneTerms, Proposal, Purpose, Sender, Situation, judge};
use proptest::prelude::*;

const DAY: u64 = 24 * 3600;

/// 2026-11-23 12:00 in São Paulo, a Monday.
fn noon() -> Timestamp {
    Timestamp::from_secs(1_795_446_000)
}

fn later(secs: u64) -> Timestamp {
    noon().plus(Duration::from_secs(secs))
}

fn said(purpose: For, change: Change, secs: u64) -> Statement {
    let (source, at) = (Source::Chat, later(secs));
    Statement { key: secs.to_string(), purpose, change, source, text: None, version: None, at }
}

#[test]
fn the_last_word_about_each_category_counts() {
    use Change::{Given, Withdrawn};
    use For::{Any, Authentication, Marketing, Utility};
    for (name, entries, allowed) in [
        ("nothing was said", vec![], [false, true, true]),
        ("agreed", vec![(Marketing, Given, 1)], [true, true, true]),
        ("agreed and taken back", vec![(Marketing, Given, 1), (Marketing, Withdrawn, 2)], [false, true, true]),
        ("an old list is imported", vec![(Marketing, Withdrawn, 2), (Marketing, Given, 1)], [false, true, true]),
        ("… after a full stop", vec![(Any, Withdrawn, 2), (Marketing, Given, 1)], [false, false, false]),
        ("taken back and agreed anew", vec![(Marketing, Withdrawn, 1), (Marketing, Given, 2)], [true, true, true]),
        ("everything stopped", vec![(Marketing, Given, 1), (Any, Withdrawn, 2)], [false, false, false]),
        ("everything but codes", vec![(Any, Withdrawn, 1), (Authentication, Given, 2)], [false, false, true]),
        ("everything taken up again", vec![(Any, Withdrawn, 1), (Any, Given, 2)], [true, true, true]),
        ("no updates", vec![(Utility, Withdrawn, 1)], [false, false, true]),
    ] {
        let entries: Vec<_> = entries.into_iter().map(|(what, change, hour)| said(what, change, hour * 3600)).collect();
        let consent = standing(&entries);
        let category = [Category::Marketing, Category::Utility, Category::Authentication];
        assert_eq!(category.map(|category| consent.allows(category)), allowed, "{name}");
    }
}

#[test]
fn what_was_stopped_in_whatsapp_itself_begins_again_there_alone() {
    let at_platform =
        |change, hour: u64| Statement { source: Source::Platform, ..said(For::Marketing, change, hour * 3600) };
    let in_chat = |hour: u64| said(For::Marketing, Change::Given, hour * 3600);
    let mut entries = vec![in_chat(1), at_platform(Change::Withdrawn, 2), in_chat(3)];
    assert!(!standing(&entries).allows(Category::Marketing), "Meta refuses it all the same");
    assert!(standing(&entries).allows(Category::Utility));
    entries.push(at_platform(Change::Given, 4));
    assert!(standing(&entries).allows(Category::Marketing));
}

#[test]
fn clocks_that_differ_do_not_undo_a_stop() {
    let entries = [said(For::Marketing, Change::Given, 60), said(For::Marketing, Change::Withdrawn, 0)];
    assert!(!standing(&entries).allows(Category::Marketing), "it was written later, and said in the same minute");
}

#[test]
fn wishes_and_the_platforms_words_become_lines_of_the_ledger() {
    let none = Consent::default();
    let line = |text: &str, before: &Consent| {
        let line = of_wish(&read(text).expect("a wish"), before, "k", text, noon());
        (line.purpose, line.change, line.source)
    };
    let stopped = standing(&[said(For::Marketing, Change::Withdrawn, 0)]);
    let silent = standing(&[said(For::Any, Change::Withdrawn, 0)]);
    assert_eq!(line("parar", &none), (For::Marketing, Change::Withdrawn, Source::Chat));
    assert_eq!(line("parem com tudo", &none), (For::Any, Change::Withdrawn, Source::Chat));
    assert_eq!(line("quero voltar a receber", &stopped), (For::Marketing, Change::Given, Source::Chat));
    assert_eq!(line("quero voltar a receber", &silent), (For::Any, Change::Given, Source::Chat));
    assert!(!none.changes(Wish::Start), "who never stopped has nothing to take up again");
    assert!(stopped.changes(Wish::Start) && !stopped.changes(Wish::Stop) && stopped.changes(Wish::StopAll));

    let preference = |value: &str, category: &str| {
        let preference = Preference { category: category.into(), value: value.into(), detail: None };
        of_preference(&preference, "k", noon()).map(|line| line.change)
    };
    assert_eq!(preference("stop", "marketing_messages"), Some(Change::Withdrawn));
    assert_eq!(preference("resume", "marketing_messages"), Some(Change::Given));
    assert_eq!(preference("stop", "something_new"), None);
    assert_eq!(preference("pause", "marketing_messages"), None);
    assert_eq!(of_refused_send("k", noon()).change, Change::Withdrawn);
}

struct Case {
    consent: Consent,
    sent: Vec<(Category, Timestamp)>,
    rules: ConsentRules,
    now: Timestamp,
    wrote: Option<Timestamp>,
}

impl Default for Case {
    fn default() -> Self {
        let (consent, sent, rules) = (Consent::default(), Vec::new(), ConsentRules::default());
        Self { consent, sent, rules, now: noon(), wrote: Some(noon()) }
    }
}

impl Case {
    fn verdict(&self, purpose: Purpose, category: Option<Category>, sender: Sender<'_>) -> Result<(), (String, No)> {
        let addressee = Addressee {
            consent: self.consent.clone(),
            zones: vec![Tz::America__Sao_Paulo].into(),
            sent: self.sent.clone(),
            ..Addressee::default()
        };
        let window_until = self.wrote.map(|at| at.plus(Duration::from_secs(DAY)));
        let facts = Facts { last_customer_at: self.wrote, window_until, ..Facts::default() };
        let reach = Reach { addressee: &addressee, home: &[], rules: &self.rules };
        let situation = Situation {
            release: ponte_policy::Release::default(),
            now: self.now,
            number: &Sending::Free,
            facts: &facts,
            echo: Echo::default(),
            template: None,
            echo_blind: None,
            phone: PhoneTerms::default(),
            budget: None,
            reach,
        };
        judge(&Proposal { purpose, sender, category }, &situation).map_err(|no| (no.rule.to_owned(), no.no))
    }

    fn template(&self, category: Option<Category>) -> Result<(), (String, No)> {
        self.verdict(Purpose::Template, category, Sender::Flow(&"r".into()))
    }
}

fn no_consent() -> Result<(), (String, No)> {
    Err(("consent".into(), No::Refused(Refusal::NoConsent)))
}

fn held_until<T>(verdict: &Result<T, (String, No)>) -> Option<(&str, Timestamp)> {
    match verdict {
        Err((rule, No::Held { until, .. })) => Some((rule, *until)),
        _ => None,
    }
}

#[test]
fn templates_need_consent_by_their_category() {
    let agreed = Case { consent: standing(&[said(For::Marketing, Change::Given, 0)]), ..Case::default() };
    let silent = Case { consent: standing(&[said(For::Any, Change::Withdrawn, 0)]), ..Case::default() };
    let nobody = Case::default();
    assert_eq!(nobody.template(Some(Category::Marketing)), no_consent());
    assert_eq!(nobody.template(Some(Category::Utility)), Ok(()));
    assert_eq!(nobody.template(Some(Category::Authentication)), Ok(()));
    assert_eq!(agreed.template(Some(Category::Marketing)), Ok(()));
    assert_eq!(silent.template(Some(Category::Utility)), no_consent());
    assert_eq!(silent.template(None), no_consent());
    assert_eq!(nobody.template(None), Ok(()), "an unknown category is taken for none …");
    let strict = Case { rules: ConsentRules { strict: true, ..ConsentRules::default() }, ..Case::default() };
    assert_eq!(strict.template(None), no_consent(), "… unless the tenant is strict");
    assert_eq!(strict.verdict(Purpose::FreeForm, None, Sender::Person), Ok(()), "which concerns templates alone");
    let by_a_person = nobody.verdict(Purpose::Template, Some(Category::Marketing), Sender::Person);
    assert_eq!(by_a_person, no_consent(), "people promote no more than flows do");
}

#[test]
fn replies_go_on_after_a_stop_of_promotion_and_after_a_full_stop_when_the_customer_writes_again() {
    let run = RunId::from("r");
    let stopped = Case { consent: standing(&[said(For::Marketing, Change::Withdrawn, 0)]), ..Case::default() };
    assert_eq!(stopped.verdict(Purpose::FreeForm, None, Sender::Flow(&run)), Ok(()));

    let consent = standing(&[said(For::Any, Change::Withdrawn, 0)]);
    let silent = Case { consent: consent.clone(), ..Case::default() };
    assert_eq!(silent.verdict(Purpose::FreeForm, None, Sender::Flow(&run)), no_consent());
    assert_eq!(silent.verdict(Purpose::FreeForm, None, Sender::Host(&run)), Ok(()), "the confirmation of the stop");
    assert_eq!(silent.verdict(Purpose::FreeForm, None, Sender::Person), Ok(()));
    let wrote = Case { consent, wrote: Some(later(60)), now: later(61), ..Case::default() };
    assert_eq!(wrote.verdict(Purpose::FreeForm, None, Sender::Flow(&run)), Ok(()));
}

#[test]
fn the_suppression_list_beats_everything_for_automation() {
    let run = RunId::from("r");
    let mut consent = standing(&[said(For::Any, Change::Given, 0)]);
    consent.suppressed = true;
    let case = Case { consent, ..Case::default() };
    for sender in [Sender::Flow(&run), Sender::Host(&run)] {
        assert_eq!(case.verdict(Purpose::FreeForm, None, sender), no_consent());
        assert_eq!(case.verdict(Purpose::Template, Some(Category::Authentication), sender), no_consent());
        assert_eq!(case.verdict(Purpose::Receipt, None, sender), Ok(()));
    }
    assert_eq!(case.verdict(Purpose::FreeForm, None, Sender::Person), Ok(()));
}

#[test]
fn quiet_hours_are_the_recipients_and_end_in_the_morning() {
    let consent = standing(&[said(For::Marketing, Change::Given, 0)]);
    let at = |hours: u64| Case { consent: consent.clone(), now: later(hours * 3600), ..Case::default() };
    // Noon and so many hours.
    for (hours, held) in
        [(0, None), (8, None), (9, Some(20)), (11, Some(20)), (19, Some(20)), (20, None), (33, Some(44))]
    {
        let verdict = at(hours).template(Some(Category::Marketing));
        let expected = held.map(|until: u64| ("quiet-hours", later(until * 3600)));
        assert_eq!(held_until(&verdict), expected, "{hours} h after noon");
    }
    assert_eq!(at(11).template(Some(Category::Utility)), Ok(()), "what concerns an order may come at night");
}

#[test]
fn where_the_zone_is_not_certain_it_is_quiet_if_it_is_so_in_any() {
    let rules = ConsentRules::default();
    let quiet = |zones: &[Tz], hours: u64| rules.quiet_until(Category::Marketing, zones, later(hours * 3600));
    // 15:00 UTC: 10:00 in New York, 7:00 in Los Angeles.
    assert_eq!(quiet(&[Tz::America__New_York], 0), None);
    let both = [Tz::America__New_York, Tz::America__Los_Angeles];
    assert_eq!(quiet(&both, 0), Some(later(3600)));
    assert_eq!(quiet(&both, 1), None);
    // 2:00 UTC: 21:00 in New York; in the morning Los Angeles has the last word.
    assert_eq!(quiet(&both, 11), Some(later(25 * 3600)));
    // Never awake together: the main zone decides.
    let far = [Tz::Pacific__Auckland, Tz::Atlantic__Azores];
    assert!(quiet(&far, 0).is_none_or(|until| until <= later(DAY)));
}

#[test]
fn the_third_of_a_week_waits_for_room() {
    let consent = standing(&[said(For::Marketing, Change::Given, 0)]);
    let now = later(3 * DAY);
    let case = |sent: &[(Category, u64)]| {
        let sent = sent.iter().map(|(category, secs)| (*category, later(*secs))).collect();
        Case { consent: consent.clone(), sent, now, ..Case::default() }.template(Some(Category::Marketing))
    };
    assert_eq!(case(&[(Category::Marketing, 0)]), Ok(()));
    assert_eq!(case(&[(Category::Utility, 0), (Category::Utility, 1), (Category::Marketing, 2)]), Ok(()));
    let two = case(&[(Category::Marketing, DAY), (Category::Marketing, 0)]);
    assert_eq!(held_until(&two), Some(("frequency", later(7 * DAY))), "until the first is a week old");
    let three = case(&[(Category::Marketing, 2), (Category::Marketing, 0), (Category::Marketing, 1)]);
    assert_eq!(held_until(&three), Some(("frequency", later(7 * DAY + 1))), "until fewer than two are");
}

proptest! {
    /// Whatever was sent before: where the rules say to wait, there is room then and not a moment before.
    #[test]
    fn held_means_until_there_is_room(sent in proptest::collection::vec(0u64..10 * DAY, 0..8), now in 0u64..12 * DAY) {
        let rules = ConsentRules::default();
        let sent: Vec<_> = sent.into_iter().filter(|at| *at <= now).map(|at| (Category::Marketing, later(at))).collect();
        if let Some(until) = rules.room_at(Category::Marketing, &sent, later(now)) {
            prop_assert!(until > later(now));
            prop_assert_eq!(rules.room_at(Category::Marketing, &sent, until), None);
            let before = until.minus(Duration::from_millis(1));
            prop_assert!(rules.room_at(Category::Marketing, &sent, before).is_some());
        }
    }

    /// Quiet ends, at a moment that is not quiet, within a day.
    #[test]
    fn quiet_ends(secs in 0u64..400 * DAY, zone in 0..chrono_tz::TZ_VARIANTS.len()) {
        let rules = ConsentRules::default();
        let zone = [chrono_tz::TZ_VARIANTS[zone]];
        if let Some(until) = rules.quiet_until(Category::Marketing, &zone, later(secs)) {
            prop_assert!(until > later(secs) && until <= later(secs + DAY));
            prop_assert_eq!(rules.quiet_until(Category::Marketing, &zone, until), None);
        }
    }
}
