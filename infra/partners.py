"""The operator's commands about API keys: other systems report through Open311 with them."""

from typing import get_args

import click

from chalicelib.bootstrap.partners import partners_ports
from chalicelib.kernel.parsing import parse
from chalicelib.partners import usecases
from chalicelib.partners.model import PER_MINUTE, ApiKey, FirstVisibility, NewKey


@click.group("api-key")
def api_key() -> None:
    """Manage the keys of other systems that send reports to this council."""


@api_key.command("make")
@click.argument("name")
@click.option(
    "--service",
    "services",
    multiple=True,
    metavar="CODE",
    help=("A service that it may report; all by default."),
)
@click.option("--sets-state", is_flag=True, help="Let its updates set the state of a report.")
@click.option(
    "--reports",
    type=click.Choice(get_args(FirstVisibility)),
    default="public",
    show_default=True,
    help=(
        "The visibility of its reports: as the service says, checked by an officer first, or "
        "officers only."
    ),
)
@click.option("--per-minute", type=int, default=PER_MINUTE, show_default=True, metavar="N")
def make_key(
    name: str, services: tuple[str, ...], sets_state: bool, reports: str, per_minute: int
) -> None:
    """Create a key for the system NAME, and print it. It is not shown again."""
    sent: dict[str, object] = {
        "name": name,
        "sets_state": sets_state,
        "reports": reports,
        "per_minute": per_minute,
    }
    if services:
        sent["service_codes"] = list(services)
    made = usecases.create_key(parse(sent, NewKey), partners_ports())
    click.echo(made.text)
    click.echo(f"This is key {made.key.key_id}. It cannot be shown again: keep it safe.", err=True)


@api_key.command("revoke")
@click.argument("key_id")
def revoke_key(key_id: str) -> None:
    """Revoke a key immediately and permanently."""
    key = usecases.revoke(key_id, partners_ports())
    click.echo(f"Key {key.key_id} of {key.name} is revoked.")


@api_key.command("list")
def list_keys() -> None:
    """List all keys, valid ones first."""
    for key in usecases.list_keys(partners_ports()):
        click.echo(_line(key))


def _line(key: ApiKey) -> str:
    services = "all services" if key.service_codes is None else ", ".join(key.service_codes)
    used = f"last used {key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never used"
    state = f"revoked {key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else "valid"
    says = ", sets the state" if key.sets_state else ""
    seen = "" if key.reports == "public" else f", reports {key.reports}"
    may = f"{services}{says}{seen}, {key.per_minute} a minute"
    return f"{key.key_id}  {key.name}: {may}; {used}; {state}"
