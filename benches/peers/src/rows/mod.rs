//! What is measured: a file for each kind of row. To add one, add its file and its line in [`all`].

mod closed;
mod failing;
mod held;
mod keys;
mod refused;
mod tasks;

pub use self::closed::story;

use crate::{
    peers::{Peer, all as peers},
    subject::Why,
    threads::Run,
};

/// A row of the table: one story, told by each peer that can.
pub struct Row {
    /// What happens: "success, failures in a row".
    pub story: String,
    /// Under which circumstance: "2 threads".
    pub setting: String,
    /// What each peer does, in the order of the columns.
    pub cells: Vec<Cell>,
}

/// What a peer does in a row, or why nothing.
pub type Cell = Result<Measure, Why>;

/// Something that can be measured again and again.
pub struct Measure {
    /// Makes about so many calls.
    pub run: Box<dyn Fn(u64) -> Run>,
    /// What keeps the figure from being compared.
    pub flaw: Option<Why>,
}

impl Measure {
    fn new(flaw: Option<Why>, run: impl Fn(u64) -> Run + 'static) -> Self {
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

/// Every row, in the order of the table.
#[must_use]
pub fn all() -> Vec<Row> {
    let rows = [
        closed::rows(),
        failing::rows(),
        refused::rows(),
        tasks::rows(),
        keys::rows(),
        held::rows(),
    ];
    rows.into_iter().flatten().collect()
}

/// "1 thread", "2 threads".
fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
