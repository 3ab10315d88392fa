"""The search for an order of stops: it removes stops that lie together from the tours and inserts
them again where they cost the least driving, thousands of times. At first it also accepts worse
tours, later fewer and fewer of them (simulated annealing).

Stops are numbers, the most important first. A served stop stays served while tours get shorter, and
stops that then fit are added. Random numbers come from one fixed seed: the same stops give the same
tours.

Source: Christiaens and Vanden Berghe, "Slack induction by string removals for vehicle routing
problems" (2020), without its part about fewer vehicles.
"""

import math
from collections.abc import Sequence
from random import Random

from chalicelib.jobs.tour import FAR, Ground, Tour

SEED = 20
REMOVED, LONGEST = 25, 40
"""The number of stops removed in a step, on average if there are so many, and the most from one
tour."""
SPLIT, STAYS = 0.5, 0.5
"""The probabilities that a stop in the middle of a removed string stays, and that one more does."""
BLINK = 0.02
"""The probability that one gap of a tour is skipped."""
HOT, WARM, COLD = 5.0, 0.5, 1 / 500
"""The temperature at the start, at the start of a rescue, and at the end, in mean legs: about how
much longer an accepted solution may be."""
STARTS = 2
"""The number of searches that share the steps. The best result counts, as one search alone may end
far from it."""
RESCUES, RESCUE_LOOKS = 8, 200
"""How many times, and for how many steps, the tours are shortened for a stop that does not fit."""


