"""Timers of this conversation. Permission: `schedule`. Durable: they fire once, late rather than never."""

from __future__ import annotations

from datetime import datetime

from . import _host
from ._time import Duration, millis, seconds


def at(name: str, due: datetime, payload: str = "") -> None:
    """Sets the named timer, or replaces it. The payload comes back in the event's `Timer`."""
    _host.ask(_host.schedule.at, name, millis(due), payload)


def after(name: str, delay: Duration, payload: str = "") -> None:
    """The same, that long after `run.now()`."""
    _host.ask(_host.schedule.after, name, seconds(delay), payload)


def cancel(name: str) -> None:
    """Takes the named timer away; no error if there is none."""
    _host.ask(_host.schedule.cancel, name)
