//! `error_handler`: the expressions that it may be, and the outcomes that it may return.

use std::{cell::Cell, sync::Arc};

use brama::{Outcome, Registry, circuit_breaker};

type Page = Result<u16, u16>;

/// Successes, failures and ignored calls of the registry's only breaker.
fn counted(registry: &Registry) -> [u64; 3] {
    let totals = registry.breaker("it").status().totals;
    [totals.successes, totals.failures, totals.ignored]
}

fn reason(registry: &Registry) -> String {
    registry.breaker("it").status().reasons.first().unwrap().to_string()
}

fn below<E>(limit: u16) -> impl Fn(&Result<u16, E>) -> bool {
    move |page| page.as_ref().is_ok_and(|status| *status < limit)
}

#[test]
fn a_bool_is_a_success_or_a_failure() {
    #[circuit_breaker(
        identifier = "it",
        registry = registry,
        error_handler = |page| *page != Err(2),
        fallback = Err(0),
    )]
    fn page(registry: &Registry, page: Page) -> Page {
        page
    }
    let registry = Registry::new();
    let _pages = [Ok(1), Err(2), Ok(3)].map(|answer| page(&registry, answer));
    assert_eq!(counted(&registry), [2, 1, 0]);
    assert_eq!(reason(&registry), "`error_handler` returned false");
}

#[test]
fn a_call_makes_the_handler_after_each_call_of_the_body() {
    fn counting(made: &Cell<u16>) -> impl Fn(&Page) -> Outcome {
        made.set(made.get() + 1);
        |page| page.map_or(Outcome::Ignore, |_| Outcome::Success)
    }
    #[circuit_breaker(
        identifier = "it",
        registry = registry,
        error_handler = counting(made),
        fallback = Err(0),
    )]
    fn page(registry: &Registry, made: &Cell<u16>, page: Page) -> Page {
        assert_eq!(made.get(), page.unwrap_or_else(|error| error));
        page
    }
    let (registry, made) = (Registry::new(), Cell::new(0));
    let _pages = [Ok(0), Err(1), Ok(2)].map(|answer| page(&registry, &made, answer));
    assert_eq!((counted(&registry), made.get()), ([2, 0, 1], 3));
}

#[test]
fn a_field_is_called_where_it_stands() {
    struct Client {
        registry: Registry,
        judge: Arc<dyn Fn(&Page) -> bool>,
    }
    impl Client {
        #[circuit_breaker(
            identifier = "it",
            registry = &self.registry,
            error_handler = self.judge,
            fallback = Err(0),
        )]
        fn page(&self, page: Page) -> Page {
            page
        }

        #[circuit_breaker(
            identifier = "it",
            registry = &self.registry,
            error_handler = self.judge,
            fallback = Err(0),
        )]
        async fn page_later(&self, page: Page) -> Page {
            page
        }
    }
    let client = Client { registry: Registry::new(), judge: Arc::new(below(500)) };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for status in [404, 503] {
        assert_eq!(client.page(Ok(status)), Ok(status));
        assert_eq!(runtime.block_on(client.page_later(Ok(status))), Ok(status));
    }
    assert_eq!(counted(&client.registry), [2, 2, 0]);
}

#[test]
fn a_block_and_a_path_to_a_generic_function_are_handlers() {
    #[circuit_breaker(
        identifier = "it",
        registry = registry,
        error_handler = { let limit = 500; below(limit) },
        fallback = Err(0),
    )]
    fn page(registry: &Registry, page: Page) -> Page {
        page
    }
    #[circuit_breaker(
        identifier = "it",
        registry = registry,
        error_handler = Result::is_ok,
        fallback = Err(0),
    )]
    fn any(registry: &Registry, page: Page) -> Page {
        page
    }
    let registry = Registry::new();
    assert!(page(&registry, Ok(404)).is_ok() && page(&registry, Ok(503)).is_ok());
    assert!(any(&registry, Ok(503)).is_ok() && any(&registry, Err(1)).is_err());
    assert_eq!(counted(&registry), [2, 2, 0]);
}

#[test]
fn a_panic_of_the_function_that_makes_the_handler_is_a_failure() {
    fn broken() -> fn(&Page) -> bool {
        panic!("as planned")
    }
    #[circuit_breaker(
        identifier = "it",
        registry = registry,
        error_handler = broken(),
        fallback = Err(0),
    )]
    fn page(registry: &Registry) -> Page {
        Ok(1)
    }
    let registry = Registry::new();
    let called = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| page(&registry)));
    assert!(called.is_err());
    assert_eq!((counted(&registry), reason(&registry)), ([0, 1, 0], "panic".to_owned()));
}

#[test]
fn attributes_under_another_name_keep_their_order() {
    use brama::circuit_breaker as cb;

    #[cb(identifier = "outer", registry = registry, error_handler = |_| true, fallback = Err(1))]
    #[circuit_breaker(identifier = "middle", registry = registry, error_handler = |_| true, fallback = Err(2))]
    #[cb(identifier = "inner", registry = registry, error_handler = |_| true, fallback = Err(3))]
    fn page(registry: &Registry) -> Page {
        Ok(1)
    }
    let registry = Registry::new();
    for (name, answer) in [("inner", 3), ("middle", 2), ("outer", 1)] {
        registry.breaker(name).force_open("test");
        assert_eq!(page(&registry), Err(answer));
    }
}
