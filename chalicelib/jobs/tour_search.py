"""Search for the order of stops with the least driving.

Each step removes stops that lie together from the tours and inserts them again where they cost the
least driving. At first the search also accepts worse tours, later fewer and fewer of them
(simulated annealing).

Stops are numbers, the most important first. A served stop stays served while tours get shorter, and
stops that then fit are added. Random numbers come from one fixed seed: the same stops give the same
tours.

Source: Christiaens and Vanden Berghe, "Slack induction by string removals for vehicle routing
problems" (2020), without its part about fewer vehicles.
"""

import math
from collections.abc import Sequence
from random import Random

from chalicelib.jobs.tour import FAR, PlaceTable, Tour

SEED = 20
MEAN_REMOVED, LONGEST_STRING = 25, 40
"""The average number of stops removed in a step if there are so many, and the most removed from one
tour."""
SPLIT_CHANCE, STAY_CHANCE = 0.5, 0.5
"""The probabilities that a stop in the middle of a removed string stays, and that the next one
stays as well."""
BLINK_CHANCE = 0.02
"""The probability that one gap of a tour is skipped."""
HOT, WARM, COLD = 5.0, 0.5, 1 / 500
"""The temperature at the start, at the start of a rescue, and at the end, in mean legs. An accepted
solution may be longer by about that much."""
STARTS = 2
"""The number of searches that share the steps. The best result counts, as one search alone may end
far from it."""
RESCUES, RESCUE_STEPS = 8, 200
"""How many times, and for how many steps, the tours are shortened for a stop that does not fit."""


