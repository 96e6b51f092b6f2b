import * as wire from "ponte:flow/run";

/** The time of the event, in milliseconds since the Unix epoch; also what `Date.now()` says. Does not pass during a run. */
export function now() {
  return wire.now();
}

/** Random bytes, at most 1,024 a call; the same for the same event and version. */
export function random(length) {
  return Uint8Array.from(wire.random(length));
}

/** A random UUID (version 4); the same for the same event and version. */
export function uuid() {
  const bytes = random(16);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The whole event, with what the types do not name. */
export function event() {
  return JSON.parse(wire.eventJson());
}
