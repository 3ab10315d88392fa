"""Routes of the caller's own account: its details, its addresses, and its reports."""

import re
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.accounts.destinations import parse_any_address, parse_destination
from chalicelib.accounts.model import Account, Role, SavedPlace
from chalicelib.accounts.usecases import code_verification, own_account
from chalicelib.accounts.usecases.own_account import AccountChanges
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import Conflict, Invalid, NotFound, TooMany
from chalicelib.handlers.accounts.own_report_views import (
    OwnReportList,
    OwnReportView,
    report_views,
)
from chalicelib.handlers.http import auth, rate_limits, request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import PAGED, hex_id_of, id_of, limit_of
from chalicelib.handlers.http.routes import Routes
from chalicelib.integrations.accounts_for_reports import author_of
from chalicelib.kernel.addresses import AddressKind
from chalicelib.kernel.fields import copy_fields
from chalicelib.reports.drafts import OwnChanges
from chalicelib.reports.queries import ListPosition
from chalicelib.reports.usecases.resident import own_reports
from chalicelib.reports.views import Withdrawn

routes = Routes(__name__)
_CURSOR = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})Z~([0-9A-Z]{12})")


class NewAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Another address of the caller."""

    address: Annotated[str, Meta(max_length=254)]


class OldAddress(msgspec.Struct, frozen=True, kw_only=True):
    """An address to remove from the account."""

    address: Annotated[str, Meta(max_length=254)]


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """The code that an address received."""

    attempt_id: Annotated[str, Meta(max_length=64)]
    code: Annotated[str, Meta(max_length=20)]


class AddressView(msgspec.Struct, frozen=True, kw_only=True):
    """A confirmed address."""

    kind: AddressKind
    value: str
    confirmed_at: datetime


class OwnAccountView(msgspec.Struct, frozen=True, kw_only=True):
    """The caller's own account. Name and addresses fill in the forms."""

    account_id: str
    name: str | None
    language: str | None
    reach_by: AddressKind | None
    saved_places: tuple[SavedPlace, ...]
    addresses: list[AddressView]
    roles: list[Role]
    created_at: datetime
    version: int


class CodeSent(msgspec.Struct, frozen=True, kw_only=True):
    """A code is on its way; send it back with the attempt's id before it expires."""

    attempt_id: str
    expires_at: datetime


@routes.endpoint(
    "/api/account",
    method="GET",
    auth=auth.may("account.own"),
    summary="Get my account",
)
def read(call: Call) -> OwnAccountView:
    return _view(call.caller.signed_in, call)


@routes.endpoint(
    "/api/account",
    method="PATCH",
    auth=auth.may("account.own"),
    summary="Change my account; If-Match names the version",
    versioned=True,
    raises=(Conflict,),
)
def change(call: Call, changes: AccountChanges) -> OwnAccountView:
    version = call.version
    ports = accounts_ports()
    return _view(own_account.change_account(call.caller.signed_in, changes, version, ports), call)


@routes.endpoint(
    "/api/account/addresses",
    method="POST",
    auth=auth.may("account.own"),
    summary="Add an address to my account; we send it a code",
    success=HTTPStatus.CREATED,
    raises=(TooMany,),
)
def add_address(call: Call, sent: NewAddress) -> CodeSent:
    ports = accounts_ports()
    asker = rate_limits.code_requester(
        call, parse_destination(sent.address, takes_phones=ports.takes_phones)
    )
    account, language = call.caller.signed_in, request_language.current_language().code
    begun = own_account.begin_adding(sent.address, account, ports, asker, language=language)
    return CodeSent(attempt_id=begun.attempt_id, expires_at=begun.expires_at)


@routes.endpoint(
    "/api/account/addresses/confirmation",
    method="POST",
    auth=auth.may("account.own"),
    summary="Confirm an address with the code that was sent to it",
    raises=(Conflict, NotFound),
)
def confirm_address(call: Call, sent: Proof) -> OwnAccountView:
    attempt_id = hex_id_of(sent.attempt_id, "This code has expired. Start again.")
    account_id = call.caller.signed_in.account_id
    ports = accounts_ports()
    return _view(code_verification.add_address(attempt_id, sent.code, account_id, ports), call)


@routes.endpoint(
    "/api/account/addresses/removal",
    method="POST",
    auth=auth.may("account.own"),
    summary="Remove an address from my account, unless it is the only one that I can sign in with",
    raises=(Conflict,),
)
def remove_address(call: Call, sent: OldAddress) -> OwnAccountView:
    # Also shows a phone number that texts are no longer sent to.
    address = parse_any_address(sent.address)
    ports = accounts_ports()
    return _view(own_account.remove_address(address, call.caller.signed_in, ports), call)


@routes.endpoint(
    "/api/account/reports",
    method="GET",
    auth=auth.may("account.own"),
    summary=(
        "List my reports, including those sent without signing in with an address that I "
        "have confirmed"
    ),
    query=PAGED,
)
def reports(call: Call) -> OwnReportList:
    ports = reports_ports()
    found = own_reports.list_own_reports(
        author_of(call.caller.signed_in, reports_ports()),
        limit=limit_of(call),
        before=place_of(call.parameter("cursor")),
        ports=ports,
    )
    return OwnReportList(
        items=report_views(found.reports, ports),
        next=cursor_of(found.next) if found.next else None,
    )


@routes.endpoint(
    "/api/account/reports/{service_request_id}",
    method="PATCH",
    auth=auth.may("account.own"),
    summary="Change my report while nobody is working on it; If-Match names the version",
    versioned=True,
    raises=(Conflict,),
)
def change_report(call: Call, changes: OwnChanges, service_request_id: str) -> OwnReportView:
    version = call.version
    ports = reports_ports()
    author = author_of(call.caller.signed_in, reports_ports())
    report = own_reports.change_own_report(
        id_of(service_request_id), changes, version, author, ports
    )
    return report_views([report], ports)[0]


@routes.endpoint(
    "/api/account/reports/{service_request_id}/withdrawal",
    method="POST",
    auth=auth.may("account.own"),
    summary="Withdraw my report while nobody is working on it",
    raises=(Conflict,),
)
def withdraw_report(call: Call, service_request_id: str) -> Withdrawn:
    ports = reports_ports()
    author = author_of(call.caller.signed_in, reports_ports())
    report = own_reports.withdraw_own_report(id_of(service_request_id), author, ports)
    return copy_fields(Withdrawn, report)


def _view(account: Account, call: Call) -> OwnAccountView:
    addresses = [copy_fields(AddressView, each) for each in account.addresses]
    roles = sorted(call.caller.roles)
    return copy_fields(OwnAccountView, account, addresses=addresses, roles=roles)


def cursor_of(place: ListPosition) -> str:
    """The cursor, as written in an address, of a place in a list."""
    return f"{place[0].strftime('%Y-%m-%dT%H:%M:%SZ')}~{place[1]}"


def place_of(text: str | None) -> ListPosition | None:
    """The place in a list that a cursor encodes. Raises Invalid."""
    found = _CURSOR.fullmatch(text) if text else None
    try:
        if found:
            return datetime.fromisoformat(found[1]).replace(tzinfo=UTC), found[2]
    except ValueError:
        found = None
    if text:
        raise Invalid.field("cursor", "send `next` of the previous page, unchanged")
    return None
