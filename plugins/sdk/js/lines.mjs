// From a source map to a small table of lines, which goes with the flow: stacks then name the author's own files.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * `files`, and two numbers for each line of the bundle: by how much the file's index and the line in it differ from those
 * of the line before. A line that comes from no file counts as the one before it.
 */
export function lineTable(map, name = (source) => source) {
  const lines = [];
  let [source, line] = [0, 0];
  let [shownSource, shownLine] = [0, 0];
  for (const row of map.mappings.split(";")) {
    let first = true;
    for (const segment of row.split(",").filter(Boolean)) {
      const [, sourceStep, lineStep] = decode(segment);
      if (sourceStep === undefined) continue;
      source += sourceStep;
      line += lineStep;
      if (first) {
        lines.push(source - shownSource, line + 1 - shownLine);
        [shownSource, shownLine, first] = [source, line + 1, false];
      }
    }
    if (first) lines.push(0, 0);
  }
  return { files: map.sources.map(name), lines };
}

/** The numbers of one segment (base 64 VLQ). */
function decode(segment) {
  const numbers = [];
  let [value, shift] = [0, 0];
  for (const digit of segment) {
    const bits = DIGITS.indexOf(digit);
    value += (bits & 31) << shift;
    shift += 5;
    if ((bits & 32) === 0) {
      numbers.push(value & 1 ? -(value >> 1) : value >> 1);
      [value, shift] = [0, 0];
    }
  }
  return numbers;
}
