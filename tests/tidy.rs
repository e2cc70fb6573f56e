//! The house rules that a machine can check: floors, sizes, forbidden words.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

#[path = "tidy/package.rs"]
mod package;
#[path = "tidy/rings.rs"]
mod rings;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A file of the house: where it stands, and what it says.
struct File {
    path: String,
    text: String,
}

impl File {
    /// The text before the file's tests.
    fn code(&self) -> &str {
        self.text.split("#[cfg(test)]\nmod tests").next().unwrap()
    }

    /// The places where the code, comments aside, says `word` as a whole.
    fn says(&self, word: &str) -> Vec<String> {
        let found = self.code().lines().enumerate().filter(|(_, line)| {
            let line = line.split("//").next().unwrap().replace("'static", "");
            words(&line).any(|said| said == word)
        });
        found
            .map(|(number, line)| format!("{}:{}: {}", self.path, number + 1, line.trim()))
            .collect()
    }
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_')
}

fn files(folder: &str, ending: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    collect(&root.join(folder), ending, &mut found);
    found.sort();
    let file = |path: PathBuf| File {
        text: fs::read_to_string(&path).unwrap(),
        path: path.strip_prefix(root).unwrap().display().to_string(),
    };
    found.into_iter().map(file).collect()
}

fn collect(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let hidden = path.file_name().unwrap().to_str().unwrap().starts_with('.');
        if path.is_dir() && !hidden && !path.ends_with("target") {
            collect(&path, ending, found);
        } else if path.to_str().unwrap().ends_with(ending) {
            found.push(path);
        }
    }
}

fn assert_none(promise: &str, breaches: &[String]) {
    assert!(breaches.is_empty(), "{promise}:\n{}", breaches.join("\n"));
}

/// Each module of the runtime and its floor; a folder stands for all in it.
const FLOORS: [(&str, u8); 19] = [
    ("time", 2),
    ("sys", 0),
    ("circuit", 0),
    ("duration", 0),
    ("identity", 0),
    ("connection", 1),
    ("outcome", 1),
    ("error", 1),
    ("counters", 1),
    ("config", 2),
    ("status", 3),
    ("event", 2),
    ("bus", 3),
    ("breaker", 4),
    ("checks", 5),
    ("registry", 6),
    ("private", 7),
    ("testing", 7),
    ("api", 8),
];

fn floor(module: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == module).map(|(_, floor)| *floor)
}

fn module_of(file: &File) -> Option<&str> {
    let inside = file.path.strip_prefix("brama-runtime/src/")?;
    inside.split(['/', '.']).next().filter(|module| *module != "lib")
}

