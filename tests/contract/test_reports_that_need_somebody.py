"""Followers, and the index of reports that somebody has to look at: in memory as in DynamoDB."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.geo.point import Box
from chalicelib.reports.parts import Flag, Photo
from chalicelib.reports.ports import Repository
from chalicelib.reports.queries import ReportFilters
from tests.support.builders import MARKET_PLACE, NOON, place_of, report, update

FLAG = Flag(flag_id="F1", reason="other", text="", datetime=NOON)


def test_follower_counts_once_when_added_twice(repository: Repository) -> None:
    for person in ("ann", "bob", "ann"):
        repository.add_follower("R1", person)
    repository.add_follower("R2", "cid")
    assert sorted(repository.list_followers("R1")) == ["ann", "bob"]
    assert repository.list_followers("R3") == []


def test_followers_do_not_change_the_report_and_its_timeline(repository: Repository) -> None:
    stored = repository.create(report())
    repository.archive_updates(stored.service_request_id, [update(1)], first=0, version=1)
    repository.add_follower(stored.service_request_id, "ann")
    assert repository.get(stored.service_request_id) == stored
    assert repository.list_archived_updates(stored.service_request_id) == [update(1)]
    assert list(repository.list_ids()) == [stored.service_request_id]


def test_archived_update_has_its_new_text_and_its_place_when_it_is_rewritten(
    repository: Repository,
) -> None:
    repository.archive_updates("R1", [update(1), update(2)], first=0, version=1)
    repository.rewrite_archived_update("R1", update(1, text="[removed]"), version=2)
    assert [u.text for u in repository.list_archived_updates("R1")] == ["[removed]", "Update 2"]


def test_archived_update_does_not_come_back_when_an_older_version_is_archived_late(
    repository: Repository,
) -> None:
    repository.archive_updates("R1", [update(1, text="[removed]")], first=0, version=3)
    repository.archive_updates("R1", [update(1, text="canary")], first=0, version=2)
    assert [u.text for u in repository.list_archived_updates("R1")] == ["[removed]"]
    repository.archive_updates("R1", [update(1, text="[removed again]")], first=0, version=4)
    assert [u.text for u in repository.list_archived_updates("R1")] == ["[removed again]"]


def test_archived_updates_are_forgotten_when_they_are_dropped(repository: Repository) -> None:
    stored = repository.create(report())
    for other in (stored.service_request_id, "R2"):
        many = [update(number) for number in range(30)]
        repository.archive_updates(other, many, first=0, version=1)
    repository.drop_archived_updates(stored.service_request_id)
    assert repository.list_archived_updates(stored.service_request_id) == []
    assert len(repository.list_archived_updates("R2")) == 30
    assert repository.get(stored.service_request_id) == stored


@pytest.mark.parametrize(
    ("values", "attention"),
    [
        ({}, None),
        ({"visibility": "waiting"}, "waiting"),
        ({"lat": None, "long": None, "visibility": "private"}, "waiting"),
        ({"photos": (Photo(photo_id="P", state="waiting"),)}, "waiting"),
        ({"photos": (Photo(photo_id="P", state="hidden"),)}, None),
        ({"flags": (FLAG,)}, "flagged"),
        ({"flags": (FLAG,), "visibility": "waiting"}, "waiting"),
        ({"flags": (FLAG,), "visibility": "hidden"}, None),
        ({"visibility": "withdrawn", "lat": None, "long": None}, None),
        ({"visibility": "held", "publish_at": NOON}, "held"),
        ({"visibility": "private"}, None),
    ],
)
def test_report_is_listed_by_its_attention_reason(
    values: dict[str, Any], attention: str | None, repository: Repository
) -> None:
    repository.create(report(**values))
    for each in ("held", "waiting", "flagged"):
        found = repository.list_needing_attention(each, until=None, limit=10, after=None)
        assert len(found) == (each == attention)


def test_report_leaves_the_list_when_it_was_reviewed(repository: Repository) -> None:
    waiting = repository.create(report(visibility="waiting"))
    repository.save(replace(waiting, visibility="public"))
    assert repository.list_needing_attention("waiting", until=None, limit=10, after=None) == []


def test_list_starts_with_the_longest_wait_and_continues_after_its_last(
    repository: Repository,
) -> None:
    for number in (3, 1, 2):
        moment = NOON + timedelta(minutes=number)
        late = NOON + timedelta(days=4 - number)
        repository.create(
            report(number, visibility="waiting", requested_datetime=moment, updated_datetime=late)
        )
    first = repository.list_needing_attention("waiting", until=None, limit=2, after=None)
    rest = repository.list_needing_attention("waiting", until=None, limit=2, after=first[-1].place)
    assert [each.service_request_id[-1] for each in (*first, *rest)] == ["1", "2", "3"]


@pytest.mark.parametrize(("seconds", "due"), [(-1, 0), (0, 1), (1, 1)])
def test_held_report_is_due_from_its_exact_time(
    seconds: int, due: int, repository: Repository
) -> None:
    repository.create(report(visibility="held", publish_at=NOON))
    until = NOON + timedelta(seconds=seconds)
    assert len(repository.list_needing_attention("held", until=until, limit=10, after=None)) == due


def test_report_without_a_place_is_on_no_map(repository: Repository) -> None:
    repository.create(report(lat=None, long=None, visibility="waiting", address="By the mill"))
    everywhere = Box(west=-1.3, south=53.8, east=-0.9, north=54.1)
    assert repository.list_in_box(everywhere, ReportFilters(), limit=10, after=None).reports == []
    assert list(repository.find_near(everywhere, ReportFilters(), budget=8)) == []


def test_near_finds_what_lies_in_the_small_box_and_passes(repository: Repository) -> None:
    here = repository.create(report(1))
    repository.create(report(2, state="fixed"))
    repository.create(report(3, service_code="litter"))
    repository.create(report(4, lat=MARKET_PLACE["lat"] + 0.01))
    repository.create(report(5, visibility="hidden"))
    box = Box.around(place_of(here), 50)
    found = repository.find_near(box, ReportFilters("open", "pothole"), budget=2)
    assert [each.service_request_id for each in found] == [here.service_request_id]
