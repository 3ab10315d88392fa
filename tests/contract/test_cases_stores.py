"""What every store must do of what officers work with: the queue, who was carried along with a
merged report, and what lies at the desk."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.bootstrap import container
from chalicelib.bootstrap.desk import desk_ports
from chalicelib.desk.dynamo import DynamoDesk
from chalicelib.desk.model import Template, Undo, View
from chalicelib.desk.ports import DeskStore
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.reports.parts import Question
from chalicelib.reports.ports import Repository
from chalicelib.reports.queries import ListPosition
from tests.support.builders import NOON, report
from tests.support.fakes_desk import MemoryDesk

HOUR = timedelta(hours=1)
ID = "R00000000001"
TEMPLATE = Template(
    template_id="1" * 32,
    name="Thanks",
    text="Thank you for {reference}.",
    service_codes=("pothole",),
    state="closed",
    author="officer-1",
    updated_at=NOON,
    fingerprint="F",
)
VIEW = View(
    view_id="2" * 32, account_id="officer-1", name="Late", query="target=late", saved_at=NOON
)
UNDO = Undo(
    undo_id="3" * 32,
    account_id="officer-1",
    made_at=NOON,
    within=timedelta(seconds=60),
    fingerprint="F",
    left=({"service_request_id": ID, "before": {"state": "open", "lat": 53.9, "photos": {}}},),
)


def test_due_reports_are_of_one_team_by_target(repository: Repository) -> None:
    asked = Question(
        question_id="Q", number=1, text="?", asked_at=NOON, asked_by="officer-1", fingerprint="F"
    )
    cases: tuple[dict[str, Any], ...] = (
        {"expected_datetime": None, "title": "Last"},
        {"expected_datetime": NOON + HOUR, "priority": "urgent", "ward_code": "W"},
        {"expected_datetime": NOON - HOUR, "questions": (asked,), "opens": "job"},
        {"expected_datetime": NOON + HOUR, "visibility": "waiting"},
        {"team": "parks"},
        {"state": "fixed"},
        {"visibility": "hidden"},
    )
    for number, values in enumerate(cases, 1):
        repository.create(report(number, **values))
    found = list(repository.list_due("highways", after=None, page_size=2))
    assert [int(each.service_request_id[1:]) for each in found] == [3, 2, 4, 1]
    late, urgent, waiting, last = found
    assert (late.target, late.waits_for, late.opens) == (NOON - HOUR, "reporter", "job")
    assert (urgent.priority, urgent.ward_code, urgent.team) == ("urgent", "W", "highways")
    assert (waiting.attention, waiting.waits_for) == ("waiting", None)
    assert (last.target, last.title, last.state) == (None, "Last", "open")
    rest = list(repository.list_due("highways", after=urgent.place, page_size=10))
    assert rest == [waiting, last]
    closed = repository.get("R00000000003")
    assert closed
    repository.save(replace(closed, state="closed"))
    assert late.place not in [
        each.place for each in repository.list_due("highways", after=None, page_size=9)
    ]


def test_reports_of_a_team_come_the_newest_first_and_go_on_where_they_ended(
    repository: Repository,
) -> None:
    for number in range(7):
        moment = NOON + number // 3 * HOUR
        repository.create(report(number, requested_datetime=moment, state="closed"))
    repository.create(report(8, team="parks", state="closed"))
    repository.create(report(9))
    found: list[ListPosition] = []
    while True:
        before = found[-1] if found else None
        place = next(
            iter(repository.list_by_team("highways", "closed", before=before, page_size=2)), None
        )
        if place is None:
            break
        found.append(place)
    assert [key for _, key in found] == [f"R{number:011}" for number in reversed(range(7))]


def test_follower_stays_while_a_reason_is_left(repository: Repository) -> None:
    for via in ("one", "two", "two"):
        repository.add_follower_via(ID, "ann", via)
    repository.add_follower_via(ID, "bob", "one")
    repository.add_follower(ID, "ann")
    assert sorted(repository.list_followers(ID)) == ["ann", "bob"]
    assert sorted(repository.list_followers_via(ID, "one")) == ["ann", "bob"]
    assert list(repository.list_followers_via(ID, "two")) == ["ann"]
    for person in ("ann", "bob"):
        repository.drop_follower_via(ID, person, "one")
    assert list(repository.list_followers_via(ID, "one")) == []
    assert (
        list(repository.list_followers(ID))
        == ["ann"]
        == list(repository.list_followers_via(ID, "two"))
    )
    repository.drop_follower_via(ID, "ann", "two")
    assert list(repository.list_followers(ID)) == ["ann"]


def test_follower_is_removed_for_all_reasons_at_once(repository: Repository) -> None:
    repository.add_follower(ID, "ann")
    repository.add_follower_via(ID, "ann", "one")
    repository.add_follower_via("R00000000002", "ann", "one")
    assert sorted(repository.list_ids_by_follower("ann")) == [ID, "R00000000002"]
    repository.drop_follower(ID, "ann")
    assert list(repository.list_followers(ID)) == []
    assert list(repository.list_ids_by_follower("ann")) == ["R00000000002"]


@pytest.fixture(params=["memory", "moto", "dynalite"])
def desk(request: pytest.FixtureRequest) -> DeskStore:
    if request.param == "memory":
        return MemoryDesk()
    if request.param == "moto":
        request.getfixturevalue("cloud")
        desk_ports()
        table = container.settings().jobs_table
    else:
        desk_ports()
        table = request.getfixturevalue("dynalite").new_table("JobsTable")
    return DynamoDesk(table)


def test_desk_store_returns_what_was_stored(desk: DeskStore) -> None:
    kept = desk.add_template(TEMPLATE)
    assert kept == replace(TEMPLATE, version=1) == desk.find_template(TEMPLATE.template_id)
    assert desk.add_template(replace(TEMPLATE, name="Another")) == kept
    plain = desk.add_template(replace(TEMPLATE, template_id="4" * 32, state=None, service_codes=()))
    after = desk.save_template(replace(kept, name="Thank you"))
    for change in (desk.save_template, desk.remove_template):
        with pytest.raises(VersionConflict):
            change(kept)
    assert after.version == 2 and set(desk.list_templates()) == {after, plain}
    desk.remove_template(after)
    assert (
        list(desk.list_templates()) == [plain] and desk.find_template(TEMPLATE.template_id) is None
    )
    assert desk.add_view(VIEW) == VIEW == desk.add_view(replace(VIEW, name="Another"))
    desk.add_view(replace(VIEW, account_id="officer-2"))
    assert list(desk.list_views("officer-1")) == [VIEW]
    for _ in range(2):
        desk.remove_view("officer-1", VIEW.view_id)
    assert list(desk.list_views("officer-1")) == [] and len(desk.list_views("officer-2")) == 1
    desk.add_undo(UNDO)
    assert desk.find_undo(UNDO.undo_id) == UNDO and desk.find_undo("4" * 32) is None
