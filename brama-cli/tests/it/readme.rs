//! The README: each command in it is run, and its output is what the README shows.
//!
//! `BRAMA_BLESS=1 cargo test --package brama-cli readme` writes the outputs.

use std::{env, fs};

use crate::command::Run;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
const FENCE: &str = "```console\n";

#[test]
fn the_readme_shows_what_its_commands_answer() {
    let readme = fs::read_to_string(README).unwrap();
    let mut parts = readme.split(FENCE);
    let mut produced = parts.next().unwrap().to_owned();
    for part in parts {
        let (block, rest) = part.split_once("```\n").unwrap();
        let command = block.lines().next().unwrap();
        let output = output(&readme, command);
        produced.extend([FENCE, command, "\n", &output, "```\n", rest]);
    }
    if env::var_os("BRAMA_BLESS").is_some() {
        fs::write(README, produced).unwrap();
    } else {
        assert_eq!(readme, produced);
    }
}

/// What a command writes to both streams, in a folder with the files of the README.
fn output(readme: &str, command: &str) -> String {
    let arguments: Vec<_> = command.trim_start_matches("$ brama ").split(' ').collect();
    let run = files(readme)
        .into_iter()
        .fold(Run::new("readme", &arguments), |run, (name, text)| run.file(name, text));
    let answer = run.answer();
    answer.stdout + &answer.stderr
}

/// The blocks whose first line is a comment that names a file.
fn files(readme: &str) -> Vec<(&str, &str)> {
    let blocks = readme.split("```").skip(1).step_by(2);
    let contents = blocks.filter_map(|block| Some(block.split_once('\n')?.1));
    let named = contents.filter_map(|text| {
        let name = text.strip_prefix("# ")?.lines().next()?;
        Some((name, text))
    });
    named.collect()
}
