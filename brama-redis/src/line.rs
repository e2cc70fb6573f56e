//! A decision as one line: what scripts answer and announce.
//!
//! `1|name|phase|epoch|remaining|votes|members|quorum|until|word`. The first field is the version.
//! The word is the holder of a lease, or who rejects by hand, percent-encoded. Whoever can write to
//! the store can write such a line, so it is read strictly.

use std::fmt::Write as _;

use brama_fleet::{
    BreakerName, NodeName,
    ballot::{Decision, FleetPhase, ProbeLease, Standing},
    engine::{Announcement, LinkError},
};
use brama_runtime::api::text::Escaped;

/// The version that this crate reads and writes.
const VERSION: &str = "1";
/// In bytes, of the whole line.
const LONGEST_LINE: usize = 4_096;
/// In bytes, of the name of a breaker as it travels.
pub(crate) const LONGEST_NAME: usize = BreakerName::LONGEST;
/// In bytes, of who acts by hand, before it is encoded.
pub(crate) const LONGEST_WORD: usize = 512;
/// Above the longest wait or rejection of any policy: two days, in milliseconds.
const LONGEST_REMAINING: u64 = 172_800_000;

/// Above every time of the server and every epoch: the scripts count exactly up to here.
const LATEST: u64 = 1 << 53;

/// Reads a line.
pub(crate) fn read(line: &[u8]) -> Result<Announcement, LinkError> {
    let bytes = line.len();
    let bounded = line.get(..LONGEST_LINE).unwrap_or(line);
    let text = String::from_utf8_lossy(bounded);
    if LONGEST_LINE < bytes {
        return Err(mistake(&text, &format!("it has {bytes} bytes, at most {LONGEST_LINE}")));
    }
    let mut fields = text.split('|');
    match fields.next() {
        Some(VERSION) => {}
        Some(version) if is_number(version) => return Err(mistake(&text, UNKNOWN_VERSION)),
        Some(_) | None => return Err(mistake(&text, "it does not begin with a version")),
    }
    let fields: Vec<_> = fields.collect();
    fields_to_announcement(&fields).map_err(|what| mistake(&text, &what))
}

const UNKNOWN_VERSION: &str = "this node knows version 1 only and decides for itself: give all \
                               nodes of the namespace one version of `brama-redis`";

fn mistake(line: &str, what: &str) -> LinkError {
    LinkError::new(format!(
        "the store sent `{}`, which is no decision: {what}",
        Escaped::within(LONGEST_SHOWN, line)
    ))
}

/// In bytes.
pub(crate) const LONGEST_SHOWN: usize = 200;

fn fields_to_announcement(fields: &[&str]) -> Result<Announcement, String> {
    let &[name, phase, epoch, remaining, votes, members, quorum, until, word] = fields else {
        return Err(format!("it has {} fields after the version, must be 9", fields.len()));
    };
    let breaker = Some(name).filter(|name| name.len() <= LONGEST_NAME).and_then(BreakerName::read);
    let breaker = breaker.ok_or("the name is not that of a breaker")?;
    let [epoch, until] =
        [("epoch", epoch), ("until", until)].map(|(what, text)| number(what, text, LATEST));
    let (epoch, until) = (epoch?, until?);
    let remaining = number("remaining", remaining, LONGEST_REMAINING)?;
    let standing = Standing {
        votes: count("votes", votes)?,
        members: count("members", members)?,
        quorum: count("quorum", quorum)?,
    };
    let phase = read_phase(phase, epoch, until, word)?;
    Ok(Announcement { breaker, decision: Decision { epoch, phase, remaining, standing } })
}

fn read_phase(phase: &str, epoch: u64, until: u64, word: &str) -> Result<FleetPhase, String> {
    match (phase, word) {
        ("closed", "") => Ok(FleetPhase::Closed),
        ("open", "") => Ok(FleetPhase::Open { until }),
        ("ramp", "") => Ok(FleetPhase::Ramp { until }),
        ("half_open", holder) => {
            let holder = NodeName::new(holder).map_err(|_| "the holder is not a node")?;
            Ok(FleetPhase::HalfOpen { lease: ProbeLease::new(holder, epoch, until) })
        }
        ("by_hand", by) => {
            let by = decode(by).ok_or("who rejects is not encoded as it must be")?;
            Ok(FleetPhase::RejectedByHand { until, by })
        }
        ("cleared", by) => {
            let by = decode(by).ok_or("who has cleared is not encoded as it must be")?;
            Ok(FleetPhase::ClearedByHand { by })
        }
        ("closed" | "open" | "ramp", _) => Err("it names a node, but has no lease".to_owned()),
        (_, _) => Err("the phase is unknown".to_owned()),
    }
}

/// Reads digits only: no sign, no spaces.
fn number(what: &str, text: &str, most: u64) -> Result<u64, String> {
    let number = Some(text).filter(|text| is_number(text)).and_then(|text| text.parse().ok());
    number.filter(|number| *number <= most).ok_or_else(|| format!("`{what}` is not 0 to {most}"))
}

fn count(what: &str, text: &str) -> Result<u32, String> {
    let number = number(what, text, u64::from(u32::MAX))?;
    Ok(u32::try_from(number).unwrap_or(u32::MAX))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Encodes a text so that it has neither `|` nor a line break.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if is_plain(byte) {
            encoded.push(char::from(byte));
        } else {
            let _infallible = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Reads what [`encode`] has written, and nothing else.
fn decode(text: &str) -> Option<String> {
    let (mut bytes, mut decoded) = (text.bytes(), Vec::new());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => digit(bytes.next()?)? * 16 + digit(bytes.next()?)?,
            _ if is_plain(byte) => byte,
            _ => return None,
        });
    }
    let text = String::from_utf8(decoded).ok()?;
    (text.len() <= LONGEST_WORD).then_some(text)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
}
