//! Identifiers that change from call to call. A call site caches the breaker of the first.

use std::fmt;

use brama::{CircuitOpen, Identity, Outcome, circuit_breaker};

use crate::answer::{Answer, counted};

#[circuit_breaker(identifier = name)]
fn call(name: &str) -> Answer<()> {
    Ok(())
}

#[test]
fn each_name_goes_to_its_own_breaker() {
    for name in ["names: a", "names: b", "names: a", "names: ab", "names: b", "names: a"] {
        assert_eq!(call(name), Ok(()));
    }
    assert_eq!(["names: a", "names: b", "names: ab"].map(|name| counted(name)[0]), [3, 2, 1]);
}

#[test]
fn a_name_is_compared_by_content_and_not_by_address() {
    #[circuit_breaker(identifier = name)]
    fn call(name: &str) -> Answer<()> {
        Ok(())
    }
    let mut buffer = String::from("names: one");
    assert_eq!(call(&buffer), Ok(()));
    buffer.replace_range(7.., "two");
    assert_eq!([call(&buffer), call(&buffer)], [Ok(()), Ok(())]);
    assert_eq!([counted("names: one"), counted("names: two")], [[1, 0], [2, 0]]);
}

#[test]
fn an_open_first_name_rejects_only_its_own_calls() {
    #[circuit_breaker(identifier = name, fallback = Ok(2))]
    async fn call(name: String) -> Answer<u8> {
        Ok(1)
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let call = |name: &str| runtime.block_on(call(name.to_owned()));
    assert_eq!(call("names: first"), Ok(1));
    brama::breaker("names: first").force_open("test");
    assert_eq!([call("names: second"), call("names: first")], [Ok(1), Ok(2)]);
    assert_eq!([counted("names: first"), counted("names: second")], [[1, 0], [1, 0]]);
}

trait Node {
    const NAME: &str;

    #[circuit_breaker(identifier = Self::NAME)]
    fn read(&self) -> Result<(), CircuitOpen> {
        Ok(())
    }
}

struct Disk;
struct Tape;

impl Node for Disk {
    const NAME: &str = "names: disk";
}

impl Node for Tape {
    const NAME: &str = "names: tape";
}

#[circuit_breaker(identifier = N::NAME, key = key, error_handler = |()| Outcome::Success,
    fallback = ())]
fn wind<N: Node, K: fmt::Display>(_: &N, key: K) {}

#[test]
fn a_site_in_generic_code_serves_every_type() {
    assert!(Disk.read().is_ok() && Tape.read().is_ok() && Disk.read().is_ok());
    assert_eq!([counted("names: disk"), counted("names: tape")], [[2, 0], [1, 0]]);
    wind(&Tape, 7);
    wind(&Disk, 7);
    wind(&Tape, "7");
    let keyed = |name| brama::status(Identity::new(name).with_key(7)).unwrap().totals.successes;
    assert_eq!([keyed(Tape::NAME), keyed(Disk::NAME)], [2, 1]);
}

#[test]
fn threads_that_race_for_the_first_call_agree() {
    #[circuit_breaker(identifier = name, key = key)]
    fn call(name: &str, key: u8) -> Answer<()> {
        Ok(())
    }
    std::thread::scope(|scope| {
        for key in 0..4 {
            scope.spawn(move || (0..100).for_each(|_| call("names: threads", key).unwrap()));
        }
    });
    for key in 0..4 {
        let status = brama::status(Identity::new("names: threads").with_key(key)).unwrap();
        assert_eq!(status.totals.successes, 100);
    }
}
