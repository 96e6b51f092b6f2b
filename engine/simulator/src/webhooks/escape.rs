//! JSON as Meta writes it: `\/` for slashes and `\uXXXX` for everything that is not ASCII. A receiver that checks the
//! signature over anything but the raw bytes fails on these.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

/// The bytes of a body, with Meta's escapes or plain.
pub(crate) fn bytes(body: &Value, escaped: bool) -> Vec<u8> {
    if !escaped {
        return body.to_string().into_bytes();
    }
    let mut bytes = Vec::new();
    body.serialize(&mut Serializer::with_formatter(&mut bytes, Escapes))
        .expect("a `Value` has only string keys, and a `Vec` takes every byte");
    bytes
}

struct Escapes;

impl Formatter for Escapes {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut units = [0u16; 2];
        for character in fragment.chars() {
            match character {
                '/' => writer.write_all(b"\\/")?,
                ' '..='~' => writer.write_all(&[character as u8])?,
                _ => {
                    for unit in character.encode_utf16(&mut units) {
                        write!(writer, "\\u{unit:04x}")?;
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn slashes_and_letters_are_escaped() {
        let body = json!({"url": "https://a", "é": "\u{1F600}\n"});
        let text = String::from_utf8(bytes(&body, true)).unwrap();
        assert_eq!(text, r#"{"url":"https:\/\/a","\u00e9":"\ud83d\ude00\n"}"#);
    }

    proptest! {
        #[test]
        fn it_says_the_same(text: String) {
            let body = json!({ "text": text });
            let escaped = bytes(&body, true);
            prop_assert!(escaped.is_ascii());
            prop_assert_eq!(serde_json::from_slice::<Value>(&escaped).unwrap(), body);
        }
    }
}
