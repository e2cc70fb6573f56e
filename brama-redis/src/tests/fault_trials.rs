//! Faults of the server and of the wire, while real breakers are called: no call fails or waits
//! because of the store, no breaker is stuck, epochs grow, and the fleet works again.

use std::time::Duration;

use fault_proxy::Fault;
use rustix::process::Signal;

use super::{
    server::{PASSWORD, Server},
    test_fleet::TestFleet,
    until,
};

/// Takes a fleet through a fault while all is well, then through one while it rejects, and then
/// through an outage without a fault.
async fn try_fault(
    test: &str,
    mut begin: impl AsyncFnMut(&mut TestFleet),
    mut end: impl AsyncFnMut(&mut TestFleet),
) {
    let mut fleet = TestFleet::start(test).await;
    begin(&mut fleet).await;
    fleet.is_undisturbed(200).await;
    end(&mut fleet).await;
    fleet.linked().await;
    fleet.is_undisturbed(20).await;

    fleet.turn(false);
    fleet.open().await;
    begin(&mut fleet).await;
    fleet.turn(true);
    fleet.well().await;
    end(&mut fleet).await;
    fleet.linked().await;
    fleet.well().await;

    fleet.turn(false);
    fleet.open().await;
    fleet.turn(true);
    fleet.well().await;
    fleet.is_undisturbed(20).await;
    fleet.is_consistent();
}

/// A fault on the wire.
async fn try_wire(test: &str, fault: Fault) {
    let begin = async |fleet: &mut TestFleet| {
        fleet.proxy.set(fault).await;
        fleet.unlinked().await;
    };
    try_fault(test, begin, async |fleet| fleet.proxy.set(Fault::None).await).await;
}

/// A command of the administrator, and one that ends the fault.
async fn try_commands(test: &str, begin: &[&[&str]], end: &[&[&str]]) {
    let run = |fleet: &TestFleet, commands: &[&[&str]]| {
        for words in commands {
            fleet.server.command::<redis::Value>(words);
        }
    };
    try_fault(test, async |fleet| run(fleet, begin), async |fleet| run(fleet, end)).await;
}

macro_rules! trials {
    ($($name:ident: $trial:expr;)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                $trial.await;
            }
        )*
    };
}

trials! {
    a_server_that_is_stopped_touches_no_call: try_fault(
        "trial-stopped",
        async |fleet| {
            fleet.server.signal(Signal::STOP);
            fleet.unlinked().await;
        },
        async |fleet| fleet.server.signal(Signal::CONT),
    );
    a_server_that_is_killed_and_starts_empty_touches_no_call: try_fault(
        "trial-killed",
        async |fleet| {
            fleet.server.kill();
            fleet.unlinked().await;
        },
        async |fleet| fleet.server.start(),
    );
    a_server_that_forgets_its_scripts_touches_no_call:
        try_commands("trial-scripts", &[&["SCRIPT", "FLUSH"]], &[]);
    subscriptions_that_are_killed_touch_no_call:
        try_commands("trial-subscriptions", &[&["CLIENT", "KILL", "TYPE", "pubsub"]], &[]);
    a_server_that_is_paused_touches_no_call:
        try_commands("trial-paused", &[&["CLIENT", "PAUSE", "1500", "ALL"]], &[]);
    a_server_that_loses_its_data_touches_no_call:
        try_commands("trial-flushed", &[&["FLUSHALL"]], &[]);
    a_server_without_memory_touches_no_call: try_commands(
        "trial-memory",
        &[
            &["CONFIG", "SET", "maxmemory-policy", "noeviction"],
            &["CONFIG", "SET", "maxmemory", "1"],
        ],
        &[&["CONFIG", "SET", "maxmemory", "0"]],
    );
    a_password_that_has_changed_touches_no_call: try_commands(
        "trial-password",
        &[
            &["ACL", "SETUSER", "brama-of-tests", "resetpass", ">another"],
            &["CLIENT", "KILL", "USER", "brama-of-tests"],
        ],
        &[&["ACL", "SETUSER", "brama-of-tests", "resetpass", &format!(">{PASSWORD}")]],
    );
    a_user_that_has_lost_its_rights_touches_no_call: try_commands(
        "trial-rights",
        &[&["ACL", "SETUSER", "brama-of-tests", "-@all"]],
        &[&[&["ACL", "SETUSER", "brama-of-tests"], crate::ACL_RULES].concat()],
    );
    a_server_that_answers_garbage_touches_no_call: try_wire("trial-garbage", Fault::Garbage);
    a_wire_that_swallows_all_touches_no_call: try_wire("trial-hole", Fault::BlackHole);
    a_wire_that_is_slow_touches_no_call:
        try_wire("trial-slow", Fault::Delay(Duration::from_millis(300)));
    a_wire_that_resets_touches_no_call: try_wire("trial-reset", Fault::Reset);
    a_wire_that_ends_in_an_answer_touches_no_call: try_wire("trial-cut", Fault::Truncate(100));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fail_over_behind_one_address_touches_no_call() {
    let mut fleet = TestFleet::start("trial-failover").await;
    let replica = Server::own();
    let [host, port] = fleet.server.as_primary();
    replica.command::<()>(&["REPLICAOF", &host, &port]);
    until(async || {
        let role: (String, redis::Value, redis::Value, String, i64) = replica.command(&["ROLE"]);
        if role.3 == "connected" { Ok(()) } else { Err(role.3) }
    })
    .await;
    fleet.turn(false);
    fleet.open().await;
    fleet.server.kill();
    // For a while the address leads to a replica that takes no writes.
    fleet.proxy.redirect(replica.as_primary().join(":").parse().unwrap());
    fleet.turn(true);
    fleet.well().await;
    fleet.is_undisturbed(200).await;
    replica.command::<()>(&["REPLICAOF", "NO", "ONE"]);
    fleet.linked().await;
    fleet.turn(false);
    fleet.open().await;
    fleet.turn(true);
    fleet.well().await;
    fleet.is_consistent();
}
