//! Help texts for files in JSON.

/// A help text, with what to write in JSON: `"window": { "calls": 100 }`.
pub(crate) fn in_json(help: &str) -> String {
    let mut parts = help.split('`');
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for (index, part) in parts.enumerate() {
        shown.push('`');
        // Between two backticks.
        if index % 2 == 0 { shown.push_str(&setting(part)) } else { shown.push_str(part) }
    }
    shown
}

/// `name = value` as JSON; another text as it is.
fn setting(text: &str) -> String {
    let Some((name, value)) = text.split_once(" = ").filter(|(name, _)| is_key(name)) else {
        return text.to_owned();
    };
    let inner = value.strip_prefix("{ ").and_then(|value| value.strip_suffix(" }"));
    let Some(inner) = inner else { return format!("\"{name}\": {value}") };
    let parts: Vec<_> = inner.split(", ").map(setting).collect();
    format!("\"{name}\": {{ {} }}", parts.join(", "))
}

fn is_key(name: &str) -> bool {
    name.bytes().all(|letter| letter.is_ascii_lowercase() || letter == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_written_in_json() {
        assert_eq!(
            in_json("`window` is: write `window = { calls = 1, time = \"5s\" }`, or not"),
            "`window` is: write `\"window\": { \"calls\": 1, \"time\": \"5s\" }`, or not"
        );
        assert_eq!(in_json("write `expiry = \"30s\"`"), "write `\"expiry\": \"30s\"`");
        assert_eq!(in_json("did you mean `max`?"), "did you mean `max`?");
    }
}
