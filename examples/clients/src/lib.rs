//! What the examples of this package share: an outage that each client goes through, and servers in
//! this process that can be made to fail.

pub mod broker;
pub mod grpc_server;
pub mod http_server;
pub mod outage;
pub mod postgres;
pub mod proxy;
pub mod redis_server;
pub mod switch;
