//! What was counted of each breaker, and which breakers have points of their own.
//!
//! With delta temporality, the SDK exports the difference to the last point with the same
//! attributes, and forgets that point if a collection does not see it. So no counter may fall while
//! a reader remembers it, or begin with what was counted before:
//!
//! - Only what was added since the last collection is counted. A breaker that begins at zero, such
//!   as a key that was evicted and returns, goes on from where its counters were.
//! - A breaker that is gone keeps its counters for [`KEPT`], and then its points end. If it returns
//!   before every reader has seen that, it is part of the sum.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Duration,
};

use brama::{Identity, State, circuit::Tick, metrics::Series};

/// Counters of transitions, by the states before and after.
pub(crate) type Pairs = BTreeMap<(State, State), u64>;

#[derive(Debug)]
pub(crate) struct Ledger {
    entries: HashMap<Identity<'static>, LedgerEntry>,
    sum: LedgerCounters,
    has_sum: bool,
    room: Room,
}

/// How many more breakers, and points for transitions, may have points of their own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    pub(crate) breakers: usize,
    pub(crate) pairs: usize,
}

/// What is remembered of a breaker.
#[derive(Debug)]
struct LedgerEntry {
    last: Series,
    place: Placement,
    /// Since when it is gone.
    gone: Option<Tick>,
}

/// Where a breaker is counted.
#[derive(Debug)]
enum Placement {
    Own(Box<LedgerCounters>),
    Sum,
    /// It had points of its own, and was gone for so long that they ended.
    Ended,
}

/// Counters, which never fall.
#[derive(Debug, Clone)]
struct LedgerCounters {
    /// All but the transitions.
    counts: Series,
    pairs: Pairs,
}

/// What a collection observes of a breaker, or of all in the sum.
#[derive(Debug)]
pub(crate) struct Points {
    pub(crate) is_sum: bool,
    /// The counters, transitions apart.
    pub(crate) counts: Series,
    pub(crate) transitions: Pairs,
    /// What is no counter; `None` of a breaker that is gone.
    pub(crate) present: Option<Series>,
}

/// For how long a breaker that is gone keeps its counters, and for how long after that it gets no
/// points of its own if it returns. Each reader must collect once within this time.
const KEPT: Duration = Duration::from_secs(600);

/// How many breakers with a key are remembered while they are gone, beside those with points. Few
/// return with their counts: those of which a handle exists.
const MOST_GONE: usize = 10_000;

impl Ledger {
    pub(crate) fn new(room: Room) -> Self {
        let sum = LedgerCounters::of(&Identity::new(Series::OTHER));
        Self { entries: HashMap::new(), sum, has_sum: false, room }
    }

    /// Counts what one pass over the breakers has read. Returns the points of each, and last those
    /// of the sum, if there ever was one.
    pub(crate) fn count(&mut self, all: Vec<Series>, now: Tick) -> Vec<Points> {
        self.note_missing(&all, now);
        let mut summed = Series::sum_of(&Identity::new(Series::OTHER));
        let mut points: Vec<_> =
            self.entries.values().filter_map(LedgerEntry::points_if_gone).collect();
        for series in all {
            match self.count_one(&series, now) {
                Some(counted) => points.push(counted.points(false, Some(series))),
                None => summed.add_breaker(&series),
            }
        }
        points.extend(self.has_sum.then(|| self.sum.clone().points(true, Some(summed))));
        points
    }

    /// Counts a breaker. Returns its counters; `None` if it is part of the sum.
    fn count_one(&mut self, series: &Series, now: Tick) -> Option<LedgerCounters> {
        let Self { entries, sum, has_sum, room } = self;
        let identity = &series.identity;
        let entry =
            entries.entry(identity.clone()).or_insert_with(|| LedgerEntry::new(identity, room));
        entry.return_at(now, room);
        let added = series.counts_since(&entry.last);
        entry.last = series.clone();
        let Placement::Own(own) = &mut entry.place else {
            *has_sum = true;
            sum.add(&added);
            return None;
        };
        own.counts.add_counts(&added);
        for (from, to, count) in added.transitions.iter() {
            let has_room = own.pairs.contains_key(&(from, to)) || take(&mut room.pairs);
            *has_sum |= !has_room;
            let pairs = if has_room { &mut own.pairs } else { &mut sum.pairs };
            *pairs.entry((from, to)).or_default() += count;
        }
        Some(LedgerCounters::clone(own))
    }

