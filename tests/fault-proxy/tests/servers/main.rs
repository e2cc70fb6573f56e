//! Breakers between real clients and real servers, while a proxy breaks their connections.
//!
//! | file | what has the breaker |
//! |---|---|
//! | `hyper_client.rs` | a client of hyper-util, by the layer |
//! | `reqwest_client.rs` | a function that calls by reqwest, by the attribute |
//! | `axum_server.rs` | a server of axum, by the layer |
//! | `tonic_client.rs` | a channel of tonic, by the layer |
//! | `tonic_server.rs` | a server of tonic, by the layer |
//! | `crowd.rs` | a client of hyper-util that 200 tasks share |

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod echo;
mod outage;
mod patience;
mod upstream;

mod axum_server;
mod crowd;
mod hyper_client;
mod reqwest_client;
mod tonic_client;
mod tonic_server;
