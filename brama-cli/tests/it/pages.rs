//! `brama completions`, `brama man`, and the help.

use crate::command::{Answer, Run};

fn run(arguments: &[&str]) -> Answer {
    Run::new("pages", arguments).answer()
}

#[test]
fn each_shell_gets_completions_of_each_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let answer = run(&["completions", shell]);
        assert_eq!((answer.status, answer.stderr.as_str()), (Some(0), ""), "{shell}");
        for word in ["check", "explain", "import", "deny-warnings", "resilience4j"] {
            // Fish and Elvish complete no values of arguments without a name.
            let is_left_out =
                word == "resilience4j" && ["elvish", "fish", "powershell"].contains(&shell);
            assert!(is_left_out || answer.stdout.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    for (arguments, title) in [
        (&["man"][..], ".TH brama 1"),
        (&["man", "check"], ".TH brama-check 1"),
        (&["man", "explain"], ".TH brama-explain 1"),
        (&["man", "import"], ".TH brama-import 1"),
        #[cfg(feature = "fleet")]
        (&["man", "fleet"], ".TH brama-fleet 1"),
    ] {
        let answer = run(arguments);
        assert_eq!(answer.status, Some(0));
        assert!(answer.stdout.contains(title), "{}", answer.stdout);
        for part in [".SH \"EXIT STATUS\"", ".SH ENVIRONMENT", "\"brama 0.1.0\""] {
            assert!(answer.stdout.contains(part), "{part}: {}", answer.stdout);
        }
        for part in ["EXTRA", "brama\\-help"] {
            assert!(!answer.stdout.contains(part), "{part}: {}", answer.stdout);
        }
    }
}

#[test]
fn the_options_of_a_command_stand_before_those_of_all_commands() {
    let help = run(&["explain", "--help"]).stdout;
    let place = |option: &str| help.find(option).unwrap();
    assert!(place("--key") < place("--no-env") && place("--no-env") < place("--color"), "{help}");
}

#[test]
fn the_help_documents_the_exit_status() {
    let answer = run(&["--help"]);
    assert_eq!(answer.status, Some(0));
    assert!(answer.stdout.contains("Exit status:\n  0  nothing is wrong\n"), "{}", answer.stdout);
}

#[test]
fn a_command_that_is_not_known_is_answered_with_a_suggestion() {
    let answer = run(&["chek"]);
    assert_eq!(answer.status, Some(2));
    assert!(answer.stderr.contains("'check'"), "{}", answer.stderr);
}

#[test]
fn the_help_is_coloured_as_the_option_says() {
    let is_coloured = |color: &str| {
        let run = Run::new("help", &["--color", color, "--help"]);
        run.variable("CLICOLOR_FORCE", "1").answer().stdout.contains('\u{1b}')
    };
    assert!(is_coloured("always") && !is_coloured("never"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_fails_the_help_too() {
    let mut command = Run::new("full_help", &["--help"]).into_command();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    assert_eq!(command.stdout(full).output().unwrap().status.code(), Some(2));
}
