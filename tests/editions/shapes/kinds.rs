//! Kinds of function: plain, `async`, `extern`, methods of traits, nested calls.

use std::{fmt::Debug, time::Duration};

use brama::{Outcome, Registry, circuit_breaker, testing::ManualClock};

use crate::answer::{Answer, TestError, give_way, open, recorded, recorded_in};

#[circuit_breaker(identifier = "kinds: plain")]
fn plain(text: &str) -> Answer<u8> {
    Ok(text.parse()?)
}

#[test]
fn a_plain_function_answers_and_is_judged() {
    assert_eq!(plain("7"), Ok(7));
    assert_eq!(plain("x"), Err(TestError::Failed("no number")));
    assert_eq!(recorded("kinds: plain"), "1 succeeded, 1 failed");
}

#[test]
fn while_open_the_body_does_not_run() {
    #[circuit_breaker(identifier = "kinds: open")]
    fn body_runs() -> Answer<()> {
        panic!("it runs")
    }
    open("kinds: open");
    assert_eq!(body_runs(), Err(TestError::Open));
    assert_eq!(recorded("kinds: open"), "1 rejected");
}

#[circuit_breaker(identifier = "kinds: async")]
async fn later(text: &str) -> Answer<u8> {
    give_way().await;
    Ok(text.parse()?)
}

#[tokio::test]
async fn an_async_function_answers_and_is_judged() {
    assert_eq!(later("7").await, Ok(7));
    assert_eq!(later("x").await, Err(TestError::Failed("no number")));
    assert_eq!(recorded("kinds: async"), "1 succeeded, 1 failed");
}

#[tokio::test]
async fn while_open_an_async_body_does_not_run() {
    #[circuit_breaker(identifier = "kinds: open async", fallback = other().await)]
    async fn body_runs() -> Answer<u8> {
        panic!("it runs")
    }
    async fn other() -> Answer<u8> {
        give_way().await;
        Ok(2)
    }
    open("kinds: open async");
    assert_eq!(body_runs().await, Ok(2));
    assert_eq!(recorded("kinds: open async"), "1 rejected");
}

mod traits {
    use super::*;

    trait Store {
        const NAME: &'static str;
        type Row: Debug + PartialEq;

        fn row(&self) -> Self::Row;

        #[circuit_breaker(identifier = Self::NAME)]
        fn load(&self) -> Answer<Self::Row>
        where
            Self: Sized,
        {
            Ok(self.row())
        }

        #[circuit_breaker(identifier = "kinds: unsized default")]
        fn count(&self) -> Answer<usize> {
            Ok(Self::NAME.len().min(1))
        }

        fn save(&mut self, row: Self::Row) -> Answer<usize>;
    }

    struct Memory<T>(Vec<T>);

    impl<T> Store for Memory<T>
    where
        T: Clone + Debug + PartialEq,
    {
        const NAME: &'static str = "kinds: associated constant";
        type Row = T;

        fn row(&self) -> T {
            self.0.last().unwrap().clone()
        }

        #[circuit_breaker(identifier = "kinds: trait impl")]
        fn save(&mut self, row: Self::Row) -> Answer<usize> {
            self.0.push(row);
            Ok(self.0.len())
        }
    }

    #[test]
    fn trait_methods_with_a_body_see_self_and_its_types() {
        let mut memory = Memory(vec!['a']);
        assert_eq!(memory.load(), Ok('a'));
        assert_eq!(memory.count(), Ok(1));
        assert_eq!(memory.save('b'), Ok(2));
        let all = ["associated constant", "unsized default", "trait impl"];
        assert!(all.iter().all(|name| recorded(&format!("kinds: {name}")) == "1 succeeded"));
    }

    trait Check {
        #[circuit_breaker(identifier = "kinds: dyn default")]
        fn check(&mut self, by: u8) -> Answer<u8> {
            Ok(by)
        }
    }

    impl<T> Check for Memory<T> {}

    #[test]
    fn a_trait_stays_dyn_safe() {
        let erased: &mut dyn Check = &mut Memory(vec![0]);
        assert_eq!(erased.check(3), Ok(3));
        assert_eq!(recorded("kinds: dyn default"), "1 succeeded");
    }

    trait Fetch {
        async fn fetch(&self) -> Answer<u8>;

        #[circuit_breaker(identifier = "kinds: async default")]
        async fn add(&mut self, by: u8) -> Answer<u8> {
            give_way().await;
            Ok(self.fetch().await? + by)
        }
    }

    impl<T: Into<u8> + Clone + Sync> Fetch for Memory<T> {
        #[circuit_breaker(identifier = "kinds: async impl")]
        async fn fetch(&self) -> Answer<u8> {
            give_way().await;
            self.0.first().cloned().map(Into::into).ok_or(TestError::Failed("empty"))
        }
    }

    #[tokio::test]
    async fn async_trait_methods_are_protected() {
        assert_eq!(Memory(vec![2_u8]).add(4).await, Ok(6));
        assert_eq!(Memory(Vec::<u8>::new()).add(4).await, Err(TestError::Failed("empty")));
        for identifier in ["kinds: async default", "kinds: async impl"] {
            assert_eq!(recorded(identifier), "1 succeeded, 1 failed");
        }
    }
}

mod modifiers {
    use super::*;

    #[circuit_breaker(identifier = "kinds: extern")]
    #[expect(improper_ctypes_definitions, reason = "the shape under test")]
    extern "C" fn foreign(number: u8) -> Answer<u8> {
        Ok(number)
    }

