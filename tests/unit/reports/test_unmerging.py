"""A duplicate becomes a report of its own again, and its people come back to it."""

import pytest

from chalicelib.errors import Conflict, Forbidden
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author, Remit
from chalicelib.reports.usecases.following import follow_report
from chalicelib.reports.usecases.staff.case_changes import change_report
from chalicelib.reports.usecases.staff.unmerging import list_merged_reports, unmerge
from tests.support.builders import report
from tests.support.fakes import MemoryRepository

ANYBODY = Author()
OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)


@pytest.fixture
def ids(repository: MemoryRepository) -> list[str]:
    return [repository.create(report(number)).service_request_id for number in (1, 2, 3)]


def stored(request_id: str, ports: Ports) -> ServiceRequest:
    found = ports.repository.get(request_id)
    assert found
    return found


def merge(one: str, into: str, ports: Ports) -> None:
    version = stored(one, ports).version
    change_report(one, ReportChanges(duplicate_of=into), version, OFFICER, ports)


def apart(request_id: str, ports: Ports) -> ServiceRequest:
    return unmerge(request_id, stored(request_id, ports).version, OFFICER, ports)


def joins(phone: str, request_id: str, ports: Ports) -> str:
    follow_report(request_id, phone, ANYBODY, ports)
    return ports.ids.person_id(ANYBODY.scope, phone)


def people(request_id: str, ports: Ports) -> set[str]:
    found = set(ports.repository.list_followers(request_id))
    assert stored(request_id, ports).followers == len(found)
    return found


def merged(into: str, ports: Ports) -> list[str]:
    return [each.service_request_id for each in list_merged_reports(stored(into, ports), ports)]


def test_withdrawn_report_stays_merged(ids: list[str], ports: Ports) -> None:
    one, two, _ = ids
    merge(one, two, ports)
    before = ports.repository.save(stored(one, ports).with_visibility("withdrawn", ports.now()))
    with pytest.raises(Conflict, match="has withdrawn"):
        apart(one, ports)
    assert stored(one, ports) == before and merged(two, ports) == [one]


def test_report_is_reopened_and_its_followers_return(ids: list[str], ports: Ports) -> None:
    one, two, _ = ids
    ann, bob = joins("ann", one, ports), joins("bob", two, ports)
    merge(one, two, ports)
    assert people(two, ports) > {ann, bob}
    after = apart(one, ports)
    assert (after.state, after.duplicate_of) == ("reopen", None)
    assert people(one, ports) == {ann} and people(two, ports) == {bob}
    assert stored(two, ports).duplicates == ()
    assert merged(two, ports) == []


def test_follower_of_both_reports_stays_with_both(ids: list[str], ports: Ports) -> None:
    one, two, _ = ids
    before = joins("before", one, ports)
    joins("before", two, ports)
    merge(one, two, ports)
    later = joins("later", one, ports)
    assert later in people(two, ports)
    apart(one, ports)
    assert people(two, ports) == {before, later}


def test_moved_follower_who_follows_again_stays(ids: list[str], ports: Ports) -> None:
    one, two, _ = ids
    ann = joins("ann", one, ports)
    merge(one, two, ports)
    joins("ann", two, ports)
    apart(one, ports)
    assert people(two, ports) == {ann}


def test_follower_of_two_duplicates_stays_because_of_the_other(
    ids: list[str], ports: Ports
) -> None:
    one, two, into = ids
    ann = joins("ann", one, ports)
    joins("ann", two, ports)
    merge(one, into, ports)
    merge(two, into, ports)
    apart(one, ports)
    assert ann in people(into, ports)
    assert merged(into, ports) == [two]
    apart(two, ports)
    assert people(into, ports) == set()


def test_followers_leave_the_whole_chain_of_merges(ids: list[str], ports: Ports) -> None:
    one, two, three = ids
    ann, bob = joins("ann", one, ports), joins("bob", two, ports)
    merge(one, two, ports)
    merge(two, three, ports)
    assert people(three, ports) > {ann, bob}
    apart(one, ports)
    assert ann not in people(three, ports) and bob in people(three, ports)
    assert ann not in people(two, ports)
    assert people(one, ports) == {ann}


def test_followers_return_when_it_is_merged_again(ids: list[str], ports: Ports) -> None:
    one, two, _ = ids
    ann = joins("ann", one, ports)
    merge(one, two, ports)
    apart(one, ports)
    merge(one, two, ports)
    assert ann in people(two, ports)
    assert merged(two, ports) == [one]


def test_report_is_not_unmerged_when_it_is_not_a_duplicate_or_has_changed(
    ids: list[str], ports: Ports
) -> None:
    one, two, _ = ids
    with pytest.raises(Conflict, match="not a duplicate"):
        unmerge(one, 1, OFFICER, ports)
    merge(one, two, ports)
    with pytest.raises(Conflict, match="has changed since you read it"):
        unmerge(one, 1, OFFICER, ports)
    elsewhere = Author("other", officer_in=(Remit(teams=("parks",)),))
    with pytest.raises(Forbidden):
        unmerge(one, stored(one, ports).version, elsewhere, ports)


def test_followers_stay_after_a_concurrent_change(
    ids: list[str], ports: Ports, repository: MemoryRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, _ = ids
    ann = joins("ann", one, ports)
    merge(one, two, ports)
    save = repository.save

    def overtaken(report: ServiceRequest) -> ServiceRequest:
        if report.service_request_id == one:
            raise VersionConflict
        return save(report)

    monkeypatch.setattr(repository, "save", overtaken)
    with pytest.raises(Conflict):
        apart(one, ports)
    assert stored(one, ports).duplicate_of == two
    assert ann in people(two, ports)
    assert merged(two, ports) == [one]
