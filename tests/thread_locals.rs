//! Calls from destructors of thread-locals: each scene ends as it should, and none aborts.
//!
//! While a thread ends, its locals are destroyed one after the other, and a local that is gone
//! cannot be used. A panic in such a destructor aborts the process, so each scene runs in a process
//! of its own: this program, started again with [`SCENE`] set. It has no harness, because some
//! scenes need the main thread, whose locals are destroyed when the process exits.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]
#![expect(clippy::print_stdout, reason = "this program is its own harness")]

use std::{
    cell::RefCell,
    env,
    future::Future,
    pin::pin,
    process::{Command, ExitCode},
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use brama::{
    CircuitOpen, Config, Connection, Identity, PolicyPatch, Registry, State, Totals,
    circuit_breaker, event::EventKinds, health::CheckSchedule, status::BreakerFilter,
    testing::TestRegistry,
};

const SCENE: &str = "BRAMA_SCENE";

/// What the destructor of the last local prints, so that a scene cannot pass without it.
const DONE: &str = "the destructor has run to its end";

/// How the locals of a thread are initialized, and so in which order they are destroyed.
const ORDERS: [(&str, fn()); 5] = [
    ("the user's local alone", || on_exit(use_everything)),
    ("the user's local, then ours", || {
        on_exit(use_everything);
        use_everything();
    }),
    ("ours, then the user's local", || {
        use_everything();
        on_exit(use_everything);
    }),
    ("the user's local, then the map's by another user of its crate", || {
        on_exit(use_everything);
        papaya::HashMap::new().pin().insert(1, 1);
    }),
    ("the user's local, then that of the test kit", || {
        on_exit(use_everything);
        let _entered = TestRegistry::new().enter();
        use_everything();
    }),
];

fn main() -> ExitCode {
    if let Some(scene) = env::var_os(SCENE) {
        return play(scene.to_str().unwrap());
    }
    let mut failures = 0;
    for (order, _) in ORDERS {
        for place in ["main", "spawned"] {
            failures += u8::from(!passes(&format!("{place}: {order}")));
        }
    }
    ExitCode::from(failures)
}

/// Runs a scene in a process of its own.
fn passes(scene: &str) -> bool {
    let child = Command::new(env::current_exe().unwrap()).env(SCENE, scene).output().unwrap();
    let (out, errors) =
        (String::from_utf8_lossy(&child.stdout), String::from_utf8_lossy(&child.stderr));
    let passed = child.status.success() && out.contains(DONE);
    let verdict = if passed { "ok" } else { "FAILED" };
    let details = if passed { String::new() } else { format!("{}: {out}{errors}\n", child.status) };
    print!("{scene} ... {verdict}\n{details}");
    passed
}

fn play(scene: &str) -> ExitCode {
    let (place, order) = scene.split_once(": ").unwrap();
    let (_, initialize) = ORDERS.iter().find(|(name, _)| *name == order).unwrap();
    match place {
        "main" => initialize(),
        "spawned" => {
            thread::spawn(initialize).join().unwrap();
            what_a_thread_left_is_used_by_the_next();
        }
        other => panic!("no such place: {other}"),
    }
    ExitCode::SUCCESS
}

/// Calls `run` when the locals of this thread are destroyed.
fn on_exit(run: fn()) {
    struct OnExit(fn());

    impl Drop for OnExit {
        fn drop(&mut self) {
            (self.0)();
            println!("{DONE}");
        }
    }

    thread_local! {
        static LAST: RefCell<Option<OnExit>> = const { RefCell::new(None) };
    }
    LAST.set(Some(OnExit(run)));
}

#[circuit_breaker(identifier = "node", key = node)]
fn read(node: &str) -> Result<(), CircuitOpen> {
    let _ = node;
    Ok(())
}

#[circuit_breaker(identifier = name)]
fn read_by_name(name: &str) -> Result<(), CircuitOpen> {
    let _ = name;
    Ok(())
}

#[circuit_breaker(identifier = "literal")]
async fn read_later() -> Result<(), CircuitOpen> {
    Ok(())
}

#[circuit_breaker(identifier = "literal")]
fn read_literal() -> Result<(), CircuitOpen> {
    Ok(())
}

fn poll<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Uses the global registry and a new one, under new names and under known ones.
fn use_everything() {
    for node in ["a", "b", "a"] {
        read(node).unwrap();
        read_by_name(node).unwrap();
        read_literal().unwrap();
        assert!(poll(read_later()).is_ready());
    }
    use_registry(&brama::registry());
    let registry = Registry::new();
    use_registry(&registry);
    evict(&registry);
    probe(&registry);
    let entered = TestRegistry::new().enter();
    read("entered").unwrap();
    drop(entered);
}

fn use_registry(registry: &Registry) {
    let late = Identity::new("late").with_key("é");
    let mut events = registry.subscribe(EventKinds::ALL);
    let _registered = registry.register(late.clone(), Connection::new());
    let breaker = registry.breaker("late");
    breaker.open("by hand");
    let rejected = breaker.try_acquire().unwrap_err();
    assert!(rejected.to_string().contains("late is open"));
    assert!(!breaker.wait_timeout(Duration::ZERO) && poll(breaker.ready()).is_pending());
    breaker.reset("by hand");
    assert_eq!(breaker.call(|| Ok::<_, ()>(1)), Ok(1));
    assert_eq!(registry.find(&late).unwrap().state(), State::Closed);
    assert!(registry.find("never used").is_none());
    assert!(registry.failure("never used", "x").unwrap_err().to_string().contains("never used"));
    registry.configure("late", PolicyPatch::new().failure_threshold(3)).unwrap();
    registry.shadow_all(true);
    registry.shadow_all(false);
    let statuses = registry.statuses(BreakerFilter::new());
    let identities: Vec<_> = statuses.iter().map(|status| status.identity.to_string()).collect();
    assert!(["late", "late[é]"].iter().all(|name| identities.contains(&(*name).to_owned())));
    assert!(identities.is_sorted_by(|one, other| one != other));
    assert!(registry.totals("late").unwrap().successes > 0);
    assert!(registry.health(BreakerFilter::new()).to_string().contains("up"));
    registry.sweep();
    assert!(registry.unregister(&late) && events.try_recv().is_some());
    let _ = registry
        .add_check("late", CheckSchedule::from(Duration::from_secs(9)), || Ok::<_, String>(()));
}

/// Creates more keys than there is room for.
fn evict(registry: &Registry) {
    let config = Config::new().max_keys(2.try_into().unwrap()).cleanup_interval(None);
    registry.init(config).unwrap();
    for key in 0..4 {
        registry.breaker(Identity::new("full").with_key(key)).success();
    }
    assert_eq!(registry.totals("full").unwrap().successes, 4);
}

/// Ends an opening with a probe that calls its own breaker. If the scopes of probes are destroyed
/// already, such a call is rejected like another.
fn probe(registry: &Registry) {
    let breaker = registry.breaker("probed");
    breaker.open_for(Duration::from_millis(1), "by hand").unwrap();
    assert!(breaker.wait_timeout(Duration::from_secs(10)));
    let nested = breaker.call(|| Ok::<_, ()>(breaker.call(|| Ok::<_, ()>(())).is_ok())).unwrap();
    let Totals { nested: counted, rejected, .. } = breaker.status().totals;
    assert_eq!((counted, rejected), (u64::from(nested), u64::from(!nested)));
    assert_eq!(breaker.state(), State::Closed);
}

/// A breaker that a thread created while it ended is the breaker of its name from then on.
fn what_a_thread_left_is_used_by_the_next() {
    let node = Identity::new("node").with_key("a");
    let successes = || brama::registry().totals(&node).unwrap().successes;
    assert!(brama::find(&node).is_some());
    let before = successes();
    assert!(2 <= before);
    read("a").unwrap();
    let _new = brama::breaker("another");
    read("a").unwrap();
    assert_eq!(successes(), before + 2);
    let named = |status: &brama::Status| status.identity == node;
    let statuses = brama::statuses(BreakerFilter::new());
    assert_eq!(statuses.into_iter().filter(named).count(), 1);
}
