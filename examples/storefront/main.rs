//! A storefront lives through an outage of the service behind it.
//!
//! `cargo run --example storefront`

mod api;
mod ledger;
mod palette;
mod phase;
mod port;
mod scenario;
mod service;
mod shop;
mod table;
mod timeline;
mod verdict;
mod visitor;
mod watch;

use std::{error::Error, process::ExitCode, sync::Arc};

use tokio::{runtime::Runtime, sync::RwLock};

use self::{phase::Phase, scenario::Scenario, service::Service, shop::Shop, timeline::Timeline};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut service = Service::start()?;
    service.turn(Phase::Works)?;
    let shop = Arc::new(Shop::new(service.address())?);
    let current_phase = Arc::new(RwLock::new(Some(Phase::Works)));
    let runtime = Runtime::new()?;
    let visits = visitor::start(&runtime, &shop, &current_phase);

    let mut out = anstream::stdout();
    let timeline = Timeline::new(&mut out)?;
    let ledger = Scenario::new(service, current_phase, visits, timeline).run()?;
    table::print(&ledger, &mut out)?;
    let kept = verdict::print(&ledger, &mut out)?;
    Ok(if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
