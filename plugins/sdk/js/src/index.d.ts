/// <reference path="./contract.d.ts" />
/// <reference path="./globals.d.ts" />
import type * as wireCalendar from "ponte:flow/calendar";
import type * as wireContacts from "ponte:flow/contacts";
import type * as wireConversation from "ponte:flow/conversation";
import type * as wireEvents from "ponte:flow/events";
import type * as wireSend from "ponte:flow/send";
import type * as wireTypes from "ponte:flow/types";

/** Seconds as a number, or words: `"90s"`, `"5m"`, `"1h 30m"`, `"3d"`. */
export type Length = number | string;
/** Milliseconds since the Unix epoch, as `Date.now()` has them, or a Date. The SDK itself always gives the number. */
export type Moment = number | Date;
export type Message = wireEvents.Message;
export type Content = wireTypes.Content;
export type Choice = wireTypes.Choice;
export type StoreOrder = wireEvents.StoreOrder;
export type Receipt = wireEvents.Receipt;
export type Timer = wireEvents.Timer;

/** Seconds of a length of time. */
export function seconds(length: Length): number;

/** Something that happened. `body` is as the contract has it; the rest are short ways into it. What is not there is null. */
export interface Event extends Omit<wireEvents.Event, "body"> {
  readonly body: wireEvents.Body;
  readonly kind: wireEvents.Body["tag"];
  readonly message: Message | null;
  readonly timer: Timer | null;
  /** The name of the manifest's schedule that came due. */
  readonly schedule: string | null;
  readonly order: StoreOrder | null;
  readonly receipt: Receipt | null;
  /** What a person would read: the text, the words under a picture, the label that was tapped. */
  readonly text: string | null;
  /** The id of the button or list row that was tapped. */
  readonly tapped: string | null;
}

/** What a flow exports as `handler`. */
export interface Handler {
  onEvent(event: wireEvents.Event): void;
}

/**
 * Makes a function the flow's handler: `export const handler = flow((event) => { … })`. An error that it does not catch
 * becomes a `reject` with name, message and stack.
 */
export function flow(handle: (event: Event) => void): Handler;
/** Ends the run: all its effects are dropped, and the event comes again after that time. */
export function retry(after: Length): never;
/** Ends the run with a reason that the operator reads; all its effects are dropped. */
export function reject(reason: string): never;

/** The host said no. Catch it to react, or let it end the run. */
export class Refused extends Error {
  readonly reason: wireTypes.Refusal["tag"];
  /** What belongs to the reason: the permission, `{ field, why }`, when it ends, the allowance, the words; or null. */
  readonly detail: unknown;
}
/** Runs `action`, and returns a refusal instead of throwing it. */
export function attempt<T>(action: () => T): T | Refused;

/** A message on its way to the host's checks. It is sent unless the run fails; what is called on it amends it. */
export interface Sent {
  readonly effect: number;
  quote(message: string): Sent;
  header(text: string): Sent;
  footer(text: string): Sent;
  expireAfter(age: Length): Sent;
  whenClosed(choice: wireSend.ClosedChoice): Sent;
  whenClosedTemplate(name: string, language: string, params?: Params): Sent;
}
/** In order, by name, or as the contract has them. */
export type Params = Array<string | number | { name?: string | null; value: string | number }> | Record<string, string | number>;
/** `[{ id, title }]`, or `{ id: title }`. */
export type Choices = Array<{ id: string; title: string }> | Record<string, string>;
export type Row = { id: string; title: string; description?: string | null };
export type Rows = Row[] | Record<string, string>;
export type Sections = Array<{ title?: string | null; rows: Row[] }>;
export type File = { kind: wireTypes.MediaKind; id?: string; mime?: string | null; caption?: string | null; filename?: string | null };

/** Answers the event's contact with plain text, 4,096 characters. */
export function reply(body: string): Sent;
/** Answers with text (1,024 characters) and one to three buttons (titles of 20 characters, all different). */
export function replyButtons(body: string, choices: Choices): Sent;
/** Answers with text and a list of at most ten rows behind a button (label of 20 characters). */
export function replyList(body: string, button: string, rows: Rows | Sections): Sent;
/** Answers with an approved template. */
export function replyTemplate(name: string, language: string, params?: Params): Sent;

/** Messages to anybody. Permission: `send`. */
export namespace send {
  function text(to: string, body: string): Sent;
  function file(to: string, file: File): Sent;
  function fileLink(to: string, url: string, file: File): Sent;
  function place(to: string, where: { latitude: number; longitude: number; name?: string | null; address?: string | null }): Sent;
  function buttons(to: string, body: string, choices: Choices): Sent;
  function list(to: string, body: string, button: string, rows: Rows | Sections): Sent;
  function template(to: string, name: string, language: string, params?: Params): Sent;
  function react(to: string, message: string, emoji: string): Sent;
  function other(to: string, payload: object | string): Sent;
  /** Marks the customer's message as read, and all before it. */
  function seen(message: string): void;
  /** The same, and shows "typing …" for up to 25 seconds. */
  function typing(message: string): void;
}

/** Keys of one owner. Values are JSON. */
export interface Scope {
  /** The value under a key; null if there is none. */
  get<T = unknown>(key: string): T | null;
  /** Writes a value (64 KiB of JSON) under a key (256 bytes); `age` lets it disappear by itself. */
  put(key: string, value: unknown, age?: Length): void;
  delete(key: string): void;
  /** Adds to a whole number, 1 unless it is said, and returns the sum. A missing key counts as 0. */
  add(key: string, delta?: number): number;
  expireAfter(key: string, age: Length): void;
  getBytes(key: string): Uint8Array | null;
  putBytes(key: string, value: Uint8Array): void;
}
/** Keys and values that outlive the run. Permission: `state`. */
export namespace state {
  /** This conversation's. One run at a time: always exact. */
  const conversation: Scope;
  /** This contact's, on every number of the tenant. */
  const contact: Scope;
  /** This installation's, shared by all its conversations. If two runs collide, one is run again. */
  const installation: Scope;
}

