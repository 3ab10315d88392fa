"""Samples each kind of event in councils of some sizes. What grows with a council shows as a
difference between them."""

import gc
import json
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from bench.process import ROOT
from bench.scale.ledger import UsageByFunction, as_json, exact_figures
from bench.scale.town import Town, town
from tests.support.attack_photos import draw_picture, save_image

RECORDED = ROOT / "bench" / "scale_counts.json"
SOON, LATER = 0.1, 0.5
"""Hours after a change: the next run of the schedules, and one within the hour."""
SEVERAL = 5
COLLECTED_SOON = 700
PHOTO = save_image("JPEG", draw_picture(size=(1600, 1200)), quality=85)
"""A photo as our page shrinks it."""
Sample = dict[str, dict[str, float]]
Samples = dict[str, Sample]
"""A kind of event → a function → what it used."""


class Size(NamedTuple):
    """A council: its reports, all of one month, on so many days, in so many wards."""

    reports: int
    days: int
    wards: int


QUICK = Size(reports=8, days=1, wards=4)
"""The size that a test samples again."""
SIZES = (Size(60, 1, 1), Size(60, 3, 1), Size(60, 1, 3), Size(120, 4, 3))
"""The sizes that show what grows: pages of lists and the newest reports of wards are full."""


def read_samples() -> dict[str, Any]:
    """The recorded samples of every size."""
    known: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return known


def write_samples(say: Callable[[str], None]) -> None:
    """Samples every size and records it."""
    found = []
    for size in (QUICK, *SIZES):
        say(f"{size.reports} reports on {size.days} days in {size.wards} wards")
        found.append({"size": size._asdict(), **sample_size(size)._asdict()})
    whole = {"quick": found[0], "sizes": found[1:]}
    RECORDED.write_text(json.dumps(whole, sort_keys=True) + "\n", encoding="utf-8")


class SampledCouncil(NamedTuple):
    """What each kind of event used, the metrics that the functions wrote, and the kilobytes that
    each took at most."""

    samples: Samples
    metrics: list[str]
    peak_kb: dict[str, float]


def sample_size(size: Size) -> SampledCouncil:
    """The samples of a council of that size."""
    with town() as here:
        ids = _fill_town(here, size)
        found = dict(_usage_by_event(here, ids))
        found |= dict(_usage_by_schedule(here, ids))
        here.subscribe()
        here.report()
        found["heard_report"] = _usage_of(here, here.report)
        found["receipt"] = _usage_of(here, here.take_receipt)
        here.discard_waiting()
        found["wards_of_hour"] = _usage_of(here, here.publish_wards_of_hour)
        samples = {name: as_json(used) for name, used in found.items()}
        return SampledCouncil(samples, sorted(here.metrics()), _peaks(here, ids))


def _peaks(here: Town, ids: list[str]) -> dict[str, float]:
    """Of what is in use: garbage is collected soon, as what waits for that does not grow with the
    council (ADR 76)."""
    threshold = gc.get_threshold()
    gc.set_threshold(COLLECTED_SOON)
    tracemalloc.start()
    try:
        here.report()
        here.change(ids[0], visibility="hidden")
        here.later(SOON)
        here.run_schedules()
    finally:
        tracemalloc.stop()
        gc.set_threshold(*threshold)
    return {name: used["peak_kb"] for name, used in sorted(here.take_usage().items())}


def stale_counts(known: dict[str, Any], now: SampledCouncil) -> list[str]:
    """How the counts of the quick size differ from those that are recorded."""
    before, samples = known["quick"]["samples"], now.samples
    found = [f"metric {each}" for each in sorted({*known["quick"]["metrics"]} ^ {*now.metrics})]
    for kind in sorted({*before, *samples}):
        one, other = exact_figures(before.get(kind, {})), exact_figures(samples.get(kind, {}))
        functions = sorted(name for name in {*one, *other} if one.get(name) != other.get(name))
        found += [f"{kind}, {each}: {one.get(each)} → {other.get(each)}" for each in functions]
    return found


def _fill_town(here: Town, size: Size) -> list[str]:
    here.divide_into_wards(size.wards)
    ids = []
    for _ in range(size.days):
        ids += [here.submit(is_anonymous=True) for _ in range(size.reports // size.days)]
        here.run_queues()
        here.later(24)
    here.payers.prepare()
    here.discard_waiting()
    return ids


def _usage_of(here: Town, act: Callable[[], Any]) -> UsageByFunction:
    here.take_usage()
    act()
    return here.take_usage()


def _usage_by_event(here: Town, ids: list[str]) -> Iterator[tuple[str, UsageByFunction]]:
    """Each kind of event, after one like it: as in a process that has been running for a while."""
    booked: list[str] = []
    kinds: dict[str, Callable[[int], Any]] = {
        "report": lambda _: here.report(),
        "photo_report": lambda _: here.report(photo=PHOTO),
        "change": lambda number: here.change(ids[number], state="investigating"),
        "takedown": lambda number: here.change(ids[number + 2], visibility="hidden"),
        "read": lambda number: here.read(ids[number]),
        "desk": lambda number: here.work_at_the_desk(ids[number]),
        "sign_in": lambda _: here.sign_in(),
        "booking": lambda _: booked.append(here.payers.book()),
        "cancellation": lambda number: here.payers.cancel(booked[number]),
        "bill": lambda _: here.payers.pay_bill(),
        "calendar": lambda _: here.publish_calendars(),
        "round": lambda number: here.work_on_a_round(("out", "finished")[number]),
    }
    for kind, act in kinds.items():
        act(0)
        yield kind, _usage_of(here, lambda act=act: act(1))  # type: ignore[misc]
    here.discard_waiting()


def _usage_by_schedule(here: Town, ids: list[str]) -> Iterator[tuple[str, UsageByFunction]]:
    """A run of every schedule when nothing happened, soon and some time after a change, and soon
    after several."""
    yield "idle", _usage_of(here, here.run_schedules)
    here.change(ids[4], state="in_progress")
    here.later(SOON)
    yield "soon", _usage_of(here, here.run_schedules)
    here.later(LATER)
    yield "lingering", _usage_of(here, here.run_schedules)
    here.discard_waiting()
    for number in range(SEVERAL):
        here.change(ids[-1 - number], title=f"Number {number}")
    here.later(SOON)
    yield "soon_after_several", _usage_of(here, here.run_schedules)
