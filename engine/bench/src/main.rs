//! Measures Ponte in one run on one machine. Only ratios mean anything: load generator, stand-in for Meta and the
//! thing measured share the same cores.

mod guests;
mod load;
mod numbers;
mod proxy;
mod subject;

use std::path::PathBuf;

use clap::Parser;
use numbers::Latencies;

/// Measures fresh instances of each flow's plugin, and webhook to reply against a bare proxy.
#[derive(Debug, Parser)]
struct Args {
    /// The folder with the flows.
    #[arg(long, default_value = "flows")]
    flows: PathBuf,
    /// Messages of each full-load round.
    #[arg(long, default_value_t = 10_000)]
    messages: usize,
    /// Webhooks on their way at once.
    #[arg(long, default_value_t = 64)]
    concurrency: usize,
    /// Rounds; proxy and Ponte take turns, and medians are reported.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Fresh instances for each plugin.
    #[arg(long, default_value_t = 20_000)]
    instances: usize,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    println!("Fresh instance and call, {} a plugin (µs)\n", args.instances);
    println!("| plugin | median | p99 | minimum | host calls |");
    println!("|---|---|---|---|---|");
    guests::measure(&args.flows, args.instances).await?;

    println!("\nWebhook to reply, {} messages, {} at once, {} rounds\n", args.messages, args.concurrency, args.rounds);
    println!("| what | round | replies/s | p50 ms | p99 ms |");
    println!("|---|---|---|---|---|");
    let (mut bare, mut ponte) = (Vec::new(), Vec::new());
    for round in 1..=args.rounds {
        for (name, rates) in [("bare proxy", &mut bare), ("ponte", &mut ponte)] {
            let stand_in = load::StandIn::start().await?;
            let subject = match name {
                "ponte" => subject::ponte(&args.flows, &stand_in).await?,
                _ => proxy::start(&stand_in).await?,
            };
            let outcome = load::full(&subject, &stand_in, args.messages, args.concurrency).await?;
            print_row(name, &round.to_string(), outcome.rate, &outcome.latencies);
            rates.push(outcome.rate);
            subject.stop().await;
        }
    }
    let (bare, ponte) = (numbers::median(&mut bare), numbers::median(&mut ponte));

    let stand_in = load::StandIn::start().await?;
    let subject = subject::ponte(&args.flows, &stand_in).await?;
    let half = load::paced(&subject, &stand_in, args.messages / 2, ponte / 2.0).await?;
    print_row("ponte, half load", "-", half.rate, &half.latencies);
    subject.stop().await;

    println!("\nbare proxy {bare:.0}/s, ponte {ponte:.0}/s: ratio {:.2}", ponte / bare);
    Ok(())
}

fn print_row(name: &str, round: &str, rate: f64, latencies: &Latencies) {
    let (p50, p99) = (latencies.percentile(50.0), latencies.percentile(99.0));
    println!("| {name} | {round} | {rate:.0} | {:.1} | {:.1} |", p50 * 1e3, p99 * 1e3);
}
