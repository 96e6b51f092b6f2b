//! Machines that answer machines, and people who are not taken for one.

use std::time::Duration;

use ponte_model::{
    Body, Content, Control, ControlOrder, Event, HandOffTarget, Lane, Message, Origin, Owner, RunId, Timestamp,
};
use ponte_policy::consent::{Addressee, ConsentRules, Reach};
use ponte_policy::lifecycle::Sending;
use ponte_policy::{
    Category, Echo, Facts, LOOP, LoopRules, No, PhoneTerms, Proposal, Purpose, Release, Sender, Situation, answered,
    break_loop, fold, judge,
};

fn at(millis: u64) -> Timestamp {
    Timestamp::from_secs(1_790_000_000).plus(Duration::from_millis(millis))
}

fn event(origin: Origin, at: Timestamp, body: Body) -> Event {
    Event {
        key: "k".into(),
        origin,
        lane: Lane::Message,
        waba_id: None,
        number_id: Some("1".into()),
        contact: None,
        message_id: None,
        at,
        body,
    }
}

fn writes(facts: Facts, text: &str, at: Timestamp) -> Facts {
    let message = Message::of(Content::Text { body: text.into() });
    fold(facts, &event(Origin::Customer, at, Body::Message(message)), 1)
}

/// So many turns: a flow says something, and after a while the other side answers.
fn turns(texts: &[&str], answer_after: u64, count: usize) -> Facts {
    let (mut facts, mut now) = (writes(Facts::default(), texts[0], at(0)), 0);
    for turn in 1..=count {
        facts = answered(facts, at(now));
        now += answer_after;
        facts = writes(facts, texts[turn % texts.len()], at(now));
    }
    facts
}

#[test]
fn a_machine_is_known_by_its_haste_or_by_saying_the_same() {
    let notice = "Olá! Recebemos a sua mensagem número 1 e respondemos em breve.";
    let again = "Olá! Recebemos a sua mensagem número 2 e respondemos em breve!";
    let menu = "Opção inválida, digite de novo";
    let n = LOOP.turns as usize;
    let table: &[(&str, &[&str], u64, usize, bool)] = &[
        ("the same text, at leisure", &[notice], 30_000, n, true),
        ("one turn less", &[notice], 30_000, n - 1, false),
        ("the same but for a number", &[notice, again], 30_000, n + 1, true),
        ("two texts in turn", &[notice, menu], 30_000, n + 2, true),
        ("at once, whatever it says", &["a1", "b2", "c3", "d4", "e5", "f6", "g7"], 200, n, true),
        (
            "a long text after two seconds",
            &[notice, "Para falar com o setor de vendas, escreva vendas agora"],
            2_000,
            n,
            true,
        ),
        ("short answers of a person", &["sim", "1", "2"], 4_000, 40, false),
        ("short answers of a quick person", &["sim", "ok", "1"], 1_500, 40, false),
        ("the same text, but slowly", &[notice], LOOP.within.as_millis() as u64 / 5, 40, false),
        ("with an hour between", &[notice], LOOP.pause.as_millis() as u64, 40, false),
    ];
    for (name, texts, answer_after, count, expected) in table {
        let facts = turns(texts, *answer_after, *count);
        assert_eq!(facts.turns.break_now(&LOOP), *expected, "{name}: {:?}", facts.turns);
    }
    let never = LoopRules { turns: 0, ..LOOP };
    assert!(!turns(&[notice], 100, 99).turns.break_now(&never));
}

#[test]
fn a_human_turn_or_a_person_on_the_phone_begins_the_count_anew() {
    let notice = "Recebemos a sua mensagem e respondemos em breve.";
    let facts = turns(&[notice], 1_000, 9);
    assert_eq!(facts.turns.count, 9);
    let human = writes(answered(facts.clone(), at(20_000)), "quero falar de outra coisa", at(60_000));
    assert_eq!(human.turns.count, 0);
    let echo = Body::Echo(Message::of(Content::Text { body: "oi, sou eu".into() }));
    assert_eq!(fold(facts.clone(), &event(Origin::App, at(20_000), echo), 2).turns.count, 0);
    // Six lines in a row are one turn.
    let burst = (0..6).fold(answered(facts, at(20_000)), |facts, _| writes(facts, notice, at(20_100)));
    assert_eq!(burst.turns.count, 10);
}

