"""What a flow is told: the contract's records as plain dataclasses.

Use `event.text` and the like for the ordinary cases, and `match` for all of them:

    match event.body:
        case Message(content=Location() as place): ...
        case Timer(name="reminder"): ...
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Callable, Dict, List, Literal, Optional, Union

from ._time import moment


@dataclass(frozen=True)
class Text:
    """Words."""

    body: str


@dataclass(frozen=True)
class Media:
    """A file, by WhatsApp's media id. Received files can be fetched for seven days."""

    kind: Literal["image", "audio", "voice", "video", "document", "sticker"]
    id: str = ""
    mime: Optional[str] = None
    #: The words under it.
    caption: Optional[str] = None
    #: The name of a document.
    filename: Optional[str] = None


@dataclass(frozen=True)
class Location:
    """A place, in degrees north and east."""

    latitude: float
    longitude: float
    name: Optional[str] = None
    address: Optional[str] = None


@dataclass(frozen=True)
class Choice:
    """Something to tap, or that was tapped: your id of it, and the label that the customer sees."""

    id: str
    title: str


@dataclass(frozen=True)
class Form:
    """A form that came back. The customer's device has the last word on `json`: check it."""

    name: Optional[str]
    json: str


@dataclass(frozen=True)
class OrderLine:
    """One line of a cart. `price` is of one, as a decimal number: `7.99`."""

    product: str
    quantity: int
    price: str
    currency: str


@dataclass(frozen=True)
class Order:
    """A cart that a customer sent."""

    catalog: str
    text: Optional[str]
    lines: List[OrderLine]


@dataclass(frozen=True)
class Reaction:
    """A reaction; without an emoji it was taken back."""

    message: str
    emoji: Optional[str]


@dataclass(frozen=True)
class Unsupported:
    """Something came and WhatsApp does not say what. The phone may show it: never answer "I did not understand"."""

    kind: Optional[str]


@dataclass(frozen=True)
class Other:
    """A kind that this version does not name: inspectable, never an error."""

    kind: str
    json: str


#: What a message says.
Content = Union[Text, Media, Location, Choice, Form, Order, Reaction, Unsupported, Other]


@dataclass(frozen=True)
class Referral:
    """The ad or post that opened the chat. Only the first message after the tap carries it."""

    source: str
    id: Optional[str]
    headline: Optional[str]
    click_id: Optional[str]


@dataclass(frozen=True)
class Message:
    """The customer wrote."""

    id: str
    content: Content
    #: The message that it quotes, or whose button was tapped.
    reply_to: Optional[str] = None
    referral: Optional[Referral] = None


@dataclass(frozen=True)
class Edit:
    """The customer changed a message that you may have seen already."""

    original: str
    content: Content


@dataclass(frozen=True)
class Revoke:
    """The customer deleted a message."""

    message: str


@dataclass(frozen=True)
class Receipt:
    """One of your messages moved on. Only flows whose manifest asks for receipts hear this."""

    message: str
    delivery: Literal["sent", "delivered", "read", "failed"]
    #: WhatsApp's error code, with `failed`.
    code: Optional[int]


@dataclass(frozen=True)
class Timer:
    """A timer that this flow set came due."""

    name: str
    payload: str


@dataclass(frozen=True)
class Schedule:
    """A schedule of the manifest came due."""

    name: str


@dataclass(frozen=True)
class Price:
    """An amount of money, exactly: `minor` is 12990 and `decimals` 2 for 129.90."""

    minor: int
    decimals: int
    currency: str


@dataclass(frozen=True)
class StoreItem:
    """One line of a store's order."""

    name: str
    quantity: int


@dataclass(frozen=True)
class Parcel:
    """What was handed to a carrier."""

    carrier: Optional[str]
    code: Optional[str]
    url: Optional[str]


@dataclass(frozen=True)
class StoreOrder:
    """What a store tells of an order. All that the store said is in `run.event_json()`.

    Stores tell the same thing twice, late, and in any order: go by `state` and `changed`, per `source` and `id`.
    """

    source: str
    id: str
    number: str
    #: `placed`, `paid`, `shipped`, `delivered`, `cancelled`, `refunded`, or the store's own word.
    state: str
    changed: datetime
    total: Optional[Price]
    items: List[StoreItem]
    status_url: Optional[str]
    parcels: List[Parcel]
    customer: Optional[str]
    language: Optional[str]
    test: bool
    channel: Optional[str]
    consent: Optional[bool]


