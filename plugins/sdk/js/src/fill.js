/**
 * Puts values into the `{places}` of a text. A place without a value stays as it is, and values are not searched for
 * places: what a customer wrote cannot pull in something else.
 */
export function fill(text, values) {
  return text.replace(/\{([^{}]*)\}/g, (place, name) => (Object.hasOwn(values, name) ? String(values[name]) : place));
}
