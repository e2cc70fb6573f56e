//! A client of gRPC under the layer, and then a server under it:
//! `cargo run --package clients --example tonic`.

use std::time::Duration;

use brama::{CircuitOpen, Expiry, PolicyPatch, tower::CircuitBreakerLayer};
use clients::{
    grpc_server::{Checks, GrpcServer},
    outage::{BoxError, Rejections, outage, outage_with},
    switch::Switch,
};
use tonic::{
    Code, Status,
    transport::{Channel, Server},
};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tonic_types::StatusExt;
use tower::ServiceBuilder;

const POLICY: PolicyPatch =
    PolicyPatch::new().failure_threshold(3).with_expiry(Expiry::fixed(Duration::from_secs(1)));

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    client().await?;
    server().await
}

/// The client knows the state of the service, and does not call it while it is down.
async fn client() -> Result<(), BoxError> {
    let switch = Switch::default();
    let checks = Checks::behind(&switch);
    let server = GrpcServer::start(|incoming| {
        Server::builder().add_service(checks).serve_with_incoming(incoming)
    });
    let server = server.await?;

    let layer = CircuitBreakerLayer::new("ledger").policy(POLICY)?.grpc_errors();
    let channel = Channel::from_shared(server.url())?.connect_timeout(Duration::from_secs(2));
    let channel = ServiceBuilder::new().layer(layer).service(channel.connect_lazy());
    let mut client = HealthClient::new(channel);
    let call = async || client.check(HealthCheckRequest::default()).await.map(drop);
    outage(&brama::breaker("ledger"), &switch, call).await?;
    Ok(())
}

/// The server knows the state of what its handlers call, and answers at once while that is down.
async fn server() -> Result<(), BoxError> {
    let switch = Switch::default();
    let checks = Checks::behind(&switch);
    let layer = CircuitBreakerLayer::new("ledger_database")
        .policy(POLICY)?
        .grpc_errors()
        .reject_with(|open: CircuitOpen| Status::from(open).into_http());
    let server = GrpcServer::start(|incoming| {
        Server::builder().layer(layer).add_service(checks).serve_with_incoming(incoming)
    });
    let server = server.await?;

    let channel = Channel::from_shared(server.url())?.connect().await?;
    let mut client = HealthClient::new(channel);
    let call = async || client.check(HealthCheckRequest::default()).await.map(drop);
    let is_rejection = |status: Status| {
        status.code() == Code::Unavailable && status.get_details_retry_info().is_some()
    };
    // A rejection passes the network here.
    let rejections = Rejections { is_rejection, longest: Duration::from_millis(20) };
    outage_with(&brama::breaker("ledger_database"), &switch, rejections, call).await?;
    Ok(())
}
