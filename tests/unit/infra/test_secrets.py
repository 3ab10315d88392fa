"""What the template says of secrets, and the ones that the local stack keeps for itself."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from chalicelib.errors import ConfigurationError
from infra.local.secrets import SECRETS_FILE, stored_values
from infra.resources import SECRET, SETTINGS, secret_names, template
from tests.conftest import ROOT

FUNCTIONS = ROOT / "infra" / "functions.json"


def shown_by(resources: dict[str, Any]) -> list[str]:
    """The secrets that a template gives away, or lets go."""
    return [
        name
        for name, resource in resources.items()
        if resource["Type"] == SECRET
        and (
            set(resource["Properties"]) != {"Description", "GenerateSecretString"}
            or resource["Properties"]["GenerateSecretString"]["PasswordLength"] < 64
            or resource["DeletionPolicy"] != "RetainExceptOnCreate"
            or resource["UpdateReplacePolicy"] != "Retain"
        )
    ]


def test_stack_creates_every_secret_and_retains_it() -> None:
    resources = template()["Resources"]
    assert len(secret_names()) == 10
    assert shown_by(resources) == []
    resources["IdSecret"]["Properties"] = {"Description": "", "SecretString": "x" * 64}
    assert shown_by(resources) == ["IdSecret"]


def test_functions_get_addresses_of_secrets_and_never_values() -> None:
    assert "{{resolve:" not in FUNCTIONS.read_text(encoding="utf-8")
    outputs = template()["Outputs"]
    given = {name: outputs[output]["Value"] for name, output in SETTINGS.items()}
    arns = {name: value for name, value in given.items() if "SECRET" in name}
    assert {value["Ref"] for value in arns.values()} == set(secret_names())
    assert all(name.endswith("_SECRET_ARN") for name in arns)


def test_local_secrets_are_the_same_when_the_stack_starts_again(tmp_path: Path) -> None:
    file = tmp_path / ".local" / "secrets.json"
    first = stored_values(file)
    assert stored_values(file) == first
    assert set(first) == set(secret_names())
    assert all(len(value) >= 64 for value in first.values())
    assert len(set(first.values())) == len(first)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_new_local_secret_joins_the_stored_ones(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    first = stored_values(file)
    file.write_text(json.dumps({"IdSecret": first["IdSecret"]}))
    again = stored_values(file)
    assert again["IdSecret"] == first["IdSecret"]
    assert stored_values(file) == again
    assert set(again) == set(secret_names())


@pytest.mark.parametrize("text", ["", "{", "[]", '{"IdSecret": 1}'])
def test_local_secrets_say_what_to_do_when_their_file_is_broken(text: str, tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=r"secrets.json is not a JSON object.*delete it"):
        stored_values(file)


def test_local_secrets_are_ignored_by_git() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert SECRETS_FILE.parent == ROOT / ".local" and ".local/" in ignored
