"""What is kept of an open dialog, in the form that all SDKs share: JSON under one key of the conversation."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Dict, List, Literal, Optional

from .._events import Choice

#: The form's version.
VERSION = 1

Kind = Literal["ask", "buttons", "list", "say", "once"]
_KINDS = ("ask", "buttons", "list", "say", "once")


@dataclass
class Step:
    """Something that is done. `value` is the answer or what was recorded; none for a question that timed out."""

    at: str
    kind: Kind
    value: Any = None


@dataclass
class Open:
    """A question that waits. Times in milliseconds."""

    at: str
    kind: Kind
    asked: int
    until: int
    #: Answers that did not fit.
    tries: int = 0
    #: What there was to choose from.
    choices: List[Choice] = field(default_factory=list)


@dataclass
class Record:
    """An open dialog: what was asked, answered and said so far, and the question that waits."""

    name: str
    began: int
    steps: List[Step] = field(default_factory=list)
    open: Optional[Open] = None

    @staticmethod
    def read(stored: bytes) -> "Record":
        """Reads the stored form. Raises `ValueError` with what does not fit."""
        try:
            form = json.loads(stored)
            if form["v"] != VERSION:
                raise ValueError(f"it is of form {form['v']}, and this SDK reads form {VERSION}")
            if form.get("open") is None:
                raise ValueError("no question is open in it")
            steps = [Step(step["at"], _kind(step["is"]), step.get("value")) for step in form["steps"]]
            waits = form["open"]
            choices = [Choice(choice["id"], choice["title"]) for choice in waits.get("choices", [])]
            kind = _kind(waits["is"])
            open = Open(waits["at"], kind, waits["asked"], waits["until"], waits["tries"], choices)
            return Record(form["name"], form["began"], steps, open)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"it is not what a dialog stores: {error!r}") from None

    def write(self) -> bytes:
        """The stored form."""
        form: Dict[str, Any] = {"v": VERSION, "name": self.name, "began": self.began}
        form["steps"] = [
            {"at": step.at, "is": step.kind} | ({} if step.kind == "say" else {"value": step.value})
            for step in self.steps
        ]
        form["open"] = None
        if self.open is not None:
            waits = self.open
            form["open"] = {"at": waits.at, "is": waits.kind, "asked": waits.asked, "until": waits.until}
            form["open"]["tries"] = waits.tries
            if waits.choices:
                form["open"]["choices"] = [{"id": choice.id, "title": choice.title} for choice in waits.choices]
        return json.dumps(form, ensure_ascii=False, separators=(",", ":")).encode()


def _kind(word: Any) -> Any:
    if word not in _KINDS:
        raise ValueError(f"it has a step of a kind that is not known, {word!r}")
    return word
