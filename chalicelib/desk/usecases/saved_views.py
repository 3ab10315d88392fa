"""An officer's saved views of the queue."""

from collections.abc import Sequence
from urllib.parse import parse_qsl

from chalicelib.desk.model import MOST_VIEWS, View, ViewDraft
from chalicelib.desk.ports import Ports
from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.time import truncate_to_second

FILTERS = frozenset(
    (
        *("state", "team", "service_code", "ward_code", "priority", "opens", "attention"),
        *("target", "waits", "q", "sort"),
    )
)
"""The query parameters that a view may have."""


def list_views(account_id: str, ports: Ports) -> Sequence[View]:
    """The account's views, in the order in which they were saved."""
    return sorted(
        ports.store.list_views(account_id), key=lambda each: (each.saved_at, each.view_id)
    )


def save_view(draft: ViewDraft, key: str, account_id: str, ports: Ports) -> View:
    """Saves a view of the queue; once for each key. Raises Invalid, Conflict."""
    _refuse_unknown_filters(draft.query)
    view_id = derived_id("view", account_id, key)
    known_views = ports.store.list_views(account_id)
    if len(known_views) >= MOST_VIEWS and view_id not in {each.view_id for each in known_views}:
        raise Conflict(f"You already have {MOST_VIEWS} views. Remove one first.")
    new = View(
        view_id=view_id,
        account_id=account_id,
        name=draft.name,
        query=draft.query,
        saved_at=truncate_to_second(ports.now()),
    )
    ports.record_action(account_id, "views.add", view_id, "")
    stored = ports.store.add_view(new)
    if (stored.name, stored.query) != (new.name, new.query):
        raise Conflict(
            "Another view was created with this Idempotency-Key. To save this one, use a new key."
        )
    return stored


def _refuse_unknown_filters(query: str) -> None:
    unknown = [name for name, _ in parse_qsl(query) if name not in FILTERS]
    if unknown:
        known = ", ".join(sorted(FILTERS))
        raise Invalid.field(
            "query", f"{unknown[0]} is not a filter of the queue; choose from: {known}"
        )


def remove_view(view_id: str, account_id: str, ports: Ports) -> View:
    """Deletes a view of the account. Raises NotFound."""
    found = next(
        (each for each in ports.store.list_views(account_id) if each.view_id == view_id), None
    )
    if found is None:
        raise NotFound("You do not have this view.")
    ports.record_action(account_id, "views.remove", view_id, "")
    ports.store.remove_view(account_id, view_id)
    return found


def forget_views(account_id: str, ports: Ports) -> None:
    """Deletes everything that the account saved. Safe to repeat."""
    for view in ports.store.list_views(account_id):
        ports.store.remove_view(account_id, view.view_id)
