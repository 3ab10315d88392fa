from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.errors import Conflict, NotFound
from chalicelib.reports.drafts import FlagDraft, ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Contact
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author, Client
from chalicelib.reports.usecases.reading import public_views, view_report
from chalicelib.reports.usecases.resident.flagging import MOST_SENDERS, flag_report
from chalicelib.reports.usecases.resident.withdrawing import WITHDRAW_WITHIN, withdraw_report
from chalicelib.reports.usecases.staff.case_changes import change_report
from chalicelib.reports.usecases.staff.moderation import (
    list_needing_attention,
    publish_held_reports,
)
from chalicelib.reports.usecases.submission import submit
from chalicelib.reports.usecases.updating import add_update
from tests.support.builders import draft, update_draft
from tests.support.councils import council_named
from tests.support.fakes import Clock

ANYBODY = Author()
OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
SECOND = timedelta(seconds=1)


@pytest.fixture
def slow(ports: Ports) -> Ports:
    """A council that holds every report for ten minutes."""
    return replace(
        ports, council=msgspec.structs.replace(council_named("demo"), publish_after_s=600)
    )


def test_flag_is_stored_once_for_an_officer_and_changes_nothing_public(ports: Ports) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    request_id = report.service_request_id
    before = view_report(request_id, ANYBODY, ports)
    for key in ("phone-1", "phone-1", "phone-2"):
        flag_report(
            request_id, FlagDraft(reason="personal_data", text="A name."), key, ANYBODY, ports
        )
    after = view_report(request_id, ANYBODY, ports)
    assert replace_version(after, before.version) == before
    seen = view_report(request_id, OFFICER, ports)
    assert [each.reason for each in seen.flags] == ["personal_data"] * 2  # type: ignore[attr-defined]
    (waiting,) = list_needing_attention(
        "flagged", OFFICER, limit=10, after=None, ports=ports
    ).reports
    assert waiting.service_request_id == request_id


def replace_version(seen: object, version: int) -> object:
    return msgspec.structs.replace(seen, version=version)  # type: ignore[type-var]


def test_flag_is_a_conflict_when_its_key_was_used_for_another(ports: Ports) -> None:
    request_id = submit(draft(), "key", ANYBODY, ports).service_request_id
    flag_report(request_id, FlagDraft(reason="other"), "phone", ANYBODY, ports)
    with pytest.raises(Conflict):
        flag_report(request_id, FlagDraft(reason="offensive"), "phone", ANYBODY, ports)


def flagged(
    request_id: str, number: int, ports: Ports, *, network: str = "", **said: Any
) -> ServiceRequest:
    """After one flag, of a network of its own where none is named."""
    said = {"reason": "other", "text": f"Number {number}.", **said}
    client = Client(network or f"network-{number}", "device")
    key = f"phone-{number}"
    return flag_report(request_id, FlagDraft(**said), key, ANYBODY, ports, client=client)


def test_flag_is_kept_when_one_sender_sent_twenty_before(ports: Ports) -> None:
    request_id = submit(draft(), "key", ANYBODY, ports).service_request_id
    for number in range(20):
        flagged(request_id, number, ports, network="a-flood", text="Junk.")
    after = flagged(request_id, 20, ports, text="My phone number is in it.")
    assert [each.text for each in after.flags] == ["Junk.", "My phone number is in it."]


def test_flags_of_one_sender_and_reason_are_merged_with_all_texts(ports: Ports) -> None:
    request_id = submit(draft(), "key", ANYBODY, ports).service_request_id
    for number, text in enumerate(("A name.", "A name.", None, "And an address.")):
        flagged(request_id, number, ports, network="one", text=text)
    after = flagged(request_id, 9, ports, network="one", reason="offensive")
    assert [(each.reason, each.text) for each in after.flags] == [
        ("other", "A name.\nAnd an address."),
        ("offensive", "Number 9."),
    ]
    again = flagged(request_id, 3, ports, network="one", text="And an address.")
    assert again.flags == after.flags
    with pytest.raises(Conflict, match="Idempotency-Key"):
        flagged(request_id, 3, ports, network="one", text="Quite another.")


