//! Amounts of money as people in a country write them.

use ponte_sdk::Language;

/// Signs that people know a currency by. Others go by their three letters.
const SIGNS: &[(&str, &str)] = &[("BRL", "R$"), ("EUR", "€"), ("GBP", "£")];

/// Where Spanish is spoken and the point stands before the cents (CLDR 48: es-MX, es-PE, es-US and Central America).
const POINT: &[&str] = &["MXN", "PEN", "USD", "GTQ", "HNL", "NIO", "DOP", "PAB"];

/// An amount: `R$ 1.299,90` in Portuguese, `USD 1,299.90` in English.
pub fn format(minor: i64, decimals: u8, currency: &str, language: Language) -> String {
    let (thousands, point) = match language {
        Language::English => (',', '.'),
        Language::Spanish if POINT.contains(&currency) => (',', '.'),
        Language::Portuguese | Language::Spanish => ('.', ','),
    };
    let places = usize::from(decimals);
    let digits = format!("{:0>width$}", minor.unsigned_abs(), width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(thousands);
        }
        grouped.push(digit);
    }
    let minus = if minor < 0 { "-" } else { "" };
    let sign = SIGNS.iter().find(|(known, _)| *known == currency).map_or(currency, |(_, sign)| sign);
    let cents = if places > 0 { format!("{point}{part}") } else { String::new() };
    format!("{minus}{sign} {grouped}{cents}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{English, Portuguese, Spanish};

    #[test]
    fn to_the_cent() {
        let table = [
            (12_990, 2, "BRL", Portuguese, "R$ 129,90"),
            (129_990, 2, "BRL", Portuguese, "R$ 1.299,90"),
            (5, 2, "BRL", Portuguese, "R$ 0,05"),
            (0, 2, "BRL", Portuguese, "R$ 0,00"),
            (123_456_789, 2, "USD", English, "USD 1,234,567.89"),
            (45_000, 2, "MXN", Spanish, "MXN 450.00"),
            (45_000, 2, "EUR", Spanish, "€ 450,00"),
            (15_990, 0, "CLP", Spanish, "CLP 15.990"),
            (1_234, 3, "KWD", English, "KWD 1.234"),
            (-100, 2, "BRL", Portuguese, "-R$ 1,00"),
        ];
        for (minor, decimals, currency, language, expected) in table {
            assert_eq!(format(minor, decimals, currency, language), expected);
        }
    }
}
