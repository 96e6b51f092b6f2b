//! What a guest writes for people: bounded, cut where it is too much, and the cut marked.

use std::sync::{Arc, Mutex, PoisonError};

use ponte_model::{LogLevel, LogLine};

use crate::limits;

const CUT: &str = "… [cut]";

/// The log of one run. Shared between the world's `log` and WASI's output streams.
#[derive(Clone)]
pub(crate) struct LogBook(Arc<Mutex<Pages>>);

struct Pages {
    lines: Vec<LogLine>,
    /// What an output stream has begun and not ended with a line break, with its level.
    begun: Vec<(LogLevel, Vec<u8>)>,
    lines_left: usize,
    bytes_left: usize,
    cut: bool,
}

impl LogBook {
    pub(crate) fn new(lines: usize, bytes: usize) -> Self {
        Self(Arc::new(Mutex::new(Pages {
            lines: Vec::new(),
            begun: Vec::new(),
            lines_left: lines,
            bytes_left: bytes,
            cut: false,
        })))
    }

    /// One line.
    pub(crate) fn write(&self, level: LogLevel, text: &str) {
        self.pages().write(level, text);
    }

    /// A piece of a stream: whole lines are written, the rest waits for its end.
    pub(crate) fn stream(&self, level: LogLevel, bytes: &[u8]) {
        self.pages().stream(level, bytes);
    }

    /// The lines, and whether anything is missing.
    pub(crate) fn close(&self) -> (Vec<LogLine>, bool) {
        let mut pages = self.pages();
        for (level, rest) in std::mem::take(&mut pages.begun) {
            if !rest.is_empty() {
                pages.write(level, &String::from_utf8_lossy(&rest));
            }
        }
        (std::mem::take(&mut pages.lines), pages.cut)
    }

    fn pages(&self) -> std::sync::MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pages {
    fn write(&mut self, level: LogLevel, text: &str) {
        let room = self.bytes_left.min(limits::LOG_LINE_BYTES);
        if self.lines_left == 0 || room == 0 {
            if !self.cut || self.lines.last().is_some_and(|line| line.text != CUT) {
                self.lines.push(LogLine { level: LogLevel::Warn, text: CUT.to_owned() });
            }
            self.cut = true;
            return;
        }
        let end = text.floor_char_boundary(room);
        self.lines_left -= 1;
        self.bytes_left -= end;
        let mut line = text[..end].to_owned();
        if end < text.len() {
            line.push_str(CUT);
            self.cut = true;
        }
        self.lines.push(LogLine { level, text: line });
    }

    fn stream(&mut self, level: LogLevel, bytes: &[u8]) {
        let index = self.begun.iter().position(|(of, _)| *of == level).unwrap_or_else(|| {
            self.begun.push((level, Vec::new()));
            self.begun.len() - 1
        });
        let mut rest = std::mem::take(&mut self.begun[index].1);
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            // What would be cut anyway is not kept, but its length must still exceed the limit.
            let room = (limits::LOG_LINE_BYTES + 1).saturating_sub(rest.len());
            let ended = piece.ends_with(b"\n");
            let piece = piece.strip_suffix(b"\n").unwrap_or(piece);
            rest.extend_from_slice(&piece[..piece.len().min(room)]);
            if ended {
                self.write(level, &String::from_utf8_lossy(&rest));
                rest.clear();
            }
        }
        self.begun[index].1 = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(book: &LogBook) -> (Vec<String>, bool) {
        let (lines, cut) = book.close();
        (lines.into_iter().map(|line| line.text).collect(), cut)
    }

    #[test]
    fn too_many_lines_are_cut_once() {
        let book = LogBook::new(2, 1000);
        for line in ["a", "b", "c", "d"] {
            book.write(LogLevel::Info, line);
        }
        assert_eq!(texts(&book), (vec!["a".into(), "b".into(), CUT.into()], true));
    }

    #[test]
    fn long_lines_are_cut_between_characters() {
        let book = LogBook::new(9, 3);
        book.write(LogLevel::Info, "éé");
        book.write(LogLevel::Info, "ab");
        assert_eq!(texts(&book), (vec![format!("é{CUT}"), format!("a{CUT}")], true));
    }

    #[test]
    fn streams_are_put_together_by_line() {
        let book = LogBook::new(9, 10_000);
        book.stream(LogLevel::Info, b"one\ntw");
        book.stream(LogLevel::Warn, b"oops\n");
        book.stream(LogLevel::Info, b"o\nrest");
        assert_eq!(texts(&book), (vec!["one".into(), "oops".into(), "two".into(), "rest".into()], false));
        book.stream(LogLevel::Info, &vec![b'x'; 1 << 20]);
        let (lines, cut) = texts(&book);
        assert_eq!((lines[0].len(), cut), (limits::LOG_LINE_BYTES + CUT.len(), true));
    }
}