def test_flag_is_refused_with_an_explanation_when_its_text_has_no_room(
    ports: Ports,
) -> None:
    request_id = submit(draft(), "key", ANYBODY, ports).service_request_id
    for number in range(2):
        flagged(request_id, number, ports, network="one", text=str(number) * 499)
    with pytest.raises(Conflict, match="could not store") as refused:
        flagged(request_id, 2, ports, network="one", text="2" * 499)
    assert ports.council.phone in refused.value.detail


def test_flag_is_refused_with_an_explanation_when_its_reason_is_full_and_stored_under_another(
    ports: Ports,
) -> None:
    request_id = submit(draft(), "key", ANYBODY, ports).service_request_id
    for number in range(MOST_SENDERS):
        flagged(request_id, number, ports)
    with pytest.raises(Conflict, match="could not store") as refused:
        flagged(request_id, MOST_SENDERS, ports)
    assert ports.council.phone in refused.value.detail
    # A repeat of a stored flag is still answered.
    assert len(flagged(request_id, 0, ports).flags) == MOST_SENDERS
    after = flagged(request_id, 99, ports, reason="personal_data")
    assert after.flags[-1].text == "Number 99."


def test_sender_of_a_flag_is_an_account_or_an_identifier_for_this_report_only(ports: Ports) -> None:
    one, two = (submit(draft(), key, ANYBODY, ports).service_request_id for key in ("a", "b"))
    draft_of_it = FlagDraft(reason="other")
    for request_id in (one, two):
        flagged(request_id, 1, ports, network="home", text=None)
        flag_report(request_id, draft_of_it, "k", Author("ann"), ports)
    stored = [ports.repository.get(request_id) for request_id in (one, two)]
    (network_1, ann_1), (network_2, ann_2) = ([f.sender for f in r.flags] for r in stored if r)
    assert network_1 != network_2 and ann_1 == ann_2
    assert "home" not in str(network_1) and "ann" not in str(ann_1)


def test_sender_of_a_flag_is_hidden_from_officers(ports: Ports) -> None:
    request_id = submit(draft(), "key", ANYBODY, ports).service_request_id
    sent = flagged(request_id, 1, ports).flags[0].sender
    seen = view_report(request_id, OFFICER, ports)
    assert sent and sent not in msgspec.json.encode(seen).decode()


def test_flagged_report_leaves_the_list_when_an_officer_has_settled_it(ports: Ports) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    flag_report(report.service_request_id, FlagDraft(reason="other"), "phone", ANYBODY, ports)
    change_report(report.service_request_id, ReportChanges(flags_settled=True), 2, OFFICER, ports)
    assert (
        list_needing_attention("flagged", OFFICER, limit=10, after=None, ports=ports).reports == []
    )


def test_non_public_report_cannot_be_flagged(ports: Ports) -> None:
    report = submit(draft(service_code="graffiti"), "key", ANYBODY, ports)
    with pytest.raises(NotFound):
        flag_report(report.service_request_id, FlagDraft(reason="other"), "phone", ANYBODY, ports)


@pytest.mark.parametrize("late", [-SECOND, timedelta(0)])
def test_withdrawn_report_is_gone_and_empty(late: timedelta, ports: Ports, clock: Clock) -> None:
    contact = Contact(email="canary@example.org")
    said = draft(title="Canary", description="canary", address="Canary", contact=contact)
    report = submit(said, "key", Author("account-1"), ports)
    clock.now += WITHDRAW_WITHIN + late
    gone = withdraw_report(report.service_request_id, "key", Author("account-1"), ports)
    assert (gone.state, gone.visibility) == ("cancelled", "withdrawn")
    stored = ports.repository.get(report.service_request_id)
    assert stored and stored.point is None
    assert "canary" not in repr(stored).lower() and "account-1" not in repr(stored)
    assert public_views([report.service_request_id], ports) == {}
    with pytest.raises(NotFound):
        view_report(report.service_request_id, Author("account-1"), ports)
    with pytest.raises(NotFound):
        token = ports.ids.link_token(report.service_request_id)
        view_report(report.service_request_id, Author(token=token), ports)


