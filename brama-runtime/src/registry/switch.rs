//! The kill switch in the environment: `BRAMA_SHADOW`.

use std::{env, ffi::OsStr};

use super::Registry;

/// The name of the variable.
const VARIABLE: &str = "BRAMA_SHADOW";

/// What the variable says.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Shadow,
    Nothing,
    Odd(String),
}

impl Registry {
    /// Turns the kill switch as the environment says at this moment. The one place that reads it.
    pub(super) fn heed_environment(&self) {
        match read(env::var_os(VARIABLE).as_deref()) {
            Said::Shadow => self.shadow_all(true),
            Said::Nothing => {}
            Said::Odd(value) => self.notice(format!(
                "the environment's {VARIABLE} is `{value}`, which says nothing: write 1 to put every \
                 breaker into shadow, or 0"
            )),
        }
    }
}

fn read(value: Option<&OsStr>) -> Said {
    let Some(value) = value else { return Said::Nothing };
    let word = value.to_str().map(|value| value.trim().to_ascii_lowercase());
    match word.as_deref() {
        Some("1" | "true" | "on" | "yes") => Said::Shadow,
        Some("" | "0" | "false" | "off" | "no") => Said::Nothing,
        Some(_) | None => Said::Odd(value.display().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_for_yes_and_no_are_known_and_others_are_odd() {
        let said = |value: &str| read(Some(OsStr::new(value)));
        for yes in ["1", "true", "TRUE", " on ", "yes"] {
            assert_eq!(said(yes), Said::Shadow, "{yes}");
        }
        for no in ["", "0", "false", "Off", "no"] {
            assert_eq!(said(no), Said::Nothing, "{no}");
        }
        assert_eq!(said("2"), Said::Odd("2".to_owned()));
        assert_eq!(read(None), Said::Nothing);
    }

    #[test]
    fn an_odd_value_is_a_warning_of_every_status() {
        let registry = Registry::new();
        let before = registry.breaker("before");
        registry.notice("odd".to_owned());
        for breaker in [before, registry.breaker("after")] {
            assert_eq!(breaker.status().warnings, ["odd"]);
        }
    }
}
