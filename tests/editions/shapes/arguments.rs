//! Arguments: borrowed, reborrowed, destructured, unused, with any name.

use std::{cell::Cell, fmt::Display};

use brama::circuit_breaker;

use crate::answer::{Answer, TestError, give_way, recorded};

mod borrowed {
    use super::*;

    #[circuit_breaker(identifier = "arguments: reborrowed")]
    fn longest<'a>(first: &'a mut String, second: &'a str) -> Answer<&'a str> {
        first.push('!');
        if first.len() < second.len() { Ok(second) } else { Ok(first) }
    }

    #[circuit_breaker(identifier = "arguments: split")]
    fn split(bytes: &mut [u8], at: usize) -> Answer<(&mut [u8], &mut [u8])> {
        bytes.split_at_mut_checked(at).ok_or(TestError::Failed("short"))
    }

    #[circuit_breaker(identifier = "arguments: split later")]
    async fn split_later(bytes: &mut [u8], at: usize) -> Answer<(&mut [u8], &mut [u8])> {
        give_way().await;
        split(bytes, at)
    }

    #[circuit_breaker(identifier = "arguments: both")]
    fn both<'a>(left: &'a mut u8, right: &'a mut u8) -> Answer<(&'a mut u8, &'a mut u8)> {
        Ok((right, left))
    }

    struct Lent<'a> {
        left: &'a mut u8,
        right: &'a mut u8,
    }

    #[circuit_breaker(identifier = "arguments: lent")]
    #[expect(clippy::needless_pass_by_value, reason = "the shape under test")]
    fn right(lent: Lent<'_>) -> Answer<&mut u8> {
        *lent.left += 1;
        Ok(lent.right)
    }

    #[tokio::test]
    async fn borrowed_arguments_can_be_returned() {
        let mut bytes = [1, 2, 3];
        assert_eq!(split(&mut bytes, 1).unwrap().1, [2, 3]);
        assert_eq!(split_later(&mut bytes, 2).await.unwrap().1, [3]);
        assert!(split(&mut bytes, 4).is_err());
        let [one, two, _] = &mut bytes;
        assert_eq!(both(one, two), Ok((&mut 2, &mut 1)));
        assert_eq!(right(Lent { left: one, right: two }), Ok(&mut 2));
        assert_eq!(bytes, [2, 2, 3]);
        assert_eq!(longest(&mut "ab".to_owned(), "cde"), Ok("ab!"));
        assert_eq!(recorded("arguments: split"), "2 succeeded, 1 failed");
        for name in ["reborrowed", "split later", "both", "lent"] {
            assert_eq!(recorded(&format!("arguments: {name}")), "1 succeeded");
        }
    }
}

mod patterns {
    use super::*;

    struct Point {
        x: u8,
        y: u8,
    }

    #[circuit_breaker(identifier = "arguments: patterns")]
    #[expect(
        clippy::needless_pass_by_value,
        clippy::too_many_arguments,
        clippy::toplevel_ref_arg,
        clippy::trivially_copy_pass_by_ref,
        reason = "the shape under test"
    )]
    fn patterns(
        (one, mut two): (u8, u8),
        [three, .., four]: [u8; 3],
        &five: &u8,
        ref six: u8,
        ref mut seven: u8,
        Point { x, y: eight }: Point,
        whole @ Point { .. }: Point,
        mut nine: u8,
    ) -> Answer<u8> {
        two += 1;
        *seven += 1;
        nine += x + whole.x + whole.y;
        Ok(one + two + three + four + five + six + *seven + eight + nine)
    }

    #[circuit_breaker(identifier = "arguments: patterns later")]
    async fn patterns_later(
        (one, mut two): (u8, u8),
        Point { x, y: three }: Point,
        mut four: u8,
    ) -> Answer<u8> {
        two += 1;
        give_way().await;
        four += x;
        Ok(one + two + three + four)
    }

    #[tokio::test]
    async fn patterns_are_left_alone() {
        let point = || Point { x: 0, y: 1 };
        assert_eq!(patterns((1, 1), [1, 9, 1], &1, 1, 1, point(), point(), 1), Ok(12));
        assert_eq!(patterns_later((1, 1), point(), 1).await, Ok(5));
        assert_eq!(recorded("arguments: patterns"), "1 succeeded");
        assert_eq!(recorded("arguments: patterns later"), "1 succeeded");
    }

    // No lint fires: generated code does not use an argument that the body does not use.
    #[circuit_breaker(identifier = "arguments: unused")]
    fn unused(
        _: u8,
        _unused: String,
        #[expect(unused_variables, reason = "unused")] silenced: u8,
    ) -> Answer<u8> {
        Ok(1)
    }

    #[circuit_breaker(identifier = "arguments: unused later")]
    async fn unused_later(_: u8, _unused: String, #[cfg(any())] never: Missing) -> Answer<u8> {
        give_way().await;
        Ok(1)
    }

    #[tokio::test]
    async fn unused_arguments_stay_unused() {
        assert_eq!(unused(1, String::new(), 2), Ok(1));
        assert_eq!(unused_later(1, String::new()).await, Ok(1));
        assert_eq!(recorded("arguments: unused"), "1 succeeded");
        assert_eq!(recorded("arguments: unused later"), "1 succeeded");
    }
}

