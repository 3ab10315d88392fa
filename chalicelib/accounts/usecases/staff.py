"""Administrators manage who works here and their roles: each change is written to the audit log
before it is made.

Nobody changes their own roles, and the last administrator remains one.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct
from msgspec.structs import replace

from chalicelib.accounts import audit
from chalicelib.accounts.model import Account, Destination, Grant
from chalicelib.accounts.ports import PeoplePorts
from chalicelib.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from chalicelib.kernel.audit_entry import Action
from chalicelib.kernel.time import truncate_to_second

MOST_GRANTS = 3
"""One for each role."""
MOST_WARDS = 100
ACCOUNT_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
"""Matches every possible account id."""
WARD = re.compile(r"[A-Za-z0-9-]{1,60}")


class PersonChanges(Struct, frozen=True, kw_only=True):
    """An administrator's changes to a person; None leaves a value. A person without grants becomes
    a resident like any other."""

    grants: Annotated[tuple[Grant, ...], Meta(max_length=MOST_GRANTS)] | None = None
    disabled: bool | None = None


class StaffPage(NamedTuple):
    """Some of the staff, newest first; `next` is the place to continue from, None at the end."""

    accounts: Sequence[Account]
    next: str | None


def list_staff(*, limit: int, after: str | None, ports: PeoplePorts) -> StaffPage:
    """All accounts with a role beyond a resident's, disabled or not."""
    everybody = sorted(ports.accounts.staff(), key=place_of, reverse=True)
    rest = [each for each in everybody if after is None or place_of(each) < after]
    shown = rest[:limit]
    return StaffPage(shown, place_of(shown[-1]) if len(rest) > limit else None)


def place_of(account: Account) -> str:
    """The account's place in the list of staff, from which the list continues after it."""
    return f"{account.created_at.isoformat().replace('+00:00', 'Z')}#{account.account_id}"


def invite(
    destination: Destination,
    grants: tuple[Grant, ...],
    actor: str,
    ports: PeoplePorts,
    *,
    is_first_admin: bool = False,
) -> Account:
    """Gives the person who reads messages at that address these roles: they sign in with it. If
    that person is already a resident, their existing account gets the roles. Raises Invalid,
    Conflict (the person works here already)."""
    if not grants:
        raise Invalid.field("grants", "name at least one role")
    _check_grants(grants, ports)
    account_id = ports.accounts.claim(destination, ports.log.new_id())
    account = ports.accounts.get(account_id) or ports.accounts.add(
        Account(account_id=account_id, created_at=_now(ports), invited=destination)
    )
    if account.grants or account.disabled_at:
        raise Conflict(
            "Somebody with this address already has an account. Change what they can do instead."
        )
    audit.record_action(actor, "people.invite", account_id, describe_grants(grants), ports.log)
    return ports.accounts.save(
        replace(account, grants=grants, invited=destination, is_first_admin=is_first_admin)
    )


def invite_first_admin(destination: Destination, ports: PeoplePorts) -> Account:
    """Invites the first administrator, once: this administrator signs in with a code even if staff
    sign in elsewhere. Raises Conflict if there is one."""
    if any(_is_admin(each) for each in ports.accounts.staff()):
        raise Conflict("There is already an administrator. Ask them to invite others.")
    grants = (Grant(role="admin"),)
    return invite(destination, grants, audit.OPERATOR, ports, is_first_admin=True)


def change_person(
    account_id: str, changes: PersonChanges, version: int, actor: str, ports: PeoplePorts
) -> Account:
    """Changes a person's roles, on the version that was read. A person who is disabled, or enabled
    again, is signed out everywhere.

    Raises NotFound, Invalid, Forbidden (the administrator's own account), Conflict (another
    version, or the last administrator).
    """
    before = find_person(account_id, ports)
    if before.version != version:
        raise Conflict(
            "Somebody else has changed this account. Reload it and try again.",
            version=before.version,
        )
    _check_grants(changes.grants or (), ports)
    after = _apply_changes(before, changes, ports)
    if actor == account_id and after != before:
        raise Forbidden("You cannot change what you can do yourself. Ask another administrator.")
    if _loses_an_admin(before, after) and not _has_another_admin(before, ports):
        raise _only_admin_conflict(before)
    for action, details in _log_entries(before, after):
        audit.record_action(actor, action, account_id, details, ports.log)
    if changes.disabled is not None:
        _sign_out(account_id, ports)
    return _save_change(before, after, actor, ports) if after != before else before


