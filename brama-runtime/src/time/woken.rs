//! Wakers of tests.

use std::{
    sync::{Arc, mpsc},
    task::{Wake, Waker},
};

use crate::sys::sync::Mutex;

/// Sends its number when it is woken. Number 0 also panics.
struct Numbered(u32, Mutex<mpsc::Sender<u32>>);

impl Wake for Numbered {
    fn wake(self: Arc<Self>) {
        self.1.lock().send(self.0).unwrap();
        assert_ne!(self.0, 0, "as planned");
    }
}

pub(crate) fn wakers<const N: usize>() -> ([Waker; N], mpsc::Receiver<u32>) {
    let (sender, receiver) = mpsc::channel();
    let waker = |number: usize| {
        let number = u32::try_from(number).unwrap();
        Waker::from(Arc::new(Numbered(number, Mutex::new(sender.clone()))))
    };
    (std::array::from_fn(waker), receiver)
}
