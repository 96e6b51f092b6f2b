// Made of wit/ by types.mjs; do not edit.

/** What a flow is told. */
declare module "ponte:flow/events" {
  import { type Instant, type ContactId, type MessageId, type Content, type Other } from "ponte:flow/types";

  /** The ad or post that opened the chat. Only the first message after the tap carries it. */
  export interface Referral {
    /** `ad` or `post`. */
    source: string;
    id: string | null;
    headline: string | null;
    /** For conversion reports. */
    clickId: string | null;
  }

  /** A message. */
  export interface Message {
    id: MessageId;
    content: Content;
    /** The message that it quotes, or whose button was tapped. */
    replyTo: MessageId | null;
    referral: Referral | null;
  }

  /** A message that changed after it was sent. */
  export interface Edit {
    original: MessageId;
    content: Content;
  }

  /** How far one of this flow's messages got. */
  export type Delivery =
    | "sent"
    | "delivered"
    | "read"
    | "failed";

  /** News of one of this flow's messages. */
  export interface Receipt {
    message: MessageId;
    delivery: Delivery;
    /** WhatsApp's error code, with `failed`. */
    code: number | null;
  }

  /** A timer that this flow set. */
  export interface Timer {
    name: string;
    /** What you gave when you set it. */
    payload: string;
  }

  /** How far an order is, as the store tells. A later state implies those before it; `cancelled` and `refunded` end it. */
  export type OrderState =
    /** Placed, and not paid. */
    | { tag: "placed"; val?: undefined }
    | { tag: "paid"; val?: undefined }
    /** Handed to a carrier, all of it or the first part. */
    | { tag: "shipped"; val?: undefined }
    | { tag: "delivered"; val?: undefined }
    /** Nothing is given back. */
    | { tag: "cancelled"; val?: undefined }
    /** The money went back. */
    | { tag: "refunded"; val?: undefined }
    /** Anything else, in the store's own word. */
    | { tag: "other"; val: string };

  /** An amount of money, exactly: `minor` is 12990 and `decimals` 2 for 129.90. */
  export interface Price {
    /** In the smallest unit of the currency. */
    minor: number;
    /** How many of the digits stand behind the point. */
    decimals: number;
    /** ISO 4217. */
    currency: string;
  }

  /** One line of a store's order. */
  export interface OrderedItem {
    name: string;
    quantity: number;
  }

  /** What was handed to a carrier. */
  export interface Parcel {
    carrier: string | null;
    /** The carrier's number of it. */
    code: string | null;
    /** Where to follow it. */
    url: string | null;
  }

  /**
   * What a store tells of an order. The event's contact is who bought; none if the store knows no phone number. All
   * that the store said is in `run.event-json`.
   *
   * Stores tell the same thing twice, late, and in any order: go by `state` and `changed`, per `source` and `id`.
   */
  export interface StoreOrder {
    /** Who told: the source's name in the host's configuration. */
    source: string;
    /** The store's id of the order. */
    id: string;
    /** What people call it: `#1001`. */
    number: string;
    state: OrderState;
    /** When it became so, by the store's clock; `event.at` is when the host was told. */
    changed: Instant;
    /** What the customer pays in all. */
    total: Price | null;
    items: OrderedItem[];
    /** The page on which the customer follows the order. */
    statusUrl: string | null;
    parcels: Parcel[];
    /** What the customer is called. */
    customer: string | null;
    /** What the customer reads, as a tag: `pt-BR`. */
    language: string | null;
    /** Whether it is a test of the shop's. Flows hear of tests only if the operator wants it. */
    test: boolean;
    /** Where it was placed, in the store's own word: `web`, `pos`, the name of a marketplace. */
    channel: string | null;
    /** Whether the customer agreed to be told of it on WhatsApp; none if the store did not ask. */
    consent: boolean | null;
  }

