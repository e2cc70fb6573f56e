//! Laws of how long an opening lasts.

use std::{collections::BTreeSet, time::Duration};

use brama_runtime::api::{
    Expiry, Policy, PolicyPatch,
    circuit::{Action, Circuit, Tick, Verdict},
    status::{Change, DurationSource, OpenDuration},
};
use proptest::prelude::{prop_assert_eq, proptest};

use crate::{
    oracle::policy::{OraclePolicy, ms},
    traffic::{cases, wait},
};

const WAIT: Duration = ms(10_000);

#[test]
fn the_wait_never_shrinks_with_trips() {
    proptest!(cases(256), |(wait in wait())| {
        let policy = OraclePolicy { wait, ..OraclePolicy::PLAIN }.build();
        let waits: Vec<_> = (0..40).map(|trips| policy.expiry().wait(trips)).collect();
        let expected: Vec<_> = (0..40).map(|trips| wait.after_trips(trips)).collect();
        assert!(waits.is_sorted(), "{waits:?}");
        assert_eq!(waits, expected);
        assert_eq!(policy.expiry().wait(u32::MAX), policy.expiry().wait(1_000_000));
    });
}

#[test]
fn jitter_takes_at_most_its_share() {
    for (share, most) in [(0.0, ms(0)), (0.001, ms(10)), (0.3, ms(3_000)), (0.9, ms(9_000))] {
        let taken = (0..300).map(|seed| taken(&policy(share), seed));
        let (least, greatest) = taken.fold((WAIT, ms(0)), |(a, b), one| (a.min(one), b.max(one)));
        assert!(greatest <= most, "{share} took {greatest:?}");
        assert!(most * 9 / 10 <= greatest, "{share} took {greatest:?} at most");
        assert!(least <= most / 10, "{share} took {least:?} at least");
    }
}

fn taken(policy: &Policy, seed: u64) -> Duration {
    let OpenDuration { duration, jitter, .. } = opened(policy, seed, &DIRECT, None);
    assert_eq!(duration + jitter, WAIT);
    jitter
}

#[test]
fn jitter_follows_from_seed_and_generation() {
    let policy = policy(0.9);
    let early = Route { at: ms(0), actions: &[Action::Close, Action::Reset] };
    let late = Route { at: ms(777), actions: &[Action::Disable, Action::Close] };
    let along = |route: &Route| lengths((0..100).map(|seed| opened(&policy, seed, route, None)));
    assert_eq!(along(&early), along(&late));
    let closings = [Action::Close; 100];
    let closed = |count| Route { at: ms(0), actions: &closings[..count] };
    let by_generation = lengths((0..100).map(|count| opened(&policy, 1, &closed(count), None)));
    assert!(are_spread(&along(&early)) && are_spread(&by_generation), "{by_generation:?}");
}

fn lengths(openings: impl Iterator<Item = OpenDuration>) -> Vec<Duration> {
    openings.map(|length| length.duration).collect()
}

fn are_spread(lengths: &[Duration]) -> bool {
    90 < lengths.iter().collect::<BTreeSet<_>>().len()
}

#[test]
fn jitter_touches_neither_a_hint_nor_a_duration_set_by_hand() {
    let policy = policy(0.9);
    let untouched = |duration, source| OpenDuration { duration, source, jitter: ms(0) };
    for seed in 0..100 {
        let hinted = opened(&policy, seed, &DIRECT, Some(WAIT));
        assert_eq!(hinted, untouched(WAIT, DurationSource::RetryAfter));
        let by_policy = by_hand(&policy, seed, Action::Open(None));
        assert_eq!(by_policy, untouched(WAIT, DurationSource::Fixed));
        let by_hand = by_hand(&policy, seed, Action::Open(Some(ms(7))));
        assert_eq!(by_hand, untouched(ms(7), DurationSource::ByHand));
    }
}

fn by_hand(policy: &Policy, seed: u64, action: Action) -> OpenDuration {
    length(&Circuit::new(seed).act(policy, action, "by test".into(), Tick::ORIGIN))
}

