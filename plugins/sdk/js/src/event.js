/** Something that happened. `body` is as the contract has it; the rest are short ways into it. What is not there is null. */
export class Event {
  constructor(raw) {
    Object.assign(this, raw);
  }

  /** What happened: `message`, `edit`, `revoke`, `receipt`, `timer`, `schedule`, `order` or `other`. */
  get kind() {
    return this.body.tag;
  }

  /** The message, if that is what happened. */
  get message() {
    return this.#is("message");
  }

  /** The timer that came due, if that is what happened. */
  get timer() {
    return this.#is("timer");
  }

  /** The name of the manifest's schedule that came due, if that is what happened. */
  get schedule() {
    return this.#is("schedule");
  }

  /** What a store told of an order, if that is what happened. */
  get order() {
    return this.#is("order");
  }

  /** How far one of your messages got, if that is what happened. */
  get receipt() {
    return this.#is("receipt");
  }

  /** What a person would read: the text, the words under a picture, the label that was tapped, what was written with a cart. */
  get text() {
    const content = this.message?.content;
    switch (content?.tag) {
      case "text":
        return content.val;
      case "media":
        return content.val.caption;
      case "choice":
        return content.val.title;
      case "order":
        return content.val.text;
      default:
        return null;
    }
  }

  /** The id of the button or list row that was tapped. */
  get tapped() {
    const content = this.message?.content;
    return content?.tag === "choice" ? content.val.id : null;
  }

  #is(tag) {
    return this.body.tag === tag ? this.body.val : null;
  }
}
