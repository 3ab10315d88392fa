"""A report of a private service is never public, whichever way it came to be one."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.ports import Ports
from chalicelib.reports.published import Visibility
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.reading import public_views
from chalicelib.reports.usecases.staff.casework import change_case
from chalicelib.reports.usecases.staff.moderation import publish_held_reports
from chalicelib.reports.usecases.staff.undo import undo_change
from chalicelib.reports.usecases.submission import submit
from chalicelib.reports.usecases.withholding import withhold_private_reports
from tests.support.builders import draft, report
from tests.support.councils import council_named
from tests.support.fakes import Clock, MemoryRepository

OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)


def with_visibilities(ports: Ports, **by_code: Any) -> Ports:
    """The demo council, some of whose services are visible otherwise."""
    council = council_named("demo")
    services = tuple(
        msgspec.structs.replace(
            each, visibility=by_code.get(each.service_code.replace("-", "_"), each.visibility)
        )
        for each in council.services
    )
    return replace(ports, council=msgspec.structs.replace(council, services=services))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("public", "private"),
        ("held", "private"),
        ("waiting", "private"),
        ("private", "private"),
        ("hidden", "hidden"),
        ("unconfirmed", "unconfirmed"),
        ("withdrawn", "withdrawn"),
    ],
)
def test_stored_report_is_withheld_when_its_service_became_private(
    before: Visibility, after: str, ports: Ports, repository: MemoryRepository
) -> None:
    stored = repository.create(report(1, visibility=before, once_public=before == "public"))
    other = repository.create(report(2, service_code="litter"))
    now = with_visibilities(ports, pothole="private")
    assert withhold_private_reports(now) == (before != after)
    found = repository.get(stored.service_request_id)
    assert found and (found.visibility, found.once_public) == (after, before == "public")
    assert repository.get(other.service_request_id) == other
    assert withhold_private_reports(now) == 0


def test_public_report_is_not_published_when_its_service_became_private(
    ports: Ports, repository: MemoryRepository
) -> None:
    stored = repository.create(report())
    now = with_visibilities(ports, pothole="private")
    assert public_views([stored.service_request_id], now) == {}


@pytest.mark.parametrize(("service", "seen"), [("private", "private"), ("moderated", "waiting")])
def test_held_report_is_not_public_after_its_time_when_its_service_is_stricter(
    service: str, seen: str, ports: Ports, clock: Clock
) -> None:
    slow = replace(
        ports, council=msgspec.structs.replace(council_named("demo"), publish_after_s=600)
    )
    held = submit(draft(), "key", Author(), slow)
    clock.now += timedelta(seconds=600)
    publish_held_reports(with_visibilities(slow, pothole=service))
    found = ports.repository.get(held.service_request_id)
    assert found and found.visibility == seen


def test_held_report_waits_when_its_new_service_is_moderated(ports: Ports) -> None:
    slow = replace(
        ports, council=msgspec.structs.replace(council_named("demo"), publish_after_s=600)
    )
    held = submit(draft(), "key", Author(), slow)
    changes = ReportChanges(service_code="graffiti")
    after = change_case(held.service_request_id, changes, 1, OFFICER, slow, reply=None).report
    assert after.visibility == "waiting"


def test_report_stays_private_when_the_first_reason_for_it_is_undone_under_another_private_service(
    ports: Ports,
) -> None:
    two = with_visibilities(ports, litter="private")
    sent = submit(draft(), "key", Author(), two)
    to_noise, to_litter = (
        ReportChanges(service_code=code) for code in ("noise-nuisance", "litter")
    )
    left = change_case(sent.service_request_id, to_noise, 1, OFFICER, two, reply=None).undo
    change_case(sent.service_request_id, to_litter, 2, OFFICER, two, reply=None)
    assert left
    undo_change(left, OFFICER, two)
    found = ports.repository.get(sent.service_request_id)
    assert found and (found.service_code, found.visibility) == ("litter", "private")
