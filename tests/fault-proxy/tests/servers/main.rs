//! Breakers between real clients and real servers, while a proxy breaks their connections.
//!
//! | file | what has the breaker |
//! |---|---|
//! | `hyper_client.rs` | a client of hyper-util, by the layer |
//! | `reqwest_client.rs` | a function that calls by reqwest, by the attribute |
//! | `axum_server.rs` | a server of axum, by the layer |
//! | `tonic_client.rs` | a channel of tonic, by the layer |
//! | `tonic_server.rs` | a server of tonic, by the layer |
//!
//! Each adapter goes through an outage (`outage.rs`) of each fault, and is used by a crowd
//! (`crowd.rs`) that drops calls at random.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod crowd;
mod echo;
mod outage;
mod patience;
mod upstream;

mod axum_server;
mod hyper_client;
mod reqwest_client;
mod tonic_client;
mod tonic_server;
