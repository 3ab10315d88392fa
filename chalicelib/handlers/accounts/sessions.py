"""Routes of a signed-in person: a new access token, the list of devices, and signing out."""

import re
from datetime import datetime

import msgspec

from chalicelib.accounts.model import ACCESS_VALID_FOR, Assurance, Role, Session
from chalicelib.accounts.usecases import sessions
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.errors import Invalid, NotFound
from chalicelib.handlers.http import auth, cookies
from chalicelib.handlers.http.answers import WithCookie
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.identity import Caller
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.fields import copy_fields
from chalicelib.kernel.time import truncate_to_second

routes = Routes(__name__)
_ID = re.compile(r"[\w-]{1,64}", re.ASCII)


class AccountView(msgspec.Struct, frozen=True, kw_only=True):
    """The signed-in account; `role` is the highest of `roles`."""

    account_id: str
    name: str | None
    role: Role
    roles: list[Role]
    assurance: Assurance


class SessionView(msgspec.Struct, frozen=True, kw_only=True):
    """An access token, to be sent as `Authorization: Bearer`, its expiry time, and its account."""

    access_token: str
    expires_at: datetime
    account: AccountView


class SignedInDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device on which the person is signed in."""

    session_id: str
    device: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    is_this: bool


class DeviceList(msgspec.Struct, frozen=True, kw_only=True):
    """The devices that the caller is signed in on, the last used first."""

    items: list[SignedInDevice]
    next: None


class SignedOut(msgspec.Struct, frozen=True, kw_only=True):
    """How many devices were signed out."""

    devices: int


@routes.endpoint(
    "/api/session/refresh",
    method="POST",
    auth=auth.cookie_holder,
    summary="Get a new access token for the cookie of the session",
    answer=SessionView,
    raises=(Invalid,),
)
def refresh(call: Call) -> WithCookie:
    ports = accounts_ports()
    fresh = sessions.refresh(cookies.read_cookie(call.request), ports)
    now = truncate_to_second(ports.now())
    token = auth.issue_token(
        fresh.who,
        now=now,
        secret=container.secret("token").current(),
        issuer=container.settings().site_url,
    )
    session = fresh.who.session
    view = SessionView(
        access_token=token,
        expires_at=now + ACCESS_VALID_FOR,
        account=account_view(Caller(*fresh.who)),
    )
    return WithCookie(
        view, cookies.session_cookie(fresh.refresh_token, until=session.expires_at, now=now)
    )


@routes.endpoint(
    "/api/session",
    method="DELETE",
    auth=auth.own_page,
    summary="Sign out of this device, named by its cookie or access token",
    answer=SignedOut,
    raises=(Invalid,),
)
def sign_out(call: Call) -> WithCookie:
    ports, caller = accounts_ports(), call.caller
    token = cookies.read_cookie(call.request)
    if token:
        sessions.sign_out_by_token(token, ports)
    if caller.session:
        sessions.sign_out(caller.session.account_id, caller.session.session_id, ports)
    return WithCookie(
        SignedOut(devices=int(bool(token or caller.session))), cookies.expired_session_cookie()
    )


@routes.endpoint(
    "/api/account/devices",
    method="GET",
    auth=auth.may("account.own"),
    summary="List the devices that I am signed in on",
)
def devices(call: Call) -> DeviceList:
    own = _own_session(call)
    found = sessions.devices(own.account_id, accounts_ports())
    return DeviceList(items=[_device_view(each, own) for each in found], next=None)


@routes.endpoint(
    "/api/account/devices/{session_id}",
    method="DELETE",
    auth=auth.may("account.own"),
    summary="Sign out of one of my devices",
)
def end_one(call: Call, session_id: str) -> SignedOut:
    if not _ID.fullmatch(session_id):
        raise NotFound("This device is not in your list.")
    sessions.sign_out(_own_session(call).account_id, session_id, accounts_ports())
    return SignedOut(devices=1)


@routes.endpoint(
    "/api/account/devices",
    method="DELETE",
    auth=auth.may("account.own"),
    summary="Sign out of all devices, including this one",
    answer=SignedOut,
)
def end_all(call: Call) -> WithCookie:
    ended = sessions.sign_out_everywhere(_own_session(call).account_id, accounts_ports())
    return WithCookie(SignedOut(devices=ended), cookies.expired_session_cookie())


def account_view(caller: Caller) -> AccountView:
    assert caller.account and caller.role and caller.assurance, "The caller is signed in."
    given = {"role": caller.role, "roles": sorted(caller.roles), "assurance": caller.assurance}
    return copy_fields(AccountView, caller.account, **given)


def _own_session(call: Call) -> Session:
    session = call.caller.session
    assert session, "The gate lets nobody through without."
    return session


def _device_view(session: Session, own: Session) -> SignedInDevice:
    return copy_fields(SignedInDevice, session, is_this=session.session_id == own.session_id)
