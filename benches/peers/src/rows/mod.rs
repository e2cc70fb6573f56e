//! The measurements, a file for each kind. A new kind needs a file and a line in [`all`].

mod closed;
mod failing;
mod keys;
mod rejected;
mod tasks;
mod window;

pub use self::closed::story;

use crate::{
    peers::{Peer, all as peers},
    subject::Note,
    threads::Run,
};

/// One story under one condition, for all peers.
pub struct Row {
    /// What happens: "rejection".
    pub story: String,
    /// Under which condition: "2 threads".
    pub setting: String,
    /// A cell for each peer.
    pub cells: Vec<Cell>,
}

/// A peer's measurement, or why there is none.
pub type Cell = Result<Measure, Note>;

/// A measurement that can be repeated.
pub struct Measure {
    /// Makes about as many calls as the argument.
    pub run: Box<dyn Fn(u64) -> Run>,
    /// Why the figure is not comparable.
    pub flaw: Option<Note>,
}

impl Measure {
    fn new(flaw: Option<Note>, run: impl Fn(u64) -> Run + 'static) -> Self {
        Self { run: Box::new(run), flaw }
    }
}

impl Row {
    fn new(
        story: impl Into<String>,
        setting: impl Into<String>,
        cell: impl Fn(&'static dyn Peer) -> Cell,
    ) -> Self {
        let cells = peers().into_iter().map(cell).collect();
        Self { story: story.into(), setting: setting.into(), cells }
    }
}

/// Every row, in the order of the tables.
#[must_use]
pub fn all() -> Vec<Row> {
    let rows = [
        closed::rows(),
        failing::rows(),
        rejected::rows(),
        tasks::rows(),
        keys::rows(),
        window::rows(),
    ];
    rows.into_iter().flatten().collect()
}

/// "1 thread", "2 threads".
fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
