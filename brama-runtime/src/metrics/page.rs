//! The page: families of metrics, each with its lines.

use std::fmt::{self, Write};

use super::format::Format;

/// The lines of some families. A format wants the lines of a family together, so each has a buffer
/// of its own.
pub(super) struct Page {
    format: Format,
    families: Vec<(MetricFamily, String)>,
}

/// What stands above the lines of a metric.
#[derive(Debug, Clone, Copy)]
pub(super) struct MetricFamily {
    /// Without `_total`.
    pub(super) name: &'static str,
    pub(super) kind: FamilyKind,
    pub(super) unit: Option<&'static str>,
    pub(super) help: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FamilyKind {
    Counter,
    Gauge,
    Histogram,
    Summary,
}

/// The value of a line.
#[derive(Debug, Clone, Copy)]
pub(super) enum SampleValue {
    Count(u64),
    Real(f64),
}

/// A family by its place on a page.
pub(super) trait OnPage: Copy {
    fn place(self) -> usize;
}

impl MetricFamily {
    pub(super) const fn counter(name: &'static str, help: &'static str) -> Self {
        Self { name, kind: FamilyKind::Counter, unit: None, help }
    }

    pub(super) const fn gauge(name: &'static str, help: &'static str) -> Self {
        Self { name, kind: FamilyKind::Gauge, unit: None, help }
    }

    pub(super) const fn unit(self, unit: &'static str) -> Self {
        Self { unit: Some(unit), ..self }
    }

    pub(super) const fn kind(self, kind: FamilyKind) -> Self {
        Self { kind, ..self }
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

impl Page {
    pub(super) fn new(format: Format, families: impl IntoIterator<Item = MetricFamily>) -> Self {
        let families = families.into_iter().map(|family| (family, String::new())).collect();
        Self { format, families }
    }

    /// Adds a line: the labels are parts such as `outcome="success"`.
    pub(super) fn add(&mut self, family: impl OnPage, labels: &[&str], value: SampleValue) {
        self.add_with_suffix(family, "", labels, value);
    }

    pub(super) fn add_with_suffix(
        &mut self,
        family: impl OnPage,
        suffix: &str,
        labels: &[&str],
        value: SampleValue,
    ) {
        let Some((family, lines)) = self.families.get_mut(family.place()) else { return };
        for part in [family.name, family.kind.suffix(), suffix] {
            lines.push_str(part);
        }
        let mut separator = '{';
        for label in labels {
            lines.push(separator);
            lines.push_str(label);
            separator = ',';
        }
        lines.push_str(if labels.is_empty() { " " } else { "} " });
        value.write(lines);
        lines.push('\n');
    }

    /// Returns the number of bytes of the lines.
    pub(super) fn len(&self) -> usize {
        self.families.iter().map(|(_, lines)| 256 + lines.len()).sum()
    }

    /// Writes every family that has lines.
    pub(super) fn write_into(&self, out: &mut impl Write) -> fmt::Result {
        for (family, lines) in self.families.iter().filter(|(_, lines)| !lines.is_empty()) {
            self.write_head(family, out)?;
            out.write_str(lines)?;
        }
        Ok(())
    }

    fn write_head(&self, family: &MetricFamily, out: &mut impl Write) -> fmt::Result {
        let MetricFamily { name, kind, unit, help } = family;
        // Only OpenMetrics knows units, and names the family of a counter without its suffix.
        let (suffix, unit) = match self.format {
            Format::OpenMetrics => ("", unit.as_ref()),
            Format::Prometheus => (kind.suffix(), None),
        };
        writeln!(out, "# HELP {name}{suffix} {help}")?;
        writeln!(out, "# TYPE {name}{suffix} {}", kind.as_str())?;
        unit.map_or(Ok(()), |unit| writeln!(out, "# UNIT {name} {unit}"))
    }
}

impl SampleValue {
    fn write(self, out: &mut String) {
        match self {
            Self::Count(count) => push_number(count, out),
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
    out.extend(written.iter().map(|digit| char::from(*digit)));
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
