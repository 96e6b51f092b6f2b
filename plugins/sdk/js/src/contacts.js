import * as wire from "ponte:flow/contacts";

import { ask } from "./refused.js";

/** A person; null if unknown. */
export const get = (id) => ask(wire.get, id);
/** The people whom the shop named in a setting, by their phone numbers: one, or a list of at most 20. */
export const named = (setting) => ask(wire.named, setting);
/** Puts a tag (64 bytes) on the event's contact. */
export const tag = (word) => void ask(wire.tag, word);
/** Takes a tag off the event's contact. */
export const untag = (word) => void ask(wire.untag, word);
