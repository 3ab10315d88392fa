"""What other systems send has one effect, whatever the network does and however often it comes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import UpstreamFailed
from chalicelib.reports.partner import Partner, PartnerReport, PartnerUpdate
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.exchange.partners import submit_for_partner, update_for_partner
from chalicelib.reports.usecases.submission import submit
from infra.local.cloud import Cloud
from tests.support.builders import draft
from tests.support.seam import ALL_TRIES, LOSSES, Loss, lose_reply, record_tries

PARTNER = Partner(key_id="k1")
URLS = ("https://photos.example/1.jpg", "https://photos.example/2.jpg")
Send = Callable[[], str]
Sends = Callable[[Ports, int], Send]


@pytest.fixture
def ports(cloud: Cloud) -> Ports:
    return reports_ports()


def sends_report(ports: Ports, number: int) -> Send:
    sent = PartnerReport(draft=draft(description=f"Hole {number}"), media_urls=URLS)
    return lambda: submit_for_partner(sent, f"{number}", PARTNER, ports).service_request_id


def sends_update(ports: Ports, number: int) -> Send:
    mine = draft(description=f"Hole {number}")
    request_id = submit(mine, f"{number}", Author("resident"), ports).service_request_id
    sent = PartnerUpdate(text="Still there.", media_urls=URLS)
    return lambda: update_for_partner(request_id, sent, "1", PARTNER, ports)


def effects(ports: Ports, number: int) -> list[tuple[int, int]]:
    """How many updates and photos the stored report of that number has; one, if all is well."""
    found = ports.repository.get_many(list(ports.repository.list_ids())).values()
    mine = [report for report in found if report.description == f"Hole {number}"]
    return [(len(report.updates), len(report.photos)) for report in mine]


each_kind = pytest.mark.parametrize(
    ("sends", "expected"), [(sends_report, [(0, 2)]), (sends_update, [(1, 2)])]
)


@each_kind
def test_request_has_one_effect_and_one_response_when_it_is_sent_ten_times_five_at_once(
    sends: Sends, expected: list[tuple[int, int]], ports: Ports
) -> None:
    send = sends(ports, 1)
    with ThreadPoolExecutor(max_workers=5) as pool:
        answers = list(pool.map(lambda _: send(), range(5)))
    answers += [send() for _ in range(5)]
    assert answers == [answers[0]] * 10
    assert effects(ports, 1) == expected


@each_kind
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("times", [1, ALL_TRIES])
def test_request_has_one_effect_when_any_reply_is_lost_and_it_is_repeated(
    times: int, loss: Loss, sends: Sends, expected: list[tuple[int, int]], ports: Ports
) -> None:
    with record_tries() as tries:
        sends(ports, 0)()
    for nth in range(1, max(each.call for each in tries) + 1):
        send = sends(ports, nth)
        with lose_reply(nth, times=times, loss=loss), suppress(UpstreamFailed):
            send()
        assert send() == send()
        assert effects(ports, nth) == expected
