//! Control flow in a body: labels, patterns that leave, items inside, inner attributes.

use std::error::Error;

use brama::circuit_breaker;

use crate::answer::{Answer, TestError, give_way, recorded};

mod jumps {
    use super::*;

    #[circuit_breaker(identifier = "flow: labels")]
    fn labels(rows: &[&[u8]], wanted: u8) -> Answer<usize> {
        let mut seen = 0;
        let found = 'search: {
            'rows: for row in rows {
                for value in *row {
                    seen += 1;
                    if *value == 0 {
                        continue 'rows;
                    }
                    if *value == wanted {
                        break 'search Some(seen);
                    }
                }
            }
            None
        };
        found.ok_or(TestError::Failed("none"))
    }

    #[circuit_breaker(identifier = "flow: labels later")]
    async fn labels_later(limit: u8) -> Answer<u8> {
        let mut tries = 0;
        let answer = 'tries: loop {
            give_way().await;
            tries += 1;
            if tries < limit {
                continue 'tries;
            }
            break 'tries tries;
        };
        Ok(answer)
    }

    #[tokio::test]
    async fn labels_stay_in_the_body() {
        assert_eq!(labels(&[&[1, 0, 2], &[3, 2]], 2), Ok(4));
        assert_eq!(labels(&[&[0, 2]], 2), Err(TestError::Failed("none")));
        assert_eq!(labels_later(3).await, Ok(3));
        assert_eq!(recorded("flow: labels"), "1 succeeded, 1 failed");
        assert_eq!(recorded("flow: labels later"), "1 succeeded");
    }

    #[circuit_breaker(identifier = "flow: let else")]
    fn let_else(text: Option<&str>) -> Answer<u8> {
        let Some(text) = text else {
            return Err(TestError::Failed("absent"));
        };
        let Ok(number) = text.parse() else { return Ok(0) };
        Ok(number)
    }

    #[circuit_breaker(identifier = "flow: let else later")]
    async fn let_else_later(text: Option<&str>) -> Answer<u8> {
        let Some(text) = text else { return Err(TestError::Failed("absent")) };
        give_way().await;
        let_else(Some(text))
    }

    #[tokio::test]
    async fn patterns_may_leave_the_body() {
        let answers = [let_else(Some("x")), let_else(Some("7")), let_else(None)];
        assert_eq!(answers, [Ok(0), Ok(7), Err(TestError::Failed("absent"))]);
        assert_eq!(let_else_later(None).await, Err(TestError::Failed("absent")));
        assert_eq!(let_else_later(Some("2")).await, Ok(2));
        assert_eq!(recorded("flow: let else"), "3 succeeded, 1 failed");
        assert_eq!(recorded("flow: let else later"), "1 succeeded, 1 failed");
    }

    #[circuit_breaker(identifier = "flow: closures")]
    async fn returns_of_others(numbers: Vec<u8>) -> Answer<u8> {
        let half = |number: u8| -> Answer<u8> {
            if number % 2 == 1 {
                return Err(TestError::Failed("odd"));
            }
            Ok(number / 2)
        };
        let halves = async {
            let mut sum = 0;
            for number in numbers {
                give_way().await;
                sum += half(number)?;
            }
            Ok::<_, TestError>(sum)
        };
        Ok(halves.await.unwrap_or(9))
    }

    #[tokio::test]
    async fn a_return_of_a_closure_or_block_is_not_the_body_s() {
        assert_eq!(returns_of_others(vec![2, 4]).await, Ok(3));
        assert_eq!(returns_of_others(vec![2, 3]).await, Ok(9));
        assert_eq!(recorded("flow: closures"), "2 succeeded");
    }
}

mod items {
    use super::*;

    #[circuit_breaker(identifier = "flow: items")]
    #[expect(clippy::items_after_statements, reason = "the shape under test")]
    fn items(number: u8) -> Answer<u8> {
        use std::convert::identity as same;

        const ONE: u8 = 1;
        static TWO: u8 = 2;

        struct Doubled(u8);

        impl Doubled {
            const fn value(&self) -> u8 {
                self.0 * 2
            }
        }

        macro_rules! checked {
            ($value:expr) => {
                match $value {
                    0 => return Err(TestError::Failed("zero")),
                    value => value,
                }
            };
        }

        let number = checked!(number);
        const fn plus(one: u8, two: u8) -> u8 {
            one + two
        }
        Ok(same(plus(Doubled(number).value(), ONE + TWO)))
    }

