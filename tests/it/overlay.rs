//! The word of a fleet over one breaker: `Breaker::overlay` and `lift`.

use std::time::Duration;

use brama::{
    Breaker, CircuitOpen, Identity, Permit, PolicyPatch, State,
    circuit::By,
    event::{Event, EventDetail, EventKind, ProbeVerdict},
    metrics::Exposition,
    overlay::Overlay,
    status::{BreakerFilter, Rule},
    testing::TestRegistry,
};

const MINUTE: Duration = Duration::from_secs(60);

fn laid(epoch: u64, length: Duration) -> Overlay {
    Overlay::open_for(epoch, length, By::actor("fleet", "3 of 8 nodes")).unwrap()
}

fn setup() -> (TestRegistry, Breaker) {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("price");
    (registry, breaker)
}

fn rejection(breaker: &Breaker) -> CircuitOpen {
    breaker.try_acquire().unwrap_err()
}

mod while_it_rejects {
    use super::*;

    #[test]
    fn each_call_is_rejected_with_the_words_of_who_laid_it() {
        let (_registry, breaker) = setup();
        breaker.overlay(laid(1, MINUTE)).unwrap();
        let rejected = rejection(&breaker);
        let shown = "price is open (fleet: 3 of 8 nodes), next attempt in 60 s";
        assert_eq!(rejected.to_string(), shown);
        assert_eq!(rejected.retry_after(), Some(MINUTE));
        assert!(rejected.is_overlaid() && !rejected.is_saturated());
        let cause = rejected.cause().unwrap();
        assert_eq!(cause.rule, Rule::Overlay);
        assert_eq!(cause.to_string(), "an overlay rejects calls: fleet: 3 of 8 nodes");
    }

    #[test]
    fn state_runs_window_and_trips_of_the_circuit_stay() {
        let (_registry, breaker) = setup();
        breaker.failure("refused");
        let before = breaker.status();
        breaker.overlay(laid(1, MINUTE)).unwrap();
        rejection(&breaker);
        let after = breaker.status();
        assert_eq!((after.state, after.failures), (before.state, before.failures));
        assert_eq!((after.trips, after.window, after.opening), (0, before.window, None));
    }

    #[test]
    fn its_rejections_are_counted_apart() {
        let (registry, breaker) = setup();
        breaker.overlay(laid(1, MINUTE)).unwrap();
        rejection(&breaker);
        registry.clock().advance(MINUTE);
        breaker.open("an outage");
        rejection(&breaker);
        let status = breaker.status();
        assert_eq!((status.rejections.fleet, status.rejections.open), (1, 1));
        assert_eq!(status.totals.rejected, 2);
    }

    #[test]
    fn the_breaker_is_not_available_and_its_status_says_why() {
        let (registry, breaker) = setup();
        breaker.overlay(laid(7, MINUTE).permits(2)).unwrap();
        assert!(breaker.is_available());
        breaker.overlay(laid(8, MINUTE)).unwrap();
        assert!(!breaker.is_available());
        registry.clock().advance(Duration::from_secs(20));
        let overlay = breaker.status().overlay.unwrap();
        assert_eq!((overlay.epoch, overlay.left), (8, Duration::from_secs(40)));
        assert_eq!((overlay.permits, overlay.admitting), (Some(0), None));
        assert_eq!(overlay.by.to_string(), "fleet: 3 of 8 nodes");
    }

    #[test]
    fn its_status_reads_like_a_sentence_and_its_health_is_that_of_an_open_circuit() {
        let (registry, breaker) = setup();
        breaker.overlay(laid(1, MINUTE)).unwrap();
        let shown = "price is closed; an overlay rejects calls for 60 s (fleet: 3 of 8 nodes)";
        assert_eq!(breaker.status().to_string(), shown);
        let health = registry.health(BreakerFilter::new());
        assert_eq!(health.to_string(), "down: 1 of 1 circuit open (price)");
        let page = Exposition::new().render(&registry);
        assert!(page.contains("brama_health{health=\"down\"} 1"), "{page}");
        assert!(page.contains("brama_breaker_overlaid{name=\"price\"} 1"), "{page}");
    }

