"""The export has everything that the data registry calls personal; what it has not it names."""

import re
from collections.abc import Iterable
from datetime import timedelta
from html import escape
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.accounts.model import Destination, Grant
from chalicelib.alerts.model import Topic
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.catalogue.prices import OrderItem, PriceLine
from chalicelib.privacy.export_exclusions import REASONS
from chalicelib.privacy.page import UNREADABLE
from chalicelib.privacy.registry import Row, load_registry
from chalicelib.reports.needs import Need
from chalicelib.reports.orders import BookedSlot, Order
from chalicelib.reports.parts import Flag, HeldUpdate, MissedCollection, Question
from chalicelib.reports.usecases.access import Author, author_digest
from chalicelib.reports.usecases.updating import add_update
from infra.tokens import token_of
from tests.api.conftest import Api
from tests.support.builders import NOON, update_draft
from tests.support.fakes_alerts import subscription
from tests.support.personal_data import Resident, resident

EMPTY = ("account.disabled_at",)
"""Whose account is closed gets no export."""
PICTURES = {
    "{service_request_id}/{photo_id}/page.jpg": "page",
    "{service_request_id}/{photo_id}/thumbnail.jpg": "thumbnail",
}
SENDERS = ("note.sender", "report.flags.text", "report.questions.asked_by")
"""Personal data of others: who answered or asked, and the words of people who flagged a report."""
FLAGGED = "I live next door."
ORDER = Order(
    items=(OrderItem(code="mattress", count=2),),
    lines=(PriceLine(text="Mattress × 2", amount_pence=4000, vat_pence=667, vat_percent=20),),
    amount_pence=4000,
    fund="BULKY",
    booking=BookedSlot(
        hold_id="hold", place=SlotOfDay(calendar="bulky", day=NOON.date(), slot="day"), units=2
    ),
    state="cancelled",
    paid_by="receipt",
    receipt="R-1",
    paid_at=NOON,
    refund_pence=4000,
)


@pytest.fixture(scope="module")
def owner(here: Api) -> Resident:
    """A person who left data everywhere, with a photo and a flag on their report."""
    made, ports = resident(1, with_long_timeline=True, with_answers=True), reports_ports()
    report = ports.repository.get(made.reports[1])
    assert report
    flags = (Flag(flag_id="F", reason="other", text=FLAGGED, datetime=NOON),)
    questions = (
        Question(
            question_id="Q",
            number=1,
            text="Which side is it on?",
            asked_at=NOON,
            asked_by="an-officer",
            fingerprint="F",
            answered_at=NOON,
            answer=f"On the left. {made.canary}",
        ),
    )
    needs = (Need(need_id="N", reason="could_not", since=NOON, by="crew:north", why="Locked."),)
    held = (HeldUpdate(update_id="H", datetime=NOON, text="It is worse.", by="resident"),)
    ports.repository.save(
        replace(
            report,
            flags=flags,
            questions=questions,
            order=ORDER,
            needs=needs,
            held_updates=held,
            address="A street",
            premises_id="100",
            collection=MissedCollection(container="rubbish", date=NOON.date(), disputes=True),
        )
    )
    bins = Topic(kind="bins", premises_id="100")
    account_id = made.account.account_id
    alerts_ports().subscriptions.add(
        subscription(topic=bins, subscription_id="B", account_id=account_id, to=None)
    )
    works = Grant(role="crew", teams=("highways",), wards=("E05001",))
    made.account = accounts_ports().accounts.save(
        replace(
            made.account,
            grants=(works,),
            invited=Destination("email", made.canary),
            work_name=made.canary,
            work_email=f"{made.canary}@council.example",
        )
    )
    return made


@pytest.fixture(scope="module")
def export(here: Api, owner: Resident) -> dict[str, Any]:
    token = token_of(owner.account, timedelta(minutes=5), "A test", accounts_ports())
    answer = here.get("/api/account/export", token)
    assert answer.status_code == 200, answer.body
    found: dict[str, Any] = answer.json_body
    return found


def values(item: Any, way: list[str]) -> Iterable[Any]:
    """Everything that lies under that way in what the export has."""
    if isinstance(item, list):
        for each in item:
            yield from values(each, way)
    elif not way:
        yield item
    elif isinstance(item, dict) and way[0] in item:
        yield from values(item[way[0]], way[1:])


def uncovered(row: Row, export: dict[str, Any]) -> bool:
    """True for what is personal and neither in the export nor named as lying elsewhere."""
    name = f"{row.store}.{row.attribute}"
    if row.personal == "no" or row.store in REASONS or name in SENDERS:
        return False
    way = PICTURES.get(row.attribute, row.attribute).split(".")
    found = list(values(export["records"].get(row.store, []), way))
    return not found or (name not in EMPTY and not any(each not in (None, "") for each in found))


def test_export_has_every_personal_attribute(export: dict[str, Any]) -> None:
    assert [
        f"{row.store}.{row.attribute}" for row in load_registry().rows if uncovered(row, export)
    ] == []


def test_missing_attribute_is_detected_when_the_export_lacks_it(export: dict[str, Any]) -> None:
    row = next(
        row for row in load_registry().rows if row.personal != "no" and row.store == "account"
    )
    planted = msgspec.structs.replace(row, attribute="shoe_size")
    assert uncovered(planted, export)
    assert uncovered(msgspec.structs.replace(planted, store="new-store"), export)


def test_data_outside_the_export_is_personal_and_named(export: dict[str, Any]) -> None:
    personal = {row.store for row in load_registry().rows if row.personal != "no"}
    assert set(REASONS) <= personal
    assert len(export["not_included"]) == len(REASONS)


