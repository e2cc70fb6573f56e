//! Five nodes that share a store live through an outage of a service together, then of the store.
//!
//! `cargo run --example fleet`
//!
//! Each node is a process, and the store a Redis or Valkey server that ends with the example: the
//! one that is installed, or the one of the variable `BRAMA_REDIS_URL`, which is not killed.
//! Without a server, each node is a task and the store is memory. `-- --redis` and `-- --memory`
//! ask for one of the two.

mod child;
mod crew;
mod ledger;
mod node;
mod node_number;
mod phase;
mod report;
mod scenario;
mod service;
mod shop;
mod store;
mod timeline;
mod verdict;

use std::{
    env,
    error::Error,
    io::{self, Write},
    process::ExitCode,
};

use brama::clock::SystemClock;
use brama::fleet::memory::MemoryEngine;
use tokio::runtime::Runtime;

use self::{
    scenario::Scenario,
    store::{OwnServer, Store, URL},
};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let store = match arguments.next().as_deref() {
        Some(child::NODE) => return child::run(arguments).map(|()| ExitCode::SUCCESS),
        None => server()?.unwrap_or_else(memory),
        Some("--redis") => server()?.ok_or("neither `redis-server` nor `valkey-server` in PATH")?,
        Some("--memory") => memory(),
        Some(other) => {
            return Err(format!("`{other}` is no option, try `--redis` or `--memory`").into());
        }
    };
    let mut out = anstream::stdout();
    introduce(&store, &mut out)?;
    let runtime = Runtime::new()?;
    let (ledger, mut out) = runtime.block_on(async {
        Scenario::start(store, out).await?.run().await.map_err(Box::<dyn Error>::from)
    })?;
    let kept = verdict::print(&ledger, &mut out)?;
    Ok(if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The server of the variable, or one of its own if it is installed.
fn server() -> io::Result<Option<Store>> {
    match env::var(URL) {
        Ok(url) => Ok(Some(Store::Given(url))),
        Err(_not_set) => Ok(OwnServer::start()?.map(Store::Own)),
    }
}

fn memory() -> Store {
    Store::Memory(MemoryEngine::new(SystemClock))
}

fn introduce(store: &Store, out: &mut impl Write) -> io::Result<()> {
    let (nodes, store) = match store {
        Store::Own(_) => ("processes", "a server of its own"),
        Store::Given(_) => ("processes", "the server of BRAMA_REDIS_URL"),
        Store::Memory(_) => ("tasks", "the memory of this process, for there is no server"),
    };
    writeln!(out, "Five {nodes} call a service. They share {store}.")?;
    writeln!(out, "Node-1 and node-2 call it 50 times a second, the others four times.")
}
