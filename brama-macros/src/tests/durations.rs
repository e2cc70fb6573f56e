//! The macros read durations as the runtime does: one table tests both readers.

use crate::literal::duration;

const TABLE: &[(&str, Option<u64>)] =
    &include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../brama-runtime/tests/durations/table.rs"));

#[test]
fn every_text_of_the_table_is_read_as_it_says() {
    for &(text, millis) in TABLE {
        assert_eq!(duration::millis(text).ok(), millis, "{text:?}");
    }
}