    #[test]
    fn its_status_says_what_it_lets_through() {
        let (_registry, breaker) = setup();
        let shown = |overlay| {
            breaker.overlay(overlay).unwrap();
            breaker.status().overlay.unwrap().to_string()
        };
        let by = "for 60 s (fleet: 3 of 8 nodes)";
        assert_eq!(shown(laid(1, MINUTE).permits(1)), format!("lets 1 call through {by}"));
        let quarter = laid(2, MINUTE).admitting(255).unwrap();
        assert_eq!(shown(quarter), format!("lets 25.5 % of the calls through {by}"));
    }

    #[test]
    fn a_breaker_of_a_key_is_not_evicted() {
        let (registry, _) = setup();
        let key = Identity::new("price").with_key("idle");
        let month = 30 * 24 * 60 * MINUTE;
        registry.breaker(&key).overlay(laid(1, month + MINUTE)).unwrap();
        registry.clock().advance(month);
        registry.sweep();
        assert!(registry.find(&key).is_some_and(|breaker| !breaker.is_available()));
        registry.clock().advance(month);
        registry.sweep();
        assert!(registry.find(&key).is_none());
    }

    #[test]
    fn an_opening_that_is_over_stays_open_and_takes_no_probe() {
        let (registry, breaker) = setup();
        breaker.open_for(Duration::from_secs(1), "an outage").unwrap();
        breaker.overlay(laid(1, MINUTE)).unwrap();
        registry.clock().advance(Duration::from_secs(30));
        assert!(rejection(&breaker).is_overlaid());
        let status = breaker.status();
        assert_eq!((status.state, status.probes), (State::Open, 0));
    }

    #[test]
    fn a_subscriber_to_calls_and_a_limit_of_calls_in_flight_change_nothing() {
        let (registry, breaker) = setup();
        let log = registry.record();
        breaker.configure(PolicyPatch::new().concurrency_limit(1)).unwrap();
        breaker.overlay(laid(1, MINUTE).permits(1)).unwrap();
        let permit = breaker.try_acquire().unwrap();
        assert!(rejection(&breaker).is_saturated());
        permit.success();
        assert!(rejection(&breaker).is_overlaid());
        assert_eq!((log.count(EventKind::Rejected), breaker.status().in_flight), (2, Some(0)));
    }

    #[test]
    fn an_opening_that_lasts_longer_rejects_in_its_own_name() {
        let (registry, breaker) = setup();
        breaker.open_for(2 * MINUTE, "an outage").unwrap();
        breaker.overlay(laid(1, MINUTE)).unwrap();
        assert!(!rejection(&breaker).is_overlaid());
        registry.clock().advance(2 * MINUTE);
        assert!(breaker.try_acquire().is_ok());
    }
}

mod at_its_end {
    use super::*;

    #[test]
    fn calls_run_again_and_the_circuit_is_as_it_was() {
        let (registry, breaker) = setup();
        breaker.failure("refused");
        breaker.overlay(laid(1, MINUTE)).unwrap();
        registry.clock().advance(MINUTE);
        breaker.try_acquire().unwrap().failure("refused");
        let status = breaker.status();
        assert_eq!((status.state, status.failures, status.overlay), (State::Closed, 2, None));
    }

    #[test]
    fn the_next_call_announces_it() {
        let (registry, breaker) = setup();
        breaker.overlay(laid(1, MINUTE)).unwrap();
        let log = registry.record();
        registry.clock().advance(MINUTE);
        breaker.try_acquire().unwrap().success();
        breaker.try_acquire().unwrap().success();
        let ended = log.events().into_iter().find(|event| event.kind() == EventKind::Lifted);
        let shown = "price rejects calls no more, overlay 1 is over";
        assert_eq!(ended.unwrap().to_string(), shown);
        assert_eq!(log.count(EventKind::Lifted), 1);
    }

    #[test]
    fn a_lift_ends_it_at_once_and_counts_as_an_epoch_that_was_seen() {
        let (_registry, breaker) = setup();
        breaker.overlay(laid(1, MINUTE)).unwrap();
        breaker.lift(2, "the fleet").unwrap();
        assert!(breaker.try_acquire().is_ok());
        assert_eq!(breaker.overlay(laid(2, MINUTE)).unwrap_err().known(), 2);
    }

