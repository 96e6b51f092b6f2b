// What authors expect of a JavaScript engine and QuickJS does not have, or has and would make a run unrepeatable.
import * as log from "ponte:flow/log";
import * as run from "ponte:flow/run";

import { line } from "./inspect.js";
import { decode, encode } from "./utf8.js";

let running = false;

/** Says that an event is being handled. Code outside of functions runs when the flow is built, where there is no host. */
export function begin() {
  running = true;
}

const write = (level) => (...words) => {
  if (running) log.write(level, line(words));
};

globalThis.console = {
  trace: write("trace"),
  debug: write("debug"),
  log: write("info"),
  info: write("info"),
  warn: write("warn"),
  error: write("error"),
  assert(holds, ...words) {
    if (!holds) this.error("assertion failed:", ...words);
  },
};

/** Dice that follow from the run (sfc32): the engine's own were thrown when the flow was built. */
let dice;

function seeded() {
  const bytes = Uint8Array.from(run.random(16));
  let [a, b, c, counter] = new Uint32Array(bytes.buffer);
  return () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
}

function roll() {
  if (!running) throw new Error("there are no dice while the flow is built: call Math.random() while an event is handled");
  dice ??= seeded();
  return dice();
}

Math.random = () => ((roll() >>> 5) * 67_108_864 + (roll() >>> 6)) / 9_007_199_254_740_992;

globalThis.crypto ??= {
  getRandomValues(array) {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let at = 0; at < bytes.length; at++) bytes[at] = roll() >>> 24;
    return array;
  },
};

globalThis.TextEncoder ??= class TextEncoder {
  encode(text = "") {
    return encode(text);
  }
};

globalThis.TextDecoder ??= class TextDecoder {
  decode(bytes = new Uint8Array()) {
    return decode(bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes);
  }
};

function absent(name, instead) {
  globalThis[name] ??= () => {
    throw new Error(`a flow has no ${name}: ${instead}`);
  };
}
for (const name of ["setTimeout", "setInterval", "setImmediate"]) absent(name, "use schedule.after, which outlives the run");
absent("fetch", "a flow reaches no network by itself");
