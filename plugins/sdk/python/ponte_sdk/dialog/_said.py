"""What a customer did, and whether it answers a question."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Iterable, List, Optional, Union

from .._events import Choice
from ._record import Open


@dataclass(frozen=True)
class Wrote:
    """They wrote: the last line, and all lines of a burst where the flow waits for those."""

    last: str
    all: str


@dataclass(frozen=True)
class Tapped:
    """They tapped a button or chose from a list; the id as it was on the wire."""

    id: str


@dataclass(frozen=True)
class Wordless:
    """They sent something that says no words: a picture, a place, a form."""


Said = Union[Wrote, Tapped, Wordless]


@dataclass(frozen=True)
class Answer:
    """It answers: with words, or with one of the choices."""

    value: Union[str, Choice]


@dataclass(frozen=True)
class Misfit:
    """It does not answer: what is said about it, whether the question is repeated, whether it uses a try."""

    text: Optional[str]
    repeat: bool
    costs: bool


#: It chooses nothing that was offered.
CHOOSES_NOTHING = Misfit("dialog-choose", repeat=True, costs=True)
#: It says no words, and words are wanted.
SAYS_NOTHING = Misfit("dialog-write", repeat=False, costs=True)
#: A button of another question was tapped.
ELSEWHERE = Misfit(None, repeat=True, costs=False)


def fits(said: Said, open: Open) -> Union[Answer, Misfit]:
    """Whether what was said answers the open question."""
    if isinstance(said, Tapped):
        for choice in open.choices:
            if wire_id(open.at, choice.id) == said.id:
                return Answer(choice)
        return ELSEWHERE
    if isinstance(said, Wrote):
        if not open.choices:
            return Answer(said.all.strip())
        typed = _chosen(said.last, open.choices)
        return Answer(typed) if typed else CHOOSES_NOTHING
    return CHOOSES_NOTHING if open.choices else SAYS_NOTHING


def is_one_of(said: Said, words: Iterable[str]) -> bool:
    """Whether the whole message is one of the words."""
    return isinstance(said, Wrote) and plain(said.last) in [plain(word) for word in words]


def wire_id(question: str, choice: str) -> str:
    """What a choice is called on the wire. A tap on an old question's button is told from an answer by it, though the
    author calls both choices `yes`."""
    return f"{question}:{choice}"


def plain(text: str) -> str:
    """A text as it is compared: without case, accents, and blanks around it."""
    letters = unicodedata.normalize("NFD", text.strip().lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _chosen(typed: str, choices: List[Choice]) -> Optional[Choice]:
    """The choice that somebody typed: its title, or its number from 1. A title is worth more than a number."""
    typed = plain(typed)
    for choice in choices:
        if plain(choice.title) == typed:
            return choice
    if typed.isascii() and typed.isdigit() and 1 <= int(typed[:6]) <= len(choices):
        return choices[int(typed[:6]) - 1]
    return None
