//! Shapes of functions that the attribute leaves as they were: kinds, receivers, arguments,
//! generics.

#![expect(
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::trivially_copy_pass_by_ref,
    clippy::toplevel_ref_arg,
    reason = "shapes that a user may write"
)]

use std::{
    fmt::{Debug, Display},
    pin::Pin,
    sync::Arc,
};

use brama::{CircuitOpen, circuit_breaker};

use crate::answer::{Answer, Refused, counted};

mod kinds {
    use super::*;

    #[circuit_breaker(identifier = "shapes: plain")]
    fn plain(text: &str) -> Answer<u8> {
        Ok(text.parse()?)
    }

    #[test]
    fn a_plain_function_answers_and_is_judged() {
        assert_eq!(plain("7"), Ok(7));
        assert_eq!(plain("x"), Err(Refused::Odd("no number")));
        assert_eq!(counted("shapes: plain"), [1, 1]);
    }

    #[test]
    fn while_open_the_body_does_not_run() {
        #[circuit_breaker(identifier = "shapes: open")]
        fn body_runs() -> Answer<()> {
            panic!("it runs")
        }
        brama::breaker("shapes: open").force_open("test");
        assert_eq!(body_runs(), Err(Refused::Open));
    }

    trait Store {
        const NAME: &str;
        type Row: Debug + PartialEq;
        fn row(&self) -> Self::Row;

        #[circuit_breaker(identifier = Self::NAME)]
        fn load(&self) -> Answer<Self::Row>
        where
            Self: Sized,
        {
            Ok(self.row())
        }

        fn save(&mut self, row: Self::Row) -> Answer<usize>;
    }

    trait Check {
        #[circuit_breaker(identifier = "shapes: dyn default")]
        fn check(&mut self, by: u8) -> Answer<u8> {
            Ok(by)
        }
    }

    impl<T> Check for Memory<T> {}

    struct Memory<T>(Vec<T>);

    impl<T> Store for Memory<T>
    where
        T: Clone + Debug + PartialEq,
    {
        const NAME: &str = "shapes: associated constant";
        type Row = T;

        fn row(&self) -> T {
            self.0[0].clone()
        }

        #[circuit_breaker(identifier = "shapes: trait impl")]
        fn save(&mut self, row: Self::Row) -> Answer<usize> {
            self.0.push(row);
            Ok(self.0.len())
        }
    }

    #[test]
    fn trait_methods_with_a_body_are_protected_and_stay_dyn_safe() {
        let mut memory = Memory(vec!['a']);
        assert_eq!(memory.load(), Ok('a'));
        assert_eq!(memory.save('b'), Ok(2));
        let erased: &mut dyn Check = &mut memory;
        assert_eq!(erased.check(3), Ok(3));
        assert_eq!(counted("shapes: associated constant"), [1, 0]);
    }

    #[circuit_breaker(identifier = "shapes: extern")]
    #[expect(improper_ctypes_definitions, reason = "the shape under test")]
    extern "C" fn foreign(number: u8) -> Answer<u8> {
        Ok(number)
    }

    #[test]
    fn foreign_functions_stay_so() {
        assert_eq!(foreign(5), Ok(5));
    }

    #[circuit_breaker(identifier = "shapes: recursion")]
    fn depth(left: u8) -> Answer<u8> {
        if left == 0 { Ok(0) } else { Ok(depth(left - 1)? + 1) }
    }

    #[test]
    fn every_level_of_a_recursion_counts() {
        assert_eq!(depth(4), Ok(4));
        assert_eq!(counted("shapes: recursion"), [5, 0]);
    }

    #[circuit_breaker(identifier = "shapes: outer")]
    #[circuit_breaker(identifier = "shapes: inner")]
    #[must_use = "counts"]
    #[inline]
    fn stacked(good: bool) -> Answer<()> {
        good.then_some(()).ok_or(Refused::Odd("bad"))
    }

    #[test]
    fn stacked_attributes_count_each_their_own() {
        assert_eq!(stacked(true), Ok(()));
        brama::breaker("shapes: inner").force_open("test");
        assert_eq!(stacked(true), Err(Refused::Open));
        assert_eq!(counted("shapes: inner"), [1, 0]);
        assert_eq!(counted("shapes: outer"), [1, 1]);
    }
}

mod arguments {
    use super::*;

    struct Client {
        name: String,
        buffer: Vec<u8>,
    }

    impl Client {
        #[circuit_breaker(identifier = &self.name)]
        fn first(&mut self) -> Answer<&mut u8> {
            self.buffer.first_mut().ok_or(Refused::Odd("empty"))
        }

        #[circuit_breaker(identifier = self.name)]
        fn into_buffer(mut self) -> Answer<Vec<u8>> {
            self.buffer.push(9);
            Ok(self.buffer)
        }

        #[circuit_breaker(identifier = "shapes: arc self")]
        fn shared(self: Arc<Self>, _unused: u8, _: u8) -> Answer<usize> {
            Ok(self.buffer.len())
        }

        #[circuit_breaker(identifier = "shapes: pinned self")]
        fn pinned(mut self: Pin<&mut Self>) -> Answer<()> {
            self.buffer.clear();
            Ok(())
        }

        #[circuit_breaker(identifier = "shapes: typed self")]
        #[expect(clippy::needless_arbitrary_self_type, reason = "the shape under test")]
        fn typed(self: &Self) -> Answer<&str> {
            Ok(&self.name)
        }
    }

