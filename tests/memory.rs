//! The memory of many idle breakers, with their names and the map.

use allocation_counter::measure;
use brama::{CircuitOpen, Identity, Registry, circuit_breaker};

#[circuit_breaker(identifier = "memory: nodes", key = node)]
fn answer_of_node(node: &str) -> Result<(), CircuitOpen> {
    Ok(())
}

#[test]
fn ten_thousand_keys_of_a_function_take_at_most_three_point_eight_million_bytes() {
    let created = measure(|| {
        for node in (0..10_000).map(|node| format!("node-{node}")) {
            assert!((0..2).all(|_| answer_of_node(&node).is_ok()));
        }
    });
    assert!(created.bytes_current <= 3_800_000, "{} bytes", created.bytes_current);
}

#[test]
fn ten_thousand_idle_keys_take_at_most_two_and_a_half_million_bytes() {
    let registry = Registry::new();
    let created = measure(|| {
        for node in 0..10_000 {
            let breaker =
                registry.breaker(Identity::new("nodes").with_key(format_args!("node-{node}")));
            assert_eq!(breaker.call(|| Ok::<_, CircuitOpen>(node)), Ok(node));
        }
    });
    assert!(created.bytes_current <= 2_500_000, "{} bytes", created.bytes_current);
}
