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


@pytest.mark.parametrize("words", commands_of(GUIDE, "python -m infra"), ids=" ".join)
def test_own_command_of_the_guide_exists(words: list[str]) -> None:
    name, *arguments = words
    command = commands.commands[name]
    if not isinstance(command, click.Group):
        options = {option for each in command.params for option in each.opts}
        assert {each for each in arguments if each.startswith("--")} <= {*options, "--help"}
