import { readable } from "./stack.js";

/** Words for the log, as `console.log` would join them. */
export function line(words) {
  return words.map((word) => (typeof word === "string" ? word : show(word))).join(" ");
}

function show(value) {
  if (value instanceof Error) return readable(value);
  if (typeof value === "function") return `[function ${value.name || "without a name"}]`;
  if (typeof value === "symbol" || typeof value === "bigint" || value === undefined) return String(value);
  try {
    return JSON.stringify(value, plain()) ?? String(value);
  } catch (error) {
    return `[${error.message}]`;
  }
}

/** What JSON has no words for: rings, maps, sets, big numbers. */
function plain() {
  const above = [];
  return function (_key, value) {
    if (typeof value === "bigint") return `${value}n`;
    if (value instanceof Map) return Object.fromEntries(value);
    if (value instanceof Set) return [...value];
    if (typeof value !== "object" || value === null) return value;
    while (above.length > 0 && above.at(-1) !== this) above.pop();
    if (above.includes(value)) return "[again]";
    above.push(value);
    return value;
  };
}
