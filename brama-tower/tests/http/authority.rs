//! The key of a client of many hosts.

use brama_tower::{KeyExtractor, http::Authority};
use http::Request;

use super::get;

fn key(request: &Request<()>) -> Option<String> {
    Authority.with_key(request, |key| key.map(str::to_owned))
}

fn key_of(uri: &str) -> String {
    key(&get(uri)).unwrap()
}

#[test]
fn a_missing_port_is_that_of_the_scheme() {
    assert_eq!(key_of("https://example.com/a"), "example.com:443");
    assert_eq!(key_of("http://example.com/a"), "example.com:80");
    assert_eq!(key_of("wss://example.com"), "example.com:443");
    assert_eq!(key_of("http://example.com:8080"), "example.com:8080");
}

#[test]
fn hosts_are_compared_in_lower_case() {
    assert_eq!(key_of("https://API.Example.COM/A"), "api.example.com:443");
}

#[test]
fn names_passwords_paths_and_queries_are_left_out() {
    assert_eq!(key_of("https://user:secret@example.com/account/7?token=1"), "example.com:443");
}

#[test]
fn an_address_is_a_host() {
    assert_eq!(key_of("http://[::1]:9000/"), "[::1]:9000");
    assert_eq!(key_of("http://10.0.0.7/"), "10.0.0.7:80");
}

#[test]
fn a_request_without_an_authority_has_that_of_its_header() {
    let request = Request::get("/a").header("host", "Example.com:81").body(()).unwrap();
    assert_eq!(key(&request).as_deref(), Some("example.com:81"));
}

#[test]
fn a_request_without_either_has_no_key() {
    assert_eq!(key(&get("/a")), None);
    let request = Request::get("/a").header("host", "not a host").body(()).unwrap();
    assert_eq!(key(&request), None);
}

#[test]
fn one_place_has_one_key_however_it_is_written() {
    let other = [
        "https://example.com:443/",
        "https://example.com./",
        "https://example.com.:443/",
        "https://Example.com",
        "https://example.com:",
        "https://example.com:0443",
        "https://user@example.com",
        "https://user:443@example.com",
    ];
    for uri in other {
        assert_eq!(key_of(uri), "example.com:443", "{uri}");
    }
    assert_eq!(key_of("http://[::1]/"), "[::1]:80");
    assert_eq!(key_of("http://[::A]:80/"), "[::a]:80");
}

#[test]
fn a_long_host_is_a_key_too() {
    let host = ["a".repeat(60).as_str(); 4].join(".");
    assert_eq!(key_of(&format!("https://{host}/")), format!("{host}:443"));
}

#[test]
fn a_port_that_no_host_has_is_not_the_default_port() {
    assert_eq!(key_of("http://example.com:99999/"), "example.com:99999");
    assert_eq!(key_of("http://user@[::1]:99999/"), "[::1]:99999");
    assert_eq!(key_of("http://example.com:/"), "example.com:80");
}
