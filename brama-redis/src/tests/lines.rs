//! Lines of decisions, from friends and others.

use brama_fleet::{
    BreakerName,
    ballot::{Decision, FleetPhase, Standing},
    engine::Announcement,
};
use brama_runtime::api::Identity;
use proptest::prelude::*;

use crate::line::{encode, read};

#[test]
fn a_line_is_read_field_by_field() {
    let line = b"1|~/payment_api/~|by_hand|7|400|1|2|3|1400|alice%3A%20a%7Cb";
    let standing = Standing { votes: 1, members: 2, quorum: 3 };
    let phase = FleetPhase::RejectedByHand { until: 1_400, by: "alice: a|b".to_owned() };
    let breaker = BreakerName::of(&Identity::new("payment_api"));
    let decision = Decision { epoch: 7, phase, remaining: 400, standing };
    assert_eq!(read(line), Ok(Announcement { breaker, decision }));
}

#[test]
fn another_version_is_an_error_that_says_what_to_do() {
    let error = read(b"2|whatever").unwrap_err().to_string();
    assert!(error.contains("give all nodes of the namespace one version"), "{error}");
}

#[test]
fn lines_that_no_script_writes_are_errors() {
    let long = format!("1|~/{}/~|closed|7|0|1|2|3|0|", "x".repeat(5_000));
    let lines: [&[u8]; 18] = [
        b"",
        b"|",
        b"1",
        b"\xFF\xFE",
        b"1|~/a/~|closed|7|0|1|2|3|0",
        b"1|~/a/~|closed|7|0|1|2|3|0||",
        b"1|a|closed|7|0|1|2|3|0|",
        b"1|~/a/~|shut|7|0|1|2|3|0|",
        b"1|~/a/~|closed|-7|0|1|2|3|0|",
        b"1|~/a/~|closed|+7|0|1|2|3|0|",
        b"1|~/a/~|closed|99999999999999999999|0|1|2|3|0|",
        b"1|~/a/~|open|9007199254740993|1|1|2|3|0|",
        b"1|~/a/~|open|7|172800001|1|2|3|0|",
        b"1|~/a/~|open|7|1|4294967296|2|3|0|",
        b"1|~/a/~|half_open|7|1|1|2|3|0|a b",
        b"1|~/a/~|by_hand|7|1|1|2|3|0|%GG",
        b"1|~/a/~|cleared|7|0|1|2|3|0|a b",
        long.as_bytes(),
    ];
    for line in lines {
        let text = String::from_utf8_lossy(line);
        let error = read(line).expect_err(&text).to_string();
        assert!(error.len() < 512, "a bounded message for {text}");
    }
}

#[test]
fn an_error_shows_no_control_of_the_line() {
    let error = read(b"\x1B[31m\n").unwrap_err().to_string();
    assert!(!error.contains(['\x1B', '\n']), "{error:?}");
}

proptest! {
    #[test]
    fn no_bytes_panic(line in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _read = read(&line);
    }

    #[test]
    fn fields_of_any_kind_do_not_panic(fields in proptest::collection::vec(".{0,20}", 0..12)) {
        let _read = read(format!("1|{}", fields.join("|")).as_bytes());
    }

    #[test]
    fn who_acts_by_hand_arrives_as_written(by in ".{0,60}") {
        let line = format!("1|~/a/~|by_hand|7|1|1|2|3|0|{}", encode(&by));
        let announcement = read(line.as_bytes()).unwrap();
        let phase = announcement.decision.phase;
        prop_assert_eq!(phase, FleetPhase::RejectedByHand { until: 0, by });
    }
}
