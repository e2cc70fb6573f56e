//! The guide: one page for each task. Every example in Rust is a test: those about clients and
//! servers in the package `examples/clients` of the repository, all others in this crate.
//!
//! | page | answers |
//! |---|---|
//! | [The attribute](macro@crate::circuit_breaker) | Which options does the attribute have? |
//! | [`policy`] | When does a circuit open, and where do its settings come from? |
//! | [`configuration`] | How do operators set all of this in a file? |
//! | [`reloading`] | How is that file reloaded when it changes, or after a signal? |
//! | [`recovery`] | How long does a circuit stay open, and how does it close? |
//! | [`keys`] | How does each node, host or tenant get a breaker of its own? |
//! | [`connections`] | How do I use breakers as values, and find them by name or label? |
//! | [`layers`] | How do I put a breaker around a service of tower, HTTP or gRPC? |
//! | [`clients`] | How do I protect reqwest, hyper, tonic, sqlx, redis, a pool or a consumer? |
//! | [`answers`] | What does my server answer when a breaker rejects a call? |
//! | [`events`] | How does my program learn that a circuit opened? |
//! | [`logs`] | Which lines does brama write to my log, and in which span? |
//! | [`testing`] | How do I test functions that have a breaker? |
//! | [`operations`] | Why is it open? How do I open, close and watch breakers by hand? |
//! | [`health`] | How are all of my dependencies, and who checks them while nobody calls? |
//! | [`metrics`] | How do I see my breakers in Prometheus? |
//! | [`monitoring`] | Which alerts and dashboards come with brama? |
//! | [`fleet`] | How do the breakers of many machines decide together? |
//! | [`threads`] | Which threads does brama start, and what happens in a forked process? |
//! | [`composition`] | In which order do retries, timeouts, limits and breakers wrap a call? |
//! | [`coming_from`] | Which name here is the one that I know from another library? |

#[doc = include_str!("policy.md")]
pub mod policy {}

#[cfg_attr(feature = "config", doc = include_str!("configuration.md"))]
#[cfg_attr(not(feature = "config"), doc = "This page needs the feature `config`.")]
#[cfg_attr(feature = "config", doc = include_str!("configuration_environment.md"))]
#[cfg_attr(feature = "import", doc = include_str!("configuration_import.md"))]
pub mod configuration {}

#[cfg_attr(feature = "watch", doc = include_str!("reloading.md"))]
#[cfg_attr(not(feature = "watch"), doc = "This page needs the feature `watch`.")]
pub mod reloading {}

#[doc = include_str!("recovery.md")]
pub mod recovery {}

#[doc = include_str!("keys.md")]
pub mod keys {}

#[doc = include_str!("connections.md")]
pub mod connections {}

#[cfg_attr(feature = "http", doc = include_str!("layers.md"))]
#[cfg_attr(not(feature = "http"), doc = "This page needs the feature `http`.")]
pub mod layers {}

pub mod clients;

// Its examples run as tests of the package `examples/clients`, which has the servers.
#[cfg_attr(
    all(not(doctest), feature = "axum08", feature = "http", feature = "tonic014"),
    doc = include_str!("answers.md"), doc = "",
    doc = include_str!("answers_hyper.md"), doc = "",
    doc = include_str!("answers_actix.md")
)]
#[cfg_attr(
    not(all(feature = "axum08", feature = "http", feature = "tonic014")),
    doc = "This page needs the features `axum08`, `http` and `tonic014`."
)]
pub mod answers {}

#[doc = include_str!("events.md")]
pub mod events {}

#[doc = include_str!("logs.md")]
pub mod logs {}

#[doc = include_str!("testing.md")]
#[doc = ""]
// The types exist only with the feature.
#[cfg_attr(feature = "testing", doc = "[`TestRegistry`]: crate::testing::TestRegistry")]
#[cfg_attr(feature = "testing", doc = "[`EventLog`]: crate::testing::EventLog")]
#[cfg_attr(feature = "testing", doc = "[`ManualClock`]: crate::testing::ManualClock")]
#[cfg_attr(not(feature = "testing"), doc = "[`TestRegistry`]: #the-test-kit")]
#[cfg_attr(not(feature = "testing"), doc = "[`EventLog`]: #the-test-kit")]
#[cfg_attr(not(feature = "testing"), doc = "[`ManualClock`]: #the-test-kit")]
pub mod testing {}

#[doc = include_str!("operations.md")]
pub mod operations {}

#[doc = include_str!("health.md")]
pub mod health {}

#[doc = include_str!("metrics.md")]
pub mod metrics {}

#[doc = include_str!("monitoring.md")]
pub mod monitoring {}

#[cfg_attr(
    all(feature = "config", feature = "fleet", feature = "tokio"),
    doc = include_str!("fleet.md")
)]
#[cfg_attr(
    not(all(feature = "config", feature = "fleet", feature = "tokio")),
    doc = "This page needs the features `config`, `fleet` and `tokio`."
)]
pub mod fleet {}

#[doc = include_str!("threads.md")]
pub mod threads {}

#[doc = include_str!("composition.md")]
#[cfg_attr(feature = "tower", doc = include_str!("composition_tower.md"))]
pub mod composition {}

pub mod coming_from;
