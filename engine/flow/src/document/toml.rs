use std::collections::HashMap;

use serde_json::{Number, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Parsed, Place, member};

pub(super) fn parse(text: &str) -> Parsed {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader { places: HashMap::new(), faults: Vec::new() };
    for error in errors {
        reader.faults.push((error.span().unwrap_or_default(), error.message().to_owned()));
    }
    let value = reader.table("", table.get_ref());
    reader.places.insert(String::new(), Place::default());
    // What follows a slip on the same line is most often its consequence.
    reader.faults.sort_by_key(|(span, _)| span.start);
    reader.faults.dedup_by_key(|(span, _)| text[..span.start].matches('\n').count());
    if reader.faults.is_empty() { Ok((value, reader.places)) } else { Err(reader.faults) }
}

struct Reader {
    places: HashMap<String, Place>,
    faults: Vec<(std::ops::Range<usize>, String)>,
}

impl Reader {
    fn table(&mut self, pointer: &str, table: &DeTable<'_>) -> Value {
        let mut entries: Vec<_> = table.iter().collect();
        // As written, which is how people expect to meet them again.
        entries.sort_by_key(|(key, _)| key.span().start);
        let members = entries.into_iter().map(|(key, value)| {
            let pointer = member(pointer, key.get_ref());
            let read = self.value(&pointer, value);
            self.places.insert(pointer, Place { key: Some(key.span()), value: value.span() });
            (key.get_ref().to_string(), read)
        });
        Value::Object(members.collect())
    }

    fn value(&mut self, pointer: &str, value: &Spanned<DeValue<'_>>) -> Value {
        let span = value.span();
        match value.get_ref() {
            DeValue::String(text) => Value::String(text.to_string()),
            DeValue::Boolean(yes) => Value::Bool(*yes),
            DeValue::Datetime(date) => Value::String(date.to_string()),
            DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
                Ok(number) => number.into(),
                Err(_) => self.fault(span, "this whole number is too large"),
            },
            DeValue::Float(float) => match float.as_str().parse().ok().and_then(Number::from_f64) {
                Some(number) => Value::Number(number),
                None => self.fault(span, "this is not a number that settings can hold"),
            },
            DeValue::Array(items) => {
                let items = items.iter().enumerate().map(|(index, item)| {
                    let pointer = format!("{pointer}/{index}");
                    let read = self.value(&pointer, item);
                    self.places.insert(pointer, Place { key: None, value: item.span() });
                    read
                });
                Value::Array(items.collect())
            }
            DeValue::Table(table) => self.table(pointer, table),
        }
    }

    fn fault(&mut self, span: std::ops::Range<usize>, what: &str) -> Value {
        self.faults.push((span, what.to_owned()));
        Value::Null
    }
}
