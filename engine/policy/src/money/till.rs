//! Budgets and counts, kept in step with the ledger: what is set aside, what is spent, what was charged this month.

use std::collections::HashMap;
use std::fmt;

use ponte_model::{Budget, Charge, Currency, Money, NumberId, Scope, SendId, Stage};

use super::{Category, Free};

/// A budget has just passed its soft limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Whose.
    pub scope: Scope,
    /// The limit.
    pub limit: Money,
    /// Spent and set aside by now.
    pub used: Money,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} has used {} of the day; the soft limit is {}", self.scope, self.used, self.limit)
    }
}

/// A hard limit does not let a message out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It would pass the limit.
    Spent {
        /// Whose.
        scope: Scope,
        /// The limit.
        limit: Money,
        /// Spent and set aside already.
        used: Money,
        /// What the message costs.
        price: Money,
    },
    /// Nobody knows what it costs, or not in the limit's currency.
    Unknown {
        /// Whose.
        scope: Scope,
        /// The limit.
        limit: Money,
    },
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spent { scope, limit, used, price } => {
                write!(f, "{price} more would pass the limit of {limit} a day of {scope}, of which {used} are used")
            }
            Self::Unknown { scope, limit } => write!(
                f,
                "{scope} may spend {limit} a day, and the price of this message in {} is not known",
                limit.currency
            ),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    reserved: i64,
    spent: i64,
}

/// What was spent and set aside, and what was counted, for the days and months that matter.
#[derive(Debug, Default)]
pub struct Till {
    budgets: HashMap<Scope, Budget>,
    /// By owner, day and currency.
    sums: HashMap<(Scope, String, Currency), Sum>,
    /// Charged messages by account, month, market and category.
    charged: HashMap<(String, String), HashMap<(String, String), u64>>,
    /// Service messages that the allowance covers, by number and month.
    covered: HashMap<(NumberId, String), u64>,
    /// What is set aside, by message.
    open: HashMap<SendId, Charge>,
}

impl Till {
    /// Sets all budgets.
    pub fn set_budgets(&mut self, budgets: HashMap<Scope, Budget>) {
        self.budgets = budgets;
    }

    /// Messages of an account that were charged in a month.
    pub fn charged(&self, account: &str, month: &str, market: &str, category: Category) -> u64 {
        let counts = self.charged.get(&(account.to_owned(), month.to_owned()));
        counts.and_then(|counts| counts.get(&(market.to_owned(), category.as_str().to_owned()))).copied().unwrap_or(0)
    }

    /// Service messages of a number that the allowance covers in a month, those on their way included.
    pub fn covered(&self, number: &NumberId, month: &str) -> u64 {
        self.covered.get(&(number.clone(), month.to_owned())).copied().unwrap_or(0)
    }

    /// Spent and set aside by an owner on a day, in micro-units.
    pub fn used(&self, scope: &Scope, day: &str, currency: Currency) -> i64 {
        let sum = self.sum(scope, day, currency);
        sum.reserved + sum.spent
    }

    fn sum(&self, scope: &Scope, day: &str, currency: Currency) -> Sum {
        self.sums.get(&(scope.clone(), day.to_owned(), currency)).copied().unwrap_or_default()
    }

    /// Whether the budgets let a message out.
    ///
    /// # Errors
    /// The first limit that it would pass.
    pub fn check(&self, charge: &Charge) -> Result<(), Stop> {
        if charge.hold == Some(0) {
            return Ok(());
        }
        // What the same message had set aside before does not stand in its own way.
        let own = self.open.get(&charge.send);
        for scope in scopes(charge) {
            let Some((budget, hard)) = self.budgets.get(&scope).and_then(|budget| Some((budget, budget.hard?))) else {
                continue;
            };
            let money = |micros| Money { micros, currency: budget.currency };
            let Some(hold) = charge.hold.filter(|_| charge.currency == Some(budget.currency)) else {
                return Err(Stop::Unknown { scope, limit: money(hard) });
            };
            let earlier = own.filter(|own| own.day == charge.day && own.currency == charge.currency);
            let used = self.used(&scope, &charge.day, budget.currency) - earlier.and_then(|own| own.hold).unwrap_or(0);
            if used.saturating_add(hold) > hard {
                return Err(Stop::Spent { scope, limit: money(hard), used: money(used), price: money(hold) });
            }
        }
        Ok(())
    }

