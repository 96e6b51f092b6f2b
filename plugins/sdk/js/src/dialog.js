// Dialogs: straight-line code that asks and waits, over several messages and days.
//
// The script is run again from its start for each message, over the answers that were recorded. So everything in it must
// follow from answers and recorded values: what may differ the next time (time, chance, settings) goes through `once`.
import * as contract from "./conversation.js";
import { fits, isOneOf, wireId } from "./dialog-answer.js";
import { Dialog, Pause, isLate, read, wrong } from "./dialog-script.js";
import { cancelWords, ownText } from "./dialog-words.js";
import { fill } from "./fill.js";
import { flow } from "./flow.js";
import * as log from "./log.js";
import { attempt } from "./refused.js";
import * as schedule from "./schedule.js";
import { reply, replyButtons, replyList } from "./send.js";
import * as settings from "./settings.js";
import * as state from "./state.js";
import * as texts from "./texts.js";
import { decode } from "./utf8.js";

export { wrong };

/** The key of the record, and the name of the timer. */
const KEY = "dialog";
/** The language where none is set. */
const FALLBACK = "pt-BR";

/** Makes a script the flow's handler: `export const handler = dialog((d, event) => { … })`. */
export function dialog(script, options = {}) {
  return flow((event) => runDialog(event, script, options));
}

/** Runs a script for one event, inside of a handler that does other things as well. True if the event was the dialog's. */
export function runDialog(event, script, options = {}) {
  const news = newsOf(event);
  if (news === null) return false;
  const world = new World(options);
  const stored = state.conversation.getBytes(KEY);
  if (stored === null) return begin(event, script, options, world);

  let record;
  try {
    record = read(decode(stored));
    if (record.name !== world.name) throw new Error(`it was "${record.name}", is now "${world.name}"`);
  } catch (error) {
    return changed(event, script, options, world, error.message);
  }
  const { open } = record;
  const facts = contract.facts();
  const person = facts?.owner === "app" || facts?.owner === "team";
  if (person || (facts?.lastAppMessage ?? -1) >= open.asked) {
    world.end();
    return person || begin(event, script, options, world);
  }
  const late = isLate(record, world.now());
  if (news.timedOut) {
    // An early one is an older question's.
    return late ? play(event, script, options, world, record, news) : true;
  }
  if (late) {
    // Its timer was not heard. A new dialog begins with what is written now.
    world.end();
    return begin(event, script, options, world);
  }
  if (typeof fits(news.said, open).value !== "object") {
    if (isOneOf(news.said, words(options.cancelWords, cancelWords(world.language)))) return endWith(world, "dialog-cancelled");
    if (isOneOf(news.said, words(options.personWords, []))) {
      return endWith(world, "dialog-handing-over", world.text("dialog-note-person", { step: open.at }));
    }
  }
  return play(event, script, options, world, record, news);
}

/** A dialog begins, if the customer wrote. */
function begin(event, script, options, world) {
  if (event.message === null) return false;
  return play(event, script, options, world, null, { begins: true });
}

function play(event, script, options, world, record, news) {
  const d = new Dialog(world, record, news);
  try {
    script(d, event);
    if (d.stopped === undefined) d.end();
  } catch (thrown) {
    if (!(thrown instanceof Pause)) throw thrown;
  }
  if (d.stopped === "changed") return changed(event, script, options, world, d.change);
  if (d.stopped === "waits" && d.isNew) state.conversation.put(KEY, d.record);
  return true;
}

/** The dialog ends with a word, and with a note where people take over. */
function endWith(world, text, note) {
  world.farewell(world.text(text));
  world.end();
  if (note !== undefined) world.handOff("team", note);
  return true;
}

/** The script is not the one that the dialog began with: nothing is misread. */
function changed(event, script, options, world, why) {
  const sentence = `dialog changed: ${why}`;
  log.error(sentence);
  if (options.onChange !== "restart") return endWith(world, "dialog-changed", sentence);
  world.end();
  return begin(event, script, options, world);
}

/** What happened that an open question may be waiting for; null if nothing did. */
function newsOf(event) {
  if (event.timer?.name === KEY) return { timedOut: true };
  const content = event.message?.content;
  if (content === undefined || content.tag === "reaction") return null;
  if (content.tag === "choice") return { said: { tap: content.val.id } };
  if (content.tag !== "text") return { said: {} };
  const lines = contract.burst().filter((line) => line.content.tag === "text").map((line) => line.content.val);
  return { said: { text: content.val, all: lines.length > 0 ? lines.join("\n") : content.val } };
}

/** Words of the options, or what makes them: settings can only be read while an event is handled. */
const words = (given, otherwise) => (typeof given === "function" ? given() : given) ?? otherwise;

/** The host, as far as a dialog needs it. */
class World {

  constructor(options) {
    this.name = options.name ?? "dialog";
    const set = options.language ?? settings.get("language") ?? FALLBACK;
    this.language = set === "auto" ? FALLBACK : set;
  }

  now() {
    return Date.now();
  }

  text(key, values = {}) {
    return fill(texts.find(key, this.language) ?? ownText(key, this.language), values);
  }

  say(text) {
    reply(text);
  }

  ask({ name, kind, text, button, choices }) {
    const onWire = choices.map((choice) => ({ ...choice, id: wireId(name, choice.id) }));
    if (kind === "buttons") replyButtons(text, onWire);
    else if (kind === "list") replyList(text, button, onWire);
    else reply(text);
  }

  /** Last words: not worth a failure if they may not be said. */
  farewell(text) {
    if (text !== "") attempt(() => reply(text).whenClosed("drop"));
  }

  wait(within) {
    contract.hold(within);
    schedule.after(KEY, within);
  }

  end() {
    schedule.cancel(KEY);
    contract.release();
    state.conversation.delete(KEY);
  }

  handOff(to, note) {
    contract.handOff(to, note);
  }
}
