"""Books a visit: asks for a name, a day and an hour, and confirms. It reads like the conversation, and waits for days."""

from ponte_sdk import Event, settings, texts
from ponte_sdk.dialog import Again, Dialog, dialog

DAYS = ["mon", "tue", "wed"]
HOURS = ["9", "11", "14", "16"]


# Whoever writes one of these in the middle is given to a person.
@dialog(name="booking", person_words=lambda: settings.get("handoff_words", []))
def booking(d: Dialog, event: Event) -> None:
    name = d.ask("name", texts.get("ask-name"), check=as_name)
    day = d.ask_buttons("day", texts.get("ask-day", name=name), {day: texts.get(f"day-{day}") for day in DAYS})
    hours = {hour: texts.get("hour", hour=hour) for hour in HOURS}
    hour = d.ask_list("hour", texts.get("ask-hour"), texts.get("hours"), hours)
    visit = {"name": name, "day": day.title, "hour": hour.title}
    sure = d.ask_buttons("sure", texts.get("ask-sure", **visit), {"yes": texts.get("yes"), "no": texts.get("no")})

    if sure.id == "no":
        d.say("dropped", texts.get("dropped"))
        return
    d.say("booked", texts.get("booked", **visit))
    d.hand_off("team", texts.get("note", **visit))


def as_name(said: str) -> str:
    """A name is one line, and no novel."""
    if not said or len(said) > 40 or "\n" in said:
        raise Again(texts.get("ask-name"))
    return said
