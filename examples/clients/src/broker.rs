//! A broker in this process: a log of records, of which a group of consumers has committed some.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// One partition of a topic. What was polled and not committed is delivered again after a
/// [`rewind`](Self::rewind), as when a consumer starts again.
#[derive(Debug, Default)]
pub struct Broker {
    partition: Mutex<Partition>,
    published: Notify,
}

#[derive(Debug, Default)]
struct Partition {
    records: Vec<String>,
    committed: usize,
    position: usize,
    polls: usize,
}

/// A message with its place in the partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The place, from 0.
    pub offset: usize,
    /// The text of the message.
    pub text: String,
}

impl Broker {
    /// Appends a record.
    pub fn publish(&self, text: impl Into<String>) {
        self.partition().records.push(text.into());
        self.published.notify_one();
    }

    /// Waits for the next record and moves the position of the consumer behind it.
    pub async fn poll(&self) -> Record {
        loop {
            if let Some(record) = self.next() {
                return record;
            }
            self.published.notified().await;
        }
    }

    fn next(&self) -> Option<Record> {
        let mut partition = self.partition();
        let offset = partition.position;
        let text = partition.records.get(offset)?.clone();
        partition.position += 1;
        partition.polls += 1;
        Some(Record { offset, text })
    }

    /// Notes that every record up to this one has been dealt with.
    pub fn commit(&self, record: &Record) {
        self.partition().committed = record.offset + 1;
    }

    /// Moves the position of the consumer back to the first record that is not committed.
    pub fn rewind(&self) {
        let mut partition = self.partition();
        partition.position = partition.committed;
    }

    /// How many records have been committed.
    #[must_use]
    pub fn committed(&self) -> usize {
        self.partition().committed
    }

    /// How many records have been polled, again or not.
    #[must_use]
    pub fn polls(&self) -> usize {
        self.partition().polls
    }

    fn partition(&self) -> MutexGuard<'_, Partition> {
        self.partition.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
