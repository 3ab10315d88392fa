"""The operator's commands about staff."""

import pytest
from click.testing import CliRunner, Result

from chalicelib.accounts.audit import page
from chalicelib.accounts.model import Grant
from chalicelib.bootstrap.accounts import audit_ports, people_ports
from chalicelib.errors import Conflict, NotFound
from infra.__main__ import commands
from infra.local.cloud import Cloud


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, arguments)


@pytest.fixture
def admin(cloud: Cloud) -> None:
    assert run("first-admin", "Admin@example.org").exit_code == 0


def grants() -> dict[str, tuple[Grant, ...]]:
    found = people_ports().accounts.staff()
    return {each.invited.value: each.grants for each in found if each.invited}


def test_first_administrator_is_made_once(admin: None) -> None:
    again = run("first-admin", "other@example.org")
    assert isinstance(again.exception, Conflict)
    assert grants() == {"admin@example.org": (Grant(role="admin"),)}


def test_officer_is_invited_changed_and_disabled(admin: None) -> None:
    told = run("invite", "officer@example.org", "officer:highways,parks:centre", "crew").output
    assert "officer:highways,parks:centre crew, not signed in yet." in told
    assert grants()["officer@example.org"] == (
        Grant(role="officer", teams=("highways", "parks"), wards=("centre",)),
        Grant(role="crew"),
    )
    assert run("set-roles", "officer@example.org", "crew::centre").exit_code == 0
    assert grants()["officer@example.org"] == (Grant(role="crew", wards=("centre",)),)
    assert ", disabled." in run("disable", "officer@example.org").output
    assert "disabled" not in run("disable", "officer@example.org", "--undo").output
    assert "resident" in run("set-roles", "officer@example.org").output
    log = page(limit=10, before=None, ports=audit_ports())
    assert {each.actor for each in log.entries} == {"operator"}
    assert [each.action.partition(".")[2] for each in log.entries] == [
        "grants",
        "enable",
        "disable",
        "grants",
        "invite",
        "invite",
    ]


@pytest.mark.parametrize("grant", ["emperor", ":highways", "officer:nobody", "admin:highways"])
def test_command_refuses_an_unknown_role(grant: str, admin: None) -> None:
    assert run("invite", "officer@example.org", grant).exit_code != 0
    assert list(grants()) == ["admin@example.org"]


def test_last_administrator_and_nobody_are_refused(admin: None) -> None:
    assert isinstance(run("set-roles", "admin@example.org").exception, Conflict)
    assert isinstance(run("disable", "admin@example.org").exception, Conflict)
    assert isinstance(run("disable", "nobody@example.org").exception, NotFound)
