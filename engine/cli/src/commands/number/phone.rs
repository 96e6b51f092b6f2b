//! `ponte number phone`: what the phone's part in a number's chats means.

use anyhow::{Context as _, bail};
use clap::Args;
use ponte_model::{NumberId, Timestamp};
use ponte_policy::{Release, parse_release_after};
use ponte_runtime::daily_release;
use ponte_store::{NumberRow, PhoneConfig, Store};

use crate::args::Toggle;

/// What is to be changed; the rest stays as it is.
#[derive(Debug, Args)]
pub(crate) struct Phone {
    /// Meta's phone_number_id.
    id: String,
    /// How long after the last word from the phone (or of the team) a chat is theirs: 90m, 12h, 2d. A flow's setting
    /// `release_after` comes first. `default`: 12 h.
    #[arg(long, value_name = "TIME")]
    release_after: Option<String>,
    /// A time of day at which chats are given back, in the number's zone: 19:00. `off`: none.
    #[arg(long, value_name = "HH:MM")]
    release_daily: Option<String>,
    /// Give chats back when the shop closes, by the hours in the settings of its flows.
    #[arg(long, value_enum)]
    release_at_closing: Option<Toggle>,
    /// What to write on the phone, as a whole message, to give a chat back: #bot. May be given several times; replaces
    /// all; an empty one takes them away.
    #[arg(long = "release-keyword", value_name = "WORDS")]
    release_keywords: Vec<String>,
    /// The greeting that the app sends by itself, as it stands there; it takes no chat. As above.
    #[arg(long = "greeting-text", value_name = "TEXT")]
    greeting_texts: Vec<String>,
    /// The away text that it does. The after-hours flow does not double it. As above.
    #[arg(long = "away-text", value_name = "TEXT")]
    away_texts: Vec<String>,
    /// Learn such texts: written within seconds to three people and more who broke a silence.
    #[arg(long, value_enum)]
    learn_texts: Option<Toggle>,
    /// The number's time zone, such as America/Sao_Paulo.
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// As JSON, for scripts.
    #[arg(long)]
    json: bool,
}

impl Phone {
    /// Changes what is to be changed, and shows how it is set then.
    pub(super) async fn run(self, store: &dyn Store, now: Timestamp) -> anyhow::Result<()> {
        let id = NumberId::from(self.id.as_str());
        let number = store.numbers().await?.into_iter().find(|number| number.id == id);
        let before = number.with_context(|| super::unknown(&id))?;
        let (json, after) = (self.json, self.apply(before.clone())?);
        if after != before {
            store.put_number(&after, now).await?;
            eprintln!("number {id} is changed; a running `ponte serve` notices within seconds");
        }
        if json {
            println!("{}", serde_json::to_string_pretty(&after.config.phone)?);
        } else {
            words(&after).iter().for_each(|(name, words)| super::show::line(name, words));
        }
        Ok(())
    }

    fn apply(self, mut number: NumberRow) -> anyhow::Result<NumberRow> {
        let phone = &mut number.config.phone;
        match self.release_after.as_deref() {
            None => {}
            Some("default") => phone.release_after_minutes = None,
            Some(text) => {
                let length = parse_release_after(text).map_err(|why| anyhow::anyhow!("--release-after: {why}"))?;
                phone.release_after_minutes = Some(u32::try_from(length.as_secs() / 60)?);
            }
        }
        if let Some(time) = self.release_daily {
            phone.release_daily = Some(time).filter(|time| time != "off");
        }
        replace(&mut phone.release_keywords, self.release_keywords);
        replace(&mut phone.greeting_texts, self.greeting_texts);
        replace(&mut phone.away_texts, self.away_texts);
        phone.release_at_closing = self.release_at_closing.map_or(phone.release_at_closing, Toggle::is_on);
        phone.learn_texts = self.learn_texts.map_or(phone.learn_texts, Toggle::is_on);
        if let Some(zone) = self.timezone {
            ponte_policy::money::Zone::parse(&zone).map_err(|why| anyhow::anyhow!("--timezone: {why}"))?;
            number.config.billing.timezone = Some(zone);
        }
        if let Err(why) = daily_release(&number) {
            bail!("--release-daily: {why}");
        }
        if number.config.phone.release_daily.is_some() && number.config.billing.timezone.is_none() {
            bail!("--release-daily: in which zone? Say it with --timezone, such as America/Sao_Paulo");
        }
        Ok(number)
    }
}

/// Replaces a list, if anything was said; what is empty is nothing.
fn replace(list: &mut Vec<String>, said: Vec<String>) {
    if !said.is_empty() {
        *list = said.into_iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect();
    }
}

/// How the phone's part is set, for people.
pub(super) fn words(number: &NumberRow) -> Vec<(&'static str, String)> {
    let PhoneConfig {
        release_after_minutes,
        release_daily,
        release_at_closing,
        release_keywords,
        greeting_texts,
        away_texts,
        learn_texts,
    } = &number.config.phone;
    let default = Release::default().after.as_secs() / 60;
    let minutes = release_after_minutes.map_or(default, u64::from);
    let mut when = vec![format!("{} after the last word of people", span(minutes))];
    let zone = number.config.billing.timezone.as_deref().unwrap_or("UTC");
    when.extend(release_daily.as_ref().map(|time| format!("at {time} ({zone})")));
    when.extend(release_at_closing.then(|| "when the shop closes".to_owned()));
    when.extend(release_keywords.iter().map(|keyword| format!("by writing {keyword:?} on the phone")));
    let mut lines = vec![("given back", when.join(", or "))];
    lines.extend(greeting_texts.iter().map(|text| ("greeting", format!("{text:?}"))));
    lines.extend(away_texts.iter().map(|text| ("away text", format!("{text:?}"))));
    lines.push(("own texts", if *learn_texts { "others are learned" } else { "others are not learned" }.to_owned()));
    lines
}

fn span(minutes: u64) -> String {
    if minutes.is_multiple_of(60) { format!("{} h", minutes / 60) } else { format!("{minutes} min") }
}
