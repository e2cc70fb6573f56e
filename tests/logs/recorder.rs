//! A subscriber that keeps each line and each span as text.

use std::{
    collections::HashMap,
    fmt::{self, Write},
    sync::{Arc, Mutex},
    thread::{self, ThreadId},
};

use tracing::{
    Event, Id, Level, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span::{Attributes, Record},
    subscriber::with_default,
};
use tracing_core::span::Current;

/// A subscriber of everything up to a level.
#[derive(Clone)]
pub(crate) struct Recorder {
    level: Level,
    records: Arc<Mutex<Records>>,
}

#[derive(Default)]
struct Records {
    lines: Vec<Line>,
    spans: Vec<SpanRecord>,
    /// The spans that each thread is in, innermost last.
    entered: HashMap<ThreadId, Vec<Id>>,
}

/// One line of the log.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) level: Level,
    pub(crate) target: String,
    pub(crate) message: String,
    /// `name=value` of each field, in order.
    pub(crate) fields: Vec<String>,
    /// The names of the spans around it, innermost last.
    pub(crate) spans: Vec<&'static str>,
}

/// One span.
#[derive(Debug, Clone)]
pub(crate) struct SpanRecord {
    metadata: &'static Metadata<'static>,
    /// `name=value` of each field that was recorded, in order.
    pub(crate) fields: Vec<String>,
    /// How often it was entered.
    pub(crate) entries: usize,
    pub(crate) exits: usize,
}

impl Recorder {
    pub(crate) fn new(level: Level) -> Self {
        Self { level, records: Arc::default() }
    }

    /// Runs `test` with this subscriber, on this thread. Returns the lines of brama.
    pub(crate) fn lines(level: Level, test: impl FnOnce()) -> Vec<Line> {
        let recorder = Self::new(level);
        with_default(recorder.clone(), test);
        recorder.take_lines()
    }

    /// Runs `test` with this subscriber, on this thread. Returns the spans.
    pub(crate) fn spans(level: Level, test: impl FnOnce()) -> Vec<SpanRecord> {
        let recorder = Self::new(level);
        with_default(recorder.clone(), test);
        let mut records = recorder.records.lock().unwrap();
        std::mem::take(&mut records.spans)
    }

    pub(crate) fn take_lines(&self) -> Vec<Line> {
        std::mem::take(&mut self.records.lock().unwrap().lines)
    }
}

impl SpanRecord {
    pub(crate) fn name(&self) -> &'static str {
        self.metadata.name()
    }

    /// `INFO brama::call: brama.call breaker=a`
    pub(crate) fn shown(&self) -> String {
        let Self { metadata, fields, .. } = self;
        let (level, target, name) = (metadata.level(), metadata.target(), metadata.name());
        format!("{level} {target}: {name} {}", fields.join(" "))
    }
}

/// `WARN brama::transition: message breaker=a from=closed …`
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { level, target, message, fields, .. } = self;
        write!(f, "{level} {target}: {message} {}", fields.join(" "))
    }
}

/// The fields of a line or a span.
#[derive(Default)]
struct Fields {
    message: String,
    fields: Vec<String>,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.push(format!("{}={value}", field.name()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            write!(self.message, "{value:?}").unwrap();
        } else {
            self.fields.push(format!("{}={value:?}", field.name()));
        }
    }
}

fn index(id: &Id) -> usize {
    usize::try_from(id.into_u64()).unwrap() - 1
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level.into())
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let mut records = self.records.lock().unwrap();
        let metadata = attributes.metadata();
        records.spans.push(SpanRecord { metadata, fields: fields.fields, entries: 0, exits: 0 });
        Id::from_u64(records.spans.len().try_into().unwrap())
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        let mut records = self.records.lock().unwrap();
        records.spans.get_mut(index(id)).unwrap().fields.extend(fields.fields);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let metadata = event.metadata();
        let mut records = self.records.lock().unwrap();
        let entered = records.entered.get(&thread::current().id()).into_iter().flatten();
        let spans = entered.map(|id| records.spans.get(index(id)).unwrap().name()).collect();
        records.lines.push(Line {
            level: *metadata.level(),
            target: metadata.target().to_owned(),
            message: fields.message,
            fields: fields.fields,
            spans,
        });
    }

    fn enter(&self, id: &Id) {
        let mut records = self.records.lock().unwrap();
        records.spans.get_mut(index(id)).unwrap().entries += 1;
        records.entered.entry(thread::current().id()).or_default().push(id.clone());
    }

    fn exit(&self, id: &Id) {
        let mut records = self.records.lock().unwrap();
        records.spans.get_mut(index(id)).unwrap().exits += 1;
        let entered = records.entered.get_mut(&thread::current().id()).unwrap();
        assert_eq!(entered.pop().as_ref(), Some(id), "spans are left in order");
    }

    fn current_span(&self) -> Current {
        let records = self.records.lock().unwrap();
        let entered = records.entered.get(&thread::current().id());
        let innermost = entered.and_then(|entered| entered.last());
        innermost.map_or_else(Current::none, |id| {
            Current::new(id.clone(), records.spans.get(index(id)).unwrap().metadata)
        })
    }
}
