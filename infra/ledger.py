"""The operator's commands about money: the ledger as CSV, and its comparison with the provider."""

import sys
from datetime import datetime, timedelta
from functools import partial

import click

from chalicelib.errors import ConfigurationError
from chalicelib.kernel.money import format_pounds
from chalicelib.payments.ledger import Difference

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("ledger")
@click.option("--from", "first", type=DAY, required=True, help="The first day.")
@click.option("--to", "last", type=DAY, required=True, help="The last day.")
def ledger(first: datetime, last: datetime) -> None:
    """Print the ledger's entries of some days as CSV, and the sum of each fund on standard
    error."""
    from chalicelib.bootstrap import payments
    from chalicelib.kernel.fields import copy_fields
    from chalicelib.payments.views import LedgerEntryView, csv_of, totals_by_fund

    if last < first:
        raise ConfigurationError("--to is before --from.")
    days = [first.date() + timedelta(days=n) for n in range((last - first).days + 1)]
    with click.progressbar(days, label="Days", file=sys.stderr) as bar:
        found = [each for day in bar for each in payments.ledger().entries_of_day(day)]
    entries = [copy_fields(LedgerEntryView, each) for each in found]
    click.echo(csv_of(entries), nl=False)
    for each in totals_by_fund(entries):
        came, went = format_pounds(each.in_pence), format_pounds(-each.out_pence)
        click.echo(f"{each.fund}: {came} in, {went} out", err=True)
    click.echo(f"{len(entries)} entries.", err=True)


@click.command("reconcile")
@click.argument("day", type=DAY)
def reconcile(day: datetime) -> None:
    """Compare the payments of DAY with the payment provider, add missing entries to the ledger, and
    list each difference. Exits with 1 if there is one."""
    from chalicelib.bootstrap.payments import reconciling_ports
    from chalicelib.payments import reconciling

    found = reconciling.reconcile(day.date(), reconciling_ports()).differences
    for each in found:
        click.echo(_difference_text(each))
    click.echo(f"{len(found)} differences on {day.date()}.")
    if found:
        sys.exit(1)


def _difference_text(difference: Difference) -> str:
    about = f"{difference.entry_id} ({difference.reference})"
    if difference.refused_pence is not None:
        return f"{about}: a refund of {format_pounds(difference.refused_pence)} failed"
    if difference.unchecked_pence is not None:
        pence = format_pounds(difference.unchecked_pence)
        return f"{about}: what became of a payment of {pence} is not known"
    ours, theirs = (
        "nothing" if pence is None else format_pounds(pence)
        for pence in (difference.ledger_pence, difference.provider_pence)
    )
    return f"{about}: the ledger has {ours}, the provider {theirs}"


@click.command("name-provider")
def name_provider() -> None:
    """Store the name of the present payment provider with each payment that has none.

    Run it before another provider is set up: payments of former versions have no name, and are
    taken for those of the present provider. It reads the whole table of charges. Functions can
    work meanwhile. It can be repeated.
    """
    from chalicelib.bootstrap.payments import charges, payments_ports
    from chalicelib.kernel.optimistic import retry_on_conflict

    name = payments_ports().providers.current
    ids = charges().list_ids()
    with click.progressbar(ids, label="Charges", file=sys.stderr) as bar:
        named = [
            retry_on_conflict(partial(_name_payments, each, name), what="a charge") for each in bar
        ]
    click.echo(f"{sum(named)} charges now name {name}.")


def _name_payments(service_request_id: str, provider: str) -> bool:
    """Returns whether the charge had a payment without a name."""
    from chalicelib.bootstrap.payments import charges
    from chalicelib.payments.model import name_providers

    charge = charges().get(service_request_id)
    if charge is None or (named := name_providers(charge, provider)) is charge:
        return False
    charges().save(named)
    return True
