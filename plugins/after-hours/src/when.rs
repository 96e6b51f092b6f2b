//! The next opening time in words, as people say it.

use ponte_sdk::Language;
use ponte_sdk::calendar::LocalTime;

/// From so many days on a date is given: until then the name of the day cannot be mistaken.
const NAMED_DAYS: i32 = 7;

/// From so many days on the year is given too.
const YEAR_AHEAD: i32 = 180;

const PT_DAYS: [&str; 7] = [
    "na segunda-feira",
    "na terça-feira",
    "na quarta-feira",
    "na quinta-feira",
    "na sexta-feira",
    "no sábado",
    "no domingo",
];
const ES_DAYS: [&str; 7] =
    ["el lunes", "el martes", "el miércoles", "el jueves", "el viernes", "el sábado", "el domingo"];
const EN_DAYS: [&str; 7] =
    ["on Monday", "on Tuesday", "on Wednesday", "on Thursday", "on Friday", "on Saturday", "on Sunday"];
const ES_MONTHS: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];
const EN_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The next opening, seen from now: `amanhã às 9h`, `el lunes a las 9:00`, `on December 26 at 9:00 am`.
pub fn opening(language: Language, now: &LocalTime, next: &LocalTime) -> String {
    let (day, time) = match language {
        Language::Portuguese => (portuguese_day(now, next), portuguese_time(next)),
        Language::Spanish => (spanish_day(now, next), spanish_time(next)),
        Language::English => (english_day(now, next), english_time(next)),
    };
    format!("{day} {time}")
}

/// How a day is best named.
enum Day {
    Today,
    Tomorrow,
    /// By its name; 0 is Monday.
    Named(usize),
    /// By its date; the year if it is far away.
    Dated(Option<i32>),
}

fn day(now: &LocalTime, next: &LocalTime) -> Day {
    match next.day_number.saturating_sub(now.day_number) {
        0 => Day::Today,
        1 => Day::Tomorrow,
        2..NAMED_DAYS => Day::Named(usize::from(next.weekday.clamp(1, 7)) - 1),
        days => Day::Dated((days >= YEAR_AHEAD).then_some(next.year)),
    }
}

