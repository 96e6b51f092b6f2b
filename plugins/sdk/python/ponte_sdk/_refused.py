"""Why the host said no."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Callable, Dict

from ._time import moment


class Refused(Exception):
    """The host said no. Catch a subclass to react to a reason; what nobody catches rejects the event with its words.

    The host records a refusal either way.
    """

    #: The short word that the contract and the host's records use: `window-closed`.
    reason = "other"


class Denied(Refused):
    """The permission was not granted when the flow was installed."""

    reason = "denied"

    def __init__(self, permission: str) -> None:
        super().__init__(f"the permission `{permission}` was not granted: name it in flow.toml, and install it anew")
        self.permission = permission


class InvalidField(Refused):
    """A field does not fit: something that the flow could have known."""

    reason = "invalid"

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        #: Where, such as `buttons[2].title`.
        self.field = field
        #: What is wrong and what would be right.
        self.why = why


class WindowClosed(Refused):
    """The customer wrote too long ago: only a template may be sent now."""

    reason = "window-closed"

    def __init__(self) -> None:
        super().__init__("the customer-service window is closed; a template may be sent")


class OwnedByPerson(Refused):
    """A person speaks in this conversation, on the phone or in the team."""

    reason = "owned-by-person"

    def __init__(self) -> None:
        super().__init__("a person speaks in this conversation")


class TemplateProblem(Refused):
    """The template is missing, not approved, or its parameters do not fit."""

    reason = "template"

    def __init__(self, why: str) -> None:
        super().__init__(f"template: {why}")
        self.why = why


class NoConsent(Refused):
    """The contact has not agreed, or asked to stop."""

    reason = "no-consent"

    def __init__(self) -> None:
        super().__init__("the contact has not consented")


class QuotaSpent(Refused):
    """Spent until then."""

    reason = "quota"

    def __init__(self, until: datetime) -> None:
        super().__init__(f"the quota is spent until {until:%Y-%m-%d %H:%M} UTC")
        self.until = until


class BudgetSpent(Refused):
    """The money budget is used up."""

    reason = "budget"

    def __init__(self) -> None:
        super().__init__("the budget is used up")


class RunLimit(Refused):
    """This run's allowance is used up."""

    reason = "run-limit"

    def __init__(self, limit: int) -> None:
        super().__init__(f"this run's allowance of {limit} is used up")
        self.limit = limit


class OtherRefusal(Refused):
    """Anything else, in words."""


_BY_CASE: Dict[str, Callable[[Any], Refused]] = {
    "Refusal_Denied": lambda case: Denied(case.value),
    "Refusal_Invalid": lambda case: InvalidField(case.value.field, case.value.why),
    "Refusal_WindowClosed": lambda case: WindowClosed(),
    "Refusal_OwnedByPerson": lambda case: OwnedByPerson(),
    "Refusal_Template": lambda case: TemplateProblem(case.value),
    "Refusal_NoConsent": lambda case: NoConsent(),
    "Refusal_Quota": lambda case: QuotaSpent(moment(case.value)),
    "Refusal_Budget": lambda case: BudgetSpent(),
    "Refusal_RunLimit": lambda case: RunLimit(case.value),
    "Refusal_Other": lambda case: OtherRefusal(case.value),
}


def refused(case: Any) -> Refused:
    """The exception of a refusal as componentize-py has it."""
    make = _BY_CASE.get(type(case).__name__)
    return make(case) if make else OtherRefusal(repr(case))