  /** What happened. */
  export type Body =
    /** The customer wrote. */
    | { tag: "message"; val: Message }
    /** The customer changed a message that you may have seen already. */
    | { tag: "edit"; val: Edit }
    /** The customer deleted a message. */
    | { tag: "revoke"; val: MessageId }
    /** One of your messages moved on. Only flows whose manifest asks for receipts hear this. */
    | { tag: "receipt"; val: Receipt }
    /** A timer came due. */
    | { tag: "timer"; val: Timer }
    /** A schedule of the manifest came due; its name. */
    | { tag: "schedule"; val: string }
    /** A store told of an order. Every flow whose manifest asks for `order` hears this. */
    | { tag: "order"; val: StoreOrder }
    | { tag: "other"; val: Other };

  /** Something that happened. */
  export interface Event {
    /** Stable: a redelivery has the same id. A flow runs once for it. */
    id: string;
    /** When it happened. Also what `run.now` says. */
    at: Instant;
    /** The business number it happened on. */
    number: string;
    /** The person; none for schedules. */
    contact: ContactId | null;
    /** How often this event was tried before; 0 the first time. */
    attempt: number;
    body: Body;
  }
}

/** What a flow offers. */
declare module "ponte:flow/handler" {
  import { type Event } from "ponte:flow/events";

  /** The run did not succeed. All its effects are dropped. */
  export type Failure =
    /** Try the event again after so many seconds. Tries are bounded; then the manifest's failure policy decides. */
    | { tag: "retry"; val: number }
    /** Do not try again; the reason is recorded and the manifest's failure policy decides. */
    | { tag: "reject"; val: string };

  /** Handles one event. */
  export function onEvent(event: Event): void;
}

/**
 * Messages to send. Permission: `send`.
 *
 * Nothing leaves while the flow runs: messages are collected, and leave after the run is committed, paced
 * by the number's quotas. Every function checks at once what can be known now (window, owner, template,
 * field lengths) and the host checks again at the moment of sending, because a person may have answered
 * from the phone meanwhile.
 */
declare module "ponte:flow/send" {
  import { type Effect, type ContactId, type MessageId, type Media, type Location, type Choice, type Duration, type Refusal } from "ponte:flow/types";

  /** A section of a list. */
  export interface Section {
    /** Required where there is more than one section; 24 characters. */
    title: string | null;
    rows: Row[];
  }

  /** A row of a list. */
  export interface Row {
    /** Comes back when it is chosen; 200 characters. */
    id: string;
    /** 24 characters. */
    title: string;
    /** 72 characters. */
    description: string | null;
  }

  /** A value for a place in a template. */
  export interface Param {
    /** The place's name; none for templates with numbered places, which take values in order. */
    name: string | null;
    /** No line breaks, no tabs. */
    value: string;
  }

  /** Plain text, 4,096 characters. */
  export function text(to: ContactId, body: string): Effect;

  /** A file that was uploaded or received before. */
  export function file(to: ContactId, media: Media): Effect;

  /** A file at a public https address; the media's id is ignored. */
  export function fileLink(to: ContactId, url: string, media: Media): Effect;

  /** A place. */
  export function place(to: ContactId, where: Location): Effect;

  /** Text (1,024 characters) with one to three buttons (titles of 20 characters, all different). */
  export function buttons(to: ContactId, body: string, choices: Choice[]): Effect;

  /** Text (4,096 characters) with a list behind a button (label of 20 characters): at most ten rows in all. */
  export function options(to: ContactId, body: string, button: string, sections: Section[]): Effect;

  /** An approved template, the only kind that may be sent when the window is closed. Parameters fill its body. */
  export function template(to: ContactId, name: string, language: string, params: Param[]): Effect;

  /** A reaction to a message of the contact's; an empty emoji takes it back. */
  export function react(to: ContactId, message: MessageId, emoji: string): Effect;

  /** Any other kind of message, as JSON of the host's `Payload` type (see the builders' guide). */
  export function other(to: ContactId, json: string): Effect;

  /** Marks the customer's message as read, and all before it. `typing` shows the bubble for up to 25 seconds. */
  export function seen(message: MessageId, typing: boolean): void;

  /** Amends: lets the message quote another one of the chat. */
  export function quote(effect: Effect, message: MessageId): void;