fn verdict(
    facts: &Facts,
    addressee: &Addressee,
    proposal: &Proposal<'_>,
    now: Timestamp,
) -> Option<(&'static str, No)> {
    let situation = Situation {
        now,
        number: &Sending::Free,
        facts,
        echo: Echo::default(),
        template: None,
        echo_blind: None,
        phone: PhoneTerms { category: proposal.category, ..PhoneTerms::default() },
        budget: None,
        reach: Reach { addressee, home: &[], rules: &ConsentRules { quiet: Vec::new(), ..ConsentRules::default() } },
        release: Release::default(),
    };
    judge(proposal, &situation).err().map(|objection| (objection.rule, objection.no))
}

#[test]
fn where_a_loop_was_broken_flows_are_silent_until_a_person_speaks_or_the_other_side_pauses() {
    let run = RunId::from("r");
    let says = |sender| Proposal { purpose: Purpose::FreeForm, sender, category: None };
    let facts = break_loop(
        turns(&["Recebemos a sua mensagem."], 1_000, 10),
        HandOffTarget::App,
        at(10_000),
        &Release::default(),
    );
    assert_eq!(facts.ownership.owner, Owner::App);
    let nobody = Addressee::default();
    let rule = |facts: &Facts, sender, now| verdict(facts, &nobody, &says(sender), now).map(|(rule, _)| rule);
    assert_eq!(rule(&facts, Sender::Flow(&run), at(11_000)), Some("loop"));
    assert_eq!(rule(&facts, Sender::Host(&run), at(11_000)), Some("loop"));
    assert_eq!(rule(&facts, Sender::Person, at(11_000)), None);
    // People have let go, and the machine goes on.
    let day = 13 * 3600 * 1000;
    let going_on =
        (0..780).fold(facts.clone(), |facts, minute| writes(facts, "Recebemos a sua mensagem.", at(minute * 60_000)));
    assert_eq!(rule(&going_on, Sender::Flow(&run), at(day)), Some("loop"));
    let paused = writes(going_on, "oi", at(day + 3_600_000));
    assert_eq!(rule(&paused, Sender::Flow(&run), at(day + 3_600_000)), None);
}

#[test]
fn marketing_rests_for_as_long_as_the_platform_says_and_nothing_else_does() {
    let run = RunId::from("r");
    let mut addressee = Addressee { marketing_rests_until: Some(at(5_000)), ..Addressee::default() };
    let template =
        |category| Proposal { purpose: Purpose::Template, sender: Sender::Flow(&run), category: Some(category) };
    let facts = Facts::default();
    assert_eq!(verdict(&facts, &addressee, &template(Category::Utility), at(1)), None);
    assert_eq!(verdict(&facts, &addressee, &template(Category::Marketing), at(1)).unwrap().0, "consent");
    addressee.consent = ponte_policy::consent::standing(&[ponte_model::consent::Statement {
        key: "form".into(),
        purpose: ponte_model::consent::Purpose::Marketing,
        change: ponte_model::consent::Change::Given,
        source: ponte_model::consent::Source::Operator,
        text: None,
        version: None,
        at: at(0),
    }]);
    let (rule, no) = verdict(&facts, &addressee, &template(Category::Marketing), at(1)).unwrap();
    assert_eq!(rule, "per-user-limit");
    assert!(matches!(no, No::Held { until, .. } if until == at(5_000)));
    assert_eq!(verdict(&facts, &addressee, &template(Category::Marketing), at(5_000)), None);
}

#[test]
fn an_operator_who_gives_the_chat_back_has_seen_the_machine() {
    let broken = break_loop(turns(&["Recebemos."], 1_000, 10), HandOffTarget::App, at(10_000), &Release::default());
    for order in [ControlOrder::Release, ControlOrder::Take(HandOffTarget::Team)] {
        let control = Control { order, by: "ana".into() };
        let facts = fold(broken.clone(), &event(Origin::System, at(60_000), Body::Control(control)), 9);
        assert_eq!(facts.turns.broken_at, None, "{order:?}");
    }
}