/// The runtime's modules that a file uses: after `crate::`, or in a `use crate::{…}`. Comments may
/// link to any module.
fn used(file: &File) -> BTreeSet<String> {
    let code: Vec<_> = file.code().lines().filter(|line| !is_comment(line)).collect();
    let code = code.join("\n");
    let (mut rest, mut used) = (code.as_str(), BTreeSet::new());
    while let Some(place) = rest.find("crate::") {
        rest = &rest[place + "crate::".len()..];
        let end = if rest.starts_with('{') { rest.find("};").unwrap_or(0) } else { 0 };
        used.extend(words(&rest[..end]));
        used.extend(words(rest).next());
    }
    used.into_iter().filter(|module| floor(module).is_some()).map(str::to_owned).collect()
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

#[test]
fn every_module_of_the_runtime_stands_on_a_floor() {
    let files = files("brama-runtime/src", ".rs");
    let homeless =
        files.iter().filter(|file| module_of(file).is_some_and(|it| floor(it).is_none()));
    let homeless: Vec<_> = homeless.map(|file| file.path.clone()).collect();
    assert_none("name the floor of each module in tests/tidy.rs", &homeless);
}

#[test]
fn a_module_uses_floors_strictly_below_its_own() {
    let mut breaches = Vec::new();
    for file in files("brama-runtime/src", ".rs") {
        let Some(module) = module_of(&file) else { continue };
        for other in used(&file).into_iter().filter(|other| other != module) {
            let is_lent = module == "circuit" && other == "duration";
            if floor(module) <= floor(&other) && !is_lent {
                breaches.push(format!("{} uses {other}", file.path));
            }
        }
    }
    assert_none("a module uses floors strictly below its own", &breaches);
}

#[test]
fn the_circuit_is_pure() {
    let forbidden =
        ["Instant", "SystemTime", "Mutex", "Arc", "Rc", "thread", "atomic", "static", "unsafe"];
    let files = files("brama-runtime/src/circuit", ".rs");
    let features = files.iter().flat_map(features_beyond_serde);
    let breaches = files.iter().flat_map(|file| forbidden.iter().flat_map(|word| file.says(word)));
    let breaches: Vec<_> = breaches.chain(features).collect();
    assert_none("the circuit knows no clock, lock, atomic, thread, count or feature", &breaches);
}

/// Every `feature`, where one is none of serde's derives, its import or the written form.
fn features_beyond_serde(file: &File) -> Vec<String> {
    let said = file.says("feature");
    let lines: Vec<_> = file.code().lines().map(str::trim).collect();
    let ours = lines.windows(2).filter(|pair| is_of_serde(pair)).count();
    if said.len() == ours { Vec::new() } else { said }
}

fn is_of_serde(pair: &[&str]) -> bool {
    match pair {
        ["#[cfg(feature = \"serde\")]", next] => {
            ["use serde::", "use crate::circuit::serde_impls::", "serde_structs!"]
                .iter()
                .any(|start| next.starts_with(start))
                || next.ends_with("mod serde_impls;")
        }
        ["feature = \"serde\",", next] => next.starts_with("derive(Serialize, Deserialize)"),
        [line, _] => {
            let derives = line.strip_prefix("#[cfg_attr(feature = \"serde\", ");
            derives.is_some_and(|it| it.starts_with("derive(Serialize") || it.starts_with("serde("))
        }
        _ => false,
    }
}

#[test]
fn orderings_above_relaxed_stand_in_the_gate_alone() {
    let homes = [
        "brama-runtime/src/breaker/gate.rs",
        "brama-runtime/src/sys/sync.rs",
        // Its count of holds is a model of `Arc`'s.
        "brama-runtime/src/breaker/models/evict.rs",
    ];
    let files = files("brama-runtime/src", ".rs");
    let others = files.iter().filter(|file| !homes.contains(&file.path.as_str()));
    let strong = ["Acquire", "Release", "AcqRel", "SeqCst"];
    let breaches = others.flat_map(|file| strong.iter().flat_map(|word| file.says(word)));
    assert_none("argue it in gate.rs, or use Relaxed", &breaches.collect::<Vec<_>>());
}

#[test]
fn one_file_reads_the_clock() {
    let mut files = files("brama-runtime/src", ".rs");
    files.retain(|file| file.path != "brama-runtime/src/time/clock.rs");
    let words = ["Instant", "clock_gettime", "sleep"];
    let breaches = files.iter().flat_map(|file| words.iter().flat_map(|word| file.says(word)));
    let calendars = files.iter().filter(|file| file.code().contains("SystemTime::now"));
    let calendars = calendars.map(|file| format!("{} reads the calendar", file.path));
    assert_none("time is an argument", &breaches.chain(calendars).collect::<Vec<_>>());
}

/// Two settings and, for each line of the runtime that names one, its file: the row, and the rules.
const SETTINGS: [(&str, &str, &[&str]); 2] = [
    ("retry_after_cap", "RetryAfterCap", &["policy/settings.rs", "transition.rs"]),
    (
        "probe_timeout",
        "ProbeTimeout",
        &["policy/lint.rs", "policy/lint.rs", "policy/settings.rs", "state.rs"],
    ),
];

/// A new setting is a row in each of two tables, and its rules.
#[test]
fn a_setting_is_listed_once_in_the_runtime_and_once_in_the_macros() {
    let runtime = files("brama-runtime/src", ".rs");
    let mut macros = files("brama-macros/src", ".rs");
    macros.retain(|file| !file.path.contains("/tests/"));
    for (field, variant, expected) in SETTINGS {
        let lines = runtime.iter().flat_map(|file| file.says(field).into_iter().map(move |_| file));
        let lines: Vec<_> = lines.map(|file| file.path.as_str()).collect();
        let expected: Vec<_> =
            expected.iter().map(|path| format!("brama-runtime/src/circuit/{path}")).collect();
        assert_eq!(lines, expected, "list `{field}` in the table alone");
        let variants: Vec<_> = runtime.iter().flat_map(|file| file.says(variant)).collect();
        assert_eq!(variants.len(), 1, "name `{variant}` in the table alone: {variants:#?}");
        let options: Vec<_> = macros.iter().flat_map(|file| file.says(field)).collect();
        assert_eq!(options.len(), 1, "list `{field}` in one table: {options:#?}");
    }
}

#[test]
fn locks_come_from_one_file() {
    let files = files("brama-runtime/src", ".rs");
    let others = || files.iter().filter(|file| file.path != "brama-runtime/src/sys/sync.rs");
    let locks = ["Mutex", "RwLock", "Condvar"];
    let unseen = others().filter(|file| {
        !used(file).contains("sys") && !file.path.starts_with("brama-runtime/src/sys")
    });
    let breaches = unseen.flat_map(|file| locks.iter().flat_map(|word| file.says(word)));
    let replaced = ["PoisonError", "OnceLock", "LazyLock"];
    let replaced = others().flat_map(|file| replaced.iter().flat_map(|word| file.says(word)));
    assert_none(
        "take the locks of sys/sync.rs and the cells of once_cell",
        &breaches.chain(replaced).collect::<Vec<_>>(),
    );
}

#[test]
fn the_macros_know_no_runtime() {
    let macros = files("brama-macros/src", ".rs");
    let runtime = macros.iter().flat_map(|file| file.says("brama_runtime"));
    assert_none("the macros speak through the facade", &runtime.collect::<Vec<_>>());
}

#[test]
fn files_and_functions_stay_small() {
    let folders = ["src", "brama-macros/src", "brama-runtime", "tests", "examples", "benches"];
    let files = folders.iter().flat_map(|folder| files(folder, ".rs"));
    let breaches: Vec<_> = files.flat_map(|file| oversize(&file)).collect();
    assert_none("which noun is hiding in it?", &breaches);
}

const LONGEST_FILE: usize = 450;
const LONGEST_FUNCTION: usize = 50;

fn oversize(file: &File) -> Vec<String> {
    let lines: Vec<_> = file.text.lines().collect();
    let mut breaches = Vec::new();
    if LONGEST_FILE < lines.len() {
        breaches.push(format!("{}: {} lines", file.path, lines.len()));
    }
    for (start, line) in lines.iter().enumerate().filter(|(_, line)| begins_function(line)) {
        let indent = line.strip_suffix(line.trim_start()).unwrap();
        let end = format!("{indent}}}");
        let length =
            lines.iter().skip(start).position(|line| *line == end).map_or(1, |end| end + 1);
        if LONGEST_FUNCTION < length && !line.trim_end().ends_with(';') {
            breaches.push(format!("{}:{}: {length} lines", file.path, start + 1));
        }
    }
    breaches
}

fn begins_function(line: &str) -> bool {
    if line.trim_start().starts_with("//") {
        return false;
    }
    let mut words = words(line.trim_start());
    let qualifiers = ["pub", "crate", "super", "const", "async", "unsafe", "extern", ""];
    let is_said = !line.trim_start().starts_with("//");
    let ends = ["}", "$body"].iter().any(|end| line.trim_end().ends_with(end));
    is_said && !ends && words.find(|word| !qualifiers.contains(word)) == Some("fn")
}

#[test]
fn nothing_is_left_unfinished() {
    let marks = ["todo", "unimplemented", "FIXME", "XXX", "dbg"];
    let files = files("", ".rs").into_iter().filter(|file| file.path != "tests/tidy.rs");
    let breaches: Vec<_> = files
        .flat_map(|file| marks.iter().flat_map(|it| file.says(it)).collect::<Vec<_>>())
        .collect();
    let breaches: Vec<_> = breaches.into_iter().filter(|it| !it.starts_with("tests/")).collect();
    assert_none("finish it or say so in words", &breaches);
}

#[test]
fn no_room_is_a_lumber_room() {
    let lumber =
        ["utils", "util", "common", "helpers", "helper", "types", "prelude", "misc", "core"];
    let folders = ["src", "brama-macros/src", "brama-runtime/src"];
    let files = folders.iter().flat_map(|folder| files(folder, ".rs"));
    let breaches: Vec<_> = files
        .map(|file| file.path)
        .filter(|path| path.split(['/', '.']).any(|part| lumber.contains(&part)))
        .collect();
    assert_none("a module is one noun of the field", &breaches);
}

#[test]
fn every_crate_of_ours_takes_the_workspace_lints_which_forbid_unsafe_code() {
    let manifests = files("", "Cargo.toml");
    let free = manifests.iter().filter(|file| !file.text.contains("[lints]\nworkspace = true"));
    assert_none(
        "[lints] workspace = true",
        &free.map(|file| file.path.clone()).collect::<Vec<_>>(),
    );
    let root = manifests.iter().find(|file| file.path == "Cargo.toml").unwrap();
    assert!(root.text.contains("unsafe_code = \"forbid\""));
    // A package with a workspace of its own says the lints again, to the letter.
    let heads = manifests.iter().filter(|file| file.text.contains("\n[workspace]\n"));
    let others = heads.filter(|file| lints(file) != lints(root));
    assert_none("the lints of the root", &others.map(|file| file.path.clone()).collect::<Vec<_>>());
}

/// The sections of a workspace's lints.
fn lints(manifest: &File) -> Vec<&str> {
    manifest
        .text
        .split("\n[")
        .filter(|it| it.starts_with("workspace.lints"))
        .map(str::trim)
        .collect()
}

#[test]
fn the_facade_pins_its_inner_crates() {
    let manifests = files("", "Cargo.toml");
    let root = manifests.iter().find(|file| file.path == "Cargo.toml").unwrap();
    assert!(
        root.text.contains("brama-runtime = { version = \"=")
            && root.text.contains("brama-macros = { version = \"=")
    );
}

#[test]
fn the_gate_of_ci_calls_the_commands_of_the_readme() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ci = fs::read_to_string(root.join(".ci/run")).unwrap();
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let commands = [
        "cargo run --example storefront",
        "cargo test --workspace --all-features",
        "benches/instructions/run",
        "cargo peers",
    ];
    for command in commands {
        assert!(ci.contains(command) && readme.contains(command), "{command}");
    }
}

