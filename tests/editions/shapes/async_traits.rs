//! Methods under `#[async_trait]`, which turns them into functions that return a boxed future.

use std::{cell::Cell, fmt::Debug, pin::pin, rc::Rc, sync::Arc};

use async_trait::async_trait;
use brama::{Outcome, circuit_breaker};

use crate::answer::{Answer, TestError, finish, give_way, open, poll, recorded};

struct Client {
    rows: Vec<u8>,
}

mod methods {
    use super::*;

    #[async_trait]
    trait Store: Send + Sync {
        const NAME: &'static str;
        type Row: Debug + PartialEq + Send;

        async fn row(&self, index: usize) -> Answer<Self::Row>;
        async fn push(&mut self, row: &str) -> Answer<&mut u8>;

        #[circuit_breaker(identifier = Self::NAME)]
        async fn ping(&self, good: bool) -> Answer<u8> {
            give_way().await;
            if good { Ok(1) } else { Err(TestError::Failed("bad")) }
        }

        #[circuit_breaker(identifier = "async_trait: default of Arc")]
        async fn shared(self: Arc<Self>) -> Answer<Self::Row>
        where
            Self: 'static,
        {
            give_way().await;
            self.row(0).await
        }

        #[circuit_breaker(identifier = "async_trait: generic")]
        async fn mapped<'a, T, F>(&'a self, text: &'a str, map: F) -> Answer<Vec<T>>
        where
            T: Send + 'a,
            F: Fn(&'a str) -> Option<T> + Send + 'a,
        {
            let mapped = text.split(' ').map(map).collect::<Option<_>>();
            give_way().await;
            mapped.ok_or(TestError::Failed("none"))
        }
    }

    #[async_trait]
    impl Store for Client {
        const NAME: &'static str = "async_trait: default";
        type Row = u8;

        #[circuit_breaker(identifier = "async_trait: impl")]
        async fn row(&self, index: usize) -> Answer<u8> {
            give_way().await;
            self.rows.get(index).copied().ok_or(TestError::Failed("none"))
        }

        #[circuit_breaker(identifier = format!("async_trait: {row}"))]
        async fn push(&mut self, row: &str) -> Answer<&mut u8> {
            self.rows.push(row.parse()?);
            give_way().await;
            self.rows.last_mut().ok_or(TestError::Failed("none"))
        }
    }

    #[tokio::test]
    async fn methods_are_judged_by_what_their_futures_answer() {
        let mut client = Client { rows: vec![] };
        assert_eq!(client.push("7").await, Ok(&mut 7));
        assert_eq!(client.push("x").await, Err(TestError::Failed("no number")));
        assert_eq!(
            [client.row(0).await, client.row(9).await],
            [Ok(7), Err(TestError::Failed("none"))]
        );
        let pings = [client.ping(true).await, client.ping(false).await];
        assert_eq!(pings, [Ok(1), Err(TestError::Failed("bad"))]);
        assert_eq!(client.mapped("a b", |word| word.chars().next()).await, Ok(vec!['a', 'b']));
        assert_eq!(client.mapped("", |word| word.chars().next()).await.ok(), None);
        assert_eq!(tokio::spawn(Arc::new(client).shared()).await.unwrap(), Ok(7));
        assert_eq!(recorded("async_trait: 7"), "1 succeeded");
        assert_eq!(recorded("async_trait: x"), "1 failed");
        assert_eq!(recorded("async_trait: impl"), "2 succeeded, 1 failed");
        assert_eq!(recorded("async_trait: default"), "1 succeeded, 1 failed");
        assert_eq!(recorded("async_trait: generic"), "1 succeeded, 1 failed");
        assert_eq!(recorded("async_trait: default of Arc"), "1 succeeded");
    }

    #[async_trait]
    trait Check: Sync {
        #[circuit_breaker(identifier = "async_trait: dyn", fallback = Ok(self.other().await))]
        async fn check(&self) -> Answer<u8> {
            std::future::pending().await
        }

        async fn other(&self) -> u8 {
            9
        }
    }