    fn client(name: &str) -> Client {
        Client { name: name.to_owned(), buffer: vec![1, 2] }
    }

    #[test]
    fn every_receiver_is_left_alone() {
        let mut by_name = client("shapes: by field");
        *by_name.first().unwrap() = 5;
        assert_eq!(by_name.typed(), Ok("shapes: by field"));
        Pin::new(&mut by_name).pinned().unwrap();
        assert_eq!(by_name.into_buffer(), Ok(vec![9]));
        assert_eq!(counted("shapes: by field"), [2, 0]);
        assert_eq!(Arc::new(client("")).shared(0, 0), Ok(2));
    }

    #[circuit_breaker(identifier = "shapes: split")]
    fn split(bytes: &mut [u8], at: usize) -> Answer<(&mut [u8], &mut [u8])> {
        bytes.split_at_mut_checked(at).ok_or(Refused::Odd("short"))
    }

    struct Lent<'a> {
        left: &'a mut u8,
        right: &'a mut u8,
    }

    #[circuit_breaker(identifier = "shapes: lent")]
    fn right(lent: Lent<'_>) -> Answer<&mut u8> {
        *lent.left += 1;
        Ok(lent.right)
    }

    #[test]
    fn borrowed_arguments_can_be_returned() {
        let mut bytes = [1, 2, 3];
        assert_eq!(split(&mut bytes, 1).unwrap().1, [2, 3]);
        let [left, right_byte, _] = &mut bytes;
        assert_eq!(right(Lent { left, right: right_byte }), Ok(&mut 2));
        assert_eq!(bytes, [2, 2, 3]);
    }

    #[circuit_breaker(identifier = "shapes: patterns")]
    fn patterns(
        (one, mut two): (u8, u8),
        [three, ..]: [u8; 2],
        &four: &u8,
        ref five: u8,
        #[cfg(any())] never: Missing,
        r#type: u8,
    ) -> Answer<u8> {
        two += 1;
        Ok(one + two + three + four + five + r#type)
    }

    #[circuit_breaker(identifier = "shapes: our names")]
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

    #[test]
    fn patterns_and_names_are_left_alone() {
        assert_eq!(patterns((1, 2), [3, 0], &4, 5, 6), Ok(22));
        assert_eq!(names(1, 1, 1, 1, 1, 1, 1, 1), Ok(9));
    }

    #[circuit_breaker(identifier = "shapes: callables")]
    fn callables(
        display: impl Display,
        by_ref: &mut dyn FnMut(u8) -> u8,
        once: Box<dyn FnOnce() -> u8>,
        maker: impl FnOnce() -> u8,
    ) -> Answer<String> {
        Ok(format!("{display}{}{}{}", by_ref(1), once(), maker()))
    }

    #[test]
    fn callable_arguments_can_be_used_up() {
        let mut seen = 0;
        let mut by_ref = |byte| {
            seen += byte;
            seen
        };
        assert_eq!(callables('a', &mut by_ref, Box::new(|| 2), || 3), Ok("a123".to_owned()));
    }
}

mod generics {
    use super::*;

    #[circuit_breaker(identifier = "shapes: generic")]
    fn generic<'a, T, const N: usize>(array: &'a [T; N], pick: impl Fn(&T) -> bool) -> Answer<&'a T>
    where
        T: Debug,
        for<'b> &'b T: PartialEq<&'b T>,
    {
        array.iter().find(|item| pick(item)).ok_or(Refused::Odd("none"))
    }

    struct Named<T>(T);

    trait Name {
        const NAME: &str;
        const LIMIT: u32 = 2;
    }

    impl Name for u8 {
        const NAME: &str = "shapes: u8";
    }

    impl<T: Name + Clone> Named<T> {
        const PREFIX: &str = "shapes: Self";

        #[circuit_breaker(identifier = T::NAME, max_attempts = T::LIMIT)]
        fn get(&self) -> Answer<T> {
            Ok(self.0.clone())
        }

        #[circuit_breaker(identifier = Self::PREFIX)]
        fn new(value: T) -> Answer<Self> {
            Ok(Self(value))
        }
    }

    #[test]
    fn identifiers_and_policies_may_depend_on_type_parameters() {
        assert_eq!(Named::new(3_u8).unwrap().get(), Ok(3));
        assert_eq!(counted("shapes: Self"), [1, 0]);
        let policy = brama::breaker("shapes: u8").status().policy;
        assert_eq!(policy.failure_threshold(), Some(2));
    }

    #[circuit_breaker(identifier = "shapes: pointer")]
    fn double(number: u8) -> Answer<u8> {
        Ok(number * 2)
    }

    static POINTER: fn(u8) -> Answer<u8> = double;

    #[test]
    fn turbofish_and_function_pointers_still_work() {
        assert_eq!(generic::<char, 2>(&['a', 'b'], |letter| *letter == 'b'), Ok(&'b'));
        assert_eq!(POINTER(2), Ok(4));
    }

    #[circuit_breaker(identifier = "shapes: generic error")]
    fn generic_error<E: From<CircuitOpen>>(error: E) -> Result<(), E> {
        Err(error)
    }

    #[test]
    fn an_error_may_be_generic() {
        assert_eq!(generic_error(Refused::Open), Err(Refused::Open));
        assert_eq!(counted("shapes: generic error"), [0, 1]);
    }
}
