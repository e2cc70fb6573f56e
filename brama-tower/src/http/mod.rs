//! The parts of a layer for services of HTTP and gRPC.

mod authority;
mod body;
mod classify_end;
mod end_of_body;
mod grpc;
mod grpc_status;
mod problem;
mod rejected;
mod retry_after;
mod server_errors;
mod slow_until;
#[cfg(feature = "tower-http07")]
mod tower_http07;
mod tuning;
mod unread;

#[cfg(feature = "tokio")]
pub use self::problem::gateway_timeout;
#[cfg(feature = "tower-http07")]
pub use self::tower_http07::{EndOfStream, TowerHttp07};
pub use self::{
    authority::Authority, body::JudgedBody, classify_end::ClassifyEnd, end_of_body::AtEndOfBody,
    grpc::GrpcErrors, problem::unavailable, retry_after::retry_after, server_errors::ServerErrors,
    slow_until::SlowUntilFirstFrame,
};
