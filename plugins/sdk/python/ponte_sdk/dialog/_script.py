"""A script being run over what is recorded: what is done is not done again, and what differs is noticed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Callable, Iterable, List, Literal, Mapping, NoReturn, Optional, Tuple, TypeVar, Union

from .._events import Choice
from .._refused import OwnedByPerson
from .._time import Duration, seconds
from ..send import Row
from ._record import Kind, Open, Record, Step
from ._said import Answer, Misfit, Said, fits

#: How long a question waits unless it says so; a conversation can be held no longer than the other.
WITHIN = 24 * 3600
LONGEST = 7 * 24 * 3600

#: How many answers that do not fit lead to people.
TRIES = 3

T = TypeVar("T")

#: What there is to choose from: ids and labels.
Choices = Union[Mapping[str, str], Iterable[Union[Choice, Tuple[str, str]]]]
#: Rows of a list: ids and titles, or rows with a line below.
Rows = Union[Mapping[str, str], Iterable[Union[Row, Choice, Tuple[str, str]]]]


class Again(Exception):
    """Raised by a `check`: the answer does not fit, and this is said to the customer; the question stays open."""


class Pause(BaseException):
    """The script goes no further in this run. No `Exception`, so that a wide `except` does not swallow it."""


class Changed(BaseException):
    """The script is not the one that the dialog began with."""


#: What the open question may be waiting for, besides what a customer said.
BEGINS: Literal["begins"] = "begins"
TIMED_OUT: Literal["timed out"] = "timed out"
News = Union[Said, Literal["begins", "timed out"]]

_REQUIRED: Any = object()


@dataclass
class Question:
    """A question that is asked."""

    name: str
    text: str
    kind: Kind
    within: int
    tries: int
    check: Optional[Callable[[Any], Any]]
    default: Any
    #: The button of a list.
    button: str = ""
    rows: Tuple[Row, ...] = ()

    def read(self, value: Any) -> Any:
        """What the script gets of a recorded answer. Raises what `check` raises."""
        if self.kind == "ask":
            if not isinstance(value, str):
                raise ValueError(f"{value!r} is no text")
            answer: Any = value
        else:
            try:
                answer = Choice(value["id"], value["title"])
            except (KeyError, TypeError):
                raise ValueError(f"{value!r} is no choice") from None
        return answer if self.check is None else self.check(answer)


class Dialog:
    """A dialog in the middle of its script: ask, say, and call for people."""

    def __init__(self, world: Any, record: Record, news: News) -> None:
        self._world = world
        self._record = record
        #: How many recorded steps the script has come past.
        self._at = 0
        self._news = news
        #: Whether the question that was open is still to be reached.
        self._awaited = record.open is not None
        #: Whether something is to be stored that is not yet.
        self._new = False
        #: Set once the script was told to stop: it may not go on.
        self._stopped: Optional[BaseException] = None

    @property
    def language(self) -> str:
        """The language that the dialog speaks: the option's, else the setting `language`, else `pt-BR`."""
        language: str = self._world.language
        return language

    def ask(
        self,
        name: str,
        text: str,
        *,
        check: Optional[Callable[[str], Any]] = None,
        within: Duration = WITHIN,
        tries: int = TRIES,
        default: Any = _REQUIRED,
    ) -> Any:
        """Asks for a text and returns the answer: `d.ask("name", "What is your name?")`.

        `check` turns an answer into what the script gets, or raises `Again("what is wrong")`; of a `ValueError`
        (`check=int`) the customer hears `dialog-write`, and the question again. It must say the same of an answer whenever
        it is asked. `within`: how long it waits, at most seven days. `tries`: the how-manieth answer that does not fit leads
        to people. `default`: what comes back if no answer comes in time; without it the dialog ends then.
        """
        return self._answer(Question(name, text, "ask", _within(name, within), tries, check, default))

    def ask_buttons(
        self,
        name: str,
        text: str,
        choices: Choices,
        *,
        check: Optional[Callable[[Choice], Any]] = None,
        within: Duration = WITHIN,
        tries: int = TRIES,
        default: Any = _REQUIRED,
    ) -> Any:
        """Asks with one to three buttons (labels of 20 characters) and returns the `Choice`: by a tap, by writing its label,
        or by its number from 1. `choices`: `{"yes": "Yes", "no": "No"}`, or pairs of ids and labels."""
        rows = _rows(name, choices)
        question = Question(name, text, "buttons", _within(name, within), tries, check, default, rows=rows)
        return self._answer(question)

    def ask_list(
        self,
        name: str,
        text: str,
        button: str,
        rows: Rows,
        *,
        check: Optional[Callable[[Choice], Any]] = None,
        within: Duration = WITHIN,
        tries: int = TRIES,
        default: Any = _REQUIRED,
    ) -> Any:
        """Asks with a list of at most ten rows behind a button (label of 20 characters), and returns the `Choice`, as
        `ask_buttons` does."""
        question = Question(
            name, text, "list", _within(name, within), tries, check, default, button, _rows(name, rows)
        )
        return self._answer(question)

    def say(self, name: str, text: str) -> None:
        """Says something, once."""
        done, _ = self._recorded(name, "say")
        if not done:
            self._send(lambda: self._world.say(text))
            self._done(name, "say", None)

    def once(self, name: str, function: Callable[[], T]) -> T:
        """Calls a function once and remembers what came of it: what is asked of the clock, of chance, of the event, or of
        anything else that may say something different the next time. It comes back as `json` reads it."""
        done, recorded = self._recorded(name, "once")
        if not done:
            # As it is read back: the same the first time and ever after.
            recorded = json.loads(json.dumps(function()))
            self._done(name, "once", recorded)
        value: T = recorded
        return value

    def hand_off(self, to: Literal["app", "team"], note: str) -> NoReturn:
        """Ends the dialog and gives the conversation to people, with a note that they find beside it. What was said in this
        run is still sent. Nothing after it is run."""
        self._is_going_on()
        self._finished()
        self._over()
        self._world.hand_off(to, note)
        self._stop(Pause())

    # What follows is for the SDK.

    def _answer(self, question: Question) -> Any:
        value = self._value(question)
        if value is None:
            if question.default is _REQUIRED:
                why = "no answer came in time, and the script does not say what then"
                self._stop(Changed(self._misfit(question.name, why)))
            return question.default
        try:
            return question.read(value)
        except (Again, ValueError) as error:
            self._stop(Changed(self._misfit(question.name, str(error))))

    def _value(self, question: Question) -> Any:
        """The answer to a question, if there is one; what was recorded comes back as it was."""
        done, value = self._recorded(question.name, question.kind)
        if done:
            return value
        if self._awaited:
            return self._hear(question)
        asked = self._world.now()
        self._send(lambda: self._world.ask(question))
        choices = [Choice(row.id, row.title) for row in question.rows]
        until = asked + question.within * 1000
        self._record.open = Open(question.name, question.kind, asked, until, 0, choices)
        self._new = True
        self._world.wait(question.within)
        self._stop(Pause())

    def _hear(self, question: Question) -> Any:
        """What happened, as far as the open question is concerned."""
        open = self._record.open
        assert open is not None
        if self._news == BEGINS:
            self._stop(Pause())
        if self._news == TIMED_OUT:
            if question.default is not _REQUIRED:
                return self._settled(question, None)
            self._world.mention(self._world.text("dialog-timeout"))
            self._over()
            self._stop(Pause())
        fit = fits(self._news, open)
        words: Optional[str] = None
        if isinstance(fit, Answer):
            value: Any = fit.value
            if isinstance(value, Choice):
                value = {"id": value.id, "title": value.title}
            try:
                question.read(value)
                return self._settled(question, value)
            except Again as error:
                words, fit = str(error), Misfit(None, repeat=False, costs=True)
            except ValueError:
                fit = Misfit("dialog-write", repeat=True, costs=True)
        if fit.costs:
            if open.tries + 1 >= question.tries:
                self._give_up(question.name)
            open.tries += 1
            self._new = True
        if fit.text is not None:
            words = self._world.text(fit.text)
        if words:
            self._send(lambda: self._world.say(words))
        if fit.repeat:
            self._send(lambda: self._world.ask(question))
        self._stop(Pause())

    def _give_up(self, name: str) -> NoReturn:
        """Nobody could make sense of the answers: people take over."""
        words = self._world.text("dialog-gave-up")
        note = self._world.text("dialog-note-gave-up").replace("{step}", name)
        if words:
            self._send(lambda: self._world.say(words))
        self._over()
        self._world.hand_off("team", note)
        self._stop(Pause())

    def _settled(self, question: Question, value: Any) -> Any:
        """The open question has its answer."""
        self._awaited = False
        self._done(question.name, question.kind, value)
        return value

    def _recorded(self, name: str, kind: Kind) -> Tuple[bool, Any]:
        """Whether a step was done before, and its value."""
        self._is_going_on()
        steps = self._record.steps
        if self._at < len(steps):
            step = steps[self._at]
            if (step.at, step.kind) != (name, kind):
                self._stop(Changed(self._differs(step.at, step.kind, name, kind)))
            self._at += 1
            return True, step.value
        open = self._record.open
        if self._awaited and open is not None and (open.at, open.kind) != (name, kind):
            self._stop(Changed(self._differs(open.at, open.kind, name, kind)))
        if any(step.at == name for step in steps):
            raise ValueError(f"the dialog has two steps called {name!r}: each needs a name of its own")
        return False, None

    def _finished(self) -> None:
        """The customer waits for nothing: all that was recorded has been come past."""
        missing: Union[Step, Open, None] = self._record.open if self._awaited else None
        if self._at < len(self._record.steps):
            missing = self._record.steps[self._at]
        if missing is not None:
            called = self._called(self._at, missing.at, missing.kind)
            self._stop(Changed(f"{called} is not in the script any more"))

    def _over(self) -> None:
        """Ends the dialog: nothing is kept, nothing waits."""
        self._awaited = False
        self._new = False
        if self._record.open is not None:
            self._record.open = None
            self._world.end()

    def _done(self, name: str, kind: Kind, value: Any) -> None:
        self._record.steps.append(Step(name, kind, value))
        self._at = len(self._record.steps)
        self._new = True

    def _send(self, send: Callable[[], None]) -> None:
        """Sends; where a person has just taken the conversation, the dialog is over without a word."""
        try:
            send()
        except OwnedByPerson:
            self._over()
            self._stop(Pause())

    def _is_going_on(self) -> None:
        """A script that caught a `Pause` and went on does nothing more."""
        if self._stopped is not None:
            raise self._stopped

    def _stop(self, why: BaseException) -> NoReturn:
        self._stopped = why
        raise why from None

    def _misfit(self, name: str, why: str) -> str:
        quoted = _quoted(name)
        return f"step {self._at} {quoted}: what was recorded does not fit any more: {why}"

    def _differs(self, was: str, was_kind: str, name: str, kind: str) -> str:
        return f"{self._called(self._at, was, was_kind)}, is now {kind} {_quoted(name)}"

    def _called(self, at: int, was: str, kind: str) -> str:
        return f"step {at + 1} was {kind} {_quoted(was)}"


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def _within(name: str, within: Duration) -> int:
    length = seconds(within)
    if not 1 <= length <= LONGEST:
        raise ValueError(f"question {name!r}: it may wait from 1 to {LONGEST} seconds, not {length}")
    return length


def _rows(name: str, choices: Rows) -> Tuple[Row, ...]:
    rows: List[Row] = []
    for choice in choices.items() if isinstance(choices, Mapping) else choices:
        if isinstance(choice, Row):
            rows.append(choice)
        elif isinstance(choice, Choice):
            rows.append(Row(choice.id, choice.title))
        else:
            id, title = choice
            rows.append(Row(id, title))
    if not rows:
        raise ValueError(f"question {name!r} has nothing to choose from")
    return tuple(rows)
