//! A fresh instance and one call, for each flow's plugin.

use std::path::Path;

use async_trait::async_trait;
use ponte_clock::Stopwatch;
use ponte_flow::FlowPackage;
use ponte_model::send::{Outbound, Payload, Recipient};
use ponte_model::{
    Body, Contact, ContactId, Content, Event, Lane, Message, MessageId, Origin, Owner, Refusal, RunId, StateScope,
    Timestamp,
};
use ponte_sandbox::{
    AutomaticTexts, Broker, Compiler, ContactRecord, ConversationFacts, Limits, LocalTime, Outcome, PastMessage,
    Period, PermissionSet, RunRequest, Sandbox, SandboxConfig,
};

use crate::numbers::Latencies;

pub(crate) async fn measure(flows: &Path, instances: usize) -> anyhow::Result<()> {
    let scratch = tempfile::tempdir()?;
    let compiler = Compiler::in_process(scratch.path())?;
    let sandbox = Sandbox::new(SandboxConfig::default())?;
    for name in ["after-hours", "triage"] {
        let package = FlowPackage::open(flows.join(name))?;
        let compiled = compiler.compile(std::fs::read(&package.plugin)?).await?;
        let plugin = sandbox.load(&compiled, Limits::for_component(compiled.info()))?;
        let example = flows.join(name).join("settings.example.toml");
        let settings = package.check_settings("example", &std::fs::read_to_string(example)?)?;
        let mut seconds = Vec::with_capacity(instances);
        let mut calls = 0;
        for index in 0..instances {
            let broker = Still { package: package.clone(), settings: settings.as_json().clone() };
            let request = request(index);
            let watch = Stopwatch::start();
            let report = sandbox.run(&plugin, request, Box::new(broker)).await;
            seconds.push(watch.elapsed().as_secs_f64());
            anyhow::ensure!(report.outcome == Outcome::Done, "{name}: {:?}", report.outcome);
            calls = report.usage.host_calls;
        }
        let all = Latencies::new(seconds);
        let micro = |percent| all.percentile(percent) * 1e6;
        println!("| {name} | {:.1} | {:.1} | {:.1} | {calls} |", micro(50.0), micro(99.0), micro(0.0));
    }
    Ok(())
}

fn request(index: usize) -> RunRequest {
    let event = Event {
        key: format!("bench|{index}").into(),
        origin: Origin::Customer,
        lane: Lane::Message,
        waba_id: None,
        number_id: Some("1000".into()),
        contact: Some(Contact::by_phone("5511987654321")),
        message_id: Some("wamid.IN".into()),
        at: Timestamp::from_secs(1_795_000_000),
        body: Body::Message(Message::of(Content::Text { body: "oi, tem o tamanho 38?".into() })),
    };
    RunRequest {
        run: RunId::of(&event.key, 1, &"bench".into()),
        event,
        contact: Some("con_1".into()),
        attempt: 0,
        random_seed: [7; 32],
        permissions: PermissionSet::all(),
    }
}

/// Answers at once, the same each time.
struct Still {
    package: FlowPackage,
    settings: serde_json::Value,
}

#[async_trait]
impl Broker for Still {
    async fn propose(
        &mut self,
        _to: &ContactId,
        _message: &Payload,
        _quoted: Option<&MessageId>,
    ) -> Result<Recipient, Refusal> {
        Ok(Recipient::Phone("5511987654321".into()))
    }

    fn amended(&mut self, _message: &Outbound) -> Result<(), Refusal> {
        Ok(())
    }

    async fn state(&mut self, _scope: StateScope, _key: &str) -> Result<Option<Vec<u8>>, Refusal> {
        Ok(None)
    }

    async fn contact(&mut self, id: &ContactId) -> Result<Option<ContactRecord>, Refusal> {
        let phone = Some("5511987654321".into());
        Ok(Some(ContactRecord { id: id.clone(), name: None, username: None, phone, tags: Vec::new() }))
    }

    fn conversation(&self) -> Option<ConversationFacts> {
        Some(ConversationFacts {
            owner: Owner::Nobody,
            window_until: None,
            last_customer_message: None,
            last_app_message: None,
            customer_messages: 1,
        })
    }

    fn may_hold(&self) -> Result<(), Refusal> {
        Ok(())
    }

    fn automatic(&self) -> AutomaticTexts {
        AutomaticTexts::default()
    }

    async fn recent(&mut self, _most: u32) -> Result<Vec<PastMessage>, Refusal> {
        Ok(Vec::new())
    }

    fn period(&self, at: Timestamp) -> Result<Period, Refusal> {
        let hour = std::time::Duration::from_secs(3600);
        Ok(Period { open: false, since: Some(at.minus(hour)), until: Some(at.plus(hour)) })
    }

    fn local_time(&self, _at: Timestamp) -> Result<LocalTime, Refusal> {
        Ok(LocalTime { year: 2026, month: 11, day: 23, weekday: 1, hour: 22, minute: 10, day_number: 20_780 })
    }

    fn setting(&self, key: &str) -> Option<String> {
        self.settings.get(key).map(ToString::to_string)
    }

    fn text(&self, key: &str, language: &str) -> Option<String> {
        self.package.texts().get(key, language).map(str::to_owned)
    }
}
