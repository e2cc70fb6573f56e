//! A queue of bytes in little memory.

use std::iter;

/// A queue of bytes in a ring: 24 bytes where a `VecDeque` takes 32, and it grows by half.
#[derive(Clone, Default)]
pub(super) struct ByteRing {
    bytes: Box<[u8]>,
    first: u32,
    length: u32,
}

impl ByteRing {
    pub(super) const fn is_empty(&self) -> bool {
        self.length == 0
    }

    pub(super) fn push(&mut self, byte: u8) {
        if self.bytes.len() <= to_usize(self.length) {
            self.grow();
        }
        let place = self.place(self.length);
        if let Some(free) = self.bytes.get_mut(place) {
            *free = byte;
            self.length += 1;
        }
    }

    /// Removes `count` bytes at the front, which must be there.
    pub(super) fn remove(&mut self, count: u32) {
        self.first = u32::try_from(self.place(count)).unwrap_or_default();
        self.length = self.length.saturating_sub(count);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u8> {
        (0..self.length).map_while(|number| self.bytes.get(self.place(number)).copied())
    }

    /// The place of the byte of this number, at most one round after the first.
    const fn place(&self, number: u32) -> usize {
        let place = to_usize(self.first) + to_usize(number);
        if self.bytes.len() <= place { place - self.bytes.len() } else { place }
    }

    #[cold]
    fn grow(&mut self) {
        let spare = MIN_GROWTH.max(self.bytes.len() / 2);
        let bytes = self.iter().chain(iter::repeat_n(0, spare));
        let mut grown = Vec::with_capacity(self.bytes.len() + spare);
        grown.extend(bytes);
        self.bytes = grown.into_boxed_slice();
        self.first = 0;
    }
}

const MIN_GROWTH: usize = 4;

/// A number of bytes in memory.
const fn to_usize(number: u32) -> usize {
    number as usize
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    #[test]
    fn it_holds_what_a_queue_holds() {
        let (mut ring, mut queue, mut random) = (ByteRing::default(), VecDeque::new(), 7_u32);
        for round in 0..10_000 {
            random = random.wrapping_mul(0x41c6_4e6d).wrapping_add(12_345);
            let [_, _, byte, choice] = random.to_le_bytes();
            // Grows to some 20 bytes, and empties again.
            if choice < if round / 50 % 2 == 0 { 150 } else { 50 } {
                ring.push(byte);
                queue.push_back(byte);
            } else {
                let count = u32::from(byte % 3).min(queue.len().try_into().unwrap());
                ring.remove(count);
                queue.drain(..usize::try_from(count).unwrap());
            }
            assert!(ring.iter().eq(queue.iter().copied()), "{round}: {queue:?}");
            assert_eq!(ring.is_empty(), queue.is_empty());
        }
    }

    #[test]
    fn ten_bytes_take_twelve() {
        let mut ring = ByteRing::default();
        (0..10).for_each(|byte| ring.push(byte));
        assert_eq!(ring.bytes.len(), 12);
    }
}