/** Timers of this conversation. Permission: `schedule`. */
export namespace schedule {
  function at(name: string, due: Moment, payload?: string): void;
  function after(name: string, delay: Length, payload?: string): void;
  function cancel(name: string): void;
}

/** People. Permission: `contacts`. */
export namespace contacts {
  function get(id: string): wireContacts.Contact | null;
  function named(setting: string): wireContacts.Contact[];
  function tag(word: string): void;
  function untag(word: string): void;
}

/** The conversation of the event. Permission: `conversation` for what was said, handing off, holding and releasing. */
export namespace conversation {
  function facts(): wireConversation.Facts | null;
  function recent(most: number): wireConversation.Line[];
  function burst(): wireConversation.Line[];
  function phone(): wireConversation.PhoneView;
  function handOff(to: wireConversation.Target, note: string): void;
  function hold(age: Length): void;
  function release(): void;
  function automatic(): wireConversation.AutomaticTexts;
}

/** Business hours, from the installation's settings. */
export namespace calendar {
  function at(moment?: Moment): wireCalendar.Period;
  function local(moment?: Moment): wireCalendar.LocalTime;
}

/** What the shop filled in, checked against the flow's schema. Dots go deeper: `sectors.0.title`. */
export namespace settings {
  /** A setting, or its default; null if it has neither. */
  function get<T = unknown>(key: string): T | null;
  /** A setting that the flow cannot do without. */
  function need<T = any>(key: string): T;
}

/** The words that customers read. */
export namespace texts {
  function find(key: string, language: string): string | null;
  function get(key: string, language: string, values?: Record<string, unknown>): string;
  function fill(text: string, values: Record<string, unknown>): string;
}

/** This run. Everything here is the same when the run is repeated or replayed. */
export namespace run {
  function now(): number;
  function random(length: number): Uint8Array;
  function uuid(): string;
  /** The whole event, with what the types do not name. */
  function event(): unknown;
}

/** Words for the operator and the author; `console` writes to the same place. Do not write what customers say. */
export namespace log {
  function trace(...words: unknown[]): void;
  function debug(...words: unknown[]): void;
  function info(...words: unknown[]): void;
  function warn(...words: unknown[]): void;
  function error(...words: unknown[]): void;
}

/** An answer that does not fit, and what the customer is told. */
export interface Wrong extends Error {}
/** What a `check` returns or throws where an answer does not fit: `wrong("Just the number, please.")`. */
export function wrong(text: string): Wrong;

export interface QuestionOptions<A, T> {
  /** How long it waits: at most seven days. A day, unless it is said. */
  within?: Length;
  /** The how-manieth answer that does not fit leads to people. The third, unless it is said. */
  tries?: number;
  /** Turns an answer into what the script wants, or returns what is {@link wrong}. */
  check?: (answer: A) => T | Wrong;
}
/** What the question returns if no answer comes in time; without it `dialog-timeout` is said and the dialog ends. */
export interface WithDefault<D> {
  default: D;
}

/** A dialog in the middle of its script. Each step has a name of its own, given first. */
export interface Dialog {
  readonly language: string;
  ask<T = string>(name: string, text: string, options?: QuestionOptions<string, T>): T;
  ask<T = string, D = null>(name: string, text: string, options: QuestionOptions<string, T> & WithDefault<D>): T | D;
  askButtons<T = Choice>(name: string, text: string, choices: Choices, options?: QuestionOptions<Choice, T>): T;
  askButtons<T = Choice, D = null>(name: string, text: string, choices: Choices, options: QuestionOptions<Choice, T> & WithDefault<D>): T | D;
  askList<T = Choice>(name: string, text: string, button: string, rows: Rows, options?: QuestionOptions<Choice, T>): T;
  askList<T = Choice, D = null>(name: string, text: string, button: string, rows: Rows, options: QuestionOptions<Choice, T> & WithDefault<D>): T | D;
  /** Says something, once. */
  say(name: string, text: string): void;
  /** Does something once and remembers what came of it (JSON): what may be different the next time. */
  once<T>(name: string, action: () => T): T;
  /** Ends the dialog and gives the conversation to people, with a note. What was said in this run is still sent. */
  handOff(to: wireConversation.Target, note: string): never;
}

export interface DialogOptions {
  /** Its name in what is stored; `dialog`, unless it is said. */
  name?: string;
  /** The language of what the SDK says; the setting `language`, unless it is said. */
  language?: string;
  /** Whole messages that end the dialog, in place of the usual ones. */
  cancelWords?: string[] | (() => string[] | null);
  /** Whole messages that give the conversation to the team; none, unless it is said. */
  personWords?: string[] | (() => string[] | null);
  /** What becomes of an open dialog whose script has changed: the team gets it, unless it is said. */
  onChange?: "hand-off" | "restart";
}

/** Makes a script the flow's handler: `export const handler = dialog((d, event) => { … })`. */
export function dialog(script: (d: Dialog, event: Event) => void, options?: DialogOptions): Handler;
/** Runs a script for one event, inside of a handler that does other things as well. True if the event was the dialog's. */
export function runDialog(event: Event, script: (d: Dialog, event: Event) => void, options?: DialogOptions): boolean;
