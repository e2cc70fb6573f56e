//! The kill switch: every breaker in shadow until it is lifted.

use std::{env, process::Command};

use brama::{PolicyPatch, Registry};

#[test]
fn the_kill_switch_lets_every_call_through_those_of_new_breakers_too() {
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
fn lifted_each_breaker_is_as_its_policy_says() {
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

/// Set for a process of its own, whose environment says something of the kill switch.
const EXPECTED: &str = "BRAMA_TEST_EXPECTS";

/// Does nothing but in the processes that the next test starts.
#[test]
fn in_a_process_of_its_own_the_environment_is_heeded() {
    let Ok(expected) = env::var(EXPECTED) else { return };
    let status = brama::breaker("any").status();
    assert_eq!(format!("{} {:?}", status.shadow_all, status.warnings), expected);
}

#[test]
fn the_environment_turns_the_kill_switch_of_the_global_registry() {
    let odd = "false [\"the environment's BRAMA_SHADOW is `maybe`, which says nothing: write 1 to \
               put every breaker into shadow, or 0\"]";
    for (value, expected) in [("1", "true []"), ("0", "false []"), ("maybe", odd)] {
        let child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "shadow::in_a_process_of_its_own_the_environment_is_heeded"])
            .envs([("BRAMA_SHADOW", value), (EXPECTED, expected)])
            .output()
            .unwrap();
        assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
        assert!(String::from_utf8_lossy(&child.stdout).contains("1 passed"), "{value}");
    }
}
