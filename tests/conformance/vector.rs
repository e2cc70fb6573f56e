//! A vector: a named scenario with its policy, read from a file of vectors.

use std::{collections::BTreeSet, fmt, fs, io, path::Path};

use brama::PolicyPatch;
use serde::{Deserialize, de::DeserializeOwned};
use toml::Table;

use super::step::{self, Does, Impossible, Step};

#[derive(Debug)]
pub(crate) struct Vector {
    pub(crate) file: String,
    pub(crate) name: String,
    pub(crate) policy: PolicyPatch,
    pub(crate) steps: Vec<Step>,
}

/// The error of an invalid file: the path to the mistake, and its description.
#[derive(Debug)]
pub(crate) struct InvalidFile {
    way: Vec<String>,
    says: String,
}

impl fmt::Display for InvalidFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.way.iter().try_for_each(|part| write!(f, "{part}: "))?;
        f.write_str(&self.says)
    }
}

impl std::error::Error for InvalidFile {}

/// The vectors of each file, or the error of that file.
pub(crate) type Files = Vec<Result<Vec<Vector>, InvalidFile>>;

/// Reads every `*.toml` of a folder, in the order of file names.
pub(crate) fn folder(folder: &Path) -> io::Result<Files> {
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths.iter().map(|path| Ok(read(&name_of(path), &fs::read_to_string(path)?))).collect()
}

/// Reads the text of a file.
pub(crate) fn read(file: &str, text: &str) -> Result<Vec<Vector>, InvalidFile> {
    vectors(file, text).map_err(|error| error.within(file.to_owned()))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFile {
    vector: Vec<Table>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenVector {
    name: String,
    #[serde(default)]
    policy: Table,
    steps: Vec<Table>,
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn vectors(file: &str, text: &str) -> Result<Vec<Vector>, InvalidFile> {
    let written: WrittenFile = toml::from_str(text).map_err(|error| InvalidFile::from(&error))?;
    let numbered = written.vector.into_iter().zip(1..);
    numbered.map(|(table, number)| vector(file, table, number)).collect()
}

fn vector(file: &str, table: Table, number: usize) -> Result<Vector, InvalidFile> {
    let name = table.get("name").and_then(|name| name.as_str());
    let place = name.map_or_else(|| format!("vector {number}"), |name| format!("\"{name}\""));
    let written: Result<WrittenVector, _> = typed(table);
    let vector = written.and_then(|written| {
        let WrittenVector { name, policy, steps } = written;
        Ok(Vector {
            file: file.to_owned(),
            name,
            policy: patch(policy)?,
            steps: read_steps(steps)?,
        })
    });
    vector.map_err(|error| error.within(place))
}

fn patch(table: Table) -> Result<PolicyPatch, InvalidFile> {
    let checked = typed::<PolicyPatch>(table).and_then(|patch| {
        patch.policy().map_err(|error| InvalidFile::new(&error))?;
        Ok(patch)
    });
    checked.map_err(|error| error.within("policy".to_owned()))
}

fn read_steps(tables: Vec<Table>) -> Result<Vec<Step>, InvalidFile> {
    let mut begun = BTreeSet::new();
    let mut read = |table| {
        let step = typed::<step::Written>(table)?.step()?;
        note_names(&step.does, &mut begun)?;
        Ok(step)
    };
    let numbered = tables.into_iter().zip(1..);
    let within = |number| move |error: InvalidFile| error.within(format!("step {number}"));
    numbered.map(|(table, number)| read(table).map_err(within(number))).collect()
}

/// Tracks which calls may be in flight. Only the run shows whether a call was admitted.
fn note_names(does: &Does, begun: &mut BTreeSet<String>) -> Result<(), Impossible> {
    match does {
        Does::Begin(name) => {
            begun.insert(name.clone());
            Ok(())
        }
        Does::End { name, .. } if !begun.remove(name) => {
            let says = format!("no call \"{name}\" can be in flight; `begin` it first");
            Err(Impossible { key: "end", says })
        }
        Does::Call { .. }
        | Does::End { .. }
        | Does::Tell(_)
        | Does::Wait(_)
        | Does::Act(_)
        | Does::Sweep => Ok(()),
    }
}

fn typed<T: DeserializeOwned>(table: Table) -> Result<T, InvalidFile> {
    table.try_into().map_err(|error| InvalidFile::from(&error))
}

impl InvalidFile {
    fn new(says: &impl ToString) -> Self {
        Self { way: Vec::new(), says: says.to_string() }
    }

    fn within(mut self, place: String) -> Self {
        self.way.insert(0, place);
        self
    }
}

impl From<&toml::de::Error> for InvalidFile {
    /// Extracts the key from toml's layout, in which a last line reads "in `key`".
    fn from(error: &toml::de::Error) -> Self {
        let text = error.to_string();
        match text.trim_end().rsplit_once("\nin `") {
            Some((says, key)) => Self::new(&says).within(key.trim_end_matches('`').to_owned()),
            None => Self::new(&text.trim_end()),
        }
    }
}

impl From<Impossible> for InvalidFile {
    fn from(Impossible { key, says }: Impossible) -> Self {
        Self::new(&says).within(key.to_owned())
    }
}
