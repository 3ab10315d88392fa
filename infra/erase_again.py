"""`python -m infra erase-again`: after restored tables were adopted."""

from time import sleep

import click

from chalicelib.accounts.usecases.erasing import INDEX_LAG, erase_again


@click.command("erase-again")
def erase_people_again() -> None:
    """Erase people again who were erased after a restored table was saved.

    Run it after the deployment that adopts restored tables. It waits a minute, because indexes
    lag, and can be repeated.
    """
    from chalicelib.bootstrap.privacy import erasure_ports

    sleep(INDEX_LAG.total_seconds())
    click.echo(f"{erase_again(erasure_ports())} people were erased again.")
