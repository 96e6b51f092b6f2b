import * as wire from "ponte:flow/log";

import { line } from "./inspect.js";

/** Writes one line. Values are shown as `console.log` shows them. Do not write what customers say. */
export const trace = (...words) => wire.write("trace", line(words));
export const debug = (...words) => wire.write("debug", line(words));
export const info = (...words) => wire.write("info", line(words));
export const warn = (...words) => wire.write("warn", line(words));
export const error = (...words) => wire.write("error", line(words));
