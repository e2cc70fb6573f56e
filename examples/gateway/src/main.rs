//! A gateway in front of three services, each behind a circuit breaker.
//!
//! `examples/gateway/outage.sh` shows it during an outage.

mod arguments;
mod breaker_health;
mod configuration;
mod gateway;
mod health;
mod metrics;
mod orders;
mod products;
mod reviews;
mod routes;
mod shutdown;
mod telemetry;
mod upstream_error;
mod upstreams;

use std::{error::Error, process::ExitCode};

use clap::Parser;
use tokio::net::TcpListener;
use tracing::{error, info};

use self::{
    arguments::Arguments, configuration::Configuration, gateway::Gateway, upstreams::Upstreams,
};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    telemetry::start();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error!("the gateway ends: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    // Signals have to be handled before the first one may come.
    let shutdown = shutdown::requested()?;
    // A layer registers its breaker. The file is compared with the breakers that are known.
    let upstreams = Upstreams::new(arguments.upstreams)?;
    let gateway = Gateway::new(Configuration::start(&arguments.config)?, upstreams);
    let listener = TcpListener::bind(arguments.listen).await?;
    info!(address = %listener.local_addr()?, "listening");
    axum::serve(listener, routes::all(gateway)).with_graceful_shutdown(shutdown).await?;
    info!("ended");
    Ok(())
}
