//! The lines of the log, in a program that logs by the crate `log` and has no subscriber of
//! `tracing`.
//!
//! It has a process of its own, because a logger is installed once and for all.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::sync::Mutex;

use brama::Registry;
use log::{LevelFilter, Log, Metadata, Record};

/// A logger that keeps each line.
struct Logger(Mutex<Vec<String>>);

static LOGGER: Logger = Logger(Mutex::new(Vec::new()));

impl Log for Logger {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let line = format!("{} {}: {}", record.level(), record.target(), record.args());
        self.0.lock().unwrap().push(line);
    }

    fn flush(&self) {}
}

#[test]
fn lines_reach_the_logger_up_to_its_level() {
    let breaker = Registry::new().breaker("a");
    log::set_logger(&LOGGER).unwrap();
    breaker.open(());
    log::set_max_level(LevelFilter::Warn);
    breaker.close(());
    breaker.force_open("maintenance");
    assert!(breaker.try_acquire().is_err());
    log::set_max_level(LevelFilter::Debug);
    assert!(breaker.try_acquire().is_err());
    let lines = LOGGER.0.lock().unwrap().clone();
    let begin = |line: &String| line.split(" breaker=").next().unwrap().to_owned();
    let expected = [
        "WARN brama::transition: a went from open to closed: by hand (close): no reason given",
        "WARN brama::transition: a went from closed to forced open: by hand (force_open): \
         maintenance",
        "DEBUG brama::rejection: a is forced open until it is closed by hand (1 rejection in this \
         opening)",
    ];
    assert_eq!(lines.iter().map(begin).collect::<Vec<_>>(), expected);
    assert!(
        lines.last().unwrap().ends_with(" state=\"force_open\" opening=2 rejections=1"),
        "{lines:?}"
    );
}
