/** Text as UTF-8. The engine has no TextEncoder. A lone surrogate becomes U+FFFD. */
export function encode(text) {
  const bytes = [];
  for (const letter of String(text)) {
    let code = letter.codePointAt(0);
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return Uint8Array.from(bytes);
}

/** UTF-8 as text. What is no UTF-8 becomes U+FFFD. */
export function decode(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at++];
    if (first < 0x80) {
      text += String.fromCharCode(first);
      continue;
    }
    const more = first >= 0xf0 && first < 0xf5 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0;
    let code = first & (0x3f >> more);
    let left = first < 0xf5 ? more : 0;
    const whole = left > 0;
    for (; left > 0 && (bytes[at] & 0xc0) === 0x80; left--) code = (code << 6) | (bytes[at++] & 63);
    const smallest = [0, 0x80, 0x800, 0x10000][more];
    const fits = whole && left === 0 && code >= smallest && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    text += fits ? String.fromCodePoint(code) : "\ufffd";
  }
  return text;
}
