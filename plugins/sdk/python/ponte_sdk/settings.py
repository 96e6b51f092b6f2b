"""What the shop filled in, already checked against the flow's settings schema. Permission: none."""

from __future__ import annotations

import json
from typing import Any

from . import _host


def get(key: str, default: Any = None) -> Any:
    """A setting, or its default from the schema, or `default`. Dots go deeper: `sectors.0.title`."""
    value = _host.settings.get(key)
    return default if value is None else json.loads(value)