mod callables {
    use super::*;

    #[circuit_breaker(identifier = "arguments: callables")]
    fn callables(
        display: impl Display,
        by_ref: &mut dyn FnMut(u8) -> u8,
        once: Box<dyn FnOnce() -> u8>,
        maker: impl FnOnce() -> u8,
    ) -> Answer<String> {
        Ok(format!("{display}{}{}{}", by_ref(1), once(), maker()))
    }

    #[circuit_breaker(identifier = "arguments: async callables")]
    #[expect(clippy::future_not_send, reason = "neither are its arguments")]
    async fn callables_later(
        display: impl Display,
        once: Box<dyn FnOnce() -> u8>,
        later: impl AsyncFn(u8) -> u8,
    ) -> Answer<String> {
        let awaited = later(2).await;
        Ok(format!("{display}{}{awaited}", once()))
    }

    #[tokio::test]
    async fn callable_arguments_can_be_used_up() {
        let mut seen = 0;
        let mut by_ref = |byte| {
            seen += byte;
            seen
        };
        assert_eq!(callables('a', &mut by_ref, Box::new(|| 2), || 3), Ok("a123".to_owned()));
        let later = async |byte| {
            give_way().await;
            byte
        };
        assert_eq!(callables_later('a', Box::new(|| 1), later).await, Ok("a12".to_owned()));
        assert_eq!(recorded("arguments: callables"), "1 succeeded");
        assert_eq!(recorded("arguments: async callables"), "1 succeeded");
    }
}

mod layouts {
    use super::*;

    #[repr(C, packed)]
    #[derive(Clone, Copy)]
    struct Packed {
        head: u8,
        number: u32,
    }

    #[circuit_breaker(identifier = "arguments: packed")]
    fn packed(packed: Packed) -> Answer<u32> {
        Ok(u32::from(packed.head) + { packed.number })
    }

    #[circuit_breaker(identifier = "arguments: packed later")]
    async fn packed_later(packed: Packed) -> Answer<u32> {
        give_way().await;
        Ok(u32::from(packed.head) + { packed.number })
    }

    #[tokio::test]
    async fn packed_arguments_are_taken_whole() {
        let both = Packed { head: 1, number: 2 };
        assert_eq!([packed(both), packed_later(both).await], [Ok(3), Ok(3)]);
        assert_eq!(recorded("arguments: packed"), "1 succeeded");
        assert_eq!(recorded("arguments: packed later"), "1 succeeded");
    }

    #[circuit_breaker(identifier = "arguments: send")]
    async fn sends(cell: Cell<u8>, name: String) -> Answer<usize> {
        give_way().await;
        cell.set(cell.get() + 1);
        Ok(usize::from(cell.get()) + name.len())
    }

