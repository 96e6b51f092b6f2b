import * as wire from "ponte:flow/conversation";

import { ask } from "./refused.js";
import { seconds } from "./time.js";

/** What is known of the conversation; null where the event has none. */
export const facts = () => wire.get();
/** The last messages before the event, oldest first; at most 50. */
export const recent = (most) => ask(wire.recent, most);
/** What this run answers, oldest first: all lines of a burst where the manifest says `debounce`. */
export const burst = () => wire.burst();
/** Whether a person sits at a phone with this number: `seen`, `unseen` or `none`. */
export const phone = () => wire.phone();
/** Gives the conversation to people (`app` or `team`), with a note. Automation is silent then, save what this run says. */
export const handOff = (to, note) => void ask(wire.handOff, to, note);
/** Keeps the conversation for this flow for that time, at most seven days. */
export const hold = (age) => void ask(wire.hold, seconds(age));
/** Gives the conversation back, if this flow holds it. */
export const release = () => void ask(wire.release);
/** What the business app on the phone says by itself. */
export const automatic = () => wire.automatic();
