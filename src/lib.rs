//! A circuit breaker that is an attribute.
//!
//! A circuit breaker stops calls to a dependency that keeps failing. Callers get an error, or an
//! answer of your choice, within nanoseconds instead of after a timeout, and the dependency gets
//! time to recover.
//!
//! # Example
//!
//! ```
//! use brama::{CircuitOpen, circuit_breaker};
//!
//! #[derive(Debug, thiserror::Error)]
//! enum PayError {
//!     #[error("the payment service answered {0}")]
//!     Status(u16),
//!     #[error(transparent)]
//!     Rejected(#[from] CircuitOpen),
//! }
//!
//! #[circuit_breaker(identifier = "payment_api")]
//! fn charge(cents: u64) -> Result<u64, PayError> {
//!     // … call the service …
//! #   let _ = cents;
//!     Err(PayError::Status(503))
//! }
//!
//! // The service is down. Ten calls reach it, then the circuit opens.
//! for _ in 0..10 {
//!     assert!(matches!(charge(100), Err(PayError::Status(503))));
//! }
//! let rejected = charge(100).unwrap_err();
//! assert_eq!(rejected.to_string(), "payment_api is open, next attempt in 60 s");
//! ```
//!
//! The error's [source](std::error::Error::source) says why the circuit is open: `10 failures in a
//! row reached failure_threshold 10; last: the payment service answered 503`.
//!
//! # States
//!
//! ```text
//!              a rule opens it               the opening has expired
//!  ┌────────┐ ────────────────► ┌──────┐ ─────────────────────────► ┌───────────┐
//!  │ closed │                   │ open │                            │ half-open │
//!  └────────┘                   └──────┘ ◄───────────────────────── └───────────┘
//!      ▲                                       a probe failed             │
//!      └──────────────────────────────────────────────────────────────────┘
//!                         enough probes succeeded in a row
//! ```
//!
//! A *closed* circuit lets every call run and counts the outcomes. An *open* circuit rejects every
//! call until it expires. A *half-open* circuit lets a few calls run as *probes* and rejects the
//! rest. With a [ramp](guide::recovery#ramp), it then admits a growing share of the calls before it
//! closes.
//!
//! # Ten names
//!
//! | protect | |
//! |---|---|
//! | [`circuit_breaker`](macro@circuit_breaker) | the attribute of functions and blocks |
//! | [`Breaker`] | one breaker as a value: `call`, `call_async`, permits |
//! | [`Outcome`] | what a finished call counts as |
//! | [`CircuitOpen`] | the error of a rejected call: which breaker, why, until when |
//!
//! | configure | |
//! |---|---|
//! | [`init`] | configures all breakers, once at start-up |
//! | [`reload`] | replaces that configuration at run time |
//! | [`configure`] | changes one breaker at run time |
//! | [`PolicyPatch`] | the settings: when a circuit opens, for how long, when it closes |
//!
//! | observe | |
//! |---|---|
//! | [`status`](fn@status) | the state, counts and settings of one breaker |
//! | [`on_event`] | calls a function on every change of state |
//! | [`health`](fn@health) | the state of many breakers in one answer |
//!
//! Everything else lives in the modules: [`circuit`], [`clock`], [`config`](mod@config),
//! [`duration`], [`error`], [`event`], [`future`], [`health`](mod@health), [`metrics`],
//! [`outcome`], [`overlay`], [`retry`], [`status`](mod@status), [`testing`] and [`text`].
//!
//! # Guide
//!
//! - [The attribute](macro@circuit_breaker): every option, return types, recipes, limits.
//! - [Policy](guide::policy): when a circuit opens, and layers of configuration.
//! - [Configuration](guide::configuration): a file for operators, with environment variables.
//! - [Reloading](guide::reloading): the file is reloaded when it changes, or after a signal.
//! - [Recovery](guide::recovery): how long a circuit stays open, and how it closes.
//! - [Keys](guide::keys): one breaker for each node, host or tenant.
//! - [Connections](guide::connections): breakers as values, registered and found by name or label.
//! - [Layers](guide::layers), [answers](guide::answers) of servers, [clients](guide::clients).
//! - [Events](guide::events): callbacks, iterators and streams.
//! - [Logs](guide::logs): a line for each opening and recovery, spans, outcomes of calls.
//! - [Testing](guide::testing): isolated breakers, and time that moves when a test says so.
//! - [Operations](guide::operations): why a circuit is open, actions by hand, the kill switch.
//! - [Health](guide::health): many breakers in one word, and checks of dependencies.
//! - [Metrics](guide::metrics): a text for Prometheus; [alerts, dashboards](guide::monitoring).
//! - [Fleet](guide::fleet): many machines decide together. [Threads](guide::threads), and forks.
//! - [Composition](guide::composition): with retries, timeouts, bulkheads, rate limits and hedges.
//! - [Coming from](guide::coming_from) Resilience4j, Polly, gobreaker, Brama or `distribute`.
//!
//! # Features
//!
//! All are off by default. A feature adds names, and types that brama knows; it changes nothing
//! else.
//!
//! | feature | adds |
//! |---|---|
//! | `axum08`, `tonic014` | a rejection as an answer of axum or tonic: [guide](guide::answers) |
//! | `config` | configuration from a file: [`config`](mod@config), [guide](guide::configuration) |
//! | `declared` | decorated functions are known before their first call: `Registry::declared` |
//! | `fleet` | breakers of many machines decide together: `fleet`, [guide](guide::fleet) |
//! | `import`, `schema` | files of other circuit breakers: `config::import`; the JSON Schema |
//! | `log` | the lines of `tracing`, for programs that log by the crate `log` |
//! | `serde` | reads circuits, policies, identities and `Config`; writes events and statuses too |
//! | `testing` | the module [`testing`]: test registries and a manual clock |
//! | `tokio` | `timeout` of attribute and layer, async health checks, tests on tokio's clock |
//! | `tower`, `http`, `tower-http07` | layers for services of tower: [guide](guide::layers) |
//! | `tracing` | a line for each opening, recovery and reload; the attribute's `span` |
//! | `watch` | the configuration file is reloaded when it changes: [guide](guide::reloading) |
//!
#![cfg_attr(feature = "testing", doc = "[`testing`]: mod@testing")]
#![cfg_attr(not(feature = "testing"), doc = "[`testing`]: mod@guide::testing")]
// Shows on docs.rs which feature an item needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(doc, doctest))]
pub mod guide;

