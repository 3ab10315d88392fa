"""The outbound slice in memory."""

import pytest

from chalicelib.outbound.ports import Ports
from tests.support.fakes import Clock
from tests.support.fakes_outbound import Outside


@pytest.fixture
def outside(clock: Clock) -> Outside:
    return Outside(clock)


@pytest.fixture
def ports(outside: Outside) -> Ports:
    return outside.ports()
