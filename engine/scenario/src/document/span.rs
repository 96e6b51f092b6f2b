//! Durations as people write them: `25h`, `90m`, `30s`, `2d`, `1h30m`.

use std::time::Duration;

use serde::Deserialize;

/// A duration such as `25h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Span(pub Duration);

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no duration; write 25h, 90m, 30s, 2d or 1h30m");
        let (mut seconds, mut digits) = (0_u64, String::new());
        for letter in text.trim().chars() {
            if letter.is_ascii_digit() {
                digits.push(letter);
                continue;
            }
            let unit = match letter {
                's' => 1,
                'm' => 60,
                'h' => 3_600,
                'd' => 86_400,
                _ => return Err(wrong()),
            };
            let number: u64 = std::mem::take(&mut digits).parse().map_err(|_| wrong())?;
            seconds = number.checked_mul(unit).and_then(|more| seconds.checked_add(more)).ok_or_else(wrong)?;
        }
        // A number without a unit, or nothing at all.
        if !digits.is_empty() || text.trim().is_empty() {
            return Err(wrong());
        }
        Ok(Self(Duration::from_secs(seconds)))
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = self.0.as_secs();
        match seconds {
            _ if seconds.is_multiple_of(3_600) => write!(f, "{} h", seconds / 3_600),
            _ if seconds.is_multiple_of(60) => write!(f, "{} min", seconds / 60),
            _ => write!(f, "{seconds} s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        for (text, expected) in [
            ("30s", Some(30)),
            ("90m", Some(5400)),
            ("25h", Some(90_000)),
            ("2d", Some(172_800)),
            ("1h30m", Some(5400)),
        ] {
            assert_eq!(Span::try_from(text.to_owned()).ok().map(|span| span.0.as_secs()), expected, "{text}");
        }
        for text in ["", "h", "10", "1w", "-1h", "1h30"] {
            assert!(Span::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