    #[test]
    fn close_and_reset_by_hand_lift_it_until_a_greater_epoch() {
        for act in [
            |breaker: &Breaker| breaker.close("mended"),
            |breaker: &Breaker| breaker.reset("mended"),
        ] {
            let (_registry, breaker) = setup();
            breaker.overlay(laid(1, MINUTE)).unwrap();
            act(&breaker);
            assert!(breaker.try_acquire().is_ok());
            breaker.overlay(laid(1, MINUTE)).unwrap_err();
            breaker.overlay(laid(2, MINUTE)).unwrap();
            assert!(breaker.try_acquire().is_err());
        }
    }
}

mod an_older_epoch {
    use super::*;

    #[test]
    fn changes_nothing_and_learns_the_epoch_in_force() {
        let (_registry, breaker) = setup();
        breaker.overlay(laid(5, MINUTE)).unwrap();
        for stale in [4, 5] {
            let error = breaker.overlay(laid(stale, MINUTE).permits(9)).unwrap_err();
            assert_eq!(error.known(), 5);
        }
        breaker.lift(4, "late").unwrap_err();
        let overlay = breaker.status().overlay.unwrap();
        assert_eq!((overlay.epoch, overlay.permits), (5, Some(0)));
    }
}

mod with_permits {
    use super::*;

    #[test]
    fn exactly_so_many_calls_are_let_through() {
        let (_registry, breaker) = setup();
        breaker.overlay(laid(1, MINUTE).permits(2)).unwrap();
        let permits: Vec<_> = (0..10).filter_map(|_| breaker.try_acquire().ok()).collect();
        assert_eq!(permits.len(), 2);
        permits.into_iter().for_each(Permit::success);
        assert!(rejection(&breaker).is_overlaid());
    }

    #[test]
    fn a_permit_and_the_place_of_a_probe_are_taken_together_or_neither() {
        let (registry, breaker) = setup();
        breaker.open_for(Duration::from_secs(1), "an outage").unwrap();
        registry.clock().advance(Duration::from_secs(1));
        breaker.overlay(laid(1, MINUTE).permits(2)).unwrap();
        let probe = breaker.try_acquire().unwrap();
        assert!(!rejection(&breaker).is_overlaid());
        assert_eq!(breaker.status().overlay.unwrap().permits, Some(1));
        probe.success();
        breaker.try_acquire().unwrap().success();
        assert!(rejection(&breaker).is_overlaid());
    }

    #[test]
    fn the_outcomes_are_told_with_the_epoch_and_judged_by_the_circuit() {
        let (registry, breaker) = setup();
        let log = registry.record();
        breaker.overlay(laid(3, MINUTE).permits(3)).unwrap();
        breaker.try_acquire().unwrap().success();
        breaker.try_acquire().unwrap().failure("refused");
        drop(breaker.try_acquire().unwrap());
        let of = |event: Event| {
            let EventDetail::Probed { epoch, verdict, .. } = event.detail else { return None };
            Some((epoch, verdict))
        };
        let told: Vec<_> = log.events().into_iter().filter_map(of).collect();
        let verdicts = [ProbeVerdict::Success, ProbeVerdict::Failure, ProbeVerdict::Inconclusive];
        assert_eq!(told, verdicts.map(|verdict| (3, verdict)));
        let totals = breaker.status().totals;
        assert_eq!((totals.successes, totals.failures, totals.abandoned), (1, 1, 1));
    }

    #[test]
    fn the_outcome_of_a_call_whose_time_was_stopped_is_told_too() {
        let (registry, breaker) = setup();
        let log = registry.record();
        breaker.overlay(laid(3, MINUTE).permits(1)).unwrap();
        let mut permit = breaker.try_acquire().unwrap();
        permit.stop_timing();
        permit.success();
        assert_eq!(log.count(EventKind::Probed), 1);
    }

    #[test]
    fn an_outcome_for_an_overlay_that_was_replaced_is_not_told() {
        let (registry, breaker) = setup();
        breaker.overlay(laid(1, MINUTE).permits(1)).unwrap();
        let old = breaker.try_acquire().unwrap();
        breaker.overlay(laid(2, MINUTE).permits(1)).unwrap();
        let new = breaker.try_acquire().unwrap();
        let log = registry.record();
        old.success();
        new.success();
        let probed = |event: &Event| event.kind() == EventKind::Probed;
        let told: Vec<_> = log.events().into_iter().filter(probed).collect();
        assert_eq!(told.len(), 1, "{told:?}");
    }