#: What happened.
Body = Union[Message, Edit, Revoke, Receipt, Timer, Schedule, StoreOrder, Other]


@dataclass(frozen=True)
class Contact:
    """What is known of a person."""

    id: str
    #: What they call themselves.
    name: Optional[str] = None
    username: Optional[str] = None
    #: In digits with country code; missing for people with a username.
    phone: Optional[str] = None
    tags: List[str] = field(default_factory=list)


@dataclass(frozen=True)
class Event:
    """Something that happened."""

    #: Stable: a redelivery has the same id. A flow runs once for it.
    id: str
    at: datetime
    #: The business number it happened on.
    number: str
    #: Ponte's id of the person; none for schedules.
    contact: Optional[str]
    body: Body
    #: How often this event was tried before; 0 the first time.
    attempt: int = 0

    @property
    def message(self) -> Optional[Message]:
        """The message, if the customer wrote one."""
        return self.body if isinstance(self.body, Message) else None

    @property
    def text(self) -> Optional[str]:
        """The words of the customer's message, if it is one of words alone."""
        content = self.message and self.message.content
        return content.body if isinstance(content, Text) else None

    @property
    def tapped(self) -> Optional[Choice]:
        """What the customer tapped: a button or a row of a list."""
        content = self.message and self.message.content
        return content if isinstance(content, Choice) else None

    @property
    def timer(self) -> Optional[Timer]:
        """The timer that came due."""
        return self.body if isinstance(self.body, Timer) else None


_CONTENTS: Dict[str, Callable[[Any], Content]] = {
    "Content_Text": Text,
    "Content_Media": lambda wire: Media(_word(wire.kind), wire.id, wire.mime, wire.caption, wire.filename),
    "Content_Location": lambda wire: Location(wire.latitude, wire.longitude, wire.name, wire.address),
    "Content_Choice": lambda wire: Choice(wire.id, wire.title),
    "Content_Form": lambda wire: Form(wire.name, wire.json),
    "Content_Order": lambda wire: Order(
        wire.catalog,
        wire.text,
        [OrderLine(line.product, line.quantity, line.price, line.currency) for line in wire.lines],
    ),
    "Content_Reaction": lambda wire: Reaction(wire.message, wire.emoji),
    "Content_Unsupported": Unsupported,
    "Content_Other": lambda wire: Other(wire.kind, wire.json),
}

_BODIES: Dict[str, Callable[[Any], Body]] = {
    "Body_Message": lambda wire: Message(wire.id, content(wire.content), wire.reply_to, _referral(wire.referral)),
    "Body_Edit": lambda wire: Edit(wire.original, content(wire.content)),
    "Body_Revoke": Revoke,
    "Body_Receipt": lambda wire: Receipt(wire.message, _word(wire.delivery), wire.code),
    "Body_Timer": lambda wire: Timer(wire.name, wire.payload),
    "Body_Schedule": Schedule,
    "Body_Order": lambda wire: _store_order(wire),
    "Body_Other": lambda wire: Other(wire.kind, wire.json),
}


def event(wire: Any) -> Event:
    """An event as componentize-py has it."""
    body = _BODIES[type(wire.body).__name__](wire.body.value)
    return Event(wire.id, moment(wire.at), wire.number, wire.contact, body, wire.attempt)


def content(wire: Any) -> Content:
    """What a message says, as componentize-py has it."""
    return _CONTENTS[type(wire).__name__](wire.value)


def contact(wire: Any) -> Contact:
    """A person, as componentize-py has them."""
    return Contact(wire.id, wire.name, wire.username, wire.phone, list(wire.tags))


def _referral(wire: Any) -> Optional[Referral]:
    return None if wire is None else Referral(wire.source, wire.id, wire.headline, wire.click_id)


def _store_order(wire: Any) -> StoreOrder:
    state = type(wire.state).__name__.removeprefix("OrderState_")
    return StoreOrder(
        source=wire.source,
        id=wire.id,
        number=wire.number,
        state=wire.state.value if state == "Other" else state.lower(),
        changed=moment(wire.changed),
        total=wire.total and Price(wire.total.minor, wire.total.decimals, wire.total.currency),
        items=[StoreItem(item.name, item.quantity) for item in wire.items],
        status_url=wire.status_url,
        parcels=[Parcel(parcel.carrier, parcel.code, parcel.url) for parcel in wire.parcels],
        customer=wire.customer,
        language=wire.language,
        test=wire.test,
        channel=wire.channel,
        consent=wire.consent,
    )


def _word(case: Any) -> Any:
    return case.name.lower()
