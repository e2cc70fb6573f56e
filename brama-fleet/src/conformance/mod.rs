//! The conformance suite: what every engine must do.
//!
//! Each case is a function whose name is a sentence that is true of an engine. [`run`] runs all.
//!
//! ```
//! use brama_fleet::conformance::{Pause, TestBench, run};
//! use brama_fleet::{engine::EngineAnswer, memory::MemoryEngine};
//! use brama_runtime::api::testing::ManualClock;
//! use std::{future::ready, time::Duration};
//!
//! struct Bench(ManualClock);
//!
//! impl TestBench for Bench {
//!     type Engine = MemoryEngine;
//!
//!     fn engine(&self) -> EngineAnswer<'_, MemoryEngine> {
//!         Box::pin(ready(Ok(MemoryEngine::new(self.0.clone()))))
//!     }
//!
//!     fn pass(&self, length: Duration) -> Pause<'_> {
//!         Box::pin(async move { self.0.advance(length) })
//!     }
//!
//!     fn unit(&self) -> Duration {
//!         Duration::from_secs(1)
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let failed = run(&Bench(ManualClock::new())).await;
//! assert!(failed.is_empty(), "{failed:#?}");
//! # }
//! ```

mod bench;
pub mod by_hand;
mod case_run;
pub mod closing;
pub mod opening;
pub mod pooling;
pub mod probing;
pub mod reading;
#[cfg(test)]
mod tests;

pub use self::{
    bench::{Pause, TestBench},
    case_run::Deviation,
};

/// Calls each case, in the order of the page.
macro_rules! run_each {
    ($bench:ident: $($module:ident::$case:ident,)*) => {{
        let mut failed = Vec::new();
        $(
            if let Err(deviation) = $module::$case($bench).await {
                failed.push((stringify!($case), deviation));
            }
        )*
        failed
    }};
}

/// Runs every case, each on an engine of its own, and returns those that failed.
pub async fn run<B: TestBench>(bench: &B) -> Vec<(&'static str, Deviation)> {
    run_each! { bench:
        opening::votes_below_the_quorum_open_nothing,
        opening::the_votes_of_a_quorum_open,
        opening::an_opening_is_announced_and_in_the_digest,
        opening::a_wait_for_an_announcement_that_was_given_up_loses_none,
        opening::a_node_that_votes_twice_has_one_vote,
        opening::a_vote_that_was_taken_back_does_not_count,
        opening::a_vote_of_weight_0_does_not_count,
        opening::a_vote_ends_by_itself,
        opening::the_vote_of_a_node_that_is_silent_counts_no_more,
        opening::a_node_that_is_silent_is_no_member,
        opening::votes_open_nothing_until_the_members_are_known,
        opening::a_quorum_opens_no_more_than_the_share_of_the_policy,
        opening::breakers_with_alike_names_do_not_touch_each_other,
        probing::no_lease_is_given_before_an_opening,
        probing::a_lease_is_given_after_the_wait,
        probing::one_lease_is_given_at_a_time,
        probing::a_holder_that_is_silent_costs_one_lease,
        probing::after_three_silent_holders_calls_return,
        probing::a_lease_is_announced_with_its_holder,
        probing::an_inconclusive_probe_lets_the_next_node_probe_at_once,
        probing::a_report_of_a_lease_that_is_over_changes_nothing,
        probing::a_report_with_the_token_of_another_changes_nothing,
        closing::a_probe_that_succeeds_closes_by_a_ramp,
        closing::a_probe_that_fails_opens_for_twice_as_long,
        closing::as_many_probes_must_succeed_as_the_policy_says,
        closing::an_opening_that_nobody_probes_ends_by_itself,
        closing::epochs_grow_from_decision_to_decision,
        by_hand::a_rejection_ends_by_itself,
        by_hand::a_rejection_gives_no_lease_and_is_opened_by_no_vote,
        by_hand::a_rejection_beyond_the_longest_wait_changes_nothing,
        by_hand::a_clear_closes_and_forgets_the_votes,
        pooling::failures_of_enough_quiet_nodes_open_together,
        pooling::failures_of_one_node_open_nothing_for_the_others,
        pooling::too_few_pooled_calls_or_failures_open_nothing,
        pooling::pooled_calls_end_by_themselves,
        pooling::a_policy_that_does_not_pool_counts_no_calls,
        pooling::pooled_calls_open_no_more_than_the_share_of_the_policy,
        reading::nodes_and_their_different_policies_are_counted,
        reading::a_digest_that_no_node_reads_counts_nobody,
    }
}
