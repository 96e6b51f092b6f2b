//! Makes recordings small: LZ4 with a dictionary of what most of them say.

use lz4_flex::block::{compress_with_dict, decompress_with_dict};

/// What recordings have in common. Never changed: a better one is another file, with a number of its own in [`PACKED`].
const DICTIONARY: &[u8] = include_bytes!("dictionary-1.txt");

/// The text as it is.
const PLAIN: u8 = 0;

/// LZ4 with the first dictionary.
const PACKED: u8 = 1;

/// No recording is larger, whatever a damaged row says.
const MOST: usize = 64 << 20;

/// The way in which it is packed, and the bytes.
pub(super) fn pack(text: &[u8]) -> (u8, Vec<u8>) {
    let packed = compress_with_dict(text, DICTIONARY);
    if packed.len() < text.len() { (PACKED, packed) } else { (PLAIN, text.to_vec()) }
}

/// Undoes [`pack`]; `len` is the length of the text.
pub(super) fn unpack(way: u8, bytes: &[u8], len: usize) -> Result<Vec<u8>, String> {
    if len > MOST {
        return Err(format!("it claims to be {len} bytes long"));
    }
    let text = match way {
        PLAIN => bytes.to_vec(),
        PACKED => decompress_with_dict(bytes, len, DICTIONARY).map_err(|error| error.to_string())?,
        other => return Err(format!("it is packed in a way ({other}) that this ponte does not know")),
    };
    if text.len() == len { Ok(text) } else { Err(format!("{} bytes where {len} belong", text.len())) }
}
