//! How identities and keys are hashed.

use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::{FoldHasher, RandomState};

/// The hash of foldhash, with a seed of its own for each set. It is always inlined, because whether
/// it was varied with unrelated code, and made a sixteenth of a look-up.
#[derive(Clone, Default)]
pub(crate) struct IdentityHash(RandomState);

impl BuildHasher for IdentityHash {
    type Hasher = FoldHasher<'static>;

    #[inline]
    fn build_hasher(&self) -> Self::Hasher {
        self.0.build_hasher()
    }

    #[expect(clippy::inline_always, clippy::manual_hash_one, reason = "this is how it is inlined")]
    #[inline(always)]
    fn hash_one<T: Hash>(&self, value: T) -> u64 {
        let mut hasher = self.build_hasher();
        value.hash(&mut hasher);
        hasher.finish()
    }
}
