//! The table: what the ledger holds, in columns.

use std::{
    io::{self, Write},
    time::Duration,
};

use crate::{
    api::Api,
    ledger::{Figure, Ledger, Page},
    palette::STRONG,
};

const COLUMNS: [(&str, Figure); 6] = [
    ("calls", Page::calls),
    ("answered", |page| page.answered),
    ("not found", |page| page.not_found),
    ("failed", |page| page.failed),
    ("rejected", |page| page.rejected),
    ("reached service", |page| page.reached),
];

pub(crate) fn print(ledger: &Ledger, out: &mut impl Write) -> io::Result<()> {
    for api in Api::ALL {
        write!(out, "\n{STRONG}{:<13}", api.name())?;
        for (name, _) in COLUMNS {
            write!(out, "  {name:>8}")?;
        }
        writeln!(out, "  slowest rejection{STRONG:#}")?;
        for (phase, page) in ledger.pages(api) {
            row(out, phase.name(), |figure| figure(page), page.slowest_rejection)?;
        }
        row(out, "in all", |figure| ledger.in_all(api, figure), slowest_rejection(ledger, api))?;
    }
    let in_outage = |figure| Api::ALL.map(|api| ledger.in_outage(api, figure)).iter().sum::<u64>();
    let slowest = Api::ALL.map(|api| slowest_rejection(ledger, api)).into_iter().max();
    writeln!(
        out,
        "\nOf {} calls in the outage, {} were admitted; the others were rejected, each within {} µs.",
        in_outage(Page::calls),
        in_outage(Page::admitted),
        slowest.unwrap_or_default().as_micros() + 1
    )
}

fn slowest_rejection(ledger: &Ledger, api: Api) -> Duration {
    let rejections = ledger.pages(api).map(|(_, page)| page.slowest_rejection);
    rejections.max().unwrap_or_default()
}

fn row(
    out: &mut impl Write,
    name: &str,
    figures: impl Fn(Figure) -> u64,
    slowest_rejection: Duration,
) -> io::Result<()> {
    write!(out, "  {name:<11}")?;
    for (column, figure) in COLUMNS {
        write!(out, "  {:>1$}", figures(figure), column.len().max(8))?;
    }
    if slowest_rejection.is_zero() {
        return writeln!(out);
    }
    writeln!(out, "  {:>14} µs", slowest_rejection.as_micros())
}
