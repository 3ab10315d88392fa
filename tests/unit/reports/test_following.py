import pytest
from msgspec.structs import replace

from chalicelib.errors import NotFound, TooMany
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author, Client
from chalicelib.reports.usecases.following import follow_report
from chalicelib.reports.usecases.reading import view_report
from chalicelib.reports.usecases.staff.case_changes import change_report
from chalicelib.reports.usecases.submission import submit
from tests.support.builders import draft
from tests.support.fakes import MemoryRepository

ANYBODY = Author()
OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)


def a_report(ports: Ports, key: str = "key", author: Author = ANYBODY) -> str:
    return submit(draft(), key, author, ports).service_request_id


def merge(one: str, into: str, ports: Ports) -> None:
    report = ports.repository.get(one)
    assert report
    change_report(one, ReportChanges(duplicate_of=into), report.version, OFFICER, ports)


def test_person_counts_once_when_following_twice(ports: Ports) -> None:
    request_id = a_report(ports)
    for author, key in (
        (Author("ann"), "k1"),
        (Author("ann"), "k2"),
        (Author("bob"), "k1"),
        (ANYBODY, "phone-1"),
        (ANYBODY, "phone-1"),
        (ANYBODY, "phone-2"),
    ):
        followed = follow_report(request_id, key, author, ports)
    assert followed.followers == view_report(request_id, ANYBODY, ports).followers == 4


@pytest.mark.parametrize("client", [Client("home"), Client("home", "phone"), Client(None, "phone")])
def test_client_counts_once_when_it_follows_twenty_five_times(client: Client, ports: Ports) -> None:
    request_id = a_report(ports)
    for number in range(25):
        followed = follow_report(request_id, f"key-{number}", ANYBODY, ports, client=client)
    assert followed.followers == 1
    others = (Client("work"), Client("home", "other phone"))
    counts = [follow_report(request_id, "key", ANYBODY, ports, client=c).followers for c in others]
    assert counts == [2, 3]


def test_anonymous_follower_has_another_identifier_on_another_report(
    ports: Ports, repository: MemoryRepository
) -> None:
    one, two = a_report(ports), a_report(ports, "other")
    for request_id in (one, two):
        follow_report(request_id, "key", ANYBODY, ports, client=Client("home", "phone"))
    assert set(repository.list_followers(one)).isdisjoint(repository.list_followers(two))


def test_follower_is_counted_once_by_the_limit(ports: Ports) -> None:
    request_id, asked = a_report(ports), list[str]()
    for _ in range(3):
        follow_report(request_id, "k", ANYBODY, ports, client=Client("home"), admit=asked.append)
    assert asked == [request_id]


def test_refused_follower_is_not_counted(ports: Ports) -> None:
    def refuse(_: str) -> None:
        raise TooMany("Too many.", retry_after_s=1)

    request_id = a_report(ports)
    with pytest.raises(TooMany):
        follow_report(request_id, "k", ANYBODY, ports, client=Client("home"), admit=refuse)
    assert view_report(request_id, ANYBODY, ports).followers == 0


def test_short_count_is_repaired(ports: Ports, repository: MemoryRepository) -> None:
    request_id = a_report(ports)
    follow_report(request_id, "phone-1", ANYBODY, ports)
    stored = repository.get(request_id)
    assert stored
    repository.save(replace(stored, followers=0))
    assert follow_report(request_id, "phone-1", ANYBODY, ports).followers == 1


def test_report_out_of_reach_cannot_be_followed(ports: Ports) -> None:
    private = submit(
        draft(service_code="noise-nuisance", attributes={"kind": "noise"}), "key", ANYBODY, ports
    )
    for request_id in (private.service_request_id, "NOSUCHREPORT"):
        with pytest.raises(NotFound):
            follow_report(request_id, "phone", ANYBODY, ports)


def test_followers_and_reporter_move_with_a_merge(ports: Ports) -> None:
    one, two = a_report(ports, "one", Author("ann")), a_report(ports, "two")
    follow_report(one, "", Author("bob"), ports)
    follow_report(one, "", Author("cid"), ports)
    follow_report(two, "", Author("cid"), ports)
    merge(one, two, ports)
    # cid, who followed both, counts once; with bob and ann, who reported the one.
    assert view_report(two, ANYBODY, ports).followers == 3
    merged = view_report(one, ANYBODY, ports)
    assert (merged.state, merged.duplicate_of) == ("duplicate", two)


def test_follower_of_a_duplicate_follows_the_surviving_report(ports: Ports) -> None:
    one, two, three = (a_report(ports, key) for key in ("one", "two", "three"))
    merge(one, two, ports)
    merge(two, three, ports)
    before = view_report(three, ANYBODY, ports).followers
    followed = follow_report(one, "phone", ANYBODY, ports)
    assert followed.service_request_id == three
    assert followed.followers == before + 1


def test_duplicate_itself_is_followed_when_the_surviving_report_is_hidden(
    ports: Ports, repository: MemoryRepository
) -> None:
    one, two = a_report(ports, "one"), a_report(ports, "two")
    merge(one, two, ports)
    into = repository.get(two)
    assert into
    repository.save(replace(into, visibility="hidden"))
    assert follow_report(one, "phone", ANYBODY, ports).service_request_id == one
