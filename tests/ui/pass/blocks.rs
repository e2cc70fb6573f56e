//! Blocks and modules of every kind, without warnings.

#![deny(warnings)]
#![warn(unused, unused_qualifications, unreachable_pub)]

use brama::{CircuitOpen, Outcome, PolicyPatch, Registry, circuit_breaker};

type Answer = Result<u8, CircuitOpen>;

const SLOW: PolicyPatch = PolicyPatch::new().success_threshold(2).jitter(0.1);

struct Bank<const N: usize> {
    registry: Registry,
    name: String,
}

#[circuit_breaker(registry = &self.registry, identifier = &self.name, policy = SLOW)]
impl<const N: usize> Bank<N> {
    #[circuit_breaker]
    fn charge(&self) -> Answer {
        Ok(1)
    }

    #[circuit_breaker(success_threshold = 3, fallback = other.await)]
    async fn charge_later(&mut self, other: impl Future<Output = Answer>) -> Answer {
        Ok(2)
    }

    const fn plain(&self) -> usize {
        N
    }
}

trait Account {
    fn close(&self) -> Answer;
}

#[circuit_breaker(scope = "blocks", max_attempts = 3)]
impl<const N: usize> Account for Bank<N> {
    #[circuit_breaker(identifier = "close", error_handler = |closed| Outcome::from(closed.is_ok()))]
    #[inline]
    fn close(&self) -> Answer {
        Ok(3)
    }
}

#[circuit_breaker(scope = "blocks", max_attempts = 3)]
trait Loan {
    const NAME: &'static str = "loan";

    fn repay(&self) -> Answer;

    #[circuit_breaker(identifier = Self::NAME)]
    fn repay_twice(&self) -> Answer {
        self.repay().and_then(|_| self.repay())
    }

    #[circuit_breaker(identifier = "later")]
    async fn repay_later(&self) -> Answer
    where
        Self: Sync,
    {
        self.repay()
    }

    fn name(&self) -> &str {
        Self::NAME
    }
}

impl<const N: usize> Loan for Bank<N> {
    fn repay(&self) -> Answer {
        Ok(9)
    }
}

mod renamed {
    use brama::{circuit_breaker as cb, status};

    use super::Answer;

    pub(crate) struct Shop;

    #[cb(scope = "blocks")]
    impl Shop {
        #[cb(identifier = "renamed")]
        pub(crate) fn sell(&self) -> Answer {
            Ok(10)
        }
    }

    pub(crate) fn sold() -> u64 {
        status(brama::Identity::new("renamed").in_scope("blocks")).unwrap().totals.successes
    }
}

#[circuit_breaker(scope = "blocks", crate = brama)]
mod shop {
    //! A module keeps its text.

    use super::{Answer, circuit_breaker};

    macro_rules! priced {
        ($($name:ident $text:literal;)*) => {
            $(
                #[circuit_breaker(identifier = $text)]
                pub(crate) fn $name() -> Answer {
                    Ok(4)
                }
            )*
        };
    }

    priced! { book "book"; record "record"; }

    #[cfg_attr(all(), circuit_breaker(identifier = "conditional"))]
    pub(crate) fn conditional() -> Answer {
        Ok(5)
    }

    #[circuit_breaker(identifier = "outer")]
    #[circuit_breaker(identifier = "inner")]
    pub(crate) fn stacked() -> Answer {
        Ok(6)
    }

    pub(crate) mod stock {
        use super::{super::circuit_breaker, Answer};

        pub(crate) struct Shelf;

        #[circuit_breaker(identifier = "shelf")]
        impl Shelf {
            #[circuit_breaker]
            pub(crate) fn count(&self) -> Answer {
                Ok(7)
            }
        }
    }
}

macro_rules! made {
    ($visibility:vis $name:ident $options:tt) => {
        #[circuit_breaker $options]
        $visibility mod $name {
            use super::{Answer, circuit_breaker};

            #[circuit_breaker]
            pub(super) fn call() -> Answer {
                Ok(8)
            }
        }
    };
}

made!(pub(crate) by_macro (identifier = "made"));

fn main() {
    let mut bank = Bank::<5> { registry: Registry::new(), name: "bank".to_owned() };
    assert!(bank.charge().is_ok() && bank.close().is_ok() && bank.plain() == 5);
    assert!(shop::book().is_ok() && shop::record().is_ok() && shop::conditional().is_ok());
    assert!(shop::stacked().is_ok() && shop::stock::Shelf.count().is_ok());
    assert!(by_macro::call().is_ok());
    assert!(bank.repay_twice().is_ok() && bank.name() == "loan");
    assert!(renamed::Shop.sell().is_ok() && renamed::sold() == 1);
    drop(bank.repay_later());
    drop(bank.charge_later(async { Ok(9) }));
}