def find_person(account_id: str, ports: PeoplePorts) -> Account:
    """The account with that id. Raises NotFound."""
    account = ports.accounts.get(account_id)
    if account is None:
        raise NotFound("There is no account with this id.")
    return account


def find_person_at(destination: Destination, ports: PeoplePorts) -> Account:
    """The account that this address belongs to. Raises NotFound."""
    account_id = ports.accounts.owner(destination)
    if account_id is None:
        raise NotFound("There is no account with this address.")
    return find_person(account_id, ports)


def describe_grants(grants: Sequence[Grant]) -> str:
    """Formats grants as the commands take them: `officer:highways,parks:E05001` or `admin`."""
    return " ".join(_describe_grant(grant) for grant in grants) or "resident"


def _describe_grant(grant: Grant) -> str:
    parts = [grant.role, ",".join(grant.teams), ",".join(grant.wards)]
    return ":".join(parts).rstrip(":")


def _check_grants(grants: Sequence[Grant], ports: PeoplePorts) -> None:
    """Raises Invalid with everything that is wrong with the grants."""
    if faults := list(_faults_in(grants, ports)):
        raise Invalid.fields(faults)


def _faults_in(grants: Sequence[Grant], ports: PeoplePorts) -> Iterator[FieldError]:
    roles = [grant.role for grant in grants]
    if len(set(roles)) < len(roles):
        yield FieldError("grants", "name each role once")
    for grant in grants:
        if grant.role == "admin" and (grant.teams or grant.wards):
            yield FieldError(
                "grants", "an administrator is not limited to teams and wards: leave them out"
            )
        if unknown := sorted(set(grant.teams) - set(ports.team_codes)):
            yield FieldError("grants", f"there is no team {unknown[0]!r}")
        if len(grant.wards) > MOST_WARDS or not all(map(WARD.fullmatch, grant.wards)):
            yield FieldError("grants", f"name at most {MOST_WARDS} wards, each by its code")


def _apply_changes(before: Account, changes: PersonChanges, ports: PeoplePorts) -> Account:
    grants = before.grants if changes.grants is None else changes.grants
    disabled_at = before.disabled_at
    if changes.disabled is not None:
        disabled_at = (disabled_at or _now(ports)) if changes.disabled else None
    stays_first = before.is_first_admin and grants == before.grants
    return replace(before, grants=grants, disabled_at=disabled_at, is_first_admin=stays_first)


def _log_entries(before: Account, after: Account) -> Iterator[tuple[Action, str]]:
    """The log entries of a change."""
    if after.grants != before.grants:
        yield (
            "people.grants",
            f"{describe_grants(before.grants)} -> {describe_grants(after.grants)}",
        )
    if after.disabled_at != before.disabled_at:
        yield (
            "people.disable" if after.disabled_at else "people.enable",
            describe_grants(after.grants),
        )


def _save_change(before: Account, after: Account, actor: str, ports: PeoplePorts) -> Account:
    """Saves the change. Two administrators may remove each other's role at the same moment: if no
    other administrator is left, the change is undone. Raises Conflict."""
    saved = ports.accounts.save(after)
    if not _loses_an_admin(before, saved) or _has_another_admin(before, ports):
        return saved
    back = replace(before, version=saved.version)
    for action, details in _log_entries(saved, back):
        audit.record_action(actor, action, before.account_id, details, ports.log)
    raise _only_admin_conflict(ports.accounts.save(back))


def _is_admin(account: Account) -> bool:
    return "admin" in account.roles and account.disabled_at is None


def _loses_an_admin(before: Account, after: Account) -> bool:
    return _is_admin(before) and not _is_admin(after)


def _has_another_admin(than: Account, ports: PeoplePorts) -> bool:
    """True if another account is an administrator. If the person has signed in, the other must have
    signed in too: an invitation to a mistyped address never signs in."""
    others = (each for each in ports.accounts.staff() if each.account_id != than.account_id)
    return any(_is_admin(each) and each.is_pending <= than.is_pending for each in others)


def _only_admin_conflict(account: Account) -> Conflict:
    return Conflict(
        "No other administrator has signed in. Invite another one and wait until they have "
        "signed in.",
        version=account.version,
    )


def _sign_out(account_id: str, ports: PeoplePorts) -> None:
    for session in ports.sessions.of(account_id):
        ports.sessions.end(account_id, session.session_id, _now(ports))


def _now(ports: PeoplePorts) -> datetime:
    return truncate_to_second(ports.log.now())