  /** Amends: a line above a message with buttons or a list, 60 characters. */
  export function header(effect: Effect, text: string): void;

  /** Amends: small print below a message with buttons or a list, 60 characters. */
  export function footer(effect: Effect, text: string): void;

  /** Amends: drop the message unsent if it has not left after so many seconds. */
  export function expireAfter(effect: Effect, age: Duration): void;

  /** What becomes of a free-form message that finds the customer-service window closed when it is about to leave. */
  export type ClosedChoice =
    /** It ends, with `window-closed`. */
    | "refuse"
    /**
     * It is kept until the customer writes again, and leaves then, in order; for a week at most, or as long as
     * `expire-after` says.
     */
    | "hold"
    /** It is not sent, and the conversation is given to people. */
    | "hand-off"
    /** It is not sent. */
    | "drop";

  /**
   * Amends: what becomes of the message if the window has closed when it is about to leave; otherwise what `[send]
   * when_closed` of the manifest says. Where that says nothing, a function that sends answers `window-closed` while
   * the window is closed.
   */
  export function whenClosed(effect: Effect, choice: ClosedChoice): void;

  /**
   * Amends: a template that goes in the message's place if the window has closed when it is about to leave. It is
   * judged like any other then.
   */
  export function whenClosedTemplate(effect: Effect, name: string, language: string, params: Param[]): void;
}

/**
 * Keys and values that outlive the run. Permission: `state`.
 *
 * Written in the same transaction as the messages and the acknowledgement of the event: all or nothing.
 * Reads see this run's own writes.
 */
declare module "ponte:flow/state" {
  import { type Duration, type Refusal } from "ponte:flow/types";

  /** Whose a key is. */
  export type Scope =
    /** This conversation's. One run at a time: always exact. */
    | "conversation"
    /** This contact's, on every number of the tenant. */
    | "contact"
    /** This installation's: shared by all its conversations. If two runs collide, one is run again. */
    | "installation";

  /** The value, if there is one. */
  export function get(scope: Scope, key: string): Uint8Array | null;

  /** Writes a value (64 KiB) under a key (256 bytes). */
  export function put(scope: Scope, key: string, value: Uint8Array): void;

  /** Takes a key away; no error if there is none. */
  function remove(scope: Scope, key: string): void;
  export { remove as delete };

  /** Adds to a number kept as decimal text, and returns the sum. A missing key counts as 0. */
  export function add(scope: Scope, key: string, delta: number): number;

  /** Lets a key that exists disappear by itself after so many seconds. */
  export function expireAfter(scope: Scope, key: string, age: Duration): void;
}

/** Timers. Permission: `schedule`. Durable: they fire once, late rather than never. */
declare module "ponte:flow/schedule" {
  import { type Instant, type Duration, type Refusal } from "ponte:flow/types";

  /** Sets the named timer of this conversation, or replaces it. */
  export function at(name: string, due: Instant, payload: string): void;

  /** The same, so many seconds after `run.now`. */
  export function after(name: string, delay: Duration, payload: string): void;

  /** Takes the named timer of this conversation away; no error if there is none. */
  export function cancel(name: string): void;
}

/** People. Permission: `contacts`. */
declare module "ponte:flow/contacts" {
  import { type ContactId, type Refusal } from "ponte:flow/types";

  /** What is known of a person. */
  export interface Contact {
    id: ContactId;
    /** What they call themselves. */
    name: string | null;
    username: string | null;
    /** In digits with country code; missing for people with a username. */
    phone: string | null;
    tags: string[];
  }

  /** A person; none if unknown. */
  export function get(id: ContactId): Contact | null;

  /** Puts a tag (64 bytes) on the event's contact. */
  export function tag(tag: string): void;

  /** Takes a tag off the event's contact. */
  export function untag(tag: string): void;

  /**
   * The people whom the shop named in a setting of this flow, by their phone numbers with country code: one, or
   * a list (at most 20 are looked up). Who was never heard of becomes a contact. Nobody else can be found by a number:
   * a flow cannot write to whom it likes.
   */
  export function named(setting: string): Contact[];
}

