//! The overlay of one breaker: which calls it rejects.

use std::time::Duration;

use super::{ALL, Lets, Overlay, OverlayStatus, StaleEpoch};
use crate::circuit::{By, Tick, draw};

/// The overlay that was laid over a breaker, and the greatest epoch that it has seen.
///
/// It knows no circuit. Its methods are pure: what they return follows from their arguments.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct LaidOverlay {
    /// The greatest epoch that was laid or lifted; `None` before the first.
    epoch: Option<u64>,
    laid: Option<Laid>,
    /// Tells the calls that it has let through or rejected from those of the overlays before it. It
    /// repeats after 256 overlays: no call is expected to last that long, and a rejection that is
    /// kept for longer may name a later one.
    number: u8,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Laid {
    by: By,
    until: Tick,
    lets: Lets,
    /// The calls that a share was drawn for.
    drawn: u64,
}

/// What an overlay says to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ruling {
    /// There is none, or it is over.
    Silent,
    /// It lets the call through, if the circuit does.
    LetsThrough,
    /// It rejects the call; the time until it ends.
    Rejects(Duration),
}

impl LaidOverlay {
    /// Lays an overlay in the place of another.
    pub(crate) fn lay(&mut self, overlay: Overlay, now: Tick) -> Result<(), StaleEpoch> {
        let Overlay { epoch, length, lets, by } = overlay;
        if let Some(known) = self.epoch.filter(|known| epoch <= *known) {
            return Err(StaleEpoch { epoch, known });
        }
        self.epoch = Some(epoch);
        self.number = self.number.wrapping_add(1);
        self.laid = Some(Laid { by, until: now.after(length), lets, drawn: 0 });
        Ok(())
    }

    /// Lifts an overlay of this epoch or an older one. Returns whether there was one.
    pub(crate) fn lift(&mut self, epoch: u64, now: Tick) -> Result<bool, StaleEpoch> {
        if let Some(known) = self.epoch.filter(|known| epoch < *known) {
            return Err(StaleEpoch { epoch, known });
        }
        self.epoch = Some(epoch);
        Ok(self.lift_locally(now))
    }

    /// Lifts the overlay until one of a greater epoch. Returns whether there was one.
    pub(crate) fn lift_locally(&mut self, now: Tick) -> bool {
        let was_in_force = self.is_present(now);
        self.laid = None;
        was_in_force
    }

    /// Decides about a call that is about to be made at `now`. Draws for a share.
    pub(crate) fn rule(&mut self, seed: u64, now: Tick) -> Ruling {
        let epoch = self.epoch.unwrap_or_default();
        let Some(laid) = self.laid.as_mut().filter(|laid| now < laid.until) else {
            return Ruling::Silent;
        };
        let lets = match laid.lets {
            Lets::Calls(calls) => 0 < calls,
            Lets::Share(per_mille) => {
                laid.drawn = laid.drawn.saturating_add(1);
                let drawn = u64::from(draw(seed, &[epoch, laid.drawn]));
                drawn * u64::from(ALL) < u64::from(per_mille) << u32::BITS
            }
        };
        if lets { Ruling::LetsThrough } else { Ruling::Rejects(laid.until.since(now)) }
    }

    /// Takes the permit of a call that the circuit has admitted too. Returns the number by which
    /// the call's outcome is known.
    pub(crate) fn take_permit(&mut self) -> u8 {
        if let Some(Laid { lets: Lets::Calls(calls), .. }) = &mut self.laid {
            *calls = calls.saturating_sub(1);
        }
        self.number
    }

    pub(crate) const fn number(&self) -> u8 {
        self.number
    }

    /// The epoch of the present overlay, over or not, if it has this number.
    pub(crate) fn epoch_of(&self, number: u8) -> Option<u64> {
        self.laid.as_ref()?;
        self.epoch.filter(|_| self.number == number)
    }

    /// Until when every call is rejected; `None` if a call may be let through.
    pub(crate) fn rejects_until(&self, now: Tick) -> Option<Tick> {
        let laid = self.present(now)?;
        matches!(laid.lets, Lets::Calls(0) | Lets::Share(0)).then_some(laid.until)
    }

    pub(crate) fn is_present(&self, now: Tick) -> bool {
        self.present(now).is_some()
    }

    fn present(&self, now: Tick) -> Option<&Laid> {
        self.laid.as_ref().filter(|laid| now < laid.until)
    }

    /// Forgets the overlay if it is over. Returns its epoch then.
    pub(crate) fn end(&mut self, now: Tick) -> Option<u64> {
        self.laid.take_if(|laid| laid.until <= now)?;
        self.epoch
    }

    /// Whether there is one, over or not.
    pub(crate) const fn is_laid(&self) -> bool {
        self.laid.is_some()
    }

    /// The greatest epoch seen; 0 before the first.
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.unwrap_or_default()
    }

    /// Who has laid the overlay of this number, until it is replaced or forgotten.
    pub(crate) fn author_of(&self, number: u8) -> Option<&By> {
        self.laid.as_ref().filter(|_| self.number == number).map(|laid| &laid.by)
    }

    pub(crate) fn status(&self, now: Tick) -> Option<OverlayStatus> {
        let laid = self.present(now)?;
        let (permits, admitting) = match laid.lets {
            Lets::Calls(calls) => (Some(calls), None),
            Lets::Share(per_mille) => (None, Some(per_mille)),
        };
        let (epoch, left) = (self.epoch?, laid.until.since(now));
        Some(OverlayStatus { epoch, left, by: laid.by.clone(), permits, admitting })
    }
}
