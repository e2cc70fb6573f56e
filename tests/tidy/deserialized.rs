//! The public types that serde reads, whose errors must show little of the input.

use std::collections::BTreeSet;

use crate::file::{File, PRODUCTION, assert_none, read, words};

#[test]
fn the_errors_of_every_type_that_is_read_are_tested() {
    let test = read("tests/it/serde_errors.rs");
    let (_, list) = test.split_once("\nfor_each_type! {\n").unwrap();
    let tested: BTreeSet<_> = list.split('}').next().unwrap().split_whitespace().collect();
    let found: BTreeSet<_> = PRODUCTION.iter().flat_map(read_types).collect();
    assert!(found.contains("Identity") && found.contains("Change") && found.contains("Policy"));
    assert_eq!(tested, found, "correct the list in tests/it/serde_errors.rs");
}

#[test]
fn no_public_type_derives_deserialize_directly() {
    let derived = PRODUCTION.iter().flat_map(derived);
    let breaches = derived.filter(|(head, _)| !head.contains("serde(try_from = "));
    let breaches: Vec<_> = breaches.map(|(_, name)| name.to_owned()).collect();
    assert_none("give it a form in circuit/serde_impls/forms.rs", &breaches);
}

/// The public types that a file makes readable: by a derive, by hand, or by a form.
fn read_types(file: &File) -> impl Iterator<Item = &str> {
    let by_hand = file.code().split("Deserialize<'de> for ").skip(1);
    let forms = file.code().split("form! {\n").skip(1).filter_map(|form| form.split_once("::"));
    let forms = forms.map(|(_, path)| path.strip_prefix("circuit::").unwrap_or(path));
    let named = by_hand.chain(forms).filter_map(|text| words(text).next());
    let derived = derived(file).map(|(_, name)| name);
    derived.chain(named.filter(|name| is_public(name)))
}

fn is_public(name: &str) -> bool {
    PRODUCTION.iter().flat_map(public_items).any(|(_, item)| item == name)
}

/// The public types with a derive, each with what precedes its name.
fn derived(file: &File) -> impl Iterator<Item = (&str, &str)> {
    public_items(file).filter(|(head, _)| words(head).any(|word| word == "Deserialize"))
}

/// The public types of a file, each with its attributes and comments.
fn public_items(file: &File) -> impl Iterator<Item = (&str, &str)> {
    let blocks = file.code().split("\n\n");
    blocks.filter_map(|block| {
        let item = ["pub struct ", "pub enum "].iter().find_map(|item| block.split_once(item));
        let (head, rest) = item?;
        words(rest).next().filter(|name| !name.is_empty()).map(|name| (head, name))
    })
}
