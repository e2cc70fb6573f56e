//! The arguments of the command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser};
use reqwest::Url;

/// A gateway in front of three services, each behind a circuit breaker.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The configuration of the breakers, which is applied again when it changes
    #[arg(long, default_value = "gateway.toml")]
    pub(crate) config: PathBuf,
    /// The address to listen on; with port 0, the log has the port
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    #[command(flatten)]
    pub(crate) upstreams: UpstreamUrls,
}

/// Where the services are.
#[derive(Debug, Args)]
pub(crate) struct UpstreamUrls {
    /// The URL of the service that charges for orders
    #[arg(long)]
    pub(crate) payments: Url,
    /// The URL of the service that knows how many of a product are left
    #[arg(long)]
    pub(crate) stock: Url,
    /// The URL of the service that knows what customers wrote about a product
    #[arg(long)]
    pub(crate) reviews: Url,
}
