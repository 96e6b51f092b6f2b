"""From the component's export to the author's function."""

from __future__ import annotations

import sys
from typing import Any, Callable, List, Optional, TypeVar

from . import _events, _failure, _host, send

Handler = Callable[[_events.Event], Any]
F = TypeVar("F", bound=Handler)

_handlers: List[Handler] = []


def flow(handler: F) -> F:
    """Makes a function the flow's handler: write `@flow` above it. A project has one."""
    if _handlers:
        one, other = _handlers[0].__name__, handler.__name__
        raise TypeError(f"a flow has one handler; `@flow` stands above both {one} and {other}")
    _handlers.append(handler)
    return handler


def handler() -> Handler:
    """What `@flow` was written above; `build.py` asks, so that a project without one does not build."""
    if not _handlers:
        raise TypeError("no function has `@flow` above it: write `from ponte_sdk import flow`, and `@flow` above one")
    return _handlers[0]


def handle(wire: Any, function: Optional[Handler] = None) -> None:
    """One run. What goes wrong becomes the failure that the contract knows."""
    function = function or handler()
    try:
        _same_dice()
        event = _events.event(wire)
        send._answer_to(event.contact)
        function(event)
    except _failure.Retry as wish:
        raise _host.Err(_host.handler.Failure_Retry(wish.after)) from None
    except _failure.Reject as wish:
        raise _host.Err(_host.handler.Failure_Reject(str(wish))) from None
    except BaseException as error:  # SystemExit too: nothing may end in a trap without words.
        raise _host.Err(_host.handler.Failure_Reject(_failure.story(error))) from None
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()


def _same_dice() -> None:
    """`random` was seeded when the component was built; from here on it follows from this event and version."""
    random = sys.modules.get("random")
    if random is not None:
        random.seed(int.from_bytes(_host.run.random(16), "little"))