class Search:
    """A search over the places of the table; `crews_of` has the numbers of the tours that each stop
    may be in."""

    def __init__(self, table: PlaceTable, crews_of: Sequence[Sequence[int]]) -> None:
        self._table = table
        self._crews_of = crews_of
        self._random = Random(SEED)
        self._depot_drive = [
            min(table.drive_from[stop][table.stops :]) for stop in range(table.stops)
        ]

    def fill_tours(self, empty: Sequence[Tour], steps: int) -> list[Tour]:
        """Fill the empty tours in `steps` steps. No stop that is left out would fit in the place of
        less important stops."""
        tours = self._first_tours(empty)
        left = self._absent_stops(tours)
        tries = [self._shorten(tours, left, steps // STARTS, HOT) for _ in range(STARTS)]
        return self.prefer_important(min(tries, key=self._rank))

    def _rank(self, tours: Sequence[Tour]) -> tuple[list[int], int]:
        """The sort key of a solution, the best first: by the importance of the stops left out, then
        by driving."""
        return [-stop for stop in self._absent_stops(tours)], _driving_s(tours)

    def has_room_for(self, stop: int, tours: Sequence[Tour]) -> bool:
        """True if some crew has room for the stop."""
        return any(tours[crew].find_place(stop) for crew in self._crews_of[stop])

    def _first_tours(self, empty: Sequence[Tour]) -> list[Tour]:
        """Tours with each stop where it costs least, the most important first. If a stop does not
        fit, the tours are shortened for it, at most RESCUES times."""
        tours, rescues = list(empty), RESCUES
        for stop in range(self._table.stops):
            if self._insert(stop, tours) is None and rescues and self.has_room_for(stop, empty):
                tours = self._shorten(tours, [stop], RESCUE_STEPS, WARM)
                rescues -= 1
        return tours

    def _shorten(
        self, tours: Sequence[Tour], absent: Sequence[int], steps: int, temperature: float
    ) -> list[Tour]:
        """The shortest tours found in `steps` steps, with those of the absent stops that fit."""
        now, left = list(tours), list(absent)
        driving = least = _driving_s(now)
        best, leg = now, driving / (len(now) + sum(len(tour.stops) for tour in now))
        worse, cooler = temperature * leg, (COLD / temperature) ** (1 / max(steps, 1))
        for step in range(steps if leg else 0):
            worse *= cooler
            most = driving - worse * math.log(1 - self._random.random())
            after = self._rebuild(now, most)
            if after is None:
                continue
            now = after
            stop = left[step % len(left)] if left else None
            if stop is not None and self._insert(stop, now) is not None:
                left.remove(stop)
                least = FAR
            driving = _driving_s(now)
            if driving < least:
                best, least = now, driving
        return best

    def _rebuild(self, tours: Sequence[Tour], most: float) -> list[Tour] | None:
        """The tours after some stops were removed and inserted again; None if one fits nowhere, or
        the driving is not less than `most` seconds."""
        after = list(tours)
        removed = self._remove(after)
        driving = _driving_s(after)
        for stop in self._sort_randomly(removed):
            extra = self._insert(stop, after, most - driving, blinks=True)
            if extra is None:
                return None
            driving += extra
        return after if all(tour.is_feasible for tour in after) else None

    def _remove(self, tours: list[Tour]) -> list[int]:
        """Remove a string of stops from each of some tours near one random stop. Returns: the
        removed stops."""
        chance = self._random.random
        filled = sum(1 for tour in tours if tour.stops) or 1
        mean = sum(len(tour.stops) for tour in tours) / filled
        longest = min(LONGEST_STRING, mean)
        strings = max(1, int(chance() * (4 * MEAN_REMOVED / (1 + longest))))
        owners = {stop: at for at, tour in enumerate(tours) for stop in tour.stops}
        removed: list[int] = []
        done: set[int] = set()
        for stop in self._table.nearest[int(chance() * self._table.stops)]:
            at = owners.get(stop)
            if at is None or at in done:
                continue
            tour = tours[at]
            string = self._choose_string(tour, tour.stops.index(stop), longest)
            removed += [tour.stops[place] for place in string]
            tours[at] = tour.without_positions(string)
            done.add(at)
            if len(done) >= strings:
                break
        return removed

    def _choose_string(self, tour: Tour, about: int, longest: float) -> list[int]:
        """Consecutive places in the tour, with the place `about` among them; some in the middle may
        stay."""
        chance, stops = self._random.random, len(tour.stops)
        count = 1 + int(chance() * min(longest, stops))
        stay = 0
        if 1 < count < stops and chance() < SPLIT_CHANCE:
            stay = 1
            while count + stay < stops and chance() < STAY_CHANCE:
                stay += 1
        span = count + stay
        first, last = max(0, about - span + 1), min(about, stops - span)
        begin = first + int(chance() * (last - first + 1))
        cut = begin + (1 + int(chance() * (count - 1)) if stay else count)
        return [*range(begin, cut), *range(cut + stay, begin + span)]

    def _sort_randomly(self, removed: list[int]) -> list[int]:
        """Sort the stops in one of four orders: shuffled, short windows first, far from the depots
        first, or near to them first."""
        chance = self._random.random()
        if chance < 0.4:
            self._random.shuffle(removed)
        elif chance < 0.6:
            removed.sort(key=lambda stop: self._table.closes[stop] - self._table.opens[stop])
        else:
            removed.sort(key=lambda stop: self._depot_drive[stop], reverse=chance < 0.85)
        return removed

    def _insert(
        self, stop: int, tours: list[Tour], most: float = FAR, *, blinks: bool = False
    ) -> int | None:
        """Insert the stop where it costs the least driving. Returns: the extra seconds; None if it
        fits nowhere for less than `most`."""
        chance = self._random.random
        best, chosen = None, 0
        for crew in self._crews_of[stop]:
            tour = tours[crew]
            barred = int(chance() * len(tour.gaps)) if blinks and chance() < BLINK_CHANCE else -1
            place = tour.find_place(stop, most, barred)
            if place:
                best, chosen, most = place, crew, place.extra_s
        if best is None:
            return None
        tours[chosen] = tours[chosen].with_stop(stop, best.position)
        return best.extra_s

    def prefer_important(self, tours: list[Tour]) -> list[Tour]:
        """Replace less important stops by more important ones until no stop that is left out would
        fit in their place. It ends, as each round adds a more important stop."""
        improved: list[Tour] | None = tours
        while improved:
            tours, improved = improved, self._insert_more_important(improved)
        return tours

    def _insert_more_important(self, tours: Sequence[Tour]) -> list[Tour] | None:
        """The tours with the first absent stop that fits in the place of less important ones, and
        then with those of the latter that still fit; None if no absent stop fits."""
        for stop in self._absent_stops(tours):
            after = [tour.only_more_important_than(stop) for tour in tours]
            if self._insert(stop, after) is not None and all(tour.is_feasible for tour in after):
                for other in range(stop + 1, self._table.stops):
                    self._insert(other, after)
                return after
        return None

    def _absent_stops(self, tours: Sequence[Tour]) -> list[int]:
        served = {stop for tour in tours for stop in tour.stops}
        return [stop for stop in range(self._table.stops) if stop not in served]


def _driving_s(tours: Sequence[Tour]) -> int:
    return sum(tour.driving for tour in tours)
