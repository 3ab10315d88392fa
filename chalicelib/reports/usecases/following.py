"""Me too: people follow a report, once each, and stay followers when it is merged into another."""

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from chalicelib.errors import NotFound, UpstreamFailed
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.reference import parse_reference
from chalicelib.reports.usecases.access import (
    UNKNOWN,
    Author,
    Client,
    get_report,
    get_visible_report,
    update_report,
)
from chalicelib.texts import Text

MOST_MERGES = 10
"""How often a report may be merged while somebody follows it."""
AdmitFollower = Callable[[str], None]
"""Called before somebody follows the report with that id; its exceptions are passed on."""


def follow_report(
    service_request_id: str,
    key: str,
    author: Author,
    ports: Ports,
    *,
    client: Client = UNKNOWN,
    admit: AdmitFollower | None = None,
) -> ServiceRequest:
    """Adds the caller as a follower of the report, or of the report that it was merged into, and
    returns that report. A caller who is not signed in is identified by the device, else by the
    network, and if neither is known by the key. `admit` is called with the report's id before a new
    follower is noted. Raises NotFound, and as `admit` does."""
    report = find_surviving_report(get_visible_report(service_request_id, author, ports), ports)
    for _ in range(MOST_MERGES):
        person = _follower_id(report, key, author, client, ports)
        if admit and not ports.repository.has_follower(report.service_request_id, person):
            admit(report.service_request_id)
        ports.repository.add_follower(report.service_request_id, person)
        counted = recount_followers(report.service_request_id, author, ports)
        report = find_surviving_report(counted, ports)
        if report is counted:
            return counted
        # It was merged meanwhile: a follower who came too late to be carried over follows that one.
    raise UpstreamFailed("This report was merged several times in a row. Send it again.")


def follow_first_request(
    service_request_id: str, key: str, author: Author, ports: Ports
) -> ServiceRequest:
    """Adds the sender of a repeated request as a follower of the first one, and returns the first
    one."""
    person = _follower_id(get_report(service_request_id, ports), key, author, UNKNOWN, ports)
    ports.repository.add_follower(service_request_id, person)
    return update_report(
        lambda: get_report(service_request_id, ports),
        lambda report: with_follower_count(report, ports),
        ports,
    )


def _follower_id(
    report: ServiceRequest, key: str, author: Author, client: Client, ports: Ports
) -> str:
    """The id of the follower. An account has the same id on every report; a client has another id
    on each, so that nobody can link them."""
    if author.account:
        return ports.ids.person_id(author.scope, "")
    if client_name := client.device or client.network:
        return ports.ids.person_id(f"follow:{report.service_request_id}", client_name)
    return ports.ids.person_id(author.scope, key)


def find_report_to_follow(service_request_id: str, author: Author, ports: Ports) -> ServiceRequest:
    """Find the report that the caller would follow by following this one. Raises NotFound."""
    reference = parse_reference(service_request_id)
    if reference is None:
        raise NotFound(Text("There is no report {reference}.", reference=service_request_id))
    return find_surviving_report(get_visible_report(reference, author, ports), ports)


def find_surviving_report(report: ServiceRequest, ports: Ports) -> ServiceRequest:
    """Find the last public report that this one was merged into, or itself."""
    survivor = report
    for into in list_merge_targets(report, ports):
        if into.visibility == "public":
            survivor = into
    return survivor


def list_merge_targets(report: ServiceRequest, ports: Ports) -> Iterator[ServiceRequest]:
    """List the report that this one was merged into, then the report that it was merged into, and
    so on."""
    seen = {report.service_request_id}
    while report.duplicate_of and report.duplicate_of not in seen:
        seen.add(report.duplicate_of)
        into = ports.repository.get(report.duplicate_of)
        if into is None:
            return
        yield into
        report = into


def carry_followers(report: ServiceRequest, into: str, ports: Ports) -> None:
    """Makes the reporter and every follower of the report follow the report `into`, and notes the
    report among the duplicates of `into`."""
    people = list_people_of(report, ports)
    for person in people:
        ports.repository.add_follower_via(into, person, via=report.service_request_id)

    def change(survivor: ServiceRequest) -> ServiceRequest:
        counted = with_follower_count(survivor, ports)
        duplicates = counted.duplicates
        if report.service_request_id in duplicates:
            return counted
        return replace(counted, duplicates=(*duplicates, report.service_request_id))

    update_report(lambda: get_report(into, ports), change, ports)


def list_people_of(report: ServiceRequest, ports: Ports) -> list[str]:
    """List the ids of the followers of the report and of its reporter."""
    return [
        *ports.repository.list_followers(report.service_request_id),
        _reporter_id(report, ports),
    ]


def recount_followers(service_request_id: str, author: Author, ports: Ports) -> ServiceRequest:
    """The report with its present number of followers. Counting again, instead of adding one,
    repairs a count that a lost reply left wrong. The version is read before the count, so the last
    caller to count has seen everybody."""
    return update_report(
        lambda: get_visible_report(service_request_id, author, ports),
        lambda report: with_follower_count(report, ports),
        ports,
    )


def with_follower_count(report: ServiceRequest, ports: Ports) -> ServiceRequest:
    """The report with its present number of followers; the same object if that has not changed."""
    count = len(ports.repository.list_followers(report.service_request_id))
    return report if count == report.followers else replace(report, followers=count)


def _reporter_id(report: ServiceRequest, ports: Ports) -> str:
    if report.reporter:
        return ports.ids.person_id(Author(report.reporter).scope, "")
    return ports.ids.person_id("reporter", report.service_request_id)
