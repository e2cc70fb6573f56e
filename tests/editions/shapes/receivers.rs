//! Receivers: every way to take `self`.

use std::{pin::Pin, rc::Rc, sync::Arc};

use brama::circuit_breaker;

use crate::answer::{Answer, TestError, give_way, recorded};

struct Client {
    name: String,
    buffer: Vec<u8>,
}

fn client(name: &str) -> Client {
    Client { name: name.to_owned(), buffer: vec![1, 2] }
}

impl Client {
    #[circuit_breaker(identifier = &self.name)]
    fn by_reference(&self) -> Answer<&u8> {
        self.buffer.first().ok_or(TestError::Failed("empty"))
    }

    #[circuit_breaker(identifier = &self.name)]
    fn by_exclusive_reference(&mut self) -> Answer<&mut u8> {
        self.buffer.first_mut().ok_or(TestError::Failed("empty"))
    }

    #[circuit_breaker(identifier = &self.name)]
    fn by_value(self) -> Answer<Vec<u8>> {
        Ok(self.buffer)
    }

    #[circuit_breaker(identifier = self.name)]
    fn by_mutable_value(mut self) -> Answer<Vec<u8>> {
        self.buffer.push(9);
        Ok(self.buffer)
    }
}

#[test]
fn plain_receivers_are_left_alone() {
    let mut client = client("receivers: plain");
    assert_eq!(client.by_reference(), Ok(&1));
    *client.by_exclusive_reference().unwrap() = 5;
    let other = Client { name: client.name.clone(), buffer: client.buffer.clone() };
    assert_eq!(client.by_value(), Ok(vec![5, 2]));
    assert_eq!(other.by_mutable_value(), Ok(vec![5, 2, 9]));
    assert_eq!(recorded("receivers: plain"), "4 succeeded");
}

impl Client {
    #[circuit_breaker(identifier = &self.name)]
    async fn by_reference_later(&self) -> Answer<&u8> {
        give_way().await;
        self.buffer.first().ok_or(TestError::Failed("empty"))
    }

    #[circuit_breaker(identifier = &self.name)]
    async fn by_exclusive_reference_later(&mut self) -> Answer<&mut u8> {
        give_way().await;
        self.buffer.first_mut().ok_or(TestError::Failed("empty"))
    }

    #[circuit_breaker(identifier = &self.name)]
    async fn by_mutable_value_later(mut self) -> Answer<Vec<u8>> {
        give_way().await;
        self.buffer.push(9);
        Ok(self.buffer)
    }

    #[circuit_breaker(identifier = &self.name)]
    async fn by_arc_later(self: Arc<Self>) -> Answer<usize> {
        give_way().await;
        Ok(self.buffer.len())
    }

    #[circuit_breaker(identifier = &self.name)]
    async fn by_pin_later(mut self: Pin<&mut Self>) -> Answer<&mut u8> {
        give_way().await;
        self.buffer.push(3);
        self.get_mut().buffer.last_mut().ok_or(TestError::Failed("empty"))
    }
}

#[tokio::test]
async fn receivers_of_async_methods_are_left_alone() {
    let mut waiting = client("receivers: async");
    assert_eq!(waiting.by_reference_later().await, Ok(&1));
    *waiting.by_exclusive_reference_later().await.unwrap() = 5;
    assert_eq!(Pin::new(&mut waiting).by_pin_later().await, Ok(&mut 3));
    assert_eq!(waiting.by_mutable_value_later().await, Ok(vec![5, 2, 3, 9]));
    assert_eq!(Arc::new(client("receivers: async")).by_arc_later().await, Ok(2));
    assert_eq!(recorded("receivers: async"), "5 succeeded");
}

impl Client {
    #[circuit_breaker(identifier = &self.name)]
    fn by_arc(self: Arc<Self>) -> Answer<usize> {
        Ok(self.buffer.len())
    }

    #[circuit_breaker(identifier = &self.name)]
    fn by_rc(self: Rc<Self>) -> Answer<Rc<Self>> {
        Ok(self)
    }

    #[circuit_breaker(identifier = &self.name)]
    fn by_box(mut self: Box<Self>) -> Answer<Box<Self>> {
        self.buffer.clear();
        Ok(self)
    }

    #[circuit_breaker(identifier = &self.name)]
    fn by_borrowed_arc(self: &Arc<Self>) -> Answer<Arc<Self>> {
        Ok(Self::clone_arc(self))
    }

    fn clone_arc(shared: &Arc<Self>) -> Arc<Self> {
        Arc::clone(shared)
    }
}

#[test]
fn smart_pointers_are_left_alone() {
    let shared = Arc::new(client("receivers: pointers"));
    assert_eq!(shared.by_borrowed_arc().unwrap().by_arc(), Ok(2));
    assert!(Box::new(client("receivers: pointers")).by_box().unwrap().buffer.is_empty());
    assert!(Rc::new(client("receivers: pointers")).by_rc().is_ok());
    assert_eq!(recorded("receivers: pointers"), "4 succeeded");
}

impl Client {
    #[circuit_breaker(identifier = &self.name)]
    fn by_pin(self: Pin<&mut Self>) -> Answer<&mut Vec<u8>> {
        Ok(&mut self.get_mut().buffer)
    }

    #[circuit_breaker(identifier = &self.name)]
    fn by_mutable_pin(mut self: Pin<&mut Self>) -> Answer<()> {
        self.buffer.clear();
        Ok(())
    }
}

#[test]
fn pins_are_left_alone() {
    let mut client = client("receivers: pins");
    Pin::new(&mut client).by_pin().unwrap().push(3);
    assert_eq!(client.buffer, [1, 2, 3]);
    assert_eq!(Pin::new(&mut client).by_mutable_pin(), Ok(()));
    assert!(client.buffer.is_empty());
    assert_eq!(recorded("receivers: pins"), "2 succeeded");
}

#[expect(clippy::needless_arbitrary_self_type, reason = "the shape under test")]
impl Client {
    #[circuit_breaker(identifier = &self.name)]
    fn typed(self: &Self) -> Answer<&str> {
        Ok(&self.name)
    }

    #[circuit_breaker(identifier = &self.name)]
    fn typed_exclusive(self: &mut Self) -> Answer<&mut String> {
        Ok(&mut self.name)
    }

    #[circuit_breaker(identifier = &self.name)]
    fn rebound<'a>(mut self: &'a Self, other: &'a Self) -> Answer<&'a str> {
        if self.buffer.is_empty() {
            self = other;
        }
        Ok(&self.name)
    }
}

#[test]
fn receivers_with_a_written_type_are_left_alone() {
    let (mut first, mut second) = (client("receivers: typed"), client("other"));
    assert_eq!(first.typed(), Ok("receivers: typed"));
    first.buffer.clear();
    assert_eq!(first.rebound(&second), Ok("other"));
    second.typed_exclusive().unwrap().push('!');
    assert_eq!(recorded("receivers: typed"), "2 succeeded");
    assert_eq!(recorded("other"), "1 succeeded");
}
