import * as wire from "ponte:flow/state";

import { ask } from "./refused.js";
import { seconds } from "./time.js";
import { decode, encode } from "./utf8.js";

/** Keys of one owner. Values are JSON. */
class Scope {
  #scope;

  constructor(scope) {
    this.#scope = scope;
  }

  /** The value under a key; null if there is none. */
  get(key) {
    const bytes = this.getBytes(key);
    if (bytes === null) return null;
    try {
      return JSON.parse(decode(bytes));
    } catch (error) {
      throw new Error(`state \`${key}\` is no JSON: did another version of the flow write it?`, { cause: error });
    }
  }

  /** Writes a value (64 KiB of JSON) under a key (256 bytes); `age` lets it disappear by itself after that time. */
  put(key, value, age) {
    const json = JSON.stringify(value);
    if (json === undefined) throw new TypeError(`state \`${key}\` cannot be ${typeof value}: it must be JSON, or delete the key`);
    this.putBytes(key, encode(json));
    if (age !== undefined) this.expireAfter(key, age);
  }

  /** Takes a key away; no error if there is none. */
  delete(key) {
    ask(wire.delete, this.#scope, key);
  }

  /** Adds to a whole number, and returns the sum. A missing key counts as 0. */
  add(key, delta = 1) {
    return ask(wire.add, this.#scope, key, delta);
  }

  /** Lets a key that exists disappear by itself after that time. */
  expireAfter(key, age) {
    ask(wire.expireAfter, this.#scope, key, seconds(age));
  }

  /** The value under a key as it is; null if there is none. */
  getBytes(key) {
    const bytes = ask(wire.get, this.#scope, key);
    return bytes === null ? null : Uint8Array.from(bytes);
  }

  /** Writes a value as it is. */
  putBytes(key, value) {
    ask(wire.put, this.#scope, key, value);
  }
}

/** This conversation's keys. One run at a time: always exact. */
export const conversation = /* @__PURE__ */ new Scope("conversation");
/** This contact's keys, on every number of the tenant. */
export const contact = /* @__PURE__ */ new Scope("contact");
/** This installation's keys, shared by all its conversations. If two runs collide, one is run again. */
export const installation = /* @__PURE__ */ new Scope("installation");
