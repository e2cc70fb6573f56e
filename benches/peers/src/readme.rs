//! The README's table, between two marks, and the long one beside the results.

use std::{fs, io};

use crate::{
    home,
    report::{Detail, markdown},
    results::Results,
};

const BEGIN: &str = "<!-- The table begins: `cargo peers readme` writes it. -->\n";
const END: &str = "<!-- The table ends. -->";

/// Writes both.
///
/// # Errors
///
/// [`io::Error`] where a file cannot be read or written, or the README has lost its marks.
pub fn write(results: &Results) -> io::Result<()> {
    let path = home::repository().join("README.md");
    let readme = fs::read_to_string(&path)?;
    let lost = || io::Error::other("the README has lost the marks around its table");
    let (before, rest) = readme.split_once(BEGIN).ok_or_else(lost)?;
    let (_, after) = rest.split_once(END).ok_or_else(lost)?;
    let table = markdown(results, Detail::Median);
    fs::write(&path, format!("{before}{BEGIN}\n{table}\n{END}{after}"))?;
    fs::write(home::table(), long(results))
}

fn long(results: &Results) -> String {
    let Results { machine, rounds, .. } = results;
    format!(
        "# Costs\n\nNanoseconds a call unless a row says otherwise: the median of {rounds} rounds, and \
         in brackets the least and the most. Wall time × min(threads, processors) / calls, on {} \
         processors, {}. `cargo peers` measures it.\n\n{}",
        machine.processors,
        machine.rustc,
        markdown(results, Detail::Spread),
    )
}
