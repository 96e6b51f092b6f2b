import { Event } from "./event.js";
import { begin } from "./globals.js";
import { answerTo } from "./send.js";
import { readable } from "./stack.js";
import { seconds } from "./time.js";

/** The event again, later. */
class Again extends Error {
  constructor(after) {
    super(`again in ${after} s`);
    this.after = after;
  }
}

/** No event again, with a reason and no stack: nothing is broken. */
class Given extends Error {}

/**
 * Ends the run: all its effects are dropped, and the event comes again after that time. Tries are bounded; then the
 * manifest's `[failure] reject` decides.
 */
export function retry(after) {
  throw new Again(seconds(after));
}

/** Ends the run with a reason that the operator reads; all its effects are dropped, and `[failure] reject` decides. */
export function reject(reason) {
  throw new Given(String(reason));
}

/**
 * Makes a function the flow's handler: `export const handler = flow((event) => { … })`.
 *
 * An error that the function does not catch becomes a `reject` with name, message and stack.
 */
export function flow(handle) {
  if (typeof handle !== "function") throw new TypeError("flow() takes the function that handles an event");
  return {
    onEvent(raw) {
      begin();
      answerTo(raw.contact);
      try {
        const result = handle(new Event(raw));
        if (typeof result?.then === "function") {
          throw new TypeError("the handler is async, and nothing in a flow waits: take `async` and `await` away");
        }
      } catch (thrown) {
        throw failure(thrown);
      }
    },
  };
}

/** What an error means to the host. */
export function failure(thrown) {
  if (thrown instanceof Again) return { tag: "retry", val: thrown.after };
  if (thrown instanceof Given) return { tag: "reject", val: thrown.message };
  return { tag: "reject", val: thrown instanceof Error ? readable(thrown) : `threw ${JSON.stringify(thrown) ?? String(thrown)}` };
}
