//! No files of a crate import each other in a ring.
//!
//! An import leads to the file that defines its item, through re-exports. A folder consists of its
//! files, so they may import what its `mod.rs` defines: such an import counts for no ring.

use std::collections::{BTreeMap, BTreeSet};

use crate::file::{File, SOURCES, assert_none, files, words};

#[test]
fn no_files_of_a_crate_import_each_other_in_a_ring() {
    let rings: BTreeSet<_> = SOURCES.iter().flat_map(|folder| rings(folder)).collect();
    let rings: Vec<_> = rings.into_iter().collect();
    assert_none("move what they share into a file that imports none of them", &rings);
}

#[test]
fn imports_are_read_from_trees_and_inline_paths() {
    let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
    let files = [
        file("src/lib.rs", "mod a;\nmod b;\nuse self::a::{A, c::{self, C}};\n"),
        file("src/a/mod.rs", "mod c;\nmod d;\npub use self::c::C;\npub struct A;\n"),
        file("src/a/c.rs", "use super::{A, d};\n// use crate::b::B;\n"),
        file("src/a/d.rs", "fn d() -> crate::b::B { b::B }\n"),
        file("src/b.rs", "use std::fmt;\nuse crate::a::C;\n"),
    ];
    let found = rings_among(&modules("src", &files));
    assert_eq!(found, BTreeSet::from(["a::c, a::d, b".to_owned()]));
}

fn rings(folder: &str) -> BTreeSet<String> {
    rings_among(&modules(folder, &files(folder, ".rs")))
}

/// The files of a crate, by the paths of their modules.
type Modules = BTreeMap<String, Module>;

fn modules(folder: &str, files: &[File]) -> Modules {
    let name = |file: &File| {
        let path = file.path.trim_start_matches(folder).trim_end_matches(".rs");
        let path = path.trim_end_matches("/mod").trim_end_matches("/lib");
        format!("crate{}", path.replace('/', "::"))
    };
    files.iter().map(|file| (name(file), Module::read(file.code()))).collect()
}

/// Each set of files that reach each other, as one line.
fn rings_among(modules: &Modules) -> BTreeSet<String> {
    let reached: BTreeMap<_, _> =
        modules.keys().map(|name| (name, reached(modules, name))).collect();
    let ring = |name: &&String| {
        let ring = reached[name].iter().filter(|other| reached[other].contains(*name));
        let ring: Vec<_> = ring.map(|name| name.trim_start_matches("crate::")).collect();
        ring.join(", ")
    };
    reached.keys().map(ring).filter(|ring| !ring.is_empty()).collect()
}

/// The files that a file imports, directly or through others.
fn reached(modules: &Modules, name: &str) -> BTreeSet<String> {
    let (mut seen, mut ahead) = (BTreeSet::new(), vec![name.to_owned()]);
    while let Some(name) = ahead.pop() {
        let imports = modules[&name].imports.iter();
        let imported = imports.filter_map(|path| resolved(modules, &name, path));
        let is_above = |other: &String| format!("{name}::").starts_with(&format!("{other}::"));
        let others = imported.filter(|other| !is_above(other));
        ahead.extend(others.filter(|other| seen.insert(other.clone())));
    }
    seen
}

/// The paths that a file names.
#[derive(Default)]
struct Module {
    imports: Vec<String>,
    /// Named for others: an import only if the file's own code uses the item.
    reexports: Vec<String>,
}

impl Module {
    fn read(code: &str) -> Self {
        let lines = code.lines().map(|line| line.split("//").next().unwrap().trim());
        let lines: Vec<_> = lines.collect();
        let (mut module, mut rest) = (Self::default(), String::new());
        for statement in lines.join(" ").split_inclusive(';') {
            let (before, tree) = statement.rsplit_once("use ").unwrap_or((statement, ""));
            let is_reexport = ["pub ", "pub(crate) ", "pub(super) "];
            if is_reexport.iter().any(|visibility| before.ends_with(visibility)) {
                module.reexports.extend(paths(tree));
            } else {
                module.imports.extend(paths(tree));
            }
            rest.push_str(before);
        }
        let is_used = |path: &&String| {
            let item = path.rsplit("::").next().unwrap();
            words(&rest).filter(|word| *word == item).count()
                > rest.matches(&format!("mod {item};")).count()
        };
        module.imports.extend(module.reexports.iter().filter(is_used).cloned());
        module.imports.extend(inline_paths(&rest));
        module
    }
}

/// The path of each leaf of a tree of imports.
fn paths(tree: &str) -> Vec<String> {
    let tree = tree.trim_end_matches(';').trim();
    let Some((stem, branches)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap().trim_end_matches("::self");
        return if path.is_empty() { Vec::new() } else { vec![path.to_owned()] };
    };
    let branches = branches.trim_end_matches('}');
    let (mut found, mut depth, mut start) = (Vec::new(), 0, 0);
    for (place, sign) in branches.char_indices().chain([(branches.len(), ',')]) {
        depth += i32::from(sign == '{') - i32::from(sign == '}');
        if sign == ',' && depth <= 0 {
            let leaves = paths(&branches[start..place]).into_iter();
            found.extend(leaves.map(|leaf| format!("{stem}{leaf}")));
            start = place + 1;
        }
    }
    found
}

/// Paths in code, which may begin with a child module of the file.
fn inline_paths(code: &str) -> impl Iterator<Item = String> {
    let words = code.split(|sign: char| !sign.is_alphanumeric() && !['_', ':'].contains(&sign));
    words.filter_map(|path| {
        let (first, _) = path.split_once("::")?;
        let stem = if code.contains(&format!("mod {first};")) { "self::" } else { "" };
        Some(format!("{stem}{}", path.trim_end_matches(':')))
    })
}

/// The module in whose file an item is defined; `None` if that is another crate's.
fn resolved(modules: &Modules, at: &str, path: &str) -> Option<String> {
    let mut parts = path.split("::");
    let parent = |name: &str| name.rsplit_once("::").map(|(parent, _)| parent.to_owned());
    let mut module = match parts.next()? {
        "crate" => "crate".to_owned(),
        "self" => at.to_owned(),
        "super" => parent(at)?,
        _ => return None,
    };
    for part in parts {
        let inside = format!("{module}::{part}");
        if part == "super" {
            module = parent(&module)?;
        } else if modules.contains_key(&inside) {
            module = inside;
        } else {
            let end = format!("::{part}");
            let mut origins = modules[&module].reexports.iter().filter(|path| path.ends_with(&end));
            return origins.find_map(|path| resolved(modules, &module, path)).or(Some(module));
        }
    }
    Some(module)
}
