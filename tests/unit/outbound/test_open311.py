"""A report goes to another body's Open311 server, once, whatever the network does."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.catalogue.destinations import Open311Destination, ServiceMapping
from chalicelib.errors import AddressRefused, NoReply, NotNow, UpstreamFailed
from chalicelib.net.reply import Reply
from chalicelib.outbound.model import Case
from chalicelib.outbound.open311 import MOST_PAGES, Open311Sender
from chalicelib.outbound.open311_client import LONGEST_ID, Open311Client
from chalicelib.outbound.open311_form import LONGEST_DESCRIPTION, description_of
from chalicelib.outbound.senders import DeliveryRefused, DeliveryUnclear, SendResult
from chalicelib.reports.published import MissedContainer, WorkDetails
from tests.support.builders import NOON
from tests.support.fakes import Clock
from tests.support.fakes_forwarding import (
    COLLECTION,
    GROUPED,
    REFERENCE,
    WORK,
    FakeServer,
    forwarded_case,
    open311_answer,
    status_reply,
)
from tests.support.fakes_outbound import delivery

TAKEN = open311_answer([{"service_request_id": "C-1"}])
NONE = open311_answer([])


def county(**values: Any) -> Open311Destination:
    mapping = ServiceMapping(
        service_code="POT",
        attributes={"DEPTH": "depth", "KIND": "kinds", "fixmystreet_id": "reference"},
    )
    return Open311Destination(
        **{
            "destination": "county",
            "name": "The county",
            "endpoint": "https://county.example/open311/v2",
            "services": {"pothole": mapping},
            **values,
        }
    )


def sender(
    outside: FakeServer, report: Case | None = None, key: str | None = "k3y"
) -> Open311Sender:
    known = report or forwarded_case()
    client = Open311Client(lambda: outside, lambda _: key)
    return Open311Sender(lambda _: known, client, Clock())


def posts(*answers: Reply | Exception) -> FakeServer:
    return FakeServer({"POST requests.xml": list(answers)})


def test_report_is_posted_as_a_form_with_all_required_fields() -> None:
    outside = posts(TAKEN)
    there = county(jurisdiction_id="county.example")
    assert sender(outside).send(delivery(), there) == SendResult("C-1")
    assert outside.forms == [
        [
            ("jurisdiction_id", "county.example"),
            ("api_key", "k3y"),
            ("service_code", "POT"),
            ("lat", "53.959000"),
            ("long", "-1.081500"),
            ("address_string", "Low Petergate"),
            (
                "description",
                "Big hole\n\nA deep hole.\n\n"
                f"https://council.example/reports/{REFERENCE}\n\nOur reference: {GROUPED}",
            ),
            ("attribute[DEPTH]", "10 cm"),
            ("attribute[KIND][]", "round"),
            ("attribute[KIND][]", "wet"),
            ("attribute[fixmystreet_id]", REFERENCE),
            ("media_url", "https://council.example/1.jpg"),
            ("media_url", "https://council.example/2.jpg"),
        ]
    ]
    assert outside.headers[0]["idempotency-key"] == REFERENCE
    assert outside.headers[0]["content-type"].startswith("application/x-www-form-urlencoded")


def test_reporter_is_named_only_if_the_destination_passes_contact() -> None:
    outside = posts(TAKEN)
    sender(outside).send(delivery(), county())
    sender(outside).send(delivery(), county(passes_contact=True))
    silent, told = (dict(form) for form in outside.forms)
    who = {
        "first_name": "Ann",
        "last_name": "Other",
        "email": "ann@example.org",
        "phone": "01904 960123",
    }
    assert not set(silent) & set(who)
    assert who.items() <= told.items()


def test_non_public_report_is_sent_without_a_link_or_photos() -> None:
    outside = posts(TAKEN)
    private = forwarded_case(page_url=None, photo_urls=(), title=None)
    sender(outside, private).send(delivery(), county())
    form = dict(outside.forms[0])
    assert form["description"] == f"A deep hole.\n\nOur reference: {GROUPED}"
    assert "media_url" not in form


def test_grid_coordinates_are_sent_if_requested() -> None:
    outside = posts(TAKEN)
    mapping = ServiceMapping(
        service_code="POT", attributes={"easting": "easting", "northing": "northing"}
    )
    sender(outside).send(delivery(), county(services={"pothole": mapping}))
    form = dict(outside.forms[0])
    assert (form["attribute[easting]"], form["attribute[northing]"]) == ("460365", "451825")


BULKY = forwarded_case(service_code="bulky", work=COLLECTION, page_url=None, photo_urls=())


def attributes_sent(report: Case, **values: Any) -> list[tuple[str, str]]:
    """The attributes that a server gets of the report, which it knows as B."""
    outside = posts(TAKEN)
    mapping = ServiceMapping(service_code="B", **values)
    sender(outside, report).send(delivery(), county(services={report.service_code: mapping}))
    return [each for each in outside.forms[0] if each[0].startswith("attribute[")]


def test_all_work_is_sent_under_our_names_unless_the_council_maps_it() -> None:
    assert attributes_sent(BULKY) == [
        ("attribute[uprn]", "990000000001"),
        ("attribute[items][]", "2 × Sofa"),
        ("attribute[items][]", "1 × Fridge or freezer"),
        ("attribute[item-count]", "3"),
        ("attribute[booked-day]", "2026-06-15"),
        ("attribute[booked-slot]", "am"),
        ("attribute[booked-time]", "07:00"),
    ]
    assert attributes_sent(forwarded_case()) == [
        ("attribute[depth]", "10 cm"),
        ("attribute[kinds][]", "round"),
        ("attribute[kinds][]", "wet"),
    ]


def test_premises_are_sent_as_address_and_address_id() -> None:
    outside = posts(TAKEN)
    mapping = {"bulky": ServiceMapping(service_code="B")}
    sender(outside, BULKY).send(delivery(), county(services=mapping))
    place = {"address_string": "2 Dial Row, YO1 7HH", "address_id": "990000000001"}
    assert place.items() <= dict(outside.forms[0]).items()
    assert "address_id" not in dict(sent_form(forwarded_case()))


def sent_form(report: Case) -> list[tuple[str, str]]:
    outside = posts(TAKEN)
    sender(outside, report).send(delivery(), county())
    return outside.forms[0]


def test_work_is_sent_under_the_names_of_the_other_body() -> None:
    theirs = {"UPRN": "uprn", "Collection_Date": "booked-day", "WHICH": "container"}
    assert attributes_sent(BULKY, attributes=theirs) == [
        ("attribute[UPRN]", "990000000001"),
        ("attribute[Collection_Date]", "2026-06-15"),
    ]
    assert attributes_sent(BULKY, attributes={}) == []
    missed = MissedContainer(
        container="rubbish", name="Black bin", date=date(2026, 5, 28), disputes=False
    )
    bin_left = replace(BULKY, work=replace(WORK, answers=(), missed_collection=missed))
    assert attributes_sent(bin_left, attributes={"WHICH": "container", "D": "collection-date"}) == [
        ("attribute[WHICH]", "rubbish"),
        ("attribute[D]", "2026-05-28"),
    ]


def test_case_without_a_place_is_not_sent() -> None:
    outside = posts(TAKEN)
    with pytest.raises(DeliveryRefused, match="no_place"):
        sender(outside, forwarded_case(work=WorkDetails())).send(delivery(), county())
    assert outside.asked == []


def test_description_is_cut_but_never_the_reference() -> None:
    for length in (3_800, 3_950, 4_000):
        text = description_of(forwarded_case(description="x" * length), GROUPED)
        assert len(text) <= LONGEST_DESCRIPTION
        assert text.endswith(f"Our reference: {GROUPED}")
        assert f"/reports/{REFERENCE}" in text


def test_report_is_sent_without_a_key_when_the_destination_has_none() -> None:
    outside = posts(TAKEN)
    sender(outside, key=None).send(delivery(), county())
    assert "api_key" not in dict(outside.forms[0])


@pytest.mark.parametrize("number", [301, 302, 400, 401, 403, 404, 410, 413, 422])
def test_report_is_not_resent_when_the_destination_refuses_it(number: int) -> None:
    with pytest.raises(DeliveryRefused, match=f"http_{number}"):
        sender(posts(status_reply(number))).send(delivery(), county())


@pytest.mark.parametrize("number", [425, 429])
def test_report_is_sent_later_when_the_destination_says_so(number: int) -> None:
    with pytest.raises(NotNow) as caught:
        sender(posts(status_reply(number, **{"retry-after": "17"}))).send(delivery(), county())
    assert (caught.value.code, caught.value.retry_after_s) == (f"http_{number}", 17)


@pytest.mark.parametrize("number", [408, 409, 500, 502, 503, 504, 520])
def test_outcome_is_unclear_when_the_other_server_failed(number: int) -> None:
    with pytest.raises(DeliveryUnclear, match=f"http_{number}") as caught:
        sender(posts(status_reply(number, **{"retry-after": "17"}))).send(delivery(), county())
    assert caught.value.retry_after_s == 17


def test_outcome_is_unclear_when_the_reply_cannot_be_read() -> None:
    with pytest.raises(DeliveryUnclear, match="unreadable"):
        sender(posts(status_reply(200))).send(delivery(), county())


def test_transport_failures_keep_their_kind() -> None:
    with pytest.raises(DeliveryRefused, match="address_refused"):
        sender(posts(AddressRefused("no"))).send(delivery(), county())
    for error in (NoReply("lost"), UpstreamFailed("away")):
        with pytest.raises(type(error)):
            sender(posts(error)).send(delivery(), county())


def test_nothing_is_sent_when_the_report_may_no_longer_be_passed_on() -> None:
    outside = posts(TAKEN)
    client = Open311Client(lambda: outside, lambda _: None)
    gone = Open311Sender(lambda _: None, client, Clock())
    with pytest.raises(DeliveryRefused, match="not_to_be_passed_on"):
        gone.send(delivery(), county())
    with pytest.raises(DeliveryRefused, match="no_such_service"):
        sender(outside, forwarded_case(service_code="graffiti")).send(delivery(), county())
    assert outside.asked == []


def test_empty_reply_is_enough_when_the_server_accepts_reports_so() -> None:
    blackbox = open311_answer([{"service_notice": "Thank you."}])
    assert sender(posts(blackbox)).send(delivery(), county()) == SendResult(None)
    assert sender(posts(NONE)).send(delivery(), county()) == SendResult(None)


def test_token_is_exchanged_for_its_id_at_once_or_stored() -> None:
    outside = posts(open311_answer([{"token": "t/1"}]))
    outside.answers["GET t%2F1.xml"] = [
        open311_answer([{"service_request_id": "C-9", "token": "t/1"}])
    ]
    assert sender(outside).send(delivery(), county()) == SendResult("C-9")
    outside.answers["GET t%2F1.xml"] = [
        open311_answer([{"service_request_id": "", "token": "t/1"}])
    ]
    assert sender(outside).send(delivery(), county()) == SendResult("token:t/1")


@pytest.mark.parametrize(
    "said", [NoReply("lost"), UpstreamFailed("away"), status_reply(404), status_reply(500)]
)
def test_report_counts_as_sent_when_its_token_cannot_be_exchanged(said: Reply | Exception) -> None:
    outside = posts(open311_answer([{"token": "t1"}]))
    outside.answers["GET t1.xml"] = [said]
    assert sender(outside).send(delivery(), county()) == SendResult("token:t1")


# Whether it arrived


def listed(*pages: Reply | Exception) -> FakeServer:
    return FakeServer({"GET requests.xml": list(pages)})


def row(number: str, text: str) -> dict[str, str]:
    return {"service_request_id": number, "description": text}


def test_report_is_found_by_our_reference_among_the_requests_of_the_period() -> None:
    outside = listed(
        open311_answer(
            [row("C-1", "Something else"), row("C-2", f"A hole\nOur reference: {GROUPED}")]
        )
    )
    assert sender(outside).find(delivery(), county()) == SendResult("C-2")
    (method, path, query) = outside.asked[0]
    assert (method, path) == ("GET", "/open311/v2/requests.xml")
    assert query["start_date"] == ["2026-06-01T11:00:00Z"]
    assert query["service_code"] == ["POT"]
    assert query["end_date"] == ["2026-06-01T12:00:00Z"]
    assert "api_key" not in query


def test_report_is_found_when_it_was_closed_or_moved_meanwhile() -> None:
    codes = {"pothole": "POT", "kerb": "K"}
    mapping = {ours: ServiceMapping(service_code=theirs) for ours, theirs in codes.items()}
    for known in (None, forwarded_case(service_code="graffiti")):
        outside = listed(open311_answer([row("C-2", f"Our reference: {GROUPED}")]))
        client = Open311Client(lambda here=outside: here, lambda _: None)  # type: ignore[misc]
        cases = {delivery().service_request_id: known}
        here = Open311Sender(cases.get, client, Clock())
        assert here.find(delivery(), county(services=mapping)) == SendResult("C-2")
        assert outside.asked[0][2]["service_code"] == ["K,POT"]


def test_report_is_looked_for_on_every_page() -> None:
    outside = listed(
        open311_answer([row("C-1", "one")]),
        open311_answer([row("C-2", "two")]),
        open311_answer([row("C-3", f"Our reference: {GROUPED}")]),
    )
    assert sender(outside).find(delivery(), county()) == SendResult("C-3")
    assert [query["page"] for _, _, query in outside.asked] == [["1"], ["2"], ["3"]]


def test_report_is_missing_when_the_list_ends_or_repeats() -> None:
    for outside in (listed(NONE), listed(open311_answer([row("C-1", "one")]), NONE)):
        assert sender(outside).find(delivery(), county()) is None
    same = listed(open311_answer([row("C-1", "one")]))
    assert sender(same).find(delivery(), county()) is None
    assert len(same.asked) == 2


def test_outcome_stays_unclear_when_there_are_too_many_pages() -> None:
    pages = [open311_answer([row(f"C-{number}", "one")]) for number in range(MOST_PAGES + 1)]
    outside = listed(*pages)
    with pytest.raises(DeliveryUnclear, match="not_looked_through"):
        sender(outside).find(delivery(), county())
    assert len(outside.asked) == MOST_PAGES


def test_id_that_could_not_be_looked_up_is_none() -> None:
    for length, known in ((LONGEST_ID, "x" * LONGEST_ID), (LONGEST_ID + 1, None)):
        taken = open311_answer([{"service_request_id": "x" * length}])
        assert sender(posts(taken)).send(delivery(), county()) == SendResult(known)


def test_report_is_resent_when_the_destination_lists_nothing() -> None:
    assert sender(listed(status_reply(404))).find(delivery(), county()) is None


@pytest.mark.parametrize(
    "said", [NoReply("lost"), UpstreamFailed("away"), status_reply(200), status_reply(500)]
)
def test_outcome_stays_unclear_when_the_destination_cannot_be_queried(
    said: Reply | Exception,
) -> None:
    with pytest.raises(UpstreamFailed):
        sender(listed(said)).find(delivery(), county())


def test_api_key_and_contact_are_in_no_address() -> None:
    outside = posts(TAKEN)
    outside.answers |= listed(NONE).answers
    here = sender(outside)
    here.send(delivery(), county(passes_contact=True))
    here.find(delivery(occurred_at=NOON), county(passes_contact=True))
    assert "k3y" not in str(outside.asked) and "ann@" not in str(outside.asked)
