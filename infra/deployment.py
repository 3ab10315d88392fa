"""Reads the settings of a deployment for the operator's commands: a stack's values as environment
variables."""

import shlex

import click

from chalicelib.errors import ConfigurationError
from infra.resources import SETTINGS

GIVEN = {"COUNCIL": "Council", "SITE_URL": "SiteUrl"}
"""A setting → the template's parameter with its value."""
MADE = SETTINGS | {"DISTRIBUTION_ID": "DistributionId"}
"""A setting → the template's output with its value."""


@click.command("environment")
@click.argument("stack")
def environment(stack: str) -> None:
    """Print the settings of a stack in an AWS account as shell commands.

    eval "$(python -m infra environment ginnel)"
    """
    for name, value in settings_of(stack).items():
        click.echo(f"export {name}={shlex.quote(value)}")


def settings_of(stack: str) -> dict[str, str]:
    """The settings of a stack. Raises ConfigurationError if the stack is missing or incomplete."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        (found,) = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except (BotoCoreError, ClientError) as error:
        raise ConfigurationError(f"Stack {stack} cannot be read: {error}") from error
    parameters = {
        each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", [])
    }
    outputs = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
    wanted = [(name, parameters, key) for name, key in GIVEN.items()]
    wanted += [(name, outputs, key) for name, key in MADE.items()]
    if missing := [key for _, values, key in wanted if key not in values]:
        raise ConfigurationError(f"Stack {stack} has no {', '.join(missing)}: is it Ginnel's?")
    return {name: values[key] for name, values, key in wanted}
