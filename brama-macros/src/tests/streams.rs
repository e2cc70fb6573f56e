//! The messages for mistakes about `stream`.

use super::{CHARGE, FEED, messages::messages};

fn of_feed(options: &str, item: &str) -> String {
    let found = messages(&format!("identifier = \"feed\", {options}"), item);
    let [message] = found.try_into().expect("one message");
    message
}

#[test]
fn a_stream_is_judged_by_one_of_two_words() {
    let wrong = "`stream` is \"last\", must be `\"first_item\"` or `\"end\"`";
    assert_eq!(of_feed("stream = \"last\"", FEED), wrong);
    let bare = of_feed("stream = end", FEED);
    assert!(bare.ends_with("help: write it in quotes: `stream = \"end\"`"), "{bare}");
    let number = of_feed("stream = 1", FEED);
    assert!(number.starts_with("`stream` must be `\"first_item\"` or `\"end\"`"), "{number}");
    let slow = of_feed("stream = \"end\", slow_until = \"end\"", FEED);
    assert_eq!(slow, "`slow_until` is \"end\", must be `\"first_item\"`");
}

#[test]
fn slow_until_belongs_to_a_stream_that_is_judged_at_its_end() {
    let early = of_feed("stream = \"first_item\", slow_until = \"first_item\"", FEED);
    assert!(early.ends_with("help: remove `slow_until`"), "{early}");
    let alone = messages("identifier = \"feed\", slow_until = \"first_item\"", CHARGE);
    assert!(alone[0].ends_with("help: add `stream = \"end\"`, or remove `slow_until`"));
    let wrong = of_feed("stream = \"last\", slow_until = \"first_item\"", FEED);
    assert!(wrong.starts_with("`stream` is \"last\""), "{wrong}");
}

#[test]
fn stream_is_for_functions_that_return_one() {
    let end = "stream = \"end\"";
    let other = of_feed(end, CHARGE.replace("Paid", "Option<u8>").as_str());
    assert!(other.starts_with("with `stream`, a function returns a stream, not `Option"));
    let none = of_feed(end, "fn feed() { body }");
    assert!(none.starts_with("with `stream`, a function returns a stream; `feed` returns none"));
    let asynchronous = of_feed(end, &format!("async {CHARGE}"));
    assert!(asynchronous.contains("remove `async` and return the stream itself"));
    let inside = "fn feed() -> Result<impl Stream<Item = u8>, E> { body }";
    assert!(of_feed(end, inside).contains("return the stream itself, such as `stream::once("));
    let both = of_feed("stream = \"end\", future = true", FEED);
    assert!(both.starts_with("a function returns a future or a stream, not both"), "{both}");
}

#[test]
fn a_stream_without_the_option_is_a_mistake_unless_its_creation_is_judged() {
    for item in [FEED, "fn feed() -> BoxStream<'static, Paid> { body }"] {
        let unjudged = of_feed("max_attempts = 3", item);
        assert!(unjudged.contains("add `stream = \"end\"`, or `stream = \"first_item\"`"));
    }
    let judged = "identifier = \"feed\", error_handler = |_| true, fallback = empty()";
    assert!(messages(judged, FEED).is_empty());
}
