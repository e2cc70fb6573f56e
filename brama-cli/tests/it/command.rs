//! A run of the command.

use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

/// The command with these arguments, in a folder of its own, and without our variables.
pub(crate) struct Run {
    command: Command,
    folder: PathBuf,
    stdin: Vec<u8>,
}

/// What a run answered.
pub(crate) struct Answer {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// `test` names the folder, so that tests do not share one.
    pub(crate) fn new(test: &str, arguments: &[&str]) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
        fs::create_dir_all(&folder).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_brama"));
        command.args(arguments).current_dir(&folder);
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "BRAMA_SHADOW", "BRAMA_FLEET_URL"] {
            command.env_remove(name);
        }
        Self { command, folder, stdin: Vec::new() }
    }

    pub(crate) fn file(self, name: &str, text: &str) -> Self {
        fs::write(self.folder.join(name), text).unwrap();
        self
    }

    /// A named pipe in the folder.
    #[cfg(unix)]
    pub(crate) fn pipe(self, name: &str) -> Self {
        let path = self.folder.join(name);
        // An earlier run may have left one.
        drop(fs::remove_file(&path));
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn stdin(self, text: &str) -> Self {
        Self { stdin: text.into(), ..self }
    }

    pub(crate) fn answer(mut self) -> Answer {
        let pipes = self.command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = pipes.stderr(Stdio::piped()).spawn().unwrap();
        // A command that does not read its input may have ended.
        let _unread = child.stdin.take().unwrap().write_all(&self.stdin);
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Answer { status: status.code(), stdout: text(stdout), stderr: text(stderr) }
    }

    /// The command itself, for a test that needs its streams.
    pub(crate) fn into_command(self) -> Command {
        self.command
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap()
    }
}
