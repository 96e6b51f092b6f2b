"""Keys and values that outlive the run. Permission: `state`.

Values are anything that `json` can write. They are written in the same transaction as the messages and the
acknowledgement of the event; reads see this run's own writes.
"""

from __future__ import annotations

import json
from typing import Any, Optional

from . import _host
from ._time import Duration, seconds


class Scope:
    """Keys of one owner."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def _scope(self) -> Any:
        return _host.state.Scope[self._name]

    def get(self, key: str, default: Any = None) -> Any:
        """The value under a key, or `default`."""
        value = self.get_bytes(key)
        return default if value is None else json.loads(value)

    def put(self, key: str, value: Any, expires: Optional[Duration] = None) -> None:
        """Writes a value (64 KiB of JSON) under a key (256 bytes); it disappears by itself after `expires`."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        self.put_bytes(key, text.encode())
        if expires is not None:
            self.expire_after(key, expires)

    def delete(self, key: str) -> None:
        """Takes a key away; no error if there is none."""
        _host.ask(_host.state.delete, self._scope, key)

    def add(self, key: str, delta: int = 1) -> int:
        """Adds to a number, and returns the sum. A missing key counts as 0."""
        total: int = _host.ask(_host.state.add, self._scope, key, delta)
        return total

    def expire_after(self, key: str, age: Duration) -> None:
        """Lets a key that exists disappear by itself after that time."""
        _host.ask(_host.state.expire_after, self._scope, key, seconds(age))

    def get_bytes(self, key: str) -> Optional[bytes]:
        """The value under a key as it is."""
        value: Optional[bytes] = _host.ask(_host.state.get, self._scope, key)
        return value

    def put_bytes(self, key: str, value: bytes) -> None:
        """Writes a value as it is."""
        _host.ask(_host.state.put, self._scope, key, value)


#: This conversation's keys. One run at a time: always exact.
conversation = Scope("CONVERSATION")
#: This contact's keys, on every number of the tenant.
contact = Scope("CONTACT")
#: This installation's keys, shared by all its conversations. If two runs collide, one is run again.
installation = Scope("INSTALLATION")
