//! The lines of a recording: a name, what was asked, what was answered, between tabs. JSON has neither tabs nor line
//! breaks in it, so no line can be misread.

use serde::Serialize;

/// Lines as they are written, up to a bound.
pub(super) struct Writer {
    text: Vec<u8>,
    most: usize,
    /// What did not fit any more, in bytes.
    beyond: usize,
}

impl Writer {
    /// `most` bytes at most; beyond that nothing is kept but how much it would have been.
    pub(super) fn new(most: usize) -> Self {
        Self { text: Vec::with_capacity(most.min(2048)), most, beyond: 0 }
    }

    pub(super) fn line(&mut self, name: &str, asked: &impl Serialize, answered: &impl Serialize) {
        if self.beyond > 0 {
            return;
        }
        self.text.extend_from_slice(name.as_bytes());
        self.field(asked);
        self.field(answered);
        self.text.push(b'\n');
        if self.text.len() > self.most {
            self.beyond = self.text.len();
            self.text = Vec::new();
        }
    }

    fn field(&mut self, value: &impl Serialize) {
        self.text.push(b'\t');
        serde_json::to_writer(&mut self.text, value).expect("answers are plain data");
    }

    /// What was written, or how large it became before it was given up.
    pub(super) fn close(&mut self) -> Result<Vec<u8>, usize> {
        match self.beyond {
            0 => Ok(std::mem::take(&mut self.text)),
            bytes => Err(bytes),
        }
    }
}

/// A line as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) asked: String,
    pub(super) answered: String,
}

/// Reads lines back.
pub(super) fn read(text: &str) -> Result<Vec<Line>, String> {
    let line = |line: &str| {
        let mut fields = line.split('\t').map(str::to_owned);
        match (fields.next(), fields.next(), fields.next(), fields.next()) {
            (Some(name), Some(asked), Some(answered), None) => Ok(Line { name, asked, answered }),
            _ => Err(format!("a line without its three parts: {line:?}")),
        }
    };
    text.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_guest_says_cannot_break_a_line() {
        let mut tape = Writer::new(1_000);
        let hostile = "a\tb\nc\r\u{2028}\u{85}\0\"\\";
        tape.line("text", &(hostile, 1), &Some(hostile));
        tape.line("state", &(), &());
        let lines = read(std::str::from_utf8(&tape.close().unwrap()).unwrap()).unwrap();
        assert_eq!(lines.len(), 2);
        assert_eq!(serde_json::from_str::<(String, u8)>(&lines[0].asked).unwrap().0, hostile);
        assert_eq!(serde_json::from_str::<Option<String>>(&lines[0].answered).unwrap().unwrap(), hostile);
    }

    #[test]
    fn beyond_its_bound_nothing_is_kept() {
        let mut tape = Writer::new(10);
        tape.line("state", &"0123456789", &());
        tape.line("state", &(), &());
        assert_eq!(tape.close(), Err("state\t\"0123456789\"\tnull\n".len()));
    }
}
