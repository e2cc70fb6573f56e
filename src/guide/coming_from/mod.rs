//! Each page maps the names of another circuit breaker to ours, and lists what differs.
//!
//! | page | library | language |
//! |---|---|---|
//! | [`resilience4j`] | Resilience4j | Java, Kotlin |
//! | [`polly`] | Polly 8 | C# |
//! | [`gobreaker`] | `sony/gobreaker` | Go |
//! | [`brama_elixir`] | Brama | Elixir |
//! | [`distribute`] | `distribute` | Gleam |
//!
//! This crate continues the last two.
//!
//! The feature `import` reads the configuration files of Resilience4j and Polly, and those of Envoy
//! and MicroProfile: see [configuration](crate::guide::configuration).

#[doc = include_str!("resilience4j.md")]
pub mod resilience4j {}

#[doc = include_str!("polly.md")]
pub mod polly {}

#[doc = include_str!("gobreaker.md")]
pub mod gobreaker {}

#[doc = include_str!("brama_elixir.md")]
pub mod brama_elixir {}

#[doc = include_str!("distribute.md")]
pub mod distribute {}
