"""What officers keep at their desk."""

from datetime import timedelta
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from chalicelib.desk.model import (
    MOST_TEMPLATES,
    MOST_VIEWS,
    UNDO_WITHIN,
    Template,
    TemplateChanges,
    TemplateDraft,
    Undo,
    ViewDraft,
    fill_placeholders,
)
from chalicelib.desk.usecases import history, reply_templates, saved_views, undo_data
from chalicelib.errors import Conflict, Invalid, NotFound, UpstreamFailed
from chalicelib.kernel.audit_entry import Action, Entry
from tests.support.builders import NOON
from tests.support.fakes_desk import DeskWorld

TEXT = "We look at {reference} by {target}."
NEVER_ABOUT_A_CASE = frozenset(
    (
        *("account", "blocks", "calendars", "crews", "deliveries", "disruptions", "garden"),
        *("jobs", "keys", "people", "receivers", "rounds", "templates", "views"),
    )
)
"""What the audited actions are about that no case has in its history."""
DETAILS: dict[Action, str] = {"payments.refund": "1250 pence"}


@pytest.fixture
def desk() -> DeskWorld:
    return DeskWorld()


def add(desk: DeskWorld, key: str = "k", **values: Any) -> Template:
    draft = TemplateDraft(**{"name": "Thanks", "text": TEXT, **values})
    return reply_templates.add_template(draft, key, "officer-1", desk.ports())


def test_template_is_added_once_and_listed_by_name(desk: DeskWorld) -> None:
    assert add(desk) == add(desk)
    add(desk, "k2", name="already known", state="closed", service_codes=("pothole",))
    found = reply_templates.list_templates(desk.ports())
    assert [each.name for each in found] == ["already known", "Thanks"]
    with pytest.raises(Conflict, match="Idempotency-Key"):
        add(desk, text="Another.")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"text": "Dear {name}"}, "{reference}, {service}, {target}, {place}"),
        ({"text": "{}"}, "cannot be filled in"),
        ({"service_codes": ("nope",)}, "service_codes: nope is not a service here"),
        ({"state": "done"}, "state: must be one of: action_scheduled, cancelled, closed"),
    ],
)
def test_template_is_refused_when_it_names_an_unknown_field(
    values: Any, says: str, desk: DeskWorld
) -> None:
    with pytest.raises(Invalid) as refused:
        add(desk, **values)
    assert says in refused.value.detail
    stored = add(desk)
    with pytest.raises(Invalid):
        change(desk, stored, **values)
    assert desk.store.list_templates() == [stored]


def change(desk: DeskWorld, template: Template, **values: Any) -> Template:
    changes = TemplateChanges(**values)
    return reply_templates.change_template(
        template.template_id, changes, template.version, "officer-2", desk.ports()
    )


def test_template_is_changed_and_removed_on_its_version(desk: DeskWorld) -> None:
    stored = add(desk, state="closed", service_codes=("pothole",))
    after = change(desk, stored, name="Thank you", clear=["state"])
    assert (after.name, after.text, after.state) == ("Thank you", TEXT, None)
    assert (after.service_codes, after.author, after.version) == (("pothole",), "officer-2", 2)
    for old in (stored, replace(stored, template_id="0" * 32)):
        with pytest.raises((Conflict, NotFound)):
            change(desk, old, name="x")
        with pytest.raises((Conflict, NotFound)):
            reply_templates.remove_template(old.template_id, old.version, "officer-2", desk.ports())
    reply_templates.remove_template(after.template_id, 2, "officer-2", desk.ports())
    assert desk.store.list_templates() == []
    events = [event for _, event, _ in desk.noted]
    assert events == ["templates.add", "templates.change", "templates.remove"]


def test_nothing_is_done_when_the_audit_log_fails(desk: DeskWorld) -> None:
    stored = add(desk)
    desk.down = True
    for act in (
        lambda: add(desk, "k2"),
        lambda: change(desk, stored, name="x"),
        lambda: reply_templates.remove_template(stored.template_id, 1, "officer-2", desk.ports()),
        lambda: saved_views.save_view(ViewDraft(name="Mine"), "k", "officer-1", desk.ports()),
    ):
        with pytest.raises(UpstreamFailed):
            act()
    assert desk.store.list_templates() == [stored] and desk.store.list_views("officer-1") == []


def test_templates_and_views_have_a_maximum_number(desk: DeskWorld) -> None:
    for number in range(MOST_TEMPLATES):
        add(desk, f"k{number}")
    for number in range(MOST_VIEWS):
        saved_views.save_view(ViewDraft(name="V"), f"k{number}", "officer-1", desk.ports())
    with pytest.raises(Conflict, match="Remove one first"):
        add(desk, "one more")
    with pytest.raises(Conflict, match="Remove one first"):
        saved_views.save_view(ViewDraft(name="V"), "one more", "officer-1", desk.ports())
    assert add(desk, "k0") and saved_views.save_view(
        ViewDraft(name="V"), "k0", "officer-1", desk.ports()
    )


def test_fields_are_filled_in_and_other_braces_stay() -> None:
    values = {"reference": "7K3M-2QXV-9HTD", "target": "Friday"}
    assert fill_placeholders(TEXT, values) == "We look at 7K3M-2QXV-9HTD by Friday."
    assert fill_placeholders("{place} {", values) == "{place} {"
    assert fill_placeholders("{reference}", {"reference": "{target}", "target": "x"}) == "{target}"


