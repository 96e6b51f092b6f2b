//! Amounts of money as stores write them.

use ponte_model::{Currency, Price};

/// Digits behind the point, where they are not two. Source: ISO 4217, amendment 176.
const DECIMALS: &[(&str, u8)] = &[
    ("BHD", 3),
    ("BIF", 0),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
];

/// Reads a decimal such as `129.90`, exactly; `None` if it is none, or finer than the currency.
pub(crate) fn read(amount: &str, currency: &str) -> Option<Price> {
    let currency = Currency::parse(currency)?;
    let decimals = DECIMALS.iter().find(|(known, _)| *known == currency.as_str()).map_or(2, |(_, decimals)| *decimals);
    let (whole, part) = amount.trim().split_once('.').unwrap_or((amount.trim(), ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let part = part.trim_end_matches('0');
    if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > usize::from(decimals) {
        return None;
    }
    let minor = format!("{whole}{part:0<width$}", width = usize::from(decimals)).parse().ok()?;
    Some(Price { minor, decimals, currency: currency.as_str().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_or_nothing() {
        let table = [
            ("129.90", "BRL", Some((12_990, 2))),
            ("129.9", "brl", Some((12_990, 2))),
            ("129", "BRL", Some((12_900, 2))),
            ("0.00", "USD", Some((0, 2))),
            ("15990.00", "CLP", Some((15_990, 0))),
            ("1.234", "KWD", Some((1_234, 3))),
            ("1.005", "BRL", None),
            ("12,90", "BRL", None),
            ("-1.00", "BRL", None),
            (".50", "BRL", None),
            ("", "BRL", None),
            ("1.00", "R$", None),
            ("99999999999999999999.00", "BRL", None),
        ];
        for (amount, currency, expected) in table {
            let price = read(amount, currency);
            assert_eq!(price.map(|price| (price.minor, price.decimals)), expected, "{amount} {currency}");
        }
    }
}
