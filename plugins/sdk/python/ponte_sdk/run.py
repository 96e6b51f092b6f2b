"""This run. Everything here is the same when the run is repeated or replayed. Permission: none."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from . import _host
from ._time import moment


def now() -> datetime:
    """The time of the event, in UTC. Does not pass during a run. `datetime.now(timezone.utc)` says the same."""
    return moment(_host.run.now())


def random(length: int) -> bytes:
    """Random bytes, at most 1,024 a call; the same for the same event and version."""
    return bytes(_host.run.random(length))


def event_json() -> Any:
    """The whole event, with what the types do not name, as `json` reads it."""
    return json.loads(_host.run.event_json())