def test_views_belong_to_one_officer(desk: DeskWorld) -> None:
    ports = desk.ports()
    first = saved_views.save_view(
        ViewDraft(name="Late", query="target=late"), "k", "officer-1", ports
    )
    desk.clock.now += timedelta(seconds=1)
    saved_views.save_view(ViewDraft(name="All"), "k2", "officer-1", ports)
    assert saved_views.save_view(
        ViewDraft(name="Late", query="target=late"), "k", "officer-1", ports
    )
    assert [each.name for each in saved_views.list_views("officer-1", ports)] == ["Late", "All"]
    assert saved_views.list_views("officer-2", ports) == []
    with pytest.raises(NotFound):
        saved_views.remove_view(first.view_id, "officer-2", ports)
    saved_views.remove_view(first.view_id, "officer-1", ports)
    assert [each.name for each in saved_views.list_views("officer-1", ports)] == ["All"]
    saved_views.forget_views("officer-1", ports)
    assert saved_views.list_views("officer-1", ports) == []


def test_view_is_refused_when_it_has_an_unknown_filter(desk: DeskWorld) -> None:
    with pytest.raises(Invalid, match="colour is not a filter"):
        saved_views.save_view(
            ViewDraft(name="V", query="colour=red"), "k", "officer-1", desk.ports()
        )


def undo_of(desk: DeskWorld, **values: Any) -> Undo:
    kept: dict[str, Any] = {
        "undo_id": undo_data.undo_id_of("officer-1", "bulk", "k"),
        "account_id": "officer-1",
        "made_at": NOON,
        "within": UNDO_WITHIN,
        "left": ({"service_request_id": "R"},),
        "fingerprint": "F",
    }
    return desk.ports().store.add_undo(Undo(**kept | values))


def test_change_can_be_undone_by_its_officer_until_its_time_is_over(desk: DeskWorld) -> None:
    ports, undo = desk.ports(), undo_of(desk)
    assert undo.until == NOON + UNDO_WITHIN
    assert undo_data.get_undo(undo.undo_id, "officer-1", ports) == undo
    with pytest.raises(NotFound):
        undo_data.get_undo(undo.undo_id, "officer-2", ports)
    with pytest.raises(NotFound):
        undo_data.get_undo("another", "officer-1", ports)
    desk.clock.now = undo.until
    assert undo_data.get_undo(undo.undo_id, "officer-1", ports)
    desk.clock.now += timedelta(seconds=1)
    with pytest.raises(Conflict, match="no longer undo"):
        undo_data.get_undo(undo.undo_id, "officer-1", ports)


def test_first_undo_stays_when_the_request_is_repeated(desk: DeskWorld) -> None:
    first = undo_of(desk)
    assert undo_of(desk, made_at=NOON + timedelta(seconds=9), left=()) == first
    undo_data.refuse_reused_key(first.undo_id, "F", desk.ports())
    with pytest.raises(Conflict, match="new key"):
        undo_data.refuse_reused_key(first.undo_id, "another", desk.ports())


def entry(action: Action, details: str = "", actor: str = "officer-1") -> Entry:
    return Entry(entry_id="e", at=NOON, actor=actor, action=action, subject="R", details=details)


def test_history_names_each_action_and_its_author(desk: DeskWorld) -> None:
    desk.names = {"officer-1": "Ann Officer"}
    desk.log = [
        entry("reports.change", "lat long state visibility=hidden"),
        entry("reports.change"),
        entry("cases.ask", actor="gone"),
        entry("reports.look", "private"),
    ]
    found = history.history_of("R", desk.ports())
    assert [(each.action, each.by) for each in found] == [
        ("Changed the place, the state, who can see it (hidden)", "Ann Officer"),
        ("Changed it", "Ann Officer"),
        ("Asked the reporter a question", "A former colleague"),
        ("Looked at it", "Ann Officer"),
    ]
    assert history.history_of("another", desk.ports()) == []


@pytest.mark.parametrize(
    "action",
    [each for each in get_args(Action) if each.split(".")[0] not in NEVER_ABOUT_A_CASE],
)
def test_history_says_each_action_on_a_case_in_plain_words(action: Action, desk: DeskWorld) -> None:
    desk.log = [entry(action, DETAILS.get(action, ""))]
    (found,) = history.history_of("R", desk.ports())
    assert found.action[0].isupper() and "." not in found.action.replace("£12.50", "")


@pytest.mark.parametrize(
    ("action", "details", "says"),
    [
        ("payments.take", "telephone", "Began to take a card on the telephone"),
        ("payments.take", "receipt", "Recorded a receipt"),
        ("payments.waive", "waived", "Waived the payment"),
        ("payments.refund", "1250 pence", "Asked to send £12.50 back to the card"),
        ("bookings.no_show", "came=false", "Noted that nobody came"),
        ("bookings.no_show", "came=true", "Noted that somebody came after all"),
    ],
)
def test_history_says_how_something_was_paid_and_whether_somebody_came(
    action: Action, details: str, says: str, desk: DeskWorld
) -> None:
    desk.log = [entry(action, details)]
    assert [each.action for each in history.history_of("R", desk.ports())] == [says]