    #[test]
    fn a_call_within_one_is_part_of_it() {
        let (_registry, breaker) = setup();
        breaker.overlay(laid(1, MINUTE).permits(1)).unwrap();
        let answer = breaker.call(|| breaker.call(|| Ok::<_, std::fmt::Error>(17)));
        assert_eq!(answer.unwrap(), 17);
        assert_eq!(breaker.status().totals.successes, 2);
    }
}

mod admitting_a_share {
    use super::*;

    #[test]
    fn lets_about_that_share_through() {
        let (_registry, breaker) = setup();
        breaker.overlay(laid(1, MINUTE).admitting(250).unwrap()).unwrap();
        let admitted = (0..4000).filter(|_| breaker.try_acquire().is_ok()).count();
        assert!((900..1100).contains(&admitted), "{admitted}");
    }

    #[test]
    fn nothing_and_everything_are_shares_too() {
        let (_registry, breaker) = setup();
        breaker.overlay(laid(1, MINUTE).admitting(0).unwrap()).unwrap();
        assert!((0..100).all(|_| breaker.try_acquire().is_err()));
        breaker.overlay(laid(2, MINUTE).admitting(1000).unwrap()).unwrap();
        assert!((0..100).all(|_| breaker.try_acquire().is_ok()));
    }

    #[test]
    fn more_than_everything_is_an_error() {
        let error = laid(1, MINUTE).admitting(1001).unwrap_err();
        assert_eq!(error.to_string(), "the share is 1001 per mille, must be at most 1000");
    }
}

mod it_rejects_nobody {
    use super::*;

    #[test]
    fn while_the_circuit_is_disabled() {
        let (_registry, breaker) = setup();
        breaker.disable("an operator");
        breaker.overlay(laid(1, MINUTE)).unwrap();
        assert!(breaker.try_acquire().is_ok() && breaker.is_available());
    }

    #[test]
    fn in_shadow() {
        let (_registry, breaker) = setup();
        breaker.configure(PolicyPatch::new().shadow(true)).unwrap();
        breaker.overlay(laid(1, MINUTE)).unwrap();
        assert!(breaker.try_acquire().is_ok() && breaker.is_available());
    }

    #[test]
    fn and_its_status_says_that_it_has_no_effect() {
        let (_registry, breaker) = setup();
        breaker.overlay(laid(1, MINUTE)).unwrap();
        breaker.disable("an operator");
        let shown = "price is disabled; an overlay without effect rejects calls for 60 s \
                     (fleet: 3 of 8 nodes)";
        assert_eq!(breaker.status().to_string(), shown);
    }

    #[test]
    fn while_the_kill_switch_is_on_and_health_agrees() {
        let (registry, breaker) = setup();
        breaker.overlay(laid(1, MINUTE)).unwrap();
        registry.shadow_all(true);
        assert!(breaker.try_acquire().is_ok());
        let health = registry.health(BreakerFilter::new());
        assert_eq!(health.to_string(), "up: none of 1 circuit open");
        let page = Exposition::new().render(&registry);
        assert!(page.contains("brama_health{health=\"up\"} 1"), "{page}");
    }

    #[test]
    fn and_a_forced_opening_is_not_touched_by_it() {
        let (registry, breaker) = setup();
        breaker.force_open("an operator");
        breaker.overlay(laid(1, MINUTE)).unwrap();
        assert_eq!(rejection(&breaker).state(), State::ForcedOpen);
        registry.clock().advance(MINUTE);
        assert!(breaker.try_acquire().is_err());
    }
}

mod who_waits {
    use std::{
        future::Future,
        pin::pin,
        task::{Context, Waker},
    };

    use super::*;

    #[test]
    fn waits_for_its_end() {
        let (registry, breaker) = setup();
        breaker.overlay(laid(1, MINUTE)).unwrap();
        let mut ready = pin!(breaker.ready());
        let mut context = Context::from_waker(Waker::noop());
        assert!(ready.as_mut().poll(&mut context).is_pending());
        registry.clock().advance(MINUTE);
        assert!(ready.as_mut().poll(&mut context).is_ready());
    }
}
