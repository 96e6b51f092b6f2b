//! Which of a number's waiting messages is next: the urgent first, everybody in the end, and each person's in order.

use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use ponte_model::consent::Category;

use crate::{Purpose, Sender};

/// How urgent a message is. The first is the most urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// One-time codes: somebody stands before a closed door.
    Authentication,
    /// What a person on the API side writes.
    Human,
    /// Templates about something that the customer did, and those of unknown category.
    Utility,
    /// Answers of flows, and read receipts.
    Service,
    /// Templates that sell.
    Marketing,
}

impl Lane {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 5] = [Self::Authentication, Self::Human, Self::Utility, Self::Service, Self::Marketing];

    /// Of turns that all lanes want, each gets this share of the sum: no lane starves, however much the others have.
    /// Ponte's own figures.
    pub const WEIGHTS: [u64; 5] = [32, 16, 8, 4, 1];

    /// The lane of a message.
    pub fn of(purpose: Purpose, sender: Sender<'_>, category: Option<Category>) -> Self {
        match (purpose, category) {
            (Purpose::Template, Some(Category::Authentication)) => Self::Authentication,
            (Purpose::Template, Some(Category::Marketing)) => Self::Marketing,
            _ if sender == Sender::Person => Self::Human,
            (Purpose::Template, Some(Category::Utility) | None) => Self::Utility,
            (Purpose::FreeForm | Purpose::Receipt, _) => Self::Service,
        }
    }

    /// Its place, from 0: what the store keeps.
    pub fn index(self) -> usize {
        self as usize
    }

    /// The lane at a place; the last where there is none.
    pub fn at(index: i64) -> Self {
        usize::try_from(index).ok().and_then(|index| Self::ALL.get(index).copied()).unwrap_or(Self::Marketing)
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::Human => "human",
            Self::Utility => "utility",
            Self::Service => "service",
            Self::Marketing => "marketing",
        }
    }
}

/// Waiting messages `T` by person `K`.
///
/// A person stands in one lane, that of the most urgent of their messages: what waits before it is carried along, so that
/// two messages to one person never change places. Lanes take turns by weight (stride scheduling: a lane's pass grows by
/// the inverse of its weight with each turn, and the smallest pass is next). A lane that was empty begins at the present
/// pass: it saves nothing up, and its first message goes next.
#[derive(Clone, Debug)]
pub struct Lanes<K, T> {
    people: HashMap<K, Person<T>>,
    lanes: [Queue<K>; 5],
    /// The pass of the last turn.
    pass: u64,
    len: usize,
    /// How many wait in each lane.
    counts: [usize; 5],
}

#[derive(Clone, Debug)]
struct Queue<K> {
    /// With the stand under which they joined: who moved to another lane, or left, stands here in vain.
    people: VecDeque<(K, u64)>,
    /// How many of them do not stand in vain.
    standing: usize,
    pass: u64,
}

#[derive(Clone, Debug)]
struct Person<T> {
    waiting: VecDeque<(Lane, T)>,
    /// The lane in which they stand; `None` while they are away.
    lane: Option<Lane>,
    /// Grows with each joining.
    stand: u64,
}

/// A common multiple of the weights.
const STRIDE: u64 = 32;

impl<K, T> Default for Lanes<K, T> {
    fn default() -> Self {
        Self {
            people: HashMap::new(),
            lanes: std::array::from_fn(|_| Queue { people: VecDeque::new(), standing: 0, pass: 0 }),
            pass: 0,
            len: 0,
            counts: [0; 5],
        }
    }
}

impl<K: Clone + Eq + Hash, T> Lanes<K, T> {
    /// How many messages wait.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many messages of a lane wait.
    pub fn count(&self, lane: Lane) -> usize {
        self.counts[lane.index()]
    }

    /// Whether messages to a person wait, or they are away.
    pub fn knows(&self, person: &K) -> bool {
        self.people.contains_key(person)
    }

    /// Whether nobody stands in any lane.
    pub fn nobody_stands(&self) -> bool {
        self.lanes.iter().all(|queue| queue.standing == 0)
    }

