// What a customer did, and whether it answers a question. The same in every SDK.

/** What a choice is called on the wire: a tap on an old question's button is told from an answer by it. */
export const wireId = (question, choice) => `${question}:${choice}`;

/** A text as it is compared: without case, accents, and blanks around it. */
export const plain = (text) => text.trim().normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

/** Whether the whole message is one of the words. */
export const isOneOf = (said, words) => said.text !== undefined && words.some((word) => plain(word) === plain(said.text));

/**
 * Whether what was said answers the open question. `said` is `{ text, all }` (the last line, and all of a burst),
 * `{ tap }`, or `{}` for what has no words.
 */
export function fits(said, open) {
  const choices = open.choices ?? [];
  if (said.tap !== undefined) {
    const tapped = choices.find((choice) => wireId(open.at, choice.id) === said.tap);
    return tapped ? { value: tapped } : { miss: "elsewhere" };
  }
  if (choices.length === 0) return said.text === undefined ? { miss: "says-nothing" } : { value: said.all.trim() };
  const chosen = said.text === undefined ? undefined : choice(said.text, choices);
  return chosen ? { value: chosen } : { miss: "chooses-nothing" };
}

/** The choice that somebody typed: its title, or its number from 1. */
function choice(typed, choices) {
  const words = plain(typed);
  return choices.find(({ title }) => plain(title) === words) ?? (/^\d{1,3}$/.test(words) ? choices[Number(words) - 1] : undefined);
}
