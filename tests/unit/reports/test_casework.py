"""Officers write notes, change one case or many, and take back what they did."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.errors import Conflict, Forbidden, Invalid, NotFound
from chalicelib.reports.cases import BulkDraft, OneOfMany, SharedChanges, UndoRecord
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.needs import Need, open_needs
from chalicelib.reports.parts import HeldUpdate, Photo
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author, Remit
from chalicelib.reports.usecases.attention import add_need
from chalicelib.reports.usecases.following import follow_report
from chalicelib.reports.usecases.staff.case_changes import change_report
from chalicelib.reports.usecases.staff.casework import (
    OFFICER,
    BulkResult,
    change_case,
    change_cases,
    write_note,
)
from chalicelib.reports.usecases.staff.undo import undo_change
from chalicelib.reports.usecases.updating import add_update
from tests.support.builders import NOON, report, update_draft
from tests.support.fakes import MemoryRepository

COLLEAGUE = Author("colleague", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
ELSEWHERE = Author("other", officer_in=(Remit(teams=("parks",)),))
PHOTO = "0" * 26


@pytest.fixture
def request_id(repository: MemoryRepository) -> str:
    photos = (Photo(photo_id=PHOTO, state="shown"),)
    return repository.create(report(photos=photos)).service_request_id


def stored(request_id: str, ports: Ports) -> ServiceRequest:
    found = ports.repository.get(request_id)
    assert found
    return found


def changed(request_id: str, ports: Ports, reply: str | None = None, **values: Any) -> UndoRecord:
    version = stored(request_id, ports).version
    left = change_case(
        request_id, ReportChanges(**values), version, COLLEAGUE, ports, reply=reply
    ).undo
    assert left
    return left


def result_of(left: UndoRecord | None, author: Author, ports: Ports) -> str:
    assert left
    back = undo_change(left, author, ports)
    assert back
    return back.result


def said(report: ServiceRequest) -> list[tuple[str, str]]:
    return [(update.state, update.text) for update in report.updates]


def test_note_is_stored_once_with_its_author(request_id: str, ports: Ports) -> None:
    for _ in range(2):
        note, _ = write_note(request_id, "I rang the reporter.", "k", COLLEAGUE, ports)
    (kept,) = ports.repository.list_notes(request_id)
    assert kept == note and (kept.sender, kept.text) == (
        f"{OFFICER}colleague",
        "I rang the reporter.",
    )
    with pytest.raises(Conflict, match="Something else"):
        write_note(request_id, "I did not.", "k", COLLEAGUE, ports)
    with pytest.raises(Forbidden):
        write_note(request_id, "x", "k2", ELSEWHERE, ports)


def test_reply_is_in_the_timeline_with_its_state(request_id: str, ports: Ports) -> None:
    changed(request_id, ports, "We come on Friday.", state="action_scheduled")
    changed(request_id, ports, "It is a big one.")
    after = stored(request_id, ports)
    assert said(after) == [
        ("action_scheduled", "We come on Friday."),
        ("action_scheduled", "It is a big one."),
    ]
    assert {update.by for update in after.updates} == {"council"}


@pytest.mark.parametrize(
    "values",
    [
        {"state": "closed"},
        {"state": "fixed"},
        {"team": "parks"},
        {"priority": "urgent"},
        {"service_code": "litter"},
        {"service_code": "noise-nuisance"},
        {"visibility": "hidden"},
        {"photos": {PHOTO: "hidden"}},
        {"lat": 53.95, "long": -1.08},
        {"state": "in_progress", "team": "parks", "priority": "low"},
    ],
)
def test_report_has_its_earlier_values_when_a_change_is_undone(
    values: Any, request_id: str, ports: Ports
) -> None:
    before = stored(request_id, ports)
    left = msgspec.convert(msgspec.to_builtins(changed(request_id, ports, **values)), UndoRecord)
    assert result_of(left, COLLEAGUE, ports) == "undone"
    after = stored(request_id, ports)
    counted = ("version", "redactions", "updated_datetime", "once_public", "officer_changes")
    same = {name: getattr(after, name) for name in counted}
    assert after == replace(before, **same)
    assert result_of(left, COLLEAGUE, ports) == "undone"
    assert stored(request_id, ports) == after


def test_reply_is_removed_when_its_change_is_undone(request_id: str, ports: Ports) -> None:
    left = changed(request_id, ports, "Done!", state="fixed")
    redactions = stored(request_id, ports).redactions
    undo_change(left, COLLEAGUE, ports)
    after = stored(request_id, ports)
    assert (said(after), after.state, after.repairs) == ([], "open", 0)
    assert after.redactions > redactions, "What was public goes from all copies."


def test_state_is_restored_and_the_entry_stays_when_another_follows(
    request_id: str, ports: Ports
) -> None:
    left = changed(request_id, ports, "Done!", state="fixed")
    add_update(request_id, update_draft(text="Is it?"), "k", Author(), ports)
    assert result_of(left, COLLEAGUE, ports) == "undone"
    after = stored(request_id, ports)
    assert said(after) == [("fixed", ""), ("fixed", "Is it?"), ("open", "")]
    assert result_of(left, COLLEAGUE, ports) == "undone"
    assert stored(request_id, ports) == after


def test_later_changes_are_kept_by_an_undo(request_id: str, ports: Ports) -> None:
    left = changed(request_id, ports, state="closed", priority="low")
    changed(request_id, ports, state="no_further_action")
    assert result_of(left, COLLEAGUE, ports) == "partly"
    after = stored(request_id, ports)
    assert (after.state, after.priority) == ("no_further_action", "normal")
    changed(request_id, ports, priority="urgent")
    assert result_of(left, COLLEAGUE, ports) == "not_undone"
    assert stored(request_id, ports).priority == "urgent"


def test_undone_merge_restores_its_followers(
    request_id: str, repository: MemoryRepository, ports: Ports
) -> None:
    other = repository.create(report(2)).service_request_id
    follow_report(request_id, "ann", Author(), ports)
    left = changed(request_id, ports, duplicate_of=other)
    assert stored(other, ports).followers == 2
    assert result_of(left, COLLEAGUE, ports) == "undone"
    after = stored(request_id, ports)
    assert (after.state, after.duplicate_of, after.updates) == ("open", None, ())
    assert stored(other, ports).followers == 0


def test_repairs_are_counted_as_before_when_a_state_is_restored(
    request_id: str, ports: Ports
) -> None:
    left = changed(request_id, ports, state="fixed")
    add_update(request_id, update_draft(text="Is it?"), "k", Author("somebody"), ports)
    assert stored(request_id, ports).repairs == 1
    assert result_of(left, COLLEAGUE, ports) == "undone"
    assert (stored(request_id, ports).state, stored(request_id, ports).repairs) == ("open", 0)


def test_attention_reasons_are_restored_beside_later_ones(request_id: str, ports: Ports) -> None:
    could_not = Need(need_id="N", reason="could_not", since=NOON, why="The gate was locked.")
    add_need(request_id, could_not, ports)
    left = changed(request_id, ports, needs_settled=True)
    add_need(request_id, replace(could_not, need_id="M"), ports)
    assert result_of(left, COLLEAGUE, ports) == "undone"
    assert {each.need_id for each in open_needs(stored(request_id, ports).needs)} == {"N", "M"}


def test_photo_counts_as_restored_beside_later_ones(
    request_id: str, ports: Ports, repository: MemoryRepository
) -> None:
    left = changed(request_id, ports, photos={PHOTO: "hidden"})
    before = stored(request_id, ports)
    another = Photo(photo_id="1" * 26, state="shown", update_id="U")
    repository.save(replace(before, photos=(*before.photos, another)))
    assert result_of(left, COLLEAGUE, ports) == "undone"
    assert [each.state for each in stored(request_id, ports).photos] == ["shown", "shown"]


@pytest.mark.parametrize("visibility", ["waiting", "held", "hidden"])
def test_change_says_whether_it_may_pass_the_report_on(
    visibility: str, ports: Ports, repository: MemoryRepository
) -> None:
    withheld = repository.create(report(service_request_id="W" * 12, visibility=visibility))
    assert changed(withheld.service_request_id, ports, visibility="private").tells


def test_approved_photo_of_a_refused_update_is_hidden_with_it(
    ports: Ports, repository: MemoryRepository
) -> None:
    held = HeldUpdate(update_id="U", datetime=NOON, text="It is worse.", by="resident")
    photo = Photo(photo_id=PHOTO, state="waiting", update_id="U")
    made = repository.create(
        report(service_request_id="H" * 12, held_updates=(held,), photos=(photo,))
    )
    changed(made.service_request_id, ports, photos={PHOTO: "shown"})
    changed(made.service_request_id, ports, held_updates={"U": "refused"})
    assert [each.state for each in stored(made.service_request_id, ports).photos] == ["hidden"]


def test_typed_text_is_not_stored_for_undo(request_id: str, ports: Ports) -> None:
    left = changed(request_id, ports, description="[removed]", title="[removed]")
    assert "A deep hole." not in str(msgspec.to_builtins(left))
    undo_change(left, COLLEAGUE, ports)
    assert stored(request_id, ports).description == "[removed]"


def test_change_is_undone_only_in_the_officers_remit(request_id: str, ports: Ports) -> None:
    left = changed(request_id, ports, state="closed")
    with pytest.raises(Forbidden):
        undo_change(left, ELSEWHERE, ports)


@pytest.mark.parametrize("visibility", ["public", "private"])
def test_report_moved_out_of_the_remit_returns_unless_others_changed_it(
    visibility: Any, repository: MemoryRepository, ports: Ports
) -> None:
    request_id = repository.create(report(visibility=visibility)).service_request_id
    own_team = Author("colleague", officer_in=(Remit(teams=(stored(request_id, ports).team,)),))
    for taken_on, result in ((False, "undone"), (True, None)):
        version = stored(request_id, ports).version
        moved = ReportChanges(team="parks")
        left = change_case(request_id, moved, version, own_team, ports).undo
        assert left
        if taken_on:
            changed(request_id, ports, team="cleansing")
            with pytest.raises((Forbidden, NotFound)):
                undo_change(left, own_team, ports)
        else:
            assert result_of(left, own_team, ports) == result


def many(
    ports: Ports, ids: list[tuple[str, int]], *, check: bool = False, **changes: Any
) -> tuple[list[BulkResult], list[str]]:
    noted: list[str] = []
    draft = BulkDraft(
        ids=[OneOfMany(service_request_id=key, version=version) for key, version in ids],
        changes=SharedChanges(**changes),
        check=check,
    )
    found = change_cases(
        draft, COLLEAGUE, ports, record=noted.append, words=lambda text, of: f"{text} {of.title}"
    )
    return list(found), noted


def test_each_of_many_is_changed_or_has_its_reason(
    repository: MemoryRepository, ports: Ports
) -> None:
    ids = [
        repository.create(report(number, title=f"T{number}", **values)).service_request_id
        for number, values in enumerate(({}, {}, {"state": "closed"}), 1)
    ]
    change_report(ids[1], ReportChanges(priority="low"), 1, COLLEAGUE, ports)
    wanted = [*((each, 1) for each in ids), ("NOSUCHREPORT", 1)]
    checked, noted = many(ports, wanted, check=True, state="in_progress", text="Soon:")
    assert noted == [] and [stored(each, ports).version for each in ids] == [1, 2, 1]
    done, noted = many(ports, wanted, state="in_progress", text="Soon:")
    assert [each.because is None for each in checked] == [True, False, False, False]
    assert [each.because for each in done] == [each.because for each in checked]
    assert noted == ids[:1], "What is refused is not noted as done."
    assert said(stored(ids[0], ports)) == [("in_progress", "Soon: T1")]
    assert [stored(each, ports).version for each in ids] == [2, 2, 1]
    left = done[0].changed
    assert left and result_of(left.undo, COLLEAGUE, ports) == "undone"


def test_empty_bulk_change_is_refused(ports: Ports) -> None:
    (outcome,), _ = many(ports, [("R00000000001", 1)], team="nobody")
    assert outcome.because and outcome.changed is None


def test_unknown_team_is_refused_by_name(request_id: str, ports: Ports) -> None:
    with pytest.raises(Invalid, match="team"):
        changed(request_id, ports, team="nobody")
