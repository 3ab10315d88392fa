"""Reads the collections of premises for alerts."""

from collections.abc import Callable, Collection, Iterator, Mapping, Set
from datetime import date

from chalicelib.alerts.messages import CollectionDay, DueContainer, MovedContainer
from chalicelib.catalogue.model import Council
from chalicelib.collections.model import Round, Rounds
from chalicelib.collections.premises import Premises
from chalicelib.collections.today import Today
from chalicelib.kernel.site import Site

ReadPremises = Callable[[Collection[str]], Mapping[str, Premises]]
"""Reads the premises with these ids, by id."""


class CollectionsForAlerts:
    """Reads collections for alerts. `rounds` gives the published rounds, `today` the published
    state of those around today, None if there is none. Every method raises UpstreamFailed."""

    def __init__(
        self,
        premises: ReadPremises,
        rounds: Callable[[], Rounds | None],
        today: Callable[[], Today | None],
        council: Council,
    ) -> None:
        self._premises = premises
        self._rounds = rounds
        self._today = today
        self._council = council

    def has_premises(self, premises_id: str) -> bool:
        return premises_id in self._premises([premises_id])

    def premises_collected_on(self, premises_ids: Collection[str], day: date) -> Collection[str]:
        """The ids of those premises that have a collection on that day."""
        off = self._off_rounds_on(day)
        going_out = [
            each
            for each in self._published_rounds()
            if _goes_out(each, day) and each.round not in off
        ]
        found = self._premises(premises_ids).values()
        return {
            each.premises_id
            for each in found
            if any(_goes_out(round_, day) for round_ in each.rounds_at(going_out))
        }

    def collections_on(self, premises_id: str, day: date, site: Site) -> CollectionDay:
        """The collections of the premises on that day, in the language of the site."""
        premises = self._premises([premises_id]).get(premises_id)
        rounds = premises.rounds_at(self._published_rounds()) if premises else []
        names = {
            each.container: each.name
            for each in self._council.in_language(site.language.code).containers
        }
        return CollectionDay(
            day=day,
            address=premises.address if premises else None,
            due=tuple(_due_containers(rounds, day, names, self._off_rounds_on(day))),
            moved=tuple(_moved_containers(rounds, day, names)),
        )

    def _off_rounds_on(self, day: date) -> Set[str]:
        found = off_rounds(self._today())
        return {code for code, on in found if on == day}

    def _published_rounds(self) -> tuple[Round, ...]:
        published = self._rounds()
        return published.items if published else ()


def off_rounds(today: Today | None) -> Set[tuple[str, date]]:
    """The codes and days of rounds that do not go out on a day for which they were planned."""
    items = today.items if today else ()
    return {(each.round, each.day) for each in items if each.state == "off"}


def _goes_out(of: Round, day: date) -> bool:
    return day in of.dates or day == of.resumes


def _due_containers(
    rounds: list[Round], day: date, names: dict[str, str], off: Set[str]
) -> Iterator[DueContainer]:
    for each in rounds:
        if _goes_out(each, day) and each.round not in off:
            name = names.get(each.container, each.name)
            move = next((move for move in each.moved if move.to == day), None)
            if move:
                yield DueContainer(each.container, name, move.planned, move.why)
            else:
                yield DueContainer(each.container, name)


def _moved_containers(
    rounds: list[Round], day: date, names: dict[str, str]
) -> Iterator[MovedContainer]:
    for each in rounds:
        for move in each.moved:
            if move.planned == day and not _goes_out(each, day):
                yield MovedContainer(names.get(each.container, each.name), move.to, move.why)
