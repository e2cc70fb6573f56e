//! Numbers with their nouns.

/// `1 mistake`, `2 mistakes`.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
