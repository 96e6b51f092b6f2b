"""The contract's milliseconds and seconds, as Python has them."""

from __future__ import annotations

import math
from datetime import datetime, timedelta, timezone
from typing import Optional, Union

#: A length of time: a `timedelta`, or a number of seconds.
Duration = Union[timedelta, int, float]

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_LONGEST = 2**32 - 1


def moment(millis: int) -> datetime:
    """An instant of the contract as a `datetime` in UTC, exactly."""
    return _EPOCH + timedelta(milliseconds=millis)


def moment_or_none(millis: Optional[int]) -> Optional[datetime]:
    """The same of an instant that may be missing."""
    return None if millis is None else moment(millis)


def millis(instant: datetime) -> int:
    """A `datetime` with a zone as the contract has it; what is less than a millisecond is dropped."""
    if instant.tzinfo is None:
        raise ValueError(
            f"{instant!r} has no zone, so it is no moment: write datetime(…, tzinfo=…), or use ponte_sdk.run.now()"
        )
    return max(0, (instant - _EPOCH) // timedelta(milliseconds=1))


def seconds(duration: Duration) -> int:
    """A duration in whole seconds, rounded up, so that what should last does not end early."""
    length = duration.total_seconds() if isinstance(duration, timedelta) else duration
    if length < 0:
        raise ValueError(f"{duration!r} is a negative length of time")
    return min(math.ceil(length), _LONGEST)
