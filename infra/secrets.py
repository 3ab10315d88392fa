"""The operator's commands about secrets: rotating one, and tokens until staff sign in.

No command shows a secret, and none takes one: values are made here or by the stack.
"""

import secrets
from datetime import timedelta
from typing import get_args

import click

from chalicelib import bootstrap
from chalicelib.adapters.clock import utc_now
from chalicelib.errors import ConfigurationError
from chalicelib.handlers.auth import Role, issue

MOST_HOURS = 720
ROTATED = {
    "link": "Links made before still lead to their reports, until the next rotation.",
    "token": "Tokens made before still hold, until the next rotation.",
    "origin": "Now update the stack with the parameter OriginSecretVersion={version}, so that the "
    "CDN sends the new value. Until then it sends the one before, which the API accepts too. Do "
    "it before the next rotation, or the API refuses everybody.",
}
NEVER = (
    "The id secret is never rotated: the ids of all reports follow from it, so phones that send "
    "again would make their reports twice, and could not withdraw them."
)


@click.command("rotate-secret")
@click.argument("name", type=click.Choice(["id", *ROTATED]))
def rotate_secret(name: bootstrap.SecretName) -> None:
    """Gives a secret a new value; the one before is accepted until the next rotation.

    `id` is refused: it can never be rotated.
    """
    if name == "id":
        raise ConfigurationError(NEVER)
    version = _renew(name)
    click.echo(f"The {name} secret has a new value; functions use it within 5 minutes.")
    click.echo(ROTATED[name].format(version=version))


@click.command("token")
@click.argument("role", type=click.Choice(get_args(Role)))
@click.option("--account", required=True, metavar="NAME", help="Whose doings it stands for.")
@click.option(
    "--hours",
    required=True,
    type=click.IntRange(1, MOST_HOURS),
    metavar="N",
    help=f"How long it holds, at most {MOST_HOURS}.",
)
def token(role: Role, account: str, hours: int) -> None:
    """Prints a bearer token. It stands in until staff sign in through their organisation.

    Whoever has it acts as that account: hand it over as you would a password. It cannot be taken
    back alone; rotating the token secret twice ends all tokens.
    """
    if not account.strip():
        raise click.BadParameter("Give a name, such as --account jo.", param_hint="--account")
    made = issue(
        account=account.strip(),
        role=role,
        now=utc_now(),
        lifetime=timedelta(hours=hours),
        secret=bootstrap.secret("token").current(),
        issuer=bootstrap.settings().site_url,
    )
    click.echo(made)


def _renew(name: bootstrap.SecretName) -> str:
    """Puts a new value, which leaves the one before as AWSPREVIOUS. Answers its version."""
    import boto3

    arn = bootstrap.secret_arn(name)
    if not arn:
        raise ConfigurationError(f"{name.upper()}_SECRET_ARN is not set: there is none to rotate.")
    client = boto3.client("secretsmanager")
    answer = client.put_secret_value(SecretId=arn, SecretString=secrets.token_hex(32))
    version: str = answer["VersionId"]
    return version