/**
 * The conversation that the event belongs to. Permission: `conversation` for handing off, holding and
 * releasing; the facts are for everybody.
 */
declare module "ponte:flow/conversation" {
  import { type Instant, type Duration, type MessageId, type Content, type Refusal } from "ponte:flow/types";

  /** Who speaks: nobody yet, a flow that holds it, the person on the phone, people on the API side. */
  export type Owner =
    | "nobody"
    | "flow"
    | "app"
    | "team";

  /** Who can be handed a conversation. */
  export type Target =
    /** The person on the phone. */
    | "app"
    /** People on the API side. */
    | "team";

  /** What is known of the conversation at the event's time. */
  export interface Facts {
    owner: Owner;
    /** Until when free-form messages may be sent; none: the window is closed. */
    windowUntil: Instant | null;
    /**
     * The customer's message before this one; before the first line that this run answers, where the flow waits
     * for bursts.
     */
    lastCustomerMessage: Instant | null;
    /** The last thing that somebody wrote from the phone. */
    lastAppMessage: Instant | null;
    /** How many messages the customer wrote so far, this one included. */
    customerMessages: number;
  }

  /** Who wrote. */
  export type Author =
    | "customer"
    | "app"
    | "api";

  /** A message of the past. */
  export interface Line {
    id: MessageId;
    at: Instant;
    author: Author;
    content: Content;
  }

  /** The facts; none where the event has no conversation. */
  export function get(): Facts | null;

  /** The last messages before the event, oldest first; at most 50. */
  export function recent(most: number): Line[];

  /**
   * What this run answers, oldest first: where the flow waits for bursts (`debounce` in its manifest), all lines that
   * the customer wrote in one, the event's own the last; else the event's own alone. Lines that were edited
   * say what they say now; those taken back are missing. Empty where the event is no message.
   */
  export function burst(): Line[];

  /** Whether a person sits at a phone with this number, and whether what they write there is seen here. */
  export type PhoneView =
    /** On a phone too; its messages are mirrored. */
    | "seen"
    /** On a phone too, and its messages are not mirrored: nobody can say whether somebody answered there. */
    | "unseen"
    /** On no phone. */
    | "none";

  /** How the phone of the event's number is seen. */
  export function phone(): PhoneView;

  /**
   * Gives the conversation to people, with a note that they find beside it. Automation is silent from then on,
   * save what this run says. Who holds it already keeps it; but what this flow handed over, and nobody has
   * written in since, it may hand on, and say something in the run that does.
   */
  export function handOff(to: Target, note: string): void;

  /**
   * Keeps the conversation for this flow for so many seconds from `run.now` (at most seven days): a dialog is in the
   * middle of something. Other flows are not asked meanwhile, and this one is, at any hour, for the kinds of events
   * that its manifest names, in the version that held it first, though a newer one be installed meanwhile. Held again it
   * lasts anew. It ends by itself, with `release`, and when a person takes the conversation.
   *
   * Refused with `owned-by-person` where a person speaks, and with `other` where another flow holds it.
   */
  export function hold(age: Duration): void;

  /** Gives the conversation back, if this flow holds it. */
  export function release(): void;

  /**
   * What the business app on the phone says by itself: greetings and away texts. They are no person's and take nothing
   * away from you; but a customer who got one need not hear the same from you.
   */
  export interface AutomaticTexts {
    /**
     * Whether the app is known to send an away text on this number: it is set, or was learned. Where it is, it comes
     * within seconds of the customer's message, so it may be on its way.
     */
    awayExpected: boolean;
    /** When the app last wrote by itself in this conversation. */
    last: Instant | null;
    /** When it last wrote what is, or may be, its away text. */
    lastAway: Instant | null;
  }

  /** What the app says by itself, as far as it is known now; the same for everybody, no permission needed. */
  export function automatic(): AutomaticTexts;
}

/** Business hours, from the installation's settings `timezone`, `hours` and `holidays`. Permission: none. */
declare module "ponte:flow/calendar" {
  import { type Instant, type Refusal } from "ponte:flow/types";

