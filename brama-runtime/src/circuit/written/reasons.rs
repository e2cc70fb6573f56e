//! The reasons of the last failures: a list, no longer than a circuit keeps.

use crate::circuit::{
    Reason,
    history::{MOST, Reasons},
};

impl From<Reasons> for Vec<Reason> {
    fn from(reasons: Reasons) -> Self {
        reasons.iter().cloned().collect()
    }
}

impl TryFrom<Vec<Reason>> for Reasons {
    type Error = String;

    fn try_from(written: Vec<Reason>) -> Result<Self, Self::Error> {
        if MOST < written.len() {
            return Err(format!("{} reasons are too many, at most {MOST} are kept", written.len()));
        }
        let mut reasons = Self::None;
        for reason in written {
            reasons.push(reason);
        }
        Ok(reasons)
    }
}
