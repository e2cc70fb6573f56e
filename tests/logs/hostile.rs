//! Names and reasons from outside, in the text that a formatting subscriber writes.

use std::{
    io,
    sync::{Arc, Mutex},
};

use brama::{Breaker, Connection, ConnectionKind, Identity, Reason, Registry, circuit::By};
use tracing_subscriber::fmt::MakeWriter;

/// Where a formatting subscriber writes to.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Page {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// What a formatting subscriber writes about what `test` does, without colours.
fn page(test: impl FnOnce()) -> String {
    let page = Page::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .with_writer(page.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, test);
    String::from_utf8(page.0.lock().unwrap().clone()).unwrap()
}

/// A line break, a carriage return, NUL, a tab, an escape sequence, C1, an override of direction,
/// a zero-width space, a separator of lines.
const HOSTILE: &str = "a\nERROR forged\r\0\t\u{1b}[31mred\u{9b}31m\u{202e}evil\u{200b}\u{2028}b";

/// A breaker whose names are hostile, with each kind of line.
fn write_all_kinds(breaker: &Breaker, text: &str) {
    breaker.force_open(By::actor(text.to_owned(), text.to_owned()));
    assert!(breaker.try_acquire().is_err());
    breaker.reset(text.to_owned());
    (0..10).for_each(|_| breaker.failure(Reason::new(text.to_owned())));
}

#[test]
fn no_hidden_character_of_a_text_from_outside_is_written() {
    let identity = Identity::new(HOSTILE).in_scope(HOSTILE).with_key(HOSTILE);
    let text = page(|| write_all_kinds(&Registry::new().breaker(&identity), HOSTILE));
    assert_eq!(text.lines().count(), 6, "{text}");
    let hidden = |shown: char| {
        shown != '\n' && (shown.is_control() || "\u{202e}\u{200b}\u{2028}".contains(shown))
    };
    assert!(!text.contains(hidden), "{text:?}");
    assert!(text.lines().all(|line| line.contains(" brama::")), "{text}");
    assert!(text.contains("a\\nERROR forged\\r"), "{text}");
}

#[test]
fn the_kind_of_a_connection_is_escaped() {
    let connection = Connection::new().kind(ConnectionKind::from(HOSTILE.to_owned()));
    let text = page(|| drop(Registry::new().register("a", connection)));
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(!text.trim_end().contains(char::is_control), "{text:?}");
}

#[test]
fn a_line_is_bounded_whatever_the_texts_are() {
    let long = "x".repeat(1 << 20);
    let identity = Identity::new(&*long).in_scope(&*long).with_key(&long);
    let text = page(|| write_all_kinds(&Registry::new().breaker(&identity), &long));
    let longest = text.lines().map(str::len).max().unwrap();
    assert!(longest < 4_096, "{longest} bytes");
}

/// A text that looks like fields, as a formatting subscriber writes them.
const FORGED: &str = r#"7 from="closed" to="open" by=admin number=99"#;

#[test]
fn no_text_from_outside_looks_like_a_field() {
    let identity = Identity::new(FORGED).in_scope(FORGED).with_key(FORGED);
    let connection = Connection::new().kind(ConnectionKind::from(FORGED.to_owned()));
    let text = page(|| {
        let registry = Registry::new();
        registry.register(&identity, connection).unwrap();
        write_all_kinds(&registry.breaker(&identity), FORGED);
    });
    assert_eq!(text.lines().count(), 6, "{text}");
    for line in text.lines() {
        // What is quoted is a value, and has a backslash before each of its own quotes.
        let unquoted: String = line.replace("\\\"", "").split('"').step_by(2).collect();
        let forged = ["from=closed", "by=admin", "number=99"];
        assert!(!forged.iter().any(|it| unquoted.contains(it)), "{unquoted}\nof {line}");
        assert!(unquoted.contains("by\\=admin"), "{line}");
    }
}