def test_export_has_only_the_persons_own_text(here: Api, owner: Resident) -> None:
    other = resident(2)
    token = token_of(other.account, timedelta(minutes=5), "A test", accounts_ports())
    text = here.get("/api/account/export", token).body.decode()
    assert other.canary in text and owner.canary not in text
    assert here.get("/api/account/export").status_code == 401


def test_export_has_nothing_that_others_wrote(export: dict[str, Any], owner: Resident) -> None:
    assert FLAGGED not in str(export)
    theirs = [report for report in export["records"]["report"] if "description" not in report]
    answered, written, address = theirs[:2], theirs[2:-1], theirs[-1]
    assert address == {
        "service_request_id": owner.with_same_email,
        "contact": {"email": f"{owner.canary}@example.org"},
    }
    for report in answered:
        (update,) = report["updates"]
        assert set(report) == {"service_request_id", "updates"}
        assert update["text"].startswith("Not so, says ") and update["by"] == "resident"
    said = [each["text"] for report in written for each in report.get("updates", ())]
    flagged = [each["text"] for report in written for each in report.get("flags", ())]
    assert len(written) == len(said) + len(flagged) == 4
    assert set(said) == {"Seen too, says everybody.", f"Seen too, says {owner.canary}."}
    assert set(flagged) == {f"Flagged by {owner.canary}."}


def test_export_has_no_digest_that_finds_what_others_wrote(here: Api) -> None:
    ports = reports_ports()
    one, other = resident(3), resident(4)
    author = Author(other.account.account_id)
    add_update(one.reports[0], update_draft(text="By a neighbour."), "n", author, ports)
    token = token_of(one.account, timedelta(minutes=5), "A test", accounts_ports())
    text = here.get("/api/account/export", token).body.decode()
    assert "By a neighbour." in text
    assert author_digest(other.account.account_id, ports) not in text
    assert author_digest(one.account.account_id, ports) in text


def test_export_has_the_answer_with_its_text_and_photo(
    export: dict[str, Any], owner: Resident
) -> None:
    answers = export["records"]["answer"]
    assert [(each["repair"], each["is_fixed"]) for each in answers] == [(1, False)] * 2
    assert {each["person"] for each in answers} == set(owner.others[-2:])
    about = {each["service_request_id"] for each in answers}
    said = [each for each in export["records"]["report"] if each["service_request_id"] in about]
    texts = {update["text"] for each in said for update in each.get("updates", ())}
    assert texts >= {"Not so, says everybody.", f"Not so, says {owner.canary}."}
    shown = {each["service_request_id"] for each in export["records"]["pictures"]}
    assert about <= shown


def test_export_has_the_code_for_an_unconfirmed_address(export: dict[str, Any]) -> None:
    addresses = {each["address"] for each in export["records"]["attempt"]}
    assert len(addresses) == len(export["records"]["attempt"]) == 3


def test_parts_of_an_export_contain_everything(
    here: Api, owner: Resident, export: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.reports.usecases.resident.exporting.AT_MOST_BYTES", 1000)
    token = token_of(owner.account, timedelta(minutes=5), "A test", accounts_ports())
    together: dict[str, list[Any]] = {}
    cursor = ""
    while cursor is not None:
        part = here.get(f"/api/account/export?cursor={cursor}", token).json_body
        for store, items in part["records"].items():
            together[store] = [*together.get(store, []), *items]
        cursor = part["next"]
    signed = ("pictures", "session")
    assert {name: together[name] for name in together if name not in signed} == {
        name: items for name, items in export["records"].items() if name not in signed
    }
    assert len(together["pictures"]) == len(export["records"]["pictures"])


@pytest.mark.parametrize("cursor", ["x", "2026-06-01T12:00:00Z~R00000000001~x", "~1"])
def test_unknown_cursor_is_refused(cursor: str, here: Api, owner: Resident) -> None:
    token = token_of(owner.account, timedelta(minutes=5), "A test", accounts_ports())
    assert here.get(f"/api/account/export?cursor={cursor}", token).status_code == 400


def test_page_has_all_personal_data_that_a_reader_understands(
    here: Api, owner: Resident, export: dict[str, Any]
) -> None:
    token = token_of(owner.account, timedelta(minutes=5), "A test", accounts_ports())
    page = here.get("/api/account/export/page", token).body.decode()
    held = {"report.attributes": "What kind of nuisance is it?"}
    personal = [
        (f"{row.store}.{row.attribute}", row.what)
        for row in load_registry().rows
        if row.personal != "no" and row.store in export["records"] and row.store != "pictures"
    ]
    said = {name for name, what in personal if f"<dt>{escape(held.get(name, what))}</dt>" in page}
    silent = {*UNREADABLE, *EMPTY, *SENDERS, "account.work_name", "account.work_email"}
    assert {name for name, _ in personal} - said <= silent | {"report.flags.text"}


def test_page_matches_the_export_and_escapes_typed_text(here: Api, owner: Resident) -> None:
    token = token_of(owner.account, timedelta(minutes=5), "A test", accounts_ports())
    page = here.get("/api/account/export/page", token)
    assert page.status_code == 200 and owner.canary in page.body.decode()
    assert "Your email address" in page.body.decode() and "<script" not in page.body.decode()


def test_page_says_what_was_booked_and_paid(here: Api, owner: Resident) -> None:
    token = token_of(owner.account, timedelta(minutes=5), "A test", accounts_ports())
    page = here.get("/api/account/export/page", token).body.decode()
    assert {"Mattress × 2", "£40", "R-1"} <= set(re.findall(r"<dd>(.*?)</dd>", page))
