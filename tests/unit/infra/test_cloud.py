"""The local stack's settings are its own, whatever the shell holds."""

import os

import pytest
from msgspec.structs import fields

from chalicelib.bootstrap import container
from chalicelib.settings import Settings
from infra.local.cloud import Cloud

NAMES = {field.name.upper() for field in fields(Settings)}


def test_cloud_has_no_setting_of_a_shell_and_gives_them_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "a deployment's")
    cloud = Cloud()
    try:
        here = container.settings()
        assert [name for name in NAMES if os.environ.get(name) == "a deployment's"] == []
        assert (here.distribution_id, here.origin_secret_arn) == ("", "")
    finally:
        cloud.stop()
    assert {os.environ[name] for name in NAMES} == {"a deployment's"}
