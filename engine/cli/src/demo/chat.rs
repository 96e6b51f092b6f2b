//! The two phones in a terminal.

use std::collections::HashSet;
use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::time::Duration;

use ponte_scenario::{Span, Stage};
use tokio::io::{AsyncBufReadExt as _, BufReader};

const HELP: &str = "  TEXT              you are the customer and write TEXT
  /tap LABEL        … and tap a button or a row
  /phone TEXT       you are the owner and answer from the phone
  /order paid       the store tells that your order is placed, paid, shipped, delivered, cancelled or refunded
  /advance 2h       let time pass (s, m, h, d)
  /why              what was decided about the last events, by which rule, and which runs failed
  /help             this
  /quit             end
";

/// How often the customer's phone is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// Further lines stand below the first.
const BELOW: &str = "\n                 ";

pub(super) async fn run(stage: &Stage) -> anyhow::Result<ExitCode> {
    println!("A shop in São Paulo, its number on a phone and on a (simulated) Cloud API at once.");
    println!("Flows at work: {}. It is {}.\n\n{HELP}", stage.flows.join(", "), stage.wall().format("%A %H:%M"));
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    // A script does not wait for an answer as a person does.
    let scripted = !std::io::stdin().is_terminal();
    // What failed in data that was kept is no news.
    let before = stage.failed_runs().await?.into_iter().map(|run| run.id.to_string()).collect();
    let mut shown = Shown { messages: 0, failed: before };
    loop {
        tokio::select! {
            line = lines.next_line() => match line? {
                Some(line) => {
                    if !obey(stage, line.trim()).await? {
                        break;
                    }
                    if scripted {
                        stage.settles().await;
                        shown.show(stage).await?;
                    }
                }
                None => break,
            },
            () = ponte_clock::pause(LOOK) => shown.show(stage).await?,
        }
    }
    shown.show(stage).await?;
    Ok(ExitCode::SUCCESS)
}

/// What was shown so far.
struct Shown {
    messages: usize,
    failed: HashSet<String>,
}

impl Shown {
    /// Shows what has come to the customer's phone, and runs that failed: without them a flow that crashed looks like one
    /// that chose to say nothing.
    async fn show(&mut self, stage: &Stage) -> anyhow::Result<()> {
        for message in stage.customer.inbox().iter().skip(self.messages) {
            self.messages += 1;
            let who = match message.by {
                ponte_simulator::Writer::Api => "ponte",
                ponte_simulator::Writer::App | ponte_simulator::Writer::AppItself => "phone",
            };
            println!("{}  {who:<8}  {}", stage.wall().format("%H:%M"), message.text.replace('\n', BELOW));
        }
        for run in stage.failed_runs().await? {
            if self.failed.insert(run.id.to_string()) {
                println!("{}  {:<8}  {}", stage.wall().format("%H:%M"), "run", run.to_string().replace('\n', BELOW));
            }
        }
        Ok(())
    }
}

/// Does what a line says. Whether to go on.
async fn obey(stage: &Stage, line: &str) -> anyhow::Result<bool> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    match word {
        "" => {}
        "/quit" | "/exit" => return Ok(false),
        "/help" => print!("{HELP}"),
        "/phone" => {
            if let Some(phone) = &stage.phone {
                phone.writes(stage.customer.phone().clone(), rest).await;
            }
        }
        "/tap" => {
            if let Err(error) = stage.taps(rest).await {
                println!("       {error}");
            }
        }
        "/advance" => match Span::try_from(rest.to_owned()) {
            Ok(Span(by)) => {
                stage.clock.advance(by);
                println!("{}  it is {}", stage.wall().format("%H:%M"), stage.wall().format("%A, %d %B"));
            }
            Err(error) => println!("       {error}"),
        },
        "/order" => {
            let state = if rest.is_empty() { "paid" } else { rest };
            let order = serde_json::Map::from_iter([("state".to_owned(), state.into())]);
            stage.store_tells(&order).await?;
            println!(
                "{}  store     your order is {state}; it is told a minute later: /advance 2m",
                stage.wall().format("%H:%M")
            );
        }
        "/why" => why(stage).await?,
        _ if word.starts_with('/') => println!("       there is no {word}; /help tells what there is"),
        _ => {
            println!("{}  customer  {line}", stage.wall().format("%H:%M"));
            stage.customer.writes(line).await;
        }
    }
    Ok(true)
}

async fn why(stage: &Stage) -> anyhow::Result<()> {
    let failed = stage.failed_runs().await?;
    for row in stage.decisions(5).await?.iter().rev() {
        let at = row.at.to_utc().with_timezone(&stage.wall().timezone());
        let decision = row.decision.as_deref().unwrap_or(&row.state);
        println!("       {}  {:<8} → {decision}", at.format("%H:%M:%S"), row.kind);
        for run in failed.iter().filter(|run| run.event == row.event) {
            println!("                 {}", run.to_string().replace('\n', BELOW));
        }
    }
    if let Some(refusal) = stage.last_refusal().await? {
        println!("       the last message: {refusal}");
    }
    Ok(())
}
