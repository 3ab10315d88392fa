"""The dependencies of collections."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from chalicelib.collections.model import Rounds
from chalicelib.collections.premises import ListedPremises, Premises


class PremisesStore(Protocol):
    """The imported premises. Every method raises UpstreamFailed."""

    def get(self, premises_id: str) -> Premises | None:
        """The premises of that id; None if there is none."""

    def at_postcode(self, postcode: str) -> Sequence[ListedPremises]:
        """The premises of a postcode in its usual form, in the order of their addresses."""


class Ports(NamedTuple):
    """`rounds` gives the published rounds, None if there are none, and raises UpstreamFailed.
    `today` is the council's day."""

    premises: PremisesStore
    rounds: Callable[[], Rounds | None]
    today: Callable[[], date]
