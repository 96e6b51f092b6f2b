// Dialogs without a host: the cases that all SDKs share, and what only JavaScript can do wrong.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Dialog, Pause, isLate, read, wrong } from "../src/dialog-script.js";
import { Refused } from "../src/refused.js";

/** A host that writes down what it is asked for. */
class World {
  constructor() {
    this.name = "case";
    this.language = "en";
    this.time = 1_800_000_000_000;
    this.sends = [];
    this.noted = undefined;
    this.waits = false;
  }
  now() {
    return this.time;
  }
  text(key, values = {}) {
    return `<${[key, ...Object.values(values)].join(" ")}>`;
  }
  say(text) {
    if (this.person) throw new Refused({ tag: "owned-by-person" });
    this.sends.push(text);
  }
  farewell(text) {
    this.sends.push(text);
  }
  ask({ text, choices }) {
    this.say(choices.length > 0 ? `${text} [${choices.map(({ title }) => title).join("|")}]` : text);
  }
  wait() {
    this.waits = true;
  }
  end() {
    this.waits = false;
  }
  handOff(_to, note) {
    this.noted = note;
  }
}

/** A script out of a list of steps. */
function interpreted(steps) {
  return (d) => {
    const known = {};
    const fill = (text) => text.replace(/\{(\w+)\}/g, (_, name) => known[name]?.title ?? known[name]);
    const options = (given = {}) => ({
      ...given,
      ...(given.check === "number" && { check: (said) => (/^\d+$/.test(said) ? Number(said) : wrong("a number")) }),
    });
    for (const step of steps) {
      const [[kind, [name, ...args]]] = Object.entries(step);
      if (kind === "say") d.say(name, fill(args[0]));
      else if (kind === "once") known[name] = d.once(name, () => args[0]);
      else if (kind === "ask") known[name] = d.ask(name, fill(args[0]), options(args[1]));
      else if (kind === "buttons") known[name] = d.askButtons(name, fill(args[0]), args[1], options(args[2]));
      else if (kind === "list") known[name] = d.askList(name, fill(args[0]), args[1], args[2], options(args[3]));
      else if (kind === "handOff") d.handOff(name, fill(args[0]));
      else throw new Error(`a case has a step ${kind}`);
    }
  };
}

/** One run: what is stored before and after as text. */
function play(world, script, stored, news) {
  const d = new Dialog(world, stored === null ? null : read(stored), news);
  try {
    script(d);
    if (d.stopped === undefined) d.end();
  } catch (thrown) {
    if (!(thrown instanceof Pause)) throw thrown;
  }
  const ends = d.stopped ?? "over";
  return { d, ends, stored: ends === "waits" && d.isNew ? JSON.stringify(d.record) : stored };
}

function newsOf({ text, all, tap, wordless, timedOut }) {
  if (text !== undefined) return { said: { text, all: all ?? text } };
  if (tap !== undefined) return { said: { tap } };
  if (wordless) return { said: {} };
  return timedOut ? { timedOut } : { begins: true };
}

const { cases } = JSON.parse(readFileSync(new URL("../../dialog-cases.json", import.meta.url), "utf8"));
for (const { name, script, turns } of cases) {
  test(name, () => {
    let steps = script;
    let stored = null;
    for (const turn of turns) {
      steps = turn.script ?? steps;
      const world = new World();
      const at = JSON.stringify(turn);
      if (stored !== null) {
        // Only what comes in time is put before the script.
        const { until } = read(stored).open;
        assert.deepEqual([isLate(read(stored), until - 1), isLate(read(stored), until)], [false, true], at);
        if (turn.missed) break;
      }
      const played = play(world, interpreted(steps), stored, newsOf(turn));
      assert.deepEqual([played.ends, world.sends], [turn.ends, turn.sends], at);
      stored = played.stored;
      if (turn.ends === "waits") assert.notEqual(JSON.parse(stored).open, null, at);
      if (turn.steps) assert.deepEqual(JSON.parse(stored).steps, turn.steps, at);
      if (turn.tries !== undefined) assert.equal(JSON.parse(stored).open.tries, turn.tries, at);
      assert.equal(world.noted, turn.noted, at);
      if (turn.change) assert.equal(played.d.change, turn.change, at);
    }
  });
}

