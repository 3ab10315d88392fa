"""Officers' templates, views and undo data in DynamoDB, beside the jobs.

Table: hash `owner`, range `record`: `templates` and `template#<id>`; `views#<account_id>` and
`view#<id>`; `undo#<id>` and `undo`.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute, VersionAttribute
from pynamodb.models import Model

from chalicelib.desk.model import Template, Undo, View
from chalicelib.kernel.dynamo import errors
from chalicelib.kernel.dynamo.attributes import JsonAttribute, MomentAttribute
from chalicelib.kernel.dynamo.errors import ConditionFailed
from chalicelib.kernel.optimistic import VersionConflict

TEMPLATES, TEMPLATE = "templates", "template#"
VIEWS, VIEW = "views#", "view#"
UNDO = "undo"

translated = partial(errors.translated, "the desk")


class TemplateItem(Model):
    """A reply template."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True, default=TEMPLATES)
    record = UnicodeAttribute(range_key=True)
    version = VersionAttribute()
    name = UnicodeAttribute()
    text = UnicodeAttribute()
    service_codes = JsonAttribute[tuple[str, ...]](tuple[str, ...])
    state = UnicodeAttribute(null=True)
    author = UnicodeAttribute()
    updated_at = MomentAttribute()
    fingerprint = UnicodeAttribute()


class ViewItem(Model):
    """A saved view. Personal data: its owner and the name that the owner gave it."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    name = UnicodeAttribute()
    query_string = UnicodeAttribute()
    saved_at = MomentAttribute()


class UndoItem(Model):
    """A change that can be undone for some minutes."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True, default=UNDO)
    account_id = UnicodeAttribute()
    made_at = MomentAttribute()
    within_s = NumberAttribute()
    fingerprint = UnicodeAttribute()
    left = JsonAttribute[tuple[Mapping[str, Any], ...]](tuple[Mapping[str, Any], ...])
    expires_at = TTLAttribute()


NAMES = frozenset(Template.__dataclass_fields__) - {"template_id"}


class DynamoTemplates:
    """The Templates port on one DynamoDB table."""

    def __init__(self, table_name: str) -> None:
        TemplateItem.Meta.table_name = table_name

    def add(self, template: Template) -> Template:
        try:
            return self.save(template)
        except VersionConflict:
            return self.get(template.template_id) or template

    def save(self, template: Template) -> Template:
        item = _template_item(template)
        with translated(clash=VersionConflict):
            item.save()
        return _template(item)

    def remove(self, template: Template) -> None:
        with translated(clash=VersionConflict):
            _template_item(template).delete()

    def get(self, template_id: str) -> Template | None:
        with translated():
            try:
                return _template(
                    TemplateItem.get(TEMPLATES, TEMPLATE + template_id, consistent_read=True)
                )
            except TemplateItem.DoesNotExist:
                return None

    def all(self) -> Sequence[Template]:
        with translated():
            found = TemplateItem.query(TEMPLATES, consistent_read=True)
            return [_template(item) for item in found]


class DynamoViews:
    """The Views port on one DynamoDB table."""

    def __init__(self, table_name: str) -> None:
        ViewItem.Meta.table_name = table_name

    def put(self, view: View) -> View:
        item = ViewItem(
            VIEWS + view.account_id,
            VIEW + view.view_id,
            name=view.name,
            query_string=view.query,
            saved_at=view.saved_at,
        )
        with suppress(ConditionFailed), translated(clash=ConditionFailed):
            item.save(ViewItem.owner.does_not_exist())
            return view
        return next(each for each in self.of(view.account_id) if each.view_id == view.view_id)

    def of(self, account_id: str) -> Sequence[View]:
        with translated():
            found = list(ViewItem.query(VIEWS + account_id, consistent_read=True))
        return [
            View(
                view_id=item.record.removeprefix(VIEW),
                account_id=account_id,
                name=item.name,
                query=item.query_string,
                saved_at=item.saved_at,
            )
            for item in found
        ]

    def remove(self, account_id: str, view_id: str) -> None:
        with translated():
            ViewItem(VIEWS + account_id, VIEW + view_id).delete()


class DynamoUndos:
    """The Undos port on one DynamoDB table."""

    def __init__(self, table_name: str) -> None:
        UndoItem.Meta.table_name = table_name

    def add(self, undo: Undo) -> Undo:
        item = UndoItem(
            f"{UNDO}#{undo.undo_id}",
            account_id=undo.account_id,
            made_at=undo.made_at,
            within_s=int(undo.within.total_seconds()),
            fingerprint=undo.fingerprint,
            left=undo.left,
            expires_at=undo.expires_at,
        )
        with suppress(ConditionFailed), translated(clash=ConditionFailed):
            item.save(UndoItem.owner.does_not_exist())
            return undo
        return self.get(undo.undo_id) or undo

    def get(self, undo_id: str) -> Undo | None:
        with translated():
            try:
                item = UndoItem.get(f"{UNDO}#{undo_id}", UNDO, consistent_read=True)
            except UndoItem.DoesNotExist:
                return None
        return Undo(
            undo_id=undo_id,
            account_id=item.account_id,
            made_at=item.made_at,
            within=timedelta(seconds=int(item.within_s)),
            fingerprint=item.fingerprint,
            left=item.left,
        )


def _template_item(template: Template) -> TemplateItem:
    values: dict[str, Any] = {name: getattr(template, name) for name in NAMES}
    if not template.version:
        del values["version"]
    return TemplateItem(TEMPLATES, TEMPLATE + template.template_id, **values)


def _template(item: TemplateItem) -> Template:
    values: dict[str, Any] = {name: getattr(item, name) for name in NAMES}
    template_id = item.record.removeprefix(TEMPLATE)
    return Template(template_id=template_id, **values | {"version": int(item.version)})
