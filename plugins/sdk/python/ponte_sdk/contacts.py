"""People. Permission: `contacts`."""

from __future__ import annotations

from typing import List, Optional

from . import _host
from ._events import Contact, contact


def get(id: str) -> Optional[Contact]:
    """A person; none if unknown."""
    found = _host.ask(_host.contacts.get, id)
    return None if found is None else contact(found)


def tag(name: str) -> None:
    """Puts a tag (64 bytes) on the event's contact."""
    _host.ask(_host.contacts.tag, name)


def untag(name: str) -> None:
    """Takes a tag off the event's contact."""
    _host.ask(_host.contacts.untag, name)


def named(setting: str) -> List[Contact]:
    """The people whom the shop named in a setting of this flow, by their phone numbers with country code; at most 20."""
    return [contact(found) for found in _host.ask(_host.contacts.named, setting)]
