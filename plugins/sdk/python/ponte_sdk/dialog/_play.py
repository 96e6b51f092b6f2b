"""One event: from what is kept of the dialog to what is kept of it then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Iterable, List, Literal, Optional, Union

from .._failure import reject
from . import _words
from ._record import Record
from ._said import Answer, Said, fits, is_one_of
from ._script import BEGINS, TIMED_OUT, Changed, Dialog, News, Pause

#: Whole messages, or a function that says them when it matters.
Words = Union[Iterable[str], Callable[[], Iterable[str]]]

#: What happened, as far as dialogs are concerned: the timer of a question, or what the customer did.
TIMER: Literal["timer"] = "timer"
Heard = Union[Said, Literal["timer"]]


@dataclass(frozen=True)
class Options:
    """How a dialog behaves."""

    name: str = "dialog"
    cancel_words: Optional[Words] = None
    person_words: Words = ()
    on_change: str = "hand-off"

    def __post_init__(self) -> None:
        if self.on_change not in ("hand-off", "restart"):
            raise ValueError(f"on_change is {self.on_change!r}; it may be 'hand-off' or 'restart'")


@dataclass(frozen=True)
class People:
    """What people did in the conversation: whether one speaks now, and when one last wrote from the phone."""

    speak: bool = False
    wrote: Optional[int] = None


def play(world: Any, options: Options, heard: Heard, script: Callable[[Dialog], Any]) -> None:
    """Handles one event."""
    stored = world.load()
    if stored is None:
        _begin(world, options, heard, script)
        return
    try:
        record = Record.read(stored)
        if record.name != options.name:
            raise ValueError(f"it was {record.name!r}, is now {options.name!r}")
    except ValueError as error:
        _changed(world, options, str(error), heard, script)
        return
    open = record.open
    assert open is not None
    people = world.people()
    if people.speak or (people.wrote is not None and people.wrote >= open.asked):
        world.end()
        if not people.speak:
            _begin(world, options, heard, script)
        return
    late = world.now() >= open.until
    if heard == TIMER:
        # Not late: the timer of a question that was answered just before it.
        if late:
            _go_on(world, options, record, TIMED_OUT, heard, script)
        return
    if late:
        # Its timer was not heard: Ponte was down, or the flow was paused.
        world.end()
        _begin(world, options, heard, script)
        return
    chooses = bool(open.choices) and isinstance(fits(heard, open), Answer)
    if not chooses and is_one_of(heard, _said(options.cancel_words, world)):
        _end_with(world, "dialog-cancelled", None)
    elif not chooses and is_one_of(heard, _said(options.person_words, world)):
        note = world.text("dialog-note-person").replace("{step}", open.at)
        _end_with(world, "dialog-handing-over", note)
    else:
        _go_on(world, options, record, heard, heard, script)


def _said(words: Optional[Words], world: Any) -> List[str]:
    if words is None:
        return _words.cancel_words(world.language)
    return list(words() if callable(words) else words)


def _begin(world: Any, options: Options, heard: Heard, script: Callable[[Dialog], Any]) -> None:
    """A dialog begins, if the customer wrote."""
    if heard == TIMER:
        return
    why = _act(world, Record(options.name, world.now()), BEGINS, script)
    if why is not None:
        reject(f"dialog {options.name}: {why}")


def _go_on(
    world: Any, options: Options, record: Record, news: News, heard: Heard, script: Callable[[Dialog], Any]
) -> None:
    why = _act(world, record, news, script)
    if why is not None:
        _changed(world, options, why, heard, script)


def _act(world: Any, record: Record, news: News, script: Callable[[Dialog], Any]) -> Optional[str]:
    """Runs the script, and keeps what is to be kept. Says how the script has changed, if it has."""
    dialog = Dialog(world, record, news)
    try:
        script(dialog)
        # A script that caught what it was told is over nevertheless.
        dialog._is_going_on()
        dialog._finished()
        dialog._over()
    except Changed as changed:
        return str(changed)
    except Pause:
        if dialog._new and record.open is not None:
            world.save(record.write())
    return None


def _end_with(world: Any, text: str, note: Optional[str]) -> None:
    """The dialog ends with a word, and with a note where people take over."""
    words = world.text(text)
    if words:
        world.mention(words)
    world.end()
    if note is not None:
        world.hand_off("team", note)


def _changed(world: Any, options: Options, why: str, heard: Heard, script: Callable[[Dialog], Any]) -> None:
    """The script is not the one that the dialog began with: nothing is guessed."""
    words = f"dialog changed: {why}"
    world.error(words)
    if options.on_change == "restart":
        world.end()
        _begin(world, options, heard, script)
    else:
        _end_with(world, "dialog-changed", words)
