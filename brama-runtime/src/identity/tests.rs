//! Laws of identities, checked for many of them and for every pair.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::*;

/// Scope, identifier, key, and whether it is an overflow breaker: in the order of identities.
type Parts<'a> = (Option<&'a str>, &'a str, Option<&'a str>, bool);

/// Texts with equal beginnings, and texts around the sizes up to which an identity is inline and up
/// to which it fits into a buffer.
fn texts() -> [String; 8] {
    let [a, wide] = ["a", "é"].map(|letter| move |times| letter.repeat(times));
    [a(0), a(1), a(1) + "\0", a(27), a(28), a(30), wide(14), wide(70)]
}

fn all(texts: &[String]) -> Vec<Parts<'_>> {
    let texts = || texts.iter().map(String::as_str);
    let optional = || texts().map(Some).chain([None]);
    let keys = || optional().map(|key| (key, false)).chain([(None, true)]);
    let named = optional().flat_map(|scope| texts().map(move |identifier| (scope, identifier)));
    let all = named.flat_map(|(scope, identifier)| {
        keys().map(move |(key, is_overflow)| (scope, identifier, key, is_overflow))
    });
    all.collect()
}

/// Builds the identity as users do, with the scope or the key first.
fn build(parts: Parts<'_>, scope_first: bool) -> Identity<'static> {
    let (scope, identifier, key, is_overflow) = parts;
    let in_scope = |identity: Identity<'static>| match scope {
        Some(scope) => identity.in_scope(scope.to_owned()),
        None => identity,
    };
    let with_key = |identity: Identity<'static>| match key {
        Some(key) => identity.with_key(key),
        None if is_overflow => identity.overflow().into_owned(),
        None => identity,
    };
    let identity = Identity::new(identifier.to_owned());
    if scope_first { with_key(in_scope(identity)) } else { in_scope(with_key(identity)) }
}

fn hash(identity: &Identity<'_>) -> u64 {
    FixedState::default().hash_one(identity)
}

#[test]
fn an_identity_keeps_its_parts_however_it_is_built_or_stored() {
    for parts in all(&texts()) {
        let (scope, identifier, key, is_overflow) = parts;
        let (owned, other) = (build(parts, true), build(parts, false));
        let mut buffer = IdentityBuf::new();
        buffer.write(scope, identifier);
        if let Some(key) = key {
            buffer.write_key(KeyText::Text(key));
        }
        let buffered = buffer.identity();
        let buffered = if is_overflow { buffered.overflow() } else { buffered };
        for like in
            [&owned, &other, &buffered, &Identity::from(&owned), &buffered.clone().into_owned()]
        {
            assert_eq!((like.scope(), like.identifier(), like.key(), like.is_overflow()), parts);
            assert_eq!((like, hash(like)), (&owned, hash(&owned)));
        }
    }
}

#[test]
fn parts_make_the_identity_that_they_came_from() {
    for parts in all(&texts()) {
        let identity = build(parts, true);
        let (scope, identifier, key, is_overflow) = parts;
        let made = Identity::from_parts(scope, identifier, key);
        assert_eq!(made == identity, !is_overflow);
    }
}

#[cfg(feature = "serde")]
#[test]
fn a_written_identity_is_read_back_in_every_format() {
    for parts in all(&texts()) {
        let identity = build(parts, true);
        let text = serde_json::to_string(&identity).unwrap();
        assert_eq!(serde_json::from_str::<Identity<'_>>(&text).unwrap(), identity);
        let bytes = postcard::to_stdvec(&identity).unwrap();
        assert_eq!(postcard::from_bytes::<Identity<'_>>(&bytes).unwrap(), identity);
    }
}

#[test]
fn identities_compare_like_their_parts() {
    let texts = texts();
    let all: Vec<_> = all(&texts).into_iter().map(|parts| (parts, build(parts, true))).collect();
    for (parts, one) in &all {
        for (other_parts, other) in &all {
            assert_eq!(
                (one == other, one.cmp(other)),
                (parts == other_parts, parts.cmp(other_parts))
            );
        }
    }
}

#[test]
fn no_two_of_many_identities_have_the_same_hash() {
    let texts = texts();
    let all = all(&texts);
    let mut hashes: Vec<_> = all.iter().map(|parts| hash(&build(*parts, true))).collect();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), all.len());
}

#[test]
fn a_key_reads_as_what_is_shown_however_long_and_in_whatever_parts() {
    for length in [0, 1, 13, 14, 15, 63, 64, 65, 1_000] {
        let part = "é".repeat(length) + "x";
        let parts = format!("17{part}ß{part}");
        let key = |identity: Identity<'_>| identity.key().map(str::to_owned);
        let shown =
            Identity::new("storage").with_key(format_args!("{}{part}{}{part}{}", 17, 'ß', ""));
        assert_eq!(key(shown), Some(parts));
        assert_eq!(key(Identity::new("storage").with_key(&part)), Some(part));
    }
}

#[test]
fn another_key_takes_the_place_of_the_first() {
    for key in texts() {
        let keyless = Identity::new("storage").in_scope("payments");
        let keyed = keyless.clone().with_key(&key);
        assert_eq!(keyed.without_key(), keyless);
        let seventh = keyless.with_key(7);
        assert_eq!(keyed.overflow().with_key(7), seventh);
        assert_eq!(keyed.with_key(7), seventh);
    }
}
