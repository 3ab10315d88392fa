"""The engines on which the repositories must behave alike."""

from collections.abc import Iterator

import pytest

from chalicelib.bootstrap.reports import reports_ports
from chalicelib.reports.dynamo.repository import DynamoRepository
from chalicelib.reports.ports import Repository
from tests.engines import Dynalite
from tests.support.fakes import MemoryRepository


@pytest.fixture(scope="session")
def dynalite_process() -> Iterator[Dynalite]:
    here = Dynalite()
    yield here
    here.stop()


@pytest.fixture
def dynalite(dynalite_process: Dynalite, monkeypatch: pytest.MonkeyPatch) -> Dynalite:
    """dynalite, which the SDK uses as DynamoDB during the test."""
    for name, value in dynalite_process.environment().items():
        monkeypatch.setenv(name, value)
    return dynalite_process


@pytest.fixture(params=["memory", "moto", "dynalite"])
def repository(request: pytest.FixtureRequest) -> Repository:
    """The reports' repository on each engine, empty."""
    if request.param == "memory":
        return MemoryRepository()
    if request.param == "moto":
        request.getfixturevalue("cloud")
        return reports_ports().repository
    return DynamoRepository(request.getfixturevalue("dynalite").new_table())
