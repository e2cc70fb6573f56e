//! Each page puts a breaker around a client that you use: what to protect, which errors are an
//! outage, and what to look out for.
//!
//! | page | client | protected by |
//! |---|---|---|
//! | [`reqwest`] | `reqwest`, `reqwest-middleware` | the attribute, the layer, a middleware |
//! | [`hyper`] | the client of `hyper-util` | the layer |
//! | [`grpc`] | `tonic`, client and server | the layer |
//! | [`sqlx`] | `sqlx` with PostgreSQL or SQLite | the attribute |
//! | [`redis`] | `redis` | the attribute |
//! | [`pools`] | `deadpool`, `bb8` | the attribute |
//! | [`consumers`] | consumers of Kafka and other logs | the attribute and `ready` |
//!
//! Each has an example in the package `examples/clients` of the repository, such as
//! `cargo run --package clients --example reqwest`: it starts the server, makes it fail, and ends
//! with 0 if the circuit did what it must. The examples on the pages run as tests of that package,
//! because brama does not depend on the clients. Each page lists what its code depends on. Names
//! that the code does not define, such as `url`, stand for your own.
//!
//! The functions that tell an outage from other errors are yours to copy and to change: brama knows
//! none of these libraries, so their breaking releases are not its own.

#[cfg_attr(all(not(doctest), feature = "http"), doc = include_str!("reqwest.md"))]
#[cfg_attr(all(not(doctest), feature = "http"), doc = "")]
#[cfg_attr(all(not(doctest), feature = "http"), doc = include_str!("reqwest_layers.md"))]
#[cfg_attr(not(feature = "http"), doc = "This page needs the feature `http`.")]
pub mod reqwest {}

#[cfg_attr(all(not(doctest), feature = "http"), doc = include_str!("hyper.md"))]
#[cfg_attr(not(feature = "http"), doc = "This page needs the feature `http`.")]
pub mod hyper {}

#[cfg_attr(all(not(doctest), feature = "http"), doc = include_str!("grpc.md"))]
#[cfg_attr(not(feature = "http"), doc = "This page needs the feature `http`.")]
pub mod grpc {}

#[cfg_attr(not(doctest), doc = include_str!("sqlx.md"))]
pub mod sqlx {}

#[cfg_attr(not(doctest), doc = include_str!("redis.md"))]
pub mod redis {}

#[cfg_attr(not(doctest), doc = include_str!("pools.md"))]
pub mod pools {}

#[cfg_attr(not(doctest), doc = include_str!("consumers.md"))]
pub mod consumers {}