    /// Ends the points of breakers that have been gone for long, and forgets them if they begin at
    /// zero should they return.
    fn note_missing(&mut self, all: &[Series], now: Tick) {
        let present: HashSet<_> = all.iter().map(|series| &series.identity).collect();
        let Self { entries, room, .. } = self;
        let missing = entries.iter_mut().filter(|(identity, _)| !present.contains(identity));
        missing.for_each(|(_, entry)| entry.note_missing(now, room));
        entries.retain(|identity, entry| identity.key().is_none() || !entry.is_forgettable(now));
        let mut gone: Vec<_> = entries.iter().filter_map(LedgerEntry::gone_from_sum).collect();
        gone.sort_unstable();
        let too_many = gone.len().saturating_sub(MOST_GONE);
        let forgotten: Vec<_> = gone.into_iter().take(too_many).map(|(_, it)| it.clone()).collect();
        for identity in forgotten {
            entries.remove(&identity);
        }
    }
}

/// Takes a place, if there is one.
const fn take(room: &mut usize) -> bool {
    let has_room = 0 < *room;
    *room = room.saturating_sub(1);
    has_room
}

impl LedgerEntry {
    fn new(identity: &Identity<'static>, room: &mut Room) -> Self {
        let place = Placement::of(identity, room);
        Self { last: Series::sum_of(identity), place, gone: None }
    }

    fn return_at(&mut self, now: Tick, room: &mut Room) {
        let Some(gone) = self.gone.take() else { return };
        if matches!(self.place, Placement::Ended) {
            let is_noticed = KEPT.saturating_mul(2) <= now.since(gone);
            let identity = &self.last.identity;
            self.place = if is_noticed { Placement::of(identity, room) } else { Placement::Sum };
        }
    }

    fn note_missing(&mut self, now: Tick, room: &mut Room) {
        let gone = *self.gone.get_or_insert(now);
        if let Placement::Own(own) = &self.place
            && KEPT <= now.since(gone)
        {
            room.breakers += 1;
            room.pairs += own.pairs.len();
            self.place = Placement::Ended;
        }
    }

    /// Whether every reader has seen that the points ended.
    fn is_forgettable(&self, now: Tick) -> bool {
        let gone = self.gone.map(|gone| now.since(gone));
        matches!(self.place, Placement::Ended)
            && gone.is_some_and(|gone| KEPT.saturating_mul(2) <= gone)
    }

    fn points_if_gone(&self) -> Option<Points> {
        let Placement::Own(own) = &self.place else { return None };
        self.gone.map(|_| LedgerCounters::clone(own).points(false, None))
    }

    /// When a breaker with a key went that is part of the sum.
    fn gone_from_sum<'a>(
        (identity, entry): (&'a Identity<'static>, &Self),
    ) -> Option<(Tick, &'a Identity<'static>)> {
        let is_of_key = matches!(entry.place, Placement::Sum) && identity.key().is_some();
        entry.gone.filter(|_| is_of_key).map(|gone| (gone, identity))
    }
}

impl Placement {
    fn of(identity: &Identity<'static>, room: &mut Room) -> Self {
        // The attributes of a breaker with this name are those of the sum.
        if *identity != Identity::new(Series::OTHER) && take(&mut room.breakers) {
            Self::Own(Box::new(LedgerCounters::of(identity)))
        } else {
            Self::Sum
        }
    }
}

impl LedgerCounters {
    fn of(identity: &Identity<'static>) -> Self {
        let mut counts = Series::sum_of(identity);
        counts.identity = identity.clone();
        Self { counts, pairs: Pairs::new() }
    }

    fn add(&mut self, added: &Series) {
        self.counts.add_counts(added);
        for (from, to, count) in added.transitions.iter() {
            *self.pairs.entry((from, to)).or_default() += count;
        }
    }

