"""Dialogs: straight-line code that asks and waits, over several messages and days.

A script reads like the conversation. `d.ask` returns the answer if the customer has given it; else it asks, and ends the
run quietly. With the customer's next message the script is run again from its start, over what is recorded: answers come
back at once, what was said is not said again. Between two messages nothing is in memory; a dialog outlives restarts, and
goes on with the version of the flow that it began with.

    from ponte_sdk import Event
    from ponte_sdk.dialog import Again, Dialog, dialog

    @dialog(name="table")
    def table(d: Dialog, event: Event) -> None:
        name = d.ask("name", "Hello! What is your name?")
        day = d.ask_buttons("day", f"Which day, {name}?", {"sat": "Saturday", "sun": "Sunday"})
        people = d.ask("people", "For how many?", check=number)
        if people > 8:
            d.hand_off("team", f"{name} comes with {people} on {day.title}.")
        d.say("done", f"Your table is booked, {name}.")

    def number(said: str) -> int:
        if not said.isdigit():
            raise Again("Just the number, please.")
        return int(said)

Rules for scripts:

- Every step has a name of its own, given first. Texts may be changed at will; names, kinds and the order of steps may not,
  while a dialog with the old ones is open.
- What a script does next follows from answers and from what `d.once` recorded, and from nothing else: the clock, dice, the
  event and state may say something different the next time.
- Effects other than the dialog's own (tags, state …) happen in each run that comes past them, unless they are in a `once`.

While a question is open, other flows are not asked: the dialog holds the conversation. And:

| what comes | what follows |
|---|---|
| an answer that fits | the script goes on |
| anything else (a picture, no such choice, what `check` says no to) | a word about it; the question stays open. The third time people take over |
| a tap on an older question's button | the open question is asked again |
| a reaction, an edit, a receipt | nothing |
| `cancelar`, `salir`, `cancel` … (`cancel_words`) | the dialog ends with a word |
| a word of `person_words` | the team gets the conversation |
| nothing, for as long as `within` says | a word, where it can still be sent, and the dialog ends; or the script goes on, with `default` |
| somebody writes from the phone | the dialog is dropped without a word; people speak |
| the script is another than the one that the dialog began with | nothing is guessed: the log names the step, the team gets the conversation (`on_change`) |

The SDK says `dialog-choose`, `dialog-write`, `dialog-cancelled`, `dialog-timeout`, `dialog-gave-up`, `dialog-changed` and
`dialog-handing-over` in the language of the setting `language` (Portuguese if there is none). A text of the package with
that key replaces it; an empty one is not said.

Permissions: `send`, `state`, `schedule`, `conversation`. The state key and the timer `dialog` belong to the dialog.
"""

from __future__ import annotations

import functools
from typing import Any, Callable, Optional, overload

from .. import state
from .._events import Event
from .._flow import flow
from ._host import KEY, Host, heard
from ._play import Options, Words, play
from ._script import Again, Choices, Dialog

__all__ = ["Again", "Choices", "Dialog", "dialog", "is_open", "run"]

Script = Callable[[Dialog, Event], Any]
Handler = Callable[[Event], None]


@overload
def dialog(script: Script) -> Handler: ...


@overload
def dialog(
    *,
    name: str = ...,
    cancel_words: Optional[Words] = ...,
    person_words: Words = ...,
    language: Optional[str] = ...,
    on_change: str = ...,
) -> Callable[[Script], Handler]: ...


def dialog(
    script: Optional[Script] = None,
    *,
    name: str = "dialog",
    cancel_words: Optional[Words] = None,
    person_words: Words = (),
    language: Optional[str] = None,
    on_change: str = "hand-off",
) -> Any:
    """Makes a script the flow's handler: write `@dialog`, or `@dialog(name="booking")`, above it.

    `cancel_words`: whole messages that end the dialog, in place of the usual ones. `person_words`: whole messages that give
    the conversation to the team. Both may be functions, which are asked when it matters. `language`: of what the SDK says.
    `on_change`: what becomes of an open dialog whose script has changed, `hand-off` (to the team, with a note that names the
    step) or `restart` (it begins anew, and asks everything again).
    """

    def make(script: Script) -> Handler:
        @functools.wraps(script)
        def handler(event: Event) -> None:
            run(
                event,
                script,
                name=name,
                cancel_words=cancel_words,
                person_words=person_words,
                language=language,
                on_change=on_change,
            )

        return flow(handler)

    return make if script is None else make(script)


def run(
    event: Event,
    script: Script,
    *,
    name: str = "dialog",
    cancel_words: Optional[Words] = None,
    person_words: Words = (),
    language: Optional[str] = None,
    on_change: str = "hand-off",
) -> None:
    """Runs a dialog over an event: begins one if none is open, else goes on with it. For flows that do more than that; its
    options are those of `dialog`."""
    what = heard(event)
    if what is not None:
        options = Options(name, cancel_words, person_words, on_change)
        play(Host(language), options, what, lambda d: script(d, event))


def is_open() -> bool:
    """Whether a dialog of this flow is open in the event's conversation: for flows that begin one only now and then."""
    return state.conversation.get_bytes(KEY) is not None