  /** Whether the shop is open, and since when and until when. */
  export interface Period {
    open: boolean;
    /** When this open or closed period began; none if it always was so. */
    since: Instant | null;
    /** When it ends: the closing time if open, the next opening if closed; none if it never does. */
    until: Instant | null;
  }

  /** A moment on the shop's wall clock. */
  export interface LocalTime {
    year: number;
    /** 1 to 12. */
    month: number;
    /** 1 to 31. */
    day: number;
    /** 1 is Monday, 7 is Sunday. */
    weekday: number;
    hour: number;
    minute: number;
    /** Days since 1970-01-01 on the shop's calendar: subtract two of them to say "tomorrow". */
    dayNumber: number;
  }

  /** The open or closed period around a moment. */
  export function at(moment: Instant): Period;

  /** The shop's wall clock at a moment. */
  export function local(moment: Instant): LocalTime;
}

/** What the shop filled in, already checked against the flow's settings schema. Permission: none. */
declare module "ponte:flow/settings" {
  /** A setting as JSON; none if it has neither a value nor a default. Dots go deeper: `sectors.0.name`. */
  export function get(key: string): string | null;

  /**
   * A text of the flow's package in the language that fits best (`pt-BR`, then `pt-*`, then the package's
   * first language); none if no language has the key.
   */
  export function text(key: string, language: string): string | null;
}

/** This run. Permission: none. Everything here is the same when the run is repeated or replayed. */
declare module "ponte:flow/run" {
  import { type Instant } from "ponte:flow/types";

  /** The time of the event. Does not pass during a run. */
  export function now(): Instant;

  /** Random bytes, at most 1,024 a call; the same for the same event and version. */
  export function random(len: number): Uint8Array;

  /** The whole event as JSON, with what the types do not name. */
  export function eventJson(): string;
}

/** Words for the operator and the author. Permission: none. Bounded: what is too much is cut, and the cut is marked. */
declare module "ponte:flow/log" {
  export type Level =
    | "trace"
    | "debug"
    | "info"
    | "warn"
    | "error";

  /** Writes one line. Do not write what customers say: message texts are redacted from the host's own logs. */
  export function write(level: Level, message: string): void;
}

/**
 * Web services. Permission: `http`, and for each address a grant: the package's manifest declares scheme, host, port,
 * methods and path (`[[http]]`), and the operator agrees to them at install. What is not granted is refused with
 * `denied`; what leads into a private network, whatever name it goes by, with `other` and the reason.
 *
 * A stand-in from `secrets.reference` may stand in a header's value, in the query or in the body. The host puts the
 * secret there on the wire, towards the hosts that the manifest names for it, and puts the stand-in back wherever the
 * answer repeats the secret.
 */
declare module "ponte:flow/http" {
  import { type Refusal } from "ponte:flow/types";

  /** One header. Names are compared without case. */
  export interface Header {
    name: string;
    value: string;
  }

  /** What a server said, whatever its status: 404 is an answer, and no refusal. */
  export interface Response {
    status: number;
    headers: Header[];
    body: Uint8Array;
  }

  /** What to do at an address. */
  export type Method =
    | "get"
    | "post"
    | "put"
    | "patch"
    | "delete";

  /**
   * Reads something while the run waits, and is recorded: a replay gets the same answer. Nothing may change by it: it
   * is repeated when the run is. Redirects are followed (5 at most) as far as they are granted; headers that carry a
   * secret do not go to another host. At most 20 a run.
   *
   * An answer has at most 1 MiB and 100 headers and is not compressed. Where there is none, the refusal is `other`
   * and says why: `http: no answer from parcels.example within 10s`.
   */
  export function get(url: string, headers: Header[]): Response;