    /// Adds a message behind the person's others.
    pub fn push(&mut self, person: K, lane: Lane, message: T) {
        self.count_in(lane);
        match self.people.get_mut(&person) {
            None => {
                let waiting = VecDeque::from([(lane, message)]);
                self.people.insert(person.clone(), Person { waiting, lane: None, stand: 0 });
                self.stand(&person, false);
            }
            Some(known) => {
                known.waiting.push_back((lane, message));
                if let Some(slower) = known.lane.filter(|stands| lane < *stands) {
                    self.lanes[slower.index()].standing -= 1;
                    self.stand(&person, false);
                }
            }
        }
    }

    /// Puts a message back before the person's others; they are away.
    pub fn put_back(&mut self, person: &K, lane: Lane, message: T) {
        self.count_in(lane);
        let known = self.people.entry(person.clone());
        let known = known.or_insert_with(|| Person { waiting: VecDeque::new(), lane: None, stand: 0 });
        known.waiting.push_front((lane, message));
    }

    /// Makes somebody known who is away: what comes for them meanwhile waits.
    pub fn away(&mut self, person: K) {
        self.people.entry(person).or_insert_with(|| Person { waiting: VecDeque::new(), lane: None, stand: 0 });
    }

    /// Whose turn it is. They are away then, until [`Lanes::back`] or [`Lanes::first`].
    pub fn turn(&mut self) -> Option<K> {
        let lane = self.lane_in_turn()?;
        let queue = &mut self.lanes[lane.index()];
        while let Some((person, stand)) = queue.people.pop_front() {
            let Some(known) = self.people.get_mut(&person) else { continue };
            if known.stand == stand && known.lane == Some(lane) {
                known.lane = None;
                queue.standing -= 1;
                return Some(person);
            }
        }
        None
    }

    /// The person's first message.
    pub fn head(&self, person: &K) -> Option<&T> {
        self.people.get(person)?.waiting.front().map(|(_, message)| message)
    }

    /// Takes the person's first message: a turn of the lane that they stood in is used.
    pub fn take(&mut self, person: &K) -> Option<T> {
        let known = self.people.get_mut(person)?;
        let urgent = known.waiting.iter().map(|(lane, _)| *lane).min()?;
        let (lane, message) = known.waiting.pop_front()?;
        self.len -= 1;
        self.counts[lane.index()] -= 1;
        let queue = &mut self.lanes[urgent.index()];
        queue.pass = queue.pass.max(self.pass);
        self.pass = queue.pass;
        queue.pass += STRIDE / Lane::WEIGHTS[urgent.index()];
        Some(message)
    }

    /// The person is here again: at the end of their lane, or forgotten if nothing waits for them.
    pub fn back(&mut self, person: &K) {
        self.stand(person, false);
    }

    /// The person is here again, before all others of their lane: their turn was not used.
    pub fn first(&mut self, person: &K) {
        self.stand(person, true);
    }

    fn count_in(&mut self, lane: Lane) {
        self.len += 1;
        self.counts[lane.index()] += 1;
    }

    fn stand(&mut self, person: &K, first: bool) {
        let Some(known) = self.people.get_mut(person) else { return };
        let Some(lane) = known.waiting.iter().map(|(lane, _)| *lane).min() else {
            self.people.remove(person);
            return;
        };
        known.stand += 1;
        known.lane = Some(lane);
        let entry = (person.clone(), known.stand);
        let queue = &mut self.lanes[lane.index()];
        if queue.standing == 0 {
            queue.people.clear();
            queue.pass = queue.pass.max(self.pass);
        }
        queue.standing += 1;
        if first { queue.people.push_front(entry) } else { queue.people.push_back(entry) }
    }

    fn lane_in_turn(&self) -> Option<Lane> {
        let standing = Lane::ALL.into_iter().filter(|lane| self.lanes[lane.index()].standing > 0);
        // Of equal passes the most urgent lane.
        standing.max_by_key(|lane| (Reverse(self.lanes[lane.index()].pass), Reverse(*lane)))
    }
}
