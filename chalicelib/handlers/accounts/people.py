"""Routes of administrators: the staff with their roles, and the log of changes to them."""

import re
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.accounts import audit
from chalicelib.accounts.destinations import parse_destination
from chalicelib.accounts.model import Account, Grant
from chalicelib.accounts.usecases import staff
from chalicelib.accounts.usecases.staff import ACCOUNT_ID, MOST_GRANTS, PersonChanges
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import accounts_ports, audit_ports, people_ports
from chalicelib.errors import Conflict, NotFound
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import PAGED, cursor_of, limit_of
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.audit_entry import Action
from chalicelib.kernel.fields import copy_fields

routes = Routes(__name__)
PERSON_CURSOR = re.compile(r"[0-9T:Z-]{20}#[\w-]{1,64}", re.ASCII)
LOG_CURSOR = re.compile(r"[0-9T:.Z-]{27}#[0-9a-f]{32}")


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """The address to invite: an email address, or a mobile number if texts are sent."""

    address: Annotated[str, Meta(max_length=254)]
    grants: Annotated[tuple[Grant, ...], Meta(min_length=1, max_length=MOST_GRANTS)]


class PersonView(msgspec.Struct, frozen=True, kw_only=True):
    """A member of staff, as administrators see them. `name` is the name that the organisation
    gives, else the name that the person gave. `address` is the confirmed address or, while the
    invitation is pending, the invited one, else the organisation's. `subject` is the person's
    number there."""

    account_id: str
    name: str | None
    address: str | None
    subject: str | None
    is_pending: bool
    grants: tuple[Grant, ...]
    created_at: datetime
    disabled_at: datetime | None
    version: int


class TeamView(msgspec.Struct, frozen=True, kw_only=True):
    """A team that a role may be limited to."""

    team: str
    name: str


class PersonList(msgspec.Struct, frozen=True, kw_only=True):
    """Staff, newest first; `next` is the cursor of the next page."""

    items: list[PersonView]
    next: str | None
    teams: list[TeamView]


class EntryView(msgspec.Struct, frozen=True, kw_only=True):
    """An action in the log: `actor` is an account_id, or operator for a command."""

    entry_id: str
    at: datetime
    actor: str
    action: Action
    subject: str
    details: str


class EntryList(msgspec.Struct, frozen=True, kw_only=True):
    """Entries of the audit log, the newest first; `next` is the cursor of the next page."""

    items: list[EntryView]
    next: str | None


@routes.endpoint(
    "/api/admin/people",
    method="GET",
    auth=auth.may("people.manage"),
    summary="List staff and what they can do",
    query=PAGED,
)
def people(call: Call) -> PersonList:
    found = staff.list_staff(
        limit=limit_of(call),
        after=cursor_of(call, PERSON_CURSOR),
        ports=people_ports(),
    )
    return PersonList(
        items=[_view(each) for each in found.accounts],
        next=found.next,
        teams=[TeamView(team=team.team, name=team.name) for team in container.council().teams],
    )


@routes.endpoint(
    "/api/admin/people",
    method="POST",
    auth=auth.may("people.manage"),
    summary="Invite a member of staff, who signs in with this address",
    success=HTTPStatus.CREATED,
    raises=(Conflict,),
)
def invite(call: Call, sent: Invitation) -> PersonView:
    where = parse_destination(sent.address, takes_phones=accounts_ports().takes_phones)
    return _view(staff.invite(where, sent.grants, _actor(call), people_ports()))


@routes.endpoint(
    "/api/admin/people/{account_id}",
    method="GET",
    auth=auth.may("people.manage"),
    summary="Get a member of staff and what they can do",
)
def person(call: Call, account_id: str) -> PersonView:
    return _view(staff.find_person(_parse_account_id(account_id), people_ports()))


@routes.endpoint(
    "/api/admin/people/{account_id}",
    method="PATCH",
    auth=auth.may("people.manage"),
    summary=(
        "Change what a member of staff can do, or disable the account; If-Match names the version"
    ),
    versioned=True,
    raises=(Conflict,),
)
def change(call: Call, changes: PersonChanges, account_id: str) -> PersonView:
    version = call.version
    changed = staff.change_person(
        _parse_account_id(account_id), changes, version, _actor(call), people_ports()
    )
    return _view(changed)


@routes.endpoint(
    "/api/admin/audit",
    method="GET",
    auth=auth.may("audit.read"),
    summary="Read the audit log of permission changes and access to personal data",
    query=PAGED,
)
def log(call: Call) -> EntryList:
    page = audit.page(limit=limit_of(call), before=cursor_of(call, LOG_CURSOR), ports=audit_ports())
    items = [copy_fields(EntryView, each) for each in page.entries]
    return EntryList(items=items, next=page.next)


def _parse_account_id(text: str) -> str:
    if not ACCOUNT_ID.fullmatch(text):
        raise NotFound("There is no account with this id.")
    return text


def _actor(call: Call) -> str:
    account_id = call.caller.account_id
    assert account_id, "The gate lets nobody through who is not signed in."
    return account_id


def _view(account: Account) -> PersonView:
    ways = [each.value for each in account.addresses]
    if account.is_pending and account.invited:
        ways = [account.invited.value]
    providers = container.council().identity_providers
    staffs = {each.issuer for each in providers if each.serves == "staff"}
    subjects = [each.subject for each in account.identities if each.issuer in staffs]
    return copy_fields(
        PersonView,
        account,
        name=account.work_name or account.name,
        address=ways[0] if ways else account.work_email,
        subject=subjects[0] if subjects else None,
    )
