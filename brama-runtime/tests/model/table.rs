//! Small policies, each with the signals that matter to it.

use std::time::Duration;

use brama_runtime::api::circuit::Action;

use crate::{
    oracle::policy::{NANO, OraclePolicy, Span, Wait, ms},
    signal::{How, Signal, Which},
};

#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) policy: OraclePolicy,
    pub(crate) signals: Vec<Signal>,
    pub(crate) depth: usize,
}

pub(crate) fn rows() -> impl Iterator<Item = Row> {
    let small = in_a_row().chain(by_hand()).chain(probes()).chain(rates()).chain(slow());
    let small = small.chain(times()).chain(progressive()).chain(hints()).chain(quirks());
    small.chain(counted()).chain(inconclusive()).chain(trips()).chain(ramps()).chain(late())
}

pub(crate) const CALLS: [Signal; 9] = [
    Signal::Admit,
    Signal::Report(Which::Oldest, How::Success),
    Signal::Report(Which::Oldest, How::Failure),
    Signal::Report(Which::Oldest, How::Ignore),
    Signal::Report(Which::Newest, How::Success),
    Signal::Report(Which::Newest, How::Failure),
    Signal::Record(How::Success),
    Signal::Record(How::Failure),
    Signal::Sweep,
];

pub(crate) const HANDS: [Signal; 6] = [
    Signal::Act(Action::Open(None)),
    Signal::Act(Action::Open(Some(ms(3)))),
    Signal::Act(Action::ForceOpen),
    Signal::Act(Action::Close),
    Signal::Act(Action::Reset),
    Signal::Act(Action::Disable),
];

pub(crate) const AROUND_THE_DEADLINE: [Signal; 3] =
    waits([NANO, ms(10).saturating_sub(NANO), ms(10)]);

pub(crate) const fn waits<const N: usize>(lengths: [Duration; N]) -> [Signal; N] {
    let mut waits = [Signal::Sweep; N];
    let mut place = 0;
    while place < N {
        waits[place] = Signal::Wait(lengths[place]);
        place += 1;
    }
    waits
}

fn in_a_row() -> impl Iterator<Item = Row> {
    let row = |failure_threshold, success_threshold, half_open_limit| Row {
        policy: OraclePolicy {
            failure_threshold: Some(failure_threshold),
            success_threshold,
            half_open_limit,
            ..OraclePolicy::PLAIN
        },
        signals: [&CALLS[..], &AROUND_THE_DEADLINE, &HANDS[..1]].concat(),
        depth: 7,
    };
    let limits = [(1, 1), (2, 1), (2, 2), (3, 2)].into_iter();
    let limits = limits.flat_map(|limits| (1..=3).map(move |failures| (failures, limits)));
    limits.map(move |(failures, (successes, probes))| row(failures, successes, probes))
}

fn by_hand() -> impl Iterator<Item = Row> {
    let growing = Wait::Progressive { initial: 4, max: 10, factor: 1500 };
    let policies = [OraclePolicy::PLAIN, OraclePolicy { wait: growing, ..OraclePolicy::RATED }];
    let signals = [&CALLS[..], &AROUND_THE_DEADLINE, &HANDS, &[Signal::CheckPassed]].concat();
    policies.into_iter().map(move |policy| Row { policy, signals: signals.clone(), depth: 6 })
}

fn probes() -> impl Iterator<Item = Row> {
    let row = |half_open_limit, success_threshold| Row {
        policy: OraclePolicy {
            half_open_limit,
            success_threshold,
            wait: Wait::Fixed(1),
            ..OraclePolicy::PLAIN
        },
        signals: [
            &[Signal::Act(Action::Open(None)), Signal::Admit, Signal::Record(How::Success)][..],
            &[Signal::CheckPassed, Signal::Report(Which::Oldest, How::Success)],
            &[Signal::Report(Which::Newest, How::Success)],
            &[
                Signal::Report(Which::Newest, How::Ignore),
                Signal::Report(Which::Oldest, How::Failure),
            ],
            &waits([NANO, ms(4).saturating_sub(NANO), ms(4)]),
        ]
        .concat(),
        depth: 8,
    };
    [row(1, 2), row(2, 2), row(2, 3)].into_iter()
}

fn rates() -> impl Iterator<Item = Row> {
    let row = |(calls, minimum_calls, rate)| Row {
        policy: OraclePolicy {
            failure_rate: Some(rate),
            window: Span::Calls(calls),
            minimum_calls,
            ..OraclePolicy::RATED
        },
        signals: [&CALLS[..], &waits([ms(10)])].concat(),
        depth: 8,
    };
    let shapes = [(2, 1, 5_001), (2, 2, 5_000), (3, 1, 10_000), (3, 2, 3_334), (3, 3, 3_333)];
    let shapes = shapes.into_iter().chain([(4, 1, 1), (4, 2, 7_500), (4, 3, 6_667), (4, 3, 6_666)]);
    shapes.map(row)
}

