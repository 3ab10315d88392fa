"""What is kept of somebody's reports comes in parts, and nothing of anybody else's."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.reports.parts import Contact, Flag, Note, Photo
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.resident.exporting import (
    AT_MOST_BYTES,
    ContributionMark,
    ReportMark,
    export,
)
from tests.support.builders import NOON, report, update
from tests.support.fakes import MemoryRepository

OWNER = Author("known", email_keys=("e",))
TEXT = "x" * 1990
AT_ONCE = 3


def plant(repository: MemoryRepository, number: int, older: int = 0) -> None:
    """The person's report with so many updates that some are kept beside it."""
    updates = [update(each, text=TEXT, update_id=f"U{each:011}") for each in range(older)]
    made = report(number, reporter="known", archived=older)
    repository.create(replace(made, photos=(Photo(photo_id=f"P{number}", state="shown"),)))
    repository.archive_updates(made.service_request_id, updates, first=0, version=1)
    note = Note(note_id="n", datetime=NOON, sender="team@example.org", text=f"Note {number}")
    repository.add_note(made.service_request_id, note)


def parts(ports: Ports) -> list[dict[str, list[dict[str, Any]]]]:
    """What each of the answers has, to the last."""
    found = []
    after: ReportMark | ContributionMark | None = None
    while True:
        held, after = export(OWNER, people=(), limit=AT_ONCE, after=after, ports=ports)
        found.append(held)
        if after is None:
            return found


@pytest.mark.parametrize("older", [(0,) * 7, (0, 1200, 3, 0), (500, 499, 501)])
def test_parts_of_an_export_are_small_and_complete(
    older: tuple[int, ...], ports: Ports, repository: MemoryRepository
) -> None:
    for number, updates in enumerate(older):
        plant(repository, number, updates)
    answers = parts(ports)
    largest = max(len(msgspec.json.encode(each)) for each in answers)
    assert largest <= AT_MOST_BYTES * 1.1
    ids = [f"R{number:011}" for number in reversed(range(len(older)))]
    for store in ("report", "note", "pictures"):
        said = [each["service_request_id"] for held in answers for each in held.get(store, [])]
        assert said == ids
    wanted = [(key, each) for key in ids for each in range(older[int(key[1:])])]
    assert [
        (each["service_request_id"], int(each["entry"]["update_id"][1:]))
        for held in answers
        for each in held.get("archived-update", [])
    ] == wanted


def test_part_can_end_within_a_timeline_of_the_own_report_only(
    ports: Ports, repository: MemoryRepository
) -> None:
    plant(repository, 1, older=3)
    within = ReportMark((NOON, "R00000000001"), 1)
    held, following = export(OWNER, people=(), limit=AT_ONCE, after=within, ports=ports)
    assert set(held) == {"archived-update"} and len(held["archived-update"]) == 2
    assert following is None
    held, _ = export(Author("somebody"), people=(), limit=AT_ONCE, after=within, ports=ports)
    assert held == {}


def test_flags_of_others_have_no_text_in_an_export(
    ports: Ports, repository: MemoryRepository
) -> None:
    flag = Flag(flag_id="F", reason="other", text="I live next door to them.", datetime=NOON)
    repository.create(report(1, reporter="known", flags=(flag,)))
    held, _ = export(OWNER, people=(), limit=AT_ONCE, after=None, ports=ports)
    assert held["report"][0]["flags"] == [{"reason": "other", "datetime": "2026-06-01T12:00:00Z"}]


def test_export_of_another_persons_report_has_only_the_own_address(
    ports: Ports, repository: MemoryRepository
) -> None:
    contact = Contact(name="Somebody else", email="shared@example.org", phone="07700 900777")
    repository.create(report(1, reporter="other", contact=contact, email_key="e", phone_key="p"))
    repository.archive_updates("R00000000001", [update()], first=0, version=1)
    held, _ = export(OWNER, people=(), limit=AT_ONCE, after=None, ports=ports)
    mine = {"service_request_id": "R00000000001", "contact": {"email": "shared@example.org"}}
    assert held == {"report": [mine]}
