//! The JSON Schema of the file, from the table of settings.

use brama_runtime::api::Policy;
use schemars::Schema;
use serde_json::{Map, Value, json};

use crate::{
    section::setting,
    settings::{BREAKER, Form, MAX_ATTEMPTS, POLICY, REGISTRY, SettingRow},
};

/// Returns the JSON Schema of the file, so that editors complete and check it. Feature `schema`.
///
/// It has the names, types, limits, defaults and descriptions of all settings. What it cannot say,
/// such as that a minimum is within its window, only reading finds. Settings are completed in snake
/// case; kebab case is accepted.
///
/// ```
/// let schema = brama_config::schema();
/// assert!(schema.get("properties").is_some());
/// ```
#[must_use]
pub fn schema() -> Schema {
    let table = |description: &str, of: &str| {
        let entry = json!({ "$ref": format!("#/$defs/{of}") });
        json!({ "type": "object", "description": description, "additionalProperties": entry })
    };
    let root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of brama",
        "type": "object",
        "properties": {
            "$schema": { "type": "string", "description": "Where an editor finds this schema." },
            "registry": section("Settings of the registry.", &REGISTRY, Map::new()),
            "defaults": { "$ref": "#/$defs/policy" },
            "kinds": table("Settings of all breakers of a kind, such as http.", "policy"),
            "breakers": table("Settings of single breakers, by identifier.", "breaker"),
        },
        "additionalProperties": false,
        "$defs": {
            "policy": section("Settings of breakers.", &POLICY, Map::new()),
            "breaker": section("Settings of one breaker.", &POLICY, of_breaker()),
        },
    });
    Schema::try_from(root).unwrap_or_default()
}

/// The words of a breaker's table that are no settings.
fn of_breaker() -> Map<String, Value> {
    let words = BREAKER.iter().map(|(word, description)| {
        let mut schema = if *word == "keys" {
            json!({ "type": "object", "additionalProperties": { "$ref": "#/$defs/policy" } })
        } else {
            json!({ "type": "string", "minLength": 1 })
        };
        describe(&mut schema, "description", json!(description));
        ((*word).to_owned(), schema)
    });
    words.collect()
}

/// A table of settings.
fn section(description: &str, rows: &[SettingRow], others: Map<String, Value>) -> Value {
    let mut properties = others;
    for row in rows {
        properties.insert(row.name.to_owned(), of_setting(row));
    }
    if let Some(threshold) = rows.iter().find(|row| row.name == "failure_threshold") {
        let mut alias = of_form(threshold.form);
        describe(&mut alias, "description", json!("Another name for failure_threshold."));
        properties.insert(MAX_ATTEMPTS.to_owned(), alias);
    }
    json!({
        "type": "object",
        "description": description,
        "properties": properties,
        "patternProperties": { "^[a-z]+(-[a-z]+)+$": true },
        "additionalProperties": false,
    })
}

fn of_setting(row: &SettingRow) -> Value {
    let mut schema = of_form(row.form);
    describe(&mut schema, "description", json!(row.description));
    // The defaults of the registry stand in the descriptions.
    let is_of_policy = POLICY.iter().any(|other| std::ptr::eq(other.description, row.description));
    if let Some(name) = setting(row.name).filter(|_| is_of_policy) {
        let default = Policy::DEFAULT.display_value(name);
        let description = format!("{} Default: {default}.", row.description);
        let has_own = row.description.contains("Default");
        let description = if has_own { row.description.to_owned() } else { description };
        describe(&mut schema, "description", json!(description));
    }
    schema
}

fn describe(schema: &mut Value, key: &str, value: Value) {
    if let Some(schema) = schema.as_object_mut() {
        schema.insert(key.to_owned(), value);
    }
}

/// The values of a form.
fn of_form(form: Form) -> Value {
    let or_off = |schema: Value| json!({ "anyOf": [schema, { "const": "off" }] });
    let count = || json!({ "type": "integer", "minimum": 1 });
    match form {
        Form::Count => count(),
        Form::WholeNumber => json!({ "type": "integer", "minimum": 0 }),
        Form::CountOrOff => or_off(count()),
        Form::PercentOrOff => or_off(json!({ "type": "number", "minimum": 0.01, "maximum": 100 })),
        Form::WholePercentOrOff => {
            or_off(json!({ "type": "integer", "minimum": 1, "maximum": 100 }))
        }
        Form::Share => json!({ "type": "number", "minimum": 0, "maximum": 0.9 }),
        Form::Flag => json!({ "type": "boolean" }),
        Form::Duration => duration(),
        Form::DurationOrOff => or_off(duration()),
        Form::Expiry => json!({ "anyOf": [duration(), growth()] }),
        Form::Window => json!({
            "type": "object",
            "properties": { "calls": count(), "time": duration() },
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": false,
        }),
        Form::Abandoned => json!({ "enum": ["ignore", "failure"] }),
        Form::Reasons => json!({ "enum": ["text", "type", "none"] }),
    }
}

fn duration() -> Value {
    let pattern = r"^\s*([0-9]+(h|m|s|ms)\s+)*[0-9]+(h|m|s|ms)\s*$";
    json!({ "type": "string", "pattern": pattern, "examples": ["500ms", "30s", "1m 30s"] })
}

/// An expiry that grows with each opening in a row.
fn growth() -> Value {
    json!({
        "type": "object",
        "properties": {
            "initial": duration(),
            "max": duration(),
            "factor": { "type": "number", "minimum": 1, "maximum": 100 },
        },
        "required": ["initial", "max"],
        "additionalProperties": false,
    })
}