fn slow() -> impl Iterator<Item = Row> {
    let alone = OraclePolicy {
        failure_rate: None,
        slow_call_rate: Some(5_000),
        minimum_calls: 2,
        ..OraclePolicy::RATED
    };
    let policies = [
        OraclePolicy { success_threshold: 2, half_open_limit: 2, ..alone },
        OraclePolicy {
            failure_rate: Some(6_700),
            slow_call_rate: Some(6_700),
            minimum_calls: 3,
            ..alone
        },
        OraclePolicy { failure_threshold: Some(2), window: Span::Calls(2), ..alone },
        OraclePolicy { slow_call_rate: None, failure_rate: Some(5_000), ..alone },
    ];
    let ends = [How::AlmostSlowSuccess, How::SlowSuccess, How::SlowFailure, How::Failure];
    let ends = ends.map(|how| Signal::Report(Which::Oldest, how));
    let records = [How::Success, How::SlowSuccess, How::SlowFailure].map(Signal::Record);
    let signals = [&[Signal::Admit][..], &ends, &records, &waits([ms(10)])].concat();
    policies.into_iter().map(move |policy| Row { policy, signals: signals.clone(), depth: 8 })
}

fn times() -> impl Iterator<Item = Row> {
    let row = |length: Duration, minimum_calls, failure_rate| Row {
        policy: OraclePolicy {
            window: Span::Time(length),
            minimum_calls,
            failure_rate: Some(failure_rate),
            ..OraclePolicy::RATED
        },
        signals: [
            &[Signal::Admit, Signal::Report(Which::Oldest, How::Failure)][..],
            &[Signal::Record(How::Success), Signal::Record(How::Failure), HANDS[3]],
            &waits([NANO, (length / 10).saturating_sub(NANO), length / 10, length / 10 * 9]),
        ]
        .concat(),
        depth: 6,
    };
    [row(ms(100), 2, 5_000), row(ms(10), 3, 6_700), row(ms(20), 1, 10_000), row(ms(20), 4, 2_500)]
        .into_iter()
}

fn progressive() -> impl Iterator<Item = Row> {
    let row = |(initial, max, factor)| Row {
        policy: OraclePolicy {
            failure_threshold: Some(1),
            wait: Wait::Progressive { initial, max, factor },
            ..OraclePolicy::PLAIN
        },
        signals: [
            &[Signal::Admit, Signal::Record(How::Success), Signal::Record(How::Failure)][..],
            &[HANDS[0], HANDS[1], HANDS[2], HANDS[3]],
            &waits([ms(1), ms(initial.into()), ms(max.into()).saturating_sub(NANO)]),
        ]
        .concat(),
        depth: 6,
    };
    [(3, 20, 1700), (7, 9, 1001), (1, 3, 100_000), (2, 2, 2000)].into_iter().map(row)
}

fn hints() -> impl Iterator<Item = Row> {
    let growing = Wait::Progressive { initial: 7, max: 20, factor: 1999 };
    let policies = [
        OraclePolicy { failure_threshold: Some(1), ..OraclePolicy::PLAIN },
        OraclePolicy { retry_after_cap: ms(5), ..OraclePolicy::PLAIN },
        OraclePolicy { wait: growing, ..OraclePolicy::RATED },
    ];
    let hints = [NANO, ms(10), ms(10) + NANO, ms(25), ms(40)].map(How::HintedFailure);
    let records = hints.map(Signal::Record);
    let rest =
        [Signal::Admit, Signal::Record(How::Failure), Signal::Report(Which::Oldest, hints[2])];
    let signals = [&records[..], &rest, &waits([ms(10), ms(25).saturating_sub(NANO)])].concat();
    policies.into_iter().map(move |policy| Row { policy, signals: signals.clone(), depth: 7 })
}

fn quirks() -> impl Iterator<Item = Row> {
    let growing = Wait::Progressive { initial: 4, max: 10, factor: 1500 };
    let judging_all = OraclePolicy {
        failure_threshold: Some(3),
        wait: growing,
        slow_call_rate: Some(6_000),
        minimum_calls: 3,
        ..OraclePolicy::RATED
    };
    let policies = [
        OraclePolicy { abandoned_fails: true, ..OraclePolicy::PLAIN },
        OraclePolicy { abandoned_fails: true, ..judging_all },
        OraclePolicy { shadow: true, half_open_limit: 2, ..OraclePolicy::PLAIN },
        OraclePolicy { shadow: true, ..judging_all },
        judging_all,
    ];
    let ends = [How::Abandon, How::SlowSuccess].map(|how| Signal::Report(Which::Oldest, how));
    let signals = [&CALLS[..], &ends, &HANDS[1..3], &AROUND_THE_DEADLINE].concat();
    policies.into_iter().map(move |policy| Row { policy, signals: signals.clone(), depth: 6 })
}

