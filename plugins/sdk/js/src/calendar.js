import * as wire from "ponte:flow/calendar";

import { ask } from "./refused.js";
import { instant } from "./time.js";

/** The open or closed period around a moment; now, if none is given. */
export const at = (moment = Date.now()) => ask(wire.at, instant(moment));
/** The shop's wall clock at a moment; now, if none is given. */
export const local = (moment = Date.now()) => ask(wire.local, instant(moment));