fn policy(jitter: f64) -> Policy {
    let patch = PolicyPatch::new().failure_threshold(1).expiry(Expiry::fixed(WAIT)).jitter(jitter);
    patch.policy().expect("the share keeps its limits")
}

/// What is done, and when, before the failure that opens.
struct Route<'a> {
    at: Duration,
    actions: &'a [Action],
}

const DIRECT: Route<'static> = Route { at: Duration::ZERO, actions: &[] };

fn opened(
    policy: &Policy,
    seed: u64,
    route: &Route,
    retry_after: Option<Duration>,
) -> OpenDuration {
    let mut circuit = Circuit::new(seed);
    let now = Tick::ORIGIN.after(route.at);
    for action in route.actions {
        circuit.act(policy, *action, "by test".into(), now);
    }
    let failure = Verdict::Failure { reason: "refused".into(), retry_after, took: None };
    let (_, changes) = circuit.record_unpermitted(policy, failure, now);
    length(changes.first().expect("the first failure opens"))
}

fn length(change: &Change) -> OpenDuration {
    change.cause.duration.expect("an opening has a duration")
}

#[test]
fn a_shortened_opening_ends_as_if_it_had_begun_under_the_new_policy() {
    let lengths = (1..=30_000_u64, 1..=30_000_u64, 0..=30_000_u64);
    proptest!(cases(512), |((old, new, at) in lengths, share in 0..=9_u32, seed: u64, trips in 0..4)| {
        let waiting = |initial| {
            let expiry = Expiry::progressive(ms(initial), ms(initial * 8));
            let patch = PolicyPatch::new().failure_threshold(1).expiry(expiry);
            patch.jitter(f64::from(share) / 10.0).policy().unwrap()
        };
        let (old, new, now) = (waiting(old), waiting(new), Tick::from_millis(at));
        let open = |policy: &Policy| {
            let mut circuit = Circuit::new(seed);
            for _ in 0..trips {
                circuit.act(policy, Action::Open(None), "test".into(), Tick::ORIGIN);
                circuit.sweep(Tick::NEVER);
            }
            circuit.record_unpermitted(policy, Verdict::failure("down"), Tick::ORIGIN);
            circuit
        };
        let (mut circuit, before, ideal) = (open(&old), open(&old).until(), open(&new).until());
        let shortened = circuit.shorten(&new, now);
        let expected = before.min(ideal.max(Some(now)));
        prop_assert_eq!(circuit.until(), expected);
        let is_shorter = expected < before;
        let lasting = is_shorter.then(|| expected.map(|until| until.since(Tick::ORIGIN))).flatten();
        prop_assert_eq!(shortened.map(|it| it.duration), lasting);
        prop_assert_eq!(circuit.generation(), open(&old).generation());
    });
}

#[test]
fn an_opening_by_hand_or_with_a_hint_is_not_shortened() {
    let short = PolicyPatch::new().expiry(Expiry::fixed(ms(1))).policy().unwrap();
    let policy = policy(0.0);
    let hinted =
        |hint| Verdict::Failure { reason: "busy".into(), retry_after: Some(hint), took: None };
    let mut circuits: Vec<_> = [Action::Open(None), Action::Open(Some(WAIT)), Action::ForceOpen]
        .into_iter()
        .map(|action| {
            let mut circuit = Circuit::new(0);
            circuit.act(&policy, action, "test".into(), Tick::ORIGIN);
            circuit
        })
        .collect();
    let opened_with = |hint| {
        let mut circuit = Circuit::new(0);
        circuit.record_unpermitted(&policy, hinted(hint), Tick::ORIGIN);
        circuit
    };
    circuits.push(opened_with(WAIT * 2));
    for mut circuit in circuits {
        let until = circuit.until();
        assert_eq!((circuit.shorten(&short, Tick::ORIGIN), circuit.until()), (None, until));
    }
    // A shorter hint names a moment before which the server is not to be called either.
    let mut circuit = opened_with(WAIT / 2);
    circuit.shorten(&short, Tick::ORIGIN);
    assert_eq!(circuit.until(), Some(Tick::ORIGIN.after(WAIT / 2)));
}
