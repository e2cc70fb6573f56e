//! Retries, bulkheads, breakers, rate limits, hedges and timeouts: the order in which they wrap a
//! call, and the harm that each wrong order does.
//!
//! The right order, from the outside in:
//! `retry(bulkhead(breaker(rate_limit(hedge(timeout(call))))))`. The guide's page `composition`
//! explains it.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod breakers;
mod hedges;
mod retries;
mod right_order;
mod wrappers;
