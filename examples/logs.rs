//! The lines of an outage in a log: `cargo run --example logs`.

use std::{error::Error, time::Duration};

use brama::{CircuitOpen, Config, PolicyPatch, circuit::By, circuit_breaker};
use tracing::{info, info_span};
use tracing_subscriber::EnvFilter;

#[derive(Debug, thiserror::Error)]
enum PayError {
    #[error("connection refused")]
    Refused,
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
}

#[circuit_breaker(identifier = "payment_api", failure_threshold = 3, expiry = "50ms", span = true)]
fn charge(is_up: bool) -> Result<(), PayError> {
    if is_up { Ok(()) } else { Err(PayError::Refused) }
}

/// One request to this service, which calls another one.
fn handle(request: u32, is_up: bool) {
    let _request = info_span!("request", number = request).entered();
    match charge(is_up) {
        Ok(()) => info!("paid"),
        Err(PayError::Refused) => info!("not paid"),
        // brama writes the line of a rejection.
        Err(PayError::Rejected(_)) => {}
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    // `RUST_LOG=brama=off` switches the lines off.
    let filter = EnvFilter::try_from_default_env();
    let filter = filter.unwrap_or_else(|_| EnvFilter::new("info,brama::rejection=debug"));
    tracing_subscriber::fmt().with_env_filter(filter).with_target(true).init();

    brama::init(Config::new())?;
    (0..12).for_each(|request| handle(request, false));

    let breaker = brama::breaker("payment_api");
    while !breaker.wait_timeout(Duration::from_secs(1)) {}
    handle(12, true);

    brama::reload(Config::new().defaults(PolicyPatch::new().success_threshold(2)))?;
    breaker.force_open(By::actor("alice", "the provider announced an outage"));
    handle(13, true);
    breaker.close(By::actor("alice", "it is back"));
    Ok(())
}
