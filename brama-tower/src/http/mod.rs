//! For HTTP and gRPC: keys, outcomes, ends of bodies, and responses to rejected calls.

mod authority;
mod body;
mod classify_end;
mod end_of_body;
mod grpc;
mod retry_after;
mod server_errors;
mod slow_until;
mod unavailable;

#[cfg(feature = "tokio")]
pub use self::unavailable::gateway_timeout;
pub use self::{
    authority::Authority, body::JudgedBody, classify_end::ClassifyEnd, end_of_body::AtEndOfBody,
    grpc::GrpcErrors, server_errors::ServerErrors, slow_until::SlowUntilFirstFrame,
    unavailable::unavailable,
};
