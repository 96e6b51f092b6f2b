"""Messages to send. Permission: `send`.

Nothing leaves while the flow runs. Every function checks at once what can be known now and says no with a `Refused`; the
host checks again at the moment of sending, because a person may have answered from the phone meanwhile.

What is sent can be amended: `reply("As I said …").quote(message.id)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Iterable, Literal, Mapping, Optional, Sequence, Tuple, Union

from . import _host
from ._events import Choice, Location, Media
from ._refused import InvalidField
from ._time import Duration, seconds

_contact: Optional[str] = None


def _answer_to(contact: Optional[str]) -> None:
    """Sets whom `reply` answers."""
    global _contact
    _contact = contact


@dataclass(frozen=True)
class Row:
    """A row of a list: the id that comes back when it is chosen (200 characters), a title (24), and a line below (72)."""

    id: str
    title: str
    description: Optional[str] = None


@dataclass(frozen=True)
class Section:
    """A section of a list. It needs a title (24 characters) where there is more than one."""

    rows: Sequence[Row]
    title: Optional[str] = None


#: A button: a `Choice`, or its id and its label.
Button = Union[Choice, Tuple[str, str]]


class Sent:
    """A message that this run sends; it can still be amended."""

    def __init__(self, effect: int) -> None:
        self._effect = effect

    def quote(self, message: str) -> "Sent":
        """Lets it quote another message of the chat."""
        return self._amend(_host.send.quote, message)

    def header(self, text: str) -> "Sent":
        """A line above a message with buttons or a list, 60 characters."""
        return self._amend(_host.send.header, text)

    def footer(self, text: str) -> "Sent":
        """Small print below a message with buttons or a list, 60 characters."""
        return self._amend(_host.send.footer, text)

    def expire_after(self, age: Duration) -> "Sent":
        """Drops it unsent if it has not left after that time."""
        return self._amend(_host.send.expire_after, seconds(age))

    def when_closed(self, choice: Literal["refuse", "hold", "hand-off", "drop"]) -> "Sent":
        """What becomes of it if the window has closed when it is about to leave."""
        return self._amend(_host.send.when_closed, _host.send.ClosedChoice[choice.upper().replace("-", "_")])

    def when_closed_template(self, name: str, language: str, params: "Params" = ()) -> "Sent":
        """A template that goes in its place if the window has closed when it is about to leave."""
        return self._amend(_host.send.when_closed_template, name, language, _params(params))

    def _amend(self, function: Callable[..., Any], *args: Any) -> "Sent":
        _host.ask(function, self._effect, *args)
        return self


#: Parameters of a template: by name, or in order.
Params = Union[Mapping[str, str], Sequence[str]]


def reply(body: str) -> Sent:
    """Answers the event's contact with plain text, 4,096 characters."""
    return text(_to(), body)


def reply_buttons(body: str, choices: Iterable[Button]) -> Sent:
    """Answers with text (1,024 characters) and one to three buttons (labels of 20 characters, all different)."""
    return buttons(_to(), body, choices)


def reply_list(body: str, button: str, rows: Iterable[Row]) -> Sent:
    """Answers with text (4,096 characters) and a list of at most ten rows behind a button (label of 20 characters)."""
    return options(_to(), body, button, [Section(list(rows))])


def text(to: str, body: str) -> Sent:
    """Plain text, 4,096 characters."""
    return _sent(_host.send.text, to, body)


def file(to: str, media: Media) -> Sent:
    """A file that was uploaded or received before."""
    return _sent(_host.send.file, to, _media(media))


def file_link(to: str, url: str, media: Media) -> Sent:
    """A file at a public https address; the media's id is ignored."""
    return _sent(_host.send.file_link, to, url, _media(media))


def place(to: str, where: Location) -> Sent:
    """A place."""
    wire = _host.types.Location(where.latitude, where.longitude, where.name, where.address)
    return _sent(_host.send.place, to, wire)


def buttons(to: str, body: str, choices: Iterable[Button]) -> Sent:
    """Text (1,024 characters) with one to three buttons (labels of 20 characters, all different)."""
    pairs = ((choice.id, choice.title) if isinstance(choice, Choice) else choice for choice in choices)
    return _sent(_host.send.buttons, to, body, [_host.types.Choice(id, title) for id, title in pairs])


def options(to: str, body: str, button: str, sections: Iterable[Section]) -> Sent:
    """Text (4,096 characters) with a list behind a button (label of 20 characters): at most ten rows in all."""
    wire = [
        _host.send.Section(
            section.title, [_host.send.Row(row.id, row.title, row.description) for row in section.rows]
        )
        for section in sections
    ]
    return _sent(_host.send.options, to, body, button, wire)


def template(to: str, name: str, language: str, params: Params = ()) -> Sent:
    """An approved template, the only kind that may be sent when the window is closed. Parameters fill its body: a
    mapping for named places, a sequence for numbered ones."""
    return _sent(_host.send.template, to, name, language, _params(params))


def react(to: str, message: str, emoji: str) -> Sent:
    """A reaction to a message of the contact's; an empty emoji takes it back."""
    return _sent(_host.send.react, to, message, emoji)


def other(to: str, json: str) -> Sent:
    """Any other kind of message, as JSON of the host's `Payload` type."""
    return _sent(_host.send.other, to, json)


def seen(message: str) -> None:
    """Marks the customer's message as read, and all before it."""
    _host.ask(_host.send.seen, message, False)


def typing(message: str) -> None:
    """Marks the customer's message as read and shows "typing …" for up to 25 seconds."""
    _host.ask(_host.send.seen, message, True)


def _to() -> str:
    if _contact is None:
        raise InvalidField("to", "this event has no contact to answer; use send.text(contact, …)")
    return _contact


def _sent(function: Callable[..., int], *args: Any) -> Sent:
    return Sent(_host.ask(function, *args))


def _params(params: Params) -> Any:
    if isinstance(params, Mapping):
        return [_host.send.Param(name, value) for name, value in params.items()]
    return [_host.send.Param(None, value) for value in params]


def _media(media: Media) -> Any:
    kind = _host.types.MediaKind[media.kind.upper()]
    return _host.types.Media(kind, media.id, media.mime, media.caption, media.filename)
