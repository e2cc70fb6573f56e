//! The page: families of metrics, one after the other, each with its lines.

use std::fmt::{self, Write};

use super::format::Format;

/// Writes a page in pieces of some kilobytes: the lines of a page of 10 000 breakers are written
/// from a buffer that stays in the cache of the processor.
pub(super) struct Page<'o, W> {
    out: &'o mut W,
    format: Format,
    buffer: String,
    /// The family of the next line.
    family: MetricFamily,
    /// Whether the lines above the family's first line are written.
    has_head: bool,
    /// The name with its suffix, and the brace before the labels.
    start: String,
    result: fmt::Result,
}

/// What stands above the lines of a metric.
#[derive(Debug, Clone, Copy)]
pub(super) struct MetricFamily {
    /// Without `_total`.
    pub(super) name: &'static str,
    kind: FamilyKind,
    pub(super) unit: Option<&'static str>,
    pub(super) help: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FamilyKind {
    Counter,
    Gauge,
    Histogram,
    Summary,
}

/// The value of a line.
#[derive(Debug, Clone, Copy)]
pub(super) enum SampleValue {
    Count(u64),
    /// A count that is written as a real number.
    Whole(u64),
    Real(f64),
}

impl MetricFamily {
    pub(super) const fn counter(name: &'static str, help: &'static str) -> Self {
        Self { name, kind: FamilyKind::Counter, unit: None, help }
    }

    pub(super) const fn gauge(name: &'static str, help: &'static str) -> Self {
        Self { name, kind: FamilyKind::Gauge, unit: None, help }
    }

    pub(super) const fn histogram(name: &'static str, help: &'static str) -> Self {
        Self { name, kind: FamilyKind::Histogram, unit: None, help }
    }

    pub(super) const fn summary(name: &'static str, help: &'static str) -> Self {
        Self { name, kind: FamilyKind::Summary, unit: None, help }
    }

    pub(super) const fn unit(self, unit: &'static str) -> Self {
        Self { unit: Some(unit), ..self }
    }
}

impl FamilyKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Summary => "summary",
        }
    }

    const fn suffix(self) -> &'static str {
        match self {
            Self::Counter => "_total",
            Self::Gauge | Self::Histogram | Self::Summary => "",
        }
    }
}

impl<'o, W: Write> Page<'o, W> {
    pub(super) fn new(format: Format, out: &'o mut W) -> Self {
        let (buffer, family) = (String::with_capacity(2 * PIECE), MetricFamily::gauge("", ""));
        Self { out, format, buffer, family, has_head: true, start: String::new(), result: Ok(()) }
    }

    /// Begins a family. Without a line, nothing is written.
    pub(super) fn begin(&mut self, family: MetricFamily) {
        (self.family, self.has_head) = (family, false);
        self.start.clear();
        self.start.extend([family.name, family.kind.suffix(), "{"]);
    }

    /// Adds a line with the labels that these parts make.
    pub(super) fn add(&mut self, labels: &[&str], value: SampleValue) {
        self.begin_line();
        self.buffer.push_str(&self.start);
        self.buffer.extend(labels.iter().copied());
        self.end_line(value);
    }

    /// Adds a line whose name has a suffix that is not the family's own.
    pub(super) fn add_with_suffix(&mut self, suffix: &str, labels: &[&str], value: SampleValue) {
        self.begin_line();
        self.buffer.extend([self.family.name, suffix, "{"]);
        self.buffer.extend(labels.iter().copied());
        self.end_line(value);
    }

    /// Adds a line without labels.
    pub(super) fn add_alone(&mut self, value: SampleValue) {
        self.begin_line();
        self.buffer.extend([self.family.name, self.family.kind.suffix(), " "]);
        value.write(&mut self.buffer);
        self.buffer.push('\n');
    }

    fn begin_line(&mut self) {
        if !self.has_head {
            self.write_head();
        }
    }

    fn end_line(&mut self, value: SampleValue) {
        match value {
            // Most values.
            SampleValue::Count(0) => self.buffer.push_str("} 0\n"),
            SampleValue::Count(1) => self.buffer.push_str("} 1\n"),
            SampleValue::Whole(0) => self.buffer.push_str("} 0.0\n"),
            SampleValue::Count(_) | SampleValue::Whole(_) | SampleValue::Real(_) => {
                self.buffer.push_str("} ");
                value.write(&mut self.buffer);
                self.buffer.push('\n');
            }
        }
        if PIECE <= self.buffer.len() {
            self.flush();
        }
    }

    fn write_head(&mut self) {
        self.has_head = true;
        let MetricFamily { name, kind, unit, help } = self.family;
        // Only OpenMetrics knows units, and names the family of a counter without its suffix.
        let (suffix, unit) = match self.format {
            Format::OpenMetrics => ("", unit),
            Format::Prometheus => (kind.suffix(), None),
        };
        let kind = kind.as_str();
        let head = format!("# HELP {name}{suffix} {help}\n# TYPE {name}{suffix} {kind}\n");
        self.buffer.push_str(&head);
        if let Some(unit) = unit {
            for part in ["# UNIT ", name, " ", unit, "\n"] {
                self.buffer.push_str(part);
            }
        }
    }

    /// Ends the page.
    pub(super) fn finish(mut self) -> fmt::Result {
        match self.format {
            // A text without this line was cut off.
            Format::OpenMetrics => self.buffer.push_str("# EOF\n"),
            Format::Prometheus => {}
        }
        self.flush();
        self.result
    }

    /// After an error, nothing more is written.
    fn flush(&mut self) {
        if self.result.is_ok() {
            self.result = self.out.write_str(&self.buffer);
        }
        self.buffer.clear();
    }
}

/// Bytes that are written at once.
const PIECE: usize = 32 * 1024;

impl SampleValue {
    fn write(self, out: &mut String) {
        match self {
            Self::Count(count) => push_number(count, out),
            Self::Whole(count) => {
                push_number(count, out);
                out.push_str(".0");
            }
            Self::Real(real) => {
                let _infallible = write!(out, "{real:?}");
            }
        }
    }
}

/// Writes a number. Most of the time of a page goes into numbers, and formatting one takes three
/// times as long.
fn push_number(mut number: u64, out: &mut String) {
    let (mut digits, mut begin) = ([0; 20], 20);
    loop {
        begin -= 1;
        // At most 20 digits, each below 10.
        if let (Some(digit), Ok(last)) = (digits.get_mut(begin), u8::try_from(number % 10)) {
            *digit = b'0' + last;
        }
        number /= 10;
        if number == 0 {
            break;
        }
    }
    let written = digits.get(begin..).unwrap_or_default();
    out.push_str(str::from_utf8(written).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_full() {
        for number in [0, 7, 10, 1_234_567_890, u64::MAX] {
            let mut out = String::new();
            push_number(number, &mut out);
            assert_eq!(out, number.to_string());
        }
    }
}
