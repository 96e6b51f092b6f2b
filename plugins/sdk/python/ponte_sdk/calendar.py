"""Business hours, from the installation's settings `timezone`, `hours` and `holidays`. Permission: none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Optional

from . import _host, run
from ._time import millis, moment_or_none


@dataclass(frozen=True)
class Period:
    """Whether the shop is open, and since when and until when."""

    open: bool
    #: When this open or closed period began; none if it always was so.
    since: Optional[datetime]
    #: When it ends: the closing time if open, the next opening if closed; none if it never does.
    until: Optional[datetime]


def at(when: Optional[datetime] = None) -> Period:
    """The open or closed period around a moment, or around the event's time."""
    wire = _host.ask(_host.calendar.at, millis(when or run.now()))
    return Period(wire.open, moment_or_none(wire.since), moment_or_none(wire.until))


def is_open(when: Optional[datetime] = None) -> bool:
    """Whether the shop is open at a moment, or at the event's time."""
    return at(when).open


def local(when: Optional[datetime] = None) -> datetime:
    """What the shop's wall clock shows at a moment, to the minute, or at the event's time. It has no zone: it is for
    people to read, and not to reckon with."""
    wire = _host.ask(_host.calendar.local, millis(when or run.now()))
    return datetime(wire.year, wire.month, wire.day, wire.hour, wire.minute)