    fn points(self, is_sum: bool, present: Option<Series>) -> Points {
        Points { is_sum, counts: self.counts, transitions: self.pairs, present }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use brama::{Breaker, Config, Registry};

    use super::*;

    /// A registry and its ledger, with a time of its own.
    struct Books {
        registry: Registry,
        ledger: Ledger,
        now: AtomicU64,
    }

    impl Books {
        fn with_room(room: Room) -> Self {
            let (registry, now) = (Registry::new(), AtomicU64::new(1));
            Self { registry, ledger: Ledger::new(room), now }
        }

        fn call(&self, name: &'static str) -> Breaker {
            let breaker = self.registry.breaker(name);
            breaker.success();
            breaker
        }

        fn pass(&self, duration: Duration) {
            let nanos = u64::try_from(duration.as_nanos()).unwrap();
            self.now.fetch_add(nanos, Ordering::Relaxed);
        }

        fn points(&mut self) -> Vec<Points> {
            let mut all = Vec::new();
            self.registry.for_each_series(|series| all.push(series.clone()));
            self.ledger.count(all, Tick::from_nanos(self.now.load(Ordering::Relaxed)))
        }

        /// The successes of a breaker, and those of the sum.
        fn successes(&mut self, name: &str) -> [Option<u64>; 2] {
            let points = self.points();
            let own = |it: &&Points| !it.is_sum && it.counts.identity.identifier() == name;
            let [own, sum] = [points.iter().find(own), points.iter().find(|it| it.is_sum)];
            [own, sum].map(|points| points.map(|it| it.counts.totals.successes))
        }
    }

    const ROOM: Room = Room { breakers: 1, pairs: 2 };

    #[test]
    fn a_breaker_that_is_gone_for_long_gives_its_room_to_another() {
        let mut books = Books::with_room(ROOM);
        books.call("a");
        assert_eq!(books.successes("a"), [Some(1), None]);
        books.registry.unregister("a");
        assert_eq!(books.successes("a"), [Some(1), None]);
        books.pass(KEPT);
        assert_eq!(books.successes("a"), [None, None]);
        books.call("b");
        assert_eq!(books.successes("b"), [Some(1), None]);
    }

    #[test]
    fn a_breaker_that_returns_before_readers_saw_its_end_is_part_of_the_sum() {
        let mut books = Books::with_room(ROOM);
        let breaker = books.call("a");
        books.points();
        books.registry.unregister("a");
        books.points();
        books.pass(KEPT);
        books.points();
        breaker.success();
        assert_eq!(books.successes("a"), [None, Some(1)]);
    }

    #[test]
    fn a_breaker_that_returns_later_begins_at_zero() {
        let mut books = Books::with_room(ROOM);
        let breaker = books.call("a");
        books.points();
        books.registry.unregister("a");
        for _ in 0..2 {
            books.points();
            books.pass(KEPT);
        }
        books.points();
        breaker.success();
        assert_eq!(books.successes("a"), [Some(1), None], "the first success was counted before");
    }

    #[test]
    fn transitions_stay_where_they_were_counted_first() {
        let mut books = Books::with_room(Room { breakers: 9, pairs: 1 });
        let counted = |books: &mut Books| {
            let points = books.points().into_iter();
            let counted = points.filter(|it| !it.transitions.is_empty());
            counted.map(|it| (it.is_sum, it.transitions.values().sum())).collect::<Vec<_>>()
        };
        let [first, second] = [books.call("a"), books.call("b")];
        first.open("a test");
        assert_eq!(counted(&mut books), [(false, 1)]);
        second.open("a test");
        assert_eq!(counted(&mut books), [(false, 1), (true, 1)]);
        books.registry.unregister("a");
        for _ in 0..2 {
            second.close("a test");
            second.open("a test");
        }
        assert_eq!(counted(&mut books), [(false, 1), (true, 5)]);
    }

    #[test]
    fn keys_that_come_and_go_are_not_remembered_without_end() {
        let mut books = Books::with_room(Room { breakers: 0, pairs: 0 });
        let many = 3 * MOST_GONE;
        let config = Config::new().max_keys(many.try_into().unwrap()).max_series(many);
        books.registry.init(config.cleanup_interval(None)).unwrap();
        let identity = |key| Identity::new("a").with_key(key);
        for key in 0..2 * MOST_GONE {
            books.registry.breaker(identity(key)).success();
            if key % 1_000 == 999 {
                books.points();
                for key in key - 999..=key {
                    assert!(books.registry.unregister(identity(key)));
                }
            }
        }
        let points = books.points();
        assert!(books.ledger.entries.len() <= MOST_GONE);
        assert_eq!(points.last().unwrap().counts.totals.successes, 20_000);
    }
}
