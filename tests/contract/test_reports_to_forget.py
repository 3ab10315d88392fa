"""Reports of which time takes something are found from that moment on, and not after it is done."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.reports.parts import Contact
from chalicelib.reports.ports import Repository
from tests.support.builders import NOON, report

SECOND = timedelta(seconds=1)
SENT = {"state": "closed", "contact": Contact(name="Resident")}


def found(repository: Repository, what: str = "closed", **values: object) -> list[str]:
    asked = {"until": NOON, "limit": 10, "after": None, **values}
    return [each.service_request_id for each in repository.list_past_retention(what, **asked)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("until", "is_found"), [(-SECOND, False), (0 * SECOND, True), (SECOND, True)]
)
def test_report_is_found_when_its_time_has_come(
    until: timedelta, is_found: bool, repository: Repository
) -> None:
    repository.create(report(1, **SENT))
    repository.create(report(2, visibility="unconfirmed"))
    assert (found(repository, until=NOON + until) == ["R00000000001"]) is is_found
    assert (found(repository, "unconfirmed", until=NOON + until) != []) is is_found


def test_report_is_not_found_again_when_its_sender_was_forgotten(repository: Repository) -> None:
    stored = repository.create(report(1, **SENT))
    repository.save(replace(stored, contact=None, forgotten=True))
    assert found(repository) == []


def test_list_goes_on_where_it_ended(repository: Repository) -> None:
    for number in range(5):
        repository.create(report(number, updated_datetime=NOON - number // 2 * SECOND, **SENT))
    seen: list[str] = []
    after = None
    while page := repository.list_past_retention("closed", until=NOON, limit=2, after=after):
        seen += [each.service_request_id for each in page]
        after = page[-1].place
    assert seen == [f"R{number:011}" for number in (4, 2, 3, 0, 1)]