    #[circuit_breaker(identifier = "kinds: extern Rust")]
    pub(super) extern "Rust" fn native(number: u8) -> Answer<u8> {
        Ok(number)
    }

    #[test]
    fn extern_functions_stay_extern() {
        let pointer: extern "C" fn(u8) -> Answer<u8> = foreign;
        assert_eq!([pointer(5), native(6)], [Ok(5), Ok(6)]);
        assert_eq!(recorded("kinds: extern"), "1 succeeded");
        assert_eq!(recorded("kinds: extern Rust"), "1 succeeded");
    }

    // A program's `main` under the runtime's attribute is decorated like any function.
    #[tokio::main(flavor = "current_thread")]
    #[circuit_breaker(identifier = "kinds: main below")]
    async fn main_below() -> Answer<u8> {
        give_way().await;
        Ok(1)
    }

    #[circuit_breaker(identifier = "kinds: main above")]
    #[tokio::main(flavor = "current_thread")]
    async fn main_above() -> Answer<u8> {
        give_way().await;
        Ok(2)
    }

    #[test]
    fn a_runtime_s_main_stands_above_or_below() {
        assert_eq!([main_below(), main_above()], [Ok(1), Ok(2)]);
        assert_eq!(recorded("kinds: main below"), "1 succeeded");
        assert_eq!(recorded("kinds: main above"), "1 succeeded");
    }
}

mod nesting {
    use super::*;

    #[circuit_breaker(identifier = "kinds: recursion")]
    fn depth(left: u8) -> Answer<u8> {
        if left == 0 { Ok(0) } else { Ok(depth(left - 1)? + 1) }
    }

    #[circuit_breaker(identifier = "kinds: async recursion")]
    async fn depth_later(left: u8) -> Answer<u8> {
        give_way().await;
        if left == 0 { Ok(0) } else { Ok(Box::pin(depth_later(left - 1)).await? + 1) }
    }

    #[tokio::test]
    async fn every_level_of_a_recursion_is_recorded() {
        assert_eq!(depth(4), Ok(4));
        assert_eq!(recorded("kinds: recursion"), "5 succeeded");
        assert_eq!(depth_later(4).await, Ok(4));
        assert_eq!(recorded("kinds: async recursion"), "5 succeeded");
    }

    #[test]
    fn an_inner_recursive_call_is_part_of_the_probe() {
        #[circuit_breaker(identifier = "probe", registry = registry)]
        fn twice(registry: &Registry, left: u8) -> Answer<u8> {
            if left == 0 { Ok(0) } else { twice(registry, left - 1) }
        }
        let registry = half_open();
        assert_eq!(twice(&registry, 1), Ok(0));
        assert_eq!(recorded_in(&registry, "probe"), "1 succeeded");
    }

    #[tokio::test]
    async fn an_inner_async_recursive_call_is_part_of_the_probe() {
        #[circuit_breaker(identifier = "probe", registry = registry)]
        async fn twice(registry: &Registry, left: u8) -> Answer<u8> {
            give_way().await;
            if left == 0 { Ok(0) } else { Box::pin(twice(registry, left - 1)).await }
        }
        let registry = half_open();
        assert_eq!(twice(&registry, 1).await, Ok(0));
        assert_eq!(recorded_in(&registry, "probe"), "1 succeeded");
        let registry = half_open();
        assert_eq!(twice(&registry, 0).await, Ok(0));
        assert_eq!(recorded_in(&registry, "probe"), "1 succeeded");
    }

    /// A registry whose breaker `probe` is half-open and admits one probe.
    fn half_open() -> Registry {
        let clock = ManualClock::new();
        let registry = Registry::with_clock(clock.clone());
        let second = Duration::from_secs(1);
        registry.breaker("probe").open_for(second, "test").unwrap();
        clock.advance(second);
        registry
    }

    #[circuit_breaker(identifier = "kinds: third", error_handler = |_| Outcome::Ignore)]
    #[circuit_breaker(identifier = "kinds: second")]
    #[circuit_breaker(identifier = "kinds: first")]
    #[must_use = "counts"]
    #[inline]
    fn stacked(good: bool) -> Answer<()> {
        good.then_some(()).ok_or(TestError::Failed("bad"))
    }

    #[circuit_breaker(identifier = "kinds: third later", error_handler = |_| Outcome::Ignore)]
    #[circuit_breaker(identifier = "kinds: second later")]
    #[circuit_breaker(identifier = "kinds: first later")]
    async fn stacked_later(good: bool) -> Answer<()> {
        give_way().await;
        stacked(good)
    }

    #[tokio::test]
    async fn stacked_attributes_record_separately_and_the_first_written_is_outermost() {
        assert_eq!(stacked(true), Ok(()));
        open("kinds: first");
        assert_eq!(stacked_later(true).await, Err(TestError::Open));
        assert_eq!(recorded("kinds: first"), "1 succeeded, 1 rejected");
        assert_eq!(recorded("kinds: second"), "1 succeeded, 1 ignored");
        assert_eq!(recorded("kinds: third"), "2 ignored");
        assert_eq!(recorded("kinds: first later"), "1 failed");
        assert_eq!(recorded("kinds: third later"), "1 ignored");
        open("kinds: third later");
        assert_eq!(stacked_later(true).await, Err(TestError::Open));
        assert_eq!(recorded("kinds: second later"), "1 failed");
    }
}
