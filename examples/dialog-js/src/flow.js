// Books a visit: asks for a name, a day and an hour, and confirms. It reads like the conversation, and waits for days.
import { dialog, settings, texts } from "ponte-sdk";

const DAYS = ["mon", "tue", "wed"];
const HOURS = ["9", "11", "14", "16"];

export const handler = dialog(
  (d) => {
    const say = (key, values) => texts.get(key, d.language, values);

    const name = d.ask("name", say("ask-name"));
    const day = d.askButtons("day", say("ask-day", { name }), DAYS.map((id) => ({ id, title: say(`day-${id}`) })));
    const hour = d.askList("hour", say("ask-hour"), say("hours"), HOURS.map((id) => ({ id, title: say("hour", { hour: id }) })));
    const visit = { name, day: day.title, hour: hour.title };
    const sure = d.askButtons("sure", say("ask-sure", visit), { yes: say("yes"), no: say("no") });

    if (sure.id === "no") {
      d.say("dropped", say("dropped"));
      return;
    }
    d.say("booked", say("booked", visit));
    d.handOff("team", say("note", visit));
  },
  // Whoever writes one of these in the middle is given to a person.
  { name: "booking", personWords: () => settings.get("handoff_words") },
);
