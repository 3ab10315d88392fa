"""Fixtures that several kinds of tests share."""

import gc
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings

from chalicelib.accounts import openid_issuers
from chalicelib.bootstrap import container
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.catalogue.load import load
from chalicelib.geo.point import Point
from chalicelib.integrations import web_push
from chalicelib.net import openid_discovery
from chalicelib.outbound import webhook
from chalicelib.reports import ports as reports
from infra.local.cloud import Cloud
from tests import emptied
from tests.effort import EXHAUSTIVE
from tests.fakes import IDS, Clock, MemoryPhotos, MemoryRepository, Nowhere
from tests.patience import STRETCH

# Time is measured by the benchmark, never by a test: a busy machine must not fail one.
settings.register_profile("ginnel", deadline=None)
settings.load_profile("ginnel")
# A worker holds half a gigabyte, most of it moto's and botocore's: looking through all of that for
# rings again and again took a tenth of the tests' time.
gc.set_threshold(100_000, 50, 1000)

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest files first, so that no worker is left alone with one of them at the end; what is
    exhaustive only where that is asked for."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)
    if not EXHAUSTIVE:
        left_out = [item for item in items if item.get_closest_marker("exhaustive")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session", autouse=True)
def unhurried() -> Iterator[None]:
    """Servers asked over the network run on this machine too, beside the tests, and may take
    longer than others would be waited for."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (openid_discovery, openid_issuers, web_push, webhook):
            patch.setattr(module, "TIMEOUT_S", module.TIMEOUT_S * STRETCH)
        yield


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def repository() -> MemoryRepository:
    return MemoryRepository()


@pytest.fixture
def ports(repository: MemoryRepository, clock: Clock) -> reports.Ports:
    """The reports slice of the demo council, in memory."""
    council = load("demo")
    return reports.Ports(
        repository=repository,
        ids=IDS,
        council=council,
        photos=MemoryPhotos(),
        whereabouts=Nowhere(),
        site_url="https://council.example",
        wishes=lambda account: reports.ContactPreferences("pl" if account == "polish" else None),
        now=clock,
    )


@pytest.fixture
def cloud(cloud_of_the_module: Cloud) -> Cloud:
    """moto with the template's resources, emptied for each test: a quarter of the time that a new
    one takes. Its pump is stepped by hand. A module that takes it has no other cloud."""
    emptied.empty(cloud_of_the_module)
    _read_what_is_kept()
    return cloud_of_the_module


@pytest.fixture(scope="module")
def cloud_of_the_module() -> Iterator[Cloud]:
    here = Cloud()
    yield here
    here.stop()


@pytest.fixture
def new_cloud() -> Iterator[Cloud]:
    """A cloud of its own, for tests that change its tables or secrets themselves."""
    here = Cloud()
    _read_what_is_kept()
    yield here
    here.stop()


def _read_what_is_kept() -> None:
    for name in ("id", "link", "token", "code", "alert", "push"):
        # A process reads them once in five minutes: tests that count calls begin after that.
        container.secret(name).current()
    # The same of wards and streets, once in a minute.
    whereabouts, nowhere = reports_ports().whereabouts, Point(lat=0, long=0)
    whereabouts.ward_code(nowhere, date(2026, 6, 1))
    whereabouts.street(nowhere)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real open data beside the project."""
    if not SHARED_DATA.is_dir():
        pytest.fail(f"{SHARED_DATA} is missing: the tests on real data cannot run without it.")
    return SHARED_DATA
