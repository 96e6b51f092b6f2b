//! Results as JUnit XML, which continuous integration reads.

use std::fmt::Write as _;
use std::time::Duration;

use ponte_scenario::Report;

pub(super) fn xml(reports: &[Report], took: Duration) -> String {
    let failed = reports.iter().filter(|report| !report.passed()).count();
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        text,
        "<testsuites name=\"ponte\" tests=\"{}\" failures=\"{failed}\" time=\"{:.3}\">\n  <testsuite name=\"scenarios\" \
         tests=\"{}\" failures=\"{failed}\" time=\"{:.3}\">",
        reports.len(),
        took.as_secs_f64(),
        reports.len(),
        took.as_secs_f64()
    );
    for report in reports {
        let (class, name) = (escaped(&report.path.display().to_string()), escaped(&report.name));
        let _ = write!(
            text,
            "    <testcase classname=\"{class}\" name=\"{name}\" time=\"{:.3}\"",
            report.took.as_secs_f64()
        );
        if report.passed() {
            text.push_str("/>\n");
            continue;
        }
        let first = report.missed.first().map(ponte_scenario::Miss::words);
        let first = first.or_else(|| report.broken.as_ref().map(|broken| broken.why.clone())).unwrap_or_default();
        let _ = writeln!(
            text,
            ">\n      <failure message=\"{}\">{}</failure>\n    </testcase>",
            escaped(&first),
            escaped(&report.explain())
        );
    }
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}

/// Text as it may stand in XML. Characters that XML has no way to write are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push('\t'),
            letter if letter.is_control() || matches!(letter, '\u{FFFE}' | '\u{FFFF}') => {}
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_customers_write_stays_xml() {
        assert_eq!(escaped("a<b & \"c\"\u{1b}\nd"), "a&lt;b &amp; &quot;c&quot;&#10;d");
    }
}
