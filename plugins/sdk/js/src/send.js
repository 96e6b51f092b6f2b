import * as wire from "ponte:flow/send";

import { ask, invalid } from "./refused.js";
import { seconds } from "./time.js";

let contact = null;

/** Sets whom {@link reply} answers. */
export function answerTo(id) {
  contact = id;
}

function customer() {
  if (contact === null) throw invalid("to", "this event has no contact to reply to; name one with the functions of `send`");
  return contact;
}

/** A message on its way to the host's checks. It is sent unless the run fails; what is called on it amends it. */
export class Sent {
  constructor(effect) {
    /** Its position among the effects of this run. */
    this.effect = effect;
  }

  /** Quotes another message of the chat. */
  quote(message) {
    return this.#amend(wire.quote, message);
  }

  /** Puts a line above a message with buttons or a list; 60 characters. */
  header(text) {
    return this.#amend(wire.header, text);
  }

  /** Puts small print below a message with buttons or a list; 60 characters. */
  footer(text) {
    return this.#amend(wire.footer, text);
  }

  /** Drops the message unsent if it has not left after that time. */
  expireAfter(age) {
    return this.#amend(wire.expireAfter, seconds(age));
  }

  /** What becomes of the message if the window has closed when it is about to leave: `refuse`, `hold`, `hand-off` or `drop`. */
  whenClosed(choice) {
    return this.#amend(wire.whenClosed, choice);
  }

  /** A template that goes in the message's place if the window has closed when it is about to leave. */
  whenClosedTemplate(name, language, params = []) {
    return this.#amend(wire.whenClosedTemplate, name, language, places(params));
  }

  #amend(how, ...args) {
    ask(how, this.effect, ...args);
    return this;
  }
}

const sent = (how, ...args) => new Sent(ask(how, ...args));
const nulls = (shape, value) => Object.fromEntries(shape.map((key) => [key, value[key] ?? null]));

/** `["Ana", "7"]` in order, `{ name: "Ana" }` by name, or `[{ name, value }]` as the contract has it. */
function places(params) {
  if (!Array.isArray(params)) return Object.entries(params).map(([name, value]) => ({ name, value: String(value) }));
  return params.map((param) =>
    typeof param === "object" ? { name: param.name ?? null, value: String(param.value) } : { name: null, value: String(param) },
  );
}

/** `[{ id, title }]`, or `{ id: title }`. */
function choices(list) {
  return Array.isArray(list) ? list : Object.entries(list).map(([id, title]) => ({ id, title: String(title) }));
}

/** Rows, or sections of rows. */
function sections(list) {
  const grouped = Array.isArray(list) && list.length > 0 && list.every((item) => Array.isArray(item.rows));
  const row = (item) => ({ id: item.id, title: item.title, description: item.description ?? null });
  const groups = grouped ? list : [{ title: null, rows: choices(list) }];
  return groups.map(({ title, rows }) => ({ title: title ?? null, rows: rows.map(row) }));
}

const media = (file) => ({ kind: file.kind, id: file.id ?? "", ...nulls(["mime", "caption", "filename"], file) });
const location = (where) => ({ ...where, ...nulls(["name", "address"], where) });

/** Plain text, 4,096 characters. */
export const text = (to, body) => sent(wire.text, to, String(body));
/** A file that was uploaded or received before. */
export const file = (to, which) => sent(wire.file, to, media(which));
/** A file at a public https address. */
export const fileLink = (to, url, which) => sent(wire.fileLink, to, url, media(which));
/** A place. */
export const place = (to, where) => sent(wire.place, to, location(where));
/** Text (1,024 characters) with one to three buttons (titles of 20 characters, all different). */
export const buttons = (to, body, list) => sent(wire.buttons, to, String(body), choices(list));
/** Text (4,096 characters) with a list behind a button (label of 20 characters): at most ten rows in all. */
export const list = (to, body, button, rows) => sent(wire.options, to, String(body), button, sections(rows));
/** An approved template, the only kind that may be sent when the window is closed. */
export const template = (to, name, language, params = []) => sent(wire.template, to, name, language, places(params));
/** A reaction to a message of the contact's; an empty emoji takes it back. */
export const react = (to, message, emoji) => sent(wire.react, to, message, emoji);
/** Any other kind of message, as the host's `Payload` type has it. */
export const other = (to, payload) => sent(wire.other, to, typeof payload === "string" ? payload : JSON.stringify(payload));

/** Marks the customer's message as read, and all before it. */
export const seen = (message) => void ask(wire.seen, message, false);
/** The same, and shows "typing …" for up to 25 seconds. */
export const typing = (message) => void ask(wire.seen, message, true);

/** Answers the event's contact with plain text, 4,096 characters. */
export const reply = (body) => text(customer(), body);
/** Answers with text and one to three buttons. */
export const replyButtons = (body, list) => buttons(customer(), body, list);
/** Answers with text and a list of at most ten rows behind a button. */
export const replyList = (body, button, rows) => list(customer(), body, button, rows);
/** Answers with an approved template. */
export const replyTemplate = (name, language, params) => template(customer(), name, language, params);
