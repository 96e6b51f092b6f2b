import * as wire from "ponte:flow/settings";

import { fill } from "./fill.js";
import * as settings from "./settings.js";

export { fill };

/** A text in the language that fits best, the shop's own (`texts.<language>.<key>`) or the package's; null if none has it. */
export function find(key, language) {
  return settings.get(`texts.${language}.${key}`) ?? wire.text(key, language);
}

/** The same with its `{places}` filled; an error if no language has it, which is a fault of the package. */
export function get(key, language, values = {}) {
  const text = find(key, language);
  if (text === null) throw new Error(`text \`${key}\` is missing: write it in texts/${language}.toml`);
  return fill(text, values);
}
