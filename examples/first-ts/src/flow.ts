// Greets whoever writes, counts their messages, and calls a person when they ask for one.
import { contacts, conversation, type Event, flow, reply, settings, state, texts } from "ponte-sdk";

export const handler = flow((event) => {
  // Media, reactions, edits, timers …: not ours.
  const content = event.message?.content;
  if (content?.tag !== "text") return;
  const language = settings.need<string>("language");

  if (asksForPerson(content.val, settings.need<string[]>("handoff_words"))) {
    conversation.handOff("team", texts.get("note", language));
    reply(texts.get("handing-over", language));
    return;
  }

  const count = state.conversation.add("seen");
  if (count === 1) {
    reply(texts.get("greeting", language, { name: called(event) }));
  } else {
    reply(texts.get("again", language, { count }));
  }
});

/** Whether the whole message is one of the words, in capitals or not. */
function asksForPerson(said: string, words: string[]): boolean {
  const plain = (text: string) => text.trim().toLowerCase();
  return words.some((word) => plain(word) === plain(said));
}

/** ", Ana", or nothing where the name is not known. */
function called(event: Event): string {
  const name = event.contact && contacts.get(event.contact)?.name;
  return name ? `, ${name}` : "";
}
