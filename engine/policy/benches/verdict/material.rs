//! What the bench asks about: a shop with all its rules set, and a person with a past.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use chrono_tz::Tz;
use ponte_model::consent::{Category, Change, Purpose as For, Source, Statement};
use ponte_model::send::{Parameter, ParameterValue, Recipient, Template, TemplateComponent};
use ponte_model::template::{
    self, Button, ButtonAction, Component, Definition, Header, ParameterFormat, Quality, Registered, Status, Text,
};
use ponte_model::{
    Body, Budget, Charge, Content, Currency, Event, Lane, Message, Origin, Owner, Phone, RunId, Scope, Stage, Timestamp,
};
use ponte_policy::consent::{Addressee, Cap, ConsentRules, Quiet, Reach, standing, zones};
use ponte_policy::lifecycle::Sending;
use ponte_policy::money::Till;
use ponte_policy::template::{check, check_recipient, variant};
use ponte_policy::{
    Candidate, Echo, EchoBlind, Facts, HoursCondition, NumberTraits, Objection, PhoneTerms, Proposal, Purpose,
    Purposes, Question, Release, Routing, RoutingPolicy, Sender, Shop, Situation, Trigger, judge,
};

const HOUR: u64 = 3600;

/// 2026-11-23 12:00 in São Paulo, a Monday.
fn noon() -> Timestamp {
    Timestamp::from_secs(1_795_446_000)
}

fn ago(hours: u64) -> Timestamp {
    noon().minus(Duration::from_secs(hours * HOUR))
}

/// How a person stands with the caps.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Person {
    Fine,
    HadEnough,
}

/// Twenty lines that end with an agreement.
pub(crate) fn ledger() -> Vec<Statement> {
    let line = |nth: u64| Statement {
        key: format!("line-{nth}"),
        purpose: [For::Marketing, For::Any, For::Utility][(nth % 3) as usize],
        change: if nth.is_multiple_of(2) { Change::Withdrawn } else { Change::Given },
        source: Source::Chat,
        text: Some("quero receber".to_owned()),
        version: Some("2026-11-22".to_owned()),
        at: ago(1_000 - nth * 24),
    };
    let last = Statement { purpose: For::Marketing, change: Change::Given, ..line(21) };
    (0..19).map(line).chain([last]).collect()
}

/// Everything that a verdict looks at.
pub(crate) struct Material {
    variants: Vec<Registered>,
    send: Template,
    to: Recipient,
    facts: Facts,
    addressee: Addressee,
    rules: ConsentRules,
    till: Till,
    charge: Charge,
    home: Phone,
    run: RunId,
}

impl Material {
    pub(crate) fn new(person: Person) -> Self {
        let sent = if person == Person::HadEnough { 6 } else { 1 };
        let addressee = Addressee {
            consent: standing(&ledger()),
            // A number of the United States: several clocks come into question.
            zones: vec![Tz::America__New_York, Tz::America__Los_Angeles, Tz::Pacific__Honolulu].into(),
            sent: (0..sent).map(|nth| (Category::Marketing, ago(20 + nth))).collect(),
            ..Addressee::default()
        };
        let cap = |most, days: u64| Cap {
            category: Category::Marketing,
            most,
            within: Duration::from_secs(days * 24 * HOUR),
        };
        // Noon in São Paulo is five in the morning in Honolulu.
        let quiet = |from, until| Quiet { category: Category::Marketing, from, until };
        let rules = ConsentRules {
            caps: vec![cap(5, 9), cap(2, 1)],
            quiet: vec![quiet(23 * 60, 4 * 60), quiet(22 * 60, 3 * 60)],
            ..ConsentRules::default()
        };
        let brl = Currency::parse("BRL").expect("a currency");
        let charge = Charge {
            send: "send".into(),
            tenant: "shop".into(),
            number: "106540352242922".into(),
            contact: "con_1".into(),
            installation: Some("offers".into()),
            account: "102290129340398".into(),
            market: Some("Brazil".into()),
            category: Some("marketing".into()),
            free: None,
            currency: Some(brl),
            quote: BTreeMap::from([("marketing".into(), 400_000)]),
            hold: Some(400_000),
            amount: Some(400_000),
            stage: Stage::Reserved,
            owner: Owner::Nobody,
            day: "2026-11-23".into(),
            at: noon(),
            told: None,
        };
        let mut till = Till::default();
        let scopes = [Scope::Tenant("shop".into()), Scope::Number(charge.number.clone()), Scope::Flow("offers".into())];
        let budget = Budget { currency: brl, soft: Some(100_000_000), hard: Some(200_000_000) };
        till.set_budgets(scopes.map(|scope| (scope, budget)).into_iter().collect::<HashMap<_, _>>());
        for nth in 0..50 {
            till.reserve(&Charge { send: format!("earlier-{nth}").into(), ..charge.clone() }).expect("it is little");
        }
        Self {
            variants: ["en", "es", "pt_BR"].map(registered).into(),
            send: filled(3),
            to: Recipient::Phone("12125550100".into()),
            facts: Facts {
                window_until: Some(noon().plus(Duration::from_secs(HOUR))),
                last_customer_at: Some(ago(23)),
                previous_customer_at: Some(ago(40)),
                last_app_at: Some(ago(30)),
                customer_messages: 12,
                ..Facts::default()
            },
            addressee,
            rules,
            till,
            charge,
            home: "5511955550100".into(),
            run: "run".into(),
        }
    }

