"""Write flows for Ponte in Python.

A flow is a function from one event to what should happen. It runs in a fresh sandbox each time; what it asks for is
collected, checked by the host, and takes effect together with the acknowledgement of the event, or not at all.

    from ponte_sdk import Event, WindowClosed, flow, log, reply, state

    @flow
    def on_event(event: Event) -> None:
        if event.text is None:
            return  # Reactions, edits, timers …: not ours.
        seen = state.conversation.add("seen", 1)
        try:
            reply(f"You said {event.text!r}; that makes {seen}.")
        except WindowClosed:
            log.info("too late to answer")

What goes wrong, and what happens then:

| in the flow | for the host |
|---|---|
| the function returns | all effects are committed with the event |
| `retry(30)` | nothing is committed; the event comes again after 30 s |
| `reject("why")`, or any exception that nobody catches | nothing is committed; the manifest's `[failure] reject` decides. The reason has the exception's words, file and line |
| an endless loop, too much memory | the host ends the run; `[failure] timeout` or `trap` decides |

A refusal of the host is an exception, `Refused`, with a subclass for each reason.

Instants are `datetime` with UTC as their zone; durations are `timedelta` or a number of seconds. `time.time()`,
`datetime.now()` and `run.now()` say the time of the event, which does not pass during a run; `random`, `os.urandom`,
`uuid4` and `secrets` give the same for the same event and version; `print` writes into the run's log.
"""

from . import calendar, contacts, conversation, log, run, schedule, send, settings, state, texts
from ._events import (
    Choice,
    Contact,
    Content,
    Edit,
    Event,
    Form,
    Location,
    Media,
    Message,
    Order,
    OrderLine,
    Other,
    Parcel,
    Price,
    Reaction,
    Receipt,
    Referral,
    Revoke,
    Schedule,
    StoreItem,
    StoreOrder,
    Text,
    Timer,
    Unsupported,
)
from ._failure import reject, retry
from ._flow import flow
from ._refused import (
    BudgetSpent,
    Denied,
    InvalidField,
    NoConsent,
    OtherRefusal,
    OwnedByPerson,
    QuotaSpent,
    Refused,
    RunLimit,
    TemplateProblem,
    WindowClosed,
)
from .send import Row, Section, Sent, reply, reply_buttons, reply_list

__all__ = [
    "BudgetSpent",
    "Choice",
    "Contact",
    "Content",
    "Denied",
    "Edit",
    "Event",
    "Form",
    "InvalidField",
    "Location",
    "Media",
    "Message",
    "NoConsent",
    "Order",
    "OrderLine",
    "Other",
    "OtherRefusal",
    "OwnedByPerson",
    "Parcel",
    "Price",
    "QuotaSpent",
    "Reaction",
    "Receipt",
    "Referral",
    "Refused",
    "Revoke",
    "Row",
    "RunLimit",
    "Schedule",
    "Section",
    "Sent",
    "StoreItem",
    "StoreOrder",
    "TemplateProblem",
    "Text",
    "Timer",
    "Unsupported",
    "WindowClosed",
    "calendar",
    "contacts",
    "conversation",
    "flow",
    "log",
    "reject",
    "reply",
    "reply_buttons",
    "reply_list",
    "retry",
    "run",
    "schedule",
    "send",
    "settings",
    "state",
    "texts",
]