  /**
   * Asks for something after this run is committed, durably: 24 KiB of body, 20 a run. Judged now: what is not granted is
   * refused here. It leaves with the header `Idempotency-Key`, the same at each try, and is tried again for a day, with
   * growing pauses, while there is no connection or the server answers 429 or 5xx. A crash of the host in the middle of
   * a try leads to another with the same key. Redirects are not followed.
   *
   * What came of it is told to this flow as an event `other` of the kind `http-reply`, whose JSON has `request` (the
   * name that was given here), `id` (the key), `attempts`, and either `status`, `headers` and `body` (or `body_hex`,
   * if it is no UTF-8), or `error`: why there will be no answer.
   */
  export function sendLater(request: string, method: Method, url: string, headers: Header[], body: Uint8Array): void;
}

/** Secrets of the shop: keys and passwords of web services. Permission: `secrets`. They never come into a flow. */
declare module "ponte:flow/secrets" {
  import { type Refusal } from "ponte:flow/types";

  /**
   * A stand-in for a secret that the manifest names in `[[http]]`: letters, digits and `_`, the same each time, and worth
   * nothing to anybody else. Refused with `other` while the shop has not set it.
   */
  export function reference(name: string): string;
}

/**
 * What stores know of orders, through the connectors that the operator set up: what was told over `/hooks`, and a shop's
 * own system if it can be asked. Permission: `orders`. Recorded, like `http.get`.
 */
declare module "ponte:flow/orders" {
  import { type Refusal } from "ponte:flow/types";

  import { type StoreOrder } from "ponte:flow/events";

  /** An order that was found. */
  export interface Found {
    order: StoreOrder;
    /**
     * Whether the store knows it as this contact's, by the phone number. Where it is not, tell nothing of it that
     * a stranger must not hear: anybody can type a number.
     */
    theirs: boolean;
  }

  /**
   * Orders by the number that people call them, `#1001` or `1001`, as they stand now. Several stores may use the same
   * number; at most 20.
   */
  export function find(number: string): Found[];

  /** The orders of the event's contact as they stand now, the one that changed last first; at most 20. */
  export function ofContact(): Found[];
}

/** A language model that the operator set up and pays. Permission: `ai`. Recorded, like `http.get`. */
declare module "ponte:flow/ai" {
  import { type Refusal } from "ponte:flow/types";

  /** Who speaks: the flow's instructions, what a person wrote, what the model said. */
  export type Role =
    | "system"
    | "user"
    | "assistant";

  /** One message. */
  export interface Message {
    role: Role;
    text: string;
  }

  /** What is asked. */
  export interface Request {
    /** In their order; 32 KiB in all. */
    messages: Message[];
    /**
     * A JSON Schema (8 KiB) that the answer must fit. The host checks it, and lets the model mend its answer once.
     * Refused with `invalid`: `$ref`, `$dynamicRef`, `$dynamicAnchor` and the like (write it out in place),
     * `unevaluatedProperties` and `unevaluatedItems`, also as names; more than 1,000 values, 32 levels or 8
     * patterns; patterns that look around or back, or repeat thousands of times. `format` is not checked. An
     * answer does not fit if it has more than 32 KiB or 4,096 values, or 200,000 divided by those of the schema.
     */
    schema: string | null;
    /** The answer has at most so many tokens; 1 to 4,096. */
    maxTokens: number;
  }

  /** What came back. */
  export interface Answer {
    /** The words; JSON that fits the schema, where there is one. */
    text: string;
    /** Whether this is the text that the manifest declares for when no model can be asked (`[ai] fallback`). */
    fallback: boolean;
    tokensIn: number;
    tokensOut: number;
  }

  /**
   * Asks the model. What customers write is data and never an instruction: say so in the first message, and let nothing
   * that matters follow from the answer alone.
   *
   * Refused with `other("ai-absent")` where no model is set up and the manifest declares no fallback, with `budget` where the
   * installation has spent its day's money, with `other` where the model does not answer or its answer does not fit.
   */
  export function complete(request: Request): Answer;
}

/**
 * Shared vocabulary.
 *
 * Shapes in this package are closed: once 1.0 is out, no record gets a field and no variant a case, because
 * that would break every installed flow. Growth is by new functions and new interfaces; what has no name
 * here arrives as `other`, which carries JSON.
 */
declare module "ponte:flow/types" {
  /** Milliseconds since the Unix epoch, UTC. */
  export type Instant = number;

