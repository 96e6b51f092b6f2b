"""The conversation that the event belongs to. Permission: `conversation` for handing off, holding and releasing; the
facts are for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, List, Literal, Optional

from . import _events, _host
from ._time import Duration, moment, moment_or_none, seconds

#: Who speaks: nobody yet, a flow that holds it, the person on the phone, people on the API side.
Owner = Literal["nobody", "flow", "app", "team"]
#: Who can be handed a conversation: the person on the phone, or people on the API side.
Target = Literal["app", "team"]


@dataclass(frozen=True)
class Facts:
    """What is known of the conversation at the event's time."""

    owner: Owner
    #: Until when free-form messages may be sent; none: the window is closed.
    window_until: Optional[datetime]
    #: The customer's message before this one.
    last_customer_message: Optional[datetime]
    #: The last thing that somebody wrote from the phone.
    last_app_message: Optional[datetime]
    #: How many messages the customer wrote so far, this one included.
    customer_messages: int


@dataclass(frozen=True)
class Line:
    """A message of the past."""

    id: str
    at: datetime
    author: Literal["customer", "app", "api"]
    content: _events.Content


@dataclass(frozen=True)
class AutomaticTexts:
    """What the business app on the phone says by itself: greetings and away texts."""

    #: Whether the app is known to send an away text on this number.
    away_expected: bool
    #: When the app last wrote by itself in this conversation.
    last: Optional[datetime]
    #: When it last wrote what is, or may be, its away text.
    last_away: Optional[datetime]


def facts() -> Optional[Facts]:
    """The facts; none where the event has no conversation."""
    wire = _host.conversation.get()
    if wire is None:
        return None
    return Facts(
        owner=_word(wire.owner),
        window_until=moment_or_none(wire.window_until),
        last_customer_message=moment_or_none(wire.last_customer_message),
        last_app_message=moment_or_none(wire.last_app_message),
        customer_messages=wire.customer_messages,
    )


def recent(most: int = 50) -> List[Line]:
    """The last messages before the event, oldest first; at most 50."""
    return [_line(line) for line in _host.ask(_host.conversation.recent, most)]


def burst() -> List[Line]:
    """What this run answers, oldest first: where the flow waits for bursts, all lines that the customer wrote in one;
    else the event's own alone. Empty where the event is no message."""
    return [_line(line) for line in _host.conversation.burst()]


def phone() -> Literal["seen", "unseen", "none"]:
    """Whether a person sits at a phone with this number, and whether what they write there is seen here."""
    view: Literal["seen", "unseen", "none"] = _word(_host.conversation.phone())
    return view


def hand_off(to: Target, note: str) -> None:
    """Gives the conversation to people, with a note that they find beside it. Automation is silent from then on, save
    what this run says."""
    _host.ask(_host.conversation.hand_off, _host.conversation.Target[to.upper()], note)


def hold(age: Duration) -> None:
    """Keeps the conversation for this flow for that long (at most seven days): other flows are not asked meanwhile."""
    _host.ask(_host.conversation.hold, seconds(age))


def release() -> None:
    """Gives the conversation back, if this flow holds it."""
    _host.ask(_host.conversation.release)


def automatic() -> AutomaticTexts:
    """What the app on the phone says by itself, as far as it is known now."""
    wire = _host.conversation.automatic()
    return AutomaticTexts(wire.away_expected, moment_or_none(wire.last), moment_or_none(wire.last_away))


def _line(wire: Any) -> Line:
    return Line(wire.id, moment(wire.at), _word(wire.author), _events.content(wire.content))


def _word(case: Any) -> Any:
    return case.name.lower()