    impl Check for Client {}

    #[test]
    fn a_trait_stays_dyn_safe_and_its_futures_acquire_permits_when_polled() {
        let client: &dyn Check = &Client { rows: vec![] };
        drop(client.check());
        assert_eq!(recorded("async_trait: dyn"), "");
        assert!(poll(pin!(client.check())).is_pending());
        assert_eq!(recorded("async_trait: dyn"), "1 abandoned");
        open("async_trait: dyn");
        assert_eq!(finish(client.check()), Ok(9));
        assert_eq!(recorded("async_trait: dyn"), "1 abandoned, 1 rejected");
    }

    #[async_trait(?Send)]
    trait Local {
        #[circuit_breaker(identifier = "async_trait: outer", error_handler = |_| Outcome::Ignore)]
        #[circuit_breaker(identifier = "async_trait: inner")]
        async fn counted(self: Rc<Self>, cell: Rc<Cell<u8>>) -> Answer<u8> {
            give_way().await;
            Ok(cell.replace(0))
        }

        async fn ended(&self, cell: Rc<Cell<u8>>) -> Answer<()>;
    }

    #[async_trait(?Send)]
    impl Local for Client {
        #[circuit_breaker(identifier = "async_trait: local impl")]
        async fn ended(&self, cell: Rc<Cell<u8>>) -> Answer<()> {
            give_way().await;
            if cell.get() == 0 { Ok(()) } else { Err(TestError::Failed("left")) }
        }
    }

    #[test]
    fn futures_may_stay_on_their_thread() {
        let (client, cell) = (Rc::new(Client { rows: vec![] }), Rc::new(Cell::new(2)));
        assert!(finish(client.ended(Rc::clone(&cell))).is_err());
        assert_eq!(finish(Rc::clone(&client).counted(Rc::clone(&cell))), Ok(2));
        assert_eq!(finish(client.ended(cell)), Ok(()));
        assert_eq!(recorded("async_trait: outer"), "1 ignored");
        assert_eq!(recorded("async_trait: inner"), "1 succeeded");
        assert_eq!(recorded("async_trait: local impl"), "1 succeeded, 1 failed");
    }
}

mod blocks {
    use super::*;

    #[async_trait]
    trait Bank {
        async fn charge(&self, cents: u8) -> Answer<u8>;
        async fn refund(&self) -> Answer<u8>;
    }

    struct Above;
    struct Below;

    #[circuit_breaker(identifier = "async_trait: block above", max_attempts = 2)]
    #[async_trait]
    impl Bank for Above {
        #[circuit_breaker]
        async fn charge(&self, cents: u8) -> Answer<u8> {
            give_way().await;
            cents.checked_sub(1).ok_or(TestError::Failed("free"))
        }

        async fn refund(&self) -> Answer<u8> {
            Ok(1)
        }
    }

    #[async_trait]
    #[circuit_breaker(identifier = "async_trait: block below", max_attempts = 3)]
    impl Bank for Below {
        #[circuit_breaker(max_attempts = 4)]
        async fn charge(&self, cents: u8) -> Answer<u8> {
            give_way().await;
            cents.checked_sub(1).ok_or(TestError::Failed("free"))
        }

        async fn refund(&self) -> Answer<u8> {
            Ok(1)
        }
    }

    async fn used(bank: impl Bank) {
        let charged = [bank.charge(1).await, bank.charge(0).await];
        assert_eq!(charged, [Ok(0), Err(TestError::Failed("free"))]);
        assert_eq!(bank.refund().await, Ok(1));
    }

    #[tokio::test]
    async fn options_of_a_block_hold_above_and_below() {
        used(Above).await;
        used(Below).await;
        for (name, failures) in [("above", 2), ("below", 4)] {
            let identifier = format!("async_trait: block {name}");
            assert_eq!(recorded(&identifier), "1 succeeded, 1 failed");
            let policy = brama::breaker(identifier.as_str()).status().policy;
            assert_eq!(policy.failure_threshold(), Some(failures));
        }
    }
}
