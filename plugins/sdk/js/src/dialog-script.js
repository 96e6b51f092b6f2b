// A script being run over what is recorded: what is done is not done again, and what differs is noticed.
//
// Nothing here knows the host: it acts through `world`, so that it is tested with Node alone.
import { fits } from "./dialog-answer.js";
import { Refused } from "./refused.js";
import { seconds } from "./time.js";

const VERSION = 1;
const WITHIN = 24 * 3_600;
const LONGEST = 7 * 24 * 3_600;
const TRIES = 3;

/** Thrown to end the run where the customer's answer has to be awaited, and where the dialog is over. */
export class Pause extends Error {
  constructor(why) {
    super(`the dialog pauses here (${why}): do not catch this`);
    this.name = "Pause";
  }
}

/** An answer that does not fit, and what the customer is told. */
class Wrong extends Error {}

/** What a `check` returns or throws where an answer does not fit: `wrong("Just the number, please.")`. */
export const wrong = (text) => new Wrong(text);

/** Reads the stored form, or throws what does not fit. */
export function read(json) {
  const record = JSON.parse(json);
  if (record?.v !== VERSION) throw new Error(`it is of form ${record?.v}, and this SDK reads form ${VERSION}`);
  if (!Array.isArray(record.steps) || typeof record.open?.at !== "string") throw new Error("no question is open in it");
  return record;
}

/** Whether the open question's time is up: what is written then is no answer any more, whether its timer was heard or not. */
export const isLate = (record, now) => now >= record.open.until;

/** A dialog in the middle of its script. */
export class Dialog {
  #world;
  #at = 0;
  #news;
  /** Whether the question that was open is still to be reached. */
  #awaited;

  /** `news` is `{ begins: true }`, `{ said }` or `{ timedOut: true }`. */
  constructor(world, record, news) {
    this.#world = world;
    this.#news = news;
    this.#awaited = record !== null;
    this.record = record ?? { v: VERSION, name: world.name, began: world.now(), steps: [], open: null };
    /** Whether something is to be stored that is not yet. */
    this.isNew = false;
    /** Why the script goes no further: `waits`, `over` or `changed`. */
    this.stopped = undefined;
    /** With `changed`: what did. */
    this.change = undefined;
  }

  /** The language that the dialog speaks. */
  get language() {
    return this.#world.language;
  }

  /** Asks for a text and returns the answer. */
  ask(name, text, options = {}) {
    return this.#question({ name, kind: "ask", text, choices: [], ...options });
  }

  /** Asks with one to three buttons and returns the one chosen: by a tap, by writing its title, or by its number from 1. */
  askButtons(name, text, choices, options = {}) {
    return this.#question({ name, kind: "buttons", text, choices: offered(choices), ...options });
  }

  /** Asks with a list of at most ten rows behind a button, and returns the one chosen. */
  askList(name, text, button, rows, options = {}) {
    return this.#question({ name, kind: "list", text, button, choices: offered(rows), ...options });
  }

