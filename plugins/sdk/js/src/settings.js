import * as wire from "ponte:flow/settings";

/** A setting, or its default from the schema; null if it has neither. Dots go deeper: `sectors.0.title`. */
export function get(key) {
  const json = wire.get(key);
  return json === null ? null : JSON.parse(json);
}

/** A setting that the flow cannot do without. */
export function need(key) {
  const value = get(key);
  if (value === null) throw new Error(`setting \`${key}\` is missing: give it a default in settings.schema.json, or require it there`);
  return value;
}
