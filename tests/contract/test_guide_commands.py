"""Every command that the guide to deploying names exists, with its options."""

import re
import shlex

import click
import pytest

from infra.__main__ import commands
from tests.conftest import ROOT
from tests.support.aws_cli import UnknownCommand, check_command

GUIDE = (ROOT / "docs" / "DEPLOY.md").read_text(encoding="utf-8")


def commands_of(guide: str, program: str) -> list[list[str]]:
    """The words after the program in each command, up to what the shell makes of its output."""
    found = []
    for text in re.findall(
        rf"(?<![\w./-]){program} ((?:[^`\n]|\\\n)+)", guide.replace("\\\n", " ")
    ):
        command = re.sub(r"<[^<>]*>|\$\([^()]*(?:\([^()]*\))?[^()]*\)", "x", text)
        command = re.split(r"[;|&#)]| … |\)\"|\" +", f"{command} ", maxsplit=1)[0]
        try:
            words = shlex.split(command)
        except ValueError:
            words = command.split()
        if len(words) > 1 or program != "aws":
            found.append(words)
    return found


@pytest.mark.parametrize("words", commands_of(GUIDE, "aws"), ids=" ".join)
def test_aws_command_of_the_guide_exists(words: list[str]) -> None:
    check_command([each for each in words if each != "…"])


@pytest.mark.parametrize(
    "words", [["sqs", "purge"], ["s3", "sync", "--force"], ["backup", "start-restore"]]
)
def test_aws_command_that_does_not_exist_is_detected(words: list[str]) -> None:
    with pytest.raises(UnknownCommand):
        check_command(words)


ONLY_ON_AWS = {
    "acm": "issues certificates, which moto does not validate",
    "apigateway": "has settings of the account",
    "backup": "copies at night into a vault",
    "cloudformation": "deploys; the drill of deleted tables evaluates the template instead",
    "deploy": "steps a release by AWS's alarms",
    "lambda": "has no functions on moto",
    "logs": "has no log of a function on moto",
    "pricing-plan-manager": "sells plans",
    "s3": "is made of many calls by the CLI itself",
    "secretsmanager": "stores keys that other bodies issued",
    "ses": "receives mail for the whole account",
    "sesv2": "shows quotas of the account",
    "sns": "has settings of the account",
    "sqs": "moves and drops messages by AWS's own task",
    "sts": "names the account",
}
"""Services whose commands of the guide no test runs, and why. The others are run by a drill."""


def test_aws_command_is_run_by_a_drill_or_only_aws_can_run_it() -> None:
    services = {words[0] for words in commands_of(GUIDE, "aws")}
    assert services - {"dynamodb"} == ONLY_ON_AWS.keys()


def test_own_command_of_the_guide_is_run_by_a_test() -> None:
    tests = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "tests").rglob("test_*.py")
        if path.name != "test_guide_commands.py"
    )
    # The drill runs the commands of its section in a shell.
    tests += GUIDE.partition("### A table that was deleted\n")[2].partition("\n## ")[0]
    names = {words[0] for words in commands_of(GUIDE, "python -m infra")}
    missing = [
        name
        for name in sorted(names)
        if not re.search(rf"\b{name}\b|\b{commands.commands[name].name}\b", tests)
        and not re.search(rf"\b{name.replace('-', '_')}\b", tests)
    ]
    assert missing == []


@pytest.mark.parametrize("words", commands_of(GUIDE, "python -m infra"), ids=" ".join)
def test_own_command_of_the_guide_exists(words: list[str]) -> None:
    name, *arguments = words
    command = commands.commands[name]
    if not isinstance(command, click.Group):
        options = {option for each in command.params for option in each.opts}
        assert {each for each in arguments if each.startswith("--")} <= {*options, "--help"}