#[doc = include_str!("circuit_breaker.md")]
#[doc = ""]
// Without its feature, an item does not exist to link to.
#[cfg_attr(feature = "testing", doc = "[`testing`]: crate::testing")]
#[cfg_attr(not(feature = "testing"), doc = "[`testing`]: crate::guide::testing")]
#[cfg_attr(feature = "tokio", doc = "[`TimedOut`]: crate::TimedOut")]
#[cfg_attr(not(feature = "tokio"), doc = "[`TimedOut`]: #timeout")]
#[doc(inline)]
pub use brama_macros::circuit_breaker;
#[doc(inline)]
pub use brama_runtime::api::*;

/// Configuration from a file, parts of a [`Config`], what a reload changed, and names that match
/// nothing.
///
/// [The guide](guide::configuration) describes the file.
// It hides the runtime's module of this name, and has all that is in it.
#[cfg(feature = "config")]
pub mod config {
    #[cfg(feature = "import")]
    pub use brama_config::import;
    #[cfg(feature = "schema")]
    pub use brama_config::schema;
    pub use brama_config::{
        ApplyError, ConfigErrors, File, Finding, FindingNote, Loaded, Location, ReloadedFile,
        init_from, load, reload_from,
    };
    #[cfg(feature = "watch")]
    pub use brama_config::{Watch, WatchError, WatchOptions, init_and_watch, watch};
    pub use brama_runtime::api::config::*;
}

/// What breakers of many machines decide together.
///
/// [The guide](guide::fleet) describes it. The store is a crate of its own, such as `brama-redis`.
#[cfg(feature = "fleet")]
pub mod fleet {
    #[doc(inline)]
    pub use brama_fleet::*;
}

/// A layer of tower: a breaker around a service.
///
/// [The guide](guide::layers) describes it.
#[cfg(feature = "tower")]
pub mod tower {
    #[doc(inline)]
    pub use brama_tower::*;
}

/// The README's examples run as tests of this crate.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
