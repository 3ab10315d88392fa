"""The search for an order of stops: it removes stops that lie together from the tours and inserts
them again where they cost the least driving, thousands of times. At first it also accepts worse
tours, and fewer of them as it goes on.

Stops are numbers in the order in which they are claimed. A served stop stays served while tours
get shorter, and each new shortest solution takes in the stops that then fit. Random numbers come
from one fixed seed: the same stops give the same tours.

Source: Christiaens and Vanden Berghe, "Slack induction by string removals for vehicle routing
problems" (2020), without its part about fewer vehicles.
"""

import math
from collections.abc import Sequence
from random import Random

from chalicelib.jobs.tour import FAR, Ground, Tour

SEED = 20
TAKEN, LONGEST = 25, 40
"""How many stops are taken out on average, where there are that many, and how many from one tour at
most."""
SPLIT, STAYS = 0.5, 0.5
"""How often a string has stops in its middle that stay, and how often one more of them does."""
BLINK = 0.02
"""How often one gap of a tour is overlooked."""
HOT, WARM, COLD = 5.0, 0.5, 1 / 500
"""In mean legs: how much worse may be taken at first, in a rescue, and at last."""
STARTS = 2
"""How many searches share the looks, the best of which counts: one alone may end far from it."""
RESCUES, RESCUE_LOOKS = 8, 200
"""How often, and how long, what does not fit at first makes the tours before it shorter."""


class Search:
    """A search on this ground, where `crews_of` names for each stop the tours that it may be in."""

    def __init__(self, ground: Ground, crews_of: Sequence[Sequence[int]]) -> None:
        self._ground = ground
        self._crews_of = crews_of
        self._random = Random(SEED)
        self._out = [min(ground.there[stop][ground.stops :]) for stop in range(ground.stops)]

    def found(self, empty: Sequence[Tour], looks: int) -> list[Tour]:
        """The tours, filled. Nothing that is left out would fit in the place of what comes after it
        in the order of claims."""
        tours = self._claimed(empty)
        left = self._absent(tours)
        tries = [self._shorter(tours, left, looks // STARTS, HOT) for _ in range(STARTS)]
        return self.settled(min(tries, key=self._rank))

    def _rank(self, tours: Sequence[Tour]) -> tuple[list[int], int]:
        """Less of what is better: without the least important ones rather than others, then by
        driving."""
        return [-stop for stop in self._absent(tours)], _driving(tours)

    def fits(self, stop: int, tours: Sequence[Tour]) -> bool:
        """True where some crew has room for it."""
        return any(tours[crew].place(stop) for crew in self._crews_of[stop])

    def _claimed(self, empty: Sequence[Tour]) -> list[Tour]:
        """Each where it costs least, in the order of claims. What finds no room has the tours
        before it made shorter, as long as there are rescues."""
        tours, rescues = list(empty), RESCUES
        for stop in range(self._ground.stops):
            if self._put(stop, tours) is None and rescues and self.fits(stop, empty):
                tours = self._shorter(tours, [stop], RESCUE_LOOKS, WARM)
                rescues -= 1
        return tours

    def _shorter(
        self, tours: Sequence[Tour], absent: Sequence[int], looks: int, heat: float
    ) -> list[Tour]:
        """The shortest that were found, with what of the absent got into them."""
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
            one = left[look % len(left)] if left else None
            if one is not None and self._put(one, now) is not None:
                left.remove(one)
                least = FAR
            driving = _driving(now)
            if driving < least:
                best, least = now, driving
        return best

    def _rebuilt(self, tours: Sequence[Tour], most: float) -> list[Tour] | None:
        """The tours after some stops were taken out and put back; None where one finds no place, or
        they get as long as `most`."""
        after = list(tours)
        taken = self._taken_out(after)
        driving = _driving(after)
        for stop in self._in_some_order(taken):
            extra = self._put(stop, after, most - driving, blinks=True)
            if extra is None:
                return None
            driving += extra
        return after if all(tour.holds for tour in after) else None

    def _taken_out(self, tours: list[Tour]) -> list[int]:
        """Takes a string of stops round one place out of each tour that comes near it, of some
        tours."""
        chance = self._random.random
        filled = sum(1 for tour in tours if tour.stops) or 1
        mean = sum(len(tour.stops) for tour in tours) / filled
        longest = min(LONGEST, mean)
        strings = max(1, int(chance() * (4 * TAKEN / (1 + longest))))
        owners = {stop: at for at, tour in enumerate(tours) for stop in tour.stops}
        taken: list[int] = []
        done: set[int] = set()
        for stop in self._ground.near[int(chance() * self._ground.stops)]:
            at = owners.get(stop)
            if at is None or at in done:
                continue
            tour = tours[at]
            string = self._string(tour, tour.stops.index(stop), longest)
            taken += [tour.stops[place] for place in string]
            tours[at] = tour.without(string)
            done.add(at)
            if len(done) >= strings:
                break
        return taken

    def _string(self, tour: Tour, about: int, longest: float) -> list[int]:
        """Places in the tour that follow each other, with that one among them; some in the middle
        may stay."""
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

    def _in_some_order(self, taken: list[int]) -> list[int]:
        """In which order they are put back: by chance, short windows first, far ones first, or near
        ones first."""
        chance = self._random.random()
        if chance < 0.4:
            self._random.shuffle(taken)
        elif chance < 0.6:
            taken.sort(key=lambda stop: self._ground.closes[stop] - self._ground.opens[stop])
        else:
            taken.sort(key=lambda stop: self._out[stop], reverse=chance < 0.85)
        return taken

    def _put(
        self, stop: int, tours: list[Tour], most: float = FAR, *, blinks: bool = False
    ) -> int | None:
        """Puts it where it costs least. Answers how much that is, None where it fits nowhere for
        less than `most`."""
        chance = self._random.random
        found, chosen = None, 0
        for crew in self._crews_of[stop]:
            tour = tours[crew]
            barred = int(chance() * len(tour.gaps)) if blinks and chance() < BLINK else -1
            place = tour.place(stop, most, barred)
            if place:
                found, chosen, most = place, crew, place.extra
        if found is None:
            return None
        tours[chosen] = tours[chosen].with_stop(stop, found.behind)
        return found.extra

    def settled(self, tours: list[Tour]) -> list[Tour]:
        """The tours, until nothing that is left out would fit where what matters less is. Each time
        something more important gets in, so it ends."""
        moved: list[Tour] | None = tours
        while moved:
            tours, moved = moved, self._preferred(moved)
        return tours

    def _preferred(self, tours: Sequence[Tour]) -> list[Tour] | None:
        """With the first that would fit, and behind it whatever fits then; None if there is
        none."""
        for stop in self._absent(tours):
            after = [tour.until(stop) for tour in tours]
            if self._put(stop, after) is not None and all(tour.holds for tour in after):
                for other in range(stop + 1, self._ground.stops):
                    self._put(other, after)
                return after
        return None

    def _absent(self, tours: Sequence[Tour]) -> list[int]:
        served = {stop for tour in tours for stop in tour.stops}
        return [stop for stop in range(self._ground.stops) if stop not in served]


def _driving(tours: Sequence[Tour]) -> int:
    return sum(tour.driving for tour in tours)