/// Failures in the window, whatever succeeds between them.
fn counted() -> impl Iterator<Item = Row> {
    let row = |window, failure_count, failure_threshold| Row {
        policy: OraclePolicy {
            failure_count: Some(failure_count),
            failure_threshold,
            window,
            ..OraclePolicy::PLAIN
        },
        signals: [
            &CALLS[..3],
            &[Signal::Record(How::Success), Signal::Record(How::Failure)],
            &waits([NANO, ms(10), ms(90), ms(100).saturating_sub(NANO)]),
        ]
        .concat(),
        depth: 7,
    };
    let calls = [row(Span::Calls(4), 2, None), row(Span::Calls(3), 3, Some(2))];
    calls.into_iter().chain([row(Span::Time(ms(100)), 2, None), row(Span::Time(ms(20)), 1, None)])
}

/// Probes that end without saying how the dependency is. Pairs of signals make ten of them few.
fn inconclusive() -> impl Iterator<Item = Row> {
    let row = |half_open_limit, wait, abandoned_fails| Row {
        policy: OraclePolicy {
            failure_threshold: Some(1),
            success_threshold: 2,
            half_open_limit,
            wait,
            abandoned_fails,
            ..OraclePolicy::PLAIN
        },
        signals: [
            &[Signal::Admit, Signal::Record(How::Ignore)][..],
            &[How::Ignore, How::GiveUp, How::HangUp, How::InnerRejection, How::Success]
                .map(|how| Signal::Report(Which::Oldest, how)),
            &[HANDS[1], Signal::Record(How::HintedFailure(ms(20)))],
            &waits([ms(4), ms(20)]),
        ]
        .concat(),
        depth: 6,
    };
    let growing = Wait::Progressive { initial: 4, max: 10, factor: 1500 };
    [row(1, Wait::Fixed(10), false), row(2, growing, true)].into_iter()
}

fn trips() -> impl Iterator<Item = Row> {
    let second = ms(1_000);
    let row = |retry_after_cap, wait| Row {
        policy: OraclePolicy {
            failure_threshold: Some(3),
            retry_after_cap,
            wait,
            window: Span::Calls(3),
            failure_count: Some(3),
            ..OraclePolicy::PLAIN
        },
        signals: [
            &[Signal::Admit, Signal::CheckPassed, HANDS[3]][..],
            &[None, Some(second.saturating_sub(NANO)), Some(second), Some(ms(5_000))]
                .map(|hint| Signal::Record(How::Trip(hint))),
            &[
                Signal::Report(Which::Oldest, How::Trip(Some(second))),
                Signal::Report(Which::Oldest, How::Success),
                Signal::Record(How::HintedFailure(ms(2_000))),
            ],
            &waits([ms(10), second]),
        ]
        .concat(),
        depth: 5,
    };
    let growing = Wait::Progressive { initial: 4, max: 1_500, factor: 10_000 };
    [row(ms(3_000), Wait::Fixed(2_000)), row(ms(500), growing)].into_iter()
}

fn ramps() -> impl Iterator<Item = Row> {
    let ramp = Some(ms(100));
    let policies = [
        OraclePolicy { ramp, success_threshold: 2, ..OraclePolicy::PLAIN },
        OraclePolicy { ramp, minimum_calls: 2, ..OraclePolicy::RATED },
        OraclePolicy { ramp, shadow: true, ..OraclePolicy::PLAIN },
    ];
    let signals = [
        &CALLS[..3],
        &[Signal::Report(Which::Newest, How::Success), Signal::Record(How::Success)],
        &[Signal::Record(How::HintedFailure(ms(20))), Signal::Sweep, Signal::CheckPassed, HANDS[0]],
        &waits([ms(10), ms(50), ms(100).saturating_sub(NANO)]),
    ]
    .concat();
    policies.into_iter().map(move |policy| Row { policy, signals: signals.clone(), depth: 6 })
}

/// Hints that come late, and checks that may shorten an opening.
fn late() -> impl Iterator<Item = Row> {
    let hints = [ms(5), ms(12), ms(40)].map(How::HintedFailure);
    let row = |wait| Row {
        policy: OraclePolicy { failure_threshold: Some(1), wait, ..OraclePolicy::PLAIN },
        signals: [
            &[Signal::Admit, Signal::CheckPassed, HANDS[0], HANDS[2], HANDS[3]][..],
            &hints.map(|how| Signal::Report(Which::Oldest, how)),
            &[Signal::Record(hints[1]), Signal::Record(How::Failure)],
            &waits([ms(5), ms(10)]),
        ]
        .concat(),
        depth: 6,
    };
    let growing = Wait::Progressive { initial: 7, max: 20, factor: 2000 };
    [row(Wait::Fixed(10)), row(growing)].into_iter()
}
