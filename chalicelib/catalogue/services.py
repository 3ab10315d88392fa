"""The services of a council: what can be reported or requested, and how that is handled."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta

from chalicelib.catalogue.identity import WHY_SIGN_IN, RequiredLevel
from chalicelib.catalogue.price_lists import Price
from chalicelib.catalogue.promise import ServiceLevel
from chalicelib.catalogue.questions import Answers, Attribute
from chalicelib.catalogue.words import Code, ShortText, Strict

ServiceKind = Literal["report", "request", "booking", "payment"]
"""A report is about something in the street, a request is a person's own matter. A booking takes
a slot of a calendar; a payment is for a bill, or for something that needs no slot."""
PlaceKind = Literal["point", "premises", "none"]
"""Where it happens: a point on the map, premises whose address the council has imported, or no
place, as for a bill or a compliment."""
ServiceStep = Literal[
    "premises",
    "collection",
    "questions",
    "items",
    "slot",
    "photos",
    "description",
    "contact",
    "check",
    "pay",
]
"""A step asks for an address from the council's list, a missed collection there, the answers to
the service's questions, what to order or the amount of a bill, a slot, photos, a description, or
contact details; `check` shows everything before it is sent, and `pay` is the payment."""
CONTAINER = "container"
"""The code of the question that asks for the container."""
Visibility = Literal["public", "private", "moderated"]
Photo = Literal["wanted", "welcome", "none"]
DoneState = Literal[
    "fixed", "closed", "investigating", "no_further_action", "not_councils_responsibility"
]
"""The states of a report after its job is done."""


class ServiceDefinition(Strict, frozen=True, kw_only=True):
    """One kind of thing that can be reported, or requested for a home.

    `needs`: where it happens. `steps` are those of a request, booking or payment; those of a report
    are fixed.
    `visibility`: moderated reports are public after an officer approves them, private ones never.
    `type`: another system gets the id of a report at once; for a batch service it gets the id when
    the report is published or set aside.
    `other_groups` are further groups in which another system lists the service.
    `asset_kind` is the kind of asset that a report may refer to. `forward_to` is the destination
    that its reports are passed on to. `assurance`: the level of identity that a reporter needs.
    `job_done_state`: the state of its reports when their job is done. `icon` is one of
    `icons.json`. `review_after_days`: when officers review a request that was granted.
    `container_limit`: how many of each container premises may have, which the question `container`
    asks for. `calendar` is the one whose slots a booking takes. `price` is what it costs, and
    `fund` the code of the accounts that get the money.
    """

    service_code: Code
    service_name: ShortText
    group: ShortText
    other_groups: tuple[ShortText, ...] = ()
    description: ShortText
    kind: ServiceKind = "report"
    needs: PlaceKind = "point"
    steps: tuple[ServiceStep, ...] = ()
    team: Code
    service_level: ServiceLevel
    keywords: tuple[ShortText, ...] = ()
    visibility: Visibility = "public"
    photo: Photo = "welcome"
    type: Literal["realtime", "batch"] = "realtime"
    asset_kind: Code | None = None
    attributes: tuple[Attribute, ...] = ()
    forward_to: Code | None = None
    assurance: RequiredLevel = "anonymous"
    job_done_state: DoneState = "fixed"
    icon: ShortText = "circle-alert"
    review_after_days: Annotated[int, Meta(ge=1, le=3650)] | None = None
    container_limit: Mapping[Code, Annotated[int, Meta(ge=1, le=20)]] = {}
    price: Price | None = None
    fund: ShortText | None = None
    calendar: Code | None = None

    @property
    def is_request(self) -> bool:
        """True if somebody asks for it in the steps that it lists; a report has fixed steps."""
        return self.kind != "report"

    @property
    def is_order(self) -> bool:
        """True if it is booked or paid."""
        return self.calendar is not None or self.price is not None

    @property
    def why_sign_in(self) -> str | None:
        """The level of identity required to report this, and the reason; None if none is."""
        return WHY_SIGN_IN[self.assurance]

    def container_limit_for(self, answers: Answers) -> int | None:
        """How many of the container that the answers name premises may have; None without a
        limit."""
        return self.container_limit.get("".join(answers.get(CONTAINER, ())))
