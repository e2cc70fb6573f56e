//! The kill switch: it puts every breaker into shadow until it is lifted.

use std::{env, process::Command};

use brama::{PolicyPatch, Registry};

#[test]
fn the_kill_switch_lets_calls_of_old_and_new_breakers_through() {
    let registry = Registry::new();
    let before = registry.breaker("before");
    before.configure(PolicyPatch::new().success_threshold(2)).unwrap();
    before.force_open("a test");
    registry.shadow_all(true);
    let after = registry.breaker("after");
    after.open("a test");
    for breaker in [before, after] {
        assert!(breaker.is_available());
        assert_eq!(breaker.call(|| Ok::<_, ()>(7)), Ok(7));
        let totals = breaker.status().totals;
        assert_eq!((totals.rejected, totals.successes), (1, 0));
    }
}

#[test]
fn after_the_kill_switch_is_lifted_each_breaker_follows_its_policy() {
    let registry = Registry::new();
    let [strict, lenient] = ["strict", "lenient"].map(|name| registry.breaker(name));
    lenient.configure(PolicyPatch::new().shadow(true)).unwrap();
    registry.shadow_all(true);
    registry.shadow_all(false);
    for breaker in [&strict, &lenient] {
        breaker.force_open("a test");
    }
    assert!(!strict.is_available());
    assert!(lenient.is_available());
}

#[test]
fn status_shows_the_kill_switch_beside_the_policy() {
    let registry = Registry::new();
    let breaker = registry.breaker("payment_api");
    registry.shadow_all(true);
    let status = breaker.status();
    assert!(status.shadow_all && !status.policy.shadow());
    assert_eq!(status.to_string(), "payment_api is closed; every breaker is in shadow");
    registry.shadow_all(false);
    assert!(!breaker.status().shadow_all);
}

/// The variable that holds the expected result in a child process that sets `BRAMA_SHADOW`.
const EXPECTED: &str = "BRAMA_TEST_EXPECTS";

/// Checks something only in the processes that the next test starts.
#[test]
fn a_child_process_reads_the_environment() {
    let Ok(expected) = env::var(EXPECTED) else { return };
    let status = brama::breaker("any").status();
    assert_eq!(format!("{} {:?}", status.shadow_all, status.warnings), expected);
}

#[test]
fn the_environment_sets_the_kill_switch_of_the_global_registry() {
    let odd = "false [\"BRAMA_SHADOW is `maybe`, which is not valid: set it to 1 to put every breaker \
               into shadow, or to 0\"]";
    for (value, expected) in [("1", "true []"), ("0", "false []"), ("maybe", odd)] {
        let child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "shadow::a_child_process_reads_the_environment"])
            .envs([("BRAMA_SHADOW", value), (EXPECTED, expected)])
            .output()
            .unwrap();
        assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
        assert!(String::from_utf8_lossy(&child.stdout).contains("1 passed"), "{value}");
    }
}
