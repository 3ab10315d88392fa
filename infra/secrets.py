"""The operator's commands about secrets: rotating one, and tokens for people who cannot sign in.

No command shows or accepts a secret: values are made here or by the stack.
"""

import secrets
from datetime import timedelta
from typing import get_args

import click

from chalicelib.accounts.audit import OPERATOR, record_action
from chalicelib.accounts.model import Role
from chalicelib.accounts.usecases.staff import ACCOUNT_ID
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import accounts_ports, audit_ports
from chalicelib.errors import ConfigurationError
from infra.tokens import account_with, token_of

MOST_HOURS = 720
DEVICE = "The operator's token"
ROTATED = {
    "link": "Older links still lead to their reports, until the next rotation.",
    "token": "People stay signed in, until the next rotation.",
    "code": "Codes that were already sent still work for 10 minutes.",
    "alert": "Links in alerts that were already sent still work, until the next rotation.",
    "origin": "Now update the stack with the parameter OriginSecretVersion={version}, so that the "
    "CDN sends the new value. Until then it sends the one before, which the API accepts too. Do "
    "it before the next rotation, or the API refuses everybody.",
}
NEVER_ROTATED = {
    "id": (
        "The id secret is never rotated: the ids of all reports follow from it, so phones that "
        "send again would create their reports twice, and could not withdraw them."
    ),
    "push": (
        "The push secret is never rotated: browsers only accept notifications with the key "
        "that follows from it, so nobody would get notifications again."
    ),
}


@click.command("rotate-secret")
@click.argument("name", type=click.Choice([*NEVER_ROTATED, *ROTATED]))
def rotate_secret(name: container.SecretName) -> None:
    """Give a secret a new value. The previous value is accepted until the next rotation.

    `id` and `push` are refused: they can never be rotated.
    """
    if name in NEVER_ROTATED:
        raise ConfigurationError(NEVER_ROTATED[name])
    version = _store_new_value(name)
    click.echo(f"The {name} secret has a new value; functions use it within 5 minutes.")
    click.echo(ROTATED[name].format(version=version))


@click.command("token")
@click.argument("role", type=click.Choice(get_args(Role)))
@click.option(
    "--account",
    metavar="ID",
    help=("The account's id. If it is left out, a new account is created."),
)
@click.option(
    "--hours",
    required=True,
    type=click.IntRange(1, MOST_HOURS),
    metavar="N",
    help=f"How many hours the token works, at most {MOST_HOURS}.",
)
def token(role: Role, account: str | None, hours: int) -> None:
    """Print a bearer token of an account. The account gets the role if it does not have it.

    Anyone who has the token can act as that account: keep it as safe as a password. The account
    shows it as one of its devices, and it expires with it. The role is also valid if staff sign in
    through another organisation. For a new account the id is printed; `disable` disables it.
    """
    ports = accounts_ports()
    account_id = _known_id(account) if account else ports.new_id()
    if account is None:
        click.echo(f"Account {account_id}", err=True)
    record_action(OPERATOR, "people.grants", account_id, f"token as {role}", audit_ports())
    known = account_with(role, account_id, ports)
    click.echo(token_of(known, timedelta(hours=hours), DEVICE, ports))


def _known_id(account: str) -> str:
    """The id of an existing account: the audit log keeps it for ever, so it must not be invented.
    Raises click.BadParameter."""
    if ACCOUNT_ID.fullmatch(account) and accounts_ports().accounts.get(account):
        return account
    raise click.BadParameter("There is no account with this id.", param_hint="--account")


def _store_new_value(name: container.SecretName) -> str:
    """Stores a new value, which makes the previous one AWSPREVIOUS. Returns its version."""
    import boto3

    arn = container.secret_arn(name)
    if not arn:
        raise ConfigurationError(
            f"{name.upper()}_SECRET_ARN is not set: there is no secret to rotate."
        )
    client = boto3.client("secretsmanager")
    answer = client.put_secret_value(SecretId=arn, SecretString=secrets.token_hex(32))
    version: str = answer["VersionId"]
    return version
