//! Phone numbers as people type them, and the two ways in which some are written.

use crate::Phone;

/// A country whose mobile numbers are known by two spellings: WhatsApp may report either, whichever was dialled (Meta:
/// "send messages": Brazil and Mexico numbers can gain or lose a digit).
struct TwoSpellings {
    country: &'static str,
    /// Digits of the area before the digit that comes and goes.
    area: usize,
    /// That digit.
    extra: &'static str,
    /// Digits behind it.
    rest: usize,
    /// With what those begin: others are another kind of number, which has one spelling.
    begins: &'static str,
}

/// As of September 2026.
///
/// - Brazil: the ninth digit was put before the eight of mobile numbers, which began with 6 to 9; land lines begin with
///   2 to 5 and have none. A mobile number whose eight digits begin otherwise was given out after the change and has
///   one spelling (Anatel, resolution 553/2010).
/// - Mexico: the 1 of mobile numbers was dropped in 2019; no area begins with 1 or 0 (IFT, numbering plan).
const TWO_SPELLINGS: &[TwoSpellings] = &[
    TwoSpellings { country: "55", area: 2, extra: "9", rest: 8, begins: "6789" },
    TwoSpellings { country: "52", area: 0, extra: "1", rest: 10, begins: "23456789" },
];

/// How many digits a number has in its own country, without trunk prefix, where people leave the country out.
const NATIONAL: &[(&str, &[usize])] = &[("55", &[10, 11]), ("52", &[10])];

/// What people put between digits.
const MARKS: &[char] = &[' ', '\u{a0}', '-', '.', '(', ')', '/'];

impl TwoSpellings {
    fn other(&self, phone: &str) -> Option<String> {
        let national = phone.strip_prefix(self.country)?;
        let (area, local) = national.split_at_checked(self.area)?;
        if area.starts_with('0') {
            return None;
        }
        let fits = |rest: &str| rest.len() == self.rest && rest.starts_with(|first| self.begins.contains(first));
        let without = local.strip_prefix(self.extra).filter(|rest| fits(rest));
        let other = match without {
            Some(rest) => rest.to_owned(),
            None if fits(local) => format!("{}{local}", self.extra),
            None => return None,
        };
        Some(format!("{}{area}{other}", self.country))
    }
}

impl Phone {
    /// Every spelling of this number, its own first. For numbers that people and shops bring: what the platform reports
    /// is matched as it is.
    pub fn spellings(&self) -> Vec<Self> {
        let digits = self.as_str();
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        let other = TWO_SPELLINGS.iter().filter(|_| plain).find_map(|rule| rule.other(digits));
        std::iter::once(self.clone()).chain(other.map(Self::from)).collect()
    }

    /// A number as a person or a shop wrote it; `None` if it is none. `country` is the calling code of numbers that are
    /// written without one.
    pub fn typed(text: &str, country: Option<&str>) -> Option<Self> {
        let text = text.trim();
        let (international, text) = match text.strip_prefix('+').or_else(|| text.strip_prefix("00")) {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let digits: String = text.chars().filter(|letter| !MARKS.contains(letter)).collect();
        if !(8..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let national = digits.trim_start_matches('0');
        let lengths = country.and_then(|code| NATIONAL.iter().find(|(known, _)| *known == code));
        match (country, lengths) {
            (Some(code), Some((_, lengths))) if !international && lengths.contains(&national.len()) => {
                Some(Self::from(format!("{code}{national}")))
            }
            _ => Some(Self::from(digits)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn brazilian_and_mexican_mobile_numbers_have_two_spellings_and_others_one() {
        let table = [
            ("5511987654321", Some("551187654321")),
            ("551187654321", Some("5511987654321")),
            ("5585999990000", Some("558599990000")),
            ("5511933334444", None),
            ("551133334444", None),
            ("5501987654321", None),
            ("5215512345678", Some("525512345678")),
            ("525512345678", Some("5215512345678")),
            ("521123456789", None),
            ("16505551234", None),
            ("5491123456789", None),
            ("55", None),
            ("", None),
            ("BR.13491208655302741918", None),
        ];
        for (phone, other) in table {
            let spellings = Phone::from(phone).spellings();
            assert_eq!(spellings[0].as_str(), phone);
            assert_eq!(spellings.get(1).map(Phone::as_str), other, "{phone}");
        }
    }

    #[test]
    fn a_number_is_read_as_people_type_it() {
        let table = [
            ("+55 (11) 98765-4321", None, Some("5511987654321")),
            ("0055 11 98765 4321", None, Some("5511987654321")),
            ("(11) 98765-4321", Some("55"), Some("5511987654321")),
            ("011 98765-4321", Some("55"), Some("5511987654321")),
            ("5511987654321", Some("55"), Some("5511987654321")),
            ("+1 650 555 1234", Some("55"), Some("16505551234")),
            ("55 1234 5678", Some("52"), Some("525512345678")),
            ("1.650.555.1234", None, Some("16505551234")),
            ("US.13491208655302741918", None, None),
            ("98765x4321", None, None),
            ("123", None, None),
            ("", Some("55"), None),
        ];
        for (text, country, phone) in table {
            assert_eq!(Phone::typed(text, country).as_ref().map(Phone::as_str), phone, "{text:?}");
        }
    }

    /// Different people, by the spelling that is dialled today.
    fn person() -> impl Strategy<Value = String> {
        prop_oneof![
            // Brazilian mobile numbers, old and new, and land lines.
            (11u32..=99, 60_000_000u32..=99_999_999).prop_map(|(area, local)| format!("55{area}9{local:08}")),
            (11u32..=99, 0u32..=59_999_999).prop_map(|(area, local)| format!("55{area}9{local:08}")),
            (11u32..=99, 20_000_000u32..=59_999_999).prop_map(|(area, local)| format!("55{area}{local:08}")),
            (2_000_000_000u64..=9_999_999_999).prop_map(|local| format!("52{local}")),
            (1_000_000_000u64..=9_999_999_999).prop_map(|local| format!("1{local}")),
        ]
    }

    proptest! {
        #[test]
        fn spellings_are_symmetric(digits in prop_oneof![person(), "[0-9]{6,15}"]) {
            let mut all = Phone::from(digits).spellings();
            for spelling in all.clone() {
                let mut seen = spelling.spellings();
                seen.sort();
                all.sort();
                prop_assert_eq!(&seen, &all);
            }
        }

        #[test]
        fn no_two_people_share_a_spelling(people in proptest::collection::btree_set(person(), 1..50)) {
            let mut owners = BTreeMap::new();
            for person in &people {
                for spelling in Phone::from(person.as_str()).spellings() {
                    let before = owners.insert(spelling.clone(), person);
                    prop_assert!(before.is_none(), "{spelling} is of {before:?} and {person}");
                }
            }
        }
    }
}