  /** Seconds. 32 bits, so that JavaScript sees a number and not a BigInt. */
  export type Duration = number;

  /** The position of an effect among those of this run, from 0. Amend an effect by its number. */
  export type Effect = number;

  /** Ponte's id of a person. Stable when the person changes phone number. */
  export type ContactId = string;

  /** WhatsApp's id of a message. */
  export type MessageId = string;

  /** A kind that this version does not name: inspectable, never an error. */
  export interface Other {
    /** What it is called. */
    kind: string;
    /** All of it. */
    json: string;
  }

  /** What kind of file. */
  export type MediaKind =
    | "image"
    | "audio"
    | "voice"
    | "video"
    | "document"
    | "sticker";

  /** A file, by WhatsApp's media id. */
  export interface Media {
    kind: MediaKind;
    /** WhatsApp's id. Received files can be fetched for seven days. */
    id: string;
    mime: string | null;
    /** The words under it. */
    caption: string | null;
    /** The name of a document. */
    filename: string | null;
  }

  /** A place. */
  export interface Location {
    /** Degrees north. */
    latitude: number;
    /** Degrees east. */
    longitude: number;
    name: string | null;
    address: string | null;
  }

  /** Something to tap, or that was tapped. */
  export interface Choice {
    /** Your id of it; comes back when it is tapped. */
    id: string;
    /** The label that the customer sees. */
    title: string;
  }

  /** One line of a cart. */
  export interface OrderLine {
    /** The shop's id of the product. */
    product: string;
    quantity: number;
    /** Price of one, as a decimal number: `7.99`. */
    price: string;
    /** ISO 4217. */
    currency: string;
  }

  /** A cart that a customer sent. */
  export interface Order {
    catalog: string;
    text: string | null;
    lines: OrderLine[];
  }

  /** A reaction, or its removal. */
  export interface Reaction {
    message: MessageId;
    /** None: the reaction was taken back. */
    emoji: string | null;
  }

  /** A form that came back. */
  export interface FormReply {
    name: string | null;
    /** What was filled in, as JSON. The customer's device has the last word: check it. */
    json: string;
  }

  /** What a message says. */
  export type Content =
    | { tag: "text"; val: string }
    | { tag: "media"; val: Media }
    | { tag: "location"; val: Location }
    /** A tapped button, a chosen list row, or a tapped quick reply of a template. */
    | { tag: "choice"; val: Choice }
    | { tag: "form"; val: FormReply }
    | { tag: "order"; val: Order }
    | { tag: "reaction"; val: Reaction }
    /**
     * Something came and WhatsApp does not say what. Under Coexistence the phone may show it: never
     * answer "I did not understand".
     */
    | { tag: "unsupported"; val: string | null }
    | { tag: "other"; val: Other };

  /** A field that does not fit. */
  export interface Invalid {
    /** Where, such as `buttons[2].title`. */
    field: string;
    /** What is wrong and what would be right. */
    why: string;
  }

  /**
   * Why the host said no. A refusal is a value and never a trap: react to it, or let it be; the host
   * records it either way.
   */
  export type Refusal =
    /** The permission was not granted when the flow was installed. */
    | { tag: "denied"; val: string }
    /** You could have known. */
    | { tag: "invalid"; val: Invalid }
    /** The customer wrote too long ago: only a template may be sent now. */
    | { tag: "window-closed"; val?: undefined }
    /** A person speaks in this conversation, on the phone or in the team. */
    | { tag: "owned-by-person"; val?: undefined }
    /** The template is missing, not approved, or its parameters do not fit. */
    | { tag: "template"; val: string }
    /** The contact has not agreed, or asked to stop. */
    | { tag: "no-consent"; val?: undefined }
    /** Spent until then. */
    | { tag: "quota"; val: Instant }
    /** The money budget is used up. */
    | { tag: "budget"; val?: undefined }
    /** This run's allowance is used up; the number is the allowance. */
    | { tag: "run-limit"; val: number }
    | { tag: "other"; val: string };
}
