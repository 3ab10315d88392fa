"""The operator's commands about staff: the first administrator, and what administrators do on their
page. Each change is in the audit log as the operator's. A grant is written as role:teams:wards,
such as `officer:highways,parks` or `crew::centre`; `officer` alone covers all teams and wards.
"""

from typing import get_args

import click

from chalicelib.accounts.audit import OPERATOR
from chalicelib.accounts.destinations import parse_destination
from chalicelib.accounts.model import Account, Destination, Grant, StaffRole
from chalicelib.accounts.usecases import staff
from chalicelib.accounts.usecases.staff import PersonChanges
from chalicelib.bootstrap.accounts import accounts_ports, people_ports


class GrantType(click.ParamType[Grant]):
    """A grant as written in a command."""

    name = "role[:teams[:wards]]"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> Grant:
        role, _, limits = value.partition(":")
        teams, _, wards = limits.partition(":")
        for known in get_args(StaffRole):
            if role == known:
                return Grant(role=known, teams=_codes(teams), wards=_codes(wards))
        return self.fail(f"{role!r} is not one of {', '.join(get_args(StaffRole))}", param, ctx)


WHO = click.argument("who", metavar="ADDRESS|ID")
GRANTS = click.argument("grants", nargs=-1, type=GrantType(), metavar="[ROLE[:TEAMS[:WARDS]]]...")


@click.command("first-admin")
@click.argument("address")
def first_admin(address: str) -> None:
    """Make ADDRESS the first administrator. Refused if there is an administrator."""
    _print_account(staff.invite_first_admin(_destination_of(address), people_ports()))


@click.command("invite")
@click.argument("address")
@GRANTS
def invite(address: str, grants: tuple[Grant, ...]) -> None:
    """Invite a member of staff: ADDRESS can sign in with its roles, such as officer:highways."""
    _print_account(staff.invite(_destination_of(address), grants, OPERATOR, people_ports()))


@click.command("set-roles")
@WHO
@GRANTS
def set_roles(who: str, grants: tuple[Grant, ...]) -> None:
    """Replace the roles of an account, which is given by its address or id. Without a role it may
    do what a resident may."""
    _change(who, PersonChanges(grants=grants))


@click.command("disable")
@WHO
@click.option("--undo", is_flag=True, help="Enable the account again.")
def disable(who: str, undo: bool) -> None:
    """Disable an account, which is given by its address or id, and sign it out on all devices."""
    _change(who, PersonChanges(disabled=not undo))


def _change(who: str, changes: PersonChanges) -> None:
    ports = people_ports()
    by_id = staff.ACCOUNT_ID.fullmatch(who) and ports.accounts.get(who)
    known = by_id or staff.find_person_at(_destination_of(who), ports)
    _print_account(staff.change_person(known.account_id, changes, known.version, OPERATOR, ports))


def _destination_of(address: str) -> Destination:
    return parse_destination(address, takes_phones=accounts_ports().takes_phones)


def _codes(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


def _print_account(account: Account) -> None:
    state = ", disabled" if account.disabled_at else ", not signed in yet" * account.is_pending
    click.echo(f"Account {account.account_id}: {staff.describe_grants(account.grants)}{state}.")
