//! The name that a node gives itself if its configuration has none.

use std::{
    collections::hash_map::RandomState, env, fs, hash::BuildHasher, process, sync::LazyLock,
};

use crate::{NodeName, name::is_plain};

/// `HOST-PROCESS-RANDOM`. A forked child has another one than its parent.
pub(super) fn own_name() -> NodeName {
    static DIGITS: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0));
    let (process, digits) = (process::id(), *DIGITS % 0x1_0000);
    let name = format!("{}-{process}-{digits:04x}", plain(&host()));
    // Without a host that can be written, the rest is a name.
    NodeName::new(&name).unwrap_or_else(|_| NodeName::numbered(process))
}

/// The name of the host, as far as it is known.
fn host() -> String {
    let of_file = |path: &str| fs::read_to_string(path).ok();
    let of_variable = |name: &str| env::var(name).ok();
    let names = [
        of_file("/proc/sys/kernel/hostname"),
        of_variable("HOSTNAME"),
        of_variable("COMPUTERNAME"),
        of_file("/etc/hostname"),
    ];
    let known = names.into_iter().flatten().map(|name| name.trim().to_owned());
    known.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| "node".to_owned())
}

/// A text with `-` in the place of each character that names do not have, cut to 40 bytes.
fn plain(text: &str) -> String {
    let is_letter = |it: char| u8::try_from(it).is_ok_and(is_plain);
    let letters = text.chars().map(|it| if is_letter(it) { it } else { '-' });
    letters.take(LONGEST_HOST).collect()
}

/// In bytes. The number of a process and the digits need the rest of a name.
const LONGEST_HOST: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_host_becomes_one_that_nodes_may_have() {
        assert_eq!(plain("Büro 7.local"), "B-ro-7.local");
        assert_eq!(plain(&"a".repeat(99)).len(), LONGEST_HOST);
    }

    #[test]
    fn a_process_keeps_its_name() {
        let name = own_name();
        assert_eq!(name, own_name());
        assert!(name.as_str().contains(&format!("-{}-", process::id())), "{name}");
    }
}
