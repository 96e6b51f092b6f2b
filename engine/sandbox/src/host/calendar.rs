use crate::bindings::ponte::flow::calendar::{Host, LocalTime, Period};
use crate::convert::{instant, timestamp};
use crate::state::{Answer, RunState};

impl Host for RunState {
    fn at(&mut self, moment: u64) -> Answer<Period> {
        self.count()?;
        let period = timestamp("moment", moment).and_then(|at| self.broker.period(at));
        let convert = |period: crate::Period| Period {
            open: period.open,
            since: period.since.map(instant),
            until: period.until.map(instant),
        };
        self.answer("calendar.at", period.map(convert))
    }

    fn local(&mut self, moment: u64) -> Answer<LocalTime> {
        self.count()?;
        let time = timestamp("moment", moment).and_then(|at| self.broker.local_time(at));
        let convert = |time: crate::LocalTime| {
            let crate::LocalTime { year, month, day, weekday, hour, minute, day_number } = time;
            LocalTime { year, month, day, weekday, hour, minute, day_number }
        };
        self.answer("calendar.local", time.map(convert))
    }
}
