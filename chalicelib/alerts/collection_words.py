"""Words of messages about the collections of a day."""

from collections.abc import Iterator

from chalicelib.alerts.date_ranges import day_words
from chalicelib.alerts.messages import CollectionDay, Fact, MovedContainer
from chalicelib.kernel.languages import Language


def bins_in_words(collections: CollectionDay, language: Language) -> str:
    """The containers that are emptied on the day, and where those went that are not; empty if there
    are none."""
    moved = (_moved_in_words(each, language) for each in collections.moved)
    return ", ".join([*(each.name for each in collections.due), *moved])


def _moved_in_words(container: MovedContainer, language: Language) -> str:
    if container.to is None:
        return language.say("{bin}: no collection", bin=container.name)
    day = day_words(container.to, language)
    return language.say("{bin} moved to {day}", bin=container.name, day=day)


def collection_facts(collections: CollectionDay, language: Language) -> Iterator[Fact]:
    """When each container is emptied, and the address. Only emails have facts, so no lock screen
    shows the address."""
    say, on_day = language.say, day_words(collections.day, language)
    for each in collections.due:
        if each.instead_of:
            words = say(
                "{day}, instead of {planned}: {reason}",
                day=on_day,
                planned=day_words(each.instead_of, language),
                reason=each.why,
            )
            yield Fact(each.name, words)
        else:
            yield Fact(each.name, on_day)
    for name, to, why in collections.moved:
        if to:
            day = day_words(to, language)
            yield Fact(name, say("Moved to {day}: {reason}", day=day, reason=why))
        else:
            yield Fact(name, say("Cancelled: {reason}", reason=why))
    if collections.address:
        yield Fact(say("Address"), collections.address)