class Search:
    """A search on this ground; `crews_of` has the numbers of the tours that each stop may be in."""

    def __init__(self, ground: Ground, crews_of: Sequence[Sequence[int]]) -> None:
        self._ground = ground
        self._crews_of = crews_of
        self._random = Random(SEED)
        self._out = [min(ground.there[stop][ground.stops :]) for stop in range(ground.stops)]

    def fill(self, empty: Sequence[Tour], looks: int) -> list[Tour]:
        """Fill the empty tours in `looks` steps. No stop that is left out would fit in the place of
        less important stops."""
        tours = self._first_tours(empty)
        left = self._absent(tours)
        tries = [self._shorter(tours, left, looks // STARTS, HOT) for _ in range(STARTS)]
        return self.settled(min(tries, key=self._rank))

    def _rank(self, tours: Sequence[Tour]) -> tuple[list[int], int]:
        """The sort key of a solution, the best first: by the importance of the stops left out, then
        by driving."""
        return [-stop for stop in self._absent(tours)], _driving(tours)

    def fits(self, stop: int, tours: Sequence[Tour]) -> bool:
        """True if some crew has room for the stop."""
        return any(tours[crew].place(stop) for crew in self._crews_of[stop])

    def _first_tours(self, empty: Sequence[Tour]) -> list[Tour]:
        """Tours with each stop where it costs least, the most important first. If a stop does not
        fit, the tours are shortened for it, at most RESCUES times."""
        tours, rescues = list(empty), RESCUES
        for stop in range(self._ground.stops):
            if self._insert(stop, tours) is None and rescues and self.fits(stop, empty):
                tours = self._shorter(tours, [stop], RESCUE_LOOKS, WARM)
                rescues -= 1
        return tours

    def _shorter(
        self, tours: Sequence[Tour], absent: Sequence[int], looks: int, heat: float
    ) -> list[Tour]:
        """The shortest tours found in `looks` steps, with those of the absent stops that fit."""
        now, left = list(tours), list(absent)
        driving = least = _driving(now)
        best, leg = now, driving / (len(now) + sum(len(tour.stops) for tour in now))
        worse, cooler = heat * leg, (COLD / heat) ** (1 / max(looks, 1))
        for look in range(looks if leg else 0):
            worse *= cooler
            most = driving - worse * math.log(1 - self._random.random())
            after = self._rebuilt(now, most)
            if after is None:
                continue
            now = after
            stop = left[look % len(left)] if left else None
            if stop is not None and self._insert(stop, now) is not None:
                left.remove(stop)
                least = FAR
            driving = _driving(now)
            if driving < least:
                best, least = now, driving
        return best

    def _rebuilt(self, tours: Sequence[Tour], most: float) -> list[Tour] | None:
        """The tours after some stops were removed and inserted again; None if one fits nowhere, or
        the driving is not less than `most` seconds."""
        after = list(tours)
        removed = self._remove(after)
        driving = _driving(after)
        for stop in self._in_random_order(removed):
            extra = self._insert(stop, after, most - driving, blinks=True)
            if extra is None:
                return None
            driving += extra
        return after if all(tour.holds for tour in after) else None

    def _remove(self, tours: list[Tour]) -> list[int]:
        """Remove a string of stops from each of some tours near one random stop. Returns: the
        removed stops."""
        chance = self._random.random
        filled = sum(1 for tour in tours if tour.stops) or 1
        mean = sum(len(tour.stops) for tour in tours) / filled
        longest = min(LONGEST, mean)
        strings = max(1, int(chance() * (4 * REMOVED / (1 + longest))))
        owners = {stop: at for at, tour in enumerate(tours) for stop in tour.stops}
        removed: list[int] = []
        done: set[int] = set()
        for stop in self._ground.near[int(chance() * self._ground.stops)]:
            at = owners.get(stop)
            if at is None or at in done:
                continue
            tour = tours[at]
            string = self._string(tour, tour.stops.index(stop), longest)
            removed += [tour.stops[place] for place in string]
            tours[at] = tour.without(string)
            done.add(at)
            if len(done) >= strings:
                break
        return removed

    def _string(self, tour: Tour, about: int, longest: float) -> list[int]:
        """Consecutive places in the tour, with the place `about` among them; some in the middle may
        stay."""
        chance, stops = self._random.random, len(tour.stops)
        count = 1 + int(chance() * min(longest, stops))
        stay = 0
        if 1 < count < stops and chance() < SPLIT:
            stay = 1
            while count + stay < stops and chance() < STAYS:
                stay += 1
        span = count + stay
        first, last = max(0, about - span + 1), min(about, stops - span)
        begin = first + int(chance() * (last - first + 1))
        cut = begin + (1 + int(chance() * (count - 1)) if stay else count)
        return [*range(begin, cut), *range(cut + stay, begin + span)]

    def _in_random_order(self, removed: list[int]) -> list[int]:
        """Sort the stops in one of four orders: shuffled, short windows first, far from the depots
        first, or near to them first."""
        chance = self._random.random()
        if chance < 0.4:
            self._random.shuffle(removed)
        elif chance < 0.6:
            removed.sort(key=lambda stop: self._ground.closes[stop] - self._ground.opens[stop])
        else:
            removed.sort(key=lambda stop: self._out[stop], reverse=chance < 0.85)
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
            barred = int(chance() * len(tour.gaps)) if blinks and chance() < BLINK else -1
            place = tour.place(stop, most, barred)
            if place:
                best, chosen, most = place, crew, place.extra
        if best is None:
            return None
        tours[chosen] = tours[chosen].with_stop(stop, best.behind)
        return best.extra

    def settled(self, tours: list[Tour]) -> list[Tour]:
        """Replace less important stops by more important ones until no stop that is left out would
        fit in their place. It ends, as each round adds a more important stop."""
        improved: list[Tour] | None = tours
        while improved:
            tours, improved = improved, self._with_more_important(improved)
        return tours

    def _with_more_important(self, tours: Sequence[Tour]) -> list[Tour] | None:
        """The tours with the first absent stop that fits in the place of less important ones, and
        then with those of the latter that still fit; None if no absent stop fits."""
        for stop in self._absent(tours):
            after = [tour.until(stop) for tour in tours]
            if self._insert(stop, after) is not None and all(tour.holds for tour in after):
                for other in range(stop + 1, self._ground.stops):
                    self._insert(other, after)
                return after
        return None

    def _absent(self, tours: Sequence[Tour]) -> list[int]:
        served = {stop for tour in tours for stop in tour.stops}
        return [stop for stop in range(self._ground.stops) if stop not in served]


def _driving(tours: Sequence[Tour]) -> int:
    return sum(tour.driving for tour in tours)
