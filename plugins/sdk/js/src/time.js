const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** A length of time in whole seconds: a number of them, or words such as `"90s"`, `"5m"`, `"1h 30m"`, `"3d"`. */
export function seconds(length) {
  if (typeof length === "number" && Number.isFinite(length) && length >= 0) return Math.round(length);
  if (typeof length === "string") {
    const parts = [...length.matchAll(/\s*(\d+)\s*([smhdw])/gy)];
    if (parts.length > 0 && parts.reduce((sum, part) => sum + part[0].length, 0) === length.trimEnd().length) {
      return parts.reduce((sum, [, count, unit]) => sum + Number(count) * SECONDS[unit], 0);
    }
  }
  throw new TypeError(`${JSON.stringify(length)} is no length of time: write seconds as a number, or "90s", "5m", "1h 30m", "3d"`);
}

/** A moment as milliseconds since the Unix epoch: such a number, or a Date. */
export function instant(moment) {
  const at = moment instanceof Date ? moment.getTime() : moment;
  if (typeof at === "number" && Number.isFinite(at) && at >= 0) return Math.round(at);
  throw new TypeError(`${String(moment)} is no moment: give milliseconds since the Unix epoch, as Date.now() does, or a Date`);
}