test("what is stored is the form that all SDKs share", () => {
  const script = interpreted([{ ask: ["name", "who?"] }, { buttons: ["day", "when?", { 1: "Segunda" }, { within: 60 }] }]);
  const first = play(new World(), script, null, { begins: true });
  const second = play(new World(), script, first.stored, newsOf({ text: "Ana" }));
  const asked = 1_800_000_000_000;
  assert.deepEqual(JSON.parse(second.stored), {
    v: 1,
    name: "case",
    began: asked,
    steps: [{ at: "name", is: "ask", value: "Ana" }],
    open: { at: "day", is: "buttons", asked, until: asked + 60_000, tries: 0, choices: [{ id: "1", title: "Segunda" }] },
  });
  assert.throws(() => read('{"v":2}'), /form 2/);
  assert.throws(() => read('{"v":1,"steps":[],"open":null}'), /no question is open/);
});

test("a script that catches the pause does nothing more", () => {
  const world = new World();
  const script = (d) => {
    try {
      d.ask("name", "who?");
    } catch {
      d.say("oops", "oops");
    }
  };
  assert.equal(play(world, script, null, { begins: true }).ends, "waits");
  assert.deepEqual(world.sends, ["who?"]);
});

test("where a person has taken the conversation it is over without a word", () => {
  const { stored } = play(new World(), (d) => d.ask("name", "who?"), null, { begins: true });
  const world = new World();
  world.person = true;
  const script = (d) => {
    d.ask("name", "who?");
    d.say("hello", "hello");
  };
  assert.equal(play(world, script, stored, newsOf({ text: "Ana" })).ends, "over");
  assert.deepEqual(world.sends, []);
});

test("mistakes of the author are errors and are not said to the customer", () => {
  const fails = (script, words) => assert.throws(() => play(new World(), script, null, { begins: true }), words);
  fails((d) => (d.say("a", "1"), d.say("a", "2")), /two steps called "a"/);
  fails((d) => d.askButtons("a", "?", {}), /nothing to choose from/);
  fails((d) => d.ask("a", "?", { within: "8d" }), /to seven days/);
  const { stored } = play(new World(), (d) => d.ask("a", "?"), null, { begins: true });
  const broken = (d) => d.ask("a", "?", { check: (said) => said.nothing.there });
  assert.throws(() => play(new World(), broken, stored, newsOf({ text: "x" })), TypeError);
});

test("no conversation, however odd, loses an answer, asks twice or repeats what was said", () => {
  const days = { mon: "Monday", tue: "Tuesday" };
  const hours = { 9: "9h", 11: "11h", 14: "14h" };
  const good = {
    name: () => ({ text: "Ana" }),
    day: (roll) => [{ tap: "day:tue" }, { text: "tuesday" }, { text: "2" }][roll % 3],
    hour: (roll) => [{ tap: "hour:14" }, { text: " 14H" }, { text: "3" }][roll % 3],
  };
  const bad = [{ wordless: true }, { tap: "gone:x" }, { tap: "name:x" }];
  for (let seed = 1; seed <= 500; seed++) {
    let dice = seed;
    const roll = () => (dice = (dice * 48_271) % 2_147_483_647);
    const world = new World();
    let drawn = 0;
    let end;
    const script = (d) => {
      d.say("hello", "hello");
      const name = d.ask("name", "who?");
      const day = d.askButtons("day", "when?", days);
      const number = d.once("number", () => ++drawn);
      const hour = d.askList("hour", "at what time?", "hours", hours);
      end = [name, day.id, number, hour.id];
      d.say("bye", "bye");
    };
    let { stored } = play(world, script, null, { begins: true });
    let ends = "waits";
    const steps = [];
    for (let turn = 0; ends === "waits" && turn < 50; turn++) {
      const { open, steps: before } = JSON.parse(stored);
      assert.deepEqual(before.slice(0, steps.length), steps, `seed ${seed}: what was recorded stays`);
      steps.splice(0, Infinity, ...before);
      const news = roll() % 3 > 0 ? good[open.at](roll()) : bad[roll() % bad.length];
      ({ ends, stored } = play(world, script, stored, newsOf(news)));
    }
    const times = (text) => world.sends.filter((sent) => sent === text).length;
    assert.equal(ends, "over", `seed ${seed}`);
    assert.equal(times("hello"), 1, `seed ${seed}`);
    assert.ok(drawn <= 1 && times("bye") <= 1, `seed ${seed}`);
    // Either every answer arrived, or the third that did not fit led to people.
    if (times("bye") === 1) assert.deepEqual(end, ["Ana", "tue", 1, "14"], `seed ${seed}`);
    else assert.match(world.noted, /note-gave-up/, `seed ${seed}`);
    assert.equal(world.waits, false, `seed ${seed}`);
  }
});
