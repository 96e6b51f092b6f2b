// Compiled and never run: what the types must take, and what they must not.
import { attempt, dialog, flow, Refused, reply, replyButtons, retry, schedule, settings, state, wrong } from "ponte-sdk";

export const handler = flow((event) => {
  if (event.body.tag === "timer") console.log(event.body.val.payload);
  const content = event.message?.content;
  if (content?.tag === "media" && content.val.kind === "image") reply(content.val.caption ?? "").quote(event.message!.id);
  const sent = attempt(() => replyButtons("?", { yes: "Sim" }));
  if (sent instanceof Refused && sent.reason === "window-closed") retry("5m");
  schedule.after("later", "3d");
  schedule.at("then", new Date());
  const seen: number = state.conversation.get<number>("seen") ?? 0;
  settings.need<string[]>("words").includes(String(seen));
  // @ts-expect-error there is no such reason
  if (sent instanceof Refused && sent.reason === "window-shut") retry(1);
  // @ts-expect-error texts are text
  reply(7);
  // @ts-expect-error a flow has no timers of its own
  setTimeout(() => {}, 1);
});

export const booking = dialog((d) => {
  const people: number = d.ask("people", "?", { check: (said) => (Number(said) > 0 ? Number(said) : wrong("a number")) });
  const day: string = d.askButtons("day", "?", { mon: "Monday" }).id;
  const late: { id: string } | null = d.askList("hour", "?", "hours", [{ id: "9", title: "9h" }], { default: null, within: "2h" });
  d.say("done", `${people} ${day} ${late?.id}`);
  // @ts-expect-error nobody else can be handed it
  d.handOff("boss", "");
});
