#![doc = include_str!("../README.md")]

#[doc = include_str!("circuit_breaker.md")]
#[doc = ""]
// What a feature brings is not there to link to without it.
#[cfg_attr(feature = "testing", doc = "[`testing`]: crate::testing")]
#[cfg_attr(
    not(feature = "testing"),
    doc = "[`testing`]: https://docs.rs/brama/latest/brama/testing"
)]
#[cfg_attr(feature = "tokio", doc = "[`TimedOut`]: crate::TimedOut")]
#[cfg_attr(
    not(feature = "tokio"),
    doc = "[`TimedOut`]: https://docs.rs/brama/latest/brama/struct.TimedOut.html"
)]
#[doc(inline)]
pub use brama_macros::circuit_breaker;
#[doc(inline)]
pub use brama_runtime::api::*;
