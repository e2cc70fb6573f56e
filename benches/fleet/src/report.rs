//! The report: a table of all runs, and what was promised.

use std::time::Duration;

use crate::{
    outcome::RunOutcome,
    run::{self, Size},
    script::Script,
    traffic,
    world::Guard,
};

/// All runs.
pub(crate) struct Report {
    size: Size,
    pub(crate) rows: Vec<(Script, Vec<RunOutcome>)>,
    /// Requests a second of a healthy fleet, if they were counted.
    requests: Option<f64>,
}

/// A thousand nodes may send so many requests a second.
const MOST_REQUESTS: f64 = 250.0;

const HEAD: &str = "\
| what goes wrong | | opens, s | sick calls | after it opened | probes a round | first answer, s | last rejection, s | harm | stuck |
|---|---|--:|--:|--:|--:|--:|--:|--:|--:|
";

impl Report {
    /// Runs each script with each guard. `requests` are those of a healthy fleet.
    pub(crate) fn run(scripts: Vec<Script>, size: Size) -> Self {
        let rows = scripts.into_iter().map(|script| {
            let outcomes = guards(&script).map(|guard| run::run(&script, guard, size)).collect();
            (script, outcomes)
        });
        Self { size, rows: rows.collect(), requests: None }
    }

    /// Counts the requests of a healthy fleet too.
    pub(crate) fn with_traffic(self) -> Self {
        let requests = Some(traffic::requests_per_second(self.size));
        Self { requests, ..self }
    }

    /// The table, in Markdown.
    pub(crate) fn table(&self) -> String {
        let rows = self.rows.iter().flat_map(|(script, outcomes)| {
            let titles = std::iter::once(script.title).chain(std::iter::repeat(""));
            outcomes.iter().zip(titles).map(|(outcome, title)| row(title, outcome))
        });
        let Size { nodes, seed } = self.size;
        let mut table = format!("{nodes} nodes, seed {seed}.\n\n{HEAD}");
        table.extend(rows);
        table.extend(self.requests.map(|requests| {
            format!(
                "\nA healthy fleet of {nodes} nodes with {} breakers each sends {requests:.0} \
                 requests a second to its store.\n",
                traffic::BREAKERS,
            )
        }));
        table
    }

    /// What was promised and did not happen; empty if all did.
    pub(crate) fn broken(&self) -> Vec<String> {
        let runs = self.rows.iter().flat_map(|(script, outcomes)| {
            let guarded = outcomes.iter().filter(|it| it.guard != Guard::Bare);
            guarded.flat_map(move |it| {
                let broken = it.broken(script).into_iter();
                broken.map(move |why| format!("{}, {}: {why}", script.name, name(it.guard)))
            })
        });
        let nodes = f64::from(u32::try_from(self.size.nodes).unwrap_or(u32::MAX));
        let most = MOST_REQUESTS * nodes / 1_000.0;
        let too_many = self.requests.filter(|requests| most < *requests);
        let too_many = too_many.map(|it| format!("{it:.0} requests a second, must be {most:.0}"));
        runs.chain(too_many).collect()
    }
}

/// With the fleet, and without it beside it. Where nodes without breakers would not recover, these
/// too.
fn guards(script: &Script) -> impl Iterator<Item = Guard> {
    let bare = (0 < script.load.retries).then_some(Guard::Bare);
    bare.into_iter().chain([Guard::Alone, Guard::Fleet])
}

const fn name(guard: Guard) -> &'static str {
    match guard {
        Guard::Bare => "no breaker",
        Guard::Alone => "alone",
        Guard::Fleet => "fleet",
    }
}

fn row(title: &str, it: &RunOutcome) -> String {
    let (guard, round) = (name(it.guard), it.busiest_round());
    let spread = |of: &crate::outcome::Spread| {
        format!("{} / {}", seconds(of.percentile(50)), seconds(of.percentile(99)))
    };
    let [opening, answered, recovery] = [&it.opening, &it.answered, &it.recovery].map(spread);
    let probes = match it.guard {
        Guard::Fleet => format!("{}{}", round.probes, lost(round.lost)),
        Guard::Bare | Guard::Alone => "–".to_owned(),
    };
    let (harm, stuck) = (it.record.delayed + it.record.harmed, it.stuck);
    let (sick, late) = (it.sick_calls(), it.late_calls());
    format!(
        "| {title} | {guard} | {opening} | {sick} | {late} | {probes} | {answered} | {recovery} | \
         {harm} | {stuck} |\n"
    )
}

fn lost(holders: u32) -> String {
    if holders == 0 { String::new() } else { format!(" ({holders} lost)") }
}

fn seconds(length: Option<Duration>) -> String {
    length.map_or_else(|| "–".to_owned(), |length| format!("{:.1}", length.as_secs_f64()))
}
