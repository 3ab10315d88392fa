"""Routes of officers' own tools: reply templates and saved views."""

from datetime import datetime
from http import HTTPStatus

import msgspec

from chalicelib.bootstrap.desk import desk_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.desk.model import Template, TemplateChanges, TemplateDraft, View, ViewDraft
from chalicelib.desk.usecases import reply_templates, saved_views
from chalicelib.errors import Conflict
from chalicelib.handlers.cases.replies import fill_reply
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import hex_id_of, id_of
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.fields import copy_fields
from chalicelib.reports.field_types import Line
from chalicelib.reports.usecases.access import get_visible_report, require_team_access

routes = Routes(__name__)


class PreviewDraft(msgspec.Struct, frozen=True, kw_only=True):
    """The report whose details fill in the template."""

    service_request_id: Line


class TemplateView(msgspec.Struct, frozen=True, kw_only=True):
    """A reply template; no service codes mean all of them."""

    template_id: str
    version: int
    name: str
    text: str
    service_codes: tuple[str, ...]
    state: str | None
    updated_at: datetime


class TemplateList(msgspec.Struct, frozen=True, kw_only=True):
    """All reply templates, by name."""

    items: list[TemplateView]
    next: None


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """The reply as the public would read it."""

    text: str


class SavedView(msgspec.Struct, frozen=True, kw_only=True):
    """A view of the queue that the officer saved."""

    view_id: str
    name: str
    query: str


class SavedViews(msgspec.Struct, frozen=True, kw_only=True):
    """All saved views of the officer."""

    items: list[SavedView]
    next: None


@routes.endpoint(
    "/api/desk/templates",
    method="GET",
    auth=auth.may("desk.keep"),
    summary="List reply templates",
)
def list_templates(_: Call) -> TemplateList:
    found = reply_templates.list_templates(desk_ports())
    return TemplateList(items=[_template(each) for each in found], next=None)


@routes.endpoint(
    "/api/desk/templates",
    method="POST",
    auth=auth.may("desk.keep"),
    summary="Add a reply template",
    success=HTTPStatus.CREATED,
    keyed=True,
    raises=(Conflict,),
)
def add_template(call: Call, draft: TemplateDraft) -> TemplateView:
    key = call.idempotency_key
    return _template(reply_templates.add_template(draft, key, _account_id(call), desk_ports()))


@routes.endpoint(
    "/api/desk/templates/{template_id}",
    method="PATCH",
    auth=auth.may("desk.keep"),
    summary="Change a reply template; If-Match names the version",
    versioned=True,
    raises=(Conflict,),
)
def change_template(call: Call, changes: TemplateChanges, template_id: str) -> TemplateView:
    version = call.version
    ports, which = desk_ports(), _parse_id(template_id)
    return _template(
        reply_templates.change_template(which, changes, version, _account_id(call), ports)
    )


@routes.endpoint(
    "/api/desk/templates/{template_id}",
    method="DELETE",
    auth=auth.may("desk.keep"),
    summary="Remove a reply template; If-Match names the version",
    versioned=True,
    raises=(Conflict,),
)
def remove_template(call: Call, template_id: str) -> TemplateView:
    version, ports = call.version, desk_ports()
    return _template(
        reply_templates.remove_template(_parse_id(template_id), version, _account_id(call), ports)
    )


@routes.endpoint(
    "/api/desk/templates/{template_id}/preview",
    method="POST",
    auth=auth.may("desk.keep"),
    summary="Preview a reply template for a case",
)
def preview_template(call: Call, draft: PreviewDraft, template_id: str) -> Preview:
    author = call.caller.author()
    template = reply_templates.get_template(_parse_id(template_id), desk_ports())
    report = get_visible_report(id_of(draft.service_request_id), author, reports_ports())
    require_team_access(report, author)
    return Preview(text=fill_reply(template.text, report))


@routes.endpoint(
    "/api/desk/views",
    method="GET",
    auth=auth.may("desk.keep"),
    summary="List the officer's saved views of the queue",
)
def list_views(call: Call) -> SavedViews:
    found = saved_views.list_views(_account_id(call), desk_ports())
    return SavedViews(items=[_view(each) for each in found], next=None)


@routes.endpoint(
    "/api/desk/views",
    method="POST",
    auth=auth.may("desk.keep"),
    summary="Save a view of the queue",
    success=HTTPStatus.CREATED,
    keyed=True,
    raises=(Conflict,),
)
def save_view(call: Call, draft: ViewDraft) -> SavedView:
    key = call.idempotency_key
    return _view(saved_views.save_view(draft, key, _account_id(call), desk_ports()))


@routes.endpoint(
    "/api/desk/views/{view_id}",
    method="DELETE",
    auth=auth.may("desk.keep"),
    summary="Delete a view of the queue",
)
def remove_view(call: Call, view_id: str) -> SavedView:
    return _view(saved_views.remove_view(_parse_id(view_id), _account_id(call), desk_ports()))


def _parse_id(text: str) -> str:
    return hex_id_of(text, f"There is nothing with the id {text}.")


def _account_id(call: Call) -> str:
    return call.caller.signed_in.account_id


def _template(template: Template) -> TemplateView:
    return copy_fields(TemplateView, template)


def _view(view: View) -> SavedView:
    return copy_fields(SavedView, view)