fn month(names: &[&'static str; 12], next: &LocalTime) -> &'static str {
    names[usize::from(next.month.clamp(1, 12)) - 1]
}

fn portuguese_day(now: &LocalTime, next: &LocalTime) -> String {
    match day(now, next) {
        Day::Today => "hoje".into(),
        Day::Tomorrow => "amanhã".into(),
        Day::Named(weekday) => PT_DAYS[weekday].into(),
        Day::Dated(None) => format!("no dia {:02}/{:02}", next.day, next.month),
        Day::Dated(Some(year)) => format!("no dia {:02}/{:02}/{year}", next.day, next.month),
    }
}

/// `às 9h`, `às 14h30`, `à 1h`.
fn portuguese_time(next: &LocalTime) -> String {
    let at = if next.hour <= 1 { "à" } else { "às" };
    match next.minute {
        0 => format!("{at} {}h", next.hour),
        minute => format!("{at} {}h{minute:02}", next.hour),
    }
}

fn spanish_day(now: &LocalTime, next: &LocalTime) -> String {
    match day(now, next) {
        Day::Today => "hoy".into(),
        Day::Tomorrow => "mañana".into(),
        Day::Named(weekday) => ES_DAYS[weekday].into(),
        Day::Dated(None) => format!("el {} de {}", next.day, month(&ES_MONTHS, next)),
        Day::Dated(Some(year)) => format!("el {} de {} de {year}", next.day, month(&ES_MONTHS, next)),
    }
}

/// `a las 9:00`, `a la 1:30`.
fn spanish_time(next: &LocalTime) -> String {
    let at = if next.hour == 1 { "a la" } else { "a las" };
    format!("{at} {}:{:02}", next.hour, next.minute)
}

fn english_day(now: &LocalTime, next: &LocalTime) -> String {
    match day(now, next) {
        Day::Today => "today".into(),
        Day::Tomorrow => "tomorrow".into(),
        Day::Named(weekday) => EN_DAYS[weekday].into(),
        Day::Dated(None) => format!("on {} {}", month(&EN_MONTHS, next), next.day),
        Day::Dated(Some(year)) => format!("on {} {}, {year}", month(&EN_MONTHS, next), next.day),
    }
}

/// `at 9:00 am`, `at noon`. Twelve o'clock has a name, because nobody agrees on its half of the day.
fn english_time(next: &LocalTime) -> String {
    match (next.hour, next.minute) {
        (0, 0) => "at midnight".into(),
        (12, 0) => "at noon".into(),
        (hour, minute) => {
            let half = if hour < 12 { "am" } else { "pm" };
            let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
            format!("at {hour}:{minute:02} {half}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Days since 1970-01-01 (Howard Hinnant's algorithm for the proleptic Gregorian calendar).
    fn day_number(year: i32, month: u8, day: u8) -> i32 {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((i32::from(month) + 9) % 12) + 2) / 5 + i32::from(day) - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }

    /// Reads `2026-11-23 22:10`.
    fn local(text: &str) -> LocalTime {
        let n: Vec<i32> = text.split(['-', ' ', ':']).map(|part| part.parse().unwrap()).collect();
        let day_number = day_number(n[0], n[1] as u8, n[2] as u8);
        LocalTime {
            year: n[0],
            month: n[1] as u8,
            day: n[2] as u8,
            weekday: (day_number + 3).rem_euclid(7) as u8 + 1,
            hour: n[3] as u8,
            minute: n[4] as u8,
            day_number,
        }
    }

    #[test]
    fn the_next_opening_in_words() {
        // 2026-11-23 is a Monday.
        let table = [
            ("2026-11-23 12:30", "2026-11-23 14:00", "hoje às 14h", "hoy a las 14:00", "today at 2:00 pm"),
            ("2026-11-24 02:00", "2026-11-24 09:00", "hoje às 9h", "hoy a las 9:00", "today at 9:00 am"),
            ("2026-11-23 22:10", "2026-11-24 09:00", "amanhã às 9h", "mañana a las 9:00", "tomorrow at 9:00 am"),
            ("2026-11-23 22:10", "2026-11-24 08:30", "amanhã às 8h30", "mañana a las 8:30", "tomorrow at 8:30 am"),
            ("2026-11-23 23:50", "2026-11-24 00:05", "amanhã à 0h05", "mañana a las 0:05", "tomorrow at 12:05 am"),
            ("2026-11-23 23:50", "2026-11-24 01:00", "amanhã à 1h", "mañana a la 1:00", "tomorrow at 1:00 am"),
            ("2026-11-23 23:50", "2026-11-24 00:00", "amanhã à 0h", "mañana a las 0:00", "tomorrow at midnight"),
            ("2026-11-23 08:00", "2026-11-23 12:00", "hoje às 12h", "hoy a las 12:00", "today at noon"),
            ("2026-11-23 08:00", "2026-11-23 12:30", "hoje às 12h30", "hoy a las 12:30", "today at 12:30 pm"),
            (
                "2026-11-27 19:00",
                "2026-11-30 09:00",
                "na segunda-feira às 9h",
                "el lunes a las 9:00",
                "on Monday at 9:00 am",
            ),
            (
                "2026-11-23 19:00",
                "2026-11-28 10:00",
                "no sábado às 10h",
                "el sábado a las 10:00",
                "on Saturday at 10:00 am",
            ),
            (
                "2026-11-23 19:00",
                "2026-11-29 10:00",
                "no domingo às 10h",
                "el domingo a las 10:00",
                "on Sunday at 10:00 am",
            ),
            // The same day next week, the month's end, the year's end.
            (
                "2026-11-23 19:00",
                "2026-11-30 09:00",
                "no dia 30/11 às 9h",
                "el 30 de noviembre a las 9:00",
                "on November 30 at 9:00 am",
            ),
            (
                "2026-12-18 19:00",
                "2026-12-26 09:00",
                "no dia 26/12 às 9h",
                "el 26 de diciembre a las 9:00",
                "on December 26 at 9:00 am",
            ),
            ("2026-12-31 19:00", "2027-01-01 09:00", "amanhã às 9h", "mañana a las 9:00", "tomorrow at 9:00 am"),
            (
                "2026-12-30 19:00",
                "2027-01-04 09:00",
                "na segunda-feira às 9h",
                "el lunes a las 9:00",
                "on Monday at 9:00 am",
            ),
            (
                "2026-12-24 19:00",
                "2027-01-04 09:00",
                "no dia 04/01 às 9h",
                "el 4 de enero a las 9:00",
                "on January 4 at 9:00 am",
            ),
            (
                "2026-12-24 19:00",
                "2027-07-01 09:00",
                "no dia 01/07/2027 às 9h",
                "el 1 de julio de 2027 a las 9:00",
                "on July 1, 2027 at 9:00 am",
            ),
        ];
        for (now, next, portuguese, spanish, english) in table {
            let said = |language| opening(language, &local(now), &local(next));
            assert_eq!(said(Language::Portuguese), portuguese, "{now} → {next}");
            assert_eq!(said(Language::Spanish), spanish, "{now} → {next}");
            assert_eq!(said(Language::English), english, "{now} → {next}");
        }
    }

    proptest! {
        /// Whatever the host answers, there are words, and they fit into a reply.
        #[test]
        fn always_says_something(
            now: i32, next: i32, year: i32, month: u8, day: u8, weekday: u8, hour: u8, minute: u8,
        ) {
            let now = LocalTime { year, month, day, weekday, hour, minute, day_number: now };
            let next = LocalTime { day_number: next, ..now };
            for language in [Language::Portuguese, Language::Spanish, Language::English] {
                let words = opening(language, &now, &next);
                prop_assert!((8..64).contains(&words.len()), "{words}");
            }
        }
    }
}
