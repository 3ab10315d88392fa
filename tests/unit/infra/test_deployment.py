"""The commands find out themselves what a stack in an account is made of."""

import json
from collections.abc import Iterator

import boto3
import pytest
from click.testing import CliRunner

from chalicelib.errors import ConfigurationError
from chalicelib.settings import check, from_environment
from infra.deployment import GIVEN, MADE, environment, settings_of
from infra.local import aws


@pytest.fixture
def account() -> Iterator[None]:
    mock = aws.start_moto()
    yield
    mock.stop()


def create(outputs: dict[str, str]) -> None:
    template = {
        "Parameters": {name: {"Type": "String"} for name in GIVEN.values()},
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    boto3.client("cloudformation").create_stack(
        StackName="ginnel",
        TemplateBody=json.dumps(template),
        Parameters=[
            {"ParameterKey": "Council", "ParameterValue": "demo"},
            {"ParameterKey": "SiteUrl", "ParameterValue": "https://report.council.example"},
        ],
    )


def test_settings_of_a_stack_are_complete_for_the_code(account: None) -> None:
    create({name: f"the {name}" for name in MADE.values()})
    environ = settings_of("ginnel")
    check(environ)
    settings = from_environment(environ)
    assert (settings.council, settings.site_url) == ("demo", "https://report.council.example")
    assert settings.distribution_id == "the DistributionId"


def test_settings_are_printed_for_a_shell(account: None) -> None:
    create(dict.fromkeys(MADE.values(), "it's; rm"))
    lines = CliRunner().invoke(environment, ["ginnel"]).output.splitlines()
    assert "export COUNCIL=demo" in lines
    assert """export REPORTS_TABLE='it'"'"'s; rm'""" in lines


def test_stack_is_named_when_it_is_missing_or_not_ours(account: None) -> None:
    with pytest.raises(ConfigurationError, match="Stack ginnel cannot be read"):
        settings_of("ginnel")
    create({})
    with pytest.raises(ConfigurationError, match=r"Stack ginnel has no ReportsTable, .*Ginnel's"):
        settings_of("ginnel")
