//! Damage to a text.

use proptest::{
    collection::vec,
    prelude::{Strategy, any, prop_oneof},
    sample::{Index, select},
};

/// One change to a text.
#[derive(Debug, Clone)]
enum Edit {
    /// Puts a sign in place of some characters.
    Replace(Index, usize, &'static str),
    RemoveLine(Index),
    RepeatLine(Index, Index),
    /// Inserts lines of another file.
    Insert(Index, Index, Index, usize),
    Truncate(Index),
}

/// One of the files, with some changes.
pub(crate) fn damaged(files: Vec<String>) -> impl Strategy<Value = String> {
    (any::<Index>(), vec(edit(), 0..6)).prop_map(move |(file, edits)| {
        let text = files.get(file.index(files.len())).unwrap().clone();
        edits.iter().fold(text, |text, edit| edited(&text, edit, &files))
    })
}

fn edit() -> impl Strategy<Value = Edit> {
    let index = any::<Index>;
    prop_oneof![
        12 => (index(), 0..9_usize, select(SIGNS)).prop_map(|(at, length, sign)| Edit::Replace(at, length, sign)),
        2 => index().prop_map(Edit::RemoveLine),
        2 => (index(), index()).prop_map(|(from, to)| Edit::RepeatLine(from, to)),
        2 => (index(), index(), index(), 1..5_usize)
            .prop_map(|(at, file, line, count)| Edit::Insert(at, file, line, count)),
        1 => index().prop_map(Edit::Truncate),
    ]
}

/// What makes a difference in one of the syntaxes.
const SIGNS: &[&str] = &[
    "[",
    "]",
    "{",
    "}",
    "=",
    ":",
    ": ",
    "\"",
    "\"\"\"",
    "'",
    "\n",
    "\r\n",
    "\r",
    ".",
    ",",
    "#",
    "//",
    "/*",
    "\\",
    "\\u",
    "\u{202e}",
    "\u{0}",
    "\u{1b}[2J",
    "ß",
    "[a]\n",
    "[[a]]\n",
    "0",
    "-",
    "1e9",
    "4294967296",
    "99999999999999999999",
    "0.1",
    "NaN",
    "inf",
    "true",
    "null",
    "\"off\"",
    "&a ",
    "*a",
    "- ",
    "<<: ",
    "---\n",
    "${",
    "${a:",
    "|\n",
    "? ",
    "%",
    "\t",
    "/",
    "CircuitBreaker",
    "1979-05-27",
];

fn edited(text: &str, edit: &Edit, files: &[String]) -> String {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let place = |at: &Index, most: usize| at.index(most + 1);
    match edit {
        Edit::Replace(at, length, sign) => {
            let characters: Vec<char> = text.chars().collect();
            let from = place(at, characters.len());
            let to = (from + length).min(characters.len());
            let (before, after) = (characters.iter().take(from), characters.iter().skip(to));
            return before.copied().chain(sign.chars()).chain(after.copied()).collect();
        }
        Edit::Truncate(at) => return text.chars().take(place(at, text.chars().count())).collect(),
        Edit::RemoveLine(at) => {
            let at = place(at, lines.len());
            lines.splice(at..(at + 1).min(lines.len()).max(at), []);
        }
        Edit::RepeatLine(from, to) => {
            let from = place(from, lines.len());
            let line = lines.get(from).copied();
            let to = place(to, lines.len());
            lines.splice(to..to, line);
        }
        Edit::Insert(at, file, line, count) => {
            let other: Vec<_> = files.get(file.index(files.len())).unwrap().lines().collect();
            let first = place(line, other.len());
            let at = place(at, lines.len());
            let other: Vec<_> = other.into_iter().skip(first).take(*count).collect();
            lines.splice(at..at, other.iter().flat_map(|line| [*line, "\n"]));
            return lines.concat();
        }
    }
    lines.concat()
}