    /// Sets aside what a message may cost. Asked again for the same message, the later word counts. Returns the budgets
    /// that pass their soft limit by this.
    ///
    /// # Errors
    /// The first limit that it would pass; then nothing is set aside for it any more.
    pub fn reserve(&mut self, charge: &Charge) -> Result<Vec<Warning>, Stop> {
        let checked = self.check(charge);
        self.free(&charge.send);
        checked?;
        let used = |till: &Self, scope: &Scope, currency| till.used(scope, &charge.day, currency);
        let before: Vec<_> = scopes(charge)
            .filter_map(|scope| {
                let budget = *self.budgets.get(&scope)?;
                let before = used(self, &scope, budget.currency);
                Some((scope, budget, before))
            })
            .collect();
        self.count(charge, 1);
        self.open.insert(charge.send.clone(), charge.clone());
        let passed = before.into_iter().filter_map(|(scope, Budget { currency, soft, .. }, before)| {
            let (limit, after) = (soft?, used(self, &scope, currency));
            let money = |micros| Money { micros, currency };
            (before <= limit && after > limit).then(|| Warning { limit: money(limit), used: money(after), scope })
        });
        Ok(passed.collect())
    }

    /// Gives back what was set aside for a message that did not leave, or failed. Whether anything was.
    pub fn free(&mut self, send: &SendId) -> bool {
        let Some(charge) = self.open.remove(send) else { return false };
        self.count(&charge, -1);
        true
    }

    /// The ledger's line of a message changed. To be told once of each change.
    pub fn changed(&mut self, before: &Charge, after: &Charge) {
        // What was set aside is known here by message; a line that is no longer open was counted as it stood.
        if before.stage == Stage::Reserved {
            self.free(&before.send);
        } else {
            self.count(before, -1);
        }
        self.count(after, 1);
        if after.stage == Stage::Reserved {
            self.open.insert(after.send.clone(), after.clone());
        }
    }

    /// After a start: lines of the ledger as they stand; `times` lines that are alike but for their amount, which is
    /// their sum.
    pub fn load(&mut self, line: &Charge, times: u64) {
        if line.stage == Stage::Reserved {
            self.open.insert(line.send.clone(), line.clone());
        }
        self.count(line, i64::try_from(times).unwrap_or(i64::MAX));
    }

    /// Forgets days and months before a day: a day's budget and a month's counts end with it, late statuses apart.
    pub fn forget_before(&mut self, day: &str) {
        self.sums.retain(|(_, of, _), _| of.as_str() >= day);
        let month = day.get(..7).unwrap_or(day);
        self.charged.retain(|(_, of), _| of.as_str() >= month);
        self.covered.retain(|(_, of), _| of.as_str() >= month);
        self.open.retain(|_, charge| charge.day.as_str() >= day);
    }

    /// Adds what a line stands for `times` over, or takes it away again.
    fn count(&mut self, line: &Charge, times: i64) {
        let sign = times.signum();
        if line.stage == Stage::Freed {
            return;
        }
        if let Some(currency) = line.currency {
            let (reserved, spent) = match line.stage {
                Stage::Reserved => (line.hold.unwrap_or(0), 0),
                Stage::Settled | Stage::Freed => (0, line.amount.unwrap_or(0)),
            };
            for scope in scopes(line) {
                let sum = self.sums.entry((scope, line.day.clone(), currency)).or_default();
                sum.reserved += sign * reserved;
                sum.spent += sign * spent;
            }
        }
        let add = |count: &mut u64| *count = count.saturating_add_signed(times);
        let month = line.month().to_owned();
        if line.free.as_deref() == Some(Free::Allowance.as_str()) {
            add(self.covered.entry((line.number.clone(), month)).or_default());
        } else if line.stage == Stage::Settled
            && line.free.is_none()
            && let (Some(market), Some(category)) = (&line.market, &line.category)
        {
            let counts = self.charged.entry((line.account.clone(), month)).or_default();
            add(counts.entry((market.clone(), category.clone())).or_default());
        }
    }
}

fn scopes(charge: &Charge) -> impl Iterator<Item = Scope> {
    let flow = charge.installation.clone().map(Scope::Flow);
    [Scope::Tenant(charge.tenant.clone()), Scope::Number(charge.number.clone())].into_iter().chain(flow)
}
