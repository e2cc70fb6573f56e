//! The record that a circuit keeps of its calls.

use super::{reasons::Reasons, window::Memory};

/// What is remembered of calls since the circuit closed.
///
/// Boxed in one: a circuit without a rate to judge, that never failed, has none.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    pub(super) memory: Memory,
    pub(super) reasons: Reasons,
}
