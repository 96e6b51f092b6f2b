//! Which clock a person lives by, and which language they are likely to speak.
//!
//! Sources: ITU-T E.164, list of country codes (2024); Anatel, area codes of Brazil (Plano Geral de Códigos Nacionais,
//! Resolução 263/2001 and its annexes); IANA time zone database 2025. Area codes may span a border of zones: then the
//! zone of the larger city is named. A country with several zones names its main one first, then the outermost.

use std::borrow::Cow;

use chrono_tz::Tz;
use ponte_model::{Phone, UserId};

use Tz::{
    America__Argentina__Buenos_Aires as BuenosAires, America__Asuncion as Asuncion, America__Bahia as Bahia,
    America__Belem as Belem, America__Boa_Vista as BoaVista, America__Bogota as Bogota,
    America__Campo_Grande as CampoGrande, America__Caracas as Caracas, America__Costa_Rica as CostaRica,
    America__Cuiaba as Cuiaba, America__El_Salvador as ElSalvador, America__Fortaleza as Fortaleza,
    America__Guatemala as Guatemala, America__Guayaquil as Guayaquil, America__Havana as Havana,
    America__La_Paz as LaPaz, America__Lima as Lima, America__Los_Angeles as LosAngeles, America__Maceio as Maceio,
    America__Managua as Managua, America__Manaus as Manaus, America__Mexico_City as MexicoCity,
    America__Montevideo as Montevideo, America__New_York as NewYork, America__Panama as Panama,
    America__Porto_Velho as PortoVelho, America__Recife as Recife, America__Rio_Branco as RioBranco,
    America__Santiago as Santiago, America__Sao_Paulo as SaoPaulo, America__Tegucigalpa as Tegucigalpa,
    America__Tijuana as Tijuana, Europe__Lisbon as Lisbon, Europe__London as London, Europe__Madrid as Madrid,
};

/// (calling code, country, language, zones).
type Country = (&'static str, &'static str, &'static str, &'static [Tz]);

/// As of 2026-11-22. A longer code goes before a shorter.
const COUNTRIES: &[Country] = &[
    ("55", "BR", "pt-BR", &[SaoPaulo, Manaus, RioBranco]),
    ("351", "PT", "pt-BR", &[Lisbon, Tz::Atlantic__Azores]),
    ("244", "AO", "pt-BR", &[Tz::Africa__Luanda]),
    ("258", "MZ", "pt-BR", &[Tz::Africa__Maputo]),
    ("238", "CV", "pt-BR", &[Tz::Atlantic__Cape_Verde]),
    ("34", "ES", "es", &[Madrid, Tz::Atlantic__Canary]),
    ("52", "MX", "es", &[MexicoCity, Tijuana, Tz::America__Cancun]),
    ("54", "AR", "es", &[BuenosAires]),
    ("56", "CL", "es", &[Santiago]),
    ("57", "CO", "es", &[Bogota]),
    ("58", "VE", "es", &[Caracas]),
    ("51", "PE", "es", &[Lima]),
    ("53", "CU", "es", &[Havana]),
    ("591", "BO", "es", &[LaPaz]),
    ("593", "EC", "es", &[Guayaquil]),
    ("595", "PY", "es", &[Asuncion]),
    ("598", "UY", "es", &[Montevideo]),
    ("502", "GT", "es", &[Guatemala]),
    ("503", "SV", "es", &[ElSalvador]),
    ("504", "HN", "es", &[Tegucigalpa]),
    ("505", "NI", "es", &[Managua]),
    ("506", "CR", "es", &[CostaRica]),
    ("507", "PA", "es", &[Panama]),
    ("1809", "DO", "es", &[Tz::America__Santo_Domingo]),
    ("1829", "DO", "es", &[Tz::America__Santo_Domingo]),
    ("1849", "DO", "es", &[Tz::America__Santo_Domingo]),
    ("1787", "PR", "es", &[Tz::America__Puerto_Rico]),
    ("1939", "PR", "es", &[Tz::America__Puerto_Rico]),
    ("1", "US", "en", &[NewYork, LosAngeles, Tz::Pacific__Honolulu]),
    ("44", "GB", "en", &[London]),
    ("353", "IE", "en", &[Tz::Europe__Dublin]),
    ("33", "FR", "en", &[Tz::Europe__Paris]),
    ("49", "DE", "en", &[Tz::Europe__Berlin]),
    ("39", "IT", "en", &[Tz::Europe__Rome]),
    ("41", "CH", "en", &[Tz::Europe__Zurich]),
    ("43", "AT", "en", &[Tz::Europe__Vienna]),
    ("31", "NL", "en", &[Tz::Europe__Amsterdam]),
    ("32", "BE", "en", &[Tz::Europe__Brussels]),
    ("91", "IN", "en", &[Tz::Asia__Kolkata]),
    ("62", "ID", "en", &[Tz::Asia__Jakarta, Tz::Asia__Jayapura]),
    ("972", "IL", "en", &[Tz::Asia__Jerusalem]),
    ("971", "AE", "en", &[Tz::Asia__Dubai]),
    ("966", "SA", "en", &[Tz::Asia__Riyadh]),
    ("234", "NG", "en", &[Tz::Africa__Lagos]),
    ("27", "ZA", "en", &[Tz::Africa__Johannesburg]),
    ("81", "JP", "en", &[Tz::Asia__Tokyo]),
    ("61", "AU", "en", &[Tz::Australia__Sydney, Tz::Australia__Perth]),
];

