//! The dashboards: Prometheus answers each query of a panel, and a newcomer understands it.

use std::{collections::BTreeSet, fs};

use brama::State;
use serde_json::Value;

use crate::{
    api::{eventually, monitoring},
    shared::shared,
};

/// Each dashboard, and the jobs that have its metrics.
const DASHBOARDS: [(&str, &str); 2] = [
    ("dashboard.json", "outage|shadow|reload"),
    ("dashboard-resilience4j.json", "outage_resilience4j"),
];

fn read(file: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(monitoring(file)).unwrap()).unwrap()
}

/// The panels of a dashboard, without the rows between them.
fn panels(dashboard: &Value) -> Vec<&Value> {
    let panels: Vec<_> = dashboard["panels"].as_array().unwrap().iter().collect();
    panels.into_iter().filter(|panel| panel["type"] != "row").collect()
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_else(|| panic!("no text {member} in {value}"))
}

/// A query as Grafana sends it, with all breakers of the jobs chosen.
fn chosen(query: &str, jobs: &str) -> String {
    let values = [("$__rate_interval", "1m"), ("$job", jobs), ("$instance", ".*"), ("$name", ".*")];
    let query = values.iter().fold(query.to_owned(), |text, (name, it)| text.replace(name, it));
    assert!(!query.contains('$'), "an unknown variable: {query}");
    query
}

#[test]
fn each_query_of_a_panel_has_data_in_an_outage() {
    for (file, jobs) in DASHBOARDS {
        let dashboard = read(file);
        let panels = panels(&dashboard);
        let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap());
        let queries: Vec<_> = targets.map(|it| chosen(text(it, "expr"), jobs)).collect();
        assert!(15 <= queries.len(), "{file}: {}", queries.len());
        for query in queries {
            eventually(|| has_data(&query));
        }
    }
}

/// Whether a query has a series with a number. No number is the quotient of two rates of zero.
fn has_data(query: &str) -> Result<(), String> {
    let samples = shared().query(query);
    let is_there = samples.iter().any(|(_, value)| value.is_finite());
    if is_there { Ok(()) } else { Err(format!("{query}: {samples:?}")) }
}

#[test]
fn the_bars_of_states_show_the_number_of_the_state() {
    let states =
        [("checkout", State::Closed), ("payment_api", State::Open), ("search", State::ForcedOpen)];
    for (file, jobs) in DASHBOARDS {
        let dashboard = read(file);
        let panels = panels(&dashboard);
        let bars = panels.iter().find(|panel| panel["type"] == "state-timeline").unwrap();
        let query = chosen(text(&bars["targets"][0], "expr"), jobs);
        let texts = &bars["fieldConfig"]["defaults"]["mappings"][0]["options"];
        for (name, state) in states {
            let number = eventually(|| number_of(&query, name)).to_string();
            assert_eq!(number, state.number().to_string(), "{file}: {name}");
            let shown = text(&texts[&number], "text").replace(' ', "_");
            assert_eq!(shown, state.as_str().replace("force_", "forced_"));
        }
    }
}

/// The value of a query for the breaker of this name.
fn number_of(query: &str, name: &str) -> Result<f64, String> {
    let samples = shared().query(query);
    let found = samples.iter().find(|(labels, _)| labels["name"] == name);
    found.map(|(_, value)| *value).ok_or_else(|| format!("{query}: no {name} in {samples:?}"))
}

#[test]
fn each_variable_of_a_dashboard_has_values() {
    for (file, jobs) in DASHBOARDS {
        let dashboard = read(file);
        let variables = dashboard["templating"]["list"].as_array().unwrap().iter();
        let queries: Vec<_> = variables.filter(|it| it["type"] == "query").collect();
        assert_eq!(queries.len(), 3, "{file}: job, instance, name");
        for variable in queries {
            let query = chosen(text(&variable["query"], "query"), jobs);
            assert_ne!(values(&query), [] as [Value; 0], "{query}");
        }
    }
}

/// The values of `label_values(series, label)`, as Grafana asks for them.
fn values(query: &str) -> Vec<Value> {
    let arguments = query.strip_prefix("label_values(").unwrap().strip_suffix(")").unwrap();
    let (series, label) = arguments.rsplit_once(", ").unwrap();
    let path = format!("label/{label}/values");
    let values = shared().get(&path, &[("match[]", series)]).unwrap();
    values.as_array().unwrap().clone()
}

#[test]
fn each_panel_has_a_title_of_its_own_and_explains_itself() {
    for (file, _) in DASHBOARDS {
        let dashboard = read(file);
        let mut titles = BTreeSet::new();
        for panel in panels(&dashboard) {
            let (title, description) = (text(panel, "title"), text(panel, "description"));
            assert!(titles.insert(title.to_owned()), "{file}: twice {title}");
            assert!(40 <= description.len() && description.ends_with('.'), "{file}: {title}");
        }
    }
}

#[test]
fn panels_stand_beside_each_other() {
    for (file, _) in DASHBOARDS {
        let dashboard = read(file);
        let (mut cells, mut ids) = (BTreeSet::new(), BTreeSet::new());
        for panel in dashboard["panels"].as_array().unwrap() {
            assert!(ids.insert(panel["id"].as_u64().unwrap()), "{file}: {panel}");
            let [x, y, width, height] =
                ["x", "y", "w", "h"].map(|it| panel["gridPos"][it].as_u64().unwrap());
            assert!(x + width <= 24, "{file}: {}", panel["title"]);
            let columns = x..x + width;
            let covered = columns.flat_map(|x| (y..y + height).map(move |y| (x, y)));
            for cell in covered {
                assert!(cells.insert(cell), "{file}: {} covers another", panel["title"]);
            }
        }
    }
}
