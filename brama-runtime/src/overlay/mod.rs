//! The overlay: the word of a fleet over one breaker.

mod laid;
#[cfg(all(test, not(brama_loom)))]
mod tests;

use std::{error::Error, fmt, time::Duration};

pub(crate) use self::laid::{LaidOverlay, Ruling};
use crate::{
    circuit::{By, Quantity, State},
    duration::Rounded,
    error::InvalidLength,
};

/// The word of a fleet over one breaker: it rejects calls for a time, except those that it lets
/// through.
///
/// An overlay lies beside the circuit and never touches it: state, runs, window and trips stay, and
/// the circuit judges what the overlay lets through. It ends by itself, by
/// [`lift`](crate::breaker::Breaker::lift), or when one of a greater epoch replaces it. An epoch is
/// a number that only grows, such as the number of a decision.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::{Registry, circuit::By, overlay::Overlay};
/// use std::time::Duration;
///
/// let breaker = Registry::new().breaker("payment_api");
/// let by = By::actor("fleet", "3 of 8 nodes");
/// breaker.overlay(Overlay::open_for(1, Duration::from_secs(30), by)?)?;
/// let rejected = breaker.try_acquire().expect_err("the overlay rejects");
/// let shown = "payment_api is open (fleet: 3 of 8 nodes), next attempt in 30 s";
/// assert_eq!(rejected.to_string(), shown);
///
/// breaker.lift(1, "an operator")?;
/// assert!(breaker.is_available());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlay {
    epoch: u64,
    length: Duration,
    lets: Lets,
    by: By,
}

/// What an overlay lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lets {
    /// So many calls.
    Calls(u32),
    /// This share of the calls, per mille.
    Share(u16),
}

impl Overlay {
    /// Rejects every call for `length` from when it is laid.
    ///
    /// `by` names who lays it and why, as an action by hand does.
    ///
    /// # Errors
    ///
    /// [`InvalidLength`] if the length is not whole milliseconds or is shorter than 1 ms.
    pub fn open_for(
        epoch: u64,
        length: Duration,
        by: impl Into<By>,
    ) -> Result<Self, InvalidLength> {
        let length = InvalidLength::check(length)?;
        Ok(Self { epoch, length, lets: Lets::Calls(0), by: by.into() })
    }

    /// Lets so many calls through, as probes, and rejects the rest. An abandoned call is not
    /// replaced by another.
    #[must_use]
    pub fn permits(self, calls: u32) -> Self {
        Self { lets: Lets::Calls(calls), ..self }
    }

    /// Lets a share of the calls through, per mille: which ones, a pure function of the breaker's
    /// seed and the number of the call decides.
    ///
    /// # Errors
    ///
    /// [`InvalidShare`] if it is above 1000.
    pub fn admitting(self, per_mille: u16) -> Result<Self, InvalidShare> {
        if per_mille > ALL {
            return Err(InvalidShare { per_mille });
        }
        Ok(Self { lets: Lets::Share(per_mille), ..self })
    }

    /// Returns the epoch.
    #[must_use]
    pub const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Returns for how long it rejects calls, from when it is laid.
    #[must_use]
    pub const fn length(&self) -> Duration {
        self.length
    }

    /// The number of calls that it lets through, or their share per mille.
    pub(crate) const fn lets(&self) -> (Option<u32>, Option<u16>) {
        match self.lets {
            Lets::Calls(calls) => (Some(calls), None),
            Lets::Share(per_mille) => (None, Some(per_mille)),
        }
    }

    /// Returns who lays it, and why.
    #[must_use]
    pub const fn by(&self) -> &By {
        &self.by
    }
}

/// The overlay in force, as a status shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct OverlayStatus {
    /// The number of the decision that it carries out.
    pub epoch: u64,
    /// The time until it ends by itself.
    #[cfg_attr(feature = "serde", serde(with = "crate::circuit::serde_impls::text"))]
    pub left: Duration,
    /// Who has laid it, and why: `fleet: 3 of 8 nodes`.
    pub by: By,
    /// The calls that it still lets through; `None` if it lets a share through.
    pub permits: Option<u32>,
    /// The share of calls that it lets through, per mille; `None` if it lets a number through.
    pub admitting: Option<u16>,
}

impl OverlayStatus {
    /// Returns whether no call is let through now.
    #[must_use]
    pub fn rejects(&self) -> bool {
        self.permits == Some(0) || self.admitting == Some(0)
    }
}

/// `rejects calls for 28 s (fleet: 3 of 8 nodes)`, or `lets 2 calls through for …`, or `lets 25 %
/// of the calls through for …`
impl fmt::Display for OverlayStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.permits, self.admitting) {
            _ if self.rejects() => f.write_str("rejects calls")?,
            (Some(calls), _) => write!(f, "lets {} through", Quantity(calls.into(), "call"))?,
            (None, share) => {
                let percent = f64::from(share.unwrap_or_default()) / 10.0;
                write!(f, "lets {percent} % of the calls through")?;
            }
        }
        write!(f, " for {} ({})", Rounded(self.left), self.by)
    }
}

/// Whether an overlay decides anything over a circuit in this state: not for a breaker in shadow,
/// and not over what an operator has decided by hand.
pub(crate) const fn is_heard(state: State, in_shadow: bool) -> bool {
    match state {
        State::Closed | State::Open | State::HalfOpen => !in_shadow,
        State::ForcedOpen | State::Disabled => false,
    }
}

/// Every call, per mille.
const ALL: u16 = 1000;

/// A share of calls was rejected because it is above 1000 per mille.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidShare {
    per_mille: u16,
}

impl fmt::Display for InvalidShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the share is {} per mille, must be at most {ALL}", self.per_mille)
    }
}

impl Error for InvalidShare {}

/// An overlay was not laid, or not lifted: a greater epoch is in force, or was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StaleEpoch {
    pub(crate) epoch: u64,
    pub(crate) known: u64,
}

impl StaleEpoch {
    /// Returns the greatest epoch that the breaker has seen.
    #[must_use]
    pub const fn known(&self) -> u64 {
        self.known
    }
}

impl fmt::Display for StaleEpoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { epoch, known } = self;
        write!(f, "the epoch is {epoch}, the breaker has seen {known}: take a greater one")
    }
}

impl Error for StaleEpoch {}