/// Brazilian area codes outside of Brasília time's south-east: (codes, zone).
const BRAZIL: &[(&[&str], &[Tz])] = &[
    (&["68"], &[RioBranco]),
    (&["69"], &[PortoVelho]),
    (&["92", "97"], &[Manaus]),
    (&["95"], &[BoaVista]),
    (&["65", "66"], &[Cuiaba]),
    (&["67"], &[CampoGrande]),
    (&["91", "93", "94", "96"], &[Belem]),
    (&["83", "84", "85", "86", "88", "89", "98", "99"], &[Fortaleza]),
    (&["81", "87"], &[Recife]),
    (&["79", "82"], &[Maceio]),
    (&["71", "73", "74", "75", "77"], &[Bahia]),
];

/// All others: São Paulo's.
const BRASILIA: &[Tz] = &[SaoPaulo];

const AREA_DIGITS: usize = 2;

/// What an attribute of a contact begins with that names their zone: `timezone:America/Manaus`.
const ATTRIBUTE: &str = "timezone:";

/// The zones that come into question for somebody: the one that a tag `timezone:…` names; else that of the area or the
/// country of the phone; else that of the country in the BSUID (`BR.1349…`). None where nothing tells.
pub fn zones<'a>(
    tags: impl IntoIterator<Item = &'a String>,
    phone: Option<&Phone>,
    user_id: Option<&UserId>,
) -> Cow<'static, [Tz]> {
    let named = tags.into_iter().find_map(|tag| tag.strip_prefix(ATTRIBUTE)?.parse::<Tz>().ok());
    if let Some(zone) = named {
        return Cow::Owned(vec![zone]);
    }
    Cow::Borrowed(of_area(phone).or_else(|| Some(country(phone, user_id)?.3)).unwrap_or_default())
}

/// The language that somebody is likely to speak, by phone or BSUID: `pt-BR`, `es` or `en`. `said` are the languages of
/// what they wrote, where that is known; it counts for more.
pub fn language(said: &[&'static str], phone: Option<&Phone>, user_id: Option<&UserId>) -> &'static str {
    let likely = country(phone, user_id).map(|country| country.2);
    match (said, likely) {
        ([one], _) => one,
        ([], likely) => likely.unwrap_or("en"),
        (several, Some(likely)) if several.contains(&likely) => likely,
        ([first, ..], _) => first,
    }
}

fn of_area(phone: Option<&Phone>) -> Option<&'static [Tz]> {
    let area = phone?.as_str().strip_prefix("55")?.get(..AREA_DIGITS)?;
    let row = BRAZIL.iter().find(|(codes, _)| codes.contains(&area));
    Some(row.map_or(BRASILIA, |(_, zones)| zones))
}

fn country(phone: Option<&Phone>, user_id: Option<&UserId>) -> Option<&'static Country> {
    let by_phone = |phone: &Phone| COUNTRIES.iter().find(|country| phone.as_str().starts_with(country.0));
    let by_id = |id: &UserId| {
        let (prefix, _) = id.as_str().split_once('.')?;
        COUNTRIES.iter().find(|country| country.1 == prefix)
    };
    phone.and_then(by_phone).or_else(|| user_id.and_then(by_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(phone: &str) -> Vec<&'static str> {
        zones([], Some(&phone.into()), None).iter().map(|zone| zone.name()).collect()
    }

    #[test]
    fn zones_by_attribute_area_country_and_bsuid() {
        for (phone, expected) in [
            ("5511911112222", vec!["America/Sao_Paulo"]),
            ("5592911112222", vec!["America/Manaus"]),
            ("5568911112222", vec!["America/Rio_Branco"]),
            ("5471111122222", vec!["America/Argentina/Buenos_Aires"]),
            ("351911112222", vec!["Europe/Lisbon", "Atlantic/Azores"]),
            ("18091112222", vec!["America/Santo_Domingo"]),
            ("12125550100", vec!["America/New_York", "America/Los_Angeles", "Pacific/Honolulu"]),
            ("99999", vec![]),
        ] {
            assert_eq!(of(phone), expected, "{phone}");
        }
        let tags = ["vip".to_owned(), "timezone:Asia/Tokyo".to_owned()];
        assert_eq!(zones(&tags, Some(&"5511911112222".into()), None)[..], [Tz::Asia__Tokyo]);
        assert_eq!(zones(&["timezone:nowhere".to_owned()], Some(&"5511911112222".into()), None)[..], [SaoPaulo]);
        assert_eq!(zones([], None, Some(&"BR.1349".into())).first(), Some(&SaoPaulo));
        assert_eq!(zones([], None, Some(&"XX.1349".into())).len(), 0);
    }

    #[test]
    fn no_code_hides_behind_a_shorter_one() {
        for (place, country) in COUNTRIES.iter().enumerate() {
            let hidden = COUNTRIES[..place].iter().find(|before| country.0.starts_with(before.0));
            assert!(hidden.is_none(), "{} is never reached behind {hidden:?}", country.0);
        }
    }

    #[test]
    fn what_was_said_counts_for_more_than_where_the_phone_is_from() {
        let argentina = Phone::from("5491111112222");
        assert_eq!(language(&["en"], Some(&argentina), None), "en");
        assert_eq!(language(&["pt-BR", "es"], Some(&argentina), None), "es");
        assert_eq!(language(&["pt-BR", "es"], Some(&"15550100".into()), None), "pt-BR");
        assert_eq!(language(&[], Some(&argentina), None), "es");
        assert_eq!(language(&[], None, None), "en");
    }
}
