//! Random policies, and long random sequences of signals for them.

use std::time::Duration;

use brama_runtime::api::circuit::Action;
use proptest::{
    collection::vec,
    option,
    prelude::{Just, ProptestConfig, Strategy, any, prop_oneof},
    sample::select,
};

use crate::{
    oracle::policy::{NANO, OraclePolicy, Span, Wait, ms},
    signal::{How, Signal, Which},
};

pub(crate) fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

pub(crate) fn policies() -> impl Strategy<Value = OraclePolicy> {
    let rules = (
        option::of(1..=6_u32),
        option::of(1..=10_000_u32),
        option::of(1..=10_000_u32),
        option::weighted(0.3, 1..=4_u32),
    );
    let limits = (1..=4_u32, 1..=4_u32, (1..=50_u64).prop_map(ms), (1..=20_u64).prop_map(ms));
    let seldom = || select(vec![false, false, false, true]);
    let ramp = option::weighted(0.3, (100..=300_u64).prop_map(ms));
    let rest = (any::<bool>(), (1..=3_000_u64).prop_map(ms), seldom(), ramp);
    (rules, limits, wait(), span(), rest).prop_map(|(rules, limits, wait, span, rest)| {
        OraclePolicy {
            failure_threshold: rules.0,
            failure_count: rules.3.map(|count| count.min(span.0.size())),
            failure_rate: rules.1,
            slow_call_rate: rules.2,
            success_threshold: limits.0,
            half_open_limit: limits.1,
            probe_timeout: limits.2,
            slow_call_duration: limits.3,
            wait,
            window: span.0,
            minimum_calls: span.1,
            abandoned_fails: rest.0,
            retry_after_cap: rest.1,
            shadow: rest.2,
            ramp: rest.3,
        }
    })
}

pub(crate) fn wait() -> impl Strategy<Value = Wait> {
    let growing = (1..=50_u32, 0..=400_u32, 1_000..=9_999_u32);
    let progressive =
        |(initial, more, factor)| Wait::Progressive { initial, max: initial + more, factor };
    prop_oneof![(1..=100_u32).prop_map(Wait::Fixed), growing.prop_map(progressive)]
}

/// A window, and a minimum of calls that it can reach.
fn span() -> impl Strategy<Value = (Span, u32)> {
    let calls = (1..=20_u32)
        .prop_flat_map(|size| (1..=size).prop_map(move |minimum| (Span::Calls(size), minimum)));
    let time = (1..=20_u64, 1..=12_u32).prop_map(|(ten, calls)| (Span::Time(ms(10 * ten)), calls));
    prop_oneof![calls, time]
}

pub(crate) fn signals(
    policy: &OraclePolicy,
    most: usize,
) -> impl Strategy<Value = Vec<Signal>> + use<> {
    let which = select(vec![Which::Oldest, Which::Newest]);
    let signal = prop_oneof![
        12 => Just(Signal::Admit),
        12 => (which, how()).prop_map(|(which, how)| Signal::Report(which, how)),
        6 => how().prop_map(Signal::Record),
        6 => waits(policy).prop_map(Signal::Wait),
        2 => Just(Signal::Sweep),
        2 => Just(Signal::CheckPassed),
        1 => action().prop_map(Signal::Act),
    ];
    vec(signal, 0..=most)
}

fn how() -> impl Strategy<Value = How> {
    let hint =
        (0..=300_000_000_u64).prop_map(|nanos| How::HintedFailure(Duration::from_nanos(nanos)));
    prop_oneof![
        8 => Just(How::Success),
        3 => Just(How::AlmostSlowSuccess),
        2 => Just(How::SlowSuccess),
        4 => Just(How::Failure),
        1 => Just(How::SlowFailure),
        1 => hint,
        1 => option::of((500..=3_000_u64).prop_map(ms)).prop_map(How::Trip),
        5 => select(vec![How::Ignore, How::Abandon, How::GiveUp, How::HangUp, How::InnerRejection]),
    ]
}

fn waits(policy: &OraclePolicy) -> impl Strategy<Value = Duration> + use<> {
    let bucket = match policy.window {
        Span::Calls(_) => ms(1),
        Span::Time(length) => length / 10,
    };
    let (first, second) = (policy.wait.after_trips(0), policy.wait.after_trips(1));
    let edges = [first, second, policy.probe_timeout, policy.retry_after_cap, bucket, bucket * 9];
    let below = edges.map(|edge| edge.saturating_sub(NANO));
    let some = [&edges[..], &below, &[NANO, ms(1)]].concat();
    prop_oneof![3 => select(some), 1 => (0..=200_u64).prop_map(ms)]
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        3 => Just(Action::Close),
        1 => Just(Action::Reset),
        2 => Just(Action::Open(None)),
        1 => (1..=100_u64).prop_map(|length| Action::Open(Some(ms(length)))),
        1 => Just(Action::ForceOpen),
        1 => Just(Action::Disable),
    ]
}