    pub(crate) fn lacking_the_last_value() -> Self {
        Self { send: filled(2), ..Self::new(Person::Fine) }
    }

    /// The verdict on the template, with all that is asked anew each time.
    pub(crate) fn judge(&self) -> Result<(), Objection> {
        let variants: Vec<_> = self.variants.iter().collect();
        let found = variant(&self.send, &variants, &[]);
        let fits = found.and_then(|found| check(&self.send, found).and_then(|()| check_recipient(&self.to, found)));
        let stop = self.till.check(&self.charge).err();
        let home = zones([], Some(&self.home), None);
        let reach = Reach { addressee: &self.addressee, home: &home, rules: &self.rules };
        let proposal = Proposal {
            purpose: Purpose::Template,
            sender: Sender::Flow(&self.run),
            category: Some(Category::Marketing),
        };
        let template = fits.err().map(ponte_policy::No::from);
        let situation = Situation { template: template.as_ref(), budget: stop.as_ref(), ..self.situation(reach) };
        judge(&proposal, &situation)
    }

    /// The verdict on an answer.
    pub(crate) fn judge_reply(&self) -> Result<(), Objection> {
        let stop = self.till.check(&self.charge).err();
        let reach = Reach { addressee: &self.addressee, home: &[], rules: &self.rules };
        let proposal = Proposal { purpose: Purpose::FreeForm, sender: Sender::Flow(&self.run), category: None };
        judge(&proposal, &Situation { budget: stop.as_ref(), ..self.situation(reach) })
    }

    fn situation<'a>(&'a self, reach: Reach<'a>) -> Situation<'a> {
        Situation {
            now: noon(),
            number: &Sending::Free,
            echo_blind: Some(EchoBlind { patience: Duration::from_secs(900), shop: Shop::Open { until: None } }),
            facts: &self.facts,
            echo: Echo { seq: 0, at: Timestamp::EPOCH },
            template: None,
            phone: PhoneTerms { purposes: Purposes::default(), category: Some(Category::Marketing), app_only: false },
            budget: None,
            reach,
            release: Release::default(),
        }
    }
}

fn text(words: &str, examples: usize) -> Text {
    Text { text: Some(words.to_owned()), examples }
}

