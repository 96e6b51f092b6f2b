// Says its answer to a word in the run's log, or fails as the word says.
import { attempt, flow, log, reply, retry, run, send, state, Refused } from "ponte-sdk";

function deeper(depth) {
  if (depth === 3) throw new TypeError("too deep");
  return deeper(depth + 1);
}

const acts = {
  boom: () => deeper(0),
  cause: () => {
    try { deeper(3); } catch (error) { throw new Error("outer", { cause: error }); }
  },
  words: () => { throw "just words"; },
  async: async () => {},
  timer: () => setTimeout(() => {}, 1),
  retry: () => retry("5m"),
  time: () => console.log(Date.now() === run.now(), new Date().toISOString()),
  dice: () => console.log(Math.random(), Math.random(), run.uuid()),
  console: () => {
    console.log("one", { two: [2, null] }, new Map([["k", 3n]]));
    console.warn("odd");
    console.error(new RangeError("far"));
  },
  state: () => {
    state.conversation.put("k", { text: "ação 😀" }, "3d");
    log.info(state.conversation.get("k"), state.conversation.get("none"), state.conversation.add("n", 2));
  },
  refused: () => reply(""),
  attempt: () => {
    const answer = attempt(() => state.conversation.put("", 1));
    log.info(answer instanceof Refused, answer.reason, answer.detail.field);
  },
  amended: () => send.text("con_1", "x").expireAfter("1h 30m").whenClosed("hold"),
  loop: () => { for (;;); },
  recursion: () => { const f = (n) => f(n + 1) + 1; f(0); },
  depth: () => { const f = (n) => (n === 0 ? 0 : 1 + f(n - 1)); log.info(f(1000)); },
  memory: () => { const all = []; for (;;) all.push({ text: "x".repeat(10) + all.length }); },
};

export const handler = flow((event) => acts[event.text]());