const MOST_CRATES: usize = 22;

#[test]
fn a_user_of_the_default_features_builds_few_crates_of_others() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--package", "brama", "--edges", "normal,build", "--prefix", "none"])
        .args(["--format", "{p}", "--target", "x86_64-unknown-linux-gnu"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    let crates: BTreeSet<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    let others = crates.iter().filter(|name| !name.is_empty() && !name.starts_with("brama"));
    let count = others.count();
    assert!((1..=MOST_CRATES).contains(&count), "{count}: {crates:?}");
    let readme = files("", "README.md").into_iter().find(|file| file.path == "README.md").unwrap();
    assert!(readme.text.contains(&format!("{count} crates of others")), "the README counts others");
}

#[test]
fn the_index_of_the_integration_tests_names_each_file() {
    let files = files("tests/it", ".rs");
    let (index, topics): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|file| file.path == "tests/it/main.rs");
    let row = |file: &File| format!("| `{}` |\n", file.path.trim_start_matches("tests/it/"));
    let missing = topics.iter().filter(|file| index.iter().all(|it| !it.text.contains(&row(file))));
    let missing: Vec<_> = missing.map(|file| file.path.clone()).collect();
    assert_none("add a row to the table at the head of tests/it/main.rs", &missing);
}

#[test]
fn each_module_of_the_runtime_is_a_room_of_commits() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("CONTRIBUTING.md")).unwrap();
    let missing = FLOORS.iter().filter(|(module, _)| !page.contains(&format!("`{module}`")));
    let missing: Vec<_> = missing.map(|(module, _)| (*module).to_owned()).collect();
    assert_none("add it to the table of rooms in CONTRIBUTING.md", &missing);
}
