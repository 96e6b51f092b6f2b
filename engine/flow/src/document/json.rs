use std::collections::HashMap;
use std::ops::Range;

use super::{Parsed, Place, member};

pub(super) fn parse(text: &str) -> Parsed {
    match serde_json::from_str(text) {
        Ok(value) => {
            let mut scanner = Scanner { text, at: 0, places: HashMap::new() };
            scanner.value(String::new(), None);
            Ok((value, scanner.places))
        }
        Err(error) => {
            let lines = text.split_inclusive('\n').take(error.line().saturating_sub(1));
            let at = lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
            // The column counts bytes, and may point behind the end.
            let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let message = error.to_string();
            let what = message.rsplit_once(" at line ").map_or(message.as_str(), |(what, _)| what);
            Err(vec![(at..at, what.to_owned())])
        }
    }
}

/// Walks over a text that is known to be JSON, and notes where things are.
struct Scanner<'t> {
    text: &'t str,
    at: usize,
    places: HashMap<String, Place>,
}

impl Scanner<'_> {
    fn value(&mut self, pointer: String, key: Option<Range<usize>>) {
        self.skip_space();
        let start = self.at;
        match self.byte() {
            Some(b'{') => self.members(b'}', |scanner, _| {
                let key = scanner.string();
                let name: String = serde_json::from_str(&scanner.text[key.clone()]).unwrap_or_default();
                scanner.skip_space();
                // The colon.
                scanner.at += 1;
                scanner.value(member(&pointer, &name), Some(key));
            }),
            Some(b'[') => self.members(b']', |scanner, index| scanner.value(format!("{pointer}/{index}"), None)),
            Some(b'"') => {
                self.string();
            }
            _ => {
                let rest = &self.text[self.at..];
                self.at += rest.find([',', ']', '}', ' ', '\t', '\r', '\n']).unwrap_or(rest.len());
            }
        }
        self.places.insert(pointer, Place { key, value: start..self.at });
    }

    fn members(&mut self, end: u8, mut each: impl FnMut(&mut Self, usize)) {
        self.at += 1;
        for index in 0.. {
            self.skip_space();
            match self.byte() {
                Some(byte) if byte != end => each(self, index),
                _ => break,
            }
            self.skip_space();
            if self.byte() == Some(b',') {
                self.at += 1;
            }
        }
        self.at += 1;
    }

    fn string(&mut self) -> Range<usize> {
        let start = self.at;
        self.at += 1;
        while let Some(byte) = self.byte() {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                break;
            }
        }
        start..self.at
    }

    fn skip_space(&mut self) {
        while self.byte().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}
