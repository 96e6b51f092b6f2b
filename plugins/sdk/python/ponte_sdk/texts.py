"""The words that customers read: the package's `texts/`, unless the shop wrote its own.

By convention the setting `texts.<language>.<key>` replaces a text of the package, and the setting `language` says which
language is spoken.
"""

from __future__ import annotations

import re
from typing import Optional

from . import _host, settings

_PLACE = re.compile(r"\{([^{}]*)\}")


def language() -> str:
    """The language of the setting `language`, else `pt-BR`; `auto` is left to you."""
    wish = settings.get("language")
    return wish if isinstance(wish, str) and wish != "auto" else "pt-BR"


def find(key: str, tongue: Optional[str] = None) -> Optional[str]:
    """A text as it was written; none if no language has the key."""
    tongue = tongue or language()
    own = settings.get(f"texts.{tongue}.{key}")
    return own if isinstance(own, str) else _host.settings.text(key, tongue)


def get(key: str, tongue: Optional[str] = None, /, **places: object) -> str:
    """A text in the language that fits best, with its `{places}` filled: `texts.get("greeting", name=name)`.

    Raises `KeyError` if no language has the key, which is a fault of the package.
    """
    text = find(key, tongue)
    if text is None:
        raise KeyError(f"there is no text `{key}`: write it into texts/*.toml")
    return fill(text, **places)


def fill(text: str, /, **places: object) -> str:
    """Puts values into the `{places}` of a text.

    A place without a value stays as it is, and values are not searched for places: what a customer wrote cannot pull in
    something else.
    """
    return _PLACE.sub(lambda place: str(places.get(place[1], place[0])), text)
