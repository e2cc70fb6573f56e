//! Breakers between real clients and real servers, while a proxy breaks their connections.
//!
//! | file | what has the breaker |
//! |---|---|
//! | `hyper_client.rs` | a client of hyper-util, by the layer, over HTTP/1 and HTTP/2 |
//! | `hosts.rs` | a client of two hosts, by the layer: a breaker for each, and a timeout |
//! | `reqwest_client.rs` | a function that calls by reqwest, by the attribute |
//! | `reqwest_layer.rs` | a client of reqwest, by the layer |
//! | `reqwest_middleware.rs` | a client of reqwest, by a middleware |
//! | `streams.rs` | a function that returns the stream of a body, by the attribute |
//! | `axum_server.rs` | a server of axum, by the layer |
//! | `axum_handler.rs` | a function that a handler of axum calls, by the attribute |
//! | `tonic_client.rs` | a channel of tonic, by the layer |
//! | `tonic_server.rs` | a server of tonic, by the layer |
//!
//! Each adapter goes through an outage (`outage.rs`) of each fault, and is used by a crowd
//! (`crowd.rs`) that drops calls at random.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails loudly")]

mod crowd;
mod echo;
mod fetch;
mod outage;
mod patience;
mod upstream;

mod axum_handler;
mod axum_server;
mod hosts;
mod hyper_client;
mod reqwest_client;
mod reqwest_layer;
mod reqwest_middleware;
mod streams;
mod tonic_client;
mod tonic_server;
