"""The host, as dialogs see it."""

from __future__ import annotations

from typing import Any, List, Literal, Optional

from .. import conversation, log, run, schedule, send, state, texts
from .._events import Choice, Event, Message, Reaction, Text, Timer
from .._refused import OwnedByPerson, WindowClosed
from .._time import millis
from . import _words
from ._play import TIMER, Heard, People
from ._said import Tapped, Wordless, Wrote, wire_id
from ._script import Question

#: The key of the conversation's state under which an open dialog is kept, and the name of its timer.
KEY = "dialog"


def heard(event: Event) -> Optional[Heard]:
    """What an event means to dialogs; none if it is not theirs: a reaction, an edit, a receipt, another timer."""
    body = event.body
    if isinstance(body, Timer):
        return TIMER if body.name == KEY else None
    if not isinstance(body, Message) or isinstance(body.content, Reaction):
        return None
    if isinstance(body.content, Text):
        return _lines(body.content.body)
    if isinstance(body.content, Choice):
        return Tapped(body.content.id)
    return Wordless()


def _lines(last: str) -> Wrote:
    """The event's text, and all lines of the burst that it ends, if it ends one."""
    lines: List[str] = [line.content.body for line in conversation.burst() if isinstance(line.content, Text)]
    return Wrote(last, "\n".join(lines or [last]))


class Host:
    """The host of this run."""

    def __init__(self, language: Optional[str] = None) -> None:
        self.language = language or texts.language()

    def now(self) -> int:
        """The event's time, in milliseconds."""
        return millis(run.now())

    def people(self) -> People:
        facts = conversation.facts()
        if facts is None:
            return People()
        wrote = facts.last_app_message
        return People(facts.owner in ("app", "team"), None if wrote is None else millis(wrote))

    def load(self) -> Optional[bytes]:
        """What is kept of an open dialog."""
        return state.conversation.get_bytes(KEY)

    def save(self, stored: bytes) -> None:
        state.conversation.put_bytes(KEY, stored)

    def wait(self, within: int) -> None:
        """Sets the timer of a question, and keeps the conversation meanwhile."""
        schedule.after(KEY, within)
        conversation.hold(within)

    def end(self) -> None:
        """Nothing is kept, nothing waits, and the conversation is given back."""
        state.conversation.delete(KEY)
        schedule.cancel(KEY)
        conversation.release()

    def say(self, text: str) -> None:
        send.reply(text)

    def mention(self, text: str) -> None:
        """Says something that need not be heard: where it cannot be sent, it is not."""
        if not text:
            return
        try:
            send.reply(text).when_closed("drop")
        except (WindowClosed, OwnedByPerson):
            pass

    def ask(self, question: Question) -> None:
        rows = [send.Row(wire_id(question.name, row.id), row.title, row.description) for row in question.rows]
        if question.kind == "buttons":
            send.reply_buttons(question.text, [Choice(row.id, row.title) for row in rows])
        elif question.kind == "list":
            send.reply_list(question.text, question.button, rows)
        else:
            send.reply(question.text)

    def hand_off(self, to: Literal["app", "team"], note: str) -> None:
        conversation.hand_off(to, note)

    def text(self, key: str) -> str:
        """A text of the package's, or the SDK's own."""
        found: Any = texts.find(key, self.language)
        return _words.own_text(key, self.language) if found is None else found

    def error(self, words: str) -> None:
        log.error(words)
