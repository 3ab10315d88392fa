"""Routes of administrators for the API keys of other systems."""

import re
from datetime import datetime
from http import HTTPStatus

import msgspec

from chalicelib.bootstrap.partners import partners_ports
from chalicelib.errors import NotFound
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.audit import record_action
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.fields import copy_fields
from chalicelib.partners import usecases
from chalicelib.partners.model import FirstVisibility, NewKey

routes = Routes(__name__)


class KeyView(msgspec.Struct, frozen=True, kw_only=True):
    """A key, without its secret part. `service_codes` null: it may report everything; `reports`
    public: its reports are as visible as their service says."""

    key_id: str
    name: str
    service_codes: tuple[str, ...] | None
    sets_state: bool
    reports: FirstVisibility
    per_minute: int
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class MadeKey(KeyView, frozen=True, kw_only=True):
    """A new key: the only answer that ever contains the key itself, in `api_key`."""

    api_key: str


class KeyList(msgspec.Struct, frozen=True, kw_only=True):
    """All keys: valid ones first, then the newest first."""

    items: list[KeyView]
    next: None


@routes.endpoint(
    "/api/partners/keys",
    method="GET",
    auth=auth.may("partners.manage"),
    summary="List API keys, including revoked ones",
)
def keys(_: Call) -> KeyList:
    found = usecases.list_keys(partners_ports())
    return KeyList(items=[copy_fields(KeyView, key) for key in found], next=None)


@routes.endpoint(
    "/api/partners/keys",
    method="POST",
    auth=auth.may("partners.manage"),
    summary="Create an API key; it is shown only in this answer",
    success=HTTPStatus.CREATED,
)
def make(call: Call, new: NewKey) -> MadeKey:
    details = f"reports={new.reports}" + (" sets_state" if new.sets_state else "")

    def note_key(key_id: str) -> None:
        record_action("keys.make", key_id, details, call.caller)

    made = usecases.create_key(new, partners_ports(), note_key)
    return copy_fields(MadeKey, made.key, api_key=made.text)


@routes.endpoint(
    "/api/partners/keys/{key_id}",
    method="DELETE",
    auth=auth.may("partners.manage"),
    summary="Revoke an API key, at once and permanently",
)
def revoke(call: Call, key_id: str) -> KeyView:
    if not re.fullmatch(r"[0-9a-f]{12}", key_id):
        raise NotFound("There is no API key with this id.")
    record_action("keys.revoke", key_id, "", call.caller)
    return copy_fields(KeyView, usecases.revoke(key_id, partners_ports()))