    #[tokio::test]
    async fn a_future_of_arguments_that_are_send_and_not_sync_can_be_spawned() {
        let spawned = tokio::spawn(sends(Cell::new(1), "ab".to_owned()));
        assert_eq!(spawned.await.unwrap(), Ok(4));
        assert_eq!(recorded("arguments: send"), "1 succeeded");
    }
}

mod names {
    use super::*;

    #[circuit_breaker(identifier = "arguments: raw")]
    fn r#match(r#type: u8, r#async: u8) -> Answer<u8> {
        Ok(r#type + r#async)
    }

    #[circuit_breaker(identifier = "arguments: raw later")]
    async fn r#loop(r#type: u8, r#async: u8) -> Answer<u8> {
        give_way().await;
        r#match(r#type, r#async)
    }

    #[tokio::test]
    async fn raw_identifiers_are_left_alone() {
        assert_eq!([r#match(1, 2), r#loop(2, 3).await], [Ok(3), Ok(5)]);
        assert_eq!(recorded("arguments: raw"), "2 succeeded");
        assert_eq!(recorded("arguments: raw later"), "1 succeeded");
    }

    #[circuit_breaker(identifier = "arguments: our names")]
    #[expect(non_snake_case, reason = "the name of our static")]
    #[expect(clippy::too_many_arguments, reason = "the shape under test")]
    fn names(
        ret: u8,
        permit: u8,
        open: u8,
        asked: u8,
        core: u8,
        brama: u8,
        std: u8,
        never: u8,
    ) -> Answer<u8> {
        let __brama_site = 1;
        let __BRAMA_SITE = ret + permit + open + asked;
        Ok(__brama_site + __BRAMA_SITE + core + brama + std + never)
    }

    #[circuit_breaker(identifier = "arguments: our names later")]
    #[expect(non_snake_case, reason = "the name of our static")]
    async fn names_later(ret: u8, permit: u8, core: u8, brama: u8, never: u8) -> Answer<u8> {
        let __BRAMA_SITE = ret + permit;
        give_way().await;
        Ok(__BRAMA_SITE + core + brama + never)
    }

    #[tokio::test]
    async fn names_like_ours_are_left_alone() {
        assert_eq!(names(1, 1, 1, 1, 1, 1, 1, 1), Ok(9));
        assert_eq!(names_later(1, 1, 1, 1, 1).await, Ok(5));
        assert_eq!(recorded("arguments: our names"), "1 succeeded");
        assert_eq!(recorded("arguments: our names later"), "1 succeeded");
    }
}

mod handlers {
    use brama::Outcome;

    use super::*;

    struct Client {
        limit: u16,
    }

    impl Client {
        #[circuit_breaker(
            identifier = "arguments: in the handler",
            error_handler = |status| self.judge(*status, limit, &path),
            fallback = limit,
        )]
        #[expect(clippy::needless_pass_by_value, reason = "the shape under test")]
        fn status(&self, limit: u16, path: String) -> u16 {
            self.limit.min(limit + u16::try_from(path.len()).unwrap_or(0))
        }

        #[circuit_breaker(
            identifier = "arguments: in the handler later",
            error_handler = |status| self.judge(*status, limit, path),
            fallback = limit,
        )]
        async fn status_later(&self, limit: u16, path: &str) -> u16 {
            give_way().await;
            self.limit.min(limit + u16::try_from(path.len()).unwrap_or(0))
        }

        fn judge(&self, status: u16, limit: u16, path: &str) -> Outcome {
            Outcome::from(status < self.limit && status != limit && !path.is_empty())
        }
    }

    #[tokio::test]
    async fn a_handler_may_use_self_copies_and_what_the_body_does_not_move() {
        let client = Client { limit: 500 };
        assert_eq!(client.status(200, "/".to_owned()), 201);
        assert_eq!(client.status(200, String::new()), 200);
        assert_eq!(client.status_later(200, "/").await, 201);
        assert_eq!(client.status_later(500, "/").await, 500);
        assert_eq!(recorded("arguments: in the handler"), "1 succeeded, 1 failed");
        assert_eq!(recorded("arguments: in the handler later"), "1 succeeded, 1 failed");
    }
}
