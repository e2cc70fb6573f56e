//! The durations in the table, as the runtime parses them.
//!
//! `brama-macros/src/tests/durations.rs` checks the parser of the macros against this table,
//! because a proc-macro crate cannot depend on the runtime.

use brama_runtime::api::duration;

const TABLE: &[(&str, Option<u128>)] = &include!("table.rs");

#[test]
fn every_text_of_the_table_is_read_as_it_says() {
    assert!(200 <= TABLE.len());
    for &(text, millis) in TABLE {
        let read = duration::parse(text).map(|duration| duration.as_millis());
        assert_eq!(read.ok(), millis, "{text:?}");
    }
}
