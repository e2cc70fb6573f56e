//! The page with the figures, benches/README.md: its generated part lies between two marks.

use std::{fs, io, path::Path};

use crate::{
    paths,
    report::markdown,
    results::{Machine, Results},
};

const BEGIN: &str = "<!-- `cargo peers readme` writes the text from here … -->\n";
const END: &str = "<!-- … to here. -->";

/// Replaces the generated part of the page.
///
/// # Errors
///
/// [`io::Error`] if the page cannot be read or written, or if a mark is missing.
pub fn write(results: &Results) -> io::Result<()> {
    write_to(&paths::page(), results)
}

/// Writes the page with these results to another file.
///
/// # Errors
///
/// [`io::Error`] if the page cannot be read or the file cannot be written, or if a mark is missing.
pub fn write_to(path: &Path, results: &Results) -> io::Result<()> {
    let page = fs::read_to_string(paths::page())?;
    let missing = || io::Error::other("benches/README.md lacks a mark around its generated part");
    let (before, rest) = page.split_once(BEGIN).ok_or_else(missing)?;
    let (_, after) = rest.split_once(END).ok_or_else(missing)?;
    let Machine { processors, rustc } = &results.machine;
    let Results { runs, rounds, .. } = results;
    let machine = format!("{runs} runs of {rounds} rounds on {processors} processors, {rustc}.");
    fs::write(path, format!("{before}{BEGIN}\n{machine}\n\n{}\n{END}{after}", markdown(results)))
}
