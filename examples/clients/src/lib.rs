//! What the examples of this package share: an outage that each client goes through, and servers in
//! this process that can be made to fail.
//!
//! The pages of the guide about these clients are in `src/guide/clients`. Their examples run as
//! tests of this package, because the facade does not depend on the clients.

pub mod broker;
pub mod connector;
pub mod grpc_server;
pub mod http_server;
mod loopback;
pub mod other_connection;
pub mod outage;
pub mod postgres;
pub mod proxy;
pub mod redis_server;
pub mod store;
pub mod switch;

#[cfg(doctest)]
mod guide;
