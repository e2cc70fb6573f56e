//! A consumer of a log such as Kafka's, which rests while the circuit is open and in a ramp:
//! `cargo run --package clients --example consumer`.

use brama::{
    CircuitOpen, State, circuit_breaker,
    event::{Event, EventDetail, EventKind, EventStream},
};
use clients::{
    broker::{Broker, Record},
    outage::{BoxError, check},
    store::Store,
};
use futures_util::StreamExt;

#[derive(Debug, thiserror::Error)]
enum StoreError {
    #[error("the store is down")]
    Down,
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
}

#[circuit_breaker(identifier = "store", failure_threshold = 3, expiry = "500ms", ramp = "1s")]
async fn keep(store: &Store, record: &Record) -> Result<(), StoreError> {
    if store.keep(record) { Ok(()) } else { Err(StoreError::Down) }
}

/// Moves records from the broker to the store, until `records` of them have been committed.
async fn consume(broker: &Broker, store: &Store, records: usize) {
    let breaker = brama::breaker("store");
    while broker.committed() < records {
        // While the circuit is open, it polls nothing.
        breaker.ready().await;
        let record = broker.poll().await;
        match keep(store, &record).await {
            Ok(()) => broker.commit(&record),
            // The broker keeps the record, and delivers it again.
            Err(StoreError::Down) => broker.rewind(),
            Err(StoreError::Rejected(open)) => {
                broker.rewind();
                // In a ramp, `ready` ends at once.
                tokio::time::sleep(open.retry_after().unwrap_or_default()).await;
            }
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let (broker, store) = (Broker::default(), Store::default());
    let mut changes = brama::subscribe(EventKind::StateChanged).into_stream();

    (0..5).for_each(|number| broker.publish(format!("order {number}")));
    consume(&broker, &store, 5).await;
    check("it works: 5 records are stored and committed", broker.polls() == 5)?;

    store.switch().fail();
    (5..10).for_each(|number| broker.publish(format!("order {number}")));
    let outage = async {
        next_opening(&mut changes).await;
        check("after 3 failures it rests", broker.polls() == 5 + 3)?;
        next_opening(&mut changes).await;
        check("each probe polls one record", broker.polls() == 5 + 3 + 1)?;
        store.switch().work();
        Ok::<_, BoxError>(())
    };
    tokio::join!(consume(&broker, &store, 10), outage).1?;
    check("it goes on: all records are committed", broker.committed() == 10)?;
    check("in the ramp it sleeps", broker.polls() < 5 + 3 + 1 + 5 + 3)?;

    let is_in_order = store.kept().iter().map(|record| record.offset).eq(0..10);
    check("each record was stored once, in order", is_in_order).map_err(Into::into)
}

async fn next_opening(changes: &mut EventStream) {
    let is_opening =
        |event: &Event| matches!(event.detail, EventDetail::StateChanged { to: State::Open, .. });
    while changes.next().await.is_some_and(|event| !is_opening(&event)) {}
}