def test_archived_updates_are_deleted_when_the_report_is_withdrawn(
    ports: Ports,
) -> None:
    request_id = submit(draft(), "key", ANYBODY, ports).service_request_id
    for number in range(40):
        add_update(request_id, update_draft(text="x" * 1999), f"u{number}", ANYBODY, ports)
    assert ports.repository.list_archived_updates(request_id)
    withdraw_report(request_id, "key", ANYBODY, ports)
    assert ports.repository.list_archived_updates(request_id) == []


def test_report_cannot_be_withdrawn_when_others_were_merged_into_it(ports: Ports) -> None:
    one, two = submit(draft(), "one", ANYBODY, ports), submit(draft(), "two", ANYBODY, ports)
    merging = ReportChanges(duplicate_of=two.service_request_id)
    change_report(one.service_request_id, merging, one.version, OFFICER, ports)
    with pytest.raises(Conflict, match="merged into this one"):
        withdraw_report(two.service_request_id, "two", ANYBODY, ports)
    assert view_report(two.service_request_id, ANYBODY, ports).description == "A deep hole."


def test_repeated_withdrawal_gets_the_same_response(ports: Ports, clock: Clock) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    first = withdraw_report(report.service_request_id, "key", ANYBODY, ports)
    clock.now += timedelta(hours=1)
    assert withdraw_report(report.service_request_id, "key", ANYBODY, ports) == first


def test_withdrawal_is_refused_when_its_time_is_over(ports: Ports, clock: Clock) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    clock.now += WITHDRAW_WITHIN + SECOND
    with pytest.raises(Conflict, match="5 minutes"):
        withdraw_report(report.service_request_id, "key", ANYBODY, ports)
    assert view_report(report.service_request_id, ANYBODY, ports).description == "A deep hole."


@pytest.mark.parametrize(("key", "author"), [("other", ANYBODY), ("key", Author("somebody"))])
def test_withdrawal_by_another_person_finds_nothing(key: str, author: Author, ports: Ports) -> None:
    report = submit(draft(), "key", ANYBODY, ports)
    with pytest.raises(NotFound):
        withdraw_report(report.service_request_id, key, author, ports)
    assert view_report(report.service_request_id, ANYBODY, ports).state == "open"


@pytest.mark.parametrize(("early", "released"), [(SECOND, 0), (timedelta(0), 1), (-SECOND, 1)])
def test_held_report_is_public_from_its_exact_time(
    early: timedelta, released: int, slow: Ports, clock: Clock
) -> None:
    report = submit(draft(), "key", ANYBODY, slow)
    clock.now += timedelta(seconds=600) - early
    assert publish_held_reports(slow) == released
    assert len(public_views([report.service_request_id], slow)) == released
    assert publish_held_reports(slow) == 0


def test_held_report_stays_hidden_when_an_officer_hid_it_meanwhile(
    slow: Ports, clock: Clock
) -> None:
    report = submit(draft(), "key", ANYBODY, slow)
    change_report(report.service_request_id, ReportChanges(visibility="hidden"), 1, OFFICER, slow)
    clock.now += timedelta(hours=1)
    assert publish_held_reports(slow) == 0
    assert public_views([report.service_request_id], slow) == {}


def test_many_held_reports_are_all_released(slow: Ports, clock: Clock) -> None:
    for number in range(230):
        submit(draft(), f"key-{number}", ANYBODY, slow)
    clock.now += timedelta(hours=1)
    assert publish_held_reports(slow) == 230
