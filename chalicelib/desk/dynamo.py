"""Officers' templates, views and undo data in DynamoDB, beside the jobs.

Table: hash `owner`, range `record`: `templates` and `template#<id>`; `views#<account_id>` and
`view#<id>`; `undo#<id>` and `undo`.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute, VersionAttribute

from chalicelib.desk.model import Template, Undo, View
from chalicelib.kernel.dynamo.attributes import JsonAttribute, MomentAttribute
from chalicelib.kernel.dynamo.item import OwnedItem
from chalicelib.kernel.optimistic import VersionConflict

TEMPLATES, TEMPLATE = "templates", "template#"
VIEWS, VIEW = "views#", "view#"
UNDO = "undo"


class TemplateItem(OwnedItem):
    """A reply template."""

    store = "the desk"
    owner = UnicodeAttribute(hash_key=True, default=TEMPLATES)
    version = VersionAttribute()
    name = UnicodeAttribute()
    text = UnicodeAttribute()
    service_codes = JsonAttribute[tuple[str, ...]](tuple[str, ...])
    state = UnicodeAttribute(null=True)
    author = UnicodeAttribute()
    updated_at = MomentAttribute()
    fingerprint = UnicodeAttribute()


class ViewItem(OwnedItem):
    """A saved view. Personal data: its owner and the name that the owner gave it."""

    store = "the desk"
    name = UnicodeAttribute()
    query_string = UnicodeAttribute()
    saved_at = MomentAttribute()


class UndoItem(OwnedItem):
    """A change that can be undone for some minutes."""

    store = "the desk"
    record = UnicodeAttribute(range_key=True, default=UNDO)
    account_id = UnicodeAttribute()
    made_at = MomentAttribute()
    within_s = NumberAttribute()
    fingerprint = UnicodeAttribute()
    left = JsonAttribute[tuple[Mapping[str, Any], ...]](tuple[Mapping[str, Any], ...])
    expires_at = TTLAttribute()


class DynamoDesk:
    """DeskStore on one DynamoDB table."""

    def __init__(self, table_name: str) -> None:
        for item in (TemplateItem, ViewItem, UndoItem):
            item.Meta.table_name = table_name

    def add_template(self, template: Template) -> Template:
        return _template(_template_item(template).add_or_find())

    def save_template(self, template: Template) -> Template:
        return _template(_template_item(template).put_on_version())

    def remove_template(self, template: Template) -> None:
        with TemplateItem.translate_errors(clash=VersionConflict):
            _template_item(template).delete()

    def find_template(self, template_id: str) -> Template | None:
        item = TemplateItem.find(TEMPLATES, TEMPLATE + template_id)
        return _template(item) if item else None

    def list_templates(self) -> Sequence[Template]:
        return [_template(item) for item in TemplateItem.all_under(TEMPLATES)]

    def add_view(self, view: View) -> View:
        owner, record = VIEWS + view.account_id, VIEW + view.view_id
        return _view(ViewItem.of(view, owner, record, query_string=view.query).add_or_find())

    def list_views(self, account_id: str) -> Sequence[View]:
        return [_view(item) for item in ViewItem.all_under(VIEWS + account_id)]

    def remove_view(self, account_id: str, view_id: str) -> None:
        ViewItem(VIEWS + account_id, VIEW + view_id).remove()

    def add_undo(self, undo: Undo) -> Undo:
        item = UndoItem.of(
            undo,
            f"{UNDO}#{undo.undo_id}",
            within_s=int(undo.within.total_seconds()),
            expires_at=undo.expires_at,
        )
        return _undo(item.add_or_find())

    def find_undo(self, undo_id: str) -> Undo | None:
        item = UndoItem.find(f"{UNDO}#{undo_id}", UNDO)
        return _undo(item) if item else None


def _template_item(template: Template) -> TemplateItem:
    return TemplateItem.of(template, TEMPLATES, TEMPLATE + template.template_id)


def _template(item: TemplateItem) -> Template:
    return item.read_as(Template, template_id=item.record.removeprefix(TEMPLATE))


def _view(item: ViewItem) -> View:
    return item.read_as(
        View,
        view_id=item.record.removeprefix(VIEW),
        account_id=item.owner.removeprefix(VIEWS),
        query=item.query_string,
    )


def _undo(item: UndoItem) -> Undo:
    return item.read_as(
        Undo, undo_id=item.owner.removeprefix(f"{UNDO}#"), within=timedelta(seconds=item.within_s)
    )
