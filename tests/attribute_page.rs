//! Rules for the pages for users: true defaults, true messages, working links, few lines.
//!
//! `brama-macros/src/tests/page.rs` checks that the attribute's page has every option.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::{fs, path::Path};

use brama::{Policy, duration, status::SettingName};

const PAGE: &str = include_str!("../src/circuit_breaker.md");
const POLICY: &str = include_str!("../src/guide/policy.md");

/// The texts in backticks.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// The lines of a page's examples.
fn examples(page: &str) -> impl Iterator<Item = &str> {
    page.split("```").skip(1).step_by(2).flat_map(str::lines)
}

fn rows(page: &str) -> impl Iterator<Item = Vec<&str>> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| "));
    rows.map(|row| row.split(" | ").collect())
}

fn assert_none(promise: &str, breaches: impl Iterator<Item = String>) {
    let breaches: Vec<_> = breaches.collect();
    assert!(breaches.is_empty(), "{promise}: {breaches:?}");
}

#[test]
fn the_readme_the_front_page_and_each_page_of_the_guide_are_short() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lines = |path: &Path| fs::read_to_string(path).unwrap().lines().count();
    let front = fs::read_to_string(root.join("src/lib.rs")).unwrap();
    let front = front.lines().filter(|line| line.starts_with("//!")).count();
    let guide = ["src/guide", "src/guide/clients", "src/guide/coming_from"]
        .map(|folder| fs::read_dir(root.join(folder)));
    let pages: Vec<_> =
        guide.into_iter().flat_map(Result::unwrap).map(|it| it.unwrap().path()).collect();
    let mut found: Vec<_> = pages
        .into_iter()
        .filter(|path| path.is_file())
        .map(|path| (path.display().to_string(), lines(&path), 200))
        .collect();
    assert!(found.len() >= 12, "{found:?}");
    found.push(("README.md".to_owned(), lines(&root.join("README.md")), 200));
    found.push(("src/lib.rs".to_owned(), front, 120));
    let long = found.into_iter().filter(|(_, lines, most)| most < lines);
    assert_none("short", long.map(|(path, lines, most)| format!("{path}: {lines} > {most}")));
}

#[test]
fn the_tables_list_the_defaults_of_the_policy() {
    for page in [PAGE, POLICY] {
        let wrong = SettingName::ALL.into_iter().filter(|setting| !has_default(page, *setting));
        assert_none("its default", wrong.map(|setting| setting.to_string()));
    }
}

fn has_default(page: &str, setting: SettingName) -> bool {
    let named = |row: &Vec<&str>| quoted(row.first().unwrap()).next() == Some(setting.as_str());
    // An option that is also a setting has a row in the table of options before.
    rows(page).filter(named).any(|row| is_default(&row, setting))
}

fn is_default(row: &[&str], setting: SettingName) -> bool {
    let written: String =
        row.get(1).unwrap().chars().filter(|sign| !"`\"".contains(*sign)).collect();
    let written = written.split([';', ',']).next().unwrap();
    let meant = Policy::DEFAULT.display_value(setting);
    let window = written.strip_prefix("calls(").and_then(|written| written.strip_suffix(')'));
    written == meant
        || window.is_some_and(|calls| format!("the last {calls} calls") == meant)
        || duration::parse(written).is_ok_and(|written| duration::parse(&meant) == Ok(written))
}

#[test]
fn a_message_on_the_page_is_one_that_the_compiler_gives() {
    let messages: String = ["options", "types"].into_iter().flat_map(goldens).collect();
    let quoted = examples(PAGE).filter_map(|line| line.strip_prefix("// error: "));
    let quoted: Vec<_> = quoted.collect();
    assert!(!quoted.is_empty());
    let untrue = quoted.iter().filter(|message| !messages.contains(&format!(": {message}\n")));
    assert_none("a golden", untrue.map(ToString::to_string));
}

fn goldens(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui").join(folder);
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let goldens = paths.filter(|path| path.extension().is_some_and(|ending| ending == "stderr"));
    goldens.map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn a_link_within_the_page_leads_to_a_heading() {
    let headings = PAGE.lines().filter(|line| line.starts_with('#') && !line.starts_with("#["));
    let headings: Vec<_> = headings.map(anchor).collect();
    let links = PAGE.split("](#").skip(1).filter_map(|rest| rest.split(')').next());
    let dead = links.filter(|link| !headings.iter().any(|heading| heading == link));
    assert_none("a heading", dead.map(str::to_owned));
}

/// The anchor that rustdoc generates.
fn anchor(heading: &str) -> String {
    let words = heading.trim_start_matches(['#', ' ']).to_lowercase().replace(' ', "-");
    words.chars().filter(|sign| sign.is_alphanumeric() || "-_".contains(*sign)).collect()
}
