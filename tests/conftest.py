"""Fixtures that several kinds of tests share."""

import gc
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import time_machine
from hypothesis import settings

from chalicelib.accounts import openid_issuers
from chalicelib.bootstrap import container
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.geo.point import Point
from chalicelib.integrations import web_push
from chalicelib.net import openid_discovery
from chalicelib.outbound import webhook
from chalicelib.reports import ports as reports
from infra.local.cloud import Cloud
from tests.support import empty_cloud
from tests.support.councils import council_named
from tests.support.effort import EXHAUSTIVE
from tests.support.fakes import (
    IDS,
    Clock,
    FakeAddressLookup,
    MemoryPhotos,
    MemoryRepository,
    find_no_hold,
    price,
)
from tests.support.moment import BEGIN
from tests.support.newer_version import take_turns
from tests.support.patience import STRETCH

# Only the benchmark measures time: a busy machine must not fail a test.
settings.register_profile("ginnel", deadline=None)
settings.load_profile("ginnel")
# A worker has half a gigabyte of objects, most of them moto's and botocore's: frequent garbage
# collections of all of them took a tenth of the tests' time.
gc.set_threshold(100_000, 50, 1000)

ROOT = Path(__file__).resolve().parents[1]
TAKE_TURNS = bool(os.environ.get("NEWER_VERSION"))
SHARED_DATA = ROOT.parent / "shared" / "data"
# As make does: programs that tests start find the project, node and the tools beside Python.
os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
os.environ["PYTHONPATH"] = str(ROOT)
FROM_ONE_MOMENT = (ROOT / "tests" / "api", ROOT / "tests" / "contract")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run the longest files first, so that no worker is left alone with one of them at the end, and
    exhaustive tests only if EXHAUSTIVE is set."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)
    if not EXHAUSTIVE:
        left_out = [item for item in items if item.get_closest_marker("exhaustive")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session", autouse=True)
def unhurried() -> Iterator[None]:
    """Lengthen the time-outs of network calls, as their servers run on this machine beside the
    tests."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (openid_discovery, openid_issuers, web_push, webhook):
            patch.setattr(module, "TIMEOUT_S", module.TIMEOUT_S * STRETCH)
        yield


def pytest_report_header() -> str:
    return f"tests/api and tests/contract begin at {BEGIN.isoformat()} (TEST_MOMENT)"


@pytest.fixture(scope="module", autouse=True)
def from_one_moment(request: pytest.FixtureRequest) -> Iterator[None]:
    """Put the clock to `BEGIN` at the start of each module of tests/api and tests/contract; it runs
    on from there. Tests with browsers and processes keep the machine's clock, as these do."""
    if request.path.parent in FROM_ONE_MOMENT:
        with time_machine.travel(BEGIN, tick=True):
            yield
    else:
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
    council = council_named("demo")
    return reports.Ports(
        repository=repository,
        ids=IDS,
        council=council,
        photos=MemoryPhotos(),
        address_lookup=FakeAddressLookup(),
        site_url="https://council.example",
        check_missed_collection=lambda premises_id, collection: reports.MissedCollectionCheck(
            "Rubbish, 23 November 2026"
        ),
        read_hold=find_no_hold,
        reserve_hold=lambda *_: None,
        quote_price=price,
        find_premises=lambda _: None,
        preferences_of=lambda account: reports.ContactPreferences(
            "pl" if account == "polish" else None
        ),
        now=clock,
    )


@pytest.fixture
def cloud(cloud_of_the_module: Cloud) -> Cloud:
    """moto with the template's resources, emptied for each test, which takes a quarter of the time
    of a new one. Tests step its pump themselves. A module that uses it has no other cloud."""
    empty_cloud.clear_cloud(cloud_of_the_module)
    _fill_caches()
    return cloud_of_the_module


@pytest.fixture(scope="session", autouse=TAKE_TURNS)
def newer_version() -> Iterator[None]:
    """A newer version that takes turns with this one on all tables (NEWER_VERSION=1)."""
    with take_turns():
        yield


@pytest.fixture(scope="module")
def cloud_of_the_module() -> Iterator[Cloud]:
    here = Cloud()
    _cache_secrets()
    yield here
    here.stop()


@pytest.fixture
def new_cloud() -> Iterator[Cloud]:
    """A new cloud for one test that changes its tables or secrets."""
    here = Cloud()
    _fill_caches()
    yield here
    here.stop()


def _cache_secrets() -> None:
    """A process caches secrets for five minutes: tests that count calls begin after the first."""
    for name in ("id", "link", "token", "code", "alert", "push"):
        container.secret(name).current()


def _fill_caches() -> None:
    _cache_secrets()
    # The same for wards and streets, which are cached for a minute.
    address_lookup, nowhere = reports_ports().address_lookup, Point(lat=0, long=0)
    address_lookup.ward_code(nowhere, date(2026, 6, 1))
    address_lookup.street(nowhere)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real open data beside the project."""
    if not SHARED_DATA.is_dir():
        pytest.fail(f"{SHARED_DATA} is missing: the tests on real data cannot run without it.")
    return SHARED_DATA
