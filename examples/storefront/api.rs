//! The API: one of the two that the service has and a decorated function calls.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Api {
    Price,
    Stock,
}

impl Api {
    pub(crate) const ALL: [Self; 2] = [Self::Price, Self::Stock];

    /// Its name in the URL; the identifier of its breaker, too.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::Stock => "stock",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|api| api.name() == name)
    }
}

/// One thing for each API.
#[derive(Debug, Default)]
pub(crate) struct Each<T> {
    price: T,
    stock: T,
}

impl<T> Each<T> {
    pub(crate) const fn of(&self, api: Api) -> &T {
        match api {
            Api::Price => &self.price,
            Api::Stock => &self.stock,
        }
    }

    pub(crate) const fn of_mut(&mut self, api: Api) -> &mut T {
        match api {
            Api::Price => &mut self.price,
            Api::Stock => &mut self.stock,
        }
    }
}
