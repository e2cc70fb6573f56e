//! The page on which the results stand, and the picture beside it.

use std::{error::Error, fs, path::Path};

use crate::{picture, report::Report};

const BEGINS: &str =
    "<!-- `cargo run --release -p fleet-simulation -- --write` writes from here … -->\n";
const ENDS: &str = "<!-- … to here. -->\n";

/// Writes the table into the page, and the picture.
///
/// # Errors
///
/// If a file cannot be read or written, or the page does not say where the table belongs.
pub(crate) fn write(report: &Report) -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = folder.join("README.md");
    let page = fs::read_to_string(&path)?;
    let (before, rest) = page.split_once(BEGINS).ok_or("README.md does not say where to begin")?;
    let (_, after) = rest.split_once(ENDS).ok_or("README.md does not say where to end")?;
    let table = report.table();
    fs::write(path, format!("{before}{BEGINS}\n{table}\n{ENDS}{after}"))?;
    picture::draw(report, &folder.join("calls.svg"))
}