    #[circuit_breaker(identifier = "flow: items later")]
    async fn items_later(number: u8) -> Answer<u8> {
        async fn inner(number: u8) -> Answer<u8> {
            give_way().await;
            items(number)
        }
        #[circuit_breaker(identifier = "flow: inner")]
        async fn protected(number: u8) -> Answer<u8> {
            inner(number).await
        }
        protected(number).await
    }

    #[tokio::test]
    async fn items_in_a_body_are_left_alone() {
        assert_eq!(items_later(1).await, Ok(5));
        assert_eq!(items_later(0).await, Err(TestError::Failed("zero")));
        for identifier in ["flow: items", "flow: items later", "flow: inner"] {
            assert_eq!(recorded(identifier), "1 succeeded, 1 failed");
        }
    }

    mod shadows {
        #[derive(Debug)]
        pub(super) struct Answer;
        #[derive(Debug)]
        pub(super) struct Result;
        #[derive(Debug)]
        pub(super) struct Option;
    }

    #[circuit_breaker(identifier = "flow: glob")]
    fn glob() -> Answer<String> {
        use shadows::*;
        Ok(format!("{Answer:?}{Result:?}{Option:?}"))
    }

    #[circuit_breaker(identifier = "flow: glob later")]
    async fn glob_later() -> Answer<String> {
        use shadows::*;
        give_way().await;
        Ok(format!("{Answer:?}{Result:?}{Option:?}"))
    }

    #[tokio::test]
    async fn a_name_in_the_body_is_not_the_return_type_s() {
        assert_eq!(glob(), Ok("AnswerResultOption".to_owned()));
        assert_eq!(glob_later().await, glob());
        assert_eq!(recorded("flow: glob"), "2 succeeded");
        assert_eq!(recorded("flow: glob later"), "1 succeeded");
    }
}

mod attributes {
    use super::*;

    #[circuit_breaker(identifier = "flow: inner attributes")]
    fn inner_attributes() -> Answer<u8> {
        #![expect(unused_variables, reason = "the shape under test")]
        #![allow(clippy::unwrap_used, reason = "the shape under test")]
        //! Text inside.
        let unused = 1;
        Ok(2)
    }

    #[circuit_breaker(identifier = "flow: inner attributes later")]
    async fn inner_attributes_later() -> Answer<u8> {
        //! Text inside.
        #![expect(unused_variables, reason = "the shape under test")]
        give_way().await;
        let unused = 1;
        inner_attributes()
    }

    #[tokio::test]
    async fn inner_attributes_are_left_alone() {
        assert_eq!(inner_attributes_later().await, Ok(2));
        assert_eq!(recorded("flow: inner attributes"), "1 succeeded");
        assert_eq!(recorded("flow: inner attributes later"), "1 succeeded");
    }

    #[circuit_breaker(identifier = "flow: attributes on statements")]
    #[expect(clippy::option_if_let_else, reason = "the shape under test")]
    fn statements(number: u8) -> Answer<u8> {
        #[cfg(any())]
        return missing();
        #[cfg(test)]
        let number = number + 1;
        #[rustfmt::skip]
        let array = [
            1,
            #[cfg(any())] 2,
        ];
        match array.first() {
            #[cfg(any())]
            Missing => missing(),
            Some(one) => Ok(number + one),
            None => Err(TestError::Failed("empty")),
        }
    }

    #[test]
    fn attributes_on_statements_are_left_alone() {
        assert_eq!(statements(1), Ok(3));
        assert_eq!(recorded("flow: attributes on statements"), "1 succeeded");
    }
}

mod questions {
    use super::*;

    #[circuit_breaker(identifier = "flow: any error")]
    fn any_error(text: &str) -> Result<u8, Box<dyn Error>> {
        let number: u8 = text.parse()?;
        if number == 0 {
            Err("zero")?;
        }
        String::from_utf8(vec![number])?;
        Ok(number)
    }

    #[circuit_breaker(identifier = "flow: any error later")]
    async fn any_error_later(text: &str) -> Result<u8, Box<dyn Error + Send + Sync>> {
        give_way().await;
        let number: u8 = text.parse()?;
        if number == 0 {
            Err("zero")?;
        }
        String::from_utf8(vec![number])?;
        Ok(number)
    }

    #[tokio::test]
    async fn a_question_mark_converts_to_the_declared_error() {
        for text in ["7", "x", "0", "200"] {
            assert_eq!(any_error(text).is_ok(), any_error_later(text).await.is_ok());
        }
        assert_eq!(recorded("flow: any error"), "1 succeeded, 3 failed");
        assert_eq!(recorded("flow: any error later"), "1 succeeded, 3 failed");
    }
}
