"""How a run ends without success."""

from __future__ import annotations

import re
from typing import List, NoReturn

from ._time import Duration, seconds

#: As much of an exception's words, and as many of its places, as an operator wants to read.
_WORDS = 1_000
_PLACES = 6


class Retry(BaseException):
    """The event should come again. No `Exception`, so that a wide `except` does not swallow it."""

    def __init__(self, after: int) -> None:
        super().__init__(after)
        self.after = after


class Reject(BaseException):
    """The event is given up with a reason."""


def retry(after: Duration) -> NoReturn:
    """Ends the run: all its effects are dropped and the event comes again after that time.

    Tries are bounded by the manifest; then its failure policy decides.
    """
    raise Retry(seconds(after))


def reject(reason: str) -> NoReturn:
    """Ends the run: all its effects are dropped, and the manifest's failure policy decides. The operator reads the
    reason."""
    raise Reject(reason)


def story(error: BaseException) -> str:
    """An exception in a few words: what it says, and where it happened, innermost last.

    Places inside this SDK are left out, unless there are no others.
    """
    words = str(error)
    text = f"{type(error).__name__}: {words}" if words else type(error).__name__
    if len(text) > _WORDS:
        text = text[:_WORDS] + "…"
    text += "".join(f"\n  {place}" for place in _places(error))
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        text += f"\nafter {type(cause).__name__}: {str(cause)[:_WORDS]}"
        text += "".join(f"\n  {place}" for place in _places(cause)[-1:])
    return text


def _places(error: BaseException) -> List[str]:
    own: List[str] = []
    ours: List[str] = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        # In the sandbox the author's folder is `/0`, `/1` …
        file = re.sub(r"^/\d+/", "", code.co_filename)
        place = f"{file}:{trace.tb_lineno} in {code.co_name}"
        (ours if "ponte_sdk/" in file or file == "ponte_app.py" else own).append(place)
        trace = trace.tb_next
    places = own or ours
    if len(places) > _PLACES:
        return [*places[:1], f"… {len(places) - _PLACES} more", *places[1 - _PLACES :]]
    return places
