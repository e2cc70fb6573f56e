//! The floors of the runtime, and what each must not contain.

use std::collections::BTreeSet;

use crate::file::{File, assert_none, files, is_comment, read, words};

/// Each module of the runtime and its floor; a folder stands for all in it.
pub(crate) const FLOORS: [(&str, u8); 28] = [
    ("calendar", 0),
    ("circuit", 0),
    ("duration", 0),
    ("identity", 0),
    ("sys", 0),
    ("text", 0),
    ("connection", 1),
    ("counters", 1),
    ("error", 1),
    ("histogram", 1),
    ("outcome", 1),
    ("config", 2),
    ("event", 2),
    ("overlay", 2),
    ("time", 2),
    ("logs", 3),
    ("status", 3),
    ("bus", 4),
    ("breaker", 5),
    ("checks", 6),
    ("retry", 6),
    ("timed_out", 6),
    ("answers", 7),
    ("registry", 7),
    ("metrics", 8),
    ("private", 8),
    ("testing", 8),
    ("api", 9),
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

#[test]
fn every_module_of_the_runtime_stands_on_a_floor() {
    let files = files("brama-runtime/src", ".rs");
    let without_floor =
        files.iter().filter(|file| module_of(file).is_some_and(|it| floor(it).is_none()));
    let without_floor: Vec<_> = without_floor.map(|file| file.path.clone()).collect();
    assert_none("name the floor of each module in tests/tidy/floors.rs", &without_floor);
}

#[test]
fn a_module_uses_floors_strictly_below_its_own() {
    let mut breaches = Vec::new();
    for file in files("brama-runtime/src", ".rs") {
        let Some(module) = module_of(&file) else { continue };
        for other in used(&file).into_iter().filter(|other| other != module) {
            let is_exception = matches!(
                (module, other.as_str()),
                ("circuit", "duration") | ("circuit" | "duration" | "identity", "text")
            );
            if floor(module) <= floor(&other) && !is_exception {
                breaches.push(format!("{} uses {other}", file.path));
            }
        }
    }
    assert_none("a module uses floors strictly below its own", &breaches);
}

#[test]
fn the_architecture_shows_these_floors() {
    let page = read("ARCHITECTURE.md");
    let (_, table) = page.split_once("\n## Floors\n").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    let row = |line: &str| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        let floor: u8 = cells.next()?.parse().ok()?;
        let modules = cells.next()?.split('`').skip(1).step_by(2);
        Some(modules.map(|module| (module.to_owned(), floor)).collect::<Vec<_>>())
    };
    let shown: BTreeSet<_> = table.lines().filter_map(row).flatten().collect();
    let floors = FLOORS.map(|(module, floor)| (module.to_owned(), floor)).into();
    assert_eq!(shown, floors, "correct the table of ARCHITECTURE.md");
}

#[test]
fn the_circuit_is_pure() {
    let forbidden =
        ["Instant", "SystemTime", "Mutex", "Arc", "Rc", "thread", "atomic", "static", "unsafe"];
    let files = files("brama-runtime/src/circuit", ".rs");
    let features = files.iter().flat_map(features_beyond_serde);
    let breaches =
        files.iter().flat_map(|file| forbidden.iter().flat_map(|word| file.lines_with(word)));
    let breaches: Vec<_> = breaches.chain(features).collect();
    assert_none("the circuit knows no clock, lock, atomic, thread, count or feature", &breaches);
}

/// Every `feature` that guards anything but serde's implementations, its import or the written
/// form.
fn features_beyond_serde(file: &File) -> Vec<String> {
    let features = file.lines_with("feature");
    let lines: Vec<_> = file.code().lines().map(str::trim).collect();
    let ours = lines.windows(2).filter(|pair| is_of_serde(pair)).count();
    if features.len() == ours { Vec::new() } else { features }
}

fn is_of_serde(pair: &[&str]) -> bool {
    match pair {
        ["#[cfg(feature = \"serde\")]", next] => {
            ["use serde::", "use crate::circuit::serde_impls::", "serde_structs!"]
                .iter()
                .any(|start| next.starts_with(start))
                || next.ends_with("mod serde_impls;")
                || next.starts_with("impl") && next.contains("erialize")
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
fn orderings_above_relaxed_stand_where_they_are_argued() {
    let homes = [
        "brama-runtime/src/breaker/gate.rs",
        "brama-runtime/src/breaker/in_flight.rs",
        "brama-runtime/src/breaker/turnstile/mod.rs",
        "brama-runtime/src/sys/sync.rs",
        // Its count of holds is a model of `Arc`'s.
        "brama-runtime/src/breaker/models/lifecycle.rs",
    ];
    let files = files("brama-runtime/src", ".rs");
    let others = files.iter().filter(|file| !homes.contains(&file.path.as_str()));
    let strong = ["Acquire", "Release", "AcqRel", "SeqCst"];
    let breaches = others.flat_map(|file| strong.iter().flat_map(|word| file.lines_with(word)));
    assert_none(
        "argue for it in one of these files, or use Relaxed",
        &breaches.collect::<Vec<_>>(),
    );
}

#[test]
fn one_file_reads_the_clock() {
    let mut files = files("brama-runtime/src", ".rs");
    files.retain(|file| file.path != "brama-runtime/src/time/clock.rs");
    let words = ["Instant", "clock_gettime", "sleep"];
    let breaches =
        files.iter().flat_map(|file| words.iter().flat_map(|word| file.lines_with(word)));
    let calendars = files.iter().filter(|file| file.code().contains("SystemTime::now"));
    let calendars = calendars.map(|file| format!("{} reads the calendar", file.path));
    assert_none("time is an argument", &breaches.chain(calendars).collect::<Vec<_>>());
}

#[test]
fn locks_come_from_one_file() {
    let files = files("brama-runtime/src", ".rs");
    let others = || files.iter().filter(|file| file.path != "brama-runtime/src/sys/sync.rs");
    let locks = ["Mutex", "RwLock", "Condvar"];
    let unseen = others().filter(|file| {
        !used(file).contains("sys") && !file.path.starts_with("brama-runtime/src/sys")
    });
    let breaches = unseen.flat_map(|file| locks.iter().flat_map(|word| file.lines_with(word)));
    let replaced = ["PoisonError", "OnceLock", "LazyLock"];
    let replaced = others().flat_map(|file| replaced.iter().flat_map(|word| file.lines_with(word)));
    assert_none(
        "take the locks of sys/sync.rs and the cells of once_cell",
        &breaches.chain(replaced).collect::<Vec<_>>(),
    );
}

#[test]
fn the_macros_know_no_runtime() {
    let macros = files("brama-macros/src", ".rs");
    let runtime = macros.iter().flat_map(|file| file.lines_with("brama_runtime"));
    assert_none("the macros name only the facade", &runtime.collect::<Vec<_>>());
}
