//! Lines of changes: their levels, targets and fields.

use std::time::Duration;

use brama::{
    Breaker, Config, Connection, ConnectionKind, Identity, Outcome, PolicyPatch, Registry, Window,
    circuit::By, overlay::Overlay, testing::ManualClock,
};
use tracing::{Level, info_span};

use crate::recorder::{Line, Recorder};

/// The lines above DEBUG of what `test` does with a breaker of a registry on a manual clock.
fn lines(test: impl FnOnce(&ManualClock, &Breaker)) -> Vec<String> {
    let clock = ManualClock::new();
    let breaker = Registry::with_clock(clock.clone()).breaker("payment_api");
    let lines = Recorder::lines(Level::INFO, || test(&clock, &breaker));
    lines.iter().map(Line::to_string).collect()
}

fn fail(breaker: &Breaker, times: usize) {
    (0..times).for_each(|_| breaker.failure("connection refused"));
}

#[test]
fn an_outage_is_a_warning_and_its_end_is_information() {
    let lines = lines(|clock, breaker| {
        fail(breaker, 10);
        clock.advance(Duration::from_secs(60));
        breaker.try_acquire().unwrap().failure("connection refused");
        clock.advance(Duration::from_secs(60));
        breaker.try_acquire().unwrap().success();
    });
    let expected = [
        "WARN brama::transition: payment_api went from closed to open: 10 failures in a row reached \
         failure_threshold 10; last: connection refused \
         breaker=payment_api from=closed to=open reason=failure_threshold in_a_row=10 \
         last_failure=connection refused wait_ms=60000 opening=1 number=2",
        "INFO brama::transition: payment_api went from open to half-open: the opening was over; \
         last: connection refused breaker=payment_api from=open to=half_open reason=expiry \
         last_failure=connection refused opening=1 number=3",
        "WARN brama::transition: payment_api went from half-open to open: a probe failed: \
         connection refused \
         breaker=payment_api from=half_open to=open reason=probe_failed \
         last_failure=connection refused wait_ms=60000 opening=2 number=4",
        "INFO brama::transition: payment_api went from open to half-open: the opening was over; \
         last: connection refused breaker=payment_api from=open to=half_open reason=expiry \
         last_failure=connection refused opening=2 number=5",
        "INFO brama::transition: payment_api went from half-open to closed: 1 success in a row \
         reached success_threshold 1 \
         breaker=payment_api from=half_open to=closed reason=success_threshold in_a_row=1 \
         opening=2 number=6",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_rate_has_its_calls_and_its_share() {
    let lines = lines(|_, breaker| {
        let rate = PolicyPatch::new().failure_rate(50).window(Window::calls(10)).minimum_calls(4);
        breaker.configure(rate).unwrap();
        breaker.success();
        fail(breaker, 3);
    });
    let opened = lines.last().unwrap();
    assert!(opened.contains(" reason=failure_rate failure_rate=75.0 calls=4 "), "{opened}");
    assert!(!opened.contains("slow_call_rate"), "{opened}");
}

#[test]
fn an_action_by_hand_is_a_warning_that_names_the_actor() {
    let lines = lines(|_, breaker| {
        breaker.force_open(By::actor("alice", "maintenance"));
        breaker.close("done");
        breaker.reset(By::actor("bob", ()));
    });
    let expected = [
        "WARN brama::transition: payment_api went from closed to forced open: by alice \
         (force_open): maintenance \
         breaker=payment_api from=closed to=force_open reason=by_hand action=force_open by=alice \
         opening=1 number=2",
        "WARN brama::transition: payment_api went from forced open to closed: by hand (close): done \
         breaker=payment_api from=force_open to=closed reason=by_hand action=close opening=1 \
         number=3",
        "WARN brama::transition: payment_api was reset: by bob (reset): no reason given \
         breaker=payment_api reason=by_hand action=reset by=bob number=4",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn an_extended_opening_is_information() {
    let lines = lines(|_, breaker| {
        let late = breaker.try_acquire().unwrap();
        fail(breaker, 10);
        late.record(Outcome::failure("busy").retry_after(Duration::from_secs(120)));
    });
    let extended = lines.last().unwrap();
    assert!(
        extended.starts_with("INFO brama::transition: payment_api stays open for "),
        "{lines:?}"
    );
    assert!(extended.contains(" reason=retry_after wait_ms=120000 "), "{extended}");
}

#[test]
fn a_change_of_settings_is_information() {
    let lines = lines(|_, breaker| {
        breaker.configure(PolicyPatch::new().failure_threshold(3)).unwrap();
    });
    let expected = "INFO brama::config: payment_api was configured; failure_threshold from 10 to 3 \
                    breaker=payment_api change=configured number=2";
    assert_eq!(lines, [expected]);
}

#[test]
fn a_reload_is_one_line_and_one_for_each_breaker_without_a_key() {
    let registry = Registry::new();
    let in_a_row =
        |failures| Config::new().defaults(PolicyPatch::new().failure_threshold(failures));
    for key in 0..3 {
        let _ = registry.breaker(Identity::new("storage").with_key(key));
    }
    let _ = registry.breaker("search");
    let reload = || drop(registry.reload(in_a_row(4)).unwrap());
    let [breaker, reload] = &Recorder::lines(Level::INFO, reload)[..] else { unreachable!() };
    assert_eq!(breaker.message, "search was configured; failure_threshold from 10 to 4");
    assert_eq!(
        reload.to_string(),
        "INFO brama::config: the configuration was reloaded: defaults: failure_threshold set to \
         4 change=reloaded settings=1 breakers=4"
    );
}

#[test]
fn a_reload_without_a_change_says_so() {
    let reload = || drop(Registry::new().reload(Config::new()).unwrap());
    let lines = Recorder::lines(Level::INFO, reload);
    assert_eq!(lines[0].message, "the configuration was reloaded: no setting changed");
}

#[test]
fn a_reload_that_failed_is_a_warning_with_its_source() {
    let lines = Recorder::lines(Level::WARN, || {
        Registry::new().record_failed_reload("a\n.toml", &"bad\n  --> a.toml:1:1\nmore");
    });
    assert_eq!(
        lines[0].to_string(),
        "WARN brama::config: the configuration could not be reloaded and stays as it is: bad --> \
         a.toml:1:1 more change=reload_failed mistakes=1 source=a\\n.toml"
    );
}

#[test]
fn the_kill_switch_is_a_warning_when_it_changes() {
    let lines = Recorder::lines(Level::WARN, || {
        let registry = Registry::new();
        registry.shadow_all(false);
        registry.shadow_all(true);
        registry.shadow_all(true);
        registry.shadow_all(false);
    });
    let lines: Vec<_> = lines.iter().map(Line::to_string).collect();
    let expected = [
        "WARN brama::config: the kill switch was turned on: every breaker only observes, and \
         rejects no call change=shadow_all shadow_all=true",
        "WARN brama::config: the kill switch was turned off: each breaker follows its policy again \
         change=shadow_all shadow_all=false",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_registration_is_for_debugging_and_an_unregistration_is_information() {
    let lines = Recorder::lines(Level::DEBUG, || {
        let registry = Registry::new();
        let connection = Connection::new().kind(ConnectionKind::HTTP);
        registry.register("search", connection).unwrap();
        registry.unregister("search");
    });
    let lines: Vec<_> = lines.iter().map(Line::to_string).collect();
    let expected = [
        "DEBUG brama::config: search was first used or registered \
         breaker=search kind=http change=registered number=1",
        "INFO brama::config: search was unregistered \
         breaker=search change=unregistered number=2",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn an_overlay_is_a_warning_its_way_back_is_information_and_its_probes_are_for_debugging() {
    let lines = Recorder::lines(Level::DEBUG, || {
        let breaker = Registry::new().breaker("search");
        let by = By::actor("fleet", "3 of 8 nodes");
        let overlay =
            |epoch| Overlay::open_for(epoch, Duration::from_secs(30), by.clone()).unwrap();
        breaker.overlay(overlay(7)).unwrap();
        breaker.overlay(overlay(8).permits(1)).unwrap();
        breaker.try_acquire().unwrap().success();
        breaker.overlay(overlay(9).admitting(250).unwrap()).unwrap();
        breaker.lift(10, "mended").unwrap();
    });
    let lines: Vec<_> = lines.iter().skip(1).map(Line::to_string).collect();
    let expected = [
        "WARN brama::overlay: search rejects calls for 30 s by overlay 7: fleet: 3 of 8 nodes \
         breaker=search change=overlaid epoch=7 number=2",
        "INFO brama::overlay: search lets 1 call through for 30 s by overlay 8: fleet: 3 of 8 \
         nodes breaker=search change=overlaid epoch=8 number=3",
        "DEBUG brama::overlay: search had a probe of overlay 8: success \
         breaker=search change=probed epoch=8 number=4",
        "INFO brama::overlay: search lets 25 % of the calls through for 30 s by overlay 9: fleet: \
         3 of 8 nodes breaker=search change=overlaid epoch=9 number=5",
        "INFO brama::overlay: search rejects calls no more, lifted as of epoch 10: mended \
         breaker=search change=lifted epoch=10 number=6",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn scope_and_key_are_fields_of_their_own() {
    let identity = Identity::new("storage").in_scope("payments").with_key(7);
    let lines = Recorder::lines(Level::INFO, || Registry::new().breaker(&identity).open(()));
    let line = lines[0].to_string();
    assert!(line.contains(": payments/storage[7] went "), "{line}");
    assert!(line.contains(" breaker=storage scope=payments key=7 "), "{line}");
}

#[test]
fn an_opening_is_written_in_the_span_of_the_call_that_caused_it() {
    let breaker = Registry::new().breaker("a");
    let lines = Recorder::lines(Level::INFO, || {
        let _request = info_span!("request").entered();
        let _handler = info_span!("handler").entered();
        let fail = || Err::<(), _>("refused");
        (0..10).for_each(|_| drop(breaker.call(fail)));
    });
    assert_eq!((lines.len(), &lines[0].spans[..]), (1, &["request", "handler"][..]));
}

#[test]
fn a_subscription_and_an_observer_do_not_write_a_line_twice() {
    let registry = Registry::new();
    let _subscription = registry.subscribe(brama::event::EventKinds::ALL);
    let _observer = registry.observe(|_| ());
    let breaker = registry.breaker("a");
    assert_eq!(Recorder::lines(Level::TRACE, || breaker.open(())).len(), 1);
}

#[test]
fn a_caught_panic_of_user_code_is_an_error() {
    let registry = Registry::new();
    let _observer = registry.observe(|_| std::panic::resume_unwind(Box::new(())));
    let breaker = registry.breaker("a");
    let lines = Recorder::lines(Level::ERROR, || breaker.open(()));
    let expected = "ERROR brama::panic: an observer panicked; the panic was caught, and breakers are \
                    not affected breaker=a";
    assert_eq!(lines.iter().map(Line::to_string).collect::<Vec<_>>(), [expected]);
}

#[test]
fn a_level_that_no_subscriber_takes_has_no_line() {
    let breaker = Registry::new().breaker("a");
    let lines = Recorder::lines(Level::ERROR, || {
        breaker.open(());
        assert!(breaker.try_acquire().is_err());
    });
    assert!(lines.is_empty(), "{lines:?}");
}
