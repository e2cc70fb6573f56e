//! The option `key`: one function with a breaker for each key.

use std::{cell::Cell, fmt};

use brama::{CircuitOpen, Identity, Registry, Status, Totals, circuit_breaker};

use crate::answer::{Answer, TestError};

fn keyed(identifier: &str, key: impl fmt::Display) -> Status {
    brama::status(Identity::new(identifier).with_key(key)).unwrap()
}

fn counted(status: &Status) -> [u64; 2] {
    let Totals { successes, failures, .. } = status.totals;
    [successes, failures]
}

#[test]
fn each_key_has_a_breaker_of_its_own() {
    #[circuit_breaker(identifier = "keys: own", key = node, max_attempts = 2)]
    fn read(node: u8, good: bool) -> Answer<u8> {
        if good { Ok(node) } else { Err(TestError::Failed("disk")) }
    }
    assert!((0..2).all(|_| read(1, false) == Err(TestError::Failed("disk"))));
    assert_eq!([read(1, true), read(2, true)], [Err(TestError::Open), Ok(2)]);
    assert_eq!(counted(&keyed("keys: own", 1)), [0, 2]);
    assert_eq!(counted(&keyed("keys: own", 2)), [1, 0]);
    assert_eq!(keyed("keys: own", 1).totals.rejected, 1);
    assert!(brama::status("keys: own").is_none());
}

#[test]
fn a_tuple_is_a_key_whose_parts_are_told_apart() {
    #[circuit_breaker(identifier = "keys: tuple", key = (region, node), max_attempts = 1)]
    fn read(region: &str, node: u64, good: bool) -> Answer<()> {
        if good { Ok(()) } else { Err(TestError::Failed("disk")) }
    }
    assert_eq!(read("eu", 7, false), Err(TestError::Failed("disk")));
    for _ in 0..3 {
        assert_eq!(read("eu", 7, true), Err(TestError::Open));
        for (region, node) in [("eu", 8), ("us", 7), ("eu,7", 7)] {
            assert_eq!(read(region, node, true), Ok(()));
        }
    }
    assert_eq!(counted(&keyed("keys: tuple", "eu,7")), [0, 1]);
    assert_eq!(counted(&keyed("keys: tuple", "us,7")), [3, 0]);
    assert_eq!(counted(&keyed("keys: tuple", r"eu\,7,7")), [3, 0]);
}

#[test]
fn a_number_and_its_text_name_one_breaker() {
    #[circuit_breaker(identifier = "keys: number", key = node)]
    fn by_number(node: u32) -> Answer<()> {
        Ok(())
    }
    #[circuit_breaker(identifier = "keys: number", key = node)]
    fn by_text(node: &str) -> Answer<()> {
        Ok(())
    }
    for _ in 0..3 {
        let calls = [by_number(1), by_number(7), by_text("7"), by_text("07")];
        assert!(calls.iter().all(Result::is_ok));
    }
    let successes = |key: &str| counted(&keyed("keys: number", key))[0];
    assert_eq!(["1", "7", "07"].map(successes), [3, 6, 3]);
}

#[test]
fn attributes_of_one_generic_function_that_differ_are_pointed_out_for_a_key() {
    trait Limited {
        const FAILURES: u32;
    }
    struct Strict;
    impl Limited for Strict {
        const FAILURES: u32 = 3;
    }
    struct Lax;
    impl Limited for Lax {
        const FAILURES: u32 = 5;
    }
    #[circuit_breaker(identifier = "keys: generic", key = key, failure_threshold = L::FAILURES)]
    fn read<L: Limited>(key: u32) -> Answer<()> {
        Ok(())
    }
    for key in [0, 7, 7, 7] {
        assert_eq!(read::<Strict>(key), Ok(()));
    }
    assert_eq!(keyed("keys: generic", 7).warnings.len(), 0);
    assert_eq!(read::<Lax>(7), Ok(()));
    assert_eq!(keyed("keys: generic", 7).warnings.len(), 1);
}

#[test]
fn a_key_is_not_joined_to_the_identifier() {
    #[circuit_breaker(identifier = name, key = key, scope = "keys: joined", registry = registry)]
    fn read(registry: &Registry, name: &str, key: &str) -> Answer<()> {
        Ok(())
    }
    let registry = Registry::new();
    let named = |name, key| Identity::new(name).in_scope("keys: joined").with_key(key);
    assert!(read(&registry, "a", "bc").is_ok() && read(&registry, "ab", "c").is_ok());
    assert_eq!(counted(&registry.status(named("a", "bc".to_owned())).unwrap()), [1, 0]);
    assert_eq!(counted(&registry.status(named("ab", "c".to_owned())).unwrap()), [1, 0]);
}

#[test]
fn a_rejection_names_its_key() {
    #[circuit_breaker(identifier = "keys: named", key = host.to_uppercase())]
    fn read(host: &str) -> Result<(), CircuitOpen> {
        Ok(())
    }
    let identity = Identity::new("keys: named").with_key("DB1");
    brama::breaker(&identity).force_open("test");
    assert_eq!(read("db1").unwrap_err().identity(), &identity);
    assert_eq!(read("db2"), Ok(()));
}

struct Node {
    id: String,
    evaluated: Cell<u8>,
}

impl Node {
    fn key(&self) -> &str {
        self.evaluated.set(self.evaluated.get() + 1);
        &self.id
    }

    #[circuit_breaker(identifier = "keys: borrowed", key = self.key())]
    fn rename(&mut self, id: &str) -> Answer<&str> {
        id.clone_into(&mut self.id);
        Ok(&self.id)
    }

    #[circuit_breaker(identifier = "keys: moved", key = self.key())]
    async fn into_id(self) -> Answer<String> {
        tokio::task::yield_now().await;
        Ok(self.id)
    }
}

#[test]
fn a_key_is_evaluated_once_before_the_body_and_not_borrowed_over_it() {
    let mut node = Node { id: "one".to_owned(), evaluated: Cell::new(0) };
    assert_eq!(node.rename("two"), Ok("two"));
    assert_eq!(node.evaluated.get(), 1);
    assert_eq!(counted(&keyed("keys: borrowed", "one")), [1, 0]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(node.into_id()), Ok("two".to_owned()));
    assert_eq!(counted(&keyed("keys: moved", "two")), [1, 0]);
}

#[test]
fn a_future_with_a_key_may_change_threads() {
    #[circuit_breaker(identifier = "keys: sent", key = node.get())]
    async fn read(node: Cell<u8>) -> Answer<u8> {
        tokio::task::yield_now().await;
        Ok(node.get())
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let read = runtime.spawn(read(Cell::new(3)));
    assert_eq!(runtime.block_on(read).unwrap(), Ok(3));
    assert_eq!(counted(&keyed("keys: sent", 3)), [1, 0]);
}

#[test]
fn a_key_may_be_generic() {
    #[circuit_breaker(identifier = "keys: generic", key = key)]
    fn read<K: fmt::Display>(key: K) -> Answer<()> {
        Ok(())
    }
    assert!(read(1).is_ok() && read("1").is_ok() && read('x').is_ok());
    assert_eq!(counted(&keyed("keys: generic", 1)), [2, 0]);
    assert_eq!(counted(&keyed("keys: generic", 'x')), [1, 0]);
}