/// A template with a place in the header, three in the body and one in a button.
fn registered(language: &str) -> Registered {
    let quick = Button { text: Some("Parar promoções".into()), action: ButtonAction::QuickReply };
    let address = ButtonAction::Url { url: "https://loja.example/o/{{1}}".into(), example: true };
    let body = "Oi {{1}}, {{2}} está com {{3}} de desconto até domingo. Passe na loja ou peça por aqui.";
    Registered {
        waba: "102290129340398".into(),
        id: "2".into(),
        definition: Definition {
            name: "oferta".into(),
            language: language.into(),
            category: template::Category::Marketing,
            format: ParameterFormat::Positional,
            components: vec![
                Component::Header(Header::Text(text("Oferta para {{1}}", 1))),
                Component::Body(text(body, 3)),
                Component::Footer { text: Some("Loja da Ana".into()), code_expiration_minutes: None },
                Component::Buttons { buttons: vec![Button { text: Some("Ver".into()), action: address }, quick] },
            ],
            ttl_secs: None,
        },
        status: Status::Approved,
        quality: Quality::Green,
        previous_category: None,
        correct_category: None,
        reason: None,
    }
}

fn filled(body: usize) -> Template {
    let value = |words: &str| Parameter { name: None, value: ParameterValue::Text(words.to_owned()) };
    let words = ["Ana", "o vestido azul", "20%"];
    Template {
        name: "oferta".into(),
        language: "pt_BR".into(),
        components: vec![
            TemplateComponent::Header { parameters: vec![value("Ana")] },
            TemplateComponent::Body { parameters: words[..body].iter().map(|words| value(words)).collect() },
            TemplateComponent::Button { sub_type: "url".into(), index: 0, parameters: vec![value("vestido-azul")] },
        ],
    }
}

/// A hundred rules of all kinds; the last one holds.
pub(crate) fn large_policy() -> Routing {
    let mut toml = String::from("timezone = \"America/Sao_Paulo\"\n[lists]\nvip = [\"+55 11 99999-0001\"]\n");
    for nth in 0..99 {
        let when = match nth % 6 {
            0 => "lists = \"vip\"".to_owned(),
            1 => format!("tags = \"tag-{nth}\""),
            2 => format!("units = \"unit-{nth}\""),
            3 => format!("keywords = [\"boleto {nth}\", \"segunda via {nth}\"]"),
            4 => "kinds = \"media\"".to_owned(),
            _ => format!("campaigns = \"campaign-{nth}\""),
        };
        toml += &format!("[[rules]]\nname = \"rule {nth}\"\nto = \"team\"\nwhen = {{ {when} }}\n");
    }
    toml += "[[rules]]\nname = \"menu\"\nto = { flow = \"menu\" }\nwhen = { keywords = \"menu\" }\n";
    let policy = RoutingPolicy::from_toml(&toml).unwrap_or_else(|error| panic!("{error}"));
    Routing::compile(&policy).unwrap_or_else(|error| panic!("{error}"))
}

/// Asks about a customer's text.
pub(crate) fn ask(ask: impl FnOnce(&Question<'_>)) {
    let body = "Bom dia! Vi no site que vocês têm o vestido azul. Pode me mandar o menu de tamanhos?";
    let event = Event {
        key: "k".into(),
        origin: Origin::Customer,
        lane: Lane::Message,
        waba_id: None,
        number_id: Some("106540352242922".into()),
        contact: None,
        message_id: None,
        at: noon(),
        body: Body::Message(Message::of(Content::Text { body: body.into() })),
    };
    let (id, contact, phone) = ("106540352242922".into(), "con_1".into(), "5511911112222".into());
    let (installation, tags) = ("menu".into(), ["tag-x".to_owned(), "language:pt-BR".to_owned()]);
    let trigger =
        Trigger { events: ["message".to_owned()].into(), hours: HoursCondition::Any, follow_up: false, people: None };
    ask(&Question {
        event: &event,
        number: Some(NumberTraits {
            id: &id,
            sector: Some("support"),
            unit: Some("unit-x"),
            app_only: false,
            locked: false,
        }),
        owner: Owner::Nobody,
        person: ponte_policy::Person { id: Some(&contact), phone: Some(&phone), user_id: None, tags: &tags },
        first_contact: false,
        holder: None,
        heard_last: None,
        campaign: Some("campaign-x"),
        candidates: &[Candidate {
            installation: &installation,
            trigger: &trigger,
            open: None,
            owner: Owner::Nobody,
            paused: None,
        }],
    });
}
