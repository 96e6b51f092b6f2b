/** An error's words as they are kept: more would be a nuisance to whoever reads them. */
const LONGEST = 4_000;
const FRAMES = 10;

/** Name, message, and where: in the files that the author wrote, innermost first. The cause behind it too. */
export function readable(error) {
  const parts = [];
  for (let at = error, depth = 0; at !== undefined && at !== null && depth < 4; at = at.cause, depth++) {
    parts.push(at instanceof Error ? [head(at), ...frames(at.stack)].join("\n") : `threw ${JSON.stringify(at) ?? String(at)}`);
  }
  return parts.join("\ncaused by ").slice(0, LONGEST);
}

function head(error) {
  const name = error.name || "Error";
  return error.message ? `${name}: ${error.message}` : name;
}

/** The frames of the author's own code: what the SDK does around them is left out. */
function frames(stack) {
  const lines = String(stack ?? "").split("\n").filter((line) => /^\s*at /.test(line)).map(source);
  const own = lines.filter((line) => !/\bponte-sdk\//.test(line));
  return own.slice(0, FRAMES).map((line) => `    ${line.trim()}`);
}

/** A frame in the author's words: the bundler's line becomes the file's own, by the table that the build leaves behind. */
function source(frame) {
  const table = globalThis.__ponteLines;
  const place = /\(?([^()\s]+):(\d+):(\d+)\)?$/.exec(frame);
  if (table === undefined || place === null) return frame;
  const [file, line] = lookUp(table, Number(place[2])) ?? [];
  return file === undefined ? frame : `${frame.slice(0, place.index).trimEnd()} (${file}:${line})`;
}

/**
 * `lines` has two numbers for each line of the bundle: by how much the file's index and the line in it differ from the
 * line before. An index of -1 is the bundler's own.
 */
function lookUp({ files, lines }, wanted) {
  let file = 0;
  let line = 0;
  for (let at = 0; at < wanted && at * 2 < lines.length; at++) {
    file += lines[at * 2];
    line += lines[at * 2 + 1];
  }
  return files[file] === undefined ? undefined : [files[file], line];
}
