"""The reports of one person are found by their account and by their confirmed addresses."""

from datetime import timedelta

from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Repository
from chalicelib.reports.queries import ListPosition, PersonKeys
from tests.support.builders import NOON, report

SECOND = timedelta(seconds=1)
PERSON = PersonKeys("account-1", ("email-1", "email-2"), ("phone-1",))
WAYS: tuple[dict[str, str], ...] = (
    {"reporter": "account-1"},
    {"email_key": "email-1"},
    {"email_key": "email-2", "phone_key": "phone-1"},
    {"phone_key": "phone-1", "reporter": "account-1"},
)
OTHERS: tuple[dict[str, str], ...] = (
    {},
    {"reporter": "account-2"},
    {"email_key": "phone-1"},
    {"phone_key": "email-1"},
)


def place(report: ServiceRequest) -> ListPosition:
    return report.requested_datetime, report.service_request_id


def test_own_reports_are_found_once_each_newest_first(repository: Repository) -> None:
    own = [
        repository.create(report(number, requested_datetime=NOON + number * SECOND, **way))
        for number, way in enumerate(WAYS)
    ]
    for number, way in enumerate(OTHERS, len(WAYS)):
        repository.create(report(number, **way))
    found = repository.list_by_person(PERSON, limit=10, before=None)
    assert list(found) == [place(each) for each in reversed(own)]
    assert repository.list_by_person(PersonKeys("account-3"), limit=10, before=None) == []


def test_list_continues_where_it_ended_though_some_have_the_same_time(
    repository: Repository,
) -> None:
    for number in range(7):
        moment = NOON + number // 4 * SECOND
        repository.create(report(number, requested_datetime=moment, **WAYS[number % 2]))
    found: list[ListPosition] = []
    while page := repository.list_by_person(PERSON, limit=2, before=found[-1] if found else None):
        found += page
    assert [key for _, key in found] == [f"R{number:011}" for number in reversed(range(7))]
