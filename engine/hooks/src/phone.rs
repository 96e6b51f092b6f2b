//! Phone numbers in orders: what a buyer typed into a form, with the country of the address beside it.

use ponte_model::Phone;

/// How numbers of a country are written.
struct Plan {
    /// ISO 3166.
    country: &'static str,
    code: &'static str,
    /// Digits without the code and without a leading 0.
    digits: &'static [usize],
    /// What a mobile number has behind the code where it is dialled from abroad, and not at home.
    abroad: &'static str,
    /// What may stand there besides, in older spellings.
    older: &'static str,
}

const fn plan(country: &'static str, code: &'static str, digits: &'static [usize]) -> Plan {
    Plan { country, code, digits, abroad: "", older: "" }
}

/// Countries whose local numbers can be read, as of November 2026. Source: ITU-T, national numbering plans (E.164). A
/// local number of any other country is left alone: better no message than one to a stranger.
const PLANS: &[Plan] = &[
    plan("AO", "244", &[9]),
    Plan { abroad: "9", older: "9", ..plan("AR", "54", &[10]) },
    plan("BO", "591", &[8]),
    plan("BR", "55", &[10, 11]),
    plan("CA", "1", &[10]),
    plan("CL", "56", &[9]),
    plan("CO", "57", &[10]),
    plan("CR", "506", &[8]),
    plan("DE", "49", &[10, 11]),
    plan("DO", "1", &[10]),
    plan("EC", "593", &[9]),
    plan("ES", "34", &[9]),
    plan("FR", "33", &[9]),
    plan("GB", "44", &[10]),
    plan("GT", "502", &[8]),
    plan("HN", "504", &[8]),
    Plan { older: "1", ..plan("MX", "52", &[10]) },
    plan("MZ", "258", &[9]),
    plan("NI", "505", &[8]),
    plan("PA", "507", &[8]),
    plan("PE", "51", &[9]),
    plan("PR", "1", &[10]),
    plan("PT", "351", &[9]),
    plan("PY", "595", &[9]),
    plan("SV", "503", &[8]),
    plan("US", "1", &[10]),
    plan("UY", "598", &[8]),
    plan("VE", "58", &[10]),
];

fn of(country: &str) -> Option<&'static Plan> {
    PLANS.iter().find(|plan| plan.country.eq_ignore_ascii_case(country.trim()))
}

/// Whether local numbers of a country can be read.
pub(crate) fn knows(country: &str) -> bool {
    of(country).is_some()
}

/// A number in digits with country code; `None` if it is none, or if its country cannot be told.
pub(crate) fn read(text: &str, country: Option<&str>) -> Option<Phone> {
    let text = text.trim();
    let phone = Phone::typed(text, None)?;
    if text.starts_with('+') || text.starts_with("00") {
        return Some(phone);
    }
    let plan = of(country?)?;
    let fits = |rest: &str| plan.digits.contains(&rest.len());
    let digits = phone.as_str().trim_start_matches('0');
    if fits(digits) {
        return Some(Phone::from(format!("{}{}{digits}", plan.code, plan.abroad)));
    }
    // Somebody wrote the country code without a plus.
    let rest = digits.strip_prefix(plan.code)?;
    let older = rest.strip_prefix(plan.older).filter(|_| !plan.older.is_empty());
    (fits(rest) || older.is_some_and(fits)).then(|| Phone::from(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_number_gets_the_country_of_its_address_or_is_no_number() {
        let table = [
            ("+55 11 98765-4321", Some("BR"), Some("5511987654321")),
            ("+1 650 555 1234", Some("BR"), Some("16505551234")),
            ("0055 11 98765 4321", None, Some("5511987654321")),
            ("(11) 98765-4321", Some("BR"), Some("5511987654321")),
            ("(11) 98765-4321", Some("br"), Some("5511987654321")),
            ("011 98765-4321", Some("BR"), Some("5511987654321")),
            ("11 3333-4444", Some("BR"), Some("551133334444")),
            // Area 55 is in Rio Grande do Sul: eleven digits are a number at home.
            ("55 99123-4567", Some("BR"), Some("5555991234567")),
            ("5511987654321", Some("BR"), Some("5511987654321")),
            ("98765-4321", Some("BR"), None),
            ("55 1234 5678", Some("MX"), Some("525512345678")),
            ("5215512345678", Some("MX"), Some("5215512345678")),
            ("11 2345-6789", Some("AR"), Some("5491123456789")),
            ("5491123456789", Some("AR"), Some("5491123456789")),
            ("099 123 456", Some("UY"), Some("59899123456")),
            ("(650) 555-1234", Some("US"), Some("16505551234")),
            ("1 650 555 1234", Some("US"), Some("16505551234")),
            ("912 345 678", Some("PT"), Some("351912345678")),
            ("07700 900123", Some("GB"), Some("447700900123")),
            // Which country?
            ("11 98765-4321", None, None),
            ("555 0100 00", Some("JP"), None),
            ("ask my sister", Some("BR"), None),
            ("", Some("BR"), None),
        ];
        for (text, country, phone) in table {
            assert_eq!(read(text, country).as_ref().map(Phone::as_str), phone, "{text:?} in {country:?}");
        }
    }
}
