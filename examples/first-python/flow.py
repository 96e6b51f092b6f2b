"""Greets whoever writes, counts their messages, and calls a person when they ask for one."""

from ponte_sdk import Event, contacts, conversation, flow, reply, settings, state, texts


@flow
def greeter(event: Event) -> None:
    # Media, reactions, edits, timers …: not ours.
    if event.text is None:
        return

    if asks_for_person(event.text, settings.get("handoff_words", [])):
        conversation.hand_off("team", texts.get("note"))
        reply(texts.get("handing-over"))
        return

    seen = state.conversation.add("seen")
    if seen == 1:
        reply(texts.get("greeting", name=called(event)))
    else:
        reply(texts.get("again", count=seen))


def asks_for_person(words: str, handoff_words: list[str]) -> bool:
    """Whether the whole message is one of the words, in capitals or not."""
    return words.strip().casefold() in [word.strip().casefold() for word in handoff_words]


def called(event: Event) -> str:
    """ ", Ana", or nothing where the name is not known."""
    contact = contacts.get(event.contact) if event.contact else None
    return f", {contact.name}" if contact and contact.name else ""
