"""The host's functions, as componentize-py names them; in a test outside the sandbox they are not there."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Callable, TypeVar

from ._refused import refused

T = TypeVar("T")


class _Absent:
    """Stands for an interface outside the sandbox."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, function: str) -> Any:
        raise RuntimeError(
            f"{self._name}.{function} asks the host, which is there in the sandbox only: test the decisions of a flow "
            "in functions that do not call it, and the whole with a scenario"
        )


def _interface(name: str, side: str = "imports") -> Any:
    try:
        return import_module(f"wit_world.{side}.{name}")
    except ModuleNotFoundError:
        return _Absent(name)


send = _interface("send")
state = _interface("state")
schedule = _interface("schedule")
contacts = _interface("contacts")
conversation = _interface("conversation")
calendar = _interface("calendar")
settings = _interface("settings")
run = _interface("run")
log = _interface("log")
types = _interface("types")
#: What a run answers with.
handler = _interface("handler", "exports")

try:
    from componentize_py_types import Err as Err  # type: ignore[import-not-found]
except ModuleNotFoundError:

    class Err(Exception):  # type: ignore[no-redef]
        """As in the sandbox: what a host's function says no with."""

        value: Any


def ask(function: Callable[..., T], *args: Any) -> T:
    """Calls the host; its refusals become exceptions."""
    try:
        return function(*args)
    except Err as error:
        raise refused(error.value) from None
