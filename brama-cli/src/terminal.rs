//! The streams of the command, with or without colours.

use std::io::{self, ErrorKind, Write};

use anstream::{AutoStream, ColorChoice};
use serde::Serialize;

use crate::{
    command_line::{OutputForm, When},
    paint,
};

/// Standard output and standard error. Colours are removed where they do not belong.
pub(crate) struct Terminal {
    out: AutoStream<io::Stdout>,
    err: AutoStream<io::Stderr>,
    form: OutputForm,
}

impl Terminal {
    pub(crate) fn new(when: When, form: OutputForm) -> Self {
        let choice = match when {
            When::Auto => ColorChoice::Auto,
            When::Always => ColorChoice::Always,
            When::Never => ColorChoice::Never,
        };
        let out = AutoStream::new(io::stdout(), choice);
        Self { out, err: AutoStream::new(io::stderr(), choice), form }
    }

    /// Whether the output is for programs.
    pub(crate) fn is_json(&self) -> bool {
        self.form == OutputForm::Json
    }

    /// Writes to the standard output. If its reader has closed the pipe, as in
    /// `brama explain … | head`, the rest is dropped: the exit status is what the command found.
    pub(crate) fn print(&mut self, text: &str) -> io::Result<()> {
        let written = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
        unless_closed(written).map_err(|error| {
            io::Error::new(error.kind(), format!("the output cannot be written: {error}"))
        })
    }

    /// Writes to the standard error, unless its reader has closed the pipe.
    pub(crate) fn note(&mut self, text: &str) -> io::Result<()> {
        unless_closed(self.err.write_all(text.as_bytes()).and_then(|()| self.err.flush()))
    }

    /// Writes why the command cannot go on.
    pub(crate) fn error(&mut self, message: &str) -> io::Result<()> {
        self.note(&paint::finding(&format!("error: {message}\n")))
    }

    /// Writes one JSON document.
    pub(crate) fn print_json(&mut self, value: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_string_pretty(value).map_err(io::Error::other)?;
        self.print(&format!("{text}\n"))
    }
}

/// Forgives that the reader has closed the pipe.
pub(crate) fn unless_closed(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
