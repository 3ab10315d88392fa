"""The queue of cases: in the order of their targets, in the officer's remit, a page at a time."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Invalid
from chalicelib.reports.cases import CaseFilter, Queue
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.needs import Need
from chalicelib.reports.parts import Question
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author, Remit
from chalicelib.reports.usecases.staff.queue import MOST_ENTRIES_READ, list_cases
from tests.support.builders import NOON, report
from tests.support.fakes import MemoryRepository

OFFICER = Author("officer", officer_in=EVERYWHERE)
HOUR = timedelta(hours=1)
QUESTION = Question(
    question_id="Q", number=1, text="?", asked_at=NOON, asked_by="officer", fingerprint="F"
)


def store(repository: MemoryRepository, *reports: dict[str, Any]) -> list[str]:
    return [
        repository.create(report(number, **values)).service_request_id
        for number, values in enumerate(reports, 1)
    ]


def shown(
    ports: Ports, author: Author = OFFICER, limit: int = 50, after: str | None = None, **wanted: Any
) -> Queue:
    return list_cases(CaseFilter(**wanted), author, limit=limit, after=after, ports=ports)


def numbers(queue: Queue) -> list[int]:
    return [int(case.report.service_request_id[1:]) for case in queue.cases]


def test_overdue_and_urgent_cases_come_first(repository: MemoryRepository, ports: Ports) -> None:
    store(
        repository,
        {"expected_datetime": None},
        {"expected_datetime": NOON + 100 * HOUR, "team": "parks"},
        {"expected_datetime": NOON - 2 * HOUR},
        {"expected_datetime": NOON + 30 * HOUR, "team": "cleansing"},
    )
    found = shown(ports)
    assert numbers(found) == [3, 4, 2, 1] and found.next is None
    assert [(case.target, case.hours_left) for case in found.cases] == [
        ("late", -2),
        ("soon", 30),
        ("in_time", 100),
        ("none", None),
    ]
    assert numbers(shown(ports, target="late")) == [3]
    assert numbers(shown(ports, target="soon")) == [4]
    assert numbers(shown(ports, target="later")) == [2, 1]


def test_queue_has_open_work_only(repository: MemoryRepository, ports: Ports) -> None:
    store(
        repository,
        {"visibility": "private"},
        {"state": "closed"},
        {"visibility": "hidden"},
        {"visibility": "withdrawn", "state": "cancelled"},
        {"visibility": "unconfirmed"},
        {"state": "in_progress"},
    )
    assert numbers(shown(ports)) == [1, 6]
    assert numbers(shown(ports, states=("closed",))) == [2]
    assert numbers(shown(ports, states=("in_progress",))) == [6]


def test_officer_sees_only_their_teams_and_wards(
    repository: MemoryRepository, ports: Ports
) -> None:
    store(
        repository,
        {"ward_code": "W1"},
        {"ward_code": "W2"},
        {"team": "parks", "ward_code": "W1"},
        {},
    )
    cases = {
        (1, 2, 4): Remit(teams=("highways",)),
        (1, 3): Remit(wards=("W1",)),
        (1,): Remit(teams=("highways",), wards=("W1",)),
    }
    for expected, remit in cases.items():
        author = Author("officer", officer_in=(remit,))
        for sort in ("target", "newest"):
            found = shown(ports, author, sort=sort)
            assert sorted(numbers(found)) == list(expected), (remit, sort)
    both = Author("o", officer_in=(Remit(wards=("W2",)), Remit(teams=("parks",))))
    assert numbers(shown(ports, both)) == [2, 3]
    assert numbers(shown(ports, Author("resident"))) == []


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"team": "parks"}, [1]),
        ({"service_code": "litter"}, [2]),
        ({"ward_code": "W1"}, [3]),
        ({"priority": "urgent"}, [4]),
        ({"opens": "job"}, [5]),
        ({"attention": "waiting"}, [6]),
        ({"waits": "reporter"}, [7]),
        ({"waits": "officer"}, [1, 2, 3, 4, 5, 6, 8]),
        ({"q": "DEEP hole"}, [8]),
        ({"q": "thread street"}, [7]),
        ({"q": "a deep hole in", "priority": "urgent"}, []),
    ],
)
@pytest.mark.parametrize("sort", ["target", "newest"])
def test_queue_is_filtered(
    wanted: Any, expected: list[int], sort: Any, repository: MemoryRepository, ports: Ports
) -> None:
    store(
        repository,
        {"team": "parks"},
        {"service_code": "litter"},
        {"ward_code": "W1"},
        {"priority": "urgent"},
        {"opens": "job"},
        {"visibility": "waiting"},
        {"questions": (QUESTION,), "address": "2 Thread Street"},
        {"title": "A deep hole in the road"},
    )
    assert sorted(numbers(shown(ports, sort=sort, **wanted))) == expected


def test_closed_case_is_listed_when_it_has_the_requested_reason(
    repository: MemoryRepository, ports: Ports
) -> None:
    need = Need(need_id="N", reason="updated", since=NOON)
    needed: dict[str, Any] = {"needs": (need,)}
    store(repository, {"state": "closed", **needed}, {"state": "closed"}, needed)
    for sort in ("target", "newest"):
        assert sorted(numbers(shown(ports, sort=sort, attention="updated"))) == [1, 3], sort
        assert numbers(shown(ports, sort=sort)) == [3], sort


def test_newest_come_first_on_request_and_for_closed_cases(
    repository: MemoryRepository, ports: Ports
) -> None:
    minutes = timedelta(minutes=1)
    store(
        repository,
        *(
            {
                "requested_datetime": NOON - number * minutes,
                "state": "closed" if number % 2 else "open",
                "team": "parks" if number > 2 else "highways",
            }
            for number in (3, 1, 4, 2)
        ),
    )
    assert numbers(shown(ports, sort="newest")) == [4, 3]
    assert numbers(shown(ports, states=("closed",))) == [2, 1]
    assert numbers(shown(ports, states=("open", "closed"), sort="newest")) == [2, 4, 1, 3]


@pytest.mark.parametrize("sort", ["target", "newest"])
@pytest.mark.parametrize("limit", [1, 3, 7])
def test_pages_together_are_the_whole_queue(
    limit: int, sort: Any, repository: MemoryRepository, ports: Ports
) -> None:
    """Also where many have one target, came in one second, or have none."""
    store(
        repository,
        *(
            {
                "expected_datetime": NOON + (number // 4) * HOUR if number % 5 else None,
                "requested_datetime": NOON - (number // 6) * HOUR,
                "team": ("parks", "highways", "cleansing")[number % 3],
                "title": None if number % 4 else "wanted",
            }
            for number in range(20)
        ),
    )
    for q in (None, "wanted"):
        whole, found, after = numbers(shown(ports, sort=sort, q=q)), list[int](), None
        while True:
            page = shown(ports, limit=limit, sort=sort, q=q, after=after)
            found += numbers(page)
            if (after := page.next) is None:
                break
        assert found == whole and len(whole) == (5 if q else 20)


def test_page_is_short_when_few_match(repository: MemoryRepository, ports: Ports) -> None:
    last = MOST_ENTRIES_READ + 5
    store(
        repository,
        *({"expected_datetime": NOON + number * HOUR} for number in range(last - 1)),
        {"expected_datetime": NOON + last * HOUR, "title": "The one"},
    )
    first = shown(ports, q="the one")
    assert numbers(first) == [] and first.next
    second = shown(ports, q="the one", after=first.next)
    assert numbers(second) == [last] and second.next is None


def test_report_is_not_shown_when_the_index_lags_behind_it(
    repository: MemoryRepository, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    (request_id,) = store(repository, {})
    entries = list(repository.list_due("highways", after=None, page_size=1))
    monkeypatch.setattr(
        repository, "list_due", lambda team, **_: entries if team == "highways" else []
    )
    hidden = repository.get(request_id)
    assert isinstance(hidden, ServiceRequest)
    repository.save(hidden.with_visibility("hidden", NOON))
    assert numbers(shown(ports)) == []


@pytest.mark.parametrize("cursor", ["x", "2026-06-01T12:00:00Z", "#R00000000001", "1#2#3"])
def test_forged_cursor_is_refused(cursor: str, ports: Ports) -> None:
    with pytest.raises(Invalid, match="cursor"):
        shown(ports, after=cursor)