  /** Says something, once. */
  say(name, text) {
    if (this.#recorded(name, "say") !== undefined) return;
    this.#send(() => this.#world.say(text));
    this.#done({ at: name, is: "say" });
  }

  /** Does something once and remembers what came of it: what may be different the next time. */
  once(name, action) {
    const step = this.#recorded(name, "once");
    if (step !== undefined) return step.value ?? null;
    // The value as it is read back: the same the first time and ever after.
    const value = JSON.parse(JSON.stringify(action() ?? null));
    this.#done({ at: name, is: "once", value });
    return value;
  }

  /** Ends the dialog and gives the conversation to people, with a note. What was said in this run is still sent. */
  handOff(to, note) {
    this.#goesOn();
    this.end();
    this.#world.handOff(to, note);
    this.#stop("over");
  }

  /** Ends the dialog: nothing is kept, nothing waits. An error if the script did not come past all that was recorded. */
  end() {
    const step = this.record.steps[this.#at];
    if (step !== undefined) this.#changed(`${this.#was(step)} is not in the script any more`);
    if (this.#awaited) this.#changed(`${this.#was(this.record.open)} is not in the script any more`);
    this.over();
  }

  /** The same, whatever was recorded. */
  over() {
    this.#awaited = false;
    this.isNew = false;
    if (this.record.open !== null) this.#world.end();
    this.record.open = null;
  }

  #question(question) {
    const { name, kind, choices, within = WITHIN, check = (answer) => answer } = question;
    const length = seconds(within);
    if (length < 1 || length > LONGEST) throw new Error(`question "${name}" may wait from a second to seven days, not ${within}`);
    if (kind !== "ask" && choices.length === 0) throw new Error(`question "${name}" has nothing to choose from`);
    const value = this.#answered(question, length);
    if (value === null) {
      if ("default" in question) return question.default;
      this.#changed(`${this.#misfit(name)} no answer came in time, and the script does not say what then`);
    }
    const { answer, why } = checked(check, value);
    return why === undefined ? answer : this.#changed(`${this.#misfit(name)} ${why}`);
  }

  /** The answer to a question, as it is recorded; null if none came in time. */
  #answered(question, within) {
    const step = this.#recorded(question.name, question.kind);
    if (step !== undefined) return step.value ?? null;
    if (this.#awaited) return this.#hear(question);
    const asked = this.#world.now();
    this.#send(() => this.#world.ask(question));
    const open = { at: question.name, is: question.kind, asked, until: asked + within * 1_000, tries: 0 };
    if (question.choices.length > 0) open.choices = question.choices.map(({ id, title }) => ({ id, title }));
    this.record.open = open;
    this.isNew = true;
    this.#send(() => this.#world.wait(within));
    return this.#stop("waits");
  }

  /** What happened, as far as the open question is concerned. */
  #hear(question) {
    const { open } = this.record;
    if (this.#news.timedOut) {
      if ("default" in question) return this.#settled(question, null);
      this.#world.farewell(this.#world.text("dialog-timeout"));
      this.over();
      this.#stop("over");
    }
    const fit = fits(this.#news.said, open);
    const { why } = fit.miss ? {} : checked(question.check ?? ((answer) => answer), fit.value);
    if (fit.miss === undefined && why === undefined) return this.#settled(question, fit.value);
    if (fit.miss !== "elsewhere") {
      if (open.tries + 1 >= (question.tries ?? TRIES)) this.#giveUp(question.name);
      open.tries += 1;
      this.isNew = true;
      const words = why ?? this.#world.text(fit.miss === "says-nothing" ? "dialog-write" : "dialog-choose");
      if (words !== "") this.#send(() => this.#world.say(words));
    }
    if (fit.miss === "elsewhere" || fit.miss === "chooses-nothing") this.#send(() => this.#world.ask(question));
    return this.#stop("waits");
  }

  /** Nobody could make sense of the answers: people take over. */
  #giveUp(name) {
    this.#send(() => this.#world.say(this.#world.text("dialog-gave-up")));
    this.over();
    this.#world.handOff("team", this.#world.text("dialog-note-gave-up", { step: name }));
    this.#stop("over");
  }

  #settled(question, value) {
    this.#awaited = false;
    this.#done({ at: question.name, is: question.kind, value });
    return value;
  }

  /** A recorded step; undefined if the script is at something new. */
  #recorded(name, kind) {
    this.#goesOn();
    const step = this.record.steps[this.#at] ?? (this.#awaited ? this.record.open : undefined);
    if (step !== undefined && (step.at !== name || step.is !== kind)) {
      this.#changed(`${this.#was(step)}, is now ${kind} "${name}"`);
    }
    if (this.#at < this.record.steps.length) {
      this.#at += 1;
      return step;
    }
    if (this.record.steps.some(({ at }) => at === name)) {
      throw new Error(`the dialog has two steps called "${name}": each needs a name of its own`);
    }
    return undefined;
  }

  #done(step) {
    this.record.steps.push(step);
    this.#at = this.record.steps.length;
    this.isNew = true;
  }

  /** Sends; where a person has just taken the conversation, the dialog is over without a word. */
  #send(action) {
    try {
      action();
    } catch (thrown) {
      if (!(thrown instanceof Refused) || thrown.reason !== "owned-by-person") throw thrown;
      this.over();
      this.#stop("over");
    }
  }

  #was({ at, is }) {
    return `step ${this.#at + 1} was ${is} "${at}"`;
  }

  #misfit(name) {
    return `step ${this.#at} "${name}": what was recorded does not fit any more:`;
  }

  #changed(why) {
    this.change = why;
    this.#stop("changed");
  }

  /** A script that caught a {@link Pause} and went on does nothing more. */
  #goesOn() {
    if (this.stopped !== undefined) throw new Pause(this.stopped);
  }

  #stop(why) {
    this.stopped = why;
    throw new Pause(why);
  }
}

/** `[{ id, title }]`, or `{ id: title }`. */
function offered(choices) {
  const list = Array.isArray(choices) ? choices : Object.entries(choices).map(([id, title]) => ({ id, title }));
  return list.map((choice) => ({ ...choice, id: String(choice.id), title: String(choice.title) }));
}

/** What the script makes of an answer, or why it does not fit. */
function checked(check, value) {
  let answer;
  try {
    answer = check(value);
  } catch (thrown) {
    if (!(thrown instanceof Wrong)) throw thrown;
    answer = thrown;
  }
  return answer instanceof Wrong ? { why: answer.message } : { answer };
}
