import * as wire from "ponte:flow/schedule";

import { ask } from "./refused.js";
import { instant, seconds } from "./time.js";

/** Sets the named timer of this conversation, or replaces it. The payload comes back in `event.timer`. */
export const at = (name, due, payload = "") => void ask(wire.at, name, instant(due), payload);
/** The same, that time from now. */
export const after = (name, delay, payload = "") => void ask(wire.after, name, seconds(delay), payload);
/** Takes the named timer away; no error if there is none. */
export const cancel = (name) => void ask(wire.cancel, name);
