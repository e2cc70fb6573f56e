//! The JSON Schema of the file, from the table of settings.

#[cfg(feature = "fleet")]
use brama_fleet::{FleetPolicy, FleetSetting, SettingForm, node::FleetMode};
use brama_runtime::api::Policy;
use schemars::Schema;
use serde_json::{Map, Value, json};

#[cfg(feature = "fleet")]
use crate::fleet_words::{COMMAND_TIMEOUT, LINK_ROWS, MODE, URL};
use crate::setting_rows::{
    BREAKER_WORDS, FAILURE_THRESHOLD, Form, KEYS, MAX_ATTEMPTS, POLICY_ROWS, REGISTRY_ROWS,
    SettingRow, setting_named,
};

/// Returns the JSON Schema of the file, so that editors complete and check it. Feature `schema`.
///
/// It has the names, types, limits, defaults and descriptions of all settings. Reading also finds
/// what a schema cannot express, such as a minimum above its window. Settings are completed in
/// snake case; kebab case is accepted.
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
    #[cfg_attr(not(feature = "fleet"), expect(unused_mut, reason = "a table is added"))]
    let mut root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of brama",
        "type": "object",
        "properties": {
            "$schema": { "type": "string", "description": "Where an editor finds this schema." },
            "registry": section("Settings of the registry.", &REGISTRY_ROWS, Map::new()),
            "defaults": { "$ref": "#/$defs/policy" },
            "kinds": table("Settings of all breakers of a kind, such as http.", "policy"),
            "breakers": table("Settings of single breakers, by identifier.", "breaker"),
        },
        "additionalProperties": false,
        "$defs": {
            "policy": section("Settings of breakers.", &POLICY_ROWS, Map::new()),
            "breaker": section("Settings of one breaker.", &POLICY_ROWS, of_breaker()),
        },
    });
    #[cfg(feature = "fleet")]
    if let Some(properties) = root.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert("fleet".to_owned(), of_fleet());
    }
    // The root is an object, which always is a schema.
    Schema::try_from(root).unwrap_or_default()
}

/// The table of the fleet.
#[cfg(feature = "fleet")]
fn of_fleet() -> Value {
    let mut properties = Map::new();
    for (word, description) in LINK_ROWS {
        let mut schema = match word {
            MODE => json!({ "enum": FleetMode::WORDS.map(|(word, _)| word) }),
            COMMAND_TIMEOUT => duration(),
            URL => json!({ "type": "string", "pattern": r"^[A-Za-z0-9+.-]+://\S+$" }),
            _ => json!({ "type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$" }),
        };
        describe(&mut schema, description);
        properties.insert(word.to_owned(), schema);
    }
    for setting in FleetSetting::all() {
        let mut schema = match setting.form() {
            SettingForm::Number { limits: (least, u32::MAX), .. } => {
                json!({ "type": "integer", "minimum": least })
            }
            SettingForm::Number { limits: (least, most), .. } => {
                json!({ "type": "integer", "minimum": least, "maximum": most })
            }
            SettingForm::Length { .. } | _ => duration(),
        };
        let default = setting.value(&FleetPolicy::new());
        describe(&mut schema, &format!("{} Default: {default}.", setting.description()));
        properties.insert(setting.name().to_owned(), schema);
    }
    json!({
        "type": "object",
        "description": "The part of the process in a fleet, which shares what its breakers know.",
        "properties": properties,
        "patternProperties": { "^[a-z]+(-[a-z]+)+$": true },
        "required": ["url", "namespace"],
        "additionalProperties": false,
    })
}

/// The words of a breaker's table that are no settings.
fn of_breaker() -> Map<String, Value> {
    let words = BREAKER_WORDS.iter().map(|(word, description)| {
        let mut schema = if *word == KEYS {
            json!({ "type": "object", "additionalProperties": { "$ref": "#/$defs/policy" } })
        } else {
            json!({ "type": "string", "minLength": 1 })
        };
        describe(&mut schema, description);
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
    if let Some(threshold) = rows.iter().find(|row| row.name == FAILURE_THRESHOLD) {
        let mut alias = of_form(threshold.form);
        describe(&mut alias, "Another name for failure_threshold.");
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
    let built_in = || setting_named(row.name).map(|name| Policy::DEFAULT.display_value(name));
    let default = row.default.map(str::to_owned).or_else(built_in).unwrap_or_default();
    let mut schema = of_form(row.form);
    describe(&mut schema, &format!("{} Default: {default}.", row.description));
    schema
}

fn describe(schema: &mut Value, description: &str) {
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".to_owned(), json!(description));
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
