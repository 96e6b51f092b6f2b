// What the SDK does without a host.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import { lineTable } from "../lines.mjs";
import { fill } from "../src/fill.js";
import { line } from "../src/inspect.js";
import { Refused, ask, attempt } from "../src/refused.js";
import { readable } from "../src/stack.js";
import { instant, seconds } from "../src/time.js";
import { decode, encode } from "../src/utf8.js";

test("lengths of time are seconds or words", () => {
  const table = [[90, 90], [0, 0], ["90s", 90], ["5m", 300], ["1h 30m", 5_400], ["3d", 259_200], ["1w", 604_800], [1.6, 2]];
  for (const [length, expected] of table) assert.equal(seconds(length), expected, String(length));
  for (const wrong of ["", "3", "d", "3 days", "1h!", -1, NaN, null, undefined, {}]) assert.throws(() => seconds(wrong), /no length of time/);
});

test("moments are numbers or dates", () => {
  assert.equal(instant(5), 5);
  assert.equal(instant(new Date(7)), 7);
  for (const wrong of ["2026", NaN, new Date("never"), -1, null]) assert.throws(() => instant(wrong), /no moment/);
});

test("UTF-8 is what Node says it is", () => {
  for (const text of ["", "plain", "ação", "€", "😀 e 😀", "\ud800", "a\udc00b", "\u0000"]) {
    assert.deepEqual([...encode(text)], [...new TextEncoder().encode(text)], JSON.stringify(text));
    assert.equal(decode(encode(text)), new TextDecoder().decode(encode(text)), JSON.stringify(text));
  }
  for (const bytes of [[0xff], [0xc3], [0xe2, 0x82], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x61, 0xf0, 0x9f, 0x62]]) {
    assert.ok(decode(Uint8Array.from(bytes)).includes("\ufffd"), String(bytes));
  }
});

test("places are filled once and unknown ones stay", () => {
  const values = { a: 1, b: "{a}", $1: "x" };
  const table = [["", ""], ["{a}{b}{a}", "1{a}1"], ["keep {unknown} and {", "keep {unknown} and {"], ["{toString}", "{toString}"], ["{{a}}", "{1}"]];
  for (const [text, expected] of table) assert.equal(fill(text, values), expected);
  assert.equal(fill("{b}", { b: "$&$1" }), "$&$1");
});

test("the log shows values in one line", () => {
  const ring = { name: "ring" };
  ring.self = ring;
  const same = { x: 1 };
  assert.equal(line(["a", 1, null, undefined, [1n], ring]), 'a 1 null undefined ["1n"] {"name":"ring","self":"[again]"}');
  assert.equal(line([{ a: same, b: same }]), '{"a":{"x":1},"b":{"x":1}}');
  assert.equal(line([Symbol("s"), new Set([1]), function f() {}]), "Symbol(s) [1] [function f]");
});

test("a refusal is an error with a reason and has its words", () => {
  const says = (refusal) => {
    const answer = attempt(() => ask(() => { throw refusal; }));
    assert.ok(answer instanceof Refused && answer instanceof Error);
    return `${answer.reason}: ${answer.message}`;
  };
  assert.match(says({ tag: "denied", val: "send" }), /^denied: the permission `send` was not granted/);
  assert.equal(says({ tag: "invalid", val: { field: "key", why: "empty" } }), "invalid: key: empty");
  assert.equal(says({ payload: { tag: "quota", val: 0 } }), "quota: the quota is spent until 1970-01-01T00:00:00.000Z");
  assert.equal(says({ tag: "other", val: "words" }), "other: words");
  assert.equal(attempt(() => 7), 7);
  assert.throws(() => attempt(() => { throw new TypeError("mine"); }), /mine/);
});

test("stacks name the author's files by the table of lines", async () => {
  const { build } = await import("esbuild");
  const entry = `import { far } from "far";\n\n\nfunction near(): number {\n  return far();\n}\nexport const go = near;\n`;
  const far = { name: "far", setup: (b) => {
    b.onResolve({ filter: /^far$/ }, () => ({ path: "far.js", namespace: "far" }));
    b.onLoad({ filter: /.*/, namespace: "far" }, () => ({ contents: "\n\nexport function far() {\n  throw new Error('x');\n}\n" }));
  } };
  const made = await build({ stdin: { contents: entry, loader: "ts", sourcefile: "near.ts" }, bundle: true, write: false, format: "esm", sourcemap: "external", outdir: "x", plugins: [far] });
  const [map, code] = made.outputFiles.map((file) => file.text);
  globalThis.__ponteLines = lineTable(JSON.parse(map));
  const at = (words) => code.split("\n").findIndex((text) => text.includes(words)) + 1;
  const error = new Error("x");
  error.stack = `    at far (eval.js:${at("throw new")}:9)\n    at near (eval.js:${at("return far")}:3)\n    at native\n`;
  const shown = readable(error);
  delete globalThis.__ponteLines;
  assert.match(shown, /^Error: x\n    at far \(far:far\.js:4\)\n    at near \(near\.ts:5\)/);
});

test("the types are those of the contract", () => {
  execFileSync("node", [fileURLToPath(new URL("../types.mjs", import.meta.url)), "--check"]);
});
