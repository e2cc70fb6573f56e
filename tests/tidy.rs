//! The house rules that a machine can check, by noun.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

#[path = "tidy/file.rs"]
mod file;

#[path = "tidy/api.rs"]
mod api;
#[path = "tidy/clients.rs"]
mod clients;
#[path = "tidy/deserialized.rs"]
mod deserialized;
#[path = "tidy/floors.rs"]
mod floors;
#[path = "tidy/manifests.rs"]
mod manifests;
#[path = "tidy/names.rs"]
mod names;
#[path = "tidy/package.rs"]
mod package;
#[path = "tidy/pages.rs"]
mod pages;
#[path = "tidy/rings.rs"]
mod rings;
#[path = "tidy/settings.rs"]
mod settings;
#[path = "tidy/sizes.rs"]
mod sizes;
